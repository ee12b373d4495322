"""What one event means for the accounts that it is about: filed into the inbox, a hint to who waits, a mark on the account."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller, Mode
from shared.domain.errors import Missing
from shared.operations import events, lookup, telling
from shared.platforms import registry
from shared.platforms.contract_webhooks import Event
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable
from shared.ports.store import AlreadyExists, Doc, Op, Query, Unavailable
from shared.ports.vault import VaultUnavailable
from shared.ports.world import Ports

Act = Callable[[Ports, Account, Event], bool]
OURS = (Unavailable, BusUnavailable, QueueUnavailable, VaultUnavailable)
NOBODY = "unknown_account"
MAX_WORD = 200  # characters of what the log keeps of an event's own words
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Concerning:
    """Whose delivery it is. ``sandbox``: a simulator signed it, of that ``world``. ``found``: the accounts that its events named so
    far: a delivery can have a thousand events of one account."""

    platform: str
    sandbox: bool
    world: str = ""
    found: dict[str, list[Doc]] = field(default_factory=dict)


def apply(ports: Ports, of: Concerning, event: Event) -> str:
    """Do what the event asks for, on every account that it is about; a word for the log. Safe to be done twice.

    Raises what our own infrastructure raises, and whatever is wrong with the event.
    """
    act = _ACTS.get(event.kind.partition(".")[0] if event.kind not in _ACTS else event.kind)
    if act is None:
        return "ignored"
    outcomes: set[str] = set()
    wrong: Exception | None = None
    for doc in _documents(ports, of, event.platform_account_id):
        try:
            outcomes.add(_on(ports, of, act, doc, event))
        except OURS:
            raise
        except Exception as error:  # what is wrong with one workspace's account must not keep another's from being told
            log.exception("an event could not be applied", extra={"path": doc.path, "kind": event.kind})
            wrong = error
    if wrong is not None:
        raise wrong
    return next((outcome for outcome in ("done", "nothing_new") if outcome in outcomes), NOBODY)


def _on(ports: Ports, of: Concerning, act: Act, doc: Doc, event: Event) -> str:
    account = codec.decode(Account, doc.data)
    if (account.sandbox, account.world) != (of.sandbox, of.world):  # anybody can make a simulated account of any id
        return NOBODY
    if account.status == "disconnected" and act is not _revoked:  # an erasure that broke off has to come to its end
        return NOBODY
    return "done" if act(ports, account, event) else "nothing_new"


def _documents(ports: Ports, of: Concerning, named: str) -> list[Doc]:
    """The accounts of that id, in every workspace or the world's; also those that deliveries call so beside their own id."""
    if named and named not in of.found:
        ways = _ways(of.platform, named)
        anywhere = Query(f"workspaces/{of.world}/accounts") if of.world else Query(group="accounts")
        queries = [replace(anywhere, where=(("platform", "==", of.platform), way)) for way in ways]
        found = {doc.path: doc for query in queries for doc in lookup.every(ports, query)}
        of.found[named] = list(found.values())
    return of.found.get(named, [])


def _ways(platform: str, named: str) -> Iterator[tuple[str, Op, Any]]:
    yield "platform_account_id", "==", named
    if registry.manifest(platform).hooks.named_by:
        yield "known_as", "array_contains", named


# ------------------------------------------------------------------------------------------------------- acts


def _filed(ports: Ports, account: Account, event: Event) -> bool:
    from shared.operations.inbox import pushing
    from shared.operations.publishing import evidence

    key, message = (str(event.data.get(name) or "") for name in ("act_key", "message_id"))
    if key and message and event.kind in ("message.sent", "message.failed"):  # the first that is told of it
        evidence.keep(ports, account, key, message)
    return pushing.pushed(ports, account, event)


def _hinted(ports: Ports, account: Account, event: Event) -> bool:
    from shared.operations.publishing import hinting

    return bool(hinting.hinted(ports, account, event.at, str(event.data.get("publish_id") or "")))


def _gone(ports: Ports, account: Account, event: Event) -> bool:
    """A post; on some networks comments are posts, too."""
    filed = _filed(ports, account, event)
    return _hinted(ports, account, event) or filed


def _revoked(ports: Ports, account: Account, event: Event) -> bool:
    from shared.operations import sessions

    if event.data.get("erase"):
        return _erased(ports, account, event)
    return sessions.revoked(ports, account, at=event.at)


def _erased(ports: Ports, account: Account, event: Event) -> bool:
    """The person wants what we have of them gone: disconnected, tokens destroyed, forgotten but for the id. An account that
    they connected after they said so is meant to be here."""
    from shared.operations import accounts as connecting

    if account.connected_at and event.at < account.connected_at.replace(microsecond=0):
        return False
    workspace, _, mode = account.space.rpartition(".")
    try:
        connecting.disconnect(ports, Caller(workspace, cast(Mode, mode), "network"), account.id)
    except Missing:
        return False
    return True


def _updated(ports: Ports, account: Account, event: Event) -> bool:
    """The network says that the account itself, or a template of it, has changed: into the log, and told."""
    listening = telling.wanted(ports, account.space)
    said = events.written(
        ports,
        account.space,
        "account",
        "account.updated",
        id=_entry_id(account, event),
        resource_id=account.id,
        account_id=account.id,
        platform=account.platform,
        summary="The network reported a change.",
        metadata={"change": _change(event), **_facts(event)},
    )
    said = telling.told(ports, said) if listening else said
    try:
        ports.store.commit([said])
    except AlreadyExists:
        return False
    telling.publish(ports, [said])
    return True


def _entry_id(account: Account, event: Event) -> str:
    digest = hashlib.sha256(f"{account.id}|{event.kind}|{event.id}".encode()).hexdigest()
    return f"evt_{digest[:26]}"


def _change(event: Event) -> str:
    """What changed, in the network's own word."""
    words = (event.data.get(name) for name in ("change", "field", "notification_type"))
    return next((str(word)[:MAX_WORD].lower() for word in words if word), event.kind)


def _facts(event: Event) -> dict[str, Any]:
    """Small facts, no content: a template's name, its state and the reason for it."""
    wanted = ("template_id", "name", "language", "status", "reason", "event")
    return {name: str(event.data[name])[:MAX_WORD] for name in wanted if event.data.get(name)}


_ACTS: Mapping[str, Act] = {
    "comment": _filed,
    "message": _filed,
    "mention": _filed,
    "review": _filed,
    "reaction": _filed,
    "post": _hinted,
    "post.deleted": _gone,
    "account.revoked": _revoked,
    "account.updated": _updated,
    "template.updated": _updated,
}
