"""Which installation is operated: that of the settings, in either world; its ports, opened and closed again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from shared.ports.world import Ports
from shared.runtime import bootstrap, settings
from shared.runtime.settings import Settings


class NoInstallation(Exception):
    """The message says what is missing, and how to name it."""


def chosen(env: Mapping[str, str], project: str = "", region: str = "") -> Settings:
    """The settings; ``project`` and ``region``: those of an installation on Google Cloud as terraform makes it.

    Raises NoInstallation, BadSetting.
    """
    if bool(project) != bool(region):
        raise NoInstallation("--project and --region go together: they name an installation on Google Cloud.")
    return settings.load({**env, **(_of_terraform(project, region) if project else {})})


def named(installation: Settings) -> str:
    """What people call it by."""
    return f"project {installation.project}" if installation.backend == "gcp" else str(installation.home.resolve())


def refuse_unsaid_vault(installation: Settings, env: Mapping[str, str]) -> None:
    """Where sealed texts lie must be said by who rewrites them all: the default would move them. Raises NoInstallation."""
    if installation.backend == "gcp" and not env.get("ROSTRUM_VAULT"):
        raise NoInstallation(
            "ROSTRUM_VAULT: set it to secret_manager or store, as terraform's `vault` is: secrets move to where it says."
        )


@contextmanager
def opened(installation: Settings) -> Iterator[Ports]:
    """Its ports. Raises NoInstallation, BadSetting."""
    if installation.backend == "gcp":
        yield bootstrap.gcp(installation)
        return
    _look(installation)
    ports = bootstrap.embedded(installation)
    try:
        yield ports
    finally:
        for port in (ports.store, ports.queue, ports.bus, ports.sandbox):
            port.close()  # type: ignore[union-attr]  # the embedded ones can


def _look(installation: Settings) -> None:
    """A state folder that is served, or was, by this very user: nothing is made here."""
    home, file = installation.home, installation.home / "rostrum.sqlite3"
    if not file.is_file():
        raise NoInstallation(
            f"{home} holds no installation: set ROSTRUM_HOME to its folder, or name one on Google Cloud (--project, --region)."
        )
    if (home / ".restoring").exists():
        raise NoInstallation(f"{home}: a restore into it was cut off. Empty the folder and restore again.")
    if file.stat().st_uid != os.geteuid():
        raise NoInstallation(f"{home} belongs to another user: run this as the one who serves it (sudo -u).")


def _of_terraform(project: str, region: str) -> dict[str, str]:
    return {
        "ROSTRUM_BACKEND": "gcp",
        "GOOGLE_CLOUD_PROJECT": project,
        "ROSTRUM_REGION": region,
        "ROSTRUM_FUNCTIONS_URL": f"https://{region}-{project}.cloudfunctions.net",
        "ROSTRUM_FUNCTION": "api",
        "ROSTRUM_INVOKER": f"rostrum-invoker@{project}.iam.gserviceaccount.com",
        "ROSTRUM_BUCKET": f"{project}-rostrum-media",
    }
