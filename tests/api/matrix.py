"""What the matrices over all four dialects share: their routes, and requests that would be understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from shared.api.engine.routes import Dialect, Route
from shared.api.social import rows
from shared.api.social.dialect import PLATFORMS
from shared.platforms.verbs import Field, Verb
from shared.runtime.api_edge import DIALECTS
from tests.api.client import Answer, Api

_BY_TYPE: Mapping[str, Any] = {
    "string": "x",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "object": {},
    "array": [],
    "strings": ["x"],
    "time": "2026-12-01T00:00:00Z",
}
_VOLATILE = ("request_id",)


@dataclass(frozen=True)
class Row:
    """A route and the dialect that it is of."""

    dialect: Dialect
    route: Route

    @property
    def label(self) -> str:
        return f"{self.dialect.name} {self.route.method} {self.route.path}"

    @property
    def anywhere(self) -> str:
        """Its path, with something in the place of every name."""
        return re.sub(r"\{\w+\}", "x_1", self.route.path)


ROWS = tuple(Row(dialect, route) for dialect in DIALECTS for route in dialect.routes())
CLOSED = tuple(row for row in ROWS if row.route.scope is not None)


@dataclass(frozen=True)
class Spoken:
    """A verb of the social dialect under one of its prefixes."""

    prefix: str
    verb: Verb

    @property
    def label(self) -> str:
        return f"{self.verb.method} {self.prefix}/{self.verb.path}"

    def of(self, *meanings: str) -> list[Field]:
        """Its fields of these meanings."""
        return [one for one in self.verb.fields if one.to in meanings]

    def ask(self, call: Api, values: Mapping[str, Any], key: str = "") -> Answer:
        """Send it with ``values`` by what fields mean; what else it needs is as the examples say."""
        given = {one.name: values[one.to] for one in self.verb.fields if one.to in values}
        needed = [one for one in self.verb.fields if one.required and one.to not in values]
        given |= {one.name: _BY_TYPE[one.type] if one.example is None else one.example for one in needed}
        given |= {
            one.name: [given[one.name]]
            for one in self.of("media")
            if isinstance(given.get(one.name), str) and one.type == "strings"
        }
        path = f"/v1/social/{self.prefix}/{self.verb.path}"
        for name in rows.inside(self.verb):
            path = path.replace(f"{{{name}}}", quote(str(given.pop(name, "1")), safe=""))
        if self.verb.method == "GET":
            return call("GET", f"{path}?{urlencode(given)}" if given else path, key=key)
        return call(self.verb.method, path, given or None, key=key)


SPOKEN = tuple(Spoken(prefix, verb) for prefix in PLATFORMS for verb in rows.verbs(prefix))


def plain(answer: Answer, *things: str) -> tuple[int, str]:
    """An answer without what differs by itself: the request's id, and what was asked for."""
    said = str({name: value for name, value in (answer.json or {}).items() if name not in _VOLATILE})
    for thing in things:
        said = said.replace(thing, "?")
    return answer.status, said


def held(call: Api) -> dict[str, Any]:
    """Everything that the workspace has, but what counts its requests."""
    own = f"workspaces/{call.workspace}"
    docs = call.rig.store.everything()
    return {path: data for path, data in docs if path.startswith(own) and "/idempotency/" not in path}
