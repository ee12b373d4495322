"""Connecting, refreshing and giving back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.accounts import Connected
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2
from shared.platforms.contract import App, Fate, Refused
from shared.platforms.x import MANIFEST, metrics, oauth
from shared.platforms.x.tests.person import Person
from shared.ports.http import Request, Response
from tests.support import simulated

APP = App("client", "secret")
BACK = "https://app.example/callback?from=x"
VERIFIER = "v" * 64


@pytest.fixture
def http() -> simulated.SimulatedHttp:
    return simulated.SimulatedHttp("twitter", simulated.MemoryWorld())


def redirected(http: simulated.SimulatedHttp, extra: str = "", scopes: tuple[str, ...] = ()) -> dict[str, str]:
    """The person follows our link; what comes back to our own page."""
    url = oauth.authorize_url(APP, BACK, "the state", _oauth2.challenge_s256(VERIFIER), scopes)
    answer = http.send(Request("GET", url + extra))
    assert answer.status == 302
    assert answer.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def connect(http: simulated.SimulatedHttp, scopes: tuple[str, ...] = (), app: App = APP) -> Connected:
    code = redirected(http, scopes=scopes)["code"]
    return oauth.exchange(simulated.call_for(http, None, app), code, BACK, VERIFIER)


def test_a_person_connects(http: simulated.SimulatedHttp) -> None:
    """The person's name and id come with tokens for two hours and all scopes."""
    connected = connect(http)
    assert connected.username == "rostrum"
    assert connected.platform_account_id.isdigit()
    assert connected.tokens.expires_at == http.world.now + timedelta(hours=2)
    assert connected.tokens.refresh
    assert set(connected.tokens.scopes) == set(MANIFEST.oauth.scopes)


def test_the_page_gives_back_our_state_and_the_chosen_person(http: simulated.SimulatedHttp) -> None:
    """``state`` returns as it was; ``sandbox_user`` chooses who says yes; ``sandbox_deny`` says no."""
    assert redirected(http)["state"] == "the state"
    code = redirected(http, "&sandbox_user=ada")["code"]
    assert oauth.exchange(simulated.call_for(http, None), code, BACK, VERIFIER).username == "ada"
    denied = redirected(http, "&sandbox_deny=1")
    assert denied["error"] == "access_denied"
    assert "code" not in denied


def test_the_page_wants_all_of_its_parameters(http: simulated.SimulatedHttp) -> None:
    """A missing challenge or an invented scope gets an error page, not a redirect."""
    url = oauth.authorize_url(APP, BACK, "s", "c", ())
    assert http.send(Request("GET", url.replace("code_challenge=c&", ""))).status == 400
    assert http.send(Request("GET", oauth.authorize_url(APP, BACK, "s", "c", ["tweet.everything"]))).status == 400


@pytest.mark.parametrize("wrong", ["late", "twice", "verifier", "redirect", "client", "code"])
def test_a_code_is_good_once_and_for_whom_it_was_made(http: simulated.SimulatedHttp, wrong: str) -> None:
    """30 seconds, one use, our verifier, our address, our client."""
    code = redirected(http)["code"]
    given: dict[str, Any] = {"code": code, "redirect_uri": BACK, "verifier": VERIFIER}
    app = APP
    if wrong == "late":
        http.world.pass_time(31)
    elif wrong == "twice":
        oauth.exchange(simulated.call_for(http, None), **given)
    elif wrong == "client":
        app = App("another", "secret")
    else:
        given |= {"verifier": "w" * 64} if wrong == "verifier" else {}
        given |= {"redirect_uri": "https://evil.example"} if wrong == "redirect" else {}
        given |= {"code": "0" * 64} if wrong == "code" else {}
    with pytest.raises(Refused) as refused:
        oauth.exchange(simulated.call_for(http, None, app), **given)
    assert refused.value.fate is Fate.REJECTED


