"""The sandbox's own operations: what its people do on demand, and the webhooks of its networks on their way to us.

A simulated network cannot call an address: what it sends waits in its world, and is handed over in this process, as if it
had come to ``/webhooks/{platform}``. At least once: what was handed over twice is told apart by what receives it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Invalid, Missing, Unsupported
from shared.operations import chores, ingesting, networks, sessions
from shared.operations.inbox import naming
from shared.operations.ingesting.receiving import NoWebhooks
from shared.operations.posts.views import no_post
from shared.platforms.contract import Waiting
from shared.platforms.happenings import Happened, Happening, NotOffered
from shared.ports.world import Ports

PAGE = 50  # deliveries handed over at once
SECONDS = 40.0  # a run ends in time for the next one
log = logging.getLogger(__name__)


@runtime_checkable
class Stage(Protocol):
    """What ``ports.sandbox`` can do beside answering requests. Every function may raise StoreError."""

    def happen(self, name: str, platform_account_id: str, event: Happening, world: str = "") -> Happened:
        """Let somebody do something with a simulated account. Raises NotOffered, LookupError."""

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The oldest webhooks that are due and were not handed over."""

    def handed(self, keys: Sequence[str]) -> None:
        """These were handed over."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What somebody is to do with the account now. ``event.on``: a post, by any of its ids (empty: the newest)."""

    account_id: str
    event: Happening


@dataclass(frozen=True, slots=True)
class Done:
    """What was caused. ``id`` and ``on`` in the network's words, ``webhooks``: how many deliveries are on their way."""

    account: Account
    id: str
    on: str
    webhooks: int


def happen(ports: Ports, caller: Caller, command: Cause) -> Done:
    """Somebody comments, writes, mentions or reviews in the sandbox, now.

    Raises Forbidden (``auth.sandbox_only``), Missing (the account, the post), Invalid, Unsupported (``resource.not_supported``),
    store.Unavailable.
    """
    if not caller.sandbox:
        text = (
            "Only a test key can make things happen: on real networks, people do. Use a key that starts with rst_test_."
        )
        raise Forbidden("auth.sandbox_only", text)
    account = sessions.callers_account(ports, caller, command.account_id)
    event = command.event
    if event.on:
        event = replace(event, on=naming.post(ports, caller, account, event.on))
    try:
        made = _stage(ports).happen(account.platform, account.platform_account_id, event, account.world)
    except NotOffered as error:
        raise _not_offered(account, error) from error
    except LookupError as error:
        raise _nothing_there(account, event) from error
    return Done(account, made.id, made.on, made.webhooks)


def due(ports: Ports, body: Mapping[str, Any]) -> tuple[int, chores.HandedOut]:
    """The schedule: what the simulated networks sent, and a task for every subscription that is due. Raises StoreError."""
    return hand_over(ports, body), chores.hand_out(ports, "subscribe")


def hand_over(ports: Ports, _body: Mapping[str, Any]) -> int:
    """Every webhook of the simulated networks that is due, to where real ones arrive; answers how many there were.

    Safe to run twice at once. Raises StoreError: what was not handed over by then is found by the next run.
    """
    stage, count, deadline = _stage(ports), 0, ports.clock.monotonic() + SECONDS
    while waiting := stage.waiting(PAGE):
        for one in waiting:
            _hand(ports, one)
        stage.handed([one.key for one in waiting])
        count += len(waiting)
        if len(waiting) < PAGE or ports.clock.monotonic() > deadline:
            break
    return count


def _hand(ports: Ports, one: Waiting) -> None:
    try:
        ingesting.simulated(ports, one.platform, one.push, one.world)
    except NoWebhooks:  # a mistake of a simulator's: the others' are not to wait for it
        log.exception("a simulated webhook leads nowhere", extra={"platform": one.platform, "push": one.push.id})


def _stage(ports: Ports) -> Stage:
    if not isinstance(ports.sandbox, Stage):
        raise TypeError("these ports have no simulated networks")
    return ports.sandbox


def _not_offered(account: Account, error: NotOffered) -> Unsupported:
    title, can = networks.title(account.platform), ", ".join(error.offered)
    why = f"in the sandbox, others can: {can}." if can else "nobody can reach it through the network's API."
    text = f"type: nobody can {error} on {title}; {why}"
    return Unsupported("resource.not_supported", text, platform=account.platform, field="type")


def _nothing_there(account: Account, event: Happening) -> Missing | Invalid:
    if event.what != "comment":
        text = f"type: {networks.title(account.platform)} has no such thing for an account of this kind."
        return Invalid("validation.field_invalid", text, field="type")
    if event.on:
        return no_post(event.on)
    text = "post_id: the account has no live post that others can comment on: publish one first."
    return Missing("post.not_found", text, resource="post", id="")
