"""Connecting: the member and their pages, tokens that end, and what happens without a refresh token."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.platforms.contract import Fate, Refused
from shared.platforms.linkedin import metrics, oauth, resources
from shared.platforms.linkedin.tests.person import PAGES, SELF_SERVE, Person


def test_one_consent_gives_the_member_and_their_pages() -> None:
    """Each complete, with the same tokens."""
    person = Person(PAGES)
    urns = [account.platform_account_id for account in person.candidates]
    assert urns[0].startswith("urn:li:person:")
    assert [urn.rpartition(":")[0] for urn in urns[1:]] == ["urn:li:organization"] * 2
    assert len({account.tokens.access for account in person.candidates}) == 1
    assert {account.metadata["member"] for account in person.candidates} == {urns[0]}


def test_most_members_have_no_page() -> None:
    """Then the member is what is connected."""
    assert len(Person().candidates) == 1


def test_a_refresh_prolongs_nothing_but_the_access() -> None:
    """The refresh token ends a year after the consent, however often it is used."""
    person = Person()
    first = person.account.tokens
    for _ in range(3):
        person.world.pass_time(50 * 86_400)
        fresh = oauth.refresh(person.call)
        assert fresh.refresh == first.refresh
        assert fresh.refresh_expires_at == first.refresh_expires_at
        person.account = replace(person.account, tokens=fresh)
    person.world.pass_time(366 * 86_400)
    with pytest.raises(Refused) as refused:
        oauth.refresh(person.call)
    assert refused.value.row.reconnect


def test_linkedin_says_the_same_of_an_old_refresh_token() -> None:
    """Where we do not know its end."""
    person = Person()
    person.account = replace(person.account, tokens=replace(person.account.tokens, refresh_expires_at=None))
    person.world.pass_time(366 * 86_400)
    with pytest.raises(Refused) as refused:
        oauth.refresh(person.call)
    assert (refused.value.fate, refused.value.row.reconnect) == (Fate.UNAUTHORISED, True)


def test_self_serve_apps_get_no_refresh_token() -> None:
    """The owner connects again every 60 days; no request is made to find that out."""
    person = Person(SELF_SERVE)
    tokens = person.account.tokens
    assert tokens.refresh is None
    assert tokens.expires_at == person.world.now + timedelta(days=60)
    before = len(person.http.sent)
    with pytest.raises(Refused) as refused:
        oauth.refresh(person.call)
    assert (refused.value.fate, refused.value.row.reconnect) == (Fate.UNAUTHORISED, True)
    assert len(person.http.sent) == before


def test_pages_can_be_looked_up() -> None:
    """With names and roles."""
    page = resources.read(Person(PAGES).call, "organizations", {}, "")
    assert [one["role"] for one in page.items] == ["ADMINISTRATOR"] * 2
    assert all(one["name"] and one["username"] for one in page.items)


def test_an_app_with_three_scopes_connects_the_member_only() -> None:
    """It may not ask for pages, and publishes all the same."""
    person = Person(PAGES, scopes=("openid", "profile", "w_member_social"))
    assert [account.metadata["kind"] for account in person.candidates] == ["member"]
    assert person.publish("Hello").id
    with pytest.raises(Refused) as refused:
        metrics.account(person.call)
    assert refused.value.row.code == "permission_denied"


def test_disconnecting_one_of_several_leaves_the_others() -> None:
    """They live by the same tokens; who is alone gives theirs back."""
    page = Person(PAGES, page=True)
    oauth.revoke(page.call)
    assert page.publish("Still here").id
    page.account = replace(page.account, tokens=oauth.refresh(page.call))
    alone = Person()
    oauth.revoke(alone.call)
    with pytest.raises(Refused) as refused:
        alone.publish("Not any more")
    assert refused.value.fate is Fate.UNAUTHORISED
