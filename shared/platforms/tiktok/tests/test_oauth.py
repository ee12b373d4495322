"""Consent, tokens that rotate, and their end."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.errors import Unsupported
from shared.platforms.contract import Refused
from shared.platforms.tiktok import MANIFEST, creator, oauth, simulator
from shared.platforms.tiktok.tests.person import APP, REDIRECT, VERIFIER, Person
from shared.ports.http import Request
from tests.support import simulated


def test_the_challenge_is_in_hex() -> None:
    """TikTok compares with the hex digest; RFC 7636's base64url is refused."""
    person = Person()
    sent = person.http.sent[0]
    query = parse_qs(urlsplit(sent.url).query)
    assert query["code_challenge"] == [hashlib.sha256(VERIFIER.encode()).hexdigest()]
    assert query["scope"] == [",".join(MANIFEST.oauth.scopes)]


def test_lifetimes_are_what_the_answer_says() -> None:
    """Two hours and 180 days in the simulator, as TikTok has it since November 2026."""
    person = Person()
    tokens = person.connected.tokens
    assert tokens.expires_at == person.world.now + timedelta(hours=2)
    assert tokens.refresh_expires_at == person.world.now + timedelta(days=180)
    assert tokens.scopes == MANIFEST.oauth.scopes


def test_a_refresh_token_is_good_once_and_extra_stays() -> None:
    """The one before is spent; what else was kept with the account is kept."""
    person = Person()
    person.connected = replace(person.connected, tokens=replace(person.connected.tokens, extra={"ads": "kept"}))
    before = person.connected
    person.refresh()
    assert person.connected.tokens.refresh != before.tokens.refresh
    assert person.connected.tokens.extra == {"ads": "kept"}
    fresh, person.connected = person.connected, before
    with pytest.raises(Refused) as refused:
        person.refresh()
    assert refused.value.row.reconnect
    person.connected = fresh
    assert creator.info(person.call)["creator_username"] == "rostrum"


def test_the_simulator_forgets_tokens_that_are_over() -> None:
    """An account that is refreshed for months keeps one or two."""
    person = Person()
    for _ in range(20):
        person.world.pass_time(2 * 3600)
        person.refresh()
    for kind in ("access", "refresh"):
        assert len([key for key in person.world.values if key[0] == kind]) <= 2


def test_without_profile_scope_the_name_is_the_display_name() -> None:
    """Fields of a scope that was not granted are not asked for."""
    person = Person()
    nobody = simulated.call_for(person.http, None, APP)
    url = oauth.authorize_url(APP, REDIRECT, "s", hashlib.sha256(VERIFIER.encode()).hexdigest(), ("user.info.basic",))
    back = simulator.handle(Request("GET", f"{url}&sandbox_user=bob"), person.world).headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    connected = oauth.exchange(nobody, code, REDIRECT, VERIFIER)
    assert (connected.username, connected.tokens.scopes) == ("Bob", ("user.info.basic",))


def test_a_missing_scope_is_a_reconnection() -> None:
    """No refresh adds a scope."""
    person = Person()
    grant = next(value for (kind, _), value in person.world.values.items() if kind == "grant")
    grant["scopes"].remove("video.publish")
    with pytest.raises(Refused) as refused:
        creator.info(person.call)
    assert (refused.value.row.code, refused.value.row.reconnect) == ("scope_missing", True)


def test_revoking_ends_the_grant_also_hours_later() -> None:
    """The access token is over by then, and TikTok takes a living one only: it is refreshed for it."""
    person = Person()
    person.world.pass_time(3 * 3600)
    sent = len(person.http.sent)
    oauth.revoke(person.call)
    assert [urlsplit(one.url).path for one in person.http.sent[sent:]] == ["/v2/oauth/token/", "/v2/oauth/revoke/"]
    grants = [value for (kind, _), value in person.world.values.items() if kind == "grant"]
    assert [grant["ended"] for grant in grants] == [True]
    oauth.revoke(person.call)


def test_passwords_are_not_taken() -> None:
    """Login Kit is the only way in."""
    with pytest.raises(Unsupported):
        oauth.sign_in(Person().call, {})
