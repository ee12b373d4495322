"""The processes beside the server are kept going, whatever keeps one from being started."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from local import helpers


def test_one_that_cannot_be_started_now_is_started_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python is being replaced, or there is no memory: that passes."""
    monkeypatch.setattr(helpers, "PAUSE", 0.0)
    monkeypatch.setattr(helpers, "LONGEST", 0.01)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    kept = helpers.Helpers(1)
    kept.start()
    (thread,) = kept._threads
    time.sleep(0.1)
    assert thread.is_alive()
    kept.join()
    assert not thread.is_alive()
