"""Everything that callers reach over HTTPS. Trigger: HTTP."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.runtime import api_edge, bootstrap


@functions_framework.http
def api(request: Request) -> Response:
    """One request of one caller, in whichever dialect it speaks."""
    return api_edge.run(request, bootstrap.ports())
