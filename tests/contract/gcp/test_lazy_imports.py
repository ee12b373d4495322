"""The Google clients load when a port is first used: importing and constructing the backends costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from shared.backends.gcp.{module} import {name}
{name}({arguments})
empty = ("google", "google.cloud")  # namespaces that the interpreter itself makes at start
clients = ("google", "grpc", "requests", "cryptography")
print(sorted(m for m in sys.modules if m.partition(".")[0] in clients and m not in empty))
"""


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("store", "FirestoreStore", "'p'"),
        ("queue", "CloudTasksQueue", "'p', 'l', 'https://f', 'a@b', None"),
        ("bus", "PubSubBus", "'p'"),
        ("vault", "SecretManagerVault", "'p', 'keyring', None"),
        ("blobs", "GcsBlobs", "'bucket'"),
    ],
)
def test_constructing_a_backend_imports_no_client(module: str, name: str, arguments: str) -> None:
    program = PROGRAM.format(module=module, name=name, arguments=arguments)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
