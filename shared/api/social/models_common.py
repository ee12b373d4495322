"""The shapes that all of the dialect's answers share."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import View


class ErrorResponse(View):
    """Every error: ``PLATFORM/REASON``, and words for people."""

    success: Literal[False] = False
    error_code: str
    message: str
    request_id: str
    meta: dict[str, Any] | None = None
