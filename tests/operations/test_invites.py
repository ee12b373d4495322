"""Invites: one link, one connection, whoever is first; and nothing of the workspace for whoever opens it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shared.domain.brands import Brand
from shared.domain.connections import Choice
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Limited, Missing, RostrumError
from shared.domain.invites import Invite
from shared.operations import accounts, brand_deletion, brands, choosing, housekeeping, invites, redeeming
from shared.operations.accounts import Landing, Redirect
from shared.operations.invites import Link
from shared.platforms import registry
from shared.ports.store import Unavailable
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import OTHER, TEST, consent
from tests.support import memory_ports
from tests.support.faults import Crash, once
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


@pytest.fixture
def brand(rig: Rig) -> Brand:
    return brands.create(rig.ports, TEST, "Acme")


def invited(rig: Rig, brand: Brand, platform: str = "twitter") -> Link:
    return invites.create(rig.ports, TEST, brand.id, platform, 7)


def opened(rig: Rig, link: Link) -> Redirect:
    found = redeeming.open_(rig.ports, link.token)
    assert isinstance(found, Redirect)
    return found


def landed(rig: Rig, link: Link, **who: str) -> Landing:
    return accounts.callback(rig.ports, link.invite.platform, consent(rig, opened(rig, link), **who))


def shown(rig: Rig, brand: Brand) -> list[Link]:
    return invites.list_(rig.ports, TEST, brand.id)


def test_an_invited_account_lands_in_the_brand_and_uses_the_link_up(rig: Rig, brand: Brand) -> None:
    """Opening alone does not; afterwards nobody can open it."""
    link = invited(rig, brand)
    for _ in range(3):
        opened(rig, link)
    assert shown(rig, brand)[0].token == link.token
    landing = landed(rig, link)
    assert landing.status == "success", landing
    assert accounts.get(rig.ports, TEST, landing.account_id).brand_id == brand.id
    (used,) = shown(rig, brand)
    assert (used.active, used.token, used.invite.account_id) == (False, "", landing.account_id)
    with pytest.raises(Missing, match="used already") as caught:
        redeeming.open_(rig.ports, link.token)
    assert caught.value.code == "invite.invalid"
    with pytest.raises(Missing):
        invites.revoke(rig.ports, TEST, link.invite.id)


def test_of_two_consents_with_one_link_one_connects(rig: Rig, brand: Brand) -> None:
    """The other's account is not kept, nor are its tokens."""
    link = invited(rig, brand)
    first, second = (consent(rig, opened(rig, link), sandbox_user=name) for name in ("ada", "bob"))
    assert accounts.callback(rig.ports, "twitter", first).status == "success"
    kept = len(rig.vault.secrets)
    lost = accounts.callback(rig.ports, "twitter", second)
    assert (lost.status, lost.error) == ("error", "invite.invalid")
    assert [one.username for one in accounts.list_(rig.ports, TEST)] == ["ada"]
    assert len(rig.vault.secrets) <= kept


def test_the_link_is_in_no_document_and_no_repr(rig: Rig, brand: Brand) -> None:
    """Its hash is, and the vault has it sealed."""
    link = invited(rig, brand)
    assert link.token not in json.dumps(list(rig.store.everything()), default=str)
    assert link.token not in repr(link)
    assert len(link.token) >= 43


def test_a_link_ends(rig: Rig, brand: Brand) -> None:
    """Expired and revoked ones say so, are listed, and are forgotten after 90 days with their secrets."""
    link = invited(rig, brand)
    rig.clock.advance(7 * 86400)
    with pytest.raises(Missing) as caught:
        redeeming.open_(rig.ports, link.token)
    assert caught.value.code == "invite.expired"
    other = invited(rig, brand)
    invites.revoke(rig.ports, TEST, other.invite.id)
    invites.revoke(rig.ports, TEST, other.invite.id)
    with pytest.raises(Missing) as caught:
        redeeming.open_(rig.ports, other.token)
    assert caught.value.code == "invite.invalid"
    assert [(one.invite.id, one.active) for one in shown(rig, brand)] == [
        (other.invite.id, False),
        (link.invite.id, False),
    ]
    rig.clock.advance(98 * 86400)
    assert housekeeping.keep(rig.ports).forgotten == 2
    assert shown(rig, brand) == []
    assert not rig.vault.secrets


def test_what_a_link_cannot_be_made_for(rig: Rig, brand: Brand) -> None:
    """Another's brand, an unknown network or term, a second open one, a restricted key."""
    invited(rig, brand)
    with pytest.raises(Clash) as caught:
        invited(rig, brand)
    assert caught.value.code == "resource.conflict"
    assert invited(rig, brand, "bluesky").active
    for days in (0, 2, 31):
        with pytest.raises(Invalid, match="expires_in_days"):
            invites.create(rig.ports, TEST, brand.id, "threads", days)
    with pytest.raises(Invalid, match="platform"):
        invites.create(rig.ports, TEST, brand.id, "myspace", 7)
    with pytest.raises(Missing):
        invites.create(rig.ports, OTHER, brand.id, "threads", 7)
    for bound in (replace(TEST, brand_ids=(brand.id,)), replace(TEST, scopes=("accounts:manage",))):
        with pytest.raises(Forbidden):
            invites.create(rig.ports, bound, brand.id, "threads", 7)


