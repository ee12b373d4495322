"""Tokens of Google and of a configured issuer: what is believed, what is refused and why, and what it costs to know."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import jwt
import pytest

from shared.backends.live.identity import LiveIdentity
from shared.ports.http import NotSent, Request, Response
from shared.ports.identity import (
    Claims,
    CodeRefused,
    IdentityUnavailable,
    NotConfigured,
    TokenRefused,
)
from shared.runtime.simulated_google import SimulatedGoogle
from tests.support import memory_ports, people
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def verified(rig: Rig, token: str) -> Claims:
    assert rig.ports.identity is not None
    return rig.ports.identity.verify(token)


def refused(rig: Rig, token: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        verified(rig, token)
    assert token[-20:] not in str(caught.value)
    return str(caught.value)


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims))
    return ".".join([*parts, signature])


@pytest.mark.parametrize("kid", ["rsa", "ed"])
def test_a_token_of_the_issuer_says_who_and_with_which_roles(rig: Rig, kid: str) -> None:
    token = rig.issuer.token(kid, roles=["manager", 7], tenant_id="ws_1", email="a@b.test", email_verified=True)
    claims = verified(rig, token)
    assert (claims.subject, claims.roles, claims.tenant, claims.trusted) == ("user_001", ("manager",), "ws_1", True)
    assert (claims.email, claims.email_verified, claims.audience) == ("a@b.test", True, people.AUDIENCE)


def test_a_google_token_says_who_and_has_no_say_in_roles(rig: Rig) -> None:
    claims = verified(rig, rig.google.id_token("ada@example.com", roles=["super_admin"], tenant_id="ws_1"))
    assert (claims.email, claims.email_verified, claims.hosted_domain) == ("ada@example.com", True, "example.com")
    assert (claims.roles, claims.tenant, claims.trusted) == ((), "", False)


def test_claims_may_have_other_names_and_lie_within_others(rig: Rig) -> None:
    from shared.backends.live.identity import Issuer
    from shared.backends.live.identity_tokens import Names

    for names, claims in (
        (Names("realm_access.roles", "org"), {"realm_access": {"roles": ["manager"]}, "org": "ws_1", "roles": None}),
        (Names("https://x.test/roles", "o.id"), {"https://x.test/roles": "manager, creator", "o": {"id": "ws_1"}}),
    ):
        issuer = Issuer(people.ISSUER, people.AUDIENCE, f"https://{people.JWKS_HOST}/", names)
        who = LiveIdentity(rig.outside, rig.clock, None, issuer)
        found = who.verify(rig.issuer.token(**claims))
        assert ("manager" in found.roles, found.tenant) == (True, "ws_1")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": -120}, "expired"),
        ({"nbf": 120}, "not valid yet"),
        ({"iat": 120}, "not valid yet"),
        ({"aud": "another"}, "audience"),
        ({"aud": ["another", "third"]}, "audience"),
        ({"aud": None}, "lacks the claim aud"),
        ({"exp": None}, "lacks the claim exp"),
        ({"sub": None}, "lacks the claim sub"),
        ({"iss": "https://evil.test/"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": "https://accounts.google.com"}, "key"),
        ({"exp": "tomorrow"}, "no numbers"),
        ({"exp": True}, "no numbers"),
        ({"exp": 10**20}, "out of range"),
        ({"sub": ""}, "lacks the claim sub"),
    ],
)
def test_what_does_not_hold_is_named(rig: Rig, claims: dict[str, Any], why: str) -> None:
    now = int(rig.clock.now().timestamp())
    small = {
        name: now + value if type(value) is int and abs(value) < 10**6 else value for name, value in claims.items()
    }
    assert why in refused(rig, rig.issuer.token(**small))


def test_two_clocks_may_differ_by_a_minute(rig: Rig) -> None:
    now = int(rig.clock.now().timestamp())
    assert verified(rig, rig.issuer.token(exp=now - 59, nbf=now + 60, iat=now + 60)).subject
    assert verified(rig, rig.google.id_token("a@example.com", iat=now + 60, exp=now - 59)).subject
    assert "expired" in refused(rig, rig.issuer.token(exp=now - 60))
    assert "not valid yet" in refused(rig, rig.google.id_token("a@example.com", iat=now + 61))
    rig.clock.advance(3600 + 60)
    assert "expired" in refused(rig, rig.google.id_token("a@example.com", iat=now, exp=now + 3600))


def test_forged_tokens_are_refused_whatever_algorithm_they_name(rig: Rig) -> None:
    claims = rig.issuer.claims()
    secret = people.public(rig.issuer.keys["rsa"])
    hmac_header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    import hashlib
    import hmac

    signature = hmac.new(secret, f"{hmac_header}.{body}".encode(), hashlib.sha256).digest()
    confused = f"{hmac_header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    good = rig.issuer.token()
    header, payload, seal = good.split(".")
    richer = unsigned({}, rig.issuer.claims(roles=["super_admin"])).split(".")[1]
    stranger = jwt.encode(claims, people.rsa("stranger"), "RS256", {"kid": "rsa"})
    for token, why in (
        (confused, "algorithm"),
        (unsigned({"alg": "none", "kid": "rsa"}, claims), "algorithm"),
        (unsigned({"alg": "None", "kid": "rsa"}, claims), "algorithm"),
        (unsigned({"alg": ["RS256"], "kid": "rsa"}, claims, seal), "algorithm"),
        (unsigned({"alg": "EdDSA", "kid": "rsa"}, claims, seal), "algorithm is not its key's"),
        (unsigned({"alg": "RS256", "kid": "ed"}, claims, seal), "algorithm is not its key's"),
        (unsigned({"alg": "RS256"}, claims, seal), "names no key"),
        (unsigned({"alg": "RS256", "kid": "../x"}, claims, seal), "key id"),
        (unsigned({"alg": "RS256", "kid": "rsa", "crit": ["exp"]}, claims, seal), "extensions"),
        (stranger, "signature"),
        (f"{header}.{richer}.{seal}", "signature"),
        (f"{header}.{payload}.", "signature"),
        (f"{header}.{payload}.{seal[:-8]}AAAAAAAA", "signature"),
        (good + "A" * 9000, "no JWT"),
        ("a.b.c", "no JWT"),
        ("é.é.é", "no JWT"),
        (unsigned({"alg": "RS256", "kid": "rsa"}, claims).replace(".", ""), "no JWT"),
        ("W10.W10.W10", "no JWT"),
    ):
        assert why in refused(rig, token), token


def test_forged_google_tokens_are_refused(rig: Rig) -> None:
    claims = jwt.decode(rig.google.id_token("ada@example.com"), options={"verify_signature": False})
    kid = jwt.get_unverified_header(rig.google.id_token("ada@example.com"))["kid"]
    for token, why in (
        (jwt.encode(claims, people.rsa("stranger"), "RS256", {"kid": kid}), "signature"),
        (jwt.encode(claims, people.ed25519(), "EdDSA", {"kid": kid}), "algorithm"),
        (jwt.encode(claims, people.rsa("stranger"), "RS256", {"kid": "other"}), "key id"),
        (rig.google.id_token("ada@example.com", aud="someone-elses.apps.googleusercontent.com"), "audience"),
        (rig.google.id_token("ada@example.com", iss="https://accounts.google.com.evil.test"), "issuer"),
        (rig.google.id_token("ada@example.com", iss=people.ISSUER), "key id"),
    ):
        assert why in refused(rig, token)


def test_keys_are_fetched_once_and_kept_as_long_as_the_issuer_says(rig: Rig) -> None:
    together = Barrier(8)

    def ask() -> str:
        together.wait()
        return verified(rig, token).subject

    token = rig.issuer.token()
    with ThreadPoolExecutor(8) as pool:
        assert {one.result() for one in [pool.submit(ask) for _ in range(8)]} == {"user_001"}
    assert rig.issuer.asked == 1
    rig.clock.advance(599)
    verified(rig, rig.issuer.token())
    assert rig.issuer.asked == 1
    rig.clock.advance(1)
    verified(rig, rig.issuer.token())
    assert rig.issuer.asked == 2


def test_a_new_key_is_found_within_a_minute_and_unknown_ones_cost_one_fetch_a_minute(rig: Rig) -> None:
    verified(rig, rig.issuer.token())
    rig.issuer.keys["next"] = people.rsa("next")
    stranger = jwt.encode(rig.issuer.claims(exp=9999999999), people.rsa("stranger"), "RS256", {"kid": "nobody"})
    for _ in range(20):
        assert "key id" in refused(rig, stranger)
    assert rig.issuer.asked == 1
    rig.clock.advance(60)
    assert verified(rig, rig.issuer.token("next")).subject
    for _ in range(20):
        assert "key id" in refused(rig, stranger)
    assert rig.issuer.asked == 2


def test_nobody_is_refused_for_an_issuer_that_is_down(rig: Rig) -> None:
    rig.issuer.down = True
    for _ in range(3):
        with pytest.raises(IdentityUnavailable):
            verified(rig, rig.issuer.token())
    assert rig.issuer.asked == 1
    rig.issuer.down = False
    rig.clock.advance(5)
    verified(rig, rig.issuer.token())
    rig.issuer.down = True
    rig.clock.advance(86_000)
    assert verified(rig, rig.issuer.token()).subject, "what is known serves on"
    rig.clock.advance(5)
    with pytest.raises(IdentityUnavailable):
        verified(rig, jwt.encode(rig.issuer.claims(), people.rsa("next"), "RS256", {"kid": "next"}))
    rig.clock.advance(2000)
    with pytest.raises(IdentityUnavailable):
        verified(rig, rig.issuer.token())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [1, {"kid": "rsa", "kty": "RSA", "n": "!", "e": ""}]}', b"[" * 9999],
)
def test_an_answer_that_holds_no_keys_is_no_answer(rig: Rig, body: bytes) -> None:
    rig.outside.hosts[people.JWKS_HOST] = lambda _: Response(200, {}, body)
    with pytest.raises(IdentityUnavailable):
        verified(rig, rig.issuer.token())


def test_symmetric_keys_and_keys_for_encryption_are_none(rig: Rig) -> None:
    rows = [{"kty": "oct", "kid": "rsa", "k": "c2VjcmV0"}, {**people.jwk(people.rsa("issuer"), "rsa"), "use": "enc"}]
    rows += [{**people.jwk(people.rsa("issuer"), "rsa"), "alg": "RS512"}, people.jwk(people.ed25519(), "ed")]
    rig.outside.hosts[people.JWKS_HOST] = lambda _: Response(200, {}, json.dumps({"keys": rows}).encode())
    assert "key id" in refused(rig, rig.issuer.token())


def test_a_code_is_traded_once_with_its_verifier_and_nonce(rig: Rig) -> None:
    who, back = rig.ports.identity, "https://rostrum.test/v1/auth/google/callback"
    assert who is not None
    verifier, challenge = "v" * 43, "tWhBPd7gTgjoH8rwpiIW6rjzbLgg1HKkO40pgyBSJk0"
    import hashlib

    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

    def code() -> str:
        return people.consent(rig.google, who.authorize_url(back, "s", "n", challenge))["code"]

    first = code()
    assert who.exchange(first, back, verifier, "n").email == "ada@example.com"
    with pytest.raises(CodeRefused):
        who.exchange(first, back, verifier, "n")
    with pytest.raises(CodeRefused):
        who.exchange(code(), back, "w" * 43, "n")
    with pytest.raises(TokenRefused, match="nonce"):
        who.exchange(code(), back, verifier, "another")
    with pytest.raises(NotConfigured):
        who.exchange(code(), "https://rostrum.test/other", verifier, "n")
    late = code()
    rig.clock.advance(601)
    with pytest.raises(CodeRefused):
        who.exchange(late, back, verifier, "n")


def test_google_down_or_unclear_is_no_refusal(rig: Rig) -> None:
    def gone(_: Request) -> Response:
        raise NotSent("down")

    for answer in (gone, lambda _: Response(502, {}, b"<html>"), lambda _: Response(200, {}, b"{}")):
        who = people.identity_of(rig.outside, rig.clock, type("Google", (), {"send": staticmethod(answer)})())
        with pytest.raises(IdentityUnavailable):
            who.exchange("code", "https://rostrum.test/v1/auth/google/callback", "v" * 43, "n")
        with pytest.raises(IdentityUnavailable):
            who.verify(rig.google.id_token("ada@example.com"))


def test_nothing_is_trusted_that_is_not_configured(rig: Rig) -> None:
    who = LiveIdentity(rig.outside, rig.clock)
    for token in (rig.issuer.token(), rig.google.id_token("ada@example.com")):
        with pytest.raises(TokenRefused, match="issuer"):
            who.verify(token)
    with pytest.raises(NotConfigured):
        who.authorize_url("https://rostrum.test/", "s", "n", "c")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"client_id": "other"}, b"invalid_client"),
        ({"redirect_uri": "https://evil.test/"}, b"redirect_uri_mismatch"),
        ({"response_type": "token"}, b"invalid_request"),
        ({"code_challenge_method": "plain"}, b"invalid_request"),
    ],
)
def test_the_simulated_google_sends_nobody_elsewhere(rig: Rig, query: dict[str, str], error: bytes) -> None:
    from urllib.parse import parse_qsl, urlsplit

    google: SimulatedGoogle = rig.google
    assert rig.ports.identity is not None
    url = rig.ports.identity.authorize_url("https://rostrum.test/v1/auth/google/callback", "s", "n", "c")
    asked = {**dict(parse_qsl(urlsplit(url).query)), **query, "sandbox_user": "ada@example.com"}
    answer = google.page(asked)
    assert (answer.status, "location" in answer.headers) == (400, False)
    assert error in answer.body
