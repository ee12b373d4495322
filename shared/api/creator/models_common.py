"""The shapes that all of the dialect's answers share."""

from __future__ import annotations

from typing import Any

from shared.api.engine.models import View


class ErrorBody(View):
    """What went wrong: a stable code, and words for people."""

    code: str
    message: str
    meta: dict[str, Any] | None = None


class ErrorResponse(View):
    """Every error."""

    error: ErrorBody
    request_id: str
