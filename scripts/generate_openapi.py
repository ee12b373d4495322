"""Each dialect's OpenAPI 3.1 document, from its route table and its models: ``shared/api/{dialect}/openapi.json``."""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from scripts import openapi_webhooks
from shared.api.engine import codes as kinds
from shared.api.engine import limiting
from shared.api.engine.routes import ADMIN, Dialect, Route, Upload, load
from shared.api.v1.dialect import V1
from shared.runtime.api_edge import DIALECTS

_REF = "#/components/schemas/{model}"
_KEY_ERRORS = (
    "auth.missing_header",
    "auth.empty_token",
    "auth.invalid_key",
    "auth.invalid_token",
    "auth.not_provisioned",
    "auth.user_not_found",
    "auth.insufficient_scope",
)
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Any unique text of yours. The same key with the same body gets the same answer for seven days.",
}
_REQUEST_ID = {
    "description": "The request's id: yours if you sent one, else ours.",
    "schema": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$"},
}
_REPLAYED = {
    "description": "`true` on an answer that was given before, to the same request with the same Idempotency-Key.",
    "schema": {"type": "string", "const": "true"},
}
_COUNTED = {
    "X-RateLimit-Limit": "Requests that the workspace may make in a minute.",
    "X-RateLimit-Remaining": "How many of them are left, as far as the answering process knows.",
    "X-RateLimit-Reset": "Seconds until the minute is over.",
}
_TAGS = ("posts", "queue", "accounts", "brands", "media", "inbox", "actions", "keys", "platforms")
_MOUNTS = ("v1", "api", "creator", "social")  # where a dialect begins
_KEYED = ("idempotency.key_reused", "idempotency.in_progress", "validation.field_invalid")
_BODY = ("validation.body_invalid", "validation.field_unknown", "http.413", "http.415")
_FIELDS = ("validation.field_required", "validation.field_invalid")
_ANYWHERE = ("system.internal", "system.unavailable")


def outputs() -> dict[str, str]:
    """Every dialect's document as text, by its path."""
    return {f"shared/api/{one.name}/openapi.json": render(one) for one in DIALECTS}


def render(dialect: Dialect = V1) -> str:
    """The document as text."""
    return json.dumps(document(dialect), indent=2, ensure_ascii=False) + "\n"


def document(dialect: Dialect = V1) -> dict[str, Any]:
    """The document."""
    routes = dialect.routes()
    models = _models(dialect)
    refs, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    schemas = definitions.get("$defs", {})
    for model in models:
        _describe(schemas, model)
    del refs
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(dialect, route)
    hooks = openapi_webhooks.webhooks() if dialect is V1 else {}
    return {
        "openapi": "3.1.0",
        "info": _info(dialect),
        "servers": [{"url": "/", "description": "This installation"}],
        "tags": [{"name": name} for name in _tags(routes)],
        "security": [{"apiKey": []}],
        "paths": dict(
            sorted(paths.items(), key=lambda item: (not item[0].startswith("/v1/"), "oauth" in item[0], item[0]))
        ),
        **({"webhooks": hooks} if hooks else {}),
        "components": {
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (rst_live_…, rst_test_… for the sandbox), a session's token, or a JWT",
                }
            },
            "headers": {"X-Request-ID": _REQUEST_ID, "Idempotent-Replayed": _REPLAYED, **_counted_headers()},
            "schemas": used_schemas([paths, hooks], schemas | openapi_webhooks.schemas()),
        },
    }


