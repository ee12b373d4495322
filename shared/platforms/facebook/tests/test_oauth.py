"""Connecting through Facebook Login: codes, Pages, tokens that have no end, and what ends them."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.accounts import Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms.contract import App, Call, Candidates, Fate, Refused
from shared.platforms.facebook import MANIFEST, graph, oauth, publish, simulator, webhooks
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import Request, Response
from tests.support import simulated


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


def consented(stage: stages.Stage, person: str = "rostrum", scopes: tuple[str, ...] = MANIFEST.oauth.scopes) -> str:
    """Go through the login dialog; the code."""
    url = oauth.authorize_url(stages.APP, stages.REDIRECT, "the-state", "", scopes)
    answer = stage.http.send(Request("GET", f"{url}&sandbox_user={person}"))
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["the-state"]
    return query["code"][0]


def connecting(stage: stages.Stage, app: App = stages.APP) -> Call:
    return simulated.call_for(stage.http, None, app)


def dead(stage: stages.Stage, subcode: int, kind: str = "") -> None:
    """Facebook invalidates the tokens (of a kind)."""
    for (name, id_), value in list(stage.world.values.items()):
        if name == "token" and value["kind"] != "short" and kind in {"", value["kind"]}:
            stage.world.put(name, id_, {**value, "invalid": subcode})


def test_one_page_is_connected_at_once(stage: stages.Stage) -> None:
    """A Page token without an end, the person's beside it, the permissions that were granted."""
    connected = oauth.exchange(connecting(stage), consented(stage), stages.REDIRECT, "")
    assert isinstance(connected, Connected)
    tokens = connected.tokens
    assert (tokens.expires_at, tokens.refresh, tokens.refresh_expires_at) == (None, None, None)
    assert set(tokens.scopes) == set(MANIFEST.oauth.scopes)
    assert set(tokens.extra) == {"user_id", "user_token", "pages"}
    assert (connected.username, connected.name) == ("rostrum", "Rostrum")
    assert "CREATE_CONTENT" in connected.metadata["tasks"]
    assert connected.picture_url.startswith("https://")
    assert tokens.access not in repr(connected)


def test_several_pages_are_candidates(stage: stages.Stage) -> None:
    """Each complete, with a token of its own."""
    given = oauth.exchange(connecting(stage), consented(stage, "many"), stages.REDIRECT, "")
    assert isinstance(given, Candidates)
    assert len({one.platform_account_id for one in given.accounts}) == 3
    assert len({one.tokens.access for one in given.accounts}) == 3
    one = replace(stage, account=stages.viewed(given.accounts[2]))
    assert one.published(stages.pieces()["text"]).id.startswith(given.accounts[2].platform_account_id)


def test_who_has_no_page_is_told(stage: stages.Stage) -> None:
    """Nothing to connect: REJECTED, with the remedy."""
    code = consented(stage, "somebody")
    stage.http.intercept = lambda request: Response(200, {}, b'{"data": []}') if "/me/accounts" in request.url else None
    with pytest.raises(Refused) as refused:
        oauth.exchange(connecting(stage), code, stages.REDIRECT, "")
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "no_pages")


def test_secrets_travel_in_forms(stage: stages.Stage) -> None:
    """Neither the code nor the app's secret is in an address."""
    code = consented(stage)
    stage.http.sent.clear()
    oauth.exchange(connecting(stage), code, stages.REDIRECT, "")
    for request in stage.http.sent:
        assert "client_secret" not in request.url
        assert "access_token" not in parse_qs(urlsplit(request.url).query)
        assert code not in request.url


def test_a_code_is_refused_in_words(stage: stages.Stage) -> None:
    """Used before, too old, another app's."""
    code = consented(stage)
    oauth.exchange(connecting(stage), code, stages.REDIRECT, "")
    old = consented(stage)
    stage.world.pass_time(601)
    foreign = consented(stage)
    for bad, app in ((code, stages.APP), (old, stages.APP), (foreign, App("other", "secret"))):
        with pytest.raises(Refused) as refused:
            oauth.exchange(connecting(stage, app), bad, stages.REDIRECT, "")
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "code_invalid")


def test_a_page_token_outlives_the_person_s(stage: stages.Stage) -> None:
    """No end: after a year it still publishes, and refreshing has nothing to do."""
    stage.world.pass_time(365 * 86_400)
    assert oauth.refresh(stage.call) == stage.account.tokens
    assert stage.published(stages.pieces()["text"]).id


