"""What all edges begin with: the work's ids for its log lines, and its span where traces are switched on.

A trace's id comes with the request (W3C ``traceparent``, https://www.w3.org/TR/trace-context/; Cloud Run's own
``X-Cloud-Trace-Context``, https://cloud.google.com/trace/docs/trace-context, 2026-11), so that lines are found by it also where we
trace nothing ourselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, Protocol

from werkzeug.wrappers import Request, Response

from shared.ports import about
from shared.ports.world import Ports
from shared.runtime import bootstrap

Kind = Literal["server", "consumer"]
TRACE, SPAN, SAMPLED = (f"logging.googleapis.com/{name}" for name in ("trace", "spanId", "trace_sampled"))
_W3C = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_GOOGLES = re.compile(r"(?!0{32})([0-9a-f]{32})(?:/(\d{1,20}))?(?:;o=(\d))?.*", re.IGNORECASE)
# What Cloud Tasks says of the task (https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler, 2026-11); so does our worker.
_TASKS = {
    "task_name": "X-CloudTasks-TaskName",
    "queue": "X-CloudTasks-QueueName",
    "retry": "X-CloudTasks-TaskRetryCount",
}
LONGEST = 128  # of what a header says


class Tracing(Protocol):
    """Who makes spans; see ``shared.runtime.tracing``."""

    def served(self, kind: Kind, parent: str, link: str, answer: Callable[[], Response]) -> Response:
        """``answer()``, in a span of its own: a child of ``parent``, or linked to ``link`` (both as ``traceparent``)."""


def work(request: Request, ports: Ports, answer: Callable[[], Response], **known: str) -> Response:
    """``answer()``, with each line of its log telling the function, the request and its trace."""
    chosen = bootstrap.settings()
    function = chosen.function or request.path.rpartition("/")[2][:LONGEST]
    fields = {"function": function, **known}
    headers = request.headers
    with about.Work(**fields):
        of(headers.get("traceparent", ""), headers.get("X-Cloud-Trace-Context", ""))
        return answer()


def internal(request: Request, ports: Ports, answer: Callable[[], Response]) -> Response:
    """:func:`work` that our own queue, bus or schedule asks for: it has no caller who named it, but perhaps a task's name."""
    task, headers = {}, request.headers
    if "X-CloudTasks-TaskName" in headers:
        task = {name: headers.get(header, "")[:LONGEST] for name, header in _TASKS.items()}
    return work(request, ports, answer, request_id=ports.ids.new("req"), **task)


def of(traceparent: str, googles: str = "") -> None:
    """The work under way belongs to this trace; nothing, where neither header is one."""
    if found := _W3C.fullmatch(traceparent):
        belongs(found[1], found[2], sampled=bool(int(found[3], 16) & 1))
    elif found := _GOOGLES.fullmatch(googles):
        belongs(found[1].lower(), f"{int(found[2] or 0) % 2**64:016x}", sampled=found[3] == "1")


def belongs(trace: str, span: str, *, sampled: bool) -> None:
    """In the forms that Cloud Logging finds the trace by."""
    project = bootstrap.settings().project
    about.learnt(
        **{TRACE: f"projects/{project}/traces/{trace}" if project else trace, SPAN: span, SAMPLED: sampled},
    )


_tracing: Tracing | None = None


def trace_with(tracing: Tracing | None) -> None:
    """From now on, spans are made by it; None: none are."""
    global _tracing  # noqa: PLW0603 - one per process, set by the composition root
    _tracing = tracing


def served(kind: Kind, answer: Callable[[], Response], parent: str = "", link: str = "") -> Response:
    """``answer()``, in a span where traces are switched on."""
    return answer() if _tracing is None else _tracing.served(kind, parent, link, answer)
