"""What a case needs before it is sent: a function per name in ``given``, and the values that ``$names`` stand for.

A dialect's own stages are in ``stage_{dialect}.py``, as ``STAGES``: name → function (Api) → names and values. The values
of all that a case is given are put together; ``HEADERS`` may say what the dialect's requests carry beside the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from tests.api.client import Api
from tests.conformance.cases import Case

Stage = Callable[[Api], Mapping[str, str]]
DIALECTS = ("v1", "social", "creator", "connect")


def stages() -> dict[str, Stage]:
    """Every stage there is."""
    found: dict[str, Stage] = {}
    for dialect in DIALECTS:
        name = f"tests.conformance.stage_{dialect}"
        if find_spec(name):
            found |= import_module(name).STAGES
    return found


def prepare(call: Api, case: Case) -> dict[str, str]:
    """Bring about what the case is given; the values of its ``$names``."""
    known = stages()
    values: dict[str, str] = {}
    for name in case.given:
        values |= known[name](call)
    return values
