"""The official Firestore emulator (``gcloud emulators firestore``), without gcloud's wrapper: half the start time.

Not shown by it: missing composite indexes (it serves every query), contention limits, and billing.
https://cloud.google.com/firestore/docs/emulator (2026-11)
"""

from __future__ import annotations

from pathlib import Path

from tests.contract.emulators.process import HOST, Emulator, EmulatorMissing, cloud_sdk, launch, once

MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
# A short-lived machine: compile little, collect simply, and print in the language that errors are matched in.
JAVA = ["java", "-Duser.language=en", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m"]


@once
def running() -> Emulator:
    """The session's emulator. Isolate tests by project ids. Raises EmulatorMissing."""
    jar = cloud_sdk() / "platform" / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
    if not jar.exists():
        raise EmulatorMissing("run: gcloud components install cloud-firestore-emulator")

    def command(port: int, _scratch: Path) -> list[str]:
        where = ["--host", HOST, "--port", str(port), "--database-mode", "firestore-native"]
        return [*JAVA, "-cp", str(jar), MAIN, *where]

    return launch("firestore", command)
