"""Pub/Sub pushes: whose token it is, and what the notification says."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from shared.domain.errors import Unsupported
from shared.platforms.google_business import simulator, simulator_push, webhooks
from shared.platforms.google_business.tests.person import Person
from tests.support.simulated import START

AUDIENCE = "https://rostrum.example/webhooks/google_business"
EMAIL = "push@project.iam.gserviceaccount.com"
NAME = "accounts/1/locations/2"


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _part(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _jwk(number: int) -> dict[str, str]:
    numbers = _key(number).public_key().public_numbers()
    e, n = (_part(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.e, numbers.n))
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": f"key-{number}", "e": e, "n": n}


def _secret(*numbers: int, **more: Any) -> str:
    kept = {"keys": [_jwk(number) for number in numbers], "audience": AUDIENCE, "email": EMAIL, **more}
    return json.dumps(kept)


def _claims(**changes: Any) -> dict[str, Any]:
    now = int(START.timestamp())
    told = {"iss": webhooks.ISSUERS[0], "aud": AUDIENCE, "email": EMAIL, "email_verified": True}
    return {**told, "iat": now, "exp": now + 3600, **changes}


def _push(number: int = 1, header: dict[str, Any] | None = None, **changes: Any) -> dict[str, str]:
    head = {"alg": "RS256", "typ": "JWT", "kid": f"key-{number}", **(header or {})}
    signed = ".".join(_part(json.dumps(part).encode()) for part in (head, _claims(**changes)))
    signature = _key(number).sign(signed.encode(), padding.PKCS1v15(), SHA256())
    return {"authorization": f"Bearer {signed}.{_part(signature)}"}


def _verified(headers: dict[str, str], secret: str, now: datetime = START) -> bool:
    return webhooks.verify(headers, b"{}", secret, now)


def test_a_token_of_google_s_for_our_subscription_is_accepted() -> None:
    """Whichever of the current keys signed it."""
    assert _verified(_push(1), _secret(1, 2))
    assert _verified(_push(2), _secret(1, 2))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://evil.example"},
        {"email": "somebody@else.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"iss": "https://evil.example"},
        {"exp": None},
        {"iat": "now"},
    ],
)
def test_a_token_for_somebody_else_is_refused(changes: dict[str, Any]) -> None:
    """Google signs for everybody: only audience and e-mail say that it is ours."""
    assert not _verified(_push(1, **changes), _secret(1))


def test_a_token_of_another_time_is_refused() -> None:
    """A minute of leeway on both sides."""
    assert _verified(_push(1), _secret(1), START + timedelta(seconds=3650))
    assert not _verified(_push(1), _secret(1), START + timedelta(seconds=3700))
    assert not _verified(_push(1), _secret(1), START - timedelta(seconds=90))


def test_a_forged_token_is_refused() -> None:
    """Another key under a known name, no signature, another algorithm, changed claims."""
    secret = _secret(1)
    assert not _verified(_push(2, {"kid": "key-1"}), secret)
    assert not _verified(_push(2), secret)
    assert not _verified(_push(1, {"kid": ""}), secret)
    assert not _verified(_push(1, {"alg": "none"}), secret)
    head, claims, signature = _push(1)["authorization"].split(".")
    other = _part(json.dumps(_claims(sub="admin")).encode())
    assert not _verified({"authorization": f"{head}.{other}.{signature}"}, secret)
    assert not _verified({"authorization": f"{head}.{claims}."}, secret)
    assert not _verified({"authorization": f"{head}.{claims}.%%%"}, secret)
    assert not _verified({"authorization": "Bearer x"}, secret)
    assert not _verified({}, secret)


def test_the_public_key_is_no_shared_secret() -> None:
    """The old confusion: a token «signed» (HS256) with what everybody knows."""
    secret = _secret(1)
    forged = simulator_push.token(START.timestamp(), secret)
    assert not _verified({"authorization": f"Bearer {forged}"}, secret)


def test_a_spoilt_key_set_is_no_shared_secret_either() -> None:
    """What was pasted wrong is still known to everybody: nothing is accepted."""
    for spoilt in (_secret(1)[:-1], f"[{_secret(1)}]", f" {_secret(1)},"):
        forged = simulator_push.token(START.timestamp(), spoilt)
        assert not _verified({"authorization": f"Bearer {forged}"}, spoilt)


def test_keys_that_make_no_sense_are_passed_over() -> None:
    """The others still hold."""
    kept = json.loads(_secret(1))
    assert _verified(
        _push(1), json.dumps({**kept, "keys": [5, None, {}, {"kty": "RSA", "kid": "key-1"}, *kept["keys"]]})
    )
    assert not _verified(_push(1), json.dumps({**kept, "keys": "RSA"}))


def test_a_token_that_never_ends_is_no_trouble() -> None:
    """Anybody may send one: it is refused, and nothing breaks."""
    deep = _part(b"[" * 100_000)
    assert not _verified({"authorization": f"Bearer {deep}.{deep}.YQ"}, _secret(1))
    assert not _verified({"authorization": f"Bearer {deep}.{deep}.YQ"}, "sandbox-secret")


@pytest.mark.parametrize("gone", ["keys", "audience", "email"])
def test_an_incomplete_secret_accepts_nothing(gone: str) -> None:
    """Deny by default."""
    kept = json.loads(_secret(1))
    del kept[gone]
    assert not _verified(_push(1), json.dumps(kept))
    assert not _verified(_push(1), "")


def test_the_sandbox_signs_with_its_word() -> None:
    """And a key of Google's is worth nothing there."""
    person = Person()
    review = simulator.visit(person.world, person.id, 5, "Lovely")
    (push,) = simulator.pushes(person.world)
    assert webhooks.verify(push.headers, push.body, "sandbox-secret", person.world.now)
    assert not webhooks.verify(push.headers, push.body, "another", person.world.now)
    assert not webhooks.verify(push.headers, push.body, _secret(1), person.world.now)
    assert not _verified(_push(1), "sandbox-secret")
    (event,) = webhooks.parse(push.headers, push.body)
    assert (event.kind, event.platform_account_id, event.data["review_id"]) == ("review.created", person.id, review)


