"""What a verb's answer looks like, for the document: made from the same columns as its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.verbs import Column, Verb

_BY_TYPE: Mapping[str, Any] = {
    "integer": 128,
    "number": 1.5,
    "boolean": True,
    "object": {},
    "array": [],
    "strings": ["first", "second"],
    "time": "2026-11-22T12:00:00Z",
}
_BY_END: Mapping[str, str] = {
    "id": "17895500000000000",
    "url": "https://example.com/1",
    "permalink": "https://example.com/1",
    "link": "https://example.com/1",
    "currency": "USD",
    "status": "ACTIVE",
    "username": "fern",
    "name": "Fern's Bakery",
    "token": "…",
}
LISTS = frozenset(
    {"accounts", "resource", "comments", "conversations", "messages", "mentions", "ad_accounts", "ad_objects"}
)


def answer(verb: Verb) -> dict[str, Any]:
    """An answer of this verb."""
    if verb.says:
        return {"success": True, "message": verb.says}
    inner: Any = {one.name: _value(one) for one in verb.columns} if verb.columns else _BY_END["id"]
    return {"success": True, verb.key: [inner] if verb.does in LISTS and not verb.single else inner}


def _value(column: Column) -> Any:
    if column.type != "string":
        return _BY_TYPE[column.type]
    said = next(iter(column.words.values()), None) or next(
        (value for end, value in _BY_END.items() if column.name.endswith(end)), "Fresh bread at nine"
    )
    return f"{column.prefix}{said}" if column.prefix and not said.startswith(column.prefix) else said
