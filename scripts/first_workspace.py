"""What an installation on Google Cloud lacks after its first `terraform apply`: a sealing key, and a workspace with two API keys.

python -m scripts.first_workspace --project my-project --region europe-west1 --name "Our team"

Run it with application default credentials that may write to Firestore and add secret versions. The sealing key is made
only where there is none; a workspace is made by every run, and its keys are shown this once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from shared.ports.world import Ports
from shared.runtime.settings import Settings


def chosen(arguments: Sequence[str]) -> tuple[Settings, str]:
    """The installation's settings as far as they matter here, and the workspace's name."""
    from shared.runtime import settings

    parser = argparse.ArgumentParser(
        prog="first_workspace", description="A sealing key, a workspace, and its API keys."
    )
    parser.add_argument("--project", required=True, help="the project's id")
    parser.add_argument("--region", required=True, help="as in terraform")
    parser.add_argument("--name", default="First workspace", help="of the workspace")
    given = parser.parse_args(arguments)
    invoker = f"rostrum-invoker@{given.project}.iam.gserviceaccount.com"
    environment = {
        "ROSTRUM_BACKEND": "gcp",
        "GOOGLE_CLOUD_PROJECT": given.project,
        "ROSTRUM_REGION": given.region,
        "ROSTRUM_FUNCTIONS_URL": f"https://{given.region}-{given.project}.cloudfunctions.net",
        "ROSTRUM_FUNCTION": "api",
        "ROSTRUM_INVOKER": invoker,
        "ROSTRUM_BUCKET": f"{given.project}-rostrum-media",
    }
    return settings.load(environment), given.name


def sealing_key(project: str, secret: str, emulator: str | None = None) -> bool:
    """Make the first sealing key; False where there is one already. Raises VaultUnavailable, Google's errors."""
    from google.api_core.exceptions import NotFound

    from shared.backends.gcp import keyring

    try:
        keyring.load(keyring.connect(emulator), f"projects/{project}/secrets/{secret}")
    except NotFound:
        keyring.rotate(project, secret, emulator=emulator)
        return True
    return False


def workspace(ports: Ports, name: str) -> None:
    """Make it, and print its keys."""
    from shared.operations import workspaces

    made = workspaces.create(ports, name)
    print(f"workspace  {made.workspace.id} ({name})")
    print(f"test key   {made.test.raw}   speaks to simulated networks")
    print(f"live key   {made.live.raw}   speaks to the real ones: keep it as a password")


def main(arguments: Sequence[str]) -> int:
    """0."""
    from shared.runtime import bootstrap

    installation, name = chosen(arguments)
    fresh = sealing_key(installation.project, installation.keyring)
    print("sealing key made" if fresh else "there is a sealing key already")
    workspace(bootstrap.gcp(installation), name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