def _body(notification: Any, **message: Any) -> bytes:
    data = b64encode(json.dumps(notification).encode()).decode()
    kept = {"data": data, "messageId": "7", "publishTime": "2026-11-22T11:59:59.123456789Z", **message}
    return json.dumps({"message": kept, "subscription": "projects/p/subscriptions/s"}).encode()


@pytest.mark.parametrize(
    "notification",
    [
        {"notificationType": "UPDATED_REVIEW", "locationName": NAME, "reviewName": f"{NAME}/reviews/r1"},
        {"type": "UPDATED_REVIEW", "location_name": NAME, "review_name": f"{NAME}/reviews/r1"},
        {"notificationType": "UPDATED_REVIEW", "name": f"{NAME}/reviews/r1"},
        {"notificationType": "UPDATED_REVIEW", "review": {"name": f"{NAME}/reviews/r1"}},
    ],
)
def test_names_are_recognised_by_their_form(notification: dict[str, Any]) -> None:
    """However their fields are spelt."""
    (event,) = webhooks.parse({}, _body(notification))
    assert (event.kind, event.id, event.platform_account_id) == ("review.updated", "7", "2")
    assert (event.data["review_id"], event.data["account"]) == ("r1", "1")


def test_words_are_no_names() -> None:
    """A text that speaks of a location, in a field before the name, is not the location."""
    said = {"notificationType": "NEW_REVIEW", "text": "see locations/9 for more", "locationName": NAME}
    (event,) = webhooks.parse({}, _body(said))
    assert event.platform_account_id == "2"


def test_what_is_new_to_us_is_other() -> None:
    """Not an error."""
    (event,) = webhooks.parse({}, _body({"notificationType": "NEW_DANCE", "locationName": "locations/2"}))
    assert (event.kind, event.platform_account_id) == ("other", "2")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"message": {}}',
        _body([]),
        _body({}),
        _body({}, data="%%"),
        _body({}, messageId=""),
        b"[" * 100_000,
        _body({}, data=b64encode(b"[" * 100_000).decode()),
        _body({}, data=b64encode(b"\xff").decode()),
    ],
)
def test_what_makes_no_sense_is_said(body: bytes) -> None:
    """ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r"."):
        webhooks.parse({}, body)


def test_subscribing_names_the_topic() -> None:
    """From the secret; without one it is said what is missing."""
    person = Person()
    topic = "projects/p/topics/t"
    assert webhooks.subscribe(person.call, AUDIENCE, _secret(1, topic=topic)).state == {"topic": topic}
    with pytest.raises(Unsupported):
        webhooks.subscribe(person.call, AUDIENCE, _secret(1))
    before = len(person.http.sent)
    webhooks.unsubscribe(person.call)
    assert len(person.http.sent) == before
    assert webhooks.challenge({"hub.challenge": "x"}, "s", "v") is None
