"""Where canaries come from and where they are looked for: one wrapper per place, around the code that all tests run through.

Secrets are noted where they are made (``keys.assemble``), kept (``Vault.seal``), shown as proof (``callers.resolve``, the gate)
or exchanged with networks (tokens in answers, Authorization headers). Looked through are log lines as the logger writes
them, tasks, bus messages, documents, answers of the API, bodies of outgoing webhooks, and every URL that is requested.
"""

from __future__ import annotations

import functools
import itertools
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support import canary_exceptions
from tests.support.canaries import SHOWN, secrets_of, strings, watch

files: list[str] = []  # SQLite files that were opened since they were last looked through
_TOKEN = re.compile(rb'"(?:access_token|refresh_token|accessJwt|refreshJwt|client_secret)"\s*:\s*"([^"]{12,4096})"')
_REPEATED = frozenset({"verifier", "invite"})  # made by a seed of tests alone: another world's nonce may be the same
ANSWER = "idempotent_answer"
_HOUSE = ("shared.", "local.", "functions.")
LARGEST_DUMP = 20_000_000  # bytes
_worlds = itertools.count(1)
Act = Callable[..., Any]


def install() -> None:
    """Put all wrappers in place, once a process."""
    for hook in (_sources, _logs, _stores, _queues_and_buses, _networks, _answers):
        hook()


def _around(owner: Any, name: str, before: Act | None = None, after: Act | None = None) -> None:
    """``before(*args)`` sees what goes into it, ``after(result, *args)`` what comes out."""
    act = getattr(owner, name)

    @functools.wraps(act)
    def wrapped(*args: Any, **named: Any) -> Any:
        if before is not None:
            before(*args, **named)
        result = act(*args, **named)
        if after is not None:
            after(result, *args, **named)
        return result

    setattr(owner, name, wrapped)


def _world(fake: Any) -> int | None:
    """Which world in memory this belongs to."""
    faults = getattr(fake, "_faults", None) or getattr(fake, "faults", None)
    if faults is None:
        return None
    number: int = vars(faults).setdefault("world", None) or next(_worlds)
    faults.world = number
    return number


# ------------------------------------------------------------------------------------------------------------ sources


def _sources() -> None:
    from shared.backends.embedded.vault import EmbeddedVault
    from shared.backends.gcp.vault import SecretManagerVault
    from shared.domain import keys
    from shared.operations import callers, signing_in
    from shared.operations import keys as making
    from shared.ports.world import Ports
    from shared.runtime import gate
    from tests.support.memory_parts import MemoryVault

    for kind in (EmbeddedVault, SecretManagerVault, MemoryVault):
        _around(kind, "seal", before=_sealed)
    for owner in (keys, making):
        _around(owner, "assemble", after=lambda key, *_: watch().note("an API key", key))
    # Only what was taken: a slip of somebody's hand may be a part of what another was given.
    _around(callers, "resolve", after=lambda _caller, _ports, token, *_: watch().note(SHOWN, token))
    _around(signing_in, "_session", after=lambda signed, *_: watch().note("a session's token", signed.token))
    _around(Ports, "__init__", after=lambda _, ports, *__, **___: _apps(ports.apps))
    _around(gate, "check", before=_shown_to_gate)


def _sealed(vault: Any, place: Any, secret: bytes) -> None:
    if place.field == ANSWER:  # of its fields few are secrets, and those are noted where they are made
        return
    world = _world(vault) if place.field in _REPEATED else None
    if world is None and place.field in _REPEATED:  # on disk: a seed makes the same in memory, as something else
        return
    for one in secrets_of(secret):
        watch().note(f"a secret kept as {place.field}", one, world)


def _apps(apps: Any) -> None:
    for app in apps.values():
        for name, value in app.items():
            if name != "client_id":
                watch().note("an app's secret", value)


def _shown_to_gate(authorization: str, settings: Any) -> None:
    watch().note("the internal token", settings.internal_token)
    watch().note("a token of a task or a schedule", authorization.partition(" ")[2])


# --------------------------------------------------------------------------------------------------------------- logs


def _logs() -> None:
    """Also what a test's level leaves out: an installation logs from INFO on."""
    from shared.runtime.logs import JsonFormatter

    formatter, plain_info = JsonFormatter(), logging.Logger.info

    def look(record: logging.LogRecord) -> None:
        if record.name.startswith(_HOUSE):
            watch().look("log lines", formatter.format(record), record.name)

    @functools.wraps(plain_info)
    def info(logger: logging.Logger, message: object, *args: Any, **named: Any) -> None:
        if logger.isEnabledFor(logging.INFO) or not logger.name.startswith(_HOUSE):
            named["stacklevel"] = named.get("stacklevel", 1) + 1
            plain_info(logger, message, *args, **named)
        else:
            extra = named.get("extra")
            look(logger.makeRecord(logger.name, logging.INFO, "", 0, message, args, None, extra=extra))

    setattr(logging.Logger, "info", info)  # noqa: B010 - as _around does it
    _around(logging.Logger, "handle", before=lambda _logger, record: look(record))


