"""Forged deliveries, by the thousand, at every network's address: none is accepted (goal 13 of ``make security``).

Each goes through the operation that the edge calls, with the secrets of an installation, one being replaced among them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice
from typing import Any

import pytest

from shared.operations import ingesting, networks
from shared.operations.ingesting.receiving import Forged
from shared.operations.ingesting.secrets import KeysUnavailable, NotConfigured
from shared.platforms import registry
from shared.ports.http import Request, Response
from tests.security import goals, scale, signers
from tests.security.signers import SIGNERS, Signer
from tests.support import memory_ports
from tests.support.memory_ports import Rig
from tests.support.simulated import START

PUSHING = sorted(name for name in registry.all_names() if registry.manifest(name).facets.get("webhooks") == "offered")
Forgery = tuple[str, dict[str, str], bytes]


def secret_of(name: str) -> str:
    return signers.google_config() if name == "google_business" else f"secret-of-{name}"


def rig_of(name: str, **more: str) -> Rig:
    """An installation whose secrets are all known to the test, and Google's keys where they are."""
    given = {"client_id": "app", "client_secret": f"app-of-{name}", "webhook_secret": secret_of(name)}
    previous = signers.google_config("https://before.test") if name == "google_business" else f"before-of-{name}"
    rig = memory_ports.rig(apps={name: {**given, "webhook_secret_previous": previous, **more}})
    rig.outside.hosts[signers.KEYS_HOST] = lambda request: Response(200, {}, signers.jwks("google", "google-2"))
    return rig


def accepted(rig: Rig, name: str, headers: dict[str, str], body: bytes, path: str = "") -> bool:
    try:
        ingesting.receive(rig.ports, name, headers, body, path)
    except Forged:
        return False
    return True


def flips(text: bytes, bits: int = 8) -> Iterator[bytes]:
    """Each bit of it, turned."""
    for at in range(len(text)):
        for bit in range(bits):
            yield text[:at] + bytes([text[at] ^ (1 << bit)]) + text[at + 1 :]


def same(name: str, odd: str, true: str) -> bool:
    """Another way to write the same proof: hexadecimal in capitals is the same number, and so is «bearer»."""
    if name == "google_business":
        return odd.lower().startswith("bearer ") and odd.partition(" ")[2] == true.partition(" ")[2]
    return name in ("youtube", "linkedin") and odd.lower() == true.lower()


def forgeries(name: str, signer: Signer) -> Iterator[Forgery]:
    """What somebody could try who has seen one true delivery, or knows other secrets."""
    now, secret = START, secret_of(name)
    true = signer.sign(signer.body, secret, now)

    def with_proof(why: str, proof: str, body: bytes = signer.body) -> Forgery:
        return why, {"content-type": "application/json", signer.header: proof}, body

    if signer.covers_body:
        yield from (with_proof("body, a bit turned", true, body) for body in flips(signer.body))
        yield from (with_proof("body, cut", true, signer.body[:at]) for at in range(len(signer.body)))
        yield from (with_proof("body, more", true, signer.body + more) for more in (b" ", b"\n", b"\0", signer.body))
    yield from (with_proof("proof, cut", true[:at]) for at in range(len(true)))
    for odd in flips(true.encode(), 7):
        if not same(name, odd.decode(), true):
            yield with_proof("proof, a bit turned", odd.decode())
    yield "no proof", {}, signer.body
    yield from (
        with_proof("no proof", odd) for odd in ("", " ", "é", "sha256=", "sha1=", "t=,s=", "Bearer ", "Bearer a.b.c")
    )
    for other in (*PUSHING, "sandbox"):
        if other != name:
            key = networks.SANDBOX_APP.client_secret if other == "sandbox" else f"secret-of-{other}"
            yield with_proof("another's secret", signer.sign(signer.body, key, now))
    yield with_proof("another's secret", signer.sign(signer.body, f"app-of-{name}", now))
    if name != "google_business":
        yield with_proof("an empty secret", signer.sign(signer.body, "", now))
    yield from (with_proof(why, proof) for why, proof in SPECIAL.get(name, lambda: ())())


