"""Where consents may send the browser at their end: any https address, until a list says which ones.

The list is one of a workspace and mode. It opens again when its last entry is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.operations import auditing, lookup, permissions
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports

MAX_ENTRIES = 20
MAX_LABEL = 100
MAX_URL = 2048
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class RedirectUri:
    """An entry: ``workspaces/{space}/redirect_uris/{id}``. The id follows from the address, so that none stands twice."""

    id: str
    uri: str
    label: str
    created_at: datetime


def list_(ports: Ports, caller: Caller) -> list[RedirectUri]:
    """The entries, oldest first; empty: every address is taken. Raises Forbidden, store.Unavailable."""
    permissions.full_access(caller, "Redirect URIs")
    found = ports.store.query(Query(_collection(caller.space), limit=MAX_ENTRIES))
    return sorted((codec.decode(RedirectUri, doc.data) for doc in found), key=lambda one: (one.created_at, one.id))


def add(ports: Ports, caller: Caller, uri: str, label: str = "") -> RedirectUri:
    """Put an address on the list. Raises Forbidden, Invalid, Clash (it is there, or the list is full)."""
    permissions.full_access(caller, "Redirect URIs")
    if not uri or not acceptable(uri):
        text = f"uri: an https address (or http on localhost or 127.0.0.1), at most {MAX_URL} characters, no fragment."
        raise Invalid("validation.field_invalid", text, field="uri")
    if len(label) > MAX_LABEL:
        raise Invalid("validation.field_invalid", f"label: at most {MAX_LABEL} characters.", field="label")
    made = RedirectUri(ports.ids.new("ruri"), uri, label, ports.clock.now())

    def body(txn: Transaction) -> None:
        known = txn.query(Query(_collection(caller.space), limit=MAX_ENTRIES))
        audit = auditing.opened(ports, txn, caller.space)
        others = [doc for doc in known if doc.id != made.id]  # it is there when the answer to an earlier run got lost
        twin = next((doc.id for doc in others if doc.data["uri"] == uri), None)
        if twin:
            text = "uri: this address is on the list already."
            raise Clash("validation.redirect_uri_duplicate", text, field="uri", id=twin)
        if len(others) >= MAX_ENTRIES:
            text = f"uri: the list has {MAX_ENTRIES} addresses already: remove one first."
            raise Invalid("validation.field_invalid", text, field="uri", limit=MAX_ENTRIES)
        txn.write(Write("create", _path(caller.space, made.id), codec.encode(made)))
        audit.add(txn, caller.actor, "redirect_uri.added", made.id, host=urlsplit(uri).hostname or "")

    ports.store.transact(body)
    return made


def remove(ports: Ports, caller: Caller, entry_id: str) -> None:
    """Take an address off the list. Raises Forbidden, Missing (``redirect_uri.not_found``), store.Unavailable."""
    permissions.full_access(caller, "Redirect URIs")
    doc = lookup.document(ports, _collection(caller.space), entry_id, "redirect_uri")
    auditing.commit(ports, caller, "redirect_uri.removed", entry_id, [Write("delete", doc.path)])


def check_redirect_uri(uri: str, field: str = "redirect_uri") -> None:
    """Empty (our own page), https, or http on this machine; no fragment, no user info. Raises Invalid."""
    if uri and not acceptable(uri):
        text = f"{field}: give an https address (or http on localhost), at most {MAX_URL} characters, without fragment."
        raise Invalid("validation.redirect_uri_invalid", text, field=field)


def check_listed(ports: Ports, space: str, uri: str, field: str = "redirect_uri") -> None:
    """Where the space has a list, the address has to be on it, character for character. Raises Invalid.

    Pages of this installation need no entry. One query at most.
    """
    if not uri or uri.startswith(f"{ports.public_url}/"):
        return
    known = ports.store.query(Query(_collection(space), limit=MAX_ENTRIES))
    if known and all(doc.data["uri"] != uri for doc in known):
        text = f"{field}: not on this workspace's list of redirect URIs: add it with POST /v1/oauth/redirect-uris."
        raise Invalid("validation.redirect_uri_invalid", text, field=field)


def acceptable(url: str) -> bool:
    """Whether a browser may be sent there: https, or http on this machine, nothing odd in it."""
    if len(url) > MAX_URL * 2 or not url.isascii() or any(mark <= " " or mark in '\\"<>' for mark in url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_HOSTS)


def _collection(space: str) -> str:
    return f"workspaces/{space}/redirect_uris"


def _path(space: str, entry_id: str) -> str:
    return f"{_collection(space)}/{entry_id}"
