"""A client as SDKs are: what was not answered is asked again, the same request under the same ``Idempotency-Key``."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.server import Answer, Server

SECONDS = 15.0  # for one answer
BETWEEN = 0.05  # seconds before it is asked again: a process that is down comes back within half a second


class Unanswered(Exception):
    """Nobody answered until there was nobody left to ask."""


@dataclass
class Patient:
    """One caller's client. ``over``: set once nothing will be started any more. ``again`` counts repeated requests."""

    server: Server
    key: str
    over: threading.Event
    again: int = field(default=0, init=False)

    def insist(
        self, method: str, path: str, body: Any = None, name: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask until there is an answer that does not ask for a repetition. ``name``: the idempotency key.

        Raises Unanswered.
        """
        sent = {**(headers or {}), **({"Idempotency-Key": name} if name else {})}
        if body is not None and not isinstance(body, bytes):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        return self._until_answered(lambda: self.server.ask(method, path, body, sent, key=self.key, seconds=SECONDS))

    def _until_answered(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            try:
                answer = ask()
                if not _asks_again(answer):
                    return answer
            except (OSError, http.client.HTTPException):
                pass  # killed, or not there yet
            if self.over.is_set():
                raise Unanswered
            self.again += 1
            time.sleep(BETWEEN)


def _asks_again(answer: Answer) -> bool:
    if answer.status == 409:
        return str(answer.json["error"]["code"]) == "idempotency.in_progress"
    return answer.status >= 500 or answer.status == 429
