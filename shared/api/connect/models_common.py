"""The shapes that all of the dialect's answers share."""

from __future__ import annotations

from shared.api.engine.models import View


class ErrorResponse(View):
    """Every error: a code, words for people, and the field that is wrong."""

    error: str
    message: str
    field: str | None = None
    request_id: str