def thrown(name: str, signer: Signer, chance: random.Random) -> Iterator[Forgery]:
    """Without end: bodies and proofs changed in several places at once, and proofs of other bodies."""
    true = signer.sign(signer.body, secret_of(name), START)
    while True:
        body = altered(signer.body, chance) if signer.covers_body else signer.body
        proof, why = true, "body, thrown about"
        if not signer.covers_body or chance.random() < 0.5:
            proof, why = _proof(name, signer, body, true, chance)
        if (body, proof) != (signer.body, true) and not (body == signer.body and same(name, proof, true)):
            yield why, {"content-type": "application/json", signer.header: proof}, body


def _proof(name: str, signer: Signer, body: bytes, true: str, chance: random.Random) -> tuple[str, str]:
    """One that proves nothing of this body."""
    if signer.covers_body and chance.random() < 0.5:
        other = chance.choice([one for one in PUSHING if one != name])
        return "another's secret, another body", signer.sign(body, f"secret-of-{other}", START)
    odd = altered(true.encode(), chance).decode("latin-1")
    return "proof, thrown about", odd


def altered(text: bytes, chance: random.Random) -> bytes:
    """With one to four places overwritten, cut out, doubled or exchanged."""
    odd = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.choices(range(len(odd) + 1), k=2))
        part = odd[at : min(end, at + 8)]
        odd[at : at + len(part)] = chance.choice((b"", bytes(chance.randbytes(len(part))), part * 2, part[::-1]))
    return bytes(odd) or b"0"


def _tiktok() -> Iterator[tuple[str, str]]:
    signer, secret = SIGNERS["tiktok"], secret_of("tiktok")
    for age in (timedelta(hours=73, seconds=1), timedelta(days=30), timedelta(days=365)):
        yield "stale", signer.sign(signer.body, secret, START - age)
    for ahead in (timedelta(minutes=5, seconds=1), timedelta(days=1)):
        yield "of the future", signer.sign(signer.body, secret, START + ahead)
    stamp, _, mac = signer.sign(signer.body, secret, START).partition(",")
    yield "restamped", f"t={int(stamp[2:]) + 1},{mac}"
    yield "restamped", f"t=,{mac}"


def _google() -> Iterator[tuple[str, str]]:
    at = int(START.timestamp())
    wrong: tuple[tuple[str, dict[str, Any]], ...] = (
        ("stale", {"iat": at - 7300, "exp": at - 3700}),
        ("stale", {"iat": at - 3661, "exp": at - 61}),
        ("of the future", {"iat": at + 61, "exp": at + 3600}),
        ("for others", {"aud": "https://elsewhere.test"}),
        ("for others", {"aud": [signers.AUDIENCE]}),
        ("of others", {"iss": "https://issuer.test"}),
        ("of others", {"email": "other@project.iam.gserviceaccount.com"}),
        ("of others", {"email_verified": False}),
        ("of others", {"email_verified": "true"}),
    )
    yield from ((why, signers.google_token(START, claims=claims)) for why, claims in wrong)
    yield "another algorithm", signers.google_token(START, header={"alg": "RS512"})
    yield "no such key", signers.google_token(START, key="google", header={"kid": "nobody"})
    yield "another's key", signers.google_token(START, key="impostor", header={"kid": "google"})
    unsigned = signers.google_token(START, header={"alg": "none"}).rpartition(".")[0]
    yield from (("none", f"{unsigned}.{end}") for end in ("", "AA"))
    head = ".".join(
        (
            signers.part(b'{"alg":"HS256","kid":"google"}'),
            signers.google_token(START).removeprefix("Bearer ").split(".")[1],
        )
    )
    keys = (
        signers.jwks("google"),
        secret_of("google_business").encode(),
        json.loads(signers.jwks("google"))["keys"][0]["n"].encode(),
    )
    for key in keys:  # a public key, taken for a secret one
        yield "HS256", f"Bearer {head}.{signers.part(hmac.new(key, head.encode(), hashlib.sha256).digest())}"


