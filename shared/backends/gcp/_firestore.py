"""Between the store port's words and Firestore's messages: pure functions, loaded with the client at first use.

Messages: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1 (2026-11). They are built raw, not
through proto-plus, whose wrapping costs more than the encoding of a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.field_path import FieldPath
from google.protobuf.timestamp_pb2 import Timestamp

from shared.backends.indexes import Plan
from shared.ports.store import Conflict, Doc, InvalidWrite, Query, Write

Value: Any = types.Value.pb()
Document: Any = types.Document.pb()
WriteMessage: Any = types.Write.pb()
StructuredQuery: Any = types.StructuredQuery.pb()
Filter: Any = types.StructuredQuery.Filter.pb()

MAX_INT = (1 << 63) - 1
MAX_DEPTH = 20  # nested maps and lists, https://cloud.google.com/firestore/quotas (2026-11)
NAME = "__name__"  # Firestore's pseudo field: the document's own path
OPERATORS = {
    "==": "EQUAL",
    "<": "LESS_THAN",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "in": "IN",
    "array_contains": "ARRAY_CONTAINS",
}
DIRECTIONS = {"asc": "ASCENDING", "desc": "DESCENDING"}


def encode(value: Any, where: str, depth: int = 0) -> Any:
    """A value of the store port as a ``Value``. ``where`` names the field in the InvalidWrite for what cannot be one."""
    match value:
        case None:
            return Value(null_value=0)
        case bool():
            return Value(boolean_value=value)
        case int() if -MAX_INT - 1 <= value <= MAX_INT:
            return Value(integer_value=value)
        case float():
            return Value(double_value=value)
        case str():
            return Value(string_value=_text(value, where))
        case bytes():
            return Value(bytes_value=value)
        case datetime():
            return Value(timestamp_value=_timestamp(value, where))
        case list() | dict() if depth < MAX_DEPTH:
            return _encode_nested(value, where, depth + 1)
        case _:
            raise InvalidWrite(f"{where}: {_why_not(value)}")


def _encode_nested(value: list[Any] | dict[Any, Any], where: str, depth: int) -> Any:
    answer = Value()
    if isinstance(value, dict):
        answer.map_value.SetInParent()
        fill(answer.map_value.fields, value, f"{where}.", depth)
        return answer
    if any(isinstance(item, list) for item in value):
        raise InvalidWrite(f"{where}: a list directly in a list cannot be stored; put a dict between")
    answer.array_value.SetInParent()
    answer.array_value.values.extend(encode(item, where, depth) for item in value)
    return answer


def fill(fields: Any, data: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> None:
    """Put a dict's items into a message's map of fields."""
    for key, item in data.items():
        if not isinstance(key, str):
            raise InvalidWrite(f"field names are strings, not {type(key).__name__}: {key!r}")
        fields[_text(key, f"{prefix}{key!a}")].CopyFrom(encode(item, f"{prefix}{key}", depth))


def _why_not(value: Any) -> str:
    if isinstance(value, int):
        return "integers have 64 bits"
    if isinstance(value, list | dict):
        return f"nested deeper than {MAX_DEPTH}"
    return f"{type(value).__name__} cannot be stored; give JSON values, bytes or aware datetimes"


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidWrite(f"{where}: holds an unpaired surrogate, which is no valid Unicode text") from None
    return value


def _timestamp(value: datetime, where: str) -> Any:
    if value.tzinfo is None:
        raise InvalidWrite(f"{where}: datetimes in documents must be aware; use datetime.now(UTC)")
    answer = Timestamp()
    answer.FromDatetime(value)
    return answer


def decode(value: Any) -> Any:
    """A ``Value`` as the store port gives it: datetimes aware, in UTC, to the microsecond."""
    kind = value.WhichOneof("value_type")
    if kind == "null_value":
        return None
    if kind == "timestamp_value":
        return value.timestamp_value.ToDatetime(tzinfo=UTC)
    if kind == "array_value":
        return [decode(item) for item in value.array_value.values]
    if kind == "map_value":
        return {key: decode(item) for key, item in value.map_value.fields.items()}
    return getattr(value, kind)


def document(message: Any, root: str) -> Doc:
    """A ``Document`` as the port's; ``root`` is the database's documents (``projects/…/documents``)."""
    data = {key: decode(value) for key, value in message.fields.items()}
    return Doc(message.name.removeprefix(root + "/"), data, version(message.update_time))


def version(moment: Any) -> str:
    """An update time, without loss: seconds and nanoseconds."""
    return f"{moment.seconds}.{moment.nanos:09d}"


def moment(version_: str) -> Any:
    """The update time that a version stands for. Raises Conflict: no document has a version that we did not make."""
    seconds, _, nanos = version_.partition(".")
    if not (seconds.isdecimal() and nanos.isdecimal()):
        raise Conflict(f"{version_!r} is no version of this store")
    return Timestamp(seconds=int(seconds), nanos=int(nanos))


def write(write_: Write, root: str) -> Any:
    """The port's write as Firestore's, with its precondition."""
    name = f"{root}/{write_.path}"
    if write_.op == "delete":
        message = WriteMessage(delete=name)
    else:
        message = WriteMessage()
        message.update.name = name
        fill(message.update.fields, write_.data)
    if write_.op == "update":
        message.update_mask.SetInParent()
        message.update_mask.field_paths.extend(quoted(key) for key in write_.data)
    _condition(message, write_)
    return message


def _condition(message: Any, write_: Write) -> None:
    if write_.if_version is not None:
        message.current_document.update_time.CopyFrom(moment(write_.if_version))
    elif write_.op == "create":
        message.current_document.exists = False
    elif write_.op == "update":
        message.current_document.exists = True


def quoted(name: str) -> str:
    """A field's name as a path of one segment: ``a.b`` is a name here, never a way into a map."""
    return str(FieldPath(name).to_api_repr())


