"""API keys: make, list, change, rotate, revoke. Only a key with full access may; a test key sees test keys only."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.domain import codec
from shared.domain.callers import Caller, Mode
from shared.domain.errors import Clash, Forbidden, Invalid, Missing
from shared.domain.keys import MAX_NAME, SCOPE_NAMES, SECRETS, ApiKey, assemble, key_path, preview_of
from shared.operations import auditing, brands, events, lookup, permissions
from shared.ports.store import Doc, Query, Store, Transaction, Write
from shared.ports.world import Ports

MAX_ACTIVE = 100  # keys of one workspace and mode


@dataclass(frozen=True, slots=True)
class CreateKey:
    """A key to make. ``mode`` None: the mode of the key that asks. Empty ``scopes``: all; empty ``brand_ids``: all brands."""

    name: str
    scopes: tuple[str, ...] = ()
    mode: Mode | None = None
    brand_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and, this once, its raw text."""

    key: ApiKey
    raw: str = field(repr=False)


def create(ports: Ports, caller: Caller, command: CreateKey) -> NewKey:
    """Make a key. Raises Forbidden (a restricted key asks, or a test key asks for a live one), Invalid, Clash."""
    permissions.full_access(caller, "Keys")
    mode = command.mode or caller.mode
    if mode == "live" and caller.mode == "test":
        raise Forbidden(
            "auth.insufficient_scope", "A test key can make test keys only: use a live key to make this one."
        )
    name, scopes = _named(command.name), _scoped(command.scopes)
    brand_ids = _brands(ports, caller, mode, command.brand_ids)
    if sum(key.is_active and key.mode == mode for key in list_(ports, caller)) >= MAX_ACTIVE:
        raise Clash("key.limit_reached", f"This workspace has {MAX_ACTIVE} {mode} keys: revoke one first.")
    new = mint(ports, caller.workspace, mode, name, scopes, created_by=caller.actor, brand_ids=brand_ids)
    said = events.noted(ports, caller, "key", "key.created", new.key.id, "An API key was made.")
    granted = {"mode": mode, "scopes": ",".join(scopes), "brand_ids": ",".join(brand_ids)}
    auditing.commit(ports, caller, "key.created", new.key.id, [stored(new), said], **granted)
    return new


def list_(ports: Ports, caller: Caller) -> list[ApiKey]:
    """The workspace's keys, oldest first, revoked ones too. Raises Forbidden."""
    permissions.full_access(caller, "Keys")
    found = lookup.every(ports, Query("api_keys", where=(("workspace", "==", caller.workspace),)))
    keys = (codec.decode(ApiKey, doc.data) for doc in found)
    return sorted((key for key in keys if _visible(caller, key)), key=lambda key: (key.created_at, key.id))


def update(
    ports: Ports,
    caller: Caller,
    key_id: str,
    *,
    name: str | None = None,
    scopes: Sequence[str] | None = None,
    brand_ids: Sequence[str] | None = None,
) -> ApiKey:
    """Other name, scopes or brands, same secret. Raises Forbidden, Invalid, Missing."""
    permissions.full_access(caller, "Keys")
    changes: dict[str, str | tuple[str, ...]] = {}
    if name is not None:
        changes["name"] = _named(name)
    if scopes is not None:
        changes["scopes"] = _scoped(scopes)
    if brand_ids is not None:
        changes["brand_ids"] = _brands(ports, caller, _mode_of(ports, caller, key_id), brand_ids)

    def body(txn: Transaction) -> ApiKey:
        (doc, key), audit = _find(txn, caller, key_id), auditing.opened(ports, txn, caller.space)
        txn.write(Write("update", doc.path, codec.encode(changes)))
        txn.write(events.noted(ports, caller, "key", "key.updated", key.id, "An API key was changed."))
        granted = {name: ",".join(value) for name, value in changes.items() if not isinstance(value, str)}
        audit.add(txn, caller.actor, "key.updated", key.id, changed=",".join(changes), **granted)
        return replace(key, **changes)  # type: ignore[arg-type]  # the names above are its fields

    return ports.store.transact(body)


