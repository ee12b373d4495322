"""Where the simulated Google exists, and where it must not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import Client

from local.app import App
from shared.backends.live.clock import SystemClock
from shared.backends.live.identity import LiveIdentity
from shared.ports.identity import NotConfigured
from shared.runtime import api_edge, bootstrap, people, settings
from shared.runtime.people import People
from tests.support import memory_ports
from tests.support import people as somebody

CLOUD = {
    "ROSTRUM_BACKEND": "gcp",
    "GOOGLE_CLOUD_PROJECT": "p",
    "ROSTRUM_REGION": "r",
    "ROSTRUM_FUNCTIONS_URL": "https://f.test",
    "ROSTRUM_FUNCTION": "api",
    "ROSTRUM_INVOKER": "i@p.test",
    "ROSTRUM_BUCKET": "b",
}
CLIENT = {"GOOGLE_SIGNIN_CLIENT_ID": "id", "GOOGLE_SIGNIN_CLIENT_SECRET": "secret"}


@pytest.mark.parametrize(
    ("env", "there"),
    [
        ({}, True),
        ({"PUBLIC_URL": "http://localhost:8080"}, True),
        ({"PUBLIC_URL": "https://rostrum.example.com"}, False),
        ({"PUBLIC_URL": "http://192.168.1.7:8080"}, False),
        (CLIENT, False),
        (CLOUD, False),
        ({**CLOUD, "PUBLIC_URL": "http://127.0.0.1:8080"}, False),
    ],
)
def test_google_is_simulated_on_one_machine_without_a_client_and_nowhere_else(
    tmp_path: Path, env: dict[str, str], there: bool
) -> None:
    chosen = settings.load({"ROSTRUM_HOME": str(tmp_path), **env})
    ports = bootstrap.embedded(chosen) if chosen.backend == "embedded" else bootstrap.gcp(chosen)
    assert (people.simulated_behind(ports) is not None) == there
    assert isinstance(ports.identity, LiveIdentity)
    assert ports.identity.signs_in == (there or "GOOGLE_SIGNIN_CLIENT_ID" in env)
    assert (ports.identity.admitted == ("*",)) == there
    if not ports.identity.signs_in:
        with pytest.raises(NotConfigured):
            ports.identity.authorize_url("https://x.test/", "s", "n", "c")


def test_the_simulated_googles_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    chosen = settings.load({"ROSTRUM_HOME": str(tmp_path)})
    tokens = []
    for _ in range(2):
        ports = bootstrap.embedded(chosen)
        google = people.simulated_behind(ports)
        assert google is not None
        assert ports.identity is not None
        tokens.append(google.id_token("you@example.com"))
        assert ports.identity.verify(tokens[0]).email == "you@example.com"
    assert (tmp_path / "google.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"GOOGLE_SIGNIN_CLIENT_ID": "id"}, "GOOGLE_SIGNIN_CLIENT_SECRET"),
        ({"JWT_ISSUER": "https://i.test"}, "JWT_AUDIENCE"),
        ({"JWT_ISSUER": "i", "JWT_AUDIENCE": "a", "JWT_JWKS_URL": "keys"}, "JWT_JWKS_URL"),
        ({"SIGNIN_ALLOWED": "example.com"}, "SIGNIN_ALLOWED"),
    ],
)
def test_half_a_setting_is_none(env: dict[str, str], named: str) -> None:
    with pytest.raises(settings.BadSetting, match=named):
        settings.load(env)
    assert settings.load({"SIGNIN_ALLOWED": " A@b.test, @c.test,* "}).people.admitted == ("a@b.test", "@c.test", "*")


def test_the_page_is_shown_to_browsers_of_this_machine_only(tmp_path: Path) -> None:
    rig = memory_ports.rig()
    base = "http://127.0.0.1:8080"
    ports = replace(rig.ports, public_url=base)
    here = somebody.google_of(rig.clock, 0, base)
    files = bootstrap.embedded(settings.load({"ROSTRUM_HOME": str(tmp_path)})).blobs
    app = App({"api": lambda request: api_edge.run(request, ports)}, files, lambda: None, here)  # type: ignore[arg-type, return-value]
    who = people.identity(People(), rig.outside, SystemClock(), here, base)
    path = who.authorize_url(f"{base}/v1/auth/google/callback", "s", "n", "c").removeprefix(base)
    assert path.startswith("/sandbox/google?")
    for host, status in (("127.0.0.1:8080", 200), ("localhost:8080", 200), ("evil.test", 404), ("10.0.0.7", 404)):
        answer = Client(app).get(path, headers={"Host": host})
        assert (answer.status_code, b"Continue as" in answer.data) == (status, status == 200), host
