"""AT Protocol lexicons, read from the vendor's files: is this request, this answer, this record what they say?

Strict where the protocol is open: a field that no lexicon names is a violation, because here it would be our typing error.
Formats are checked with the SDK's own validators, which are not ours either. https://atproto.com/specs/lexicon
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from atproto_client.models import string_formats

from shared.platforms.bluesky.limits import graphemes

Schema = Mapping[str, Any]
_STRICT = SimpleNamespace(context={"strict_string_format": True})
_FORMATS = {
    "did": string_formats.validate_did,
    "handle": string_formats.validate_handle,
    "nsid": string_formats.validate_nsid,
    "cid": string_formats.validate_cid,
    "at-uri": string_formats.validate_at_uri,
    "datetime": string_formats.validate_datetime,
    "tid": string_formats.validate_tid,
    "record-key": string_formats.validate_record_key,
    "uri": string_formats.validate_uri,
    "language": string_formats.validate_language,
}


class Violation(AssertionError):
    """Something that the lexicons do not allow."""


class Lexicons:
    """The lexicon files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, Schema] = {}

    def definition(self, nsid: str, name: str = "main") -> Schema:
        """One definition. Raises Violation when there is no such lexicon."""
        if nsid not in self._files:
            path = self._root.joinpath(*nsid.split(".")).with_suffix(".json")
            if not path.exists():
                raise Violation(f"no lexicon {nsid}")
            self._files[nsid] = json.loads(path.read_text("utf-8"))["defs"]
        found: Schema = self._files[nsid][name]
        return found

    # ------------------------------------------------------------------------------------------------ methods

    def check_query(self, nsid: str, query: Mapping[str, list[str]]) -> None:
        """The query of a request."""
        declared = self.definition(nsid).get("parameters", {"properties": {}})
        for name in declared.get("required", ()):
            if name not in query:
                raise Violation(f"{nsid}: no parameter {name}")
        for name, values in query.items():
            schema = declared["properties"].get(name)
            if schema is None:
                raise Violation(f"{nsid}: unknown parameter {name}")
            self.check(_typed(schema, values), schema, nsid, f"?{name}")

    def check_input(self, nsid: str, content_type: str, body: bytes) -> None:
        """The body of a request."""
        declared = self.definition(nsid).get("input")
        if declared is None:
            if body:
                raise Violation(f"{nsid}: takes no body")
            return
        if not fnmatch(content_type.partition(";")[0], declared["encoding"]):
            raise Violation(f"{nsid}: {content_type} is not {declared['encoding']}")
        if "schema" in declared:
            self.check(json.loads(body), declared["schema"], nsid, "input")

    def check_output(self, nsid: str, body: bytes) -> None:
        """The body of a success."""
        declared = self.definition(nsid).get("output")
        if declared is None:
            if body:
                raise Violation(f"{nsid}: answers without a body")
            return
        self.check(json.loads(body), declared["schema"], nsid, "output")

    def check_record(self, record: Mapping[str, Any], rkey: str) -> None:
        """A record under its key."""
        definition = self.definition(record["$type"])
        self.check(rkey, {"type": "string", "format": definition["key"]}, record["$type"], "rkey")
        self.check(record, definition["record"], record["$type"], "record")

    # ------------------------------------------------------------------------------------------------- values

    def check(self, value: Any, schema: Schema, nsid: str, path: str) -> None:
        """A value against a schema of the lexicon ``nsid``."""
        kind = schema["type"]
        if kind == "unknown":
            _expect(isinstance(value, dict), path, "an object")
        elif kind == "ref":
            self._by_name(value, schema["ref"], nsid, path)
        elif kind == "union":
            self._union(value, schema, nsid, path)
        elif kind == "object":
            self._object(value, schema, nsid, path)
        elif kind == "array":
            self._array(value, schema, nsid, path)
        elif kind == "blob":
            _blob(value, schema, path)
        else:
            {"string": _string, "integer": _integer, "boolean": _boolean}[kind](value, schema, path)

    def _by_name(self, value: Any, reference: str, nsid: str, path: str) -> None:
        where, _, name = reference.partition("#")
        target = self.definition(where or nsid, name or "main")
        self.check(value, target, where or nsid, path)

    def _union(self, value: Any, schema: Schema, nsid: str, path: str) -> None:
        _expect(isinstance(value, dict) and "$type" in value, path, "an object with $type")
        for reference in schema["refs"]:
            full = f"{nsid}{reference}" if reference.startswith("#") else reference
            if value["$type"] == full:
                self._by_name(value, reference, nsid, path)
                return
        raise Violation(f"{path}: {value['$type']} is none of {schema['refs']}")

    def _object(self, value: Any, schema: Schema, nsid: str, path: str) -> None:
        _expect(isinstance(value, dict), path, "an object")
        for name in schema.get("required", ()):
            _expect(name in value, path, f"a field {name}")
        for name, item in value.items():
            if name == "$type":
                continue
            _expect(name in schema.get("properties", {}), path, f"no field {name}")
            if item is None and name in schema.get("nullable", ()):
                continue
            self.check(item, schema["properties"][name], nsid, f"{path}.{name}")

    def _array(self, value: Any, schema: Schema, nsid: str, path: str) -> None:
        _expect(isinstance(value, list), path, "an array")
        _expect(len(value) <= schema.get("maxLength", len(value)), path, f"at most {schema.get('maxLength')} items")
        for index, item in enumerate(value):
            self.check(item, schema["items"], nsid, f"{path}[{index}]")