def rotate(ports: Ports, caller: Caller, key_id: str) -> NewKey:
    """Another secret for the same key; the old one is refused at once. Raises Forbidden, Missing, Clash (revoked)."""
    permissions.full_access(caller, "Keys")
    number = ports.ids.below(SECRETS)

    def body(txn: Transaction) -> NewKey:
        (doc, key), audit = _find(txn, caller, key_id), auditing.opened(ports, txn, caller.space)
        if not key.is_active:
            raise Clash("key.revoked", "This key is revoked for good: make another one instead.")
        raw = assemble(key.mode, number)
        new = NewKey(replace(key, preview=preview_of(raw), last_used_at=None), raw)
        txn.write(Write("delete", doc.path))
        txn.write(stored(new))
        txn.write(events.noted(ports, caller, "key", "key.rotated", key.id, "An API key got another secret."))
        audit.add(txn, caller.actor, "key.rotated", key.id)
        return new

    return ports.store.transact(body)


def revoke(ports: Ports, caller: Caller, key_id: str) -> None:
    """Refuse the key from the next request on, for good. Repeatable. Raises Forbidden, Missing."""
    permissions.full_access(caller, "Keys")
    now = ports.clock.now()

    def body(txn: Transaction) -> None:
        (doc, key), audit = _find(txn, caller, key_id), auditing.opened(ports, txn, caller.space)
        if key.is_active:
            txn.write(Write("update", doc.path, {"revoked_at": now}))
            txn.write(events.noted(ports, caller, "key", "key.revoked", key.id, "An API key was revoked."))
            audit.add(txn, caller.actor, "key.revoked", key.id)

    ports.store.transact(body)


def mint(
    ports: Ports,
    workspace: str,
    mode: Mode,
    name: str,
    scopes: tuple[str, ...] = (),
    *,
    created_by: str = "",
    brand_ids: tuple[str, ...] = (),
) -> NewKey:
    """A new key, not yet stored."""
    raw = assemble(mode, ports.ids.below(SECRETS))
    now = ports.clock.now()
    key_id, preview = ports.ids.new("key"), preview_of(raw)
    key = ApiKey(key_id, workspace, mode, name, preview, now, scopes, brand_ids, created_by)
    return NewKey(key, raw)


def stored(new: NewKey) -> Write:
    """The write that keeps a new key: by its hash, without its text."""
    return Write("create", key_path(new.raw), codec.encode(new.key))


def _visible(caller: Caller, key: ApiKey) -> bool:
    return caller.mode == "live" or key.mode == "test"


def _find(store: Transaction | Store, caller: Caller, key_id: str) -> tuple[Doc, ApiKey]:
    found = store.query(Query("api_keys", where=(("workspace", "==", caller.workspace), ("id", "==", key_id))))
    keys = [(doc, codec.decode(ApiKey, doc.data)) for doc in found]
    for doc, key in keys:
        if _visible(caller, key):
            return doc, key
    raise lookup.missing("key", key_id)


def _mode_of(ports: Ports, caller: Caller, key_id: str) -> Mode:
    return _find(ports.store, caller, key_id)[1].mode


def _named(name: str) -> str:
    trimmed = name.strip()
    if not trimmed:
        raise Invalid("validation.field_required", "Give the key a name, to know it by later.", field="name")
    if len(trimmed) > MAX_NAME:
        raise Invalid("validation.field_invalid", f"A key's name has at most {MAX_NAME} characters.", field="name")
    return trimmed


def _scoped(scopes: Sequence[str]) -> tuple[str, ...]:
    for scope in scopes:
        if scope not in SCOPE_NAMES:
            near = difflib.get_close_matches(scope, SCOPE_NAMES, 1)
            hint = f"did you mean {near[0]!r}?" if near else "GET /v1/keys/scopes lists them."
            raise Invalid("validation.scope_invalid", f"There is no scope {scope[:60]!r}: {hint}", field="scopes")
    return tuple(dict.fromkeys(scopes))


def _brands(ports: Ports, caller: Caller, mode: Mode, brand_ids: Sequence[str]) -> tuple[str, ...]:
    """The brands of this mode that a key is to see. Raises Invalid for one that does not exist there."""
    owner = replace(caller, mode=mode)
    for brand_id in dict.fromkeys(brand_ids):
        try:
            brands.get(ports, owner, brand_id)
        except Missing:
            text = f"brand_ids: there is no brand {brand_id[:60]!r} in {mode} mode: GET /v1/brands lists them."
            raise Invalid("validation.brand_invalid", text, field="brand_ids") from None
    return tuple(dict.fromkeys(brand_ids))
