"""After a collision, one transaction of this process at a time reads the documents concerned; all others go on."""

from __future__ import annotations

import threading

import pytest

from shared.backends.gcp import turns
from shared.backends.gcp.turns import Crowd


def reads(crowd: Crowd, path: str, done: threading.Event) -> threading.Thread:
    def run() -> None:
        with crowd.turn() as turn:
            turn.reading(path)
            done.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_crowded_document_is_read_by_one_at_a_time() -> None:
    crowd, hot, cold = Crowd(), threading.Event(), threading.Event()
    crowd.collided(["w/hot"])
    with crowd.turn() as turn:
        turn.reading("w/hot")
        waiting = reads(crowd, "w/hot", hot)
        reads(crowd, "w/cold", cold).join(5)
        assert cold.is_set()
        assert not hot.is_set()
    waiting.join(5)
    assert hot.is_set()


def test_without_a_collision_nobody_waits() -> None:
    crowd, done = Crowd(), threading.Event()
    with crowd.turn() as turn:
        turn.reading("w/a")
        reads(crowd, "w/a", done).join(5)
        assert done.is_set()


def test_collisions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CROWDED_SECONDS", -1.0)
    crowd = Crowd()
    crowd.collided(["w/a"])
    assert not crowd.has("w/a")
    crowd.collided(["w/b"])
    assert list(crowd._until) == ["w/b"]


def test_a_transaction_within_a_transaction_does_not_wait_for_itself() -> None:
    crowd = Crowd()
    crowd.collided(["w/a"])
    with crowd.turn() as outer, crowd.turn() as inner:
        outer.reading("w/a")
        inner.reading("w/a")
    done = threading.Event()
    reads(crowd, "w/a", done).join(5)
    assert done.is_set()