def test_a_dead_page_token_is_asked_for_again(stage: stages.Stage) -> None:
    """With the person's token, while that one lives."""
    fresh = b'{"id": "1", "access_token": "EAAPnew"}'
    page = f"/{stage.page}?"
    dead(stage, 460, "page")
    stage.http.intercept = lambda request: Response(200, {}, fresh) if page in request.url else None
    renewed = oauth.refresh(stage.call)
    assert renewed == replace(stage.account.tokens, access="EAAPnew")


@pytest.mark.parametrize("subcode", [458, 460, 467])
def test_a_dead_grant_needs_the_person(stage: stages.Stage, subcode: int) -> None:
    """Password, role or grant: reconnect."""
    dead(stage, subcode)
    with pytest.raises(Refused) as refused:
        oauth.refresh(stage.call)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert refused.value.row.reconnect


def test_trouble_while_refreshing_is_no_reconnect(stage: stages.Stage) -> None:
    """Facebook's own trouble, or a limit, says nothing of the token."""
    stage.http.intercept = lambda _: Response(500, {}, b"")
    with pytest.raises(Refused) as refused:
        oauth.refresh(stage.call)
    assert (refused.value.fate, refused.value.row.reconnect) == (Fate.TRANSIENT, False)


def test_revoking_ends_the_grant(stage: stages.Stage) -> None:
    """One Page behind the consent: the person's grant goes."""
    oauth.revoke(stage.call)
    with pytest.raises(Refused) as refused:
        publish.commit(stage.call, stages.pieces()["text"], {"since": 0})
    assert refused.value.platform_code == "190/458"
    oauth.revoke(stage.call)


def test_revoking_one_of_several_leaves_the_others(stage: stages.Stage) -> None:
    """The grant is the person's: only this Page's webhooks end."""
    given = oauth.exchange(connecting(stage), consented(stage, "many"), stages.REDIRECT, "")
    assert isinstance(given, Candidates)
    first, second = (replace(stage, account=stages.viewed(one)) for one in given.accounts[:2])
    oauth.revoke(first.call)
    assert second.published(stages.pieces()["text"]).id
    assert [sent.url.split("?")[0].rsplit("/", 1)[1] for sent in stage.http.sent if sent.method == "DELETE"] == [
        "subscribed_apps"
    ]


def test_a_grant_that_has_grown_is_not_ended_with_its_first_page(stage: stages.Stage) -> None:
    """The person allowed one Page, and another since: its connection must live on."""
    more = json.dumps({"data": [{"id": stage.page}, {"id": "2"}]}).encode()
    stage.http.intercept = lambda one: Response(200, {}, more) if "/me/accounts" in one.url else None
    oauth.revoke(stage.call)
    gone = [urlsplit(sent.url).path.rsplit("/", 1)[1] for sent in stage.http.sent if sent.method == "DELETE"]
    assert gone == ["subscribed_apps"]


def test_a_dead_person_s_token_still_ends_the_deliveries(stage: stages.Stage) -> None:
    """After 60 days: nothing can end the grant, but nothing more is delivered."""
    webhooks.subscribe(stage.call, "", "")
    stage.world.pass_time(61 * 86_400)
    oauth.revoke(stage.call)
    stage.published(stages.pieces()["text"])
    assert not simulator.pushes(stage.world)


def test_passwords_are_not_taken(stage: stages.Stage) -> None:
    """By no app."""
    with pytest.raises(Unsupported):
        oauth.sign_in(connecting(stage), {"password": "x"})


def test_a_refused_proof_is_seen(stage: stages.Stage) -> None:
    """A person's token with another app's secret."""
    token = stage.account.tokens.extra["user_token"]
    account = replace(stage.account, tokens=Tokens(token))
    call = simulated.call_for(stage.http, account, App("client", "another"))
    with pytest.raises(Refused) as refused:
        graph.read(call, "me", fields="id")
    assert "appsecret_proof" in refused.value.platform_message


def test_the_dialog_refuses_what_it_does_not_know(stage: stages.Stage) -> None:
    """Scopes, people's names."""
    url = oauth.authorize_url(stages.APP, stages.REDIRECT, "s", "", ("pages_manage_everything",))
    assert stage.http.send(Request("GET", url)).status == 400
    good = oauth.authorize_url(stages.APP, stages.REDIRECT, "s", "", ("pages_show_list",))
    assert stage.http.send(Request("GET", f"{good}&sandbox_user=%20")).status == 400
    assert simulator.seed(stage.world, "rostrum")["code"]
