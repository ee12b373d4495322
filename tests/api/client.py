"""A caller of the API over the world in memory. Every answer is held against the OpenAPI document on its way out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from scripts.generate_openapi import used_schemas
from shared.api.engine.handling import handle
from shared.api.engine.routing import dialect_of
from shared.domain.callers import Caller
from shared.operations import publishing, sandboxing, subscribing, workspaces
from shared.operations.exports import processing
from shared.operations.syncing import running
from shared.operations.webhooks import delivering
from shared.ports.store import Query
from shared.ports.world import Ports
from shared.runtime.api_edge import DIALECTS
from tests.operations import flows
from tests.support import memory_ports
from tests.support.memory_ports import Rig

API = Path(__file__).parents[2] / "shared/api"
DOCUMENT = API / "v1/openapi.json"
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "publish": publishing.advance,
    "deliver": delivering.deliver,
    "export": processing.advance,
    "subscribe": subscribing.subscribe,
    "sync": running.advance,
    "hand_over": sandboxing.hand_over,
}
PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"
VIDEO = "https://sandbox.rostrum.test/media/video.mp4"


@dataclass(frozen=True)
class Answer:
    """What the API answered; ``json`` is None for what is no JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]
    data: bytes

    @property
    def error(self) -> Any:
        """The error's body, as v1 spells it."""
        return self.json["error"]

    @property
    def meta(self) -> Any:
        """The error's details."""
        return self.json["error"].get("meta", {})


@dataclass
class Api:
    """A workspace with its keys, and the world it lives in."""

    rig: Rig
    workspace: str
    test_key: str
    live_key: str
    accounts: dict[str, str] = field(default_factory=dict)
    serve_on: Ports | None = None

    @property
    def caller(self) -> Caller:
        """Who the test key speaks for."""
        return Caller(self.workspace, "test", "key_1")

    def __call__(
        self, method: str, path: str, body: Any = None, *, key: str | None = "", data: Any = None, **headers: str
    ) -> Answer:
        """One request. ``key``: the test key if empty, none if None. ``data``: a raw or form body. Headers with ``_``."""
        token = self.test_key if key == "" else key
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        bare, _, query = path.partition("?")
        builder = EnvironBuilder(bare, method=method, query_string=query, json=body, data=data, headers=Headers(sent))
        environ = builder.get_environ()
        try:
            response = handle(Request(environ), self.serve_on or self.rig.ports, DIALECTS)
        finally:
            environ["wsgi.input"].close()  # a large form's body lies in a file
            builder.close()
        sent_back = [name.lower() for name, _ in response.get_wsgi_headers(environ)]
        # Proxies refuse an answer that says its length twice.
        assert len(set(sent_back)) == len(sent_back), f"a header twice: {sorted(sent_back)}"
        answer = _answer(response.status_code, response.get_data(), dict(response.headers))
        _conforms(method, bare, answer)
        return answer

    def connect(self, platform: str) -> str:
        """An account of the test mode; connected once."""
        if platform not in self.accounts:
            self.accounts[platform] = (
                flows.signed_in(self.rig, self.caller)
                if platform == "bluesky"
                else flows.redirected(self.rig, platform, self.caller)
            ).id
        return self.accounts[platform]

    def post(self, text: str = "Good morning", platforms: tuple[str, ...] = ("bluesky",), **fields: Any) -> Any:
        """A post on these networks, as it was accepted."""
        targets = [{"account_id": self.connect(name)} for name in platforms]
        body = {"text": text, "targets": targets, "skip_duplicate_check": True, **fields}
        answer = self("POST", "/v1/posts", body)
        assert answer.status == 201, answer.json
        return answer.json

    def settle(self, seconds: float = 600) -> None:
        """Let time pass: tasks are delivered when they are due, until ``seconds`` are over."""
        until = self.rig.clock.now().timestamp() + seconds
        while (at := self.rig.queue.next_at()) is not None and at.timestamp() <= until:
            self.rig.clock.move_to(at)
            for task in self.rig.queue.take(self.rig.clock.now()):
                FUNCTIONS[task.function](self.rig.ports, dict(task.body))

    def sleep(self, seconds: float) -> None:
        """Somebody waits so long."""
        until = self.rig.clock.now() + timedelta(seconds=seconds)
        self.settle(seconds)
        self.rig.clock.move_to(until)

    def stored(self, collection: str) -> list[Any]:
        """What the workspace's test mode holds of a kind."""
        return self.rig.store.query(Query(f"workspaces/{self.workspace}.test/{collection}", limit=1000))


def api(rig: Rig | None = None) -> Api:
    """A fresh workspace, in a fresh world unless one is given: while a request waits, the workers work."""
    world = rig or memory_ports.rig()
    made = workspaces.create(world.ports, "Acme")
    found = Api(world, made.workspace.id, made.test.raw, made.live.raw)
    world.clock.while_asleep = found.sleep
    return found


@cache
def document(dialect: str = "v1") -> Any:
    """The OpenAPI document of a dialect."""
    return json.loads((API / dialect / "openapi.json").read_text(encoding="utf-8"))


def _answer(status: int, data: bytes, headers: Mapping[str, str]) -> Answer:
    is_json = headers.get("Content-Type", "").startswith("application/json") and data
    return Answer(status, json.loads(data) if is_json else None, headers, data)


def _conforms(method: str, path: str, answer: Answer) -> None:
    """The answer is one that the document promises: its status, and its body's schema."""
    if method in ("HEAD", "OPTIONS") or answer.json is None or path.startswith("/openapi"):
        return
    dialect = dialect_of(path, DIALECTS).name
    operation = _operation(dialect, method, path)
    responses = operation["responses"] if operation else {}
    schema_name = "ErrorResponse"
    if str(answer.status) in responses and answer.status < 400:
        content = responses[str(answer.status)]["content"]["application/json"]
        schema_name = content["schema"]["$ref"].rpartition("/")[2]
    else:
        assert answer.status >= 400, f"{method} {path} answered an undocumented {answer.status}"
        if dialect in ("v1", "creator"):
            _documented(method, path, operation, answer)
    _validator(dialect, schema_name).validate(answer.json)
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", answer.headers["X-Request-ID"])


def _documented(method: str, path: str, operation: Any, answer: Answer) -> None:
    """A refusal's code is one that the document lists for this operation, under this status."""
    if operation is None:
        return
    code = answer.error["code"]
    listed = f"`{code}`" in operation["responses"].get(str(answer.status), {}).get("description", "")
    own = code.startswith("platform.") and "platform.*" in operation["x-error-codes"]
    assert listed or own, f"{method} {path}: {answer.status} {code} is not documented"


def _operation(dialect: str, method: str, path: str) -> Any:
    paths = document(dialect)["paths"]
    for shape in sorted(paths, key=lambda one: one.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", shape), path) and method.lower() in paths[shape]:
            return paths[shape][method.lower()]
    return None


@cache
def _validator(dialect: str, name: str) -> Draft202012Validator:
    root = {"$ref": f"#/components/schemas/{name}"}
    schema = {**root, "components": {"schemas": used_schemas(root, document(dialect)["components"]["schemas"])}}
    return Draft202012Validator(schema)
