"""Keys and callers: what is minted, who may, what is refused and how fast."""

from __future__ import annotations

import json

import pytest

from shared.domain.callers import Caller
from shared.domain.errors import Clash, Forbidden, Invalid, Missing, Unauthenticated
from shared.domain.keys import SCOPES, assemble, mode_of
from shared.operations import callers, keys, workspaces
from shared.operations.keys import CreateKey
from tests.operations.flows import LIVE, OTHER, TEST
from tests.support import memory_ports
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def refused(rig: Rig, token: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        callers.authenticate(rig.ports, token)
    return caught.value.code


def test_the_first_start_makes_a_workspace_with_two_keys_that_work(rig: Rig) -> None:
    """One commit, one key per mode."""
    made = workspaces.create(rig.ports, "Acme")
    assert rig.faults.calls == ["store.commit"]
    test, live = (callers.authenticate(rig.ports, new.raw) for new in (made.test, made.live))
    assert (test.workspace, test.mode, test.space) == (made.workspace.id, "test", f"{made.workspace.id}.test")
    assert (live.workspace, live.mode, live.sandbox) == (made.workspace.id, "live", False)


def test_a_key_has_the_documented_form_and_only_its_hash_is_stored(rig: Rig) -> None:
    """Prefix, 30 random digits, 6 of checksum; the raw text is in no document."""
    new = keys.create(rig.ports, LIVE, CreateKey("CI"))
    assert new.raw.startswith("rst_live_")
    assert len(new.raw) == 9 + 36
    assert new.raw[9:].isalnum()
    everything = json.dumps(list(rig.store.everything()), default=str)
    assert new.raw not in everything
    assert new.raw[13:] not in everything
    assert new.raw not in repr(new)


def test_a_typo_is_refused_without_reading_the_store(rig: Rig) -> None:
    """Every single-digit change breaks the checksum."""
    raw = keys.create(rig.ports, LIVE, CreateKey("CI")).raw
    rig.faults.calls.clear()
    for at in range(9, len(raw)):
        wrong = raw[:at] + ("a" if raw[at] != "a" else "b") + raw[at + 1 :]
        assert refused(rig, wrong) == "auth.invalid_key"
    for odd in (
        raw[:-1],
        raw + "a",
        raw.replace("live", "test"),
        "rst_live_",
        "é" * 45,
        "../../x",
        "sk_live_" + raw[9:],
    ):
        assert refused(rig, odd) == "auth.invalid_key"
    assert rig.faults.calls == []


def test_authentication_takes_one_read_and_notes_the_use_every_quarter_of_an_hour(rig: Rig) -> None:
    """A write per request would double its cost."""
    raw = keys.create(rig.ports, LIVE, CreateKey("CI")).raw
    rig.faults.calls.clear()
    for _ in range(3):
        callers.authenticate(rig.ports, raw)
    assert rig.faults.calls == ["store.get", "store.commit", "store.get", "store.get"]
    assert keys.list_(rig.ports, LIVE)[0].last_used_at == rig.clock.now()
    used = rig.clock.now()
    rig.clock.advance(14 * 60)
    callers.authenticate(rig.ports, raw)
    assert keys.list_(rig.ports, LIVE)[0].last_used_at == used
    rig.clock.advance(60)
    callers.authenticate(rig.ports, raw)
    assert keys.list_(rig.ports, LIVE)[0].last_used_at == rig.clock.now()


def test_a_revoked_key_is_refused_at_the_next_request(rig: Rig) -> None:
    """And stays in the list, inactive; revoking again changes nothing."""
    new = keys.create(rig.ports, LIVE, CreateKey("CI"))
    callers.authenticate(rig.ports, new.raw)
    keys.revoke(rig.ports, LIVE, new.key.id)
    assert refused(rig, new.raw) == "auth.invalid_key"
    keys.revoke(rig.ports, LIVE, new.key.id)
    assert [key.is_active for key in keys.list_(rig.ports, LIVE)] == [False]
    with pytest.raises(Clash):
        keys.rotate(rig.ports, LIVE, new.key.id)


def test_rotation_keeps_the_key_and_changes_its_secret(rig: Rig) -> None:
    """The old text is refused at once."""
    new = keys.create(rig.ports, LIVE, CreateKey("CI", ("posts:read",)))
    again = keys.rotate(rig.ports, LIVE, new.key.id)
    assert (again.key.id, again.key.scopes) == (new.key.id, ("posts:read",))
    assert refused(rig, new.raw) == "auth.invalid_key"
    assert callers.authenticate(rig.ports, again.raw).scopes == ("posts:read",)
    assert len(keys.list_(rig.ports, LIVE)) == 1


def test_scopes_restrict(rig: Rig) -> None:
    """Empty means all; unknown ones are named with the nearest that exists."""
    full = Caller("w", "live", "k")
    assert {scope.name for scope in SCOPES if not full.may(scope.name)} == {"tokens:read"}
    raw = keys.create(rig.ports, LIVE, CreateKey("CI", ("posts:read", "posts:read"))).raw
    caller = callers.authenticate(rig.ports, raw)
    assert (caller.may("posts:read"), caller.may("posts:write")) == (True, False)
    with pytest.raises(Invalid) as caught:
        keys.create(rig.ports, LIVE, CreateKey("CI", ("post:read",)))
    assert (caught.value.code, caught.value.meta["field"]) == ("validation.scope_invalid", "scopes")
    assert "'posts:read'" in caught.value.message


def test_no_key_grows_beyond_itself(rig: Rig) -> None:
    """A restricted key manages no keys; a test key neither makes nor sees live ones."""
    restricted = Caller("ws_1", "live", "key_9", ("posts:write",))
    live = keys.create(rig.ports, LIVE, CreateKey("live"))
    for forbidden in (
        lambda: keys.create(rig.ports, restricted, CreateKey("x")),
        lambda: keys.list_(rig.ports, restricted),
        lambda: keys.revoke(rig.ports, restricted, live.key.id),
        lambda: keys.rotate(rig.ports, restricted, live.key.id),
        lambda: keys.update(rig.ports, restricted, live.key.id, scopes=()),
        lambda: keys.create(rig.ports, TEST, CreateKey("x", mode="live")),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    assert keys.list_(rig.ports, TEST) == []
    with pytest.raises(Missing):
        keys.revoke(rig.ports, TEST, live.key.id)
    assert keys.create(rig.ports, LIVE, CreateKey("t", mode="test")).raw.startswith("rst_test_")
    assert keys.create(rig.ports, TEST, CreateKey("t")).raw.startswith("rst_test_")


def test_another_workspaces_key_is_missing(rig: Rig) -> None:
    """The same answer as for no key at all."""
    new = keys.create(rig.ports, TEST, CreateKey("mine"))
    for key_id in (new.key.id, "key_none", "a/b"):
        with pytest.raises(Missing) as caught:
            keys.revoke(rig.ports, OTHER, key_id)
        assert caught.value.code == "key.not_found"
    assert keys.list_(rig.ports, OTHER) == []


def test_a_key_can_be_renamed_and_narrowed(rig: Rig) -> None:
    """Without another secret."""
    new = keys.create(rig.ports, TEST, CreateKey("old"))
    changed = keys.update(rig.ports, TEST, new.key.id, name=" new ", scopes=["media:read"])
    assert (changed.name, changed.scopes) == ("new", ("media:read",))
    assert callers.authenticate(rig.ports, new.raw).scopes == ("media:read",)


@pytest.mark.parametrize(("name", "code"), [(" ", "field_required"), ("x" * 101, "field_invalid")])
def test_names_are_checked(rig: Rig, name: str, code: str) -> None:
    """And the field is named."""
    with pytest.raises(Invalid) as caught:
        keys.create(rig.ports, TEST, CreateKey(name))
    assert (caught.value.code, caught.value.meta["field"]) == (f"validation.{code}", "name")


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "missing_header"), ("  ", "missing_header"), ("Bearer", "empty_token"), ("Basic abc", "invalid_key")],
)
def test_headers_are_told_apart(rig: Rig, header: str | None, code: str) -> None:
    """No header, no token, another scheme."""
    with pytest.raises(Unauthenticated) as caught:
        callers.authenticate(rig.ports, callers.bearer(header))
    assert caught.value.code == f"auth.{code}"


def test_every_random_number_gives_a_well_formed_key() -> None:
    """The smallest and the largest."""
    for number in (0, 1, 62**30 - 1):
        assert mode_of(assemble("test", number)) == "test"
