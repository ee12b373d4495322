"""The edge of internal functions: statuses for strangers, bodies, our own failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from shared.domain.errors import Broken, Invalid
from shared.ports.blobs import BlobsUnavailable
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Unavailable
from shared.ports.vault import VaultUnavailable
from shared.ports.world import Ports
from shared.runtime import bootstrap, task_edge
from shared.runtime.settings import load
from tests.support import memory_ports

TOKEN = "internal-token"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: load({"INTERNAL_TOKEN": TOKEN}))


def call(body: bytes, outcome: Any = None, token: str = TOKEN) -> tuple[int, list[Mapping[str, Any]]]:
    """The status, and the bodies that the operation got."""
    got: list[Mapping[str, Any]] = []

    def operation(_ports: Ports, given: Mapping[str, Any]) -> Any:
        got.append(given)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    environ = EnvironBuilder(method="POST", path="/publish", data=body).get_environ()
    environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    response = task_edge.run(Request(environ), operation, memory_ports.ports_for_tests())
    return response.status_code, got


def test_a_task_of_our_own_runs() -> None:
    assert call(b'{"target_id": "t"}') == (200, [{"target_id": "t"}])
    assert call(b"") == (200, [{}])


def test_a_stranger_runs_nothing() -> None:
    assert call(b"{}", token="other") == (403, [])
    assert call(b"not json", token="other") == (403, []), "a stranger learns nothing of the body"


@pytest.mark.parametrize("body", [b"nonsense", b"[1]", b'"text"', b"\xff", b"{"])
def test_a_body_that_is_none_of_ours(body: bytes) -> None:
    assert call(body) == (400, [])


OURS = [Unavailable("a"), QueueUnavailable("a"), BusUnavailable("a"), VaultUnavailable("a"), BlobsUnavailable("a")]


@pytest.mark.parametrize("error", [*OURS, Broken("x.y", "a")], ids=lambda error: type(error).__name__)
def test_our_own_failure_is_delivered_again(error: Exception) -> None:
    """500, never 429 or 503: those would slow the whole queue."""
    assert call(b"{}", error)[0] == 500


def test_other_errors_are_bugs_and_show() -> None:
    with pytest.raises(Invalid):
        call(b"{}", Invalid("x.y", "a bug"))