def used_schemas(parts: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that an operation refers to, itself or by way of others."""
    found: set[str] = set()
    left = _named(parts)
    while left:
        found |= left
        left = {name for one in left for name in _named(schemas[one])} - found
    return {name: schemas[name] for name in sorted(found)}


def _named(part: Any) -> set[str]:
    """The schemas that this part of the document refers to."""
    if isinstance(part, Mapping):
        own = {str(part["$ref"]).rpartition("/")[2]} if "/schemas/" in str(part.get("$ref", "")) else set()
        return own.union(*(_named(value) for value in part.values()))
    return set().union(*(_named(item) for item in part)) if isinstance(part, list) else set()


def _info(dialect: Dialect) -> dict[str, Any]:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "title": dialect.title,
        "version": project["version"],
        "summary": "One API for every social network",
        "description": (
            "A post is accepted at once and published afterwards: at most once per target, and never lost in silence. "
            'Errors are `{"error": {"code", "message", "meta"}, "request_id"}`; unknown fields are errors. '
            "Keys that begin with `rst_test_` reach simulated networks only."
        ),
        "contact": {"name": "Rostrum"},
        "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
    }


def _operation(dialect: Dialect, route: Route) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": _responses(dialect, route),
    }
    made["description"] = _described(route)
    made |= {"requestBody": body} if (body := _request_body(route)) else {}
    if route.scope is None:
        made["security"] = []
    elif route.scope:
        made["x-required-scope"] = route.scope
    made["x-error-codes"] = list(dict.fromkeys(shown(dialect, code) for code in codes(route)))
    return made


def _described(route: Route) -> str:
    """What the route says of itself, else its summary; and who may."""
    if route.scope is None:
        who = "Open to everybody."
    elif route.scope == ADMIN:
        who = "Takes a key of full access, or a signed-in person."
    else:
        who = f"Takes the scope `{route.scope}`." if route.scope else "Any valid key may."
    return f"{route.description or route.summary.rstrip('.') + '.'}\n\n{who}"


def codes(route: Route) -> list[str]:
    """Every code that the operation may answer: its own, and those that follow from its shape."""
    found = list(route.errors)
    found += (*_KEY_ERRORS, "ratelimit.exceeded") if route.scope is not None else ()
    found += () if route.scope is None or limiting.open_to_debtors(route) else ("billing.past_due",)
    found += ("auth.origin_mismatch",) if route.scope is not None and route.method != "GET" else ()
    found += () if route.foreign_query else ("validation.field_unknown", "validation.field_invalid")
    found += _FIELDS if route.query else ()
    found += _KEYED if route.idempotency != "none" else ()
    if route.upload is not None:
        found += (route.upload.too_large, "http.415", "validation.body_invalid", *_FIELDS)
    elif route.raw:
        found += ("validation.body_invalid", "http.413")
    elif route.method != "GET":
        found += (*_BODY, *(_FIELDS if route.body else ()))
    return list(dict.fromkeys([*found, *_ANYWHERE]))


def _operation_id(route: Route) -> str:
    words = (
        re.sub(r"[{}]", "", route.path if route.path != "/" else "root")
        .replace(".", "-")
        .strip("/")
        .replace("v1/", "v1-", 1)
    )
    return f"{route.method.lower()}-{re.sub(r'[^a-zA-Z0-9]+', '-', words)}"


def _tags(routes: tuple[Route, ...]) -> list[str]:
    """Every tag that a route has: those that a newcomer needs first, then the others."""
    used = {_tag(route) for route in routes}
    return [*(tag for tag in _TAGS if tag in used), *sorted(used - set(_TAGS) - {"about"}), *({"about"} & used)]


def _tag(route: Route) -> str:
    parts = [part for part in route.path.strip("/").split("/") if part not in _MOUNTS]
    return {
        "invite": "invites",
        "hooks": "automation",
        "flat": "automation",
        "oauth": "accounts",
        "sandbox": "accounts",
        "healthz": "about",
        "readyz": "about",
        "openapi.json": "about",
        "openapi": "about",
        "docs": "about",
        "": "about",
    }.get(parts[0], parts[0])


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    model: type[BaseModel] = load(route.query)
    schema = model.model_json_schema(ref_template=_REF)
    words = field_docs(model)
    found = []
    for name, field in model.model_fields.items():
        shown = field.alias or name
        parameter = {
            "name": shown,
            "in": "query",
            "required": field.is_required(),
            "schema": schema["properties"][shown],
        }
        found.append(parameter | ({"description": words[name]} if name in words else {}))
    return found


def _headers(route: Route) -> list[dict[str, Any]]:
    return [] if route.idempotency == "none" else [_IDEMPOTENCY]


def _request_body(route: Route) -> dict[str, Any] | None:
    if route.upload is not None:
        part: dict[str, Any] = {"schema": _upload(route, route.upload)}
        part |= {"example": dict(route.example)} if route.example else {}
        return {"required": True, "content": {"multipart/form-data": part}}
    if route.raw:
        said = {
            "type": "object",
            "description": "As its sender signed it: the bytes are verified before they are read.",
        }
        return {"required": True, "content": {"application/json": {"schema": said}}}
    if route.body is None:
        return None
    content: dict[str, Any] = {"schema": _ref(route.body)}
    content |= {"example": dict(route.example)} if route.example else {}
    kinds_of = ("application/json", *(("application/x-www-form-urlencoded",) if route.form else ()))
    return {"required": not route.body_optional, "content": dict.fromkeys(kinds_of, content)}


def _upload(route: Route, upload: Upload) -> dict[str, Any]:
    """The file's part, and those of the other fields where it takes any."""
    part = {"type": "string", "contentMediaType": "application/octet-stream"}
    made: dict[str, Any] = load(route.body).model_json_schema(ref_template=_REF) if route.body else {"type": "object"}
    made = {name: value for name, value in made.items() if name not in ("title", "description", "$defs")}
    made["properties"] = {upload.field: part, **made.get("properties", {})}
    return made | {"required": [upload.field, *made.get("required", ())]}


def _responses(dialect: Dialect, route: Route) -> dict[str, Any]:
    made = {str(status): _answer(route, status, model) for status, model in route.answers.items()}
    by_status: dict[int, list[str]] = {}
    for code in codes(route):
        by_status.setdefault(status_of(dialect, code), []).append(code)
    for status, found in by_status.items():
        made[str(status)] = _refusal(
            dialect,
            ", ".join(dict.fromkeys(f"`{shown(dialect, code)}`" for code in found)),
            page=route.foreign_query and status < 500,
        )
    if "429" in made and route.scope is not None:
        made["429"]["headers"] |= _always(route) | {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    made["default"] = _refusal(dialect, "Anything else")
    return dict(sorted(made.items()))


@cache
def _examples() -> Mapping[str, Any]:
    """What does not stand in the routes: by operation and status, else by model. No process that serves loads it."""
    path = Path(__file__).parents[1] / "shared/api/v1/examples.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _answer(route: Route, status: int, model: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {"description": route.summary, "headers": _answer_headers(route, status)}
    if model is None:
        return made
    if ":" not in model:
        return made | {"content": {model: {"schema": {"type": "object" if model.endswith("json") else "string"}}}}
    content: dict[str, Any] = {"schema": _ref(model)}
    example = dict(route.answer_example) if status == min(route.answers) else {}
    example = example or _examples().get(f"{route.method} {route.path}", {}).get(str(status))
    example = example or _examples().get(model.rpartition(":")[2], {})
    content |= {"example": example} if example else {}
    return made | {"content": {"application/json": content}}


def _counted_headers() -> dict[str, Any]:
    said = {**_COUNTED, "Retry-After": "Seconds to wait before the request is worth sending again."}
    return {name: {"description": words, "schema": {"type": "integer"}} for name, words in said.items()}


def _always(route: Route) -> dict[str, Any]:
    """The headers of every answer of this route."""
    names = ("X-Request-ID", *(_COUNTED if route.scope is not None else ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _answer_headers(route: Route, status: int) -> dict[str, Any]:
    made: dict[str, Any] = _always(route)
    if status == 302 or (status == 201 and route.location):
        schema = {"type": "string", "format": "uri-reference"}
        made["Location"] = {"schema": schema, "description": "Where to go on." if status == 302 else route.location}
    if route.idempotency != "none":
        made["Idempotent-Replayed"] = {"$ref": "#/components/headers/Idempotent-Replayed"}
    return made


def _refusal(dialect: Dialect, description: str, *, page: bool = False) -> dict[str, Any]:
    """``page``: it is a person's browser that is refused."""
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    content = (
        {"text/html": {"schema": {"type": "string"}}} if page else {"application/json": {"schema": _ref(dialect.error)}}
    )
    return {"description": description, "headers": headers, "content": content}


def status_of(dialect: Dialect, code: str) -> int:
    """The HTTP status of an error code, as the dialect would answer it."""
    status: int = load(dialect.status_of)(kinds.sample(code))
    return status


def shown(dialect: Dialect, code: str) -> str:
    """The code as the dialect spells it."""
    body = load(dialect.spell)(kinds.sample(code), "req_1").body
    return str(getattr(body, "error_code", "") or getattr(getattr(body, "error", None), "code", "") or code)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name.partition(':')[2]}"}


def _models(dialect: Dialect) -> list[type[BaseModel]]:
    """Every model that the table names, each once."""
    names = [dialect.error]
    for route in dialect.routes():
        names += [name for name in (route.body, *route.answers.values()) if name and ":" in name]
    found: dict[type[BaseModel], None] = {}
    for name in names:
        _collect(load(name), found)
    return list(found)


def _collect(model: type[BaseModel], found: dict[type[BaseModel], None]) -> None:
    """The model and those within it."""
    if model in found:
        return
    found[model] = None
    for field in model.model_fields.values():
        for inner in _inner(field.annotation):
            _collect(inner, found)


def _inner(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _inner(argument)]


def _describe(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    """The texts below the fields of the class, as their descriptions. pydantic could read them itself, at every import."""
    properties = schemas[model.__name__].get("properties", {})
    for name, text in field_docs(model).items():
        if name in properties:
            properties[name]["description"] = text


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field, of the class and those it builds on."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        module = inspect.getmodule(cls)
        if module is not None and cls.__module__.startswith("shared."):
            found |= _class_docs(module).get(cls.__name__, {})
    return found


@cache
def _class_docs(module: ModuleType) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: _texts(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _texts(node: ast.ClassDef) -> dict[str, str]:
    pairs = zip(node.body, node.body[1:], strict=False)
    return {
        field.target.id: str(text.value.value)
        for field, text in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }
