"""How errors are spelled in this dialect: six documented codes, and ours with underscores for everything else.

What the six leave unsaid (which rule a text broke) is the ``reason`` in ``meta``.
"""

from __future__ import annotations

from shared.api.creator.models_common import ErrorBody, ErrorResponse
from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.api.engine.problems import Problem
from shared.domain.errors import Invalid, Limited, Reconnect, RostrumError

_TOO_LARGE = ("media.too_large", "media.too_many_pixels", "validation.media_too_large")
_UNSUPPORTED = ("validation.media_", "validation.kind_unsupported", "media.unsupported", "media.broken", "media.empty")
_UNSUPPORTED_TOO = "publishing.media."
_PROBLEMS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "unsupported_media_type"}
_STATUSES = {"account_disconnected": 401, "rate_limited": 403, "media_too_large": 413}


def code_of(error: RostrumError) -> str:
    """The code that callers of this dialect get."""
    if isinstance(error, Problem):
        return _PROBLEMS.get(error.status, error.code.replace(".", "_"))
    if isinstance(error, Reconnect):
        return "account_disconnected"
    if isinstance(error, Limited) and error.code.startswith("platform."):
        return "rate_limited"
    if error.code in _TOO_LARGE:
        return "media_too_large"
    if error.code.startswith((*_UNSUPPORTED, _UNSUPPORTED_TOO)):
        return "media_unsupported"
    if isinstance(error, Invalid) and statuses.status_of(error) == 400:
        return "invalid_content"
    return error.code.replace(".", "_")


def status_of(error: RostrumError) -> int:
    """The HTTP status of an error."""
    return _STATUSES.get(code_of(error), statuses.status_of(error))


def spell(error: RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {"reason": error.code} | {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorBody(code=code_of(error), message=error.message, meta=meta)
    return Reply(status_of(error), ErrorResponse(error=body, request_id=request_id), statuses.headers(error))
