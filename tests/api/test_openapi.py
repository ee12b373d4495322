"""The document and what is served are one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from scripts import generate_docs, generate_openapi
from shared.api.engine.routes import Dialect, Route, load
from shared.runtime.api_edge import DIALECTS
from tests.api.client import API, DOCUMENT, Api, document

NAMES = [one.name for one in DIALECTS]
ROUTES = [route for one in DIALECTS for route in one.routes()]


@pytest.mark.parametrize("name", NAMES)
def test_the_document_is_valid_openapi_3_1(name: str) -> None:
    assert document(name)["openapi"] == "3.1.0"
    validate(document(name))


def test_the_documents_are_fresh() -> None:
    for path, text in generate_openapi.outputs().items():
        assert text == (API.parents[1] / path).read_text(encoding="utf-8")
    assert generate_docs.render() == DOCUMENT.with_name("docs.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("dialect", DIALECTS, ids=NAMES)
def test_the_served_routes_and_the_document_are_the_same_set(dialect: Dialect) -> None:
    paths = document(dialect.name)["paths"]
    documented = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert documented == {(route.method, route.path) for route in dialect.routes()}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_can_be_served(route: Route) -> None:
    assert callable(load(route.handler))
    prefixes = [prefix for one in DIALECTS for prefix in one.groups]
    assert any(route.path == prefix or route.path.startswith(f"{prefix}/") for prefix in prefixes)
    for name in (route.body, route.query, *route.answers.values()):
        if name and ":" in name:
            assert load(name).model_json_schema()


def _examples() -> list[Any]:
    found = []
    for name, path, method, operation in _operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        media = [one for body in bodies for one in body.get("content", {}).values() if "example" in one]
        found += [pytest.param(name, one, id=f"{method} {path}") for one in media]
    return found


def _operations() -> Iterator[tuple[str, str, str, Any]]:
    for name in NAMES:
        for path, item in document(name)["paths"].items():
            for method, operation in item.items():
                yield name, path, method, operation


@pytest.mark.parametrize(("name", "media"), _examples())
def test_every_example_is_one(name: str, media: Any) -> None:
    needed = generate_openapi.used_schemas(media["schema"], document(name)["components"]["schemas"])
    schema = {**media["schema"], "components": {"schemas": needed}}
    Draft202012Validator(schema).validate(media["example"])


def test_every_answer_in_json_has_an_example_and_so_has_every_body() -> None:
    """Documents that are answered whole have none."""
    for name, path, method, operation in _operations():
        bodies = [body for status, body in operation["responses"].items() if status.startswith("2")]
        media = [one for body in bodies for kind, one in body.get("content", {}).items() if kind == "application/json"]
        media += operation.get("requestBody", {}).get("content", {}).values()
        named = [one for one in media if "$ref" in one["schema"] or "properties" in one["schema"]]
        assert all("example" in one for one in named), (name, method, path)


def test_every_operation_says_what_it_needs_and_what_may_go_wrong() -> None:
    for _, _, _, operation in _operations():
        open_to_all = operation.get("security") == []
        assert open_to_all or "401" in operation["responses"]
        assert "default" in operation["responses"]


SHOWN = {
    "InviteResponse.token",
    "InviteListItem.token",
    "CreateKeyResponse.raw_key",
    "SessionCreatedResponse.session_token",
    "CreateWebhookResponse.secret",
    "RotateSecretResponse.secret",
    "HookCreatedResponse.secret",
    "WebhookDetailResponse.secret_hint",
}


def test_no_answer_has_a_field_for_a_secret_but_the_one_that_is_shown_once() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if name.endswith("Request") or name == "ExchangeMetadata":
            continue
        for field in schema.get("properties", {}):
            secret = re.search(r"token|secret|password|raw_key", field)
            assert not secret or f"{name}.{field}" in SHOWN, f"{name}.{field}"


def test_the_document_and_the_page_are_served_without_a_key(call: Api) -> None:
    assert call("GET", "/openapi.json", key=None).json == document()
    page = call("GET", "/docs", key=None)
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"POST /v1/posts" in page.data
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            assert f"<code>{method.upper()} {path}</code>".encode() in page.data, (
                "an operation that the page leaves out"
            )
            assert f'href="#{operation["operationId"]}"'.encode() in page.data
    assert not re.search(rb"(src|href)=\"?https?://", page.data)
    assert b"<script" not in page.data
