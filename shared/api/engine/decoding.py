"""From JSON and query parameters to a route's models, with errors that name the field and the remedy.

pydantic's own messages never reach a caller as they are: they are worded here, and no input is repeated in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from shared.domain.errors import Invalid

Loc = tuple[int | str, ...]
MAX_ROWS = 50  # mistakes that one answer names


def decode(model: type[BaseModel], value: Mapping[str, Any], *, text: bool = False) -> Any:
    """The model. ``text``: the values are query parameters, so that ``"25"`` may be a number. Raises Invalid."""
    try:
        return model.model_validate(value, strict=not text)
    except ValidationError as error:
        raise _invalid(model, error) from None


def query_arguments(pairs: Mapping[str, list[str]]) -> dict[str, str]:
    """Query parameters, each at most once. Raises Invalid."""
    for name, values in pairs.items():
        if len(values) > 1:
            message = f"{name[:64]}: give it once; several values are separated by commas where they are allowed."
            raise Invalid("validation.field_invalid", message, field=name[:64])
    return {name: values[0] for name, values in pairs.items()}


def refuse_any(args: Mapping[str, str]) -> None:
    """For operations without query parameters. Raises Invalid naming the first."""
    for name in args:
        message = f"{name[:64]} is not a known parameter: this operation takes none in its query."
        raise Invalid("validation.field_unknown", message, field=name[:64])


def path_of(loc: Loc) -> str:
    """``("targets", 1, "text")`` as ``targets[1].text``."""
    shown = ""
    for part in loc:
        shown += f"[{part}]" if isinstance(part, int) else f".{str(part)[:64]}"
    return shown.removeprefix(".") or "body"


def _invalid(model: type[BaseModel], error: ValidationError) -> Invalid:
    found = error.errors(include_url=False, include_input=False)
    rows = [_row(model, one) for one in found[:MAX_ROWS]]  # each looks for names that are near: a body may have 100,000
    first = rows[0]
    meta = {name: value for name, value in first.items() if name not in ("code", "message")}
    if len(rows) > 1:
        meta["errors"] = rows
    return Invalid(first["code"], first["message"], **meta)


def _row(model: type[BaseModel], found: Mapping[str, Any]) -> dict[str, Any]:
    kind, loc, context = found["type"], found["loc"], found.get("ctx", {})
    field = path_of(loc)
    if kind == "extra_forbidden":
        return _unknown(model, loc, field)
    if kind == "missing":
        return {"code": "validation.field_required", "field": field, "message": f"{field} is required."}
    wording = _WORDING.get(kind)
    said = wording(context) if wording else str(found["msg"]).removeprefix("Value error, ")
    return {"code": "validation.field_invalid", "field": field, "message": f"{field}: {said}"} | _limits(context)


def _unknown(model: type[BaseModel], loc: Loc, field: str) -> dict[str, Any]:
    known = _names_at(model, loc[:-1])
    near = get_close_matches(str(loc[-1]).lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    row = {"code": "validation.field_unknown", "field": field, "message": f"{field} is not a known field. {hint}"}
    return row | ({"did_you_mean": near[0]} if near else {})


def _names_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The field names of the model that lies at ``loc`` within ``model``."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _limits(context: Mapping[str, Any]) -> dict[str, Any]:
    most = context.get("max_length", context.get("le"))
    count = context.get("actual_length")
    return ({"limit": most} if most is not None else {}) | ({"count": count} if count is not None else {})


_WORDING: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "it must be a text.",
    "bool_type": lambda _: "it must be true or false.",
    "bool_parsing": lambda _: "it must be true or false.",
    "int_type": lambda _: "it must be a whole number.",
    "int_parsing": lambda _: "it must be a whole number.",
    "int_from_float": lambda _: "it must be a whole number.",
    "float_type": lambda _: "it must be a number.",
    "list_type": lambda _: "it must be a list.",
    "tuple_type": lambda _: "it must be a list.",
    "dict_type": lambda _: "it must be an object.",
    "model_type": lambda _: "it must be an object.",
    "model_attributes_type": lambda _: "it must be an object.",
    "date_from_datetime_parsing": lambda _: "it must be a date, as 2026-11-22.",
    "date_parsing": lambda _: "it must be a date, as 2026-11-22.",
    "date_type": lambda _: "it must be a date, as 2026-11-22.",
    "date_from_datetime_inexact": lambda _: "it must be a date, as 2026-11-22, without a time.",
    "literal_error": lambda c: f"it must be one of {c['expected']}.",
    "enum": lambda c: f"it must be one of {c['expected']}.",
    "string_too_short": lambda c: f"it needs at least {c['min_length']} characters.",
    "string_too_long": lambda c: f"it takes at most {c['max_length']} characters.",
    "too_short": lambda c: f"it needs at least {c['min_length']} {'item' if c['min_length'] == 1 else 'items'}.",
    "too_long": lambda c: f"it takes at most {c['max_length']} items, and there are {c['actual_length']}.",
    "greater_than_equal": lambda c: f"it must be at least {c['ge']}.",
    "less_than_equal": lambda c: f"it must be at most {c['le']}.",
    "string_pattern_mismatch": lambda c: f"it must match {c['pattern']}.",
}
