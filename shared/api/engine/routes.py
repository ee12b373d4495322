"""Routes as plain data. Models and handlers are named, not imported: they load when a request first needs them.

A name is ``"package.module:attribute"``. Everything else that is generated (OpenAPI, the scopes table, the tests'
matrices) comes from the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
Name = str

ANY_KEY = ""  # a scope: whoever has a valid key
ADMIN = "admin"  # a scope: only keys of full access

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a ``multipart/form-data`` body: the name of its field, its largest size in bytes, the code that says
    ``too_large``, and what to do with a larger one. ``with_fields``: the form's other fields are the route's ``body``."""

    field: str
    max_bytes: int
    too_large: str
    larger: str = ""
    with_fields: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One operation of a dialect. A row is itself and no other: it is compared by identity.

    ``path``: ``/v1/posts/{pid}``. ``handler``: a function of one ``Exchange`` that answers a ``Reply``. ``answers``:
    the model of each success status, None for an empty one, a content type (``text/html``) for what is no JSON.
    ``scope`` None: no key needed. ``errors``: codes that the operation itself may answer. ``idempotency``: ``commit``
    when the operation writes the record with its effect, ``claim`` when the engine does around it. ``secret``: the
    answer shows something that is shown once. ``form``: the body may be a form as well as JSON. ``location``: where what a 201 made is found, with the answer's fields
    (``/v1/posts/{id}``). ``raw``: the body, of at most so many bytes, is handed on as it
    came (``Exchange.sent``), for what others have signed. ``foreign_query``: its query parameters are somebody else's to name. ``wide``: its parameter may be an
    address, too (``at://…/…``), whose slashes arrive decoded. ``example`` and ``answer_example``: JSON.
    """

    method: Method
    path: str
    handler: Name
    summary: str
    answers: Mapping[int, Name | None]
    scope: str | None = ANY_KEY
    body: Name | None = None
    body_optional: bool = False
    form: bool = False
    raw: int = 0
    upload: Upload | None = None
    query: Name | None = None
    errors: tuple[str, ...] = ()
    idempotency: Literal["none", "claim", "commit"] = "none"
    secret: bool = False
    location: str = ""
    foreign_query: bool = False
    wide: bool = False
    description: str = ""
    example: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    answer_example: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to speak to Rostrum.

    ``groups``: path prefix → name of a tuple of routes, loaded when a request's path begins so. ``authenticate``: a
    function (ports, headers) → Caller. ``spell``: a function (error, request id) → Reply. ``status_of``: a function
    error → HTTP status, and ``error``: the model of refusals, both for the dialect's document, whose ``title`` it gets.
    """

    name: str
    groups: Mapping[str, Name]
    authenticate: Name
    spell: Name
    status_of: Name
    error: Name
    title: str

    def routes(self) -> tuple[Route, ...]:
        """All routes; loads every group."""
        return tuple(route for name in dict.fromkeys(self.groups.values()) for route in load(name))


@cache
def load(name: Name) -> Any:
    """What a name names."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
