"""Reading bodies: how large, of which type, and JSON without its loopholes.

JSON is read strictly: UTF-8, an object, no name twice, no NaN or Infinity, at most 32 levels. Whatever two parsers
could read in two ways is refused.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from math import isinf
from typing import Any, NoReturn

from werkzeug import Request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge

from shared.api.engine.problems import Problem
from shared.domain.errors import Invalid

MAX_JSON = 1_048_576  # bytes
MAX_DEPTH = 32


def read_json(request: Request, *, optional: bool) -> dict[str, Any] | None:
    """The body as an object; None for an empty one where it is ``optional``. Raises Problem (413, 415), Invalid."""
    raw = read(request, MAX_JSON)
    if not raw.strip():
        if optional:
            return None
        raise _invalid("The body is empty: send a JSON object.")
    _check_type(request)
    value = parse(raw)
    if not isinstance(value, dict):
        raise _invalid(f"The body is {_name(value)}: send a JSON object.")
    return value


def refuse_any(request: Request) -> dict[str, Any] | None:
    """For operations that take no body: nothing, or an empty object. Raises Problem, Invalid naming the field."""
    given = read_json(request, optional=True)
    if given:
        name = min(given)[:64]
        message = f"{name} is not a known field: this operation takes no body."
        raise Invalid("validation.field_unknown", message, field=name)
    return given


def parse(raw: bytes) -> Any:
    """Strict JSON. Raises Invalid."""
    if raw.startswith(BOM_UTF8):
        raise _invalid("The body begins with a byte order mark (EF BB BF). Send UTF-8 without one.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(f"The body is not UTF-8 (byte {error.start}).") from error
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        raise _invalid(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from error
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # an integer of thousands of digits
        raise _invalid("The body holds a number that is too long.") from error
    if _SUSPECT.search(text) or text.count("{") + text.count("[") > MAX_DEPTH:
        _check_values(value)
    return value


def read(request: Request, limit: int) -> bytes:
    """The body as it came. Raises Problem (413), Invalid (it ended early)."""
    announced(request, limit, too_large(limit))
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise too_large(limit) from error
    except (BadRequest, ClientDisconnected) as error:
        raise _invalid("The body ended before its Content-Length.") from error


def announced(request: Request, limit: int, refusal: Invalid) -> None:
    """Refuse what is announced as too large before any of it is read."""
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise refusal


def too_large(limit: int) -> Problem:
    """413."""
    return Problem(413, f"The body is larger than {limit} bytes.", limit=limit, counted_in="bytes")


def _check_type(request: Request) -> None:
    """An absent type is taken as JSON; a form's is not (curl -d sends one unless told otherwise)."""
    if request.headers.get("Content-Type") == "application/json":  # nearly always: nothing to take apart
        return
    kind, charset = request.mimetype, request.mimetype_params.get("charset", "utf-8")
    if kind and kind != "application/json" and not kind.endswith("+json"):
        message = f"The body is announced as {kind[:64]}: send JSON with Content-Type: application/json."
        raise Problem(415, message, field="Content-Type")
    if charset.lower() not in ("utf-8", "utf8"):
        raise Problem(415, "JSON is UTF-8: leave out the charset.", field="Content-Type")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Invalid(
            "validation.body_invalid", f"The name {twice[:64]!r} stands twice in one object.", field=twice[:64]
        )
    return made


def _constant(name: str) -> NoReturn:
    raise _invalid(f"{name} is no JSON number.")


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant).decode
# Only of text that has one of these can the values be odd: an escaped character, a large exponent, a long number.
_SUSPECT = re.compile(r"\\u|[eE]\+?\d{3}|\d{300}")


def _check_values(value: Any, at: str = "", depth: int = 1) -> None:
    """Depth, and text that no UTF-8 can hold (half a surrogate pair) or that stores dislike (NUL)."""
    if isinstance(value, str):
        if "\x00" in value or not _encodable(value):
            raise _invalid(f"{at or 'The body'} holds a NUL character or half of a surrogate pair. Leave it out.", at)
    elif isinstance(value, float):
        if isinf(value):
            raise _invalid(f"{at or 'The body'} holds a number that is too large.", at)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise _too_deep()
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(name, str):
                _check_values(name, at, depth)
            _check_values(
                item, f"{at}[{name}]" if isinstance(name, int) else f"{at}.{name[:64]}".lstrip("."), depth + 1
            )


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_deep() -> Invalid:
    return _invalid(f"The body is nested more than {MAX_DEPTH} levels deep.")


def _invalid(message: str, field: str = "") -> Invalid:
    return Invalid("validation.body_invalid", message, field=field or "body")


def _name(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
