"""The page at ``/docs``: the OpenAPI document for people, one self-contained file without a script or another host."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from scripts.generate_openapi import document

PATH = "shared/api/v1/docs.html"

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--link:#0a66c2}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:18rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:.85rem}
nav h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.05em;margin:1rem 0 .25rem}
nav a{display:flex;gap:.5rem;color:inherit;text-decoration:none;padding:.1rem 0;overflow-wrap:anywhere}nav a:hover{color:var(--link)}
main{padding:1.5rem 2rem;max-width:60rem}section{border-top:1px solid var(--line);padding:1rem 0}
h3{margin:.25rem 0;font-size:1.05rem}code,pre{font:.85rem/1.45 ui-monospace,monospace}
pre{background:var(--soft);padding:.75rem;overflow:auto;border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;
border-bottom:1px solid var(--line)}.m{flex:0 0 4.2rem;font-weight:600}.s{opacity:.75;font-size:.85rem}
a{color:var(--link)}@media(max-width:50rem){body{display:block}nav{position:static;height:auto}}
"""


def render() -> str:
    """The page."""
    doc = document()
    operations = [(method, path, op) for path, item in doc["paths"].items() for method, op in item.items()]
    tags = [tag["name"] for tag in doc["tags"]]
    nav = "".join(_nav(tag, operations) for tag in tags)
    body = "".join(_operation(doc, *one) for tag in tags for one in operations if tag in one[2]["tags"])
    models = "".join(_model(name, schema) for name, schema in doc["components"]["schemas"].items())
    info = doc["info"]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head>\n<body><nav>{nav}"
        '<h2><a href="#models">Models</a></h2></nav>\n<main>'
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{_text(info['description'])}</p>"
        "<p>Send <code>Authorization: Bearer &lt;key&gt;</code>. "
        'The same in machine form: <a href="/openapi.json">/openapi.json</a>.</p>\n'
        f'{body}<h2 id="models">Models</h2>\n{models}</main></body></html>\n'
    )


def _nav(tag: str, operations: list[tuple[str, str, dict[str, Any]]]) -> str:
    links = "".join(
        f'<a href="#{op["operationId"]}"><span class="m">{method.upper()}</span><span>{escape(path.removeprefix("/v1"))}</span></a>'
        for method, path, op in operations
        if tag in op["tags"]
    )
    return f"<h2>{escape(tag)}</h2>{links}"


def _operation(doc: dict[str, Any], method: str, path: str, op: dict[str, Any]) -> str:
    who = "no key needed" if op.get("security") == [] else f"scope: {op.get('x-required-scope', 'any key')}"
    return (
        f'<section id="{op["operationId"]}"><h3><code>{method.upper()} {escape(path)}</code></h3>'
        f"<p>{_text(op['summary'])}. <span class=s>({escape(who)})</span></p>"
        f"<p>{_text(op.get('description', ''))}</p>{_parameters(op['parameters'])}{_body(doc, op)}{_answers(op)}</section>\n"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
        f"<td>{escape(_type(one['schema']))}</td><td>{_text(one.get('description', ''))}</td></tr>"
        for one in parameters
    )
    return f"<table><tr><th>parameter<th>in<th>type<th></tr>{rows}</table>" if rows else ""


def _body(doc: dict[str, Any], op: dict[str, Any]) -> str:
    content = op.get("requestBody", {}).get("content", {})
    shown = ""
    for kind, media in content.items():
        schema = media["schema"]
        name = schema.get("$ref", "").rpartition("/")[2]
        fields = doc["components"]["schemas"][name] if name else schema
        shown += f"<h4>Body <span class=s>{escape(kind)}</span></h4>{_fields(fields)}{_example(media)}"
    return shown


def _fields(schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{' *' if name in required else ''}</td><td>{escape(_type(field))}</td>"
        f"<td>{_text(field.get('description', ''))}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    return f"<table><tr><th>field<th>type<th></tr>{rows}</table>" if rows else ""


def _answers(op: dict[str, Any]) -> str:
    rows = shown = ""
    for status, answer in op["responses"].items():
        media = answer.get("content", {})
        models = ", ".join(_type(one["schema"]) for one in media.values())
        rows += (
            f"<tr><td><code>{status}</code></td><td>{escape(models)}</td><td>{_text(answer['description'])}</td></tr>"
        )
        shown += "".join(_example(one) for one in media.values())
    return f"<h4>Answers</h4><table><tr><th>status<th>model<th></tr>{rows}</table>{shown}"


def _example(media: dict[str, Any]) -> str:
    if "example" not in media:
        return ""
    return f"<pre>{escape(json.dumps(media['example'], indent=2, ensure_ascii=False))}</pre>"


def _model(name: str, schema: dict[str, Any]) -> str:
    about = _text(schema.get("description", ""))
    return f'<section id="model-{escape(name)}"><h3>{escape(name)}</h3><p>{about}</p>{_fields(schema)}</section>\n'


def _type(schema: dict[str, Any]) -> str:
    """The type in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "const" in schema:
        return str(schema["const"])
    return str(schema.get("format") or schema.get("type") or "anything")


def _text(text: str) -> str:
    """Escaped, with `code` as code."""
    parts = escape(text).split("`")
    return "".join(part if index % 2 == 0 else f"<code>{part}</code>" for index, part in enumerate(parts))
