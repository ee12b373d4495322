"""The operations of all four documents, and running generated cases of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from shared.runtime.api_edge import DIALECTS
from tests.api.client import document
from tests.fuzz.sending import World, send


def all_operations() -> Iterator[tuple[str, Any]]:
    """Each with the dialect it is of."""
    for dialect in DIALECTS:
        schema = schemathesis.openapi.from_dict(document(dialect.name))
        for found in schema.get_all_operations():
            if not isinstance(found, Ok):  # an operation that cannot be read
                raise TypeError(found.err())
            yield dialect.name, found.ok()


def run(operation: Any, world: World, well_formed: int, malformed: int, start: int = 0) -> int:
    """Send so many cases of each kind; the same ones each time for one ``start``. Answers how many were sent."""
    sent = 0

    def play(mode: GenerationMode, most: int) -> None:
        @seed(start)
        @settings(
            max_examples=most,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Case) -> None:
            nonlocal sent
            sent += 1
            send(case, world, start + sent)

        one()

    if well_formed:
        play(GenerationMode.POSITIVE, well_formed)
    if malformed and _can_be_malformed(operation):
        play(GenerationMode.NEGATIVE, malformed)
    return sent


def _can_be_malformed(operation: Any) -> bool:
    """Whether there is anything of the caller's in it beside headers."""
    return bool(operation.body) or bool(operation.query)
