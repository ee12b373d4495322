"""The vault on Secret Manager: versions, states, sizes, the keyring, and changing the mode."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import grpc
import pytest

from shared.backends.gcp import keyring
from shared.backends.gcp.vault import KEYRING_SECONDS, SETTLES, UNKNOWN_KEY_SECONDS, SecretManagerVault, secret_id
from shared.ports.vault import MAX_SECRET_BYTES, Place, SecretForged, SecretGone, SecretTooLarge, VaultUnavailable
from tests.contract.emulators import secrets
from tests.contract.emulators.secrets import SecretManager
from tests.contract.gcp.clock import StillClock

HERE = Place("ws_1", "acc_1", "access_token")
THERE = Place("ws_2", "acc_1", "access_token")


class World:
    """A project with a keyring, and vaults over it."""

    def __init__(self) -> None:
        self.service: SecretManager = secrets.running()
        self.project = f"p-{uuid.uuid4().hex[:12]}"
        self.clock = StillClock()
        self.service.secrets[f"projects/{self.project}/secrets/keyring"] = []
        self.service.calls.clear()
        self.service.faults.clear()

    def rotate(self) -> str:
        return keyring.rotate(self.project, "keyring", emulator=self.service.address)

    def vault(self, **options: object) -> SecretManagerVault:
        given: dict[str, object] = {"emulator": self.service.address, **options}
        return SecretManagerVault(self.project, "keyring", self.clock, **given)  # type: ignore[arg-type]

    def methods(self) -> list[str]:
        return [method for method, _ in self.service.calls]

    def stored(self, place: Place) -> list[bytes]:
        return [v.data for v in self.service.secrets[f"projects/{self.project}/secrets/{secret_id('rostrum', place)}"]]


@pytest.fixture
def world() -> World:
    made = World()
    made.rotate()
    made.service.calls.clear()
    return made


def test_one_secret_per_place_and_a_version_per_seal(world: World) -> None:
    vault = world.vault()
    first, second = vault.seal(HERE, b"one"), vault.seal(HERE, b"two")
    other = vault.seal(THERE, b"three")
    assert [vault.open(HERE, first), vault.open(HERE, second), vault.open(THERE, other)] == [b"one", b"two", b"three"]
    assert (len(world.stored(HERE)), len(world.stored(THERE))) == (2, 1)


def test_the_first_seal_makes_the_secret_and_later_ones_take_one_call(world: World) -> None:
    vault = world.vault()
    vault.seal(HERE, b"one")
    assert world.methods() == ["AccessSecretVersion", "AddSecretVersion", "CreateSecret", "AddSecretVersion"]
    world.service.calls.clear()
    vault.seal(HERE, b"two")
    assert world.methods() == ["AddSecretVersion"]


def test_another_instance_may_make_the_secret_first(world: World) -> None:
    vault = world.vault()
    world.service.secrets[f"projects/{world.project}/secrets/{secret_id('rostrum', HERE)}"] = []
    world.service.faults["AddSecretVersion"] = [("before", grpc.StatusCode.NOT_FOUND)]
    assert vault.open(HERE, vault.seal(HERE, b"one")) == b"one"


def test_what_lies_there_is_sealed(world: World) -> None:
    reference = world.vault().seal(HERE, b"very secret indeed")
    assert b"secret" not in world.stored(HERE)[0]
    assert "secret indeed" not in reference


def test_destroyed_versions_are_gone_and_the_others_stay(world: World) -> None:
    vault = world.vault()
    first, second = vault.seal(HERE, b"one"), vault.seal(HERE, b"two")
    vault.destroy(HERE, first)
    vault.destroy(HERE, first)
    with pytest.raises(SecretGone):
        vault.open(HERE, first)
    assert vault.open(HERE, second) == b"two"
    assert world.stored(HERE)[0] == b""


def test_a_deleted_secret_is_gone(world: World) -> None:
    vault = world.vault()
    reference = vault.seal(HERE, b"one")
    del world.service.secrets[f"projects/{world.project}/secrets/{secret_id('rostrum', HERE)}"]
    vault.destroy(HERE, reference)
    with pytest.raises(SecretGone):
        vault.open(HERE, reference)


def test_a_disabled_version_is_unavailable_because_an_operator_can_enable_it(world: World) -> None:
    vault = world.vault()
    reference = vault.seal(HERE, b"one")
    name = f"projects/{world.project}/secrets/{secret_id('rostrum', HERE)}/versions/1"
    keyring.connect(world.service.address).disable_secret_version(request={"name": name})
    with pytest.raises(VaultUnavailable, match="disabled"):
        vault.open(HERE, reference)


@pytest.mark.parametrize("size", [0, 1, MAX_SECRET_BYTES - 28, MAX_SECRET_BYTES - 27, MAX_SECRET_BYTES])
def test_every_size_up_to_the_limit(world: World, size: int) -> None:
    """Nonce and tag would push the largest over the service's limit: the reference carries what does not fit."""
    vault = world.vault()
    assert vault.open(HERE, vault.seal(HERE, b"x" * size)) == b"x" * size
    with pytest.raises(SecretTooLarge):
        vault.seal(HERE, b"x" * (MAX_SECRET_BYTES + 1))


