"""The documents keep the rules of the ruleset that linters call ``oas`` (Spectral's, 6.16), as far as a validator does not."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime.api_edge import DIALECTS
from tests.api.client import document

NAMES = [one.name for one in DIALECTS]
METHODS = {"get", "put", "post", "delete", "patch"}


def _operations(name: str) -> Iterator[tuple[str, str, Any]]:
    for path, item in document(name)["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_named_once_described_and_tagged(name: str) -> None:
    tags = {tag["name"] for tag in document(name)["tags"]}
    ids = Counter(operation["operationId"] for _, _, operation in _operations(name))
    assert [one for one, count in ids.items() if count > 1] == []
    for path, method, operation in _operations(name):
        assert method in METHODS, path
        assert re.fullmatch(r"[A-Za-z0-9-]+", operation["operationId"]), operation["operationId"]
        assert operation["description"].strip(), path
        assert operation["summary"].strip(), path
        assert len(operation["tags"]) == 1, path
        assert set(operation["tags"]) <= tags, path


@pytest.mark.parametrize("name", NAMES)
def test_paths_say_what_their_parameters_are(name: str) -> None:
    for path, _, operation in _operations(name):
        declared = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
        assert sorted(declared) == sorted(re.findall(r"\{(\w+)\}", path)), path
        assert "?" not in path
        assert len({(one["name"], one["in"]) for one in operation["parameters"]}) == len(operation["parameters"])
        # The connect dialect's document ends its paths so, and clients send them so.
        assert path == "/" or not path.endswith("/") or name == "connect", path
    shapes = Counter(re.sub(r"\{\w+\}", "{}", path) for path in document(name)["paths"])
    assert [shape for shape, count in shapes.items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_component_is_used_and_every_reference_leads_somewhere(name: str) -> None:
    made = document(name)
    text = json.dumps(made)
    for section in ("schemas", "headers"):
        for component in made["components"][section]:
            assert f'"#/components/{section}/{component}"' in text, component
    for section, component in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        assert component in made["components"][section]


@pytest.mark.parametrize("name", NAMES)
def test_values_that_are_enumerated_are_of_their_type(name: str) -> None:
    types = {"string": str, "integer": int, "number": int | float, "boolean": bool}
    for schema in _schemas(document(name)):
        kind = schema.get("type")
        if "enum" in schema and isinstance(kind, str) and kind in types:
            assert all(isinstance(value, types[kind]) for value in schema["enum"]), schema
            assert len(set(schema["enum"])) == len(schema["enum"]), schema


@pytest.mark.parametrize("name", NAMES)
def test_the_document_says_whose_it_is(name: str) -> None:
    made = document(name)
    assert made["info"]["contact"]
    assert made["info"]["description"]
    assert made["info"]["license"]["identifier"] == "Apache-2.0"
    assert all(not server["url"].endswith("/") or server["url"] == "/" for server in made["servers"])


def _schemas(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "type" in part or "enum" in part:
            yield part
        for value in part.values():
            yield from _schemas(value)
    elif isinstance(part, list):
        for item in part:
            yield from _schemas(item)
