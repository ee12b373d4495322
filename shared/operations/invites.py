"""Invites: links by which somebody outside connects one account of theirs to a brand. What they do with it is ``redeeming``.

The link is a secret of 256 random bits. The store has its hash; the link itself is sealed in the vault, so that the workspace
can look it up again as long as it works.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Invalid, RostrumError
from shared.domain.invites import DAYS, Invite, invite_path
from shared.operations import apps, auditing, brands, events, lookup, networks, permissions
from shared.ports.store import Doc, Op, Query, Transaction, Write
from shared.ports.vault import Place, SecretForged, SecretGone, VaultError
from shared.ports.world import Ports

SHOWN = 500  # the newest of a brand
KEPT = timedelta(days=90)  # after its end


@dataclass(frozen=True, slots=True)
class Link:
    """An invite with its link; ``token`` and ``url`` are empty when it does not work any more."""

    invite: Invite
    active: bool
    token: str = field(default="", repr=False)
    url: str = field(default="", repr=False)


def create(ports: Ports, caller: Caller, brand_id: str, platform: str, days: int) -> Link:
    """Make a link. Raises Forbidden, Missing (``brand.not_found``), Invalid, Clash (``resource.conflict``: one is open for
    brand and platform; ``platform.app_missing``), Broken, store.Unavailable."""
    permissions.full_access(caller, "Invites")
    if days not in DAYS:
        text = f"expires_in_days: one of {', '.join(map(str, DAYS))}."
        raise Invalid("validation.field_invalid", text, field="expires_in_days", accepted=list(DAYS))
    name, brand = networks.resolved(platform), brands.get(ports, caller, brand_id)
    apps.for_connecting(ports, caller.space, name, brand.id, sandbox=caller.sandbox)  # who opens the link needs one
    token, now = ports.ids.token(256), ports.clock.now()
    invite = Invite(
        id=ports.ids.new("inv"),
        workspace=caller.workspace,
        space=caller.space,
        sandbox=caller.sandbox,
        platform=name,
        brand_id=brand.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
        sealed="",
        user=caller.actor,
    )
    return _kept(ports, invite, token)


def list_(ports: Ports, caller: Caller, brand_id: str) -> list[Link]:
    """A brand's invites, newest first, at most 500. Raises Forbidden, Missing, Broken, store.Unavailable."""
    permissions.full_access(caller, "Invites")
    brand = brands.get(ports, caller, brand_id)
    query = Query(
        "invites",
        where=(("space", "==", caller.space), ("brand_id", "==", brand.id)),
        order_by=(("created_at", "desc"),),
        limit=SHOWN,
    )
    return [_link(ports, codec.of(Invite, doc)) for doc in ports.store.query(query)]


def revoke(ports: Ports, caller: Caller, invite_id: str) -> None:
    """Take a link back; it stays in the list. Repeatable. Raises Forbidden, Missing (also a used one), store.Unavailable."""
    permissions.full_access(caller, "Invites")
    mine = Query("invites", where=(("space", "==", caller.space), ("id", "==", invite_id)), limit=1)
    found = ports.store.query(mine) if lookup.plain(invite_id) else []
    if not found or not _revoked(ports, found[0], caller.actor):
        raise lookup.missing("resource", invite_id)


def revoke_all(ports: Ports, space: str, brand_id: str) -> None:
    """Take back what is open of a brand that goes. Repeatable. Raises store.Unavailable."""
    mine = Query("invites", where=(("space", "==", space), ("brand_id", "==", brand_id)))
    for doc in list(lookup.every(ports, mine)):
        _revoked(ports, doc)


def choosing_url(ports: Ports, path: str, choice_id: str) -> str:
    """Where whoever was invited chooses among the accounts of their consent. Raises Broken, store.Unavailable."""
    doc = ports.store.get(path)
    token = _opened(ports, codec.of(Invite, doc)) if doc else ""
    return f"{ports.public_url}/invite/{token}/choices/{choice_id}"


