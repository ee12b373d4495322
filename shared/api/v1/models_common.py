"""What all of the dialect's models share: the shapes of errors and of small answers."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import View

VisibilityName = Literal["public", "private", "connections_only", "logged_in", "unlisted"]


class ErrorBody(View):
    """What went wrong: a stable code, words for people, and details (``meta.field`` names the field)."""

    code: str
    message: str
    meta: dict[str, Any] | None = None


class ErrorResponse(View):
    """Every error. Tell us ``request_id`` when you ask about one."""

    error: ErrorBody
    request_id: str


class OKResponse(View):
    """Done."""

    ok: bool = True


class SuccessResponse(View):
    """Done."""

    success: bool = True


class HealthResponse(View):
    """All is ready."""

    status: Literal["ok"] = "ok"
