"""The queue's deliveries inside this process: the same request to the same function as over a socket, without one."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from shared.backends.embedded.deliveries import Leased
from shared.backends.embedded.dispatch import headers

if TYPE_CHECKING:
    from local.app import Function

log = logging.getLogger(__name__)


class Inside:
    """Brings deliveries to ``functions``, by name. They see what the cloud would send them, ``token`` as bearer included.

    Nothing cuts a function off that does not come back: after ``dispatch.DISPATCH_SECONDS`` its thread is given up and it is
    delivered once more, as it would be over a socket.
    """

    def __init__(self, functions: Mapping[str, Function], token: str) -> None:
        self._functions = {name: function for name, function in functions.items() if name != "api"}
        self._token = token

    def send(self, leased: Leased) -> int | None:
        """The function's status; 404 where there is none, 500 where it raised."""
        function = self._functions.get(leased.function)
        if function is None:
            return 404
        try:
            with function(Request(_environ(leased, self._token))) as answer:
                return answer.status_code
        except (Exception, SystemExit):  # as a server does: what escapes is its failure, to be delivered again
            log.exception("a function failed", extra={"function": leased.function})
            return 500

    def close(self) -> None:
        """Nothing is kept between deliveries."""


def _environ(leased: Leased, token: str) -> dict[str, Any]:
    """https://peps.python.org/pep-3333/#environ-variables"""
    body = leased.body.encode()
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers(leased, token).items()}
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": f"/_functions/{leased.function}",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": named.pop("HTTP_CONTENT_TYPE"),
        "CONTENT_LENGTH": str(len(body)),
        **named,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
