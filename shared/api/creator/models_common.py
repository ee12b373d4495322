"""The shapes that all of the dialect's answers share."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import View

PostStatus = Literal["draft", "scheduled", "publishing", "published", "failed", "cancelled"]


class ErrorBody(View):
    """What went wrong: a stable code, and words for people."""

    code: str
    message: str
    meta: dict[str, Any] | None = None
    """``reason``: the code as the other dialects say it, finer than ``code``. ``field``: what is wrong with the request."""


class ErrorResponse(View):
    """Every error."""

    error: ErrorBody
    request_id: str
