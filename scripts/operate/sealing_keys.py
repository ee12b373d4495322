"""``keys``, ``keys rotate``, ``keys rewrap``, ``keys retire``; and the first key of all."""

from __future__ import annotations

import argparse

from scripts.operate.output import Output, Progress, instant
from shared.operations.operating import sealing
from shared.ports.vault import VaultUnavailable
from shared.ports.world import Ports
from shared.runtime.settings import Settings

LOOKED = "sealed secrets looked at"


def show(ports: Ports, _given: argparse.Namespace, out: Output) -> int:
    """Each key with how many secrets it holds."""
    found = sealing.census(ports, Progress(LOOKED))
    for key in found.keys.ids:
        newest = key == found.keys.newest
        text = f"{key}  {found.held.get(key, 0):>8,} secrets{'  newest: it seals' if newest else ''}"
        out.row(text, {"key": key, "secrets": found.held.get(key, 0), "newest": newest})
    for key in sorted({*found.held} - {*found.keys.ids}):
        out.row(
            f"{key}  {found.held[key]:>8,} secrets  THERE IS NO SUCH KEY: they are lost", {"key": key, "lost": True}
        )
    for path in found.strange:
        out.row(f"{path} holds no reference of this vault", {"path": path, "strange": True})
    return 0


def rotate(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """Add a key."""
    key = sealing.rotate(ports, insist=given.again)
    settled = ports.vault.keys().settled_at
    text = f"{key} seals from now on; what older keys sealed opens as before.\nNext: keys rewrap; after {instant(settled)}: keys retire."
    out.row(text, {"key": key, "settled_at": settled})
    return 0


def rewrap(ports: Ports, _given: argparse.Namespace, out: Output) -> int:
    """Seal with the newest key what older ones hold. 1: something does not open."""
    done = sealing.rewrap(ports, Progress(LOOKED))
    for one in done.lost:
        out.row(f"does not open with any key: {one}", {"lost": one})
    text = f"{done.done:,} secrets sealed anew, {done.fine:,} were under the newest key, {done.gone:,} went away meanwhile."
    out.row(text, {"done": done.done, "fine": done.fine, "gone": done.gone})
    return 1 if done.lost else 0


def retire(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """Forget a key that holds nothing."""
    gone = sealing.retire(ports, given.key, Progress(LOOKED))
    out.row(f"{given.key} is retired." if gone else f"There is no key {given.key} (any more).", {"retired": gone})
    return 0


def init(installation: Settings, out: Output) -> int:
    """Make the first sealing key of an installation on Google Cloud, where there is none."""
    made = first_key(installation.project, installation.keyring, installation.emulators.get("vault"))
    out.row("sealing key made" if made else "there is a sealing key already", {"made": made})
    return 0


def first_key(project: str, secret: str, emulator: str | None = None) -> bool:
    """False where there is one already. Raises VaultUnavailable."""
    from google.api_core.exceptions import GoogleAPIError, NotFound
    from google.auth.exceptions import GoogleAuthError

    from shared.backends.gcp import keyring

    try:
        try:
            keyring.load(keyring.connect(emulator), f"projects/{project}/secrets/{secret}")
        except NotFound:
            keyring.rotate(project, secret, emulator=emulator)
            return True
    except (GoogleAPIError, GoogleAuthError) as error:
        raise VaultUnavailable(f"the keyring {secret}: {error}") from error
    return False
