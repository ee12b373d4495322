"""The simulated Google's sign-in is as strict as Google's."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from shared.platforms._google import errors
from shared.platforms._google.simulator import Denied, read
from shared.platforms._google.simulator_oauth import ACCESS_SECONDS, Accounts
from shared.platforms._oauth2 import challenge_s256
from shared.platforms.contract import Fate, World
from shared.ports.http import Request, Response
from tests.support.simulated import MemoryWorld

VERIFIER = "v" * 50
BACK = "https://rostrum.example/back"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _person(world: World, name: str) -> dict[str, Any]:
    made = {"id": name}
    world.put("plain.person", name, made)
    return made


ACCOUNTS = Accounts("plain", _person, ("one", "two"))


def _ask(world: MemoryWorld, request: Request) -> Response:
    answer = ACCOUNTS.answer(read(request, world))
    assert answer is not None
    return answer


def _consent(world: MemoryWorld, **changes: str) -> Response:
    query = {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": BACK,
        "scope": "one",
        "state": "s",
        "access_type": "offline",
        "code_challenge": challenge_s256(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    return _ask(world, Request("GET", f"https://accounts.google.com/o/oauth2/v2/auth?{urlencode(query)}"))


def _code(world: MemoryWorld, **changes: str) -> str:
    return parse_qs(urlsplit(_consent(world, **changes).headers["location"]).query)["code"][0]


def _trade(world: MemoryWorld, **changes: str) -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "authorization_code",
        "client_id": "client",
        "client_secret": "secret",
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    answer = _ask(world, Request("POST", "https://oauth2.googleapis.com/token", FORM, body))
    return answer.status, json.loads(answer.body)


def _revoke(world: MemoryWorld, token: str) -> int:
    return _ask(world, Request("POST", f"https://oauth2.googleapis.com/revoke?token={token}")).status


@pytest.mark.parametrize(
    "changes", [{"scope": "three"}, {"response_type": "token"}, {"client_id": ""}, {"code_challenge_method": "plain"}]
)
def test_a_wrong_consent_is_no_redirect(changes: dict[str, str]) -> None:
    """Nobody is sent back with an address that may be wrong too."""
    assert _consent(MemoryWorld(), **changes).status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": "another"}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example"}, "redirect_uri_mismatch"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code_verifier": "w" * 50}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": "4/0Amadeup"}, "invalid_grant"),
    ],
)
def test_a_wrong_trade_is_refused(changes: dict[str, str], error: str) -> None:
    """In Google's words."""
    world = MemoryWorld()
    status, body = _trade(world, **{"code": _code(world), **changes})
    assert status in {400, 401}
    assert body["error"] == error


def test_only_an_offline_consent_can_be_refreshed() -> None:
    """access_type decides; a refresh brings no new refresh token."""
    world = MemoryWorld()
    _, online = _trade(world, code=_code(world, access_type="online"))
    assert "refresh_token" not in online
    _, offline = _trade(world, code=_code(world))
    _, again = _trade(world, grant_type="refresh_token", refresh_token=offline["refresh_token"])
    assert again["access_token"] != offline["access_token"]
    assert "refresh_token" not in again


def test_revoking_one_token_ends_all_of_that_person_s() -> None:
    """To that client; what is granted afterwards lives."""
    world = MemoryWorld()
    first, second = (_trade(world, code=_code(world))[1] for _ in range(2))
    other = _trade(world, code=_code(world, sandbox_user="other"))[1]
    assert _revoke(world, first["access_token"]) == 200
    assert _trade(world, grant_type="refresh_token", refresh_token=second["refresh_token"])[0] == 400
    assert _trade(world, grant_type="refresh_token", refresh_token=other["refresh_token"])[0] == 200
    assert _revoke(world, first["access_token"]) == 400
    assert _trade(world, code=_code(world))[0] == 200


def test_a_token_speaks_for_its_scopes() -> None:
    """Another one is missing; a made-up token is none."""
    world = MemoryWorld()
    _, tokens = _trade(world, code=_code(world))
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    asked = read(Request("GET", "https://api.example", bearer), world)
    assert ACCOUNTS.recognise(asked, frozenset({"one", "two"})).user_id == "rostrum"
    for headers, scopes, status in (
        (bearer, {"two"}, 403),
        ({}, {"one"}, 401),
        ({"Authorization": "Bearer x"}, {"one"}, 401),
    ):
        with pytest.raises(Denied) as denied:
            ACCOUNTS.recognise(read(Request("GET", "https://api.example", headers), world), frozenset(scopes))
        assert denied.value.response.status == status


def test_the_hundred_and_first_refresh_token_ends_the_first() -> None:
    """Without a word, as Google documents it."""
    world = MemoryWorld()
    tokens = [_trade(world, code=_code(world))[1]["refresh_token"] for _ in range(101)]
    assert _trade(world, grant_type="refresh_token", refresh_token=tokens[0]) == (
        400,
        {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
    )
    assert _trade(world, grant_type="refresh_token", refresh_token=tokens[1])[0] == 200


def test_what_has_ended_takes_no_room() -> None:
    """A year of refreshing, and of consents that nobody came back from."""
    world = MemoryWorld()
    _, tokens = _trade(world, code=_code(world))
    for _ in range(50):
        world.pass_time(ACCESS_SECONDS + 1)
        _code(world)
        assert _trade(world, grant_type="refresh_token", refresh_token=tokens["refresh_token"])[0] == 200
    kinds = [kind for kind, _ in world.values]
    assert kinds.count("plain.access") == 1
    assert kinds.count("plain.code") <= 20


def test_a_connection_without_a_refresh_token_asks_for_its_owner() -> None:
    """Not for patience: Google gave none, so that nothing but a new consent helps."""
    answer = _ask(
        MemoryWorld(),
        Request(
            "POST",
            "https://oauth2.googleapis.com/token",
            FORM,
            b"client_id=c&client_secret=s&grant_type=refresh_token&refresh_token=",
        ),
    )
    refused = errors.refused("plain", {}, errors.general("Plain"), answer, MemoryWorld().now)
    assert (refused.fate, refused.row.reconnect) == (Fate.UNAUTHORISED, True)
    assert refused.platform_message == "Missing required parameter: refresh_token"
