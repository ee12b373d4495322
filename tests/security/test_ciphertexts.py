"""Goal 16: what is sealed for one place opens at no other, altered it opens nowhere, and without its key it is gone."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.errors import Limited, Reconnect
from shared.operations import sessions
from shared.ports.store import Write
from shared.ports.vault import Place
from tests.api.client import Api, api
from tests.security import goals, scale
from tests.security.vaults import KINDS, Keeper, opens, places, turned
from tests.support import memory_ports
from tests.support.memory_ports import Rig

HERE = Place("ws_1", "acc_1", "tokens")
NETWORKS = ("bluesky", "twitter", "linkedin")
SECRET = b'{"access":"an access token","refresh":"a refresh token"}'


@pytest.fixture(params=KINDS)
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Keeper:
    return Keeper(request.param, tmp_path)


def test_a_sealed_text_opens_at_its_own_place_among_all(keeper: Keeper) -> None:
    """Every pair of places: workspace × account × field."""
    vault = keeper.vault()
    everywhere = places(scale.many(3, 6))
    sealed = {place: vault.seal(place, SECRET) for place in everywhere}
    tried = wrong = 0
    for place, reference in sealed.items():
        assert vault.open(place, reference) == SECRET
        for other in everywhere:
            if other != place:
                tried += 1
                wrong += opens(vault, other, reference)
    goals.count(16, f"sealed texts at another place, {keeper.kind}", tried, wrong)
    assert wrong == 0


def test_with_any_bit_turned_nothing_opens(keeper: Keeper) -> None:
    """In the reference as a document holds it: key, nonce, ciphertext and tag; also cut, longer, or with another's key."""
    vault = keeper.vault()
    reference, old = vault.seal(HERE, SECRET), vault.keys().newest
    made = vault.rotate()
    odd = [*turned(reference), *(reference[:at] for at in range(len(reference))), reference.replace(old, made)]
    odd += [reference + more for more in ("A", "=", ".", "\n", " ", reference)] + [f" {reference}"]
    wrong = sum(opens(vault, HERE, one) for one in odd)
    goals.count(16, f"altered texts, {keeper.kind}", len(odd), wrong)
    assert vault.open(HERE, reference) == SECRET
    assert wrong == 0


def test_payloads_exchanged_in_secret_manager_do_not_open(tmp_path: Path) -> None:
    """By somebody with rights there, and none to the keyring."""
    keeper = Keeper("secret_manager", tmp_path)
    vault = keeper.vault()
    sealed = {place: vault.seal(place, SECRET) for place in places(scale.many(2, 4))}
    versions = [keeper.payload(reference) for reference in sealed.values()]
    payloads, tried, wrong = [one.data for one in versions], 0, 0
    for shift in range(1, len(versions)):
        for version, data in zip(versions, payloads[shift:] + payloads[:shift], strict=True):
            version.data = data
        tried += len(sealed)
        wrong += sum(opens(vault, place, reference) for place, reference in sealed.items())
    for version, data in zip(versions, payloads, strict=True):
        version.data = data
    assert all(vault.open(place, reference) == SECRET for place, reference in sealed.items())
    goals.count(16, "payloads exchanged in Secret Manager", tried, wrong)
    assert wrong == 0


def test_a_payload_with_any_bit_turned_in_secret_manager_does_not_open(tmp_path: Path) -> None:
    keeper = Keeper("secret_manager", tmp_path)
    vault = keeper.vault()
    reference = vault.seal(HERE, SECRET)
    version = keeper.payload(reference)
    data, wrong = bytes(version.data), 0
    for bit in range(len(data) * 8):
        odd = bytearray(data)
        odd[bit // 8] ^= 1 << bit % 8
        version.data = bytes(odd)
        wrong += opens(vault, HERE, reference)
    goals.count(16, "payloads with a bit turned in Secret Manager", len(data) * 8, wrong)
    assert wrong == 0


def test_a_retired_key_opens_nothing_in_any_process(keeper: Keeper) -> None:
    one, two = keeper.vault(), keeper.vault()
    sealed = {place: one.seal(place, SECRET) for place in places(2)}
    old = one.keys().newest
    one.rotate()
    assert all(two.open(place, reference) == SECRET for place, reference in sealed.items())
    two.retire(old)
    fresh = keeper.vault()
    wrong = sum(opens(vault, place, reference) for vault in (two, fresh) for place, reference in sealed.items())
    goals.count(16, f"texts of a retired key, {keeper.kind}", 2 * len(sealed), wrong)
    assert wrong == 0


def test_an_accounts_tokens_copied_into_another_account_speak_for_nobody(keeper: Keeper) -> None:
    """As whoever may write to the store could: between workspaces, modes and accounts, among all of them."""
    ours, theirs = (api(rig := memory_ports.rig()), api(rig))
    rig_ = replace(rig, ports=replace(rig.ports, vault=keeper.vault()))
    held: list[Account] = []
    for call in (Api(rig_, one.workspace, one.test_key, one.live_key) for one in (ours, theirs)):
        held += [sessions.open_account(rig_.ports, f"{call.workspace}.test", call.connect(name)) for name in NETWORKS]
    tried = wrong = 0
    for account, other in permutations(held, 2):
        rig.store.commit([Write("update", account_path(account.space, account.id), {"sealed": other.sealed})])
        tried += 1
        wrong += spoke(rig_, account)
        rig.store.commit([Write("set", account_path(account.space, account.id), codec.encode(account))])
        assert spoke(rig_, account)
    goals.count(16, f"tokens copied into another account, {keeper.kind}", tried, wrong)
    assert wrong == 0


def spoke(rig: Rig, account: Account) -> bool:
    """Whether a call could be made in its name."""
    try:
        return bool(sessions.open_call(rig.ports, sessions.open_account(rig.ports, account.space, account.id)))
    except (Limited, Reconnect):
        return False
