"""The edge of functions that a subscription calls: strangers, what is no message, our own failures."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from shared.ports.store import Unavailable
from shared.ports.world import Ports
from shared.runtime import bootstrap, event_edge
from shared.runtime.settings import load
from tests.support import memory_ports

TOKEN = "internal-token"
DATA, ATTRIBUTES = {"id": "evt_1", "name": "Zoë"}, {"type": "post.published"}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: load({"INTERNAL_TOKEN": TOKEN}))


def call(body: Any, failure: Exception | None = None, token: str = TOKEN) -> tuple[int, list[Any]]:
    """The status, and what the operation got."""
    got: list[Any] = []

    def operation(_ports: Ports, data: Any, attributes: Any) -> None:
        got.append((data, attributes))
        if failure:
            raise failure

    environ = EnvironBuilder(method="POST", path="/record", data=json.dumps(body).encode()).get_environ()
    environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    response = event_edge.run(Request(environ), operation, memory_ports.ports_for_tests())
    return response.status_code, got


def message(data: Any) -> dict[str, Any]:
    encoded = base64.b64encode(json.dumps(data).encode()).decode()
    return {"message": {"data": encoded, "attributes": ATTRIBUTES, "messageId": "1"}, "subscription": "s"}


def test_a_message_of_our_own_is_handed_over() -> None:
    assert call(message(DATA)) == (200, [(DATA, ATTRIBUTES)])


def test_a_stranger_hands_over_nothing() -> None:
    assert call(message(DATA), token="other") == (403, [])


@pytest.mark.parametrize("body", [{}, [], {"message": []}, {"message": {"data": "!"}}, {"message": {}}, message([1])])
def test_what_is_no_message_is_refused(body: Any) -> None:
    assert call(body) == (400, [])


def test_our_own_failure_asks_for_another_delivery() -> None:
    assert call(message(DATA), Unavailable("down"))[0] == 500
