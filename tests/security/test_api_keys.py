"""Goal 18: a mistyped API key costs no look at the store, of a key only its hash is kept, and a revoked one is dead at once."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterator

import pytest

from shared.domain.errors import Unauthenticated
from shared.domain.keys import SECRETS, assemble, mode_of
from shared.operations import callers
from tests.api.client import Api, api
from tests.security import goals, scale

ALPHABET = string.digits + string.ascii_letters + "_-"
DOORS = {  # a request to each dialect that any key may make
    "v1": ("GET", "/v1/auth/session"),
    "social": ("GET", "/v1/social/bluesky/accounts"),
    "creator": ("GET", "/api/v1/creator/social/accounts"),
    "connect": ("POST", "/api/get/networks/"),
}


def mistyped(key: str, alphabet: str = ALPHABET) -> Iterator[tuple[str, str]]:
    """Every key that one slip of the hand makes of it, and which slip it was."""
    for at, digit in enumerate(key):
        before, after = key[:at], key[at + 1 :]
        yield from (("another character", before + other + after) for other in alphabet if other != digit)
        yield "a character missing", before + after
        yield "a character twice", before + digit * 2 + after
        yield from (("a character more", before + other + digit + after) for other in "0Oa_-")
        if after and after[0] != digit:
            yield "two exchanged", before + after[0] + digit + after[1:]
    yield from (("cut", key[:length]) for length in range(1, len(key)))
    yield from (("capitals", odd) for odd in (key.upper(), key.lower(), key.swapcase()) if odd != key)
    yield "twice", key + key
    yield "the other mode", key.replace("test", "live") if "test" in key else key.replace("live", "test")


def looked(call: Api) -> int:
    """How often the store was asked."""
    return sum(name.startswith("store.") for name in call.rig.faults.calls)


def refused(call: Api, key: str) -> bool:
    try:
        callers.resolve(call.rig.ports, key)
    except Unauthenticated:
        return True
    return False


def ask(call: Api, dialect: str, key: str) -> int:
    """The status of a request with this key."""
    method, path = DOORS[dialect]
    return call(method, path, {} if method == "POST" else None, key=key).status


def test_no_slip_of_the_hand_makes_another_key_or_asks_the_store() -> None:
    """Every character at every place, and more, of keys of both modes, also of the largest and the smallest number."""
    call = api()
    numbers = (0, SECRETS - 1, *(call.rig.ports.ids.below(SECRETS) for _ in range(scale.many(1, 40))))
    keys = [call.test_key, call.live_key, *(assemble(mode, number) for mode in ("live", "test") for number in numbers)]
    before, tried, taken = looked(call), 0, 0
    for key in keys:
        assert mode_of(key)
        for _, odd in mistyped(key):
            tried += 1
            taken += not refused(call, odd)
    goals.count(18, "keys with one slip of the hand, taken", tried, taken)
    goals.count(18, "looks at the store for them", tried, looked(call) - before)
    assert (taken, looked(call) - before) == (0, 0)


@pytest.mark.parametrize("dialect", DOORS)
def test_every_dialect_refuses_a_mistyped_key_without_a_look(dialect: str) -> None:
    call = api()
    assert ask(call, dialect, call.test_key) == 200
    before, tried, wrong = looked(call), 0, []
    for why, odd in mistyped(call.test_key, ALPHABET if scale.is_full() else "0Zz"):
        tried += 1
        if ask(call, dialect, odd) != 401:
            wrong.append(why)
    goals.count(18, f"requests with a mistyped key, {dialect}", tried, len(wrong) + looked(call) - before)
    assert wrong == []
    assert looked(call) == before


@pytest.mark.parametrize("dialect", DOORS)
def test_a_key_that_was_revoked_rotated_or_never_made_is_dead_at_the_next_request(dialect: str) -> None:
    call, tried, alive = api(), 0, 0
    for how in ("revoked", "rotated", "never made") * scale.many(1, 20):
        if how == "never made":
            key = assemble("test", call.rig.ports.ids.below(SECRETS))
        else:
            made = call("POST", "/v1/keys", {"name": how}).json
            key = str(made["raw_key"])
            assert ask(call, dialect, key) == 200
            ended = ("DELETE", "") if how == "revoked" else ("POST", "/rotate")
            assert call(ended[0], f"/v1/keys/{made['id']}{ended[1]}").status in (200, 204)
        tried += 1
        alive += ask(call, dialect, key) != 401
    goals.count(18, f"keys revoked, rotated or never made, {dialect}", tried, alive)
    assert alive == 0


def test_of_a_key_only_its_hash_is_stored() -> None:
    """Neither the key, nor so much of it that the rest could be guessed: the preview shows four digits of 30."""
    call = api()
    made = [call("POST", "/v1/keys", {"name": f"key {n}"}).json["raw_key"] for n in range(scale.many(5, 50))]
    known = {path: str(data) for path, data in call.rig.store.everything()}
    everything, shown = " ".join((*known, *known.values())), 0
    for key in (call.test_key, call.live_key, *made):
        assert f"api_keys/{hashlib.sha256(key.encode()).hexdigest()}" in known
        shown += any(part in everything for part in (key, key[13:], key[:14]))
    goals.count(18, "keys of which more than a hash and four digits is stored", len(made) + 2, shown)
    assert shown == 0
