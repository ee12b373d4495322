"""A function's start: nothing looks for garbage until the first request has loaded what requests load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTED = """
import gc, functions_framework
from shared.runtime import bootstrap
print(gc.isenabled())
bootstrap.ports()
print(gc.isenabled())
bootstrap.ports()
print(gc.isenabled())
"""


@pytest.mark.parametrize(("first", "said"), [(STARTED, "False False True"), ("import gc, shared.runtime; print(gc.isenabled())", "True")])  # fmt: skip
def test_the_collector_rests_while_a_function_starts_and_nowhere_else(tmp_path: Path, first: str, said: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ROSTRUM_HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", first], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == said.split()
