"""Goal 15 can fail: a secret that is leaked on purpose is found in each place that is watched, whichever way it is spelled.

What really runs is watched by :mod:`tests.support.canary_plugin` in every test; here another watch stands in its place.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug import Request as BareRequest
from werkzeug.test import EnvironBuilder

from shared.api.engine import handling
from shared.api.engine.exchange import Reply
from shared.backends.embedded.bus import EmbeddedBus
from shared.backends.embedded.queue import EmbeddedQueue
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.operations.webhooks import sending
from shared.ports.http import NotSent, Request, Response
from shared.ports.queue import Task
from shared.ports.store import Write
from shared.ports.vault import Place
from shared.runtime.api_edge import DIALECTS
from tests.api.client import Api, api
from tests.api.matrix import ROWS
from tests.support import canary_exceptions, canary_hooks
from tests.support.canaries import Watch, watching

SECRET = "act.7Gq2mZx9LkT4vB1nR8sW"
KEPT = "a secret kept as tokens"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """A watch of the test's own; nothing of what it finds counts."""
    with watching() as made:
        yield made


@pytest.fixture
def call(watch: Watch) -> Api:
    """A workspace whose vault holds the secret."""
    made = api()
    made.rig.vault.seal(Place(made.workspace, "acc_1", "tokens"), json.dumps({"access": SECRET}).encode())
    assert watch.taken() == []
    return made


def _log(call: Api) -> None:
    logging.getLogger("shared.operations.leaking").info("looking", extra={"answer": f"the answer was {SECRET}"})


def _log_trace(call: Api) -> None:
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("shared.operations.leaking").exception("it failed")


def _document(call: Api) -> None:
    call.rig.store.commit([Write("set", "workspaces/ws_1/posts/post_1", {"note": {"texts": [f"saw {SECRET}"]}})])


def _id(call: Api) -> None:
    call.rig.store.commit([Write("set", f"workspaces/ws_1/posts/{SECRET}", {})])


def _transaction(call: Api) -> None:
    call.rig.store.transact(lambda txn: txn.write(Write("set", "workspaces/ws_1/posts/post_1", {"text": SECRET})))


def _task(call: Api) -> None:
    call.rig.queue.enqueue(Task("publish-bluesky", "name", "publish", {"token": SECRET}))


def _message(call: Api) -> None:
    call.rig.bus.publish("events", {"event": {"data": SECRET}}, {})


def _attribute(call: Api) -> None:
    call.rig.bus.publish("events", {}, {"token": SECRET})


def _url(call: Api) -> None:
    with pytest.raises(NotSent):
        call.rig.ports.http.send(Request("GET", f"https://api.example.com/posts?token={quote(SECRET)}"))


def _simulated_url(call: Api) -> None:
    call.rig.ports.sandbox.send(Request("GET", f"https://graph.facebook.com/v25.0/me?access_token={SECRET}"))


def _webhook(call: Api) -> None:
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    sending.attempt(
        call.rig.ports, "https://hooks.example.com/", ("whsec_AAAA",), "msg_1", json.dumps({"data": SECRET})
    )


def _answer(call: Api) -> None:
    """Whoever wrote this endpoint answers with what it keeps."""
    served = handling._serve
    try:
        handling._serve = lambda *_: Reply(400, raw=json.dumps({"error": SECRET}).encode())
        handling.handle(BareRequest(EnvironBuilder("/v1/posts").get_environ()), call.rig.ports, DIALECTS)
    finally:
        handling._serve = served


LEAKS: dict[str, tuple[str, Callable[[Api], None]]] = {
    "a field of a log line": ("log lines", _log),
    "a trace in the log": ("log lines", _log_trace),
    "a document": ("documents", _document),
    "a document's path": ("documents", _id),
    "a transaction": ("documents", _transaction),
    "a task": ("tasks", _task),
    "a message": ("bus messages", _message),
    "a message's attribute": ("bus messages", _attribute),
    "a URL": ("URLs requested", _url),
    "a simulator's URL": ("URLs requested", _simulated_url),
    "an outgoing webhook": ("outgoing webhooks", _webhook),
    "an answer": ("answers of the API", _answer),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found_where_it_is_and_not_repeated(call: Api, watch: Watch, leak: str) -> None:
    place, act = LEAKS[leak]
    act(call)
    found = watch.taken()
    assert {(one.place, one.kind) for one in found} == {(place, KEPT)}
    assert SECRET not in str(found)
    assert watch.taken() == []


def test_a_leak_into_a_file_of_one_machine_is_found_as_it_is_written_and_in_the_file(
    watch: Watch, tmp_path: Path
) -> None:
    """Also as base64, which the file alone is looked through for."""
    watch.note(KEPT, SECRET)
    store, queue = (
        EmbeddedStore(tmp_path / "a.sqlite3", SystemClock(), ()),
        EmbeddedQueue(tmp_path / "b.sqlite3", SystemClock()),
    )
    bus = EmbeddedBus(tmp_path / "c.sqlite3", SystemClock(), {"events": ("deliver",)})
    basic = base64.b64encode(f"user:{SECRET}".encode()).decode()
    store.commit(
        [Write("set", "posts/post_1", {"text": SECRET}), Write("set", "posts/post_2", {"text": f"Basic {basic}"})]
    )
    queue.enqueue(Task("publish", "name", "publish", {"token": SECRET}))
    bus.publish("events", {"data": SECRET}, {})
    assert [one.place for one in watch.taken()] == ["documents", "tasks", "bus messages"]
    for one in (store, queue, bus):
        one.close()
    canary_hooks.dump()
    assert {(one.place, one.where) for one in watch.taken()} == {
        ("rows of SQLite files", "documents"),
        ("rows of SQLite files", "deliveries"),
    }


def test_every_secret_that_a_workspace_gets_is_a_canary(watch: Watch) -> None:
    call = api()
    call.connect("twitter")
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    hook = call("POST", "/v1/webhooks", {"url": "https://hooks.example.com/", "events": ["post.published"]}).json
    for secret in (call.test_key, call.live_key, hook["secret"]):
        assert [one.secret for one in watch.inside(f"so: {secret}.")] == [secret]
    assert {
        "an API key",
        "a secret kept as verifier",
        "a secret kept as webhook_secret",
        "a token that a network gave",
    } <= {*watch.kinds}
    assert watch.taken() == []


def test_what_is_redacted_is_no_finding_and_words_are_no_secrets(call: Api, watch: Watch) -> None:
    logging.getLogger("shared.operations.leaking").warning("sent access_token=%s", SECRET)
    watch.note("a caller's credential", "application_identifier")
    watch.note("a caller's credential", "rst_test_short1")
    call.rig.queue.enqueue(Task("q", "name", "publish", {"why": "application_identifier rst_test_short1"}))
    assert watch.taken() == []


def test_every_exception_says_why_and_where_that_is_documented() -> None:
    for one in canary_exceptions.URLS:
        assert one.reason
        assert one.link.startswith("https://")
    assert all([*(one.reason for one in canary_exceptions.ANSWERS.values()), *canary_exceptions.DOCUMENTS.values()])
    assert canary_exceptions.ANSWERS.keys() <= {row.label.partition(" ")[2] for row in ROWS}
    assert canary_exceptions.url("https://graph.threads.net/access_token?grant_type=x")
    assert not canary_exceptions.url("https://graph.threads.net/v1.0/me?access_token=x")
