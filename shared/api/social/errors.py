"""How errors are spelled in this dialect."""

from __future__ import annotations

from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.api.social.models_common import ErrorResponse
from shared.domain.errors import RostrumError


def status_of(error: RostrumError) -> int:
    """The HTTP status of an error."""
    return statuses.status_of(error)


def spell(error: RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorResponse(
        success=False,
        error_code=error.code.upper().replace(".", "/"),
        message=error.message,
        request_id=request_id,
        meta=meta or None,
    )
    return Reply(status_of(error), body, statuses.headers(error))
