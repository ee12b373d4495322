"""Answers, spelled as a verb's columns say: one generic way from what an operation gave to the names that are documented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import Any

from shared.api.engine.exchange import Reply
from shared.api.engine.routes import load
from shared.api.social import rows
from shared.api.social.asked import Asked
from shared.api.social.errors import Said
from shared.domain.callers import Caller
from shared.domain.errors import RostrumError
from shared.domain.instants import rfc3339
from shared.platforms.contract_inbox import Page
from shared.platforms.verbs import Column, Says

_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")  # +0000, as some networks write


def listed(asked: Asked, page: Page[Any]) -> Reply:
    """A page of things under the verb's key."""
    items = [item(asked, one) for one in page.items]
    return _reply(asked, {asked.verb.key: items, "next_cursor": page.next or None})


def figures(asked: Asked, found: Any) -> Reply:
    """Figures under the verb's key."""
    return _reply(asked, {asked.verb.key: item(asked, found)})


def made(asked: Asked, id_: str) -> Reply:
    """The id of what was made under the verb's key."""
    return _reply(asked, {asked.verb.key: id_ or None})


def item(asked: Asked, source: Any) -> dict[str, Any]:
    """One thing by the verb's columns; what is not known is left out."""
    shown = (one for one in asked.verb.columns if shown_to(asked.caller, one))
    return {one.name: value for one in shown if (value := _value(one, source)) is not None}


def shown_to(caller: Caller, column: Column) -> bool:
    """A column of a scope is shown only to a key that names the scope: full access does not include it."""
    return not column.scope or caller.may(column.scope)


def promised(asked: Asked, says: Says, cause: RostrumError) -> Said:
    """A refusal that the platform's document words."""
    return Said(f"{asked.area.name}/{says.reason}", says.message, cause, asked.area.fields)


def found_at(source: Any, path: str) -> Any:
    """What lies at a dotted path (``images.0.url``) of a dataclass or of JSON; the first of several (``a|b``) that is there."""
    for one in path.split("|"):
        value = source
        for step in one.split("."):
            value = _step(value, step)
        if value is not None and value != "":
            return value
    return None


def _reply(asked: Asked, fields: Mapping[str, Any]) -> Reply:
    name = rows.MADE + rows.stem(asked.prefix, asked.verb) + "Response"
    return Reply(200, load(name).model_validate({"success": True, **fields}))


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    return getattr(value, step, None) if is_dataclass(value) else None


def _value(column: Column, source: Any) -> Any:
    value = found_at(source, column.source)
    if column.per:
        value = _percent(value, found_at(source, column.per))
    if value is None:
        return _typed(column, 0) if column.zero else None
    if column.micros:
        value = round(value / 1_000_000, 6)
    if column.words:
        value = column.words.get(str(value), str(value))
    return _typed(column, value)


def _percent(part: Any, whole: Any) -> float | None:
    if not isinstance(part, int | float) or not isinstance(whole, int | float):
        return None
    return round(100 * part / whole, 2) if whole else 0.0


def _typed(column: Column, value: Any) -> Any:
    """The value as the column's type, None where it is none of it."""
    if column.type == "time":
        return _time(value)
    if column.type == "string":
        text = str(value)
        return text if not column.prefix or text.startswith(column.prefix) else f"{column.prefix}{text}"
    if column.type in ("integer", "number"):
        return _number(value, whole=column.type == "integer")
    wanted: Mapping[str, type] = {"boolean": bool, "object": dict, "array": list, "strings": list}
    return value if isinstance(value, wanted[column.type]) else None


def _number(value: Any, *, whole: bool) -> int | float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if whole else number


def _time(value: Any) -> str | None:
    """An instant as RFC 3339 in UTC, from what networks write: ISO 8601, or seconds (or milliseconds) since 1970."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, int | float) or str(value).isdecimal():
        seconds = float(value)
        return rfc3339(datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC))
    try:
        return rfc3339(datetime.fromisoformat(_OFFSET.sub(r"\1:\2", str(value))))
    except ValueError:
        return None
