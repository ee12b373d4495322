"""What an installation says of its app beside id and secret: a name of the network's own, and fewer scopes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from shared.operations import consents, networks
from shared.platforms import registry
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
