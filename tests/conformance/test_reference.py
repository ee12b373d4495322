"""Every endpoint of the documented API: served, closed to strangers, scoped, and with the documented fields.

``reference/endpoints.json`` holds the documents' facts; ``reference/differs.json`` what is different here on purpose, each
with its reason (docs/api-choices.md has the longer ones).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.api.engine.routes import Route
from shared.api.v1.dialect import V1
from tests.api.client import Api, document
from tests.conformance import report

_FILES = Path(__file__).parent / "reference"
REFERENCE = json.loads((_FILES / "endpoints.json").read_text(encoding="utf-8"))
DIFFERS = json.loads((_FILES / "differs.json").read_text(encoding="utf-8"))
ROWS = REFERENCE["endpoints"]
DOCUMENT = "endpoints of the reference"


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


ROUTES: dict[tuple[str, str], Route] = {(route.method, _shape(route.path)): route for route in V1.routes()}


def _name(row: Any) -> str:
    return f"{row['method']} {row['path']}"


def _served(row: Any) -> Route:
    """The route of the row, by its own path or by the one that serves every platform."""
    exact = (row["method"], _shape(row["path"]))
    general = (row["method"], _shape(re.sub(r"^/v1/platforms/\w+", "/v1/platforms/{}", row["path"])))
    found = ROUTES.get(exact) or ROUTES.get(general)
    assert found is not None, f"{_name(row)} is not served"
    return found


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_an_endpoint_is_served_as_documented(call: Api, row: Any) -> None:
    report.shown(DOCUMENT)
    route = _served(row)
    path = re.sub(r"\{platform\}", "twitter", route.path)
    stranger = call(row["method"], re.sub(r"\{\w+\}", "x_1", path), key=None)
    assert stranger.status == 401, "open to strangers"
    assert (route.scope or "") == DIFFERS["scopes"].get(_name(row), [row["scope"]])[0]
    operation = document()["paths"][route.path][row["method"].lower()]
    problems = [*_answers(row, operation), *_queries(row, operation), *_body(row, operation)]
    known = DIFFERS["fields"].get(_name(row), {})
    assert [one for one in problems if one not in known] == []
    assert [one for one in known if one not in problems] == [], "these do not differ any more"
    report.answered(DOCUMENT)


def test_what_differs_is_of_the_reference() -> None:
    names = {_name(row) for row in ROWS}
    assert set(DIFFERS["fields"]) | set(DIFFERS["scopes"]) <= names


def _answers(row: Any, operation: Any) -> list[str]:
    found = []
    for status, shown in row["answers"].items():
        answer = operation["responses"].get(status)
        if answer is None:
            found.append(f"status {status}")
        elif shown != "empty":
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            found += [f"answers {one}" for one in _missing(shown, schema)]
    return found


def _queries(row: Any, operation: Any) -> list[str]:
    known = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    return [f"query {name}" for name in row["query"] if name not in known]


def _body(row: Any, operation: Any) -> list[str]:
    if row["body"] is None:
        return []
    (content,) = list(operation.get("requestBody", {}).get("content", {"": {}}).values())[:1]
    return [f"body {one}" for one in _missing(row["body"], content.get("schema", {}))]


def _missing(shown: str, schema: Any, at: str = "", seen: tuple[str, ...] = ()) -> list[str]:
    """The documented fields that the schema lacks: by path, through lists and objects."""
    if shown.startswith(("inferred:", "file:")):
        names = shown.partition(":")[2].split(",")
        return [f"{at}{name}" for name in names if name not in _properties(schema)]
    name = shown.strip("[]")
    fields = REFERENCE["schemas"].get(name)
    if not isinstance(fields, dict) or name in seen:
        return []
    properties = _properties(_items(schema) if shown.startswith("[") else schema)
    found = []
    for field, kind in fields.items():
        if field not in properties:
            found.append(f"{at}{field}")
        elif re.fullmatch(r"\[?[A-Z]\w+\]?", kind):
            found += _missing(kind, properties[field], f"{at}{field}.", (*seen, name))
    return found


def _resolved(schema: Any) -> Any:
    """Through references, and past null."""
    while True:
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next((one for one in schema["anyOf"] if one.get("type") != "null"), {})
        else:
            return schema


def _items(schema: Any) -> Any:
    return _resolved(schema).get("items", {})


def _properties(schema: Any) -> dict[str, Any]:
    resolved = _resolved(schema)
    found = dict(resolved.get("properties", {}))
    for part in resolved.get("allOf", []):
        found |= _properties(part)
    return found
