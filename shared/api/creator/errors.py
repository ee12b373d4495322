"""How errors are spelled in this dialect."""

from __future__ import annotations

from shared.api.creator.models_common import ErrorBody, ErrorResponse
from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.domain.errors import RostrumError


def status_of(error: RostrumError) -> int:
    """The HTTP status of an error."""
    return statuses.status_of(error)


def spell(error: RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorResponse(
        error=ErrorBody(code=error.code, message=error.message, meta=meta or None), request_id=request_id
    )
    return Reply(status_of(error), body, statuses.headers(error))
