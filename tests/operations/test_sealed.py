"""The list of sealed fields is complete, and what it lists is re-wrapped while it is used, whatever fails."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared.domain.accounts import Account, Connected, Tokens
from shared.domain.callers import Caller
from shared.domain.errors import Clash
from shared.domain.webhooks import Event, endpoint_path
from shared.operations import (
    accounts,
    apps,
    audits,
    brands,
    choosing,
    idempotency,
    invites,
    sealed,
    sessions,
    user_deletion,
    workspaces,
)
from shared.operations.linking import Owner
from shared.operations.operating import sealing, spaces
from shared.operations.webhooks import endpoints, rotating, sending
from shared.ports.store import Unavailable, Write
from shared.ports.vault import VaultUnavailable
from shared.ports.world import Ports
from tests.operations.flows import begin, redirected
from tests.operations.webhook_world import Receiver
from tests.simulation.stores import FaultyStore
from tests.support import memory_ports
from tests.support.faults import Crash, Phase, once
from tests.support.memory_ports import Rig

OPERATIONS = Path(sealed.__file__).parent
SEALERS = {  # who seals, and which rows of the list hold what they seal
    "apps.py": "apps",
    "choosing.py": "pending",
    "consents.py": "connections",
    "idempotency.py": "idempotency",
    "invites.py": "invites",
    "tokens.py": "accounts",
    "webhooks/endpoints.py": "webhooks",
}


def quiet(_more: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class World:
    """A workspace with a secret in every field that may hold one."""

    rig: Rig
    caller: Caller
    account: Account


@pytest.fixture
def world() -> World:
    rig = memory_ports.rig()
    made = workspaces.create(rig.ports, "Ours")
    caller = Caller(made.workspace.id, "test", "key_1")
    account = redirected(rig, caller=caller)
    apps.keep(rig.ports, caller, "twitter", "client", "hush")
    brand = brands.create(rig.ports, caller, "Acme")
    apps.keep(rig.ports, caller, "twitter", "client", "hush", brand_id=brand.id)
    endpoint = Receiver(rig).register(caller=caller)
    rotating.rotate(rig.ports, caller, endpoint.id)
    claim = idempotency.claim(rig.ports, idempotency.identify(caller, "key", "POST /v1/keys", {}))
    assert isinstance(claim, idempotency.Claim)
    idempotency.complete(rig.ports, claim, idempotency.Answer(201, b"{}"), secret=True)
    invites.create(rig.ports, caller, brand.id, "twitter", 7)
    begin(rig, "twitter", caller)
    pages = [Connected("1", "one", "One", Tokens("a")), Connected("2", "two", "Two", Tokens("b"))]
    choosing.offer(rig.ports, Owner(caller.space, caller.sandbox), "instagram", pages)
    return World(rig, caller, account)


def found(rig: Rig) -> list[sealed.Sealed]:
    """Every reference that the list leads to."""
    below = [one for space in spaces.every(rig.ports) for one in sealed.in_space(rig.ports, space)]
    return [*below, *sealed.at_root(rig.ports)]


def test_whoever_seals_is_in_the_list() -> None:
    """A module that begins to seal fails here until its documents have a row, and the world above a secret of theirs."""
    seen = set()
    for path in OPERATIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("vault.seal"):
                seen.add(str(path.relative_to(OPERATIONS)))
    assert seen == {*SEALERS}
    assert {*SEALERS.values()} == {*sealed.HOLDERS}


def test_every_secret_in_the_vault_is_found_and_opens_where_the_list_says(world: World) -> None:
    listed = found(world.rig)
    assert {one.reference for one in listed} == {*world.rig.vault.secrets}
    assert {f"{one.doc.path.split('/')[-2]}.{one.field}" for one in listed} == {
        f"{holder.collection}.{name}" for holder in sealed.HOLDERS.values() for name in holder.fields
    }
    for one in listed:
        assert world.rig.vault.open(one.place, one.reference)


def test_after_a_rotation_everything_is_rewrapped_and_the_old_key_retired(world: World) -> None:
    ports, secrets = world.rig.ports, dict(world.rig.vault.secrets)
    old = ports.vault.keys().newest
    new = sealing.rotate(ports)
    with pytest.raises(Clash, match="rewrap"):
        sealing.retire(ports, old, quiet)
    with pytest.raises(Clash, match="newest"):
        sealing.retire(ports, new, quiet)
    looked: list[int] = []
    result = sealing.rewrap(ports, looked.append)
    assert (result.done, result.fine, result.lost, len(looked)) == (len(secrets), 0, [], len(secrets))
    assert sealing.rewrap(ports, quiet).fine == len(secrets)
    counted = sealing.census(ports, quiet)
    assert counted.held == {new: len(secrets)}
    assert sealing.retire(ports, old, quiet)
    assert not sealing.retire(ports, old, quiet)
    assert sorted(secret for _, secret in world.rig.vault.secrets.values()) == sorted(
        secret for _, secret in secrets.values()
    )
    assert sessions.open_call(ports, accounts.get(ports, world.caller, world.account.id)).tokens.access
    noted = audits.list_(ports, world.caller, audits.Wanted(act="secrets.rewrapped")).entries
    assert [(one.actor, one.resource_id, one.details) for one in noted] == [
        (spaces.OPERATOR, new, {"count": str(result.done - 3)})  # three lie in no space
    ]


def test_a_token_that_is_renewed_meanwhile_is_never_overwritten_by_the_older_one(world: World) -> None:
    """Between opening the old token and writing it, a refresh comes to its end; and the other way round."""
    ports, rig = world.rig.ports, world.rig
    sealing.rotate(ports)
    began = accounts.get(ports, world.caller, world.account.id)
    renewed: list[Account] = []

    def between(call: str, phase: str) -> None:
        if (call, phase) == ("vault.rewrap", "after") and not renewed:
            rig.faults.hook = None
            renewed.append(sessions.refresh(ports, began))

    rig.faults.hook = between
    sealing.rewrap(ports, quiet)
    now = accounts.get(ports, world.caller, world.account.id)
    assert (now.sealed, now.token_version) == (renewed[0].sealed, renewed[0].token_version)
    assert {one.reference for one in found(rig)} == {*rig.vault.secrets}, "no version is left behind"


def test_a_refresh_that_was_overtaken_by_the_rewrapping_forgets_what_it_replaces(world: World) -> None:
    ports, rig = world.rig.ports, world.rig
    sealing.rotate(ports)
    began = accounts.get(ports, world.caller, world.account.id)

    def between(call: str, phase: str) -> None:
        if (call, phase) == ("vault.seal", "before"):
            rig.faults.hook = None
            sealing.rewrap(ports, quiet)

    rig.faults.hook = between
    renewed = sessions.refresh(ports, began)
    assert accounts.get(ports, world.caller, world.account.id).sealed == renewed.sealed
    assert {one.reference for one in found(rig)} == {*rig.vault.secrets}, "no version is left behind"


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("crash", [False, True])
def test_wherever_the_rewrapping_is_cut_off_nothing_is_lost_and_the_next_run_ends_it(
    world: World, phase: Phase, crash: bool
) -> None:
    """Every call of every port fails once, or the process dies there."""
    ports, rig = world.rig.ports, world.rig
    secrets = sorted(secret for _, secret in rig.vault.secrets.values())
    failed = 0
    for number in range(2000):
        sealing.rotate(ports, insist=True)
        before = len(rig.faults.calls)
        rig.faults.hook = once(number * 3, phase, lambda: Crash() if crash else _unavailable(rig))
        try:
            sealing.rewrap(ports, quiet)
        except (Crash, Unavailable, VaultUnavailable):
            failed += 1
        made, rig.faults.hook = len(rig.faults.calls) - before, None
        opened = sorted(rig.vault.open(one.place, one.reference) for one in found(rig))
        assert opened == secrets
        assert sealing.rewrap(ports, quiet).lost == []
        assert set(sealing.census(ports, quiet).held) == {ports.vault.keys().newest}
        if made <= number * 3:
            break
    assert failed > 5


def _unavailable(rig: Rig) -> BaseException:
    """What the port raises whose call is the last one."""
    return VaultUnavailable("down") if rig.faults.calls[-1].startswith("vault.") else Unavailable("down")


def test_what_no_key_opens_is_told_and_keeps_nothing_else_waiting(world: World) -> None:
    ports, rig = world.rig.ports, world.rig
    sealing.rotate(ports)
    before = len(rig.vault.secrets)
    sealed_at = accounts.get(ports, world.caller, world.account.id).sealed
    place, _ = rig.vault.secrets[sealed_at]
    rig.vault.destroy(place, sealed_at)
    result = sealing.rewrap(ports, quiet)
    assert result.lost == [f"workspaces/{world.caller.space}/accounts/{world.account.id} sealed"]
    assert result.done == before - 1


def test_an_endpoint_signs_on_after_the_rewrapping(world: World) -> None:
    ports = world.rig.ports
    endpoint = endpoints.list_(ports, world.caller)[0]
    sealing.rotate(ports)
    sealing.rewrap(ports, quiet)
    rotating.rotate(ports, world.caller, endpoint.id)
    assert {one.reference for one in found(world.rig)} == {*world.rig.vault.secrets}


class LateStore(FaultyStore):
    """One commit is told to have failed, and is applied when somebody asks for it: nobody can know before."""

    def __init__(self, rig: Rig, of: str) -> None:
        super().__init__(rig.store, rig.faults)
        self.of, self.rig, self.late = of, rig, list[Write]()

    def commit(self, writes: Sequence[Write]) -> None:
        if self.late or f"/{self.of}/" not in writes[0].path:
            return super().commit(writes)
        self.late = list(writes)
        raise Unavailable("no answer")


def test_a_commit_that_comes_true_after_everybody_looked_finds_its_secret_still_there(world: World) -> None:
    rig = world.rig
    store = LateStore(rig, "accounts")
    sealing.rotate(rig.ports)
    with pytest.raises(Unavailable):
        sealing.rewrap(replace(rig.ports, store=store), quiet)
    rig.store.commit(store.late)
    now = accounts.get(rig.ports, world.caller, world.account.id)
    assert now.sealed != world.account.sealed
    assert sessions.open_call(rig.ports, now).tokens.access


def during(rig: Rig, wanted: str, act: Callable[[Ports], object]) -> None:
    """Do it once, just before that call, or after it (``vault.open after``)."""
    named, _, phase = wanted.partition(" ")

    def between(call: str, at: str) -> None:
        if (call, at) == (named, phase or "before"):
            rig.faults.hook = None
            act(rig.ports)

    rig.faults.hook = between


def test_an_event_that_is_delivered_while_the_secrets_are_sealed_anew_arrives(world: World) -> None:
    """Its sender read the endpoint before: the secret that it names is gone, and there is another."""
    rig = world.rig
    endpoint = endpoints.list_(rig.ports, world.caller)[0]
    sealing.rotate(rig.ports)
    sealing.rewrap(rig.ports, quiet)
    event = Event("evt_1", "engagement.spike", rig.clock.now(), {})
    assert sending.send(rig.ports, endpoint, event).status == "success"
    for one in sealed.references(rig.store.get(endpoint_path(endpoint.space, endpoint.id)) or pytest.fail("gone")):
        rig.vault.destroy(one.place, one.reference)
    again = replace(event, id="evt_2")
    assert sending.send(rig.ports, endpoint, again).status == "failed", "what is gone for good is said"


def test_a_workspace_that_is_deleted_while_its_secrets_are_sealed_anew_leaves_none(world: World) -> None:
    """Sealed anew between the look at a document and its deletion, by a run that had the workspace in its list before."""
    rig, owner = world.rig, replace(world.caller, mode="live")
    sealing.rotate(rig.ports)
    lists = {space: list(sealed.in_space(rig.ports, space)) for space in spaces.every(rig.ports)}
    rewrapped = sealing.Rewrapped()

    def anew(_ports: Ports) -> None:
        for one in (one for listed in lists.values() for one in listed):
            sealing._rewrap(rig.ports, one, rewrapped)

    during(rig, "vault.destroy", anew)
    user_deletion.delete(rig.ports, owner)
    assert rewrapped.done > 0
    assert {one.reference for one in sealed.at_root(rig.ports)} == {*rig.vault.secrets}


@pytest.mark.parametrize("moment", ["sandbox.send", "vault.destroy"])
def test_an_account_that_is_disconnected_while_its_tokens_are_sealed_anew_leaves_nothing(
    world: World, moment: str
) -> None:
    rig = world.rig
    sealing.rotate(rig.ports)
    during(rig, moment, lambda ports: sealing.rewrap(ports, quiet))
    accounts.disconnect(rig.ports, world.caller, world.account.id)
    assert rig.faults.hook is None
    assert {one.reference for one in found(rig)} == {*rig.vault.secrets}, "no version is left behind"
