"""The person behind a caller: their profile, and what they decided for everybody in their workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Unauthenticated
from shared.domain.users import MAX_TEXT, Settings, User, settings_path, user_path
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import auditing
from shared.ports.store import Doc, Query, Transaction, Write
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Me:
    """A person, their workspace, and the settings of the space that the caller works in."""

    user: User
    workspace: Workspace
    settings: Settings


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change; None leaves a field as it is."""

    onboarding: bool | None = None
    use_case: str | None = None
    referral: str | None = None
    lock_accounts_to_brand: bool | None = None


def settings(ports: Ports, space: str) -> Settings:
    """What the people of a space decided. One read, for whoever has to heed it: whoever connects accounts asks here
    whether ``lock_accounts_to_brand`` is on. Raises store.Unavailable."""
    doc = ports.store.get(settings_path(space))
    return codec.decode(Settings, doc.data) if doc else Settings()


def me(ports: Ports, caller: Caller) -> Me:
    """Who is behind a caller: the person who signed in; for a key or a JWT, the workspace's owner.

    Where nobody ever signed in, a stand-in under the workspace's id has what its keys said of themselves.
    Raises Unauthenticated (``auth.user_not_found``: the workspace is gone), store.Unavailable.
    """
    doc = ports.store.get(workspace_path(caller.workspace))
    if doc is None:
        raise Unauthenticated("auth.user_not_found", "The workspace of this key is gone.")
    workspace = codec.decode(Workspace, doc.data)
    return Me(_user(ports, caller, workspace), workspace, settings(ports, caller.space))


def update(ports: Ports, caller: Caller, changes: Changes) -> Me:
    """Change the profile, and the space's settings. Raises Invalid, Unauthenticated, store.Unavailable."""
    for name in ("use_case", "referral"):
        if len(getattr(changes, name) or "") > MAX_TEXT:
            raise Invalid("validation.field_invalid", f"{name}: at most {MAX_TEXT} characters.", field=name)
    known, now = me(ports, caller), ports.clock.now()
    given = {name: getattr(changes, name) for name in ("onboarding", "use_case", "referral")}
    said = {name: value for name, value in given.items() if value is not None}
    lock = changes.lock_accounts_to_brand

    def body(txn: Transaction) -> Me:
        there = txn.get(user_path(known.user.id)), txn.get(settings_path(caller.space))
        user, decided = _read(there[0], known.user), codec.decode(Settings, there[1].data if there[1] else {})
        audit = auditing.opened(ports, txn, caller.space)
        if there[0] is None and known.user.subject:
            raise Unauthenticated("auth.user_not_found", "The person was deleted meanwhile.")
        if said:
            user = replace(user, updated_at=now, **said)
            txn.write(Write("set", user_path(user.id), codec.encode(user)))
        if lock is not None:
            decided = replace(decided, lock_accounts_to_brand=lock)
            txn.write(Write("set", settings_path(caller.space), codec.encode(decided)))
            audit.add(txn, caller.actor, "settings.changed", "accounts", lock_accounts_to_brand=str(lock).lower())
        return Me(user, known.workspace, decided)

    return ports.store.transact(body)


def owner(ports: Ports, workspace: str) -> User | None:
    """Who signed up with this workspace, or its stand-in; None where nobody said anything. Raises store.Unavailable."""
    found = ports.store.query(Query("users", where=(("workspace", "==", workspace), ("role", "==", ""))))
    owners = [codec.decode(User, doc.data) for doc in found]
    return min(owners, key=lambda one: (not one.subject, one.created_at, one.id), default=None)


def _user(ports: Ports, caller: Caller, workspace: Workspace) -> User:
    doc = ports.store.get(user_path(caller.user_id)) if caller.user_id else None
    if doc is not None:
        return codec.decode(User, doc.data)
    return owner(ports, workspace.id) or User(workspace.id, workspace.id, workspace.created_at, workspace.created_at)


def _read(doc: Doc | None, otherwise: User) -> User:
    return codec.decode(User, doc.data) if doc else otherwise
