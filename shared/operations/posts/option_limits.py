"""``platform_data`` against the options that a network's manifest declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.operations.posts.content import Content
from shared.operations.posts.issues import Issue, nearest
from shared.platforms.manifest import Manifest, Option

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": (list, tuple),
    "object": dict,
}
_OWN_FIELDS = ("page_id", "board_id")  # fields of a target that reach the adapter as options


def check_options(manifest: Manifest, content: Content, at: str, options_at: str) -> Iterator[Issue]:
    """Unknown names (with the nearest known one), wrong types, values outside the enum; a visibility that is not had."""
    known = {option.name: option for option in manifest.options}
    for name, value in content.options.items():
        field = f"{at}.{name}" if name in _OWN_FIELDS else f"{options_at}.{name}"
        option = known.get(name)
        if option is None:
            yield _unknown(manifest, name, field, tuple(known))
        else:
            yield from _value(manifest, option, value, field)
    yield from _required(manifest, content, at, options_at)
    yield from _visibility(manifest, content, known)


def _required(manifest: Manifest, content: Content, at: str, options_at: str) -> Iterator[Issue]:
    """What the network publishes nothing without, whatever the kind. A post's own title stands in for the option."""
    given = content.all_options(manifest)
    for option in manifest.options:
        if option.required and option.name not in given:
            field = f"{at}.{option.name}" if option.name in _OWN_FIELDS else f"{options_at}.{option.name}"
            message = f"{field}: {manifest.title} publishes nothing without it ({option.description.rstrip('.')})."
            yield Issue("validation.field_required", field, message)


def check_arguments(manifest: Manifest, known: Sequence[Option], given: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """An action's (or a resource's) arguments against its options, as ``check_options`` does for posts."""
    by_name = {option.name: option for option in known}
    for name, value in given.items():
        option = by_name.get(name)
        if option is None:
            yield _unknown(manifest, name, f"{at}.{name}", tuple(by_name))
        else:
            yield from _value(manifest, option, value, f"{at}.{name}")
    for option in known:
        if option.required and option.name not in given:
            field = f"{at}.{option.name}"
            message = f"{field}: {manifest.title} does nothing without it ({option.description.rstrip('.')})."
            yield Issue("validation.field_required", field, message)


def _unknown(manifest: Manifest, name: str, field: str, known: tuple[str, ...]) -> Issue:
    guess = nearest(name, known)
    hint = f" Did you mean {guess}?" if guess else f" It takes: {', '.join(known) or 'none'}."
    meta = {"did_you_mean": guess} if guess else {}
    return Issue("validation.option_unknown", field, f"{field}: {manifest.title} has no such option.{hint}", meta=meta)


def _value(manifest: Manifest, option: Option, value: Any, field: str) -> Iterator[Issue]:
    wanted = _TYPES[option.type]
    right = isinstance(value, wanted) and (option.type == "boolean" or not isinstance(value, bool))
    if not right:
        message = (
            f"{field}: {manifest.title} wants a value of type {option.type} here ({option.description.rstrip('.')})."
        )
        yield Issue("validation.field_invalid", field, message, meta={"expected": option.type})
    elif option.enum and value not in option.enum:
        message = f"{field}: {manifest.title} takes {', '.join(option.enum)} here."
        yield Issue("validation.field_invalid", field, message, meta={"accepted": list(option.enum)})


def _visibility(manifest: Manifest, content: Content, known: dict[str, Option]) -> Iterator[Issue]:
    """What is meant for few must not become public because a network has no such setting."""
    option = known.get("visibility")
    if content.visibility == "public" or (option and content.visibility in option.enum):
        return
    accepted = ["public", *(option.enum if option else ())]
    message = f"visibility: {manifest.title} cannot publish as {content.visibility}. It takes: {', '.join(accepted)}."
    yield Issue("validation.visibility_unsupported", "visibility", message, meta={"accepted": accepted})
