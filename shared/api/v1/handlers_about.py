"""What Rostrum says of itself: its health, its documentation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from shared.api.engine.exchange import Exchange, Reply
from shared.api.engine.problems import Problem
from shared.api.v1.models_common import HealthResponse

_HERE = Path(__file__).parent
_FRESH = {"Cache-Control": "public, max-age=300"}
_STYLED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def health(_: Exchange[None, None]) -> Reply:
    """GET /healthz: whoever gets this far is up."""
    return Reply(200, HealthResponse())


def ready(x: Exchange[None, None]) -> Reply:
    """GET /readyz: the store answers, so all else can."""
    x.ports.store.get("health/probe")
    return Reply(200, HealthResponse())


def root(_: Exchange[None, None]) -> Reply:
    """GET /: whoever opens the address in a browser."""
    return Reply(302, headers={"Location": "/docs"})


def openapi(_: Exchange[None, None]) -> Reply:
    """GET /openapi.json"""
    return Reply(200, raw=_file("openapi.json"), headers=_FRESH)


def dialect(x: Exchange[None, None]) -> Reply:
    """GET /openapi/{dialect}"""
    name = x.path["dialect"].removesuffix(".json")
    path = _HERE.parent / name / "openapi.json"
    if not name.isalpha() or not path.is_file():
        known = ", ".join(sorted(f"{found.parent.name}.json" for found in _HERE.parent.glob("*/openapi.json")))
        raise Problem(404, f"There is no document {x.path['dialect'][:64]!r}. Known: {known}.")
    return Reply(200, raw=path.read_bytes(), headers=_FRESH)


def docs(_: Exchange[None, None]) -> Reply:
    """GET /docs"""
    headers = {**_FRESH, "Content-Security-Policy": _STYLED}
    return Reply(200, raw=_file("docs.html"), headers=headers, content_type="text/html; charset=utf-8")


@cache
def _file(name: str) -> bytes:
    """A page that was generated at build time."""
    return (_HERE / name).read_bytes()
