"""Every field of every document that holds a sealed secret: the one list of them, for who re-wraps, counts or destroys.

Whoever seals in a new place adds a row; ``tests/operations/test_sealed.py`` holds the list complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.operations import lookup
from shared.ports.store import Doc, Query
from shared.ports.vault import Place
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Holder:
    """Documents that hold secrets. ``collection``: its name; ``fields``: those with references; ``place``: what the vault calls
    the field; ``thing``: what it calls the document. ``rooted``: the collection lies at the store's root, not in a space."""

    collection: str
    fields: tuple[str, ...]
    place: str
    thing: Callable[[Doc], str]
    rooted: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """One reference: in which document, under which name, and what it belongs to."""

    doc: Doc
    field: str
    place: Place
    reference: str


def _id(doc: Doc) -> str:
    return doc.id


def _own_id(doc: Doc) -> str:
    """Of documents whose path is made of a secret."""
    return str(doc.data["id"])


def _app(doc: Doc) -> str:
    """An app's document is ``{platform}`` or ``{platform}.{brand_id}``."""
    return f"app-{doc.id.replace('.', '-', 1)}"


HOLDERS = {
    one.collection: one
    for one in (
        Holder("accounts", ("sealed",), "tokens", _id),
        Holder("apps", ("sealed",), "credentials", _app),
        Holder("webhooks", ("sealed", "previous"), "webhook_secret", _id),
        Holder("idempotency", ("sealed",), "idempotent_answer", _id),
        Holder("invites", ("sealed",), "invite", _own_id, rooted=True),
        Holder("connections", ("sealed_verifier",), "verifier", _own_id, rooted=True),
        Holder("pending", ("sealed",), "candidates", _own_id, rooted=True),
    )
}


def references(doc: Doc) -> list[Sealed]:
    """The document's sealed secrets; none of a collection that holds none."""
    *_, collection, _ = doc.path.split("/")
    holder = HOLDERS.get(collection)
    if holder is None:
        return []
    space = str(doc.data["space"]) if holder.rooted else doc.path.split("/")[1]
    place = Place(space, holder.thing(doc), holder.place)
    return [Sealed(doc, name, place, str(doc.data[name])) for name in holder.fields if doc.data.get(name)]


def in_space(ports: Ports, space: str) -> Iterator[Sealed]:
    """All of one space, by pages. Raises store.Unavailable."""
    for holder in HOLDERS.values():
        if not holder.rooted:
            yield from _found(ports, _query(space, holder.collection))


def _query(space: str, collection: str) -> Query:
    path = f"workspaces/{space}/{collection}"
    if collection != "idempotency":
        return Query(path)
    # Of many answers under idempotency keys only few are sealed: those alone are read.
    return Query(path, where=(("sealed", ">", ""),), order_by=(("sealed", "asc"),))


def at_root(ports: Ports) -> Iterator[Sealed]:
    """All that lie in no space, by pages. Raises store.Unavailable."""
    for holder in HOLDERS.values():
        if holder.rooted:
            yield from _found(ports, Query(holder.collection))


def _found(ports: Ports, query: Query) -> Iterator[Sealed]:
    for doc in lookup.every(ports, query):
        yield from references(doc)
