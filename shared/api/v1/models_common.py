"""What all of the dialect's models share: strict reading, and the shapes of errors and of small answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


class Body(BaseModel):
    """Something that a caller sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class View(BaseModel):
    """Something that a caller is sent: what is not known is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def rfc3339(value: datetime) -> str:
    """``2026-11-22T18:00:00Z``, with microseconds where there are any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[datetime, PlainSerializer(rfc3339, return_type=str), Field(json_schema_extra={"format": "date-time"})]
"""An instant, RFC 3339 in UTC."""

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
