"""Connecting, renewing, giving back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from shared.domain.errors import Unsupported
from shared.platforms.contract import App, Fate, Refused
from shared.platforms.instagram import MANIFEST, oauth
from shared.platforms.instagram.tests import world as stages
from shared.ports.http import Request, Response
from tests.support import simulated
from tests.support.simulated import MemoryWorld, SimulatedHttp

FIXTURES = Path(__file__).parent.parent / "fixtures"


@pytest.fixture
def http() -> SimulatedHttp:
    return SimulatedHttp("instagram", MemoryWorld())


def authorized(http: SimulatedHttp, **more: str) -> dict[str, str]:
    """What the person's browser brings back."""
    url = oauth.authorize_url(App("client", "secret"), stages.REDIRECT, "st", "", MANIFEST.oauth.scopes)
    answer = http.send(Request("GET", f"{url}&{urlencode(more)}" if more else url))
    assert answer.status == 302
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == stages.REDIRECT
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def test_connecting_ends_with_a_token_of_sixty_days(http: SimulatedHttp) -> None:
    """Code, token of an hour, token of 60 days, profile."""
    brought = authorized(http, sandbox_user="anna.b")
    assert brought["state"] == "st"
    connected = stages.connect(http, f"{brought['code']}#_")
    assert (connected.username, connected.metadata["account_type"]) == ("anna.b", "BUSINESS")
    assert connected.platform_account_id.startswith("17841")
    assert connected.tokens.expires_at == http.world.now + timedelta(days=60)
    assert connected.tokens.scopes == MANIFEST.oauth.scopes
    assert connected.tokens.refresh is None


def test_the_same_person_is_the_same_account(http: SimulatedHttp) -> None:
    """Connecting again makes no second account."""
    first = stages.connect(http, authorized(http)["code"])
    again = stages.connect(http, authorized(http)["code"])
    assert first.platform_account_id == again.platform_account_id


def test_a_code_works_once_within_its_hour_and_for_its_address(http: SimulatedHttp) -> None:
    """Used, late, elsewhere: refused in the words of api.instagram.com."""
    code = authorized(http)["code"]
    with pytest.raises(Refused):
        oauth.exchange(simulated.call_for(http, None), code, "https://elsewhere.test/", "")
    with pytest.raises(Refused):
        oauth.exchange(simulated.call_for(http, None, App("other", "secret")), code, stages.REDIRECT, "")
    stages.connect(http, code)
    with pytest.raises(Refused, match="instagram") as caught:
        stages.connect(http, code)
    assert caught.value.platform_message == "Matching code was not found or was already used"
    assert (caught.value.fate, caught.value.row.code) == (Fate.REJECTED, "code_invalid")
    late = authorized(http)["code"]
    http.world.pass_time(3601)
    with pytest.raises(Refused):
        stages.connect(http, late)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"}, "app_invalid"),
        (400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid client_id"}, "app_invalid"),
        (400, {"error_type": "OAuthException", "code": 400, "error_message": "Something new"}, "code_invalid"),
        (500, {}, "server_error"),
        (429, {}, "rate_limit"),
    ],
)
def test_a_refused_code_is_told_from_a_refused_app(
    http: SimulatedHttp, status: int, body: dict[str, object], code: str
) -> None:
    """api.instagram.com has one error code; trouble of its own stays trouble."""
    http.intercept = lambda _: Response(status, {}, json.dumps(body).encode())
    with pytest.raises(Refused) as caught:
        stages.connect(http, "code")
    assert caught.value.row.code == code
    assert caught.value.row.caused_by == ("system" if code == "app_invalid" else caught.value.row.caused_by)


def test_a_person_may_decline(http: SimulatedHttp) -> None:
    """The documented parameters of a cancelled authorization."""
    brought = authorized(http, sandbox_deny="1")
    assert (brought["error"], brought["error_reason"], brought["state"]) == ("access_denied", "user_denied", "st")


