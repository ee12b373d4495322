"""What adapters share: the wire, OAuth 2 pieces, sandbox faults, the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platforms import _faults, _oauth2, _wire, registry
from shared.platforms._kept import newest
from shared.platforms.contract import App, Call, Delayed, ErrorRow, Fate, Lost, Refused
from shared.ports.http import AnswerLost, Request, Response
from tests.support.simulated import MemoryWorld

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Says:
    """``ports.Http`` with one answer."""

    def __init__(self, status: int, body: bytes) -> None:
        self.response = Response(status, {"x-a": "1"}, body)

    def send(self, _request: Request) -> Response:
        return self.response


def ask(status: int, body: bytes) -> _wire.Answer:
    def refusal(response: Response, now: datetime) -> Refused:
        assert now == NOW
        return Refused(ErrorRow(Fate.UNKNOWN, "x", "x"), platform="plain", status=response.status)

    return _wire.ask(Call(Says(status, body), None, App(), NOW), _wire.get("https://a.example"), refusal)


@pytest.mark.parametrize(("body", "value"), [(b'{"a": 1}', {"a": 1}), (b"", {}), (b" \n", {})])
def test_a_success_is_an_object(body: bytes, value: Any) -> None:
    answer = ask(201, body)
    assert (answer.status, answer.json, answer.headers) == (201, value, {"x-a": "1"})


UNREADABLE = [b"<html>", b"[1]", b"null", b'"x"', b'{"a": ', b"\xff\xfe", b"[" * 100_000]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_success_that_cannot_be_read_is_a_lost_answer(body: bytes) -> None:
    """A 2xx may have had its effect: never a failure, never a crash."""
    with pytest.raises(AnswerLost):
        ask(200, body)
    assert _wire.parsed(Response(400, {}, body)) == {}


@pytest.mark.parametrize("status", [199, 300, 302, 400, 404, 429, 500, 503])
def test_any_other_status_is_the_tables_matter(status: int) -> None:
    with pytest.raises(Refused):
        ask(status, b"{}")


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.booleans()))
def test_bodies_are_stable(body: dict[str, Any]) -> None:
    """The same object gives the same bytes, whatever the order of its keys, and reads back as itself."""
    request = _wire.post_json("https://a.example", body, x_y="1")
    again = _wire.post_json("https://a.example", dict(reversed(body.items())))
    assert request.body == again.body
    assert isinstance(request.body, bytes)
    assert json.loads(request.body) == body
    assert request.headers == {"Content-Type": "application/json", "x-y": "1"}


@given(st.dictionaries(st.text(min_size=1), st.none() | st.text(min_size=1)))
def test_queries_and_forms_leave_none_out(fields: dict[str, Any]) -> None:
    present = {name: value for name, value in fields.items() if value is not None}
    url = _wire.with_query("https://a.example/x?q=1", fields)
    assert dict(parse_qsl(urlsplit(url).query)) == {"q": "1", **present}
    form = _wire.post_form("https://a.example", fields)
    assert isinstance(form.body, bytes)
    assert dict(parse_qsl(form.body.decode())) == present


def after(value: str) -> datetime | None:
    return _wire.retry_after(Response(429, {"retry-after": value}, b""), NOW)


def test_times_in_headers() -> None:
    """What makes no sense is no time, and no crash."""
    assert after("120") == NOW + timedelta(seconds=120)
    assert [
        after(value) for value in ("", "-5", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 30, "9" * 5000, "²")
    ] == [None] * 7
    assert _wire.retry_after(Response(429, {}, b""), NOW) is None
    assert _wire.epoch(str(NOW.timestamp())) == NOW
    assert [_wire.epoch(value) for value in (None, "", "soon", "nan", "inf", "1e99")] == [None] * 6


@pytest.mark.parametrize(
    ("given_seconds", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (3600.0, 3600),
        ("5183944.0", 5_183_944),
        (0, 0),
        (None, None),
        ("soon", None),
        (-1, None),
        (True, None),
        (float("nan"), None),
        (1e300, None),
        ([1], None),
    ],
)
def test_token_expiry(given_seconds: Any, seconds: int | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert _oauth2.expiry({"expires_in": given_seconds}, NOW) == expected


def test_pkce_and_authorize_url() -> None:
    """The example of RFC 7636 appendix B; spaces as %20."""
    assert (
        _oauth2.challenge_s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    assert _oauth2.challenge("abc", "S256") == _oauth2.challenge_s256("abc")
    assert _oauth2.challenge("abc", "S256-hex").startswith("ba7816bf8f01cfea414140de5dae2223")
    url = _oauth2.authorize_url("https://a.example/o", {"scope": "a b", "state": "1+2"})
    assert url == "https://a.example/o?scope=a%20b&state=1%2B2"


def visible(world: MemoryWorld, text: str, key: str = "k") -> str:
    """Which answer came: its body."""

    def says(word: str) -> Callable[[], Response]:
        def answer() -> Response:
            if word == "effect":
                world.serial("effects")
            return Response(200, {}, word.encode())

        return answer

    names = ("effect", "limited", "expired", "rejected", "broken")
    return _faults.visible(world, text=text, key=key, **{n: says(n) for n in names}).body.decode()


def test_faults_fire_once_in_order() -> None:
    """All markers in one text: each refusal once, then the effect; per key."""
    world = MemoryWorld()
    text = "[[sandbox:server_error]] [[sandbox:token_expired]] [[sandbox:rate_limited]] [[sandbox:unknown]]"
    assert [visible(world, text) for _ in range(4)] == ["limited", "expired", "broken", "effect"]
    assert visible(world, text, "another") == "limited"
    assert [visible(world, "[[sandbox:rejected]]" + text) for _ in range(2)] == ["rejected", "rejected"]


def test_lost_and_slow_have_their_effect() -> None:
    world = MemoryWorld()
    text = "[[sandbox:lost_reply]][[sandbox:slow]]"
    with pytest.raises(Lost):
        visible(world, text)
    with pytest.raises(Delayed) as slow:
        visible(world, text)
    assert (slow.value.seconds, slow.value.response.body) == (_faults.SLOW_SECONDS, b"effect")
    assert world.counters["effects"] == 2


def test_the_registry_knows_names_aliases_and_hosts() -> None:
    """Every manifest is found by its names in any spelling and by its hosts; strangers are refused."""
    for name in registry.all_names():
        manifest = registry.manifest(name)
        assert manifest.name == name
        for spelled in (name, f" {name.upper()} ", *manifest.aliases):
            assert registry.resolve(spelled) == name
        for host in manifest.hosts:
            asked = f"any{host}" if host.startswith(".") else host
            assert registry.for_host(asked.upper() + ".", name) == name
            assert registry.for_host(asked) is not None
            assert registry.for_host(f"evil-{host.lstrip('.')}") is None
    assert registry.for_host("") is None
    with pytest.raises(registry.UnknownPlatform):
        registry.resolve("myspace")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=30), st.integers(1, 20), st.integers(0, 400))
def test_what_is_kept_are_the_newest_that_fit(entries: list[str], most: int, room: int) -> None:
    """In their order, not too many, in their room; one more would be too many or too large."""
    kept = newest(entries, most, room)
    assert 1 <= len(kept) <= most
    assert entries[-len(kept) :] == kept
    assert len(kept) == 1 or sum(len(json.dumps(entry)) + 1 for entry in kept) <= room
    if len(kept) < min(most, len(entries)):
        assert sum(len(json.dumps(entry)) + 1 for entry in entries[-len(kept) - 1 :]) > room
