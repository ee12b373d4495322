"""What an operator runs once after the first apply."""

from __future__ import annotations

import re

import pytest

from scripts.operate import __main__ as operate
from scripts.operate import installation, sealing_keys
from shared.operations import callers
from shared.ports.vault import VaultUnavailable
from shared.runtime import settings
from tests.contract.emulators import secrets
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.support.memory_ports import rig

PROJECT = "first-workspace"


@pytest.mark.emulator
@pytest.mark.xdist_group("emulators")
def test_the_sealing_key_is_made_once() -> None:
    """A second run must not add one: the first has sealed by then."""
    try:
        service = secrets.running()
    except EmulatorMissing as error:
        skip_or_fail(error)
    name = f"projects/{PROJECT}/secrets/rostrum-keyring"
    service.secrets[name] = []
    assert sealing_keys.first_key(PROJECT, "rostrum-keyring", service.address)
    assert len(service.secrets[name]) == 1
    assert not sealing_keys.first_key(PROJECT, "rostrum-keyring", service.address)
    assert len(service.secrets[name]) == 1


def test_credentials_that_there_are_not_are_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
    with pytest.raises(VaultUnavailable, match=r"rostrum-keyring: .*nowhere\.json"):
        sealing_keys.first_key(PROJECT, "rostrum-keyring")


def test_a_workspace_has_a_key_of_either_mode(capsys: pytest.CaptureFixture[str]) -> None:
    ports = rig().ports
    assert operate.main(["workspace", "--name", "Our team"], {}, ports) == 0
    shown = re.findall(r"rst_\w+", capsys.readouterr().out)
    assert [callers.authenticate(ports, key).mode for key in shown] == ["test", "live"]


def test_the_installation_is_the_one_that_terraform_makes() -> None:
    chosen = installation.chosen({}, "my-project", "europe-west1")
    settings.required(chosen)
    assert (chosen.backend, chosen.project, chosen.bucket) == ("gcp", "my-project", "my-project-rostrum-media")
    with pytest.raises(installation.NoInstallation, match="go together"):
        installation.chosen({}, "my-project")