def _websub() -> Iterator[tuple[str, str]]:
    body, secret = SIGNERS["youtube"].body, secret_of("youtube").encode()
    for kind in ("md5", "sha224"):
        yield "another algorithm", f"{kind}={hmac.new(secret, body, kind).hexdigest()}"


def _graph() -> Iterator[tuple[str, str]]:
    body, secret = SIGNERS["facebook"].body, secret_of("facebook").encode()
    yield "another algorithm", f"sha1={hmac.new(secret, body, 'sha1').hexdigest()}"
    yield "another algorithm", f"sha256={hashlib.sha256(secret + body).hexdigest()}"


SPECIAL = {"tiktok": _tiktok, "google_business": _google, "youtube": _websub, "facebook": _graph}


def test_every_network_that_pushes_is_attacked() -> None:
    assert sorted(SIGNERS) == PUSHING


@pytest.mark.parametrize("name", PUSHING)
def test_no_forgery_is_accepted(name: str) -> None:
    signer, rig, tried = SIGNERS[name], rig_of(name), Counter[str]()
    taken: Counter[str] = Counter()
    known = list(forgeries(name, signer))
    more = thrown(name, signer, random.Random(f"{name} forged"))
    for why, headers, body in chain(known, islice(more, max(scale.many(100, 10_000) - len(known), 0))):
        tried[why] += 1
        taken[why] += accepted(rig, name, headers, body)
    goals.count(13, f"forged deliveries, {name}", sum(tried.values()), sum(taken.values()))
    assert +taken == Counter()
    assert not rig.bus.messages
    assert not list(rig.store.everything())
    assert sum(tried.values()) > 500


@pytest.mark.parametrize("name", PUSHING)
def test_what_the_network_signed_is_accepted_once_also_with_the_secret_of_before(name: str) -> None:
    """Also while the secret is being replaced; a replay makes nothing that was not there."""
    signer, rig = SIGNERS[name], rig_of(name)
    headers = {signer.header: signer.sign(signer.body, secret_of(name), rig.clock.now())}
    first = ingesting.receive(rig.ports, name, headers, signer.body)
    again = [ingesting.receive(rig.ports, name, headers, signer.body) for _ in range(scale.many(20, 1000))]
    goals.count(13, "true deliveries sent again, taken again", len(again), sum(one.fresh for one in again))
    assert first.fresh
    assert not any(one.fresh or one.id != first.id for one in again)
    assert len(list(rig.store.everything())) == 1
    facet = registry.webhooks(name)
    assert facet is not None
    assert facet.parse({}, signer.body)
    before = f"before-of-{name}" if name != "google_business" else ""
    proof = (
        signer.sign(signer.body, before, START)
        if before
        else signers.google_token(START, claims={"aud": "https://before.test"})
    )
    assert accepted(rig, name, {signer.header: proof}, signer.body)


