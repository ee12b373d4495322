"""Deleting an owner, and with them the workspace and everything in it.

What is to be deleted is noted first, so that the sweeper finishes what a request did not. Then, a bounded batch at a time:
the keys and sessions (but the caller's own, for they may have to ask again), what is scheduled, the accounts with their
grants, files, everything else, and last the people, the workspace and the caller's own key. Each step looks for what is
left, so that it can be interrupted anywhere and repeated.

The workspace's own document goes first: nobody whom somebody else vouches for (a JWT) gets in any more. The note stays
for a quarter of an hour, in which nothing can be connected (``linking``): consents that were under way come back. Then the
sweeper looks once more for what requests left that had begun before.

Copies of callers' URLs (``copies/{space}/``) are aged out by the bucket, and consents under way by the sweeper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.callers import Caller, Mode
from shared.domain.errors import Broken, Forbidden, Missing
from shared.domain.exports import Export
from shared.domain.users import User, user_path
from shared.domain.workspaces import deletion_path, workspace_path
from shared.operations import accounts, auditing, billing, lookup, sealed, tokens
from shared.operations.exports import files
from shared.ports import about
from shared.ports.blobs import BlobNotFound, BlobsError
from shared.ports.store import Conflict, Doc, NotFound, Query, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports

PATIENCE = 20.0  # seconds that a caller waits; the sweeper does what is left
WATCHED = timedelta(minutes=15)  # longer than a consent, or a request, can be under way
BATCH = 100
MODES: tuple[Mode, ...] = ("test", "live")
COLLECTIONS = (  # what lies below workspaces/{space}, besides what has steps of its own
    "posts",
    "apps",
    "webhooks",
    "deliveries",
    "events",
    "idempotency",
    "counters",
    "conversations",
    "queues",
    "listings",
    "account_numbers",
    "post_numbers",
    "redirect_uris",
    "brands",
    "settings",
    "chores",
    "baselines",
    "inbox",
    "inbox_posts",
    "inbox_forgotten",
    "evidence",
    "audit",
)
Step = Callable[[Ports, str, str], bool]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A workspace that is being deleted: ``deletions/{workspace}``. ``due_at``: when to look (again) for what is left;
    ``done``: nothing was, for the first time."""

    workspace: str
    asked_at: datetime
    due_at: datetime
    done: bool = False


def delete(ports: Ports, caller: Caller) -> None:
    """Delete the caller's person; with an owner, the workspace and everything in it, in both modes. Repeatable.

    Small workspaces are gone when this answers; of large ones nothing can be used any more, and the sweeper removes the
    rest. What is paid for ends first, without refund. Raises Forbidden (a restricted caller, or a test key), Broken, store.Unavailable.
    """
    if caller.restricted or (caller.kind != "session" and caller.mode == "test"):
        text = "Only a person, or a key or token of full access in live mode, may delete the workspace's owner and all that is theirs."
        raise Forbidden("auth.insufficient_scope", text)
    doc = ports.store.get(user_path(caller.user_id)) if caller.user_id else None
    if doc is not None and codec.decode(User, doc.data).role:
        _forget_colleague(ports, caller, doc)
        return
    own = _own_credential(ports, caller)
    billing.cancel(ports, caller.workspace)
    now, path = ports.clock.now(), deletion_path(caller.workspace)
    noted = Write("set", path, codec.encode(Deletion(caller.workspace, now, now)))
    ports.store.commit([noted, Write("delete", workspace_path(caller.workspace))])
    try:
        done = _carry_out(ports, caller.workspace, own, PATIENCE)
    except (BlobsError, VaultError) as error:
        text = "Not everything could be deleted just now: send the request again. It is finished within minutes anyway."
        raise Broken("system.unavailable", text) from error
    if not done:
        _shut(ports, caller.workspace, own)


def go_on(ports: Ports, limit: int = 3) -> int:
    """Delete on where a request did not come to its end; answers how many workspaces are gone. For the sweeper.

    Safe to run at any time, any number of times at once. Raises store.Unavailable.
    """
    gone, now = 0, ports.clock.now()
    late = Query("deletions", where=(("due_at", "<=", now),), order_by=(("due_at", "asc"),), limit=limit)
    for doc in ports.store.query(late):
        try:
            with suppress(NotFound), about.part():  # another run has forgotten it
                ports.store.commit([Write("update", doc.path, {"due_at": now})])  # behind the others
                gone += _carry_out(ports, doc.id, "", PATIENCE / limit, again=bool(doc.data["done"]))
        except (BlobsError, VaultError, Broken) as error:  # the next run goes on; other workspaces shall not wait
            log.warning(
                "a deletion did not come to its end", extra={"workspace": doc.id, "reason": type(error).__name__}
            )
    return gone


def _carry_out(ports: Ports, workspace: str, own: str, seconds: float, *, again: bool = False) -> bool:
    """Step by step, until all is done or so much time has passed; whether all is done. ``again``: for good, then."""
    ends = ports.clock.monotonic() + seconds
    for step in STEPS:
        while step(ports, workspace, own):
            if ports.clock.monotonic() >= ends:
                return False
    paths, note = [workspace_path(workspace), f"rate_budgets/{workspace}"], deletion_path(workspace)
    later = {"done": True, "due_at": ports.clock.now() + WATCHED}
    after = Write("delete", note) if again else Write("update", note, later)
    ports.store.commit([*(Write("delete", path) for path in [*paths, *([own] if own else [])]), after])
    return True


