"""What the models of all dialects build on: strict reading, short writing, and how an instant is spelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shared.domain.instants import rfc3339


class Body(BaseModel):
    """Something that a caller sends: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class View(BaseModel):
    """Something that a caller is sent: what is not known is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


Time = Annotated[datetime, PlainSerializer(rfc3339, return_type=str), Field(json_schema_extra={"format": "date-time"})]
"""An instant, RFC 3339 in UTC."""