def _string(value: Any, schema: Schema, path: str) -> None:
    _expect(isinstance(value, str), path, "a string")
    _expect(len(value.encode()) <= schema.get("maxLength", 1 << 30), path, f"at most {schema.get('maxLength')} bytes")
    _expect(graphemes(value) <= schema.get("maxGraphemes", 1 << 30), path, f"{schema.get('maxGraphemes')} graphemes")
    if "enum" in schema:
        _expect(value in schema["enum"], path, f"one of {schema['enum']}")
    _format(value, schema.get("format"), path)


def _format(value: str, name: str | None, path: str) -> None:
    if name is None:
        return
    if name == "at-identifier":
        name = "did" if value.startswith("did:") else "handle"
    try:
        _FORMATS[name](value, _STRICT)
    except ValueError as error:
        raise Violation(f"{path}: {value!r} is no {name}: {error}") from None


def _integer(value: Any, schema: Schema, path: str) -> None:
    _expect(isinstance(value, int) and not isinstance(value, bool), path, "an integer")
    _expect(schema.get("minimum", value) <= value <= schema.get("maximum", value), path, "an integer in its range")


def _boolean(value: Any, schema: Schema, path: str) -> None:
    _expect(isinstance(value, bool), path, "a boolean")
    _expect(value is schema.get("const", value), path, f"{schema.get('const')}")


def _blob(value: Any, schema: Schema, path: str) -> None:
    _expect(isinstance(value, dict) and set(value) == {"$type", "ref", "mimeType", "size"}, path, "a blob")
    _expect(value["$type"] == "blob" and set(value["ref"]) == {"$link"}, path, "a blob")
    _format(value["ref"]["$link"], "cid", path)
    _expect(mimetypes.guess_extension(value["mimeType"]) is not None, path, "a known media type")
    accepted = schema.get("accept", ["*/*"])
    _expect(any(fnmatch(value["mimeType"], pattern) for pattern in accepted), path, f"one of {accepted}")
    _expect(0 < value["size"] <= schema.get("maxSize", 1 << 40), path, f"at most {schema.get('maxSize')} bytes")


def _typed(schema: Schema, values: list[str]) -> Any:
    if schema["type"] == "array":
        return values
    if schema["type"] == "integer":
        return int(values[0])
    return values[0] == "true" if schema["type"] == "boolean" else values[0]


def _expect(truth: bool, path: str, what: str) -> None:
    if not truth:
        raise Violation(f"{path}: expected {what}")
