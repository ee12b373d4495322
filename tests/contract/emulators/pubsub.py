"""The official Pub/Sub emulator (``gcloud beta emulators pubsub``), without gcloud's wrapper.

Not shown by it: permissions, and delivery by push with OIDC. https://cloud.google.com/pubsub/docs/emulator (2026-11)
"""

from __future__ import annotations

from pathlib import Path

from tests.contract.emulators.process import HOST, Emulator, EmulatorMissing, cloud_sdk, launch, once


@once
def running() -> Emulator:
    """The session's emulator. Isolate tests by project ids. Raises EmulatorMissing."""
    script = cloud_sdk() / "platform" / "pubsub-emulator" / "bin" / "cloud-pubsub-emulator"
    if not script.exists():
        raise EmulatorMissing("run: gcloud components install pubsub-emulator")

    def command(port: int, _scratch: Path) -> list[str]:
        return [str(script), f"--host={HOST}", f"--port={port}"]

    return launch("pubsub", command, {"JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"})
