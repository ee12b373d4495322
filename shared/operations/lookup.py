"""What every operation does before it reads: is this an id at all, and what is said when there is no such thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from shared.domain.errors import Missing
from shared.ports.store import Doc, Query
from shared.ports.world import Ports

PAGE = 300
_ID = re.compile(r"(?!__.*__$)[A-Za-z0-9_-]{1,128}")  # Firestore keeps __names__ for itself


def plain(id: str) -> bool:
    """Whether it can be an id at all: what cannot is never made part of a path."""
    return _ID.fullmatch(id) is not None


def document(ports: Ports, collection: str, id: str, resource: str) -> Doc:
    """The document ``{collection}/{id}``. Raises Missing (``{resource}.not_found``), store.Unavailable.

    An id that is none (a slash would leave the collection) is missing like any other.
    """
    doc = ports.store.get(f"{collection}/{id}") if plain(id) else None
    if doc is None:
        raise missing(resource, id)
    return doc


def missing(resource: str, id: str) -> Missing:
    """What is said of a thing that is not there, or not the caller's."""
    shown = id[:128]
    return Missing(f"{resource}.not_found", f"No {resource} {shown!r} in this workspace.", resource=resource, id=shown)


def every(ports: Ports, query: Query) -> Iterator[Doc]:
    """All documents that the query finds, a page at a time."""
    page = replace(query, limit=PAGE)
    while found := ports.store.query(page):
        yield from found
        if len(found) < PAGE:
            return
        page = replace(page, start_after=found[-1])
