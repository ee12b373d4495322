"""The models and handlers that are made from verbs, by their names: ``FacebookPublishRequest``, ``FacebookPublishHandler``.

Nothing is made at import; a name is looked up when a route that has it is first used, and kept.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from shared.api.engine.exchange import Exchange, Reply
from shared.api.engine.models import Body, View
from shared.api.social import rows
from shared.api.social.dialect import PLATFORMS
from shared.api.social.examples import LISTS
from shared.platforms.verbs import Column, Verb
from shared.platforms.verbs import Field as Asked

_SUFFIXES = ("Request", "Query", "Response", "Handler")
_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "object": dict[str, Any],
    "array": list[Any],
    "strings": list[str],
    "time": str,
}
_FIGURES = frozenset({"post_stats", "account_stats", "ad_stats"})


def __getattr__(name: str) -> Any:
    """What has this name; AttributeError for what no verb is called by."""
    suffix = next((one for one in _SUFFIXES if name.endswith(one)), None)
    found = _verb(name.removesuffix(suffix)) if suffix else None
    if suffix is None or found is None:
        raise AttributeError(name)
    return _made(*found, suffix)


@cache
def _verb(stem: str) -> tuple[str, Verb] | None:
    """The prefix and the verb that are called so: the folder of that prefix alone is imported."""
    for prefix in sorted(PLATFORMS, key=len, reverse=True):
        if stem.startswith("".join(word.title() for word in prefix.split("_"))):
            for verb in rows.verbs(prefix):
                if rows.stem(prefix, verb) == stem:
                    return prefix, verb
    return None


def _made(prefix: str, verb: Verb, suffix: str) -> Any:
    stem = rows.stem(prefix, verb)
    if suffix == "Handler":
        return partial(_handle, prefix, verb)
    if suffix == "Response":
        return _response(stem, verb)
    return _request(f"{stem}{suffix}", verb)


def _handle(prefix: str, verb: Verb, x: Exchange[Any, Any]) -> Reply:
    from shared.api.social import handlers

    return handlers.run(prefix, verb, x)


@cache
def _request(name: str, verb: Verb) -> type[BaseModel]:
    fields: dict[str, Any] = {one.name: _asked(one) for one in verb.fields if one.name not in rows.inside(verb)}
    return create_model(name, __base__=Body, __module__=__name__, __doc__=verb.summary, **fields)


def _asked(one: Asked) -> tuple[Any, Any]:
    kind = _TYPES[one.type]
    limits: dict[str, Any] = {"min_length": 1} if one.required and one.type in ("string", "strings", "time") else {}
    limits |= {"ge": 1} if one.minor else {}
    told: dict[str, Any] = {"description": one.description} if one.description else {}
    if one.required:
        return Annotated[kind, Field(**limits, **told)], ...
    return Annotated[kind | None, Field(**limits, **told)], None


@cache
def _response(stem: str, verb: Verb) -> type[BaseModel]:
    """Everything is left out that is not known, but the part that the answer is about."""
    inner: Any = str
    if verb.columns:
        shown: dict[str, Any] = {one.name: (_shown(one), None) for one in verb.columns}
        inner = create_model(f"{stem}Item", __base__=View, __module__=__name__, **shown)
    fields: dict[str, Any] = {"success": (Literal[True], True)}
    if verb.does in LISTS and not verb.single:
        fields[verb.key] = (list[inner], ...)
        fields["next_cursor"] = (Annotated[str | None, Field(description="Give it as cursor for the next page.")], None)
    else:
        fields[verb.key] = (inner, ...) if verb.does in _FIGURES else (inner | None, None)
    return create_model(f"{stem}Response", __base__=View, __module__=__name__, __doc__=verb.summary, **fields)


def _shown(one: Column) -> Any:
    extra: Any = {"format": "date-time"} if one.type == "time" else None
    told: dict[str, Any] = {"description": one.description} if one.description else {}
    return Annotated[_TYPES[one.type] | None, Field(json_schema_extra=extra, **told)]