# ------------------------------------------------------------------------------------------- documents, tasks, messages


def _stores() -> None:
    from shared.backends.embedded import commits
    from shared.backends.embedded.database import Database
    from shared.backends.gcp import store as gcp
    from tests.support.memory_store import MemoryStore

    _around(MemoryStore, "_commit", before=lambda store, writes: _written(writes, _world(store)))
    _around(commits, "prepare", before=_written)
    _around(gcp, "check", before=_written)
    _around(Database, "__init__", before=lambda _, path: files.append(str(path)))


def _written(writes: Any, world: int | None = None) -> None:
    for write in writes:
        if write.op != "delete" and not canary_exceptions.document(write.path):
            texts = (write.path, *strings(_plain(write.data)))
            watch().look_at("documents", texts, functools.partial(_shape, write.path), world)


def _plain(data: Any) -> Any:
    """A document's fields, whichever way they are held."""
    return data if type(data) is dict else dict(data)


def _shape(path: str) -> str:
    """Which collection, without ids."""
    return "/".join(part for at, part in enumerate(path.split("/")) if at % 2 == 0)


def _queues_and_buses() -> None:
    from shared.backends.embedded import bus, queue
    from shared.backends.gcp import queue as tasks
    from shared.backends.gcp.bus import PubSubBus
    from tests.support.memory_parts import MemoryBus, MemoryQueue

    _around(MemoryQueue, "_enqueue", before=lambda queue, task: _task(task, _world(queue)))
    _around(queue, "_body", before=_task)
    _around(tasks, "_body", before=_task)
    _around(MemoryBus, "_publish", before=lambda bus, topic, *said: _message(topic, said, _world(bus)))
    _around(PubSubBus, "publish", before=lambda _, topic, *said: _message(topic, said))
    _around(bus, "_payload", before=lambda *said: _message("", said))


def _task(task: Any, world: int | None = None) -> None:
    watch().look("tasks", f"{task.name}\n{json.dumps(task.body, default=str)}", task.function, world)


def _message(topic: str, said: tuple[Any, ...], world: int | None = None) -> None:
    watch().look("bus messages", json.dumps(said, default=str), topic, world)


# ----------------------------------------------------------------------------------------------- requests and answers


def _networks() -> None:
    from shared.backends.live.http import LiveHttp
    from shared.operations.webhooks import sending
    from shared.runtime.sandbox import SandboxHttp
    from tests.support.memory_http import Networks, Outside

    for kind in (LiveHttp, SandboxHttp, Networks, Outside):
        _around(kind, "send", before=_asked, after=_answered)
    _around(sending, "attempt", before=_delivered)


def _asked(http: Any, request: Any) -> None:
    for name, value in request.headers.items():
        if name.lower() == "authorization":
            watch().note("a credential sent to a network", value.partition(" ")[2] or value)
    if not canary_exceptions.url(request.url):
        watch().look("URLs requested", request.url, functools.partial(_host, request.url), _world(http))


def _host(url: str) -> str:
    from shared.backends.live.http import shown

    return shown(url)


def _answered(answer: Any, _http: Any, _request: Any) -> None:
    if b"token" in answer.body or b"Jwt" in answer.body:
        for found in _TOKEN.findall(answer.body):
            watch().note("a token that a network gave", found.decode("latin-1").replace("\\/", "/"))


def _delivered(ports: Any, url: str, _secrets: Any, _id: str, body: str, *_: Any) -> None:
    watch().look("outgoing webhooks", f"{url}\n{body}", "", _world(ports.store))


def _answers() -> None:
    from shared.api.engine import handling

    _around(handling, "_answered", after=_said)


def _said(answer: Any, request: Any, ports: Any, *_: Any) -> None:
    """Body and headers but Set-Cookie, whose value is the browser's own proof."""
    from shared.ports import about

    route = str(about.known().get("route", request.path))
    allowed = canary_exceptions.answer(route, refused=answer.status_code >= 400)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name.lower() != "set-cookie")
    text = f"{headers}\n{answer.get_data().decode('latin-1')}"
    where = f"{route} {answer.status_code}"
    watch().look("answers of the API", text, where, _world(ports.store), allowed=allowed)


def dump() -> None:
    """Look through the SQLite files that were opened since the last time, row by row, also in what is base64 there."""
    while files:
        path = Path(files.pop())
        if not path.is_file() or path.stat().st_size > LARGEST_DUMP:
            continue
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                for table, text in _rows(connection):
                    watch().look("rows of SQLite files", text, table, deeply=True)
        except sqlite3.Error:  # broken on purpose, or held by somebody: what it holds is looked through all the same
            watch().look("rows of SQLite files", path.read_bytes().decode("latin-1"), "unread", deeply=True)


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every row but what may hold secrets, and its table."""
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            if not any(isinstance(cell, str) and canary_exceptions.document(cell) for cell in row):
                yield table, "\n".join(strings(list(row)))
