"""Connecting: one profile, several, none; and what callers can look up."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.accounts import Connected
from shared.platforms.contract import Candidates, Refused
from shared.platforms.snapchat import oauth, resources, simulator
from shared.ports.http import Request
from tests.contract.platforms import harness
from tests.contract.platforms.harness import APP, REDIRECT, new_network
from tests.support.simulated import MemoryWorld, SimulatedHttp, call_for


def _exchange(http: SimulatedHttp, person: str) -> object:
    code = harness.authorize("snapchat", http, person)["code"]
    return oauth.exchange(call_for(http, None, APP), code, REDIRECT, "")


def test_several_profiles_are_candidates() -> None:
    """Each complete, with an id of its own."""
    given = _exchange(SimulatedHttp("snapchat", MemoryWorld()), "many")
    assert isinstance(given, Candidates)
    assert len({one.platform_account_id for one in given.accounts}) == 3
    assert all(one.username and one.tokens.access and one.metadata["organization_id"] for one in given.accounts)


def test_a_person_without_a_profile_is_told_so() -> None:
    """There is nothing to connect."""
    world = MemoryWorld()
    http = SimulatedHttp("snapchat", world)
    simulator.seed(world, "nobody")
    world.delete("snap.profile", (world.get("snap.person", "nobody") or {})["own"])
    with pytest.raises(Refused) as refused:
        _exchange(http, "nobody")
    assert refused.value.row.code == "no_profile"


def test_an_own_profile_needs_no_ads_scope() -> None:
    """Who granted the profile alone connects it; without one of their own they are told what is missing."""
    http = SimulatedHttp("snapchat", MemoryWorld())
    app = replace(APP, scopes=("snapchat-profile-api",))

    def exchange() -> object:
        url = oauth.authorize_url(app, REDIRECT, "s", "", app.scopes)
        answer = http.send(Request("GET", f"{url}&sandbox_user=rostrum"))
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        return oauth.exchange(call_for(http, None, app), code, REDIRECT, "")

    connected = exchange()
    assert isinstance(connected, Connected)
    http.world.delete("snap.profile", connected.platform_account_id)
    with pytest.raises(Refused) as refused:
        exchange()
    assert refused.value.row.code == "permission_denied"


def test_the_profiles_of_the_organizations_can_be_looked_up() -> None:
    """All of them, or one organization's."""
    network = new_network("snapchat")
    assert resources.read(network.call, "profiles", {}, "").items == ()
    http = SimulatedHttp("snapchat", network.world)
    given = _exchange(http, "many")
    assert isinstance(given, Candidates)
    call = call_for(http, harness.as_account(given.accounts[0]), APP)
    found = resources.read(call, "profiles", {}, "").items
    assert [one["snap_user_name"] for one in found] == ["many-brand-1", "many-brand-2"]
    wanted = {"organization_id": str(found[0]["organization_id"])}
    assert resources.read(call, "profiles", wanted, "").items == found
