"""The shapes that all of the dialect's answers share."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import View


class ErrorResponse(View):
    """Every error: a name, words for people, and the field that is wrong. ``code`` is the one that all dialects share."""

    error: str
    message: str
    field: str | None = None
    code: str
    request_id: str
    meta: dict[str, Any] | None = None


class StatusResponse(View):
    """Done."""

    status: Literal["success"] = "success"
    message: str
