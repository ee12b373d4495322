"""Cursors of lists in the order of a time, which may be none: opaque, and bound to the list that they came from."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import datetime
from typing import Any

from shared.domain.errors import Invalid
from shared.operations import lookup
from shared.ports.store import Doc


def cursor(identity: object, last: Doc, field: str) -> str:
    """Where the next page begins: after ``last``. ``identity``: what makes this list this list, its filters and space."""
    at: datetime | None = last.data.get(field)
    text = json.dumps([_digest(identity), last.id, at.isoformat() if at else None])
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def after(given: str | None, identity: object, collection: str, field: str) -> Doc | None:
    """The document that a cursor names, for ``Query.start_after``. Raises Invalid: it belongs to another list."""
    if not given:
        return None
    try:
        digest, last, at = json.loads(urlsafe_b64decode((given + "=" * (-len(given) % 4)).encode()))
        value = None if at is None else datetime.fromisoformat(at)
        timed = value is None or value.tzinfo is not None
        if digest == _digest(identity) and lookup.plain(last) and timed:
            return Doc(f"{collection}/{last}", {field: value}, "")
    except (ValueError, TypeError, BadBase64):
        pass  # as good as another list's
    text = "cursor: it belongs to another list. Take next_cursor of a page with the same filters, or leave it out."
    raise Invalid("validation.cursor_invalid", text, field="cursor")


def _digest(identity: Any) -> str:
    return hashlib.sha256(json.dumps(identity, default=str).encode()).hexdigest()[:16]