def forget_expired(ports: Ports, limit: int = 100) -> int:
    """Remove invites that ended 90 days ago; answers how many. For the sweeper. Safe to run twice."""
    late = Query("invites", where=(("expires_at", "<", ports.clock.now() - KEPT),), limit=limit)
    found = ports.store.query(late)
    for doc in found:
        _destroy(ports, codec.of(Invite, doc))
        ports.store.commit([Write("delete", doc.path)])
    return len(found)


def _kept(ports: Ports, invite: Invite, token: str) -> Link:
    """Stored, unless one is open already."""
    place = _place(invite)
    try:
        sealed = ports.vault.seal(place, token.encode())
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The link could not be kept: try again.") from error
    data = {**codec.encode(invite), "sealed": sealed}
    same: list[tuple[str, Op, Any]] = [
        ("space", "==", invite.space),
        ("brand_id", "==", invite.brand_id),
        ("platform", "==", invite.platform),
    ]

    def body(txn: Transaction) -> None:
        if brands.gone(txn, invite.space, invite.brand_id):
            raise brands.missing(invite.brand_id)
        audit = auditing.opened(ports, txn, invite.space)
        known = [codec.of(Invite, doc) for doc in txn.query(Query("invites", where=tuple(same), limit=1000))]
        others = [one for one in known if one.id != invite.id]  # it is there when the answer to an earlier run got lost
        if any(one.is_active(invite.created_at) for one in others):
            text = "platform: an invite is open for this brand and network. Use it, or revoke it first."
            raise Clash("resource.conflict", text, field="platform")
        txn.write(Write("create", invite_path(token), data))
        txn.write(_said(ports, invite, "created", "An invite was made."))
        audit.add(txn, invite.user, "invite.created", invite.id, brand_id=invite.brand_id, platform=invite.platform)

    try:
        ports.store.transact(body)
    except RostrumError:  # refused; where nobody knows whether it was made, its secret stays
        with suppress(VaultError):
            ports.vault.destroy(place, sealed)
        raise
    return Link(invite, True, token, _url(ports, token))


def _revoked(ports: Ports, doc: Doc, actor: str = "") -> bool:
    """Whether nothing can be connected with it any more; False: it was."""
    now = ports.clock.now()

    def body(txn: Transaction) -> Invite | None:
        latest, audit = txn.get(doc.path), auditing.opened(ports, txn, str(doc.data["space"]))
        invite = codec.of(Invite, latest) if latest else None
        if invite is not None and invite.is_active(now):
            txn.write(Write("update", doc.path, {"revoked_at": now}))
            txn.write(_said(ports, invite, "revoked", "An invite was taken back."))
            audit.add(txn, actor, "invite.revoked", invite.id)
        return invite

    invite = ports.store.transact(body)
    if invite is None or invite.used_at is not None:
        return False
    _destroy(ports, invite)
    return True


def _said(ports: Ports, invite: Invite, what: str, summary: str) -> Write:
    """The log's entry; never the token."""
    return events.written(
        ports,
        invite.space,
        "invite",
        f"invite.{what}",
        resource_id=invite.id,
        platform=invite.platform,
        summary=summary,
    )


def _link(ports: Ports, invite: Invite) -> Link:
    if not invite.is_active(ports.clock.now()):
        return Link(invite, active=False)
    token = _opened(ports, invite)
    return Link(invite, True, token, _url(ports, token))


def _opened(ports: Ports, invite: Invite) -> str:
    try:
        return ports.vault.open(_place(invite), invite.sealed).decode()
    except (SecretGone, SecretForged):
        return ""
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The link could not be read: try again.") from error


def _destroy(ports: Ports, invite: Invite) -> None:
    with suppress(VaultError):
        ports.vault.destroy(_place(invite), invite.sealed)


def _url(ports: Ports, token: str) -> str:
    return f"{ports.public_url}/invite/{token}"


def _place(invite: Invite) -> Place:
    return Place(invite.space, invite.id, "invite")
