"""What the models of all dialects build on: strict reading, short writing, and how an instant is spelled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


class Body(BaseModel):
    """Something that a caller sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class View(BaseModel):
    """Something that a caller is sent: what is not known is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def rfc3339(value: datetime) -> str:
    """``2026-11-22T18:00:00Z``, with microseconds where there are any."""
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat()[:-6] + "Z"


Time = Annotated[datetime, PlainSerializer(rfc3339, return_type=str), Field(json_schema_extra={"format": "date-time"})]
"""An instant, RFC 3339 in UTC."""