def test_a_reference_opens_in_its_place_only_and_unaltered(world: World) -> None:
    vault = world.vault()
    reference = vault.seal(HERE, b"one")
    with pytest.raises(SecretForged):
        vault.open(THERE, reference)
    with pytest.raises(SecretForged):
        vault.destroy(THERE, reference)
    for at in range(len(reference)):
        altered = reference[:at] + ("A" if reference[at] != "A" else "B") + reference[at + 1 :]
        with pytest.raises(SecretForged):
            vault.open(HERE, altered)


def test_a_payload_put_in_the_place_of_another_does_not_open(world: World) -> None:
    vault = world.vault()
    here, there = vault.seal(HERE, b"one"), vault.seal(THERE, b"two")
    versions = [
        world.service.secrets[f"projects/{world.project}/secrets/{secret_id('rostrum', p)}"] for p in (HERE, THERE)
    ]
    versions[0][0].data, versions[1][0].data = versions[1][0].data, versions[0][0].data
    for place, reference in ((HERE, here), (THERE, there)):
        with pytest.raises(SecretForged):
            vault.open(place, reference)


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "PERMISSION_DENIED", "INTERNAL"])
def test_what_the_service_does_not_answer_clearly(world: World, code: str) -> None:
    vault = world.vault()
    reference = vault.seal(HERE, b"one")
    status = grpc.StatusCode[code]
    world.service.faults = {"AddSecretVersion": [("after", status)], "DestroySecretVersion": [("before", status)]}
    with pytest.raises(VaultUnavailable):
        vault.seal(HERE, b"two")
    with pytest.raises(VaultUnavailable):
        vault.destroy(HERE, reference)
    assert vault.open(HERE, reference) == b"one"


def test_mode_store_asks_the_service_for_the_keyring_only(world: World) -> None:
    vault = world.vault(mode="store")
    references = [vault.seal(HERE, b"one") for _ in range(3)]
    assert [vault.open(HERE, reference) for reference in references] == [b"one"] * 3
    vault.destroy(HERE, references[0])
    assert world.methods() == ["AccessSecretVersion"]
    with pytest.raises(SecretForged):
        vault.open(THERE, references[0])


def test_the_mode_can_be_changed(world: World) -> None:
    stored, kept = world.vault(mode="store"), world.vault()
    assert kept.open(HERE, stored.seal(HERE, b"one")) == b"one"
    assert stored.open(HERE, kept.seal(HERE, b"two")) == b"two"


def test_the_keyring_is_read_again_after_five_minutes(world: World) -> None:
    vault = world.vault(mode="store")
    before = vault.seal(HERE, b"one").split(".")[1]
    newest = world.rotate()
    world.clock.seconds = KEYRING_SECONDS - 1
    assert vault.seal(HERE, b"two").split(".")[1] == before
    world.clock.seconds = KEYRING_SECONDS
    assert KEYRING_SECONDS <= 300
    assert vault.seal(HERE, b"three").split(".")[1] == newest != before


def test_an_instance_that_was_asleep_looks_for_new_keys_when_it_wakes(world: World) -> None:
    """One that has no request may stand still, and its monotonic clock with it."""
    vault = world.vault(mode="store")
    vault.seal(HERE, b"one")
    newest = world.rotate()
    world.clock.at += timedelta(seconds=KEYRING_SECONDS)
    assert vault.seal(HERE, b"two").split(".")[1] == newest


def test_a_key_that_another_instance_already_uses_is_found_at_once(world: World) -> None:
    """A text can be under a key that was added a moment after we read the keyring: taking it for lost would end an account."""
    early = world.vault(mode="store")
    old = early.seal(HERE, b"old")
    world.rotate()
    late = world.vault(mode="store")
    new = late.seal(HERE, b"new")
    assert early.open(HERE, new) == b"new"
    assert late.open(HERE, old) == b"old"


