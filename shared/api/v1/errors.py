"""How errors are spelled: a status, and ``{"error": {"code", "message", "meta"}, "request_id"}``."""

from __future__ import annotations

from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.api.v1.models_common import ErrorBody, ErrorResponse
from shared.domain.errors import RostrumError


def status_of(error: RostrumError) -> int:
    """The HTTP status of an error."""
    return statuses.status_of(error)


def spell(error: RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorBody(code=error.code, message=error.message, meta=meta or None)
    return Reply(status_of(error), ErrorResponse(error=body, request_id=request_id), statuses.headers(error))
