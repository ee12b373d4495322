"""The part of Terraform's plugin protocol 6 that a provider without resources of its own has to speak.

Written down as a table (message, fields as ``name: (number, type)``), and made into protobuf classes when first asked for:
https://github.com/hashicorp/terraform/blob/v1.11/docs/plugin-protocol/tfplugin6.proto (2026-11). Fields that are not
named here are unknown to protobuf, which skips them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "tfplugin6"
Fields = Mapping[str, tuple[int, str]]
# Types: a scalar's name; a message's name; «*» before either: repeated; «|» before it: one of a choice.
MESSAGES: Mapping[str, Fields] = {
    "DynamicValue": {"msgpack": (1, "bytes"), "json": (2, "bytes")},
    "Step": {
        "attribute_name": (1, "|string"),
        "element_key_string": (2, "|string"),
        "element_key_int": (3, "|int64"),
    },
    "AttributePath": {"steps": (1, "*Step")},
    "Diagnostic": {
        "severity": (1, "int32"),
        "summary": (2, "string"),
        "detail": (3, "string"),
        "attribute": (4, "AttributePath"),
    },
    "Attribute": {
        "name": (1, "string"),
        "type": (2, "bytes"),
        "required": (4, "bool"),
        "optional": (5, "bool"),
        "computed": (6, "bool"),
    },
    "NestedBlock": {
        "type_name": (1, "string"),
        "block": (2, "Block"),
        "nesting": (3, "int32"),
        "min_items": (4, "int64"),
        "max_items": (5, "int64"),
    },
    "Block": {"version": (1, "int64"), "attributes": (2, "*Attribute"), "block_types": (3, "*NestedBlock")},
    "Schema": {"version": (1, "int64"), "block": (2, "Block")},
    "Named": {"key": (1, "string"), "value": (2, "Schema")},  # an entry of a map goes over the wire as this
    "Nothing": {},
    "Schemas": {"provider": (1, "Schema"), "resources": (2, "*Named"), "data_sources": (3, "*Named")},
    "ProviderConfig": {"config": (1, "DynamicValue")},
    "ProviderValidated": {"diagnostics": (2, "*Diagnostic")},
    "Config": {"type_name": (1, "string"), "config": (2, "DynamicValue")},
    "Validated": {"diagnostics": (1, "*Diagnostic")},
}
ERROR = 1
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


@cache
def messages() -> Mapping[str, Any]:
    """The classes, by the names of the table."""
    file = descriptor_pb2.FileDescriptorProto(name="rostrum/tfplugin6.proto", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        _describe(file.message_type.add(name=name), fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in MESSAGES}


def _describe(message: descriptor_pb2.DescriptorProto, fields: Fields) -> None:
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, (number, kind) in fields.items():
        plain = kind.lstrip("*|")
        field = message.field.add(name=name, number=number)
        field.label = kinds.LABEL_REPEATED if kind.startswith("*") else kinds.LABEL_OPTIONAL
        if plain in MESSAGES:
            field.type, field.type_name = kinds.TYPE_MESSAGE, f".{PACKAGE}.{plain}"
        else:
            field.type = getattr(kinds, f"TYPE_{plain.upper()}")
        if kind.startswith("|"):
            if not message.oneof_decl:
                message.oneof_decl.add(name="selector")
            field.oneof_index = 0
