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


class AcceptedResponse(View):
    """It is not live yet: it takes longer than anybody waits, or somebody has to agree; ``poll`` tells what became of it."""

    success: Literal[True] = True
    status: str
    """``publishing``; ``awaiting_approval`` where the workspace demands that; ``needs_review`` when nobody can know what became
    of it; ``cancelled`` or ``missed`` when it will not be published."""
    post: str | None = None
    """Our id of the post."""
    action: str | None = None
    """Our id of what is being done, where it is no post."""
    poll: str
    """Where to ask what became of it."""


class DoneResponse(View):
    """It is done."""

    success: Literal[True] = True
    message: str
