"""Documents of an earlier release are read by this one: no field that they lack may be required.

``stored_documents.json`` holds, per class that is read from the store, the fields without default when it was first
released. A class that joins later is added with ``python -m tests.unit.test_upgrading``, which never loosens what is held.
"""

from __future__ import annotations

import ast
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import shared.operations
from shared.domain import codec
from shared.domain.posts import Target
from shared.domain.states import State

HELD = Path(__file__).with_name("stored_documents.json")


def _read_classes() -> Iterator[type]:
    """The classes that operations hand to ``codec.decode`` and ``codec.of``."""
    for found in pkgutil.walk_packages(shared.operations.__path__, "shared.operations."):
        module = import_module(found.name)
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("codec.decode", "codec.of"):
                kind = getattr(module, ast.unparse(node.args[0]), None)
                if isinstance(kind, type) and is_dataclass(kind):
                    yield kind


def _with_parts(kind: Any, known: set[type]) -> None:
    """The class, and those of its fields' values."""
    if isinstance(kind, type) and is_dataclass(kind) and kind not in known:
        known.add(kind)
        for hint in get_type_hints(kind).values():
            _with_parts(hint, known)
    for part in get_args(kind):
        _with_parts(part, known)


def required() -> dict[str, list[str]]:
    """The fields without default of every class that is stored."""
    known: set[type] = set()
    for kind in _read_classes():
        _with_parts(kind, known)
    return {f"{kind.__module__}.{kind.__qualname__}": _required(kind) for kind in known}


def _required(kind: type) -> list[str]:
    return [one.name for one in fields(kind) if one.init and one.default is MISSING and one.default_factory is MISSING]


def test_no_document_of_an_earlier_release_lacks_what_is_required_now() -> None:
    held, now = json.loads(HELD.read_text()), required()
    new = {name: sorted(set(now[name]) - set(held[name])) for name in sorted({*held} & {*now})}
    assert {name: lacking for name, lacking in new.items() if lacking} == {}, (
        "give them defaults: older folders lack them"
    )
    assert len({*held} & {*now}) > 40


def test_a_target_of_the_first_release_is_read_with_defaults() -> None:
    """As it was written with nothing but what it had to have."""
    oldest = json.loads(HELD.read_text())["shared.domain.posts.Target"]
    data = dict.fromkeys(oldest, "x") | {"position": 0, "sandbox": True, "state": "scheduled", "pieces": []}
    read = codec.decode(Target, data | {"a_field_of_the_future": 1})
    assert (read.state, read.generation, read.past, read.likeness) == (State.SCHEDULED, 0, (), "")
    with pytest.raises(TypeError, match="Target"):
        codec.decode(Target, {name: value for name, value in data.items() if name != "account_id"})


if __name__ == "__main__":
    before = json.loads(HELD.read_text()) if HELD.exists() else {}
    HELD.write_text(json.dumps({**required(), **before}, indent=1, sort_keys=True) + "\n")
