"""What an installation says of its app beside id and secret: a name of the network's own, and fewer scopes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from shared.operations import accounts, consents, networks
from shared.platforms import registry
from shared.runtime import settings
from tests.operations import flows
from tests.operations.flows import LIVE
from tests.support import memory_ports

ID = {"client_id": "our-app", "client_secret": "s3cret"}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("openid profile w_member_social", {"openid", "profile", "w_member_social"}),
        ("openid,profile", {"openid", "profile"}),
    ],
)
def test_fewer_scopes_are_asked_for(given: str, asked: set[str]) -> None:
    """A network that refuses one scope too many is asked for what it granted the app."""
    rig = memory_ports.rig(apps={"linkedin": {**ID, "scopes": given}})
    url = consents.begin(rig.ports, LIVE, "linkedin").auth_url
    assert set(parse_qs(urlsplit(url).query)["scope"][0].split()) == asked


def test_without_a_word_all_of_the_manifest_s_are() -> None:
    """As the folder has them."""
    rig = memory_ports.rig(apps={"linkedin": ID})
    url = consents.begin(rig.ports, LIVE, "linkedin").auth_url
    scopes = parse_qs(urlsplit(url).query)["scope"][0].split()
    assert tuple(scopes) == registry.manifest("linkedin").oauth.scopes


def test_a_name_of_the_network_s_own_reaches_the_adapter() -> None:
    """A configuration instead of scopes, for one."""
    rig = memory_ports.rig(apps={"whatsapp": {**ID, "config": "998877"}})
    assert networks.app_for(rig.ports, "whatsapp", sandbox=False).config == "998877"
    assert "config_id=998877" in consents.begin(rig.ports, LIVE, "whatsapp").auth_url


@pytest.mark.parametrize(
    ("platform", "names"),
    [
        ("facebook", ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET")),
        ("facebook", ("FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET")),
        ("tiktok", ("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET")),
    ],
)
def test_an_app_is_found_under_either_of_its_names(platform: str, names: tuple[str, str]) -> None:
    """Who set the names of another system's documentation need not rename them."""
    found = settings.load({names[0]: "our-app", names[1]: "s3cret", "PORT": "8080"}).apps
    assert (found[platform]["client_id"], found[platform]["client_secret"]) == ("our-app", "s3cret")
    assert list(found) == [platform]


def test_the_usual_name_wins() -> None:
    """Where both are set."""
    env = {"TIKTOK_CLIENT_ID": "usual", "TIKTOK_CLIENT_KEY": "other"}
    assert settings.load(env).apps["tiktok"]["client_id"] == "usual"


def test_an_app_may_be_registered_with_another_callback() -> None:
    """The network sends the browser there, and what comes back with it is still accepted."""
    address = "https://www.example.com/instagram/callback"
    apps = settings.load({"INSTAGRAM_CALLBACK_URL": address, "INSTAGRAM_CLIENT_ID": "our-app"}).apps
    rig = memory_ports.rig(apps=apps)
    url = consents.begin(rig.ports, LIVE, "instagram").auth_url
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [address]
    assert consents.callback_url(rig.ports, "threads") == "https://rostrum.test/oauth/callback/threads"
    landing = accounts.callback(rig.ports, "instagram", flows.consent(rig, flows.begin(rig, "instagram")))
    assert landing.status == "success"


def test_a_callback_that_is_no_address_is_refused_at_the_start() -> None:
    """Not when the first person comes."""
    with pytest.raises(settings.BadSetting, match="INSTAGRAM_CALLBACK_URL"):
        settings.load({"INSTAGRAM_CALLBACK_URL": "callback"})
