"""Google's discovery documents as judges of requests and answers; and its client, led to a simulator.

They come with google-api-python-client (its static discovery cache): methods with their paths, parameters, scopes and
schemas. A field that a document does not name is refused, in what we send and in what a simulator answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import googleapiclient
import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

from shared.ports.http import Request, Response
from tests.support import loopback

SDK = f"google-api-python-client {version('google-api-python-client')}"

DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache/documents"
UPLOADS = ("/upload/", "/resumable/upload/")
# Required by the document alone: the reference has had frameRate and resolution in its place since 2016 (2026-11-22).
OUTDATED = {"youtube.liveStreams.insert.cdn.format"}
OF_UPLOADS = {"uploadType", "upload_id"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


@cache
def load(name: str) -> Document:
    """The document of an API, like ``youtube.v3``."""
    return Document(json.loads((DOCUMENTS / f"{name}.json").read_text("utf-8")))


class Document:
    """One API's discovery document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.revision = str(document["revision"])
        self.host = urlsplit(document["rootUrl"]).hostname
        self.methods = list(_methods(document))

    def covers(self, request: Request) -> bool:
        """Whether the request goes to this API's host."""
        return urlsplit(request.url).hostname == self.host

    def method(self, request: Request) -> dict[str, Any]:
        """The documented method of a request."""
        path = _plain(urlsplit(request.url).path)
        for method in self.methods:
            template = "/" + method["flatPath"].lstrip("/")
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/:]+", re.escape(template))
            if method["httpMethod"] == request.method and re.fullmatch(pattern, path):
                return method
        raise AssertionError(f"{request.method} {path} is not documented")

    def check_request(self, request: Request, scopes: tuple[str, ...]) -> str:
        """Method, parameters, scopes and body; the method's id."""
        method = self.method(request)
        assert set(scopes) & set(method.get("scopes", scopes)), f"{method['id']} wants one of {method['scopes']}"
        self._check_query(method, parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        kind = {name.lower(): value for name, value in request.headers.items()}.get("content-type", "")
        if "json" in kind:
            assert isinstance(request.body, bytes)
            self.validate(json.loads(request.body), {"$ref": method["request"]["$ref"]}, method["id"], method["id"])
        elif "request" in method and not method.get("supportsMediaUpload"):
            raise AssertionError(f"{method['id']} wants a body")
        return str(method["id"])

    def check_answer(self, request: Request, response: Response) -> None:
        """A success has the documented shape, a refusal Google's own."""
        method = self.method(request)
        if response.status >= 400:
            error = json.loads(response.body)["error"]
            assert error["code"] == response.status
            assert error["message"]
            assert error.get("errors") or error.get("status")
        elif response.body and "response" in method:
            self.validate(json.loads(response.body), {"$ref": method["response"]["$ref"]}, method["id"], "")

    def validate(self, value: Any, schema: Mapping[str, Any], path: str, writing: str) -> None:
        """``writing``: the method whose required fields must be there; empty for answers."""
        schema = self._resolved(schema)
        kind = schema.get("type")
        if isinstance(kind, str) and kind in _TYPES:
            assert isinstance(value, _TYPES[kind]), f"{path}: {value!r} is no {kind}"
            assert kind == "boolean" or not isinstance(value, bool), f"{path}: {value!r} is no {kind}"
        if "enum" in schema:
            assert value in schema["enum"], f"{path}: {value!r} is none of {schema['enum']}"
        if schema.get("format") in {"int64", "uint64"} and kind == "string":
            assert re.fullmatch(r"-?\d+", value), f"{path}: {value!r} is no number"
        if kind == "array":
            for item in value:
                self.validate(item, schema["items"], f"{path}[]", writing)
        if kind == "object":
            self._validate_object(value, schema, path, writing)

    def _validate_object(self, value: Mapping[str, Any], schema: Mapping[str, Any], path: str, writing: str) -> None:
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            assert name in known or more, f"{path}.{name} is not documented"
            self.validate(inner, known.get(name, more), f"{path}.{name}", writing)
        for name, inner in known.items() if writing else ():
            required = writing in (inner.get("annotations") or {}).get("required", ())
            assert name in value or not required or f"{path}.{name}" in OUTDATED, f"{path}.{name} is required"

    def _check_query(self, method: Mapping[str, Any], query: list[tuple[str, str]]) -> None:
        known = {**self.document.get("parameters", {}), **method.get("parameters", {})}
        given = {name for name, _ in query}
        assert given <= set(known) | OF_UPLOADS, f"{method['id']}: {given - set(known)} is not documented"
        for name, parameter in method.get("parameters", {}).items():
            in_query = parameter["location"] == "query"
            assert not (in_query and parameter.get("required")) or name in given, f"{method['id']}: {name} is required"
        for name, value in query:
            if name in known:
                self._check_value(known[name], value, f"{method['id']}?{name}")

    @staticmethod
    def _check_value(parameter: Mapping[str, Any], value: str, where: str) -> None:
        if "enum" in parameter:
            assert value in parameter["enum"], f"{where}: {value}"
        if parameter["type"] == "integer":
            assert int(parameter.get("minimum", 0)) <= int(value) <= int(parameter.get("maximum", 2**32)), where
        if parameter["type"] == "boolean":
            assert value in {"true", "false"}, where
        if "pattern" in parameter:
            assert re.search(parameter["pattern"], value), where

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document["schemas"][schema["$ref"]] if "$ref" in schema else schema
        return found


def _plain(path: str) -> str:
    for prefix in UPLOADS:
        if path.startswith(prefix):
            return "/" + path.removeprefix(prefix)
    return path


def _methods(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from part.get("methods", {}).values()
    for resource in part.get("resources", {}).values():
        yield from _methods(resource)


# ---------------------------------------------------------------------------------------------------------- SDK


class ToLoopback(httplib2.Http):  # type: ignore[misc]  # it has no types
    """The SDK's transport, with the network's real addresses (also that of an upload session) led to our server."""

    def __init__(self, base: str, host: str) -> None:
        super().__init__()
        self.base, self.real = base, f"https://{host}"
        self.redirect_codes: frozenset[int] = frozenset({300, 301, 302, 303, 307})  # not 308, as its own build_http

    def request(self, uri: str, *args: Any, **more: Any) -> Any:
        led = uri.replace(self.real, self.base, 1)  # an upload's address is made with https, whatever the endpoint
        return super().request(led.replace(f"https://{urlsplit(self.base).netloc}", self.base, 1), *args, **more)


@contextmanager
def client(handler: loopback.Handler, token: str, api: str, of: str, host: str) -> Iterator[Any]:
    """Google's client of an API in this version, pointed at a simulator that answers for ``host``."""
    with loopback.serve(handler, host=host) as base:
        transport = ToLoopback(base, host)
        authorised = AuthorizedHttp(Credentials(token), http=transport)
        yield build(api, of, http=authorised, static_discovery=True, client_options={"api_endpoint": base})
        transport.close()