@pytest.mark.parametrize("name", PUSHING)
def test_without_a_secret_nothing_is_believed_whatever_it_is_signed_with(name: str) -> None:
    signer = SIGNERS[name]
    facet = registry.webhooks(name)
    assert facet is not None
    for given in ({}, {"client_id": "app", "client_secret": "", "webhook_secret": ""}, {"webhook_secret": " \n "}):
        rig = memory_ports.rig(apps={name: given})
        for key in ("", " ", "None", networks.SANDBOX_APP.client_secret):
            proof = (
                signer.sign(signer.body, key or "impostor", START)
                if name == "google_business"
                else signer.sign(signer.body, key, START)
            )
            with pytest.raises(NotConfigured):
                ingesting.receive(rig.ports, name, {signer.header: proof}, signer.body)
    assert not facet.verify(
        {signer.header: signer.sign(signer.body, "", START)} if signer.covers_body else {}, signer.body, "", START
    )
    assert (
        facet.challenge(
            {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1", "crc_token": "1"}, "", ""
        )
        is None
    )


@pytest.mark.parametrize("name", ["facebook", "instagram", "threads"])
@pytest.mark.parametrize("path", ["deauthorize", "data-deletion"])
def test_no_forged_callback_is_accepted(name: str, path: str) -> None:
    """A grant that somebody else could end, or accounts that somebody else could delete."""
    rig, secret, said = rig_of(name), secret_of(name), {"user_id": "7", "issued_at": 1763812800}
    true = signers.graph_form(said, secret)
    tried = 0
    for body in (
        *flips(true),
        *(true[:at] for at in range(len(true))),
        b"",
        b"signed_request=",
        b"signed_request=.",
        b"\xff",
    ):
        if body.partition(b"=")[2].replace(b"%2E", b".").split(b"&")[0] == true.partition(b"=")[2]:
            continue
        tried += 1
        assert not accepted(rig, name, {}, body, path), body
    for key in (
        "",
        f"app-of-{name}",
        networks.SANDBOX_APP.client_secret,
        *(f"secret-of-{one}" for one in PUSHING if one != name),
    ):
        tried += 1
        assert not accepted(rig, name, {}, signers.graph_form(said, key), path)
    goals.count(13, f"forged callbacks, {name}", tried)
    assert accepted(rig, name, {}, true, path)
    assert not accepted(rig, name, {"x-hub-signature-256": SIGNERS[name].sign(true, "other", START)}, true)


def test_new_keys_of_google_are_asked_for_when_they_are_needed_and_not_for_every_stranger() -> None:
    rig, asked = rig_of("google_business"), []

    def keys(request: Request) -> Response:
        asked.append(request.url)
        return Response(200, {"cache-control": "public, max-age=20000"}, signers.jwks(*known))

    known = ["google"]
    rig.outside.hosts[signers.KEYS_HOST] = keys
    body = SIGNERS["google_business"].body
    for stranger in range(50):
        assert not accepted(rig, "google_business", {"authorization": f"Bearer a.b.{stranger}"}, body)
    assert len(asked) == 1
    known.append("google-2")
    rig.clock.advance(301)
    token = signers.google_token(rig.clock.now(), key="google-2")
    assert accepted(rig, "google_business", {"authorization": token}, body)
    assert len(asked) == 2


def test_keys_that_cannot_be_had_are_our_trouble_not_a_forgery() -> None:
    """So that the network sends it again."""
    rig = rig_of("google_business")
    answers = [Response(500, {}, b"{}"), Response(200, {}, b"no json"), Response(200, {}, b'{"keys": []}')]
    rig.outside.hosts[signers.KEYS_HOST] = lambda request: (
        answers.pop()
    )  # one answer a pause: strangers have us ask no more
    for _ in range(3):
        for _ in range(10):
            with pytest.raises(KeysUnavailable):
                ingesting.receive(rig.ports, "google_business", {"authorization": "Bearer a.b.c"}, b"{}")
        rig.clock.advance(6)
    assert answers == []
    rig.outside.hosts[signers.KEYS_HOST] = lambda request: Response(200, {}, signers.jwks("google"))
    token = signers.google_token(rig.clock.now())
    assert accepted(rig, "google_business", {"authorization": token}, SIGNERS["google_business"].body)


@pytest.mark.parametrize("name", ["linkedin", "twitter"])
def test_what_is_signed_for_strangers_is_no_delivery(name: str) -> None:
    """Who asks for a challenge's answer chooses what is signed, with the secret that deliveries are signed with."""
    rig, signer = rig_of(name), SIGNERS[name]
    text, parameter = signer.body.decode(), {"linkedin": "challengeCode", "twitter": "crc_token"}[name]
    wanted = signer.sign(signer.body, secret_of(name), START)
    for asked in (
        text,
        f"hmacsha256={text}",
        f" {text}",
        text.encode("utf-16").decode("latin-1"),
        f"{text}\n",
    ):
        answer = ingesting.challenge(rig.ports, name, {parameter: asked})
        assert answer is None, asked
    harmless = ingesting.challenge(rig.ports, name, {parameter: "890e4665-4dfe-4ab1-b689-ed553bceeed0"})
    assert harmless
    assert wanted.removeprefix("sha256=") not in harmless.body
