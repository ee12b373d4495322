"""Deliveries: signed, tampered with, old, repeated; TikTok's own examples; and what the simulator sends."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.content import Kind
from shared.platforms.contract_webhooks import Subscription
from shared.platforms.tiktok import oauth, publish, simulator, simulator_push, webhooks
from shared.platforms.tiktok.tests.person import Person
from tests.support import simulated

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = simulated.START
SECRET = simulator_push.SECRET


def signed(body: bytes, at: float = NOW.timestamp(), secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), f"{int(at)}.".encode() + body, "sha256").hexdigest()
    return {"tiktok-signature": f"t={int(at)},s={signature}"}


def test_only_tiktok_s_bytes_pass() -> None:
    """One other byte, another secret, no signature, no secret: no."""
    body = b'{"event":"x"}'
    assert webhooks.verify(signed(body), body, SECRET, NOW)
    assert not webhooks.verify(signed(body), body + b" ", SECRET, NOW)
    assert not webhooks.verify(signed(body, secret="other"), body, SECRET, NOW)
    assert not webhooks.verify(signed(body, secret=""), body, "", NOW)
    for header in ("", "t=,s=", "s=abc", f"t={'9' * 40},s=x", "t=²,s=x", "nonsense", "t=1,s=\u00e9"):
        assert not webhooks.verify({"tiktok-signature": header}, body, SECRET, NOW)
    assert not webhooks.verify({}, body, SECRET, NOW)


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(0), True),
        (timedelta(hours=72), True),
        (timedelta(hours=74), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
    ids=str,
)
def test_a_delivery_has_an_age(age: timedelta, *, taken: bool) -> None:
    """TikTok repeats for 72 hours; what is older, or of the future, is somebody else's."""
    body = b"{}"
    assert webhooks.verify(signed(body, (NOW - age).timestamp()), body, SECRET, NOW) is taken


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("authorization_removed", "account.revoked", {"reason": "user_disconnected"}),
        ("upload_failed", "other", {}),
        (
            "publicly_available",
            "post.updated",
            {
                "publish_id": "v_pub_file~v2-1.123456789",
                "post_id": "7123456789012345678",
                "publish_type": "DIRECT_PUBLISH",
                "public": True,
            },
        ),
    ],
)
def test_tiktok_s_examples_are_understood(name: str, kind: str, data: dict[str, object]) -> None:
    """Kind, account, instant, and the same id when it comes again."""
    body = (FIXTURES / f"webhook.{name}.json").read_bytes()
    (event,) = webhooks.parse({}, body)
    assert (event.kind, event.data) == (kind, data)
    assert event.platform_account_id == "act.example12345Example12345Example"
    assert event.at.timestamp() == 1615338610
    assert webhooks.parse({}, body)[0].id == event.id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"event":5}',
        b'{"event":"x"}',
        b'{"event":"x","create_time":1,"content":"["}',
        b'{"event":"x","create_time":1,"content":"' + b"[" * 100_000 + b'"}',
        b'{"event":"x","create_time":1,"content":[5]}',
        b'{"event":"x","create_time":99999999999999999999}',
    ],
)
def test_what_makes_no_sense_is_an_error(body: bytes) -> None:
    """Never a crash of another kind."""
    with pytest.raises(ValueError):
        webhooks.parse({}, body)


@pytest.mark.parametrize("value", [None, True, 5, 10**30, "x" * 5000, "", [], {}, [[5]], "\ud800"])
@pytest.mark.parametrize("name", ["event", "user_openid", "publish_id", "post_id", "publish_type", "reason"])
def test_no_part_of_a_wrong_type_breaks_the_reader(name: str, value: object) -> None:
    """A short id and plain data, or ValueError."""
    content = {"publish_id": "p", "post_id": "1", "reason": "spam_risk"}
    body = {"event": "post.publish.failed", "create_time": 1615338610, "user_openid": "act.1"}
    if name in ("event", "user_openid"):
        body[name] = value
    else:
        content[name] = value  # type: ignore[assignment]
    try:
        (event,) = webhooks.parse({}, json.dumps({**body, "content": json.dumps(content)}).encode())
    except ValueError:
        return
    assert len(event.id.encode()) < 1000
    assert all(isinstance(one, str | bool) and len(str(one).encode()) < 600 for one in event.data.values())


def test_there_is_no_handshake_and_nothing_to_subscribe() -> None:
    """The address is set in TikTok's portal."""
    call = Person().call
    assert webhooks.challenge({"hub.challenge": "1"}, SECRET, "token") is None
    assert webhooks.subscribe(call, "https://rostrum.example/webhooks/tiktok", SECRET) == Subscription()
    webhooks.unsubscribe(call)


def test_what_happens_is_pushed_when_it_happens() -> None:
    """Posted, then public, then the person leaves: each signed, each once, none before its time."""
    person = Person()
    data = b"0" * 2000
    piece = simulated.piece(Kind.VIDEO, "Hello", (simulated.video(data),))
    published = person.publish(piece)
    assert [kind for kind, _ in _events(person)] == ["post.published", "post.updated"]
    oauth.revoke(person.call)
    events = _events(person)
    assert [kind for kind, _ in events][-1] == "account.revoked"
    assert json.loads(json.dumps(events[1][1]))["post_id"] == published.id


def test_a_failure_is_pushed_with_its_reason() -> None:
    """Not before TikTok has looked at it."""
    person = Person()
    piece = simulated.piece(Kind.VIDEO, "[[sandbox:rejected]]", (simulated.video(b"0" * 2000),))
    publish.commit(person.call, piece, person.prepare(piece))
    assert _events(person) == []
    person.world.pass_time(5)
    assert _events(person)[0][0] == "post.failed"
    assert _events(person)[0][1]["reason"] == "spam_risk_text"


def _events(person: Person) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    for push in simulator.pushes(person.world):
        assert webhooks.verify(push.headers, push.body, SECRET, person.world.now)
        found += [(event.kind, dict(event.data)) for event in webhooks.parse(push.headers, push.body)]
    return found