def test_a_refresh_brings_new_tokens_and_spends_the_old(http: simulated.SimulatedHttp) -> None:
    """After two hours the token is refused; the refreshed one is not."""
    person = Person(http=http)
    before = person.connected.tokens
    http.world.pass_time(7200)
    with pytest.raises(Refused) as refused:
        metrics.account(person.call)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert not refused.value.row.reconnect
    person.refresh()
    assert person.connected.tokens.refresh != before.refresh
    assert metrics.account(person.call).extra["posts"] == 0


def test_a_replayed_refresh_token_ends_the_whole_grant(http: simulated.SimulatedHttp) -> None:
    """The old refresh token says «connect again», and so, from then on, does the new one."""
    person = Person(http=http)
    stale = person.connected
    person.refresh()
    fresh = person.connected
    for tokens in (stale, fresh):
        person.connected = tokens
        with pytest.raises(Refused) as refused:
            person.refresh()
        assert refused.value.fate is Fate.UNAUTHORISED
        assert refused.value.row.reconnect
    with pytest.raises(Refused):
        metrics.account(person.call)


def test_without_offline_access_nothing_can_be_refreshed(http: simulated.SimulatedHttp) -> None:
    """No refresh token is given, and asking for a refresh says that the person must come back."""
    person = Person(http=http)
    person.connected = connect(http, ("tweet.read", "users.read"))
    assert person.connected.tokens.refresh is None
    before = len(http.sent)
    with pytest.raises(Refused) as refused:
        person.refresh()
    assert refused.value.row.reconnect
    assert len(http.sent) == before


def test_a_network_fault_at_refresh_is_not_a_dead_grant(http: simulated.SimulatedHttp) -> None:
    """A 5xx of the token endpoint never says «connect again»."""
    person = Person(http=http)
    http.intercept = lambda _: Response(503, {}, b"")
    with pytest.raises(Refused) as refused:
        person.refresh()
    assert refused.value.fate is Fate.TRANSIENT
    assert not refused.value.row.reconnect


def test_giving_back_ends_both_tokens_and_may_be_repeated(http: simulated.SimulatedHttp) -> None:
    """After revoke neither token works; a second revoke is fine."""
    person = Person(http=http)
    oauth.revoke(person.call)
    oauth.revoke(person.call)
    with pytest.raises(Refused):
        metrics.account(person.call)
    with pytest.raises(Refused) as refused:
        person.refresh()
    assert refused.value.row.reconnect


def test_confidential_clients_show_their_secret_public_ones_their_id(http: simulated.SimulatedHttp) -> None:
    """Basic authentication with a secret, ``client_id`` in the form without; one grant never changes sides."""
    connect(http)
    by_secret = http.sent[-2]
    assert by_secret.headers["Authorization"] == "Basic Y2xpZW50OnNlY3JldA=="
    assert isinstance(by_secret.body, bytes)
    assert b"client_id" not in by_secret.body
    connected = connect(http, app=App("client", ""))
    by_id = http.sent[-2]
    assert "Authorization" not in by_id.headers
    assert isinstance(by_id.body, bytes)
    assert b"client_id=client" in by_id.body
    confidential = Person(http=http)
    call = replace(confidential.call, app=App("client", ""))
    with pytest.raises(Refused) as refused:
        oauth.refresh(call)
    assert refused.value.row.code == "app_invalid"
    assert connected.tokens.refresh


def test_there_is_no_sign_in_by_credentials(http: simulated.SimulatedHttp) -> None:
    """X accounts come by redirect only."""
    with pytest.raises(Unsupported):
        oauth.sign_in(simulated.call_for(http, None), {})


def test_giving_back_is_not_done_when_x_could_not_hear_it(http: simulated.SimulatedHttp) -> None:
    """A fault of X's own is passed on: the grant may still live."""
    person = Person(http=http)
    http.intercept = lambda _: Response(503, {}, b"")
    with pytest.raises(Refused) as refused:
        oauth.revoke(person.call)
    assert refused.value.fate is Fate.TRANSIENT