def test_credentials_are_asked_for_by_the_networks_own_fields(rig: Rig, brand: Brand) -> None:
    """A wrong password uses nothing up; the service may stay empty."""
    link = invited(rig, brand, "bluesky")
    assert isinstance(redeeming.open_(rig.ports, link.token), Invite)
    seeded = registry.simulator("bluesky").seed(rig.sandbox.world("bluesky"), "alice")
    given = {"identifier": seeded["identifier"], "app_password": "wrong", "service": ""}
    with pytest.raises(Invalid):
        redeeming.sign_in(rig.ports, link.token, given)
    made = redeeming.sign_in(rig.ports, link.token, {**given, "app_password": seeded["app_password"]})
    assert made.brand_id == brand.id
    assert not shown(rig, brand)[0].active


def test_several_accounts_of_one_consent_are_chosen_by_the_invited(rig: Rig, brand: Brand) -> None:
    """On a page of the same link; another link, and another choice, do not open it."""
    link, choice = _asked(rig, brand)
    stranger = invited(rig, brand, "bluesky")
    for token, choice_id in ((stranger.token, choice.id), (link.token, "pc_none"), ("x" * 43, choice.id)):
        with pytest.raises(Missing):
            redeeming.choice(rig.ports, token, choice_id)
    with pytest.raises(Invalid):
        redeeming.choose(rig.ports, link.token, choice.id, [])
    wanted = [one.platform_account_id for one in choice.candidates]
    made = redeeming.choose(rig.ports, link.token, choice.id, wanted)
    assert [one.platform_account_id for one in made] == wanted
    assert {one.brand_id for one in made} == {brand.id}
    assert [one.invite.id for one in shown(rig, brand) if one.active] == [stranger.invite.id]


@pytest.mark.parametrize("call", range(0, 30, 2))
def test_a_choice_that_was_interrupted_can_be_made_again(rig: Rig, brand: Brand, call: int) -> None:
    """The link was used by this very choice."""
    link, choice = _asked(rig, brand)
    wanted = [one.platform_account_id for one in choice.candidates]
    rig.faults.hook = once(call, "after", lambda: Crash("killed"))
    with suppress(Crash, RostrumError):
        redeeming.choose(rig.ports, link.token, choice.id, wanted)
    rig.faults.hook = None
    with suppress(Missing):  # all were connected before the end
        redeeming.choose(rig.ports, link.token, choice.id, wanted)
    assert sorted(one.platform_account_id for one in accounts.list_(rig.ports, TEST)) == sorted(wanted)


def test_a_brand_that_goes_takes_its_links_along(rig: Rig, brand: Brand) -> None:
    """Also one that somebody is using at this moment: nothing is connected into a brand that is gone."""
    link = invited(rig, brand)
    under_way = consent(rig, opened(rig, link))
    brand_deletion.delete(rig.ports, TEST, brand.id)
    assert accounts.callback(rig.ports, "twitter", under_way).error == "brand.not_found"
    assert accounts.list_(rig.ports, TEST) == []
    with pytest.raises(Missing):
        redeeming.open_(rig.ports, link.token)
    with pytest.raises(Missing):
        shown(rig, brand)


def test_a_vault_that_fails_makes_no_link(rig: Rig, brand: Brand) -> None:
    """And leaves nothing behind. Where a store that fails may have made it after all, its secret stays."""
    calls: list[str] = []

    def hook(call: str, at: str) -> None:
        calls.append(call)
        if call == failing and at == "before":
            raise VaultUnavailable if call == "vault.seal" else Unavailable("down")

    rig.faults.hook = hook
    for failing, told in (("vault.seal", Broken), ("store.transact", Unavailable)):
        with pytest.raises(told):
            invited(rig, brand)
        assert failing in calls
        assert (failing == "store.transact") == bool(rig.vault.secrets)
    rig.faults.hook = None
    assert shown(rig, brand) == []


def test_a_link_that_was_made_although_nobody_could_know_opens(rig: Rig, brand: Brand) -> None:
    def hook(call: str, at: str) -> None:
        if (call, at) == ("store.transact", "after"):
            rig.faults.hook = None
            raise Unavailable("no answer")

    rig.faults.hook = hook
    with pytest.raises(Unavailable):
        invited(rig, brand)
    (link,) = shown(rig, brand)
    assert link.token != ""
    assert link.token in link.url


def _asked(rig: Rig, brand: Brand) -> tuple[Link, Choice]:
    link = invited(rig, brand, "facebook")
    landing = landed(rig, link, sandbox_user="many")
    assert landing.status == "selection_required", landing
    token, kind, choice_id = urlsplit(landing.location).path.split("/")[2:]
    assert (token, kind, choice_id) == (link.token, "choices", landing.connection_id)
    found = redeeming.choice(rig.ports, link.token, choice_id)
    with pytest.raises(Missing):
        choosing.get(rig.ports, TEST, choice_id)  # not the workspace's, until the person has chosen
    return link, found


def test_a_link_is_no_place_to_guess_passwords(rig: Rig, brand: Brand) -> None:
    """Twenty tries in ten minutes, also of a consent page that is opened and left; looking at the form is free."""
    link, page = invited(rig, brand, "bluesky"), invited(rig, brand, "twitter")
    given = {"identifier": "alice.example.com", "app_password": "guess", "service": ""}
    for _ in range(redeeming.MAX_TRIES):
        with pytest.raises(RostrumError) as caught:
            redeeming.sign_in(rig.ports, link.token, given)
        assert not isinstance(caught.value, Limited)
        redeeming.open_(rig.ports, page.token)
    for act in (
        lambda: redeeming.sign_in(rig.ports, link.token, given),
        lambda: redeeming.open_(rig.ports, page.token),
    ):
        with pytest.raises(Limited, match="600 s"):
            act()
    assert isinstance(redeeming.open_(rig.ports, link.token), Invite)
    rig.clock.advance(600)
    assert not isinstance(redeeming.open_(rig.ports, page.token), Invite)