def _shut(ports: Ports, workspace: str, own: str) -> None:
    """Nobody gets in any more."""
    while _keys(ports, workspace, own) or _sessions(ports, workspace, own) or _users(ports, workspace, own):
        pass
    if own:
        ports.store.commit([Write("delete", own)])


def _keys(ports: Ports, workspace: str, own: str) -> bool:
    return _removed(ports, _of_workspace(ports, "api_keys", workspace), own)


def _sessions(ports: Ports, workspace: str, own: str) -> bool:
    return _removed(ports, _of_workspace(ports, "sessions", workspace), own)


def _users(ports: Ports, workspace: str, _own: str) -> bool:
    return _removed(ports, _of_workspace(ports, "users", workspace))


def _scheduled(ports: Ports, workspace: str, _own: str) -> bool:
    """What is left to publish: a task that finds no target does nothing."""
    return any(_removed(ports, _in_space(ports, space, "targets")) for space, _ in _spaces(workspace))


def _accounts(ports: Ports, workspace: str, _own: str) -> bool:
    """One account at a time: its network is told."""
    for space, mode in _spaces(workspace):
        for doc in _in_space(ports, space, "accounts", 1):
            with suppress(Missing):
                accounts.disconnect(ports, Caller(workspace, mode, ""), doc.id)
            if doc.data.get("sealed"):
                with suppress(VaultError):  # a second time: disconnecting does not insist, and forgets the reference
                    ports.vault.destroy(tokens.place(space, doc.id), str(doc.data["sealed"]))
            return _removed(ports, [doc])
    return False


def _media(ports: Ports, workspace: str, _own: str) -> bool:
    found = [doc for space, _ in _spaces(workspace) for doc in _in_space(ports, space, "media", BATCH // 5)]
    for doc in found:
        for key in (doc.data["blob"], *(doc.data.get("thumbnails") or {}).values()):
            with suppress(BlobNotFound):
                ports.blobs.delete(str(key))
    return _removed(ports, found)


def _exports(ports: Ports, workspace: str, _own: str) -> bool:
    """Parts first: the export's document is how they are found."""
    for space, _ in _spaces(workspace):
        for doc in _in_space(ports, space, "exports", 1):
            if not _removed(ports, _in_space(ports, space, f"exports/{doc.id}/parts")):
                files.forget(ports, codec.decode(Export, doc.data))
                _removed(ports, [doc])
            return True
    return False


def _invites(ports: Ports, workspace: str, _own: str) -> bool:
    found = _of_workspace(ports, "invites", workspace)
    for doc in found:
        _unseal(ports, doc)
    return _removed(ports, found)


def _rest(ports: Ports, workspace: str, _own: str) -> bool:
    for space, _ in _spaces(workspace):
        for collection in COLLECTIONS:
            found = _in_space(ports, space, collection)
            for doc in found:
                _unseal(ports, doc)
            if collection == "posts":
                _free(ports, found)
            if _removed(ports, found):
                return True
    return False


def _free(ports: Ports, posts: Iterable[Doc]) -> None:
    """The posts' slots in queues: they lie below the queue, which a deleted brand no longer has, so that only posts tell."""
    if paths := [str(doc.data["slot"]) for doc in posts if doc.data.get("slot")]:
        ports.store.commit([Write("delete", path) for path in paths])


STEPS: tuple[Step, ...] = (
    _keys,
    _sessions,
    _scheduled,
    _accounts,
    _media,
    _exports,
    _invites,
    _rest,
    _scheduled,
    _users,
    _keys,
)


def _unseal(ports: Ports, doc: Doc) -> None:
    """Let the vault forget what the document holds sealed."""
    for one in sealed.references(doc):
        ports.vault.destroy(one.place, one.reference)


def _forget_colleague(ports: Ports, caller: Caller, doc: Doc) -> None:
    """Somebody who is not the owner: only they go."""
    mine = Query("sessions", where=(("user_id", "==", doc.id),))
    paths = [found.path for found in lookup.every(ports, mine)]
    for start in range(0, len(paths), BATCH):
        ports.store.commit([Write("delete", path) for path in paths[start : start + BATCH]])
    auditing.commit(ports, replace(caller, mode="live"), "user.deleted", doc.id, [Write("delete", doc.path)])


def _own_credential(ports: Ports, caller: Caller) -> str:
    if caller.kind == "session":
        return f"sessions/{caller.key_id}"
    mine = Query("api_keys", where=(("workspace", "==", caller.workspace), ("id", "==", caller.key_id)))
    return next((doc.path for doc in ports.store.query(mine)), "") if caller.key_id else ""


def _spaces(workspace: str) -> list[tuple[str, Mode]]:
    return [(f"{workspace}.{mode}", mode) for mode in MODES]


def _of_workspace(ports: Ports, collection: str, workspace: str) -> list[Doc]:
    return ports.store.query(Query(collection, where=(("workspace", "==", workspace),), limit=BATCH))


def _in_space(ports: Ports, space: str, collection: str, limit: int = BATCH) -> list[Doc]:
    return ports.store.query(Query(f"workspaces/{space}/{collection}", limit=limit))


def _removed(ports: Ports, docs: Iterable[Doc], keep: str = "") -> bool:
    """Whether there was anything to delete. What holds secrets goes only as it was read: sealed anew meanwhile, it is read again."""
    gone = [doc for doc in docs if doc.path != keep]
    writes = [Write("delete", doc.path, if_version=doc.version if sealed.references(doc) else None) for doc in gone]
    if writes:
        with suppress(Conflict):
            ports.store.commit(writes)
    return bool(writes)


def _path(workspace: str) -> str:
    return f"deletions/{workspace}"
