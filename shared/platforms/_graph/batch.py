"""Several reads in one request: Graph answers up to 50 at once, each as if it had been asked alone.

What reads one thing is done for many of them by replay: it runs until it needs an answer that is not there yet, all such
reads go out as one batch, and it runs again, until nothing is missing. A read that Graph leaves unanswered (null: it took too
long) is asked alone. Each read in a batch counts as a call of its own: what is saved is the requests.
https://developers.facebook.com/docs/graph-api/batch-requests, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from shared.platforms._graph.calls import Graph
from shared.platforms.contract import Call, Fate, Refused
from shared.ports.http import AnswerLost, Request, Response

MOST = 50
ROUNDS = 4  # of what reads one thing: counters, then figures, then each figure alone where one of the names is dead
MAX_BYTES = 8 << 20
T = TypeVar("T")
R = TypeVar("R")


class _Wanted(Exception):
    """An answer that is not there yet."""

    def __init__(self, request: Request) -> None:
        super().__init__("wanted")
        self.request = request


@dataclass(frozen=True, slots=True)
class _Replay:
    """An http port that knows the answers of some reads, and sends nothing."""

    known: dict[str, Response] = field(default_factory=dict)

    def send(self, request: Request) -> Response:
        """The answer. Raises _Wanted."""
        if request.url not in self.known:
            raise _Wanted(request)
        return self.known[request.url]


def each(graph: Graph, call: Call, things: Mapping[str, T], read: Callable[[Call, T], R]) -> dict[str, R | Refused]:
    """What ``read``, which only reads, answers of each thing, by its name; why, where it is refused alone.

    Raises Refused where the account or the app is, AnswerLost, NotSent.
    """
    replay, found, left = _Replay(), dict[str, R | Refused](), dict(things)
    for _ in range(ROUNDS):
        wanted: dict[str, Request] = {}
        for name, thing in tuple(left.items()):
            try:
                found[name] = _read(replace(call, http=replay), thing, read)
                del left[name]
            except _Wanted as missing:
                wanted[missing.request.url] = missing.request
        for some in _chunks(list(wanted.values())):
            replay.known.update(_fetched(graph, call, some))
    for name, thing in left.items():
        found[name] = _read(call, thing, read)
    return found


def _read(call: Call, thing: T, read: Callable[[Call, T], R]) -> R | Refused:
    try:
        return read(call, thing)
    except Refused as refused:
        if refused.fate in (Fate.LIMITED, Fate.UNAUTHORISED):
            raise
        return refused


def _fetched(graph: Graph, call: Call, requests: Sequence[Request]) -> dict[str, Response]:
    """The answers of one batch, by the addresses of its reads."""
    reads = [{"method": one.method, "relative_url": one.url.removeprefix(f"{graph.base}/")} for one in requests]
    fields = {"batch": json.dumps(reads, separators=(",", ":")), "include_headers": "false"}
    response = call.http.send(replace(graph.form(call, "me", fields), max_bytes=MAX_BYTES))
    if not 200 <= response.status < 300:
        raise graph.book.refusal(response, call.now)
    pairs = zip(requests, _answers(response, len(requests)), strict=True)
    return {one.url: answer for one, answer in pairs if answer is not None}


def _answers(response: Response, expected: int) -> list[Response | None]:
    try:
        listed: Any = json.loads(response.body)
    except ValueError:
        listed = None
    if not isinstance(listed, list) or len(listed) != expected:
        raise AnswerLost("a batch without its answers")
    return [
        Response(int(one.get("code") or 500), {}, str(one.get("body") or "").encode())
        if isinstance(one, dict)
        else None
        for one in listed
    ]


def _chunks(requests: Sequence[Request]) -> list[Sequence[Request]]:
    return [requests[index : index + MOST] for index in range(0, len(requests), MOST)]