def parent(query: Query, root: str) -> str:
    """The document under which the query looks; the database's root for a group."""
    if query.collection is None or "/" not in query.collection:
        return root
    return f"{root}/{query.collection.rsplit('/', 1)[0]}"


def structured(query: Query, plan: Plan, root: str, *, paged: bool = True) -> Any:
    """The query as Firestore's; ``plan`` has the order of a lone range made explicit. ``paged``: limit and cursor."""
    answer = StructuredQuery()
    answer.from_.add(collection_id=plan.group, all_descendants=plan.scope == "group")
    _filters(answer, query)
    last = plan.order[-1][1] if plan.order else "asc"
    for path, way in [*((quoted(field), way) for field, way in plan.order), (NAME, last)]:
        answer.order_by.add(field={"field_path": path}, direction=DIRECTIONS[way])
    if paged:
        answer.limit.value = query.limit
        if query.start_after is not None:
            answer.start_at.values.extend(_cursor(plan, query.start_after, root))
    return answer


def _filters(answer: Any, query: Query) -> None:
    if not query.where:
        return
    answer.where.composite_filter.op = "AND"
    for field, op, value in query.where:
        answer.where.composite_filter.filters.append(_filter(field, op, value))


def _filter(field: str, op: str, value: Any) -> Any:
    """One condition. Firestore's EQUAL and IN never match null, which has an operator of its own."""
    path = {"field_path": quoted(field)}
    if op == "==" and value is None:
        return Filter(unary_filter={"field": path, "op": "IS_NULL"})
    if op == "in" and None in value:
        rest = [item for item in value if item is not None]
        either = [_filter(field, "==", None), *([_filter(field, "in", rest)] if rest else [])]
        return Filter(composite_filter={"op": "OR", "filters": either})
    return Filter(field_filter={"field": path, "op": OPERATORS[op], "value": encode(_listed(value), field)})


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _cursor(plan: Plan, last: Doc, root: str) -> Sequence[Any]:
    missing = [field for field, _ in plan.order if field not in last.data]
    if missing:
        raise InvalidWrite(f"start_after: {last.path} lacks {missing[0]}, by which the query is ordered")
    values = [encode(last.data[field], field) for field, _ in plan.order]
    return [*values, Value(reference_value=f"{root}/{last.path}")]