def test_a_keyring_that_is_told_as_it_was_hides_no_key(world: World) -> None:
    """``latest`` may be an older version for hours; versions are found by number."""
    behind = world.vault(mode="store")
    world.rotate()
    new = world.vault(mode="store").seal(HERE, b"new")
    world.service.behind[f"projects/{world.project}/secrets/keyring"] = 1
    assert behind.open(HERE, new) == b"new"
    world.clock.seconds = KEYRING_SECONDS
    assert behind.seal(HERE, b"newer").split(".")[1] == new.split(".")[1]
    assert len(world.vault(mode="store").keys().ids) == 2


def test_a_forged_key_id_cannot_make_us_ask_at_every_request(world: World) -> None:
    vault = world.vault(mode="store")
    sealed = vault.seal(HERE, b"one").split(".")
    world.service.calls.clear()
    for _ in range(5):
        with pytest.raises(SecretGone):
            vault.open(HERE, f"v1.unknown.{sealed[2]}")
    assert world.methods() == ["AccessSecretVersion"]
    world.clock.seconds = UNKNOWN_KEY_SECONDS
    with pytest.raises(SecretGone):
        vault.open(HERE, f"v1.unknown.{sealed[2]}")
    assert world.methods() == ["AccessSecretVersion"] * 2


def another_operators(world: World) -> str:
    """The id of a key that somebody adds between our next reading of the keys and our writing them."""
    versions = world.service.secrets[f"projects/{world.project}/secrets/keyring"]
    theirs, add = "b" * 12, world.service.add_secret_version

    def between(request: Any) -> Any:
        content = json.loads(versions[-1].data)
        content = {"newest": theirs, "keys": {**content["keys"], theirs: "ab" * 32}}
        versions.append(secrets._Version(secrets.STATE.ENABLED, json.dumps(content).encode()))
        world.service.adding = None
        return add(request)

    world.service.adding = between
    return theirs


def test_keys_that_two_operators_add_at_once_are_both_kept(world: World) -> None:
    """The other one's version comes between our reading and our adding."""
    theirs = another_operators(world)
    ours = world.rotate()
    keys = world.vault().keys()
    assert {ours, theirs} < set(keys.ids)
    assert (keys.newest, len(keys.ids)) == (ours, 3)


def test_a_key_that_is_added_while_another_is_retired_seals(world: World) -> None:
    """The other operator's version comes between our reading and our adding: whoever added a key was told that it seals."""
    vault = world.vault()
    old, middle = vault.keys().newest, world.rotate()
    theirs = another_operators(world)
    vault.retire(old)
    for keys in (vault.keys(), world.vault().keys()):
        assert (keys.newest, {*keys.ids}) == (theirs, {middle, theirs})


def test_a_rotation_is_settled_a_day_later(world: World) -> None:
    vault = world.vault()
    assert vault.keys().settled_at > world.clock.now()
    before = world.clock.now()
    vault.rotate()
    assert vault.keys().settled_at == before + SETTLES


def test_rewrapping_moves_a_secret_to_where_the_setting_says(world: World) -> None:
    stored, kept = world.vault(mode="store"), world.vault()
    reference = stored.seal(HERE, b"one")
    moved = kept.rewrap(HERE, reference)
    assert moved is not None
    assert kept.rewrap(HERE, moved) is None
    assert (kept.open(HERE, moved), kept.open(HERE, reference)) == (b"one", b"one")
    back = stored.rewrap(HERE, moved)
    assert back is not None
    kept.destroy(HERE, moved)
    assert stored.open(HERE, back) == b"one"


def test_without_a_keyring_nothing_is_sealed_in_silence() -> None:
    world = World()
    with pytest.raises(VaultUnavailable):
        world.vault().seal(HERE, b"one")
    world.service.secrets[f"projects/{world.project}/secrets/keyring"].append(
        secrets._Version(secrets.STATE.ENABLED, b"not a keyring")
    )
    with pytest.raises(VaultUnavailable, match=r"keyring\.rotate"):
        world.vault().seal(HERE, b"one")


def test_ids_are_allowed_and_told_apart() -> None:
    odd = Place("ws_1", "acc/ü 1" * 40, "access.token")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", secret_id("rostrum", odd))
    ids = {
        secret_id("r", Place(*parts))
        for parts in [("a", "b", "c"), ("ab", "", "c"), ("a", "b.", "c"), ("a", "b/", "c")]
    }
    assert len(ids) == 4


def test_secrets_can_be_kept_in_named_regions(world: World) -> None:
    world.vault(locations=["europe-west1", "europe-west4"]).seal(HERE, b"one")
    made = next(request for method, request in world.service.calls if method == "CreateSecret")
    replicas = made.secret.replication.user_managed.replicas
    assert [replica.location for replica in replicas] == ["europe-west1", "europe-west4"]