def test_unknown_scopes_are_refused(http: SimulatedHttp) -> None:
    """The names from before 2025-01-27 are dead."""
    url = oauth.authorize_url(App("client", "secret"), stages.REDIRECT, "st", "", ["business_basic"])
    assert http.send(Request("GET", url)).status == 400


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_short_token_comes_wrapped_as_documented_or_flat(http: SimulatedHttp, wrapped: bool) -> None:
    """Both were seen."""
    documented = json.loads((FIXTURES / "token.short_lived.json").read_text())
    body = documented if wrapped else documented["data"][0]
    answers = [
        body,
        json.loads((FIXTURES / "token.long_lived.json").read_text()),
        {"user_id": "17841", "username": "a"},
    ]
    http.intercept = lambda _: Response(200, {}, json.dumps(answers.pop(0)).encode())
    connected = stages.connect(http, "code")
    assert (connected.platform_account_id, connected.tokens.access) == ("17841", "EAACEdEose0...")
    assert "instagram_business_manage_comments" in connected.tokens.scopes


def test_a_token_is_renewed_for_sixty_days_once_it_is_a_day_old() -> None:
    """The old one is used to get the new one; both carry the same scopes."""
    stage = stages.stage()
    stage.world.pass_time(25 * 3600)
    renewed = oauth.refresh(stage.call)
    assert renewed.access != stage.account.tokens.access
    assert renewed.expires_at == stage.world.now + timedelta(days=60)
    assert renewed.scopes == stage.account.tokens.scopes


def test_a_young_token_is_kept_when_it_lives() -> None:
    """Before 24 hours Instagram renews nothing: it is only looked at."""
    stage = stages.stage()
    assert oauth.refresh(stage.call) == stage.account.tokens
    assert [sent.method for sent in stage.http.sent] == ["GET"]


@pytest.mark.parametrize("days", [61, 0])
def test_a_dead_token_means_connecting_again(days: int) -> None:
    """Expired after 60 days, or invalidated early: no refresh can help."""
    stage = stages.stage()
    stage.world.pass_time(days * 86_400)
    if not days:
        for (kind, id_), token in list(stage.world.values.items()):
            if kind == "token":
                stage.world.put("token", id_, token | {"invalid": 460})
    with pytest.raises(Refused) as caught:
        oauth.refresh(stage.call)
    assert caught.value.fate is Fate.UNAUTHORISED
    assert caught.value.row.reconnect


def test_the_network_itself_renews_no_young_token() -> None:
    """What the adapter never asks is refused all the same."""
    stage = stages.stage()
    query = urlencode({"grant_type": "ig_refresh_token", "access_token": stage.account.tokens.access})
    assert stage.http.send(Request("GET", f"{oauth.REFRESH}?{query}")).status == 400


def test_revoking_ends_the_grant_and_is_repeatable() -> None:
    """190/458 from then on, and a dead token is fine; connecting again begins a new grant."""
    stage = stages.stage()
    oauth.revoke(stage.call)
    oauth.revoke(stage.call)
    with pytest.raises(Refused) as caught:
        oauth.refresh(stage.call)
    assert caught.value.platform_code == "190/458"
    again = stages.joined(stage, "rostrum")
    assert oauth.refresh(again.call) == again.account.tokens


def test_revoking_where_instagram_knows_no_such_edge_is_fine() -> None:
    """Nothing could be given back; but a limit is not swallowed."""
    stage = stages.stage()
    stage.http.intercept = lambda _: Response(400, {}, b'{"error": {"code": 100, "message": "Unsupported request"}}')
    oauth.revoke(stage.call)
    stage.http.intercept = lambda _: Response(400, {}, b'{"error": {"code": 4, "message": "limit"}}')
    with pytest.raises(Refused):
        oauth.revoke(stage.call)


def test_instagram_takes_no_passwords() -> None:
    """A redirect network."""
    with pytest.raises(Unsupported):
        oauth.sign_in(stages.stage().call, {})
