"""A client as SDKs are: what was not answered is asked again, the same request under the same ``Idempotency-Key``."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.server import Answer, Spoken

SECONDS = 15.0  # for one answer
BETWEEN = 0.05  # seconds before it is asked again: a process that is down comes back within half a second


class Unanswered(Exception):
    """Nobody answered until there was nobody left to ask."""


@dataclass
class Patient:
    """One caller's client. ``over``: set once nothing will be started any more. ``again`` counts repeated requests."""

    server: Spoken
    key: str
    over: threading.Event
    again: int = field(default=0, init=False)

    def insist(self, method: str, path: str, body: Any = None, name: str = "") -> Answer:
        """Ask until there is an answer that does not ask for a repetition. ``name``: the idempotency key.

        Raises Unanswered.
        """
        while True:
            answer = self.once(method, path, body, {"Idempotency-Key": name} if name else {})
            if answer is not None and not _asks_again(answer):
                return answer
            if self.over.is_set():
                raise Unanswered
            self.again += 1
            time.sleep(BETWEEN)

    def once(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer | None:
        """Ask once; None where nobody answered: killed, or not there yet."""
        sent, data = dict(headers or {}), None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            return self.server.ask(method, path, data, sent, key=self.key, seconds=SECONDS)
        except (OSError, http.client.HTTPException):
            return None


def _asks_again(answer: Answer) -> bool:
    if answer.status == 409:
        return str(answer.json["error"]["code"]) == "idempotency.in_progress"
    return answer.status >= 500 or answer.status == 429
