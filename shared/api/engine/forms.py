"""Reading forms: ``application/x-www-form-urlencoded`` as fields, ``multipart/form-data`` as a file with its fields.

``extra[bio]=x`` is a field of an object, ``tags[]=x`` an item of a list, as web frameworks have written them for
decades; https://url.spec.whatwg.org/#application/x-www-form-urlencoded (2026-11) says nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from werkzeug import Request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge

from shared.api.engine import bodies
from shared.api.engine.exchange import File
from shared.api.engine.problems import Problem
from shared.api.engine.routes import Upload
from shared.domain.errors import Invalid

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FIELDS = 1000
MAX_DEPTH = 8
_OVERHEAD = 65_536  # boundaries and part headers around a file, and its text fields
_NAME = re.compile(r"(?P<first>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


def is_form(request: Request) -> bool:
    """Whether the body is announced as a form."""
    return request.mimetype in (URLENCODED, MULTIPART)


def read_form(request: Request) -> dict[str, Any]:
    """The fields of a form without files. Raises Problem (413), Invalid."""
    if request.mimetype == MULTIPART:
        fields, files = _parts(request, bodies.MAX_JSON, bodies.too_large(bodies.MAX_JSON))
        for name, _ in files:
            raise Invalid("validation.field_invalid", f"{name[:64]}: this operation takes no file.", field=name[:64])
        return nested(fields)
    raw = bodies.read(request, bodies.MAX_JSON)
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except UnicodeDecodeError as error:
        raise _invalid("The form is not UTF-8.") from error
    except ValueError as error:
        raise _invalid(f"The form has more than {MAX_FIELDS} fields.") from error
    return nested(pairs)


def read_file(request: Request, upload: Upload) -> tuple[File, dict[str, Any]]:
    """The file of a multipart body, spooled to disk when it is large, and the form's other fields.

    Raises Problem (413, 415), Invalid.
    """
    if request.mimetype != MULTIPART:
        message = f"Send the file as multipart/form-data, in a field named {upload.field}."
        raise Problem(415, message, field="Content-Type")
    refusal = Invalid(
        upload.too_large,
        f"{upload.field}: at most {upload.max_bytes} bytes in one request. {upload.larger}".rstrip(),
        field=upload.field,
        limit=upload.max_bytes,
        counted_in="bytes",
    )
    fields, files = _parts(request, upload.max_bytes + _OVERHEAD, refusal)
    mine = [file for name, file in files if name == upload.field]
    others = [name for name, _ in files if name != upload.field]
    others += [] if upload.with_fields else [name for name, _ in fields]
    if len(mine) != 1 or others:
        _refuse_parts(upload, others, len(mine), taken=any(name == upload.field for name, _ in fields))
    return mine[0], nested(fields)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``{"a": {"b": "1"}, "c": ["2"]}`` of ``a[b]=1&c[]=2``. Raises Invalid naming the field that cannot be read."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        keys = _KEY.findall(found["rest"]) if found else []
        if found is None or len(keys) > MAX_DEPTH or "\x00" in value or "" in keys[:-1]:
            message = f"{name[:64]!r} cannot be read as a field: write name, name[key] or name[], without NUL."
            raise Invalid("validation.body_invalid", message, field=name[:64])
        if not _put(made, [found["first"], *keys], value):
            message = f"{name[:64]} stands twice in the form, or stands for a value and an object at once."
            raise Invalid("validation.body_invalid", message, field=name[:64])
    return made


def _put(made: dict[str, Any], keys: list[str], value: str) -> bool:
    """Whether there was room for it."""
    holder: Any = made
    for index, key in enumerate(keys[:-1]):
        empty: Any = [] if keys[index + 1] == "" else {}
        holder = holder.setdefault(key, empty)
        if type(holder) is not type(empty):
            return False
    if keys[-1] == "":
        holder.append(value)
        return True
    if keys[-1] in holder:
        return False
    holder[keys[-1]] = value
    return True


def _parts(request: Request, limit: int, refusal: Invalid) -> tuple[list[tuple[str, str]], list[tuple[str, File]]]:
    bodies.announced(request, limit, refusal)
    request.max_form_parts = MAX_FIELDS
    try:
        files = list(request.files.items(multi=True))
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge as error:
        if (request.content_length or 0) <= limit:  # so it was the parts' number, or a text field's size
            text = f"The form has more than {MAX_FIELDS} fields, or more than {request.max_form_memory_size} bytes of text."
            many = Problem(413, text, limit=MAX_FIELDS) if isinstance(refusal, Problem) else Invalid(refusal.code, text)
            raise many from error
        raise refusal from error
    except (BadRequest, ClientDisconnected) as error:
        raise _invalid("The multipart body ends too early, or its boundary is wrong.") from error
    kind = "application/octet-stream"
    return fields, [(name, File(one.filename or "", one.mimetype or kind, one.stream)) for name, one in files]


def _refuse_parts(upload: Upload, unknown: list[str], count: int, *, taken: bool) -> NoReturn:
    if unknown and not (unknown == [upload.field] and taken):
        message = f"The form has a field {unknown[0][:64]!r}, which is not known. Did you mean {upload.field}?"
        raise Invalid("validation.field_unknown", message, field=unknown[0][:64], did_you_mean=upload.field)
    if count > 1:
        message = f"{upload.field}: send one file in a request; there are {count} parts of this name."
        raise Invalid("validation.field_invalid", message, field=upload.field, limit=1, count=count)
    raise Invalid("validation.field_required", f"{upload.field}: send the file in this field.", field=upload.field)


def _invalid(message: str) -> Invalid:
    return Invalid("validation.body_invalid", message, field="body")
