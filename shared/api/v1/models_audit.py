"""The audit: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View
from shared.domain.audit import Act


class AuditQuery(Body):
    """Which entries, the latest first."""

    act: str | None = Field(None, max_length=60)
    """`key.created`, `account.connected` …"""
    actor: str | None = Field(None, max_length=128)
    """The id of a key or a person."""
    since: str | None = Field(None, alias="from", max_length=64)
    until: str | None = Field(None, alias="to", max_length=64)
    cursor: str | None = Field(None, max_length=1024)
    limit: int = Field(50, ge=1, le=100)


class VerifyQuery(Body):
    """Which part of the chain to check."""

    start: int = Field(1, alias="from", ge=1)
    """The number of the first entry to look at."""
    limit: int = Field(1000, ge=1, le=1000)


class AuditEntry(View):
    """An act. `hash` is the SHA-256 of the entry's canonical JSON, which holds `prev`, the hash of the entry before it."""

    seq: int
    act: Act
    actor: str | None = None
    """The key or person; left out where nobody asked."""
    resource_id: str | None = None
    details: dict[str, str]
    created_at: Time
    prev: str
    hash: str


class AuditPagination(View):
    """Where the next page begins."""

    limit: int
    has_more: bool
    next_cursor: str | None = None


class AuditListResponse(View):
    """A page of the audit."""

    data: list[AuditEntry]
    pagination: AuditPagination


class AuditHeadResponse(View):
    """The chain's end. Of an empty chain: 0, and sixty-four zeros."""

    seq: int
    hash: str
    created_at: Time | None = None


class AuditCheckResponse(View):
    """What a check found. Go on at `next` until it is left out."""

    intact: bool
    first: int
    last: int
    last_hash: str | None = None
    """Of entry `last`: compare it with what you noted elsewhere."""
    broken_at: int | None = None
    """The first entry that is wrong."""
    fault: Literal["missing", "altered", "unlinked", "head"] | None = None
    next: int | None = None
    head: AuditHeadResponse
