"""Settings: defaults, values that cannot be used (each names its variable), app credentials on demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.platforms import registry
from shared.runtime.settings import BadSetting, load, private_hosts


def test_an_empty_environment_is_enough() -> None:
    chosen = load({})
    assert (chosen.backend, chosen.port, chosen.public_url) == ("embedded", 8080, "http://127.0.0.1:8080")
    assert chosen.home == Path(".local").absolute()
    assert (chosen.allow_private_hosts, dict(chosen.apps)) == (frozenset(), {})


def test_set_to_nothing_is_not_set() -> None:
    """As a compose file or a Makefile hands on variables that nobody set."""
    names = ("PORT", "ROSTRUM_HOME", "PUBLIC_URL", "ROSTRUM_BACKEND", "ROSTRUM_VAULT", "ALLOW_PRIVATE_HOSTS")
    assert load(dict.fromkeys(names, "")).home == load({}).home
    assert load(dict.fromkeys(names, " ")).public_url == load({}).public_url


def test_everything_set() -> None:
    chosen = load(
        {
            "PORT": "9000",
            "PUBLIC_URL": "https://rostrum.example.com/base/",
            "ALLOW_PRIVATE_HOSTS": "localhost:3000, [::1]:8443",
            "ROSTRUM_FUNCTIONS_URL": "https://region-project.example.net/",
            "ROSTRUM_VAULT": "store",
        }
    )
    assert (chosen.port, chosen.public_url, chosen.vault) == (9000, "https://rostrum.example.com/base", "store")
    assert chosen.functions_url == "https://region-project.example.net"
    assert chosen.allow_private_hosts == {("localhost", 3000), ("::1", 8443)}


BAD = [
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "80.5"),
    ("PORT", "²"),
    ("PORT", "9" * 5000),
    ("ROSTRUM_BACKEND", "aws"),
    ("ROSTRUM_VAULT", "file"),
    ("PUBLIC_URL", "rostrum.example.com"),
    ("PUBLIC_URL", "ftp://rostrum.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://a.example:port"),
    ("PUBLIC_URL", "https://a.example/?x=1"),
    ("PUBLIC_URL", "http://[::1"),
    ("ROSTRUM_FUNCTIONS_URL", "functions"),
    ("ALLOW_PRIVATE_HOSTS", "localhost"),
    ("ALLOW_PRIVATE_HOSTS", ":80"),
    ("ALLOW_PRIVATE_HOSTS", "[]:80"),
    ("ALLOW_PRIVATE_HOSTS", "a:1,b:x"),
    ("ALLOW_PRIVATE_HOSTS", "a:70000"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        load({name: value})


def test_private_hosts_ignore_empty_entries() -> None:
    assert private_hosts(" a:1 ,, B:2,") == {("a", 1), ("b", 2)}


def test_apps_are_looked_up_when_asked() -> None:
    """By the manifest's names, or by the platform's; a platform without an id has no app."""
    names = {
        name: registry.manifest(name).oauth.app_env[0] or f"{name.upper()}_CLIENT_ID" for name in registry.all_names()
    }
    platform, variable = next(iter(names.items()))
    apps = load({variable: "the-id"}).apps
    assert apps[platform] == {"client_id": "the-id", "client_secret": "", "callback": "", "config": "", "scopes": ""}
    assert list(apps) == [platform]
    assert len(apps) == 1
    with pytest.raises(KeyError):
        load({}).apps[platform]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X_READS", "always"),
        ("YOUTUBE_BUDGETS", "units"),
        ("YOUTUBE_BUDGETS", "units=0"),
        ("YOUTUBE_BUDGETS", "calls=9"),
    ],
)
def test_how_much_a_network_may_be_read_is_checked_at_the_start(name: str, value: str) -> None:
    """Words, numbers, and budgets that the network has."""
    with pytest.raises(BadSetting, match=name):
        load({name: value})


def test_how_much_a_network_may_be_read_is_known_where_no_app_is() -> None:
    """Under any of its names; a workspace may bring its own app."""
    assert load({"X_READS": "often"}).apps["twitter"]["reads"] == "often"
    assert load({"YOUTUBE_BUDGETS": "units=1000000"}).apps["youtube"]["budgets"] == "units=1000000"
