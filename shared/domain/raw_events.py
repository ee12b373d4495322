"""What a network pushed to us, as it came: kept before anything is made of it, until it is made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

RawState = Literal["waiting", "done", "dead"]
SignedBy = Literal["app", "sandbox"]

COLLECTION = "webhook_events"
SHARDS = 4  # of the index by time: a sequential field in one index takes 500 writes a second at most
KEPT = timedelta(days=8)  # networks repeat a delivery for at most seven
DEAD_KEPT = timedelta(days=30)
PATIENCE = timedelta(minutes=1)  # the sweeper leaves what is younger to the bus
MAX_BODY = 1_000_000  # bytes: a document holds 1 MiB, with its other fields
MAX_TRIES = 6
MAX_SENT = 40  # times that one was handed out without anybody saying what became of it
MAX_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One delivery: ``webhook_events/{id}``; gone after ``expire_at``.

    ``path`` is below ``/webhooks/{platform}``. ``headers``: those that reading it takes, lower case. ``body`` is empty once
    it is done: people's words are kept no longer than they are needed. ``signed_by``: ``app`` reaches real accounts,
    ``sandbox`` (a simulator) the simulated ones of its ``world``. ``wake_at``: when the sweeper must look, None when nothing is left to do.
    ``tries`` counts failures of ours with it, ``sent`` how often the sweeper handed it out.
    """

    id: str
    platform: str
    path: str
    signed_by: SignedBy
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    state: RawState
    received_at: datetime
    expire_at: datetime
    shard: int
    wake_at: datetime | None
    tries: int = 0
    sent: int = 0
    reason: str = ""
    world: str = ""


def raw_path(event_id: str) -> str:
    """``webhook_events/{event_id}``"""
    return f"{COLLECTION}/{event_id}"


def raw_id(platform: str, path: str, signed_by: SignedBy, body: bytes, world: str = "") -> str:
    """The same for the same bytes, however often they are delivered; what a simulator signed shadows nothing real."""
    signer = f"{signed_by}:{world}" if world else signed_by
    head = f"{platform}\x00{path}\x00{signer}\x00".encode()
    return hashlib.sha256(head + body).hexdigest()


def received(
    platform: str,
    path: str,
    signed_by: SignedBy,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    *,
    world: str = "",
) -> RawEvent:
    """A delivery that just came."""
    id_ = raw_id(platform, path, signed_by, body, world)
    shard, wake_at = int(id_[:2], 16) % SHARDS, now + PATIENCE
    return RawEvent(
        id_, platform, path, signed_by, headers, body, "waiting", now, now + KEPT, shard, wake_at, world=world
    )


def pause(times: int) -> timedelta:
    """How long to wait before it is tried again: 2 minutes, 4, 8 … an hour."""
    return timedelta(minutes=min(2 ** min(times, 10), 60))
