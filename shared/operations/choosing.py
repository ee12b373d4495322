"""One consent, several accounts: what waits for the person's choice of which to connect.

The candidates' tokens are sealed together under the choice's id, each distinct one once (the locations of one owner
share theirs). The first choice wins: it is written down before anything is connected, so that the same choice can be made
again after a crash, and no other. Once all are connected, or after 30 minutes, there is nothing to choose from any more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from shared.domain import codec
from shared.domain.accounts import Account, Connected, Tokens
from shared.domain.brands import DEFAULT_BRAND
from shared.domain.callers import Caller
from shared.domain.connections import CHOICE_AGE, MAX_CANDIDATES, Candidate, Choice, choice_path
from shared.domain.errors import Broken, Invalid, Missing
from shared.operations import linking, lookup, tokens
from shared.operations.linking import Owner
from shared.ports.store import Doc, Query, Transaction, Write
from shared.ports.vault import Place, SecretGone, VaultError, VaultUnavailable
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def offer(ports: Ports, owner: Owner, platform: str, found: Sequence[Connected]) -> Choice:
    """Keep the candidates until somebody chooses. Raises Broken, store.Unavailable."""
    shown = found[:MAX_CANDIDATES]
    choice_id = ports.ids.new("pc")
    distinct = list(dict.fromkeys(tokens.dump(one.tokens) for one in shown))
    of = [distinct.index(tokens.dump(one.tokens)) for one in shown]
    secret = json.dumps({"tokens": [text.decode() for text in distinct], "of": of}).encode()
    try:
        sealed = ports.vault.seal(_place(owner.space, choice_id), secret)
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The accounts could not be kept: connect again.") from error
    choice = Choice(
        id=choice_id,
        space=owner.space,
        sandbox=owner.sandbox,
        platform=platform,
        brand_id=owner.brand_id,
        expires_at=ports.clock.now() + CHOICE_AGE,
        brand_ids=owner.brands,
        invite=owner.invite,
        actor=owner.actor,
        sealed=sealed,
        candidates=tuple(_candidate(one) for one in shown),
    )
    ports.store.commit([Write("create", choice_path(choice_id), codec.encode(choice))])
    return choice


def get(ports: Ports, caller: Caller, choice_id: str, invite: str = "") -> Choice:
    """What there is to choose from. ``invite``: the path of the invite that it was consented with: what somebody who was
    invited may choose from is nobody else's to see. Raises Missing (used, too old, or never there)."""
    doc = ports.store.get(choice_path(choice_id)) if lookup.plain(choice_id) else None
    choice = codec.decode(Choice, doc.data) if doc else None
    mine = choice is not None and choice.space == caller.space and caller.sees(choice.brand_id or DEFAULT_BRAND)
    if choice is None or not mine or choice.invite != invite or choice.expires_at <= ports.clock.now():
        raise _gone(choice_id)
    return choice


def select(
    ports: Ports, caller: Caller, choice_id: str, wanted: Sequence[str], field: str, invite: str = ""
) -> list[Account]:
    """Connect the chosen candidates (their ids at the network), in the order named; the rest is forgotten.

    The same choice may be made again as long as it was not answered. ``field`` names the request's field to people. Raises Missing, Invalid (not a candidate), Broken, store.Unavailable.
    """
    choice = get(ports, caller, choice_id, invite)
    known = [candidate.platform_account_id for candidate in choice.candidates]
    chosen = list(dict.fromkeys(wanted))
    if not chosen or any(one not in known for one in chosen):
        text = f"{field}: name one or more of {', '.join(known[:20])}: the connection's own candidates."
        raise Invalid("validation.field_invalid", text, field=field)
    speaking = _opened(ports, choice)
    linking.check_room(ports, choice.space, choice.platform, chosen)
    _take(ports, choice, tuple(chosen))
    its = choice
    owner = Owner(its.space, its.sandbox, its.brand_id, its.brand_ids, its.invite, its.id, its.actor)
    accounts = []
    for one in chosen:
        index = known.index(one)
        connected = _connected(choice.candidates[index], speaking[index])
        accounts.append(linking.link(ports, owner, choice.platform, connected))
    _forget(ports, choice)
    return accounts


def forget_expired(ports: Ports, limit: int = 100) -> int:
    """Remove choices that nobody made in time, with their tokens; answers how many. For the sweeper. Safe to run twice."""
    late = Query("pending", where=(("expires_at", "<", ports.clock.now()),), limit=limit)
    found = ports.store.query(late)
    return sum(_forgotten(ports, doc) for doc in found)


def _forgotten(ports: Ports, doc: Doc) -> bool:
    """Whether it is gone. A vault that does not answer is asked again by the next run; what cannot be read keeps nobody."""
    try:
        choice = codec.decode(Choice, doc.data)
        ports.vault.destroy(_place(choice.space, choice.id), choice.sealed)
    except VaultUnavailable:
        return False
    except (VaultError, TypeError, ValueError, KeyError, AttributeError):
        log.warning("a choice is forgotten without its secret", extra={"path": doc.path})
    ports.store.commit([Write("delete", doc.path)])
    return True


def _opened(ports: Ports, choice: Choice) -> list[Tokens]:
    try:
        kept = json.loads(ports.vault.open(_place(choice.space, choice.id), choice.sealed))
    except SecretGone:  # chosen and connected already, by a call that was interrupted at its very end
        raise _gone(choice.id) from None
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The accounts' tokens could not be read: try again.") from error
    distinct = [tokens.load(text.encode()) for text in kept["tokens"]]
    return [distinct[index] for index in kept["of"]]


def _take(ports: Ports, choice: Choice, chosen: tuple[str, ...]) -> None:
    """The first choice wins. Raises Missing for another one."""
    path = choice_path(choice.id)

    def body(txn: Transaction) -> bool:
        doc = txn.get(path)
        before = codec.decode(Choice, doc.data).chosen if doc else ()
        if doc is not None and not before:
            txn.write(Write("update", path, {"chosen": list(chosen)}))
        return doc is not None and before in ((), chosen)

    if not ports.store.transact(body):
        raise _gone(choice.id)


def _forget(ports: Ports, choice: Choice) -> None:
    """The secret, then the choice; while the vault does not answer it is left to the sweeper."""
    try:
        ports.vault.destroy(_place(choice.space, choice.id), choice.sealed)
    except VaultUnavailable:
        return
    except VaultError as error:
        log.info("a choice's secret was gone already", extra={"error": type(error).__name__})
    ports.store.commit([Write("delete", choice_path(choice.id))])


def _candidate(one: Connected) -> Candidate:
    return Candidate(one.platform_account_id, one.username, one.name, one.picture_url, one.metadata)


def _connected(candidate: Candidate, speaking: Tokens) -> Connected:
    return Connected(
        candidate.platform_account_id,
        candidate.username,
        candidate.name,
        speaking,
        candidate.picture_url,
        candidate.metadata,
    )


def _place(space: str, choice_id: str) -> Place:
    return Place(space, choice_id, "candidates")


def _gone(choice_id: str) -> Missing:
    shown = choice_id[:128]
    text = f"No connection {shown!r} waits here: it was chosen from before, or is over 30 minutes old. Start again with connect."
    return Missing("connection.not_found", text, resource="connection", id=shown)
