"""The cases of the social dialect are all that its document shows, where the document is at hand (``../shared/seeds``)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.cases import Case, load

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
_REQUEST = re.compile(r"^(?:\d+\. )?(GET|POST|PATCH|DELETE) (/v1/social/\S+)$", re.MULTILINE)
_ERROR = re.compile(r'"error_code": "([^"]+)"')


def _document() -> str:
    found = next(iter(sorted(SEEDS.glob("000_*.txt"))), None)
    if found is None:
        pytest.skip(f"{SEEDS} is not at hand: the document is not part of this repository")
    return found.read_text(encoding="utf-8")


def _cases() -> list[Case]:
    return [case for case in load() if case.document.startswith("000")]


def _shape(path: str) -> str:
    """``/post/$post_id`` and ``/post/{post_id}`` are one."""
    return re.sub(r"/(\$\w+|\{\w+\}|\d{6,})$", "/{}", path)


def test_every_request_of_the_document_has_a_case_of_its_own() -> None:
    shown = Counter((method, _shape(path)) for method, path in _REQUEST.findall(_document()))
    replayed = Counter((case.method, _shape(case.path)) for case in _cases())
    assert len(shown) >= 42
    assert {one: count for one, count in shown.items() if replayed[one] < count} == {}


def test_every_error_of_the_document_is_provoked() -> None:
    provoked = {case.answer["error_code"] for case in _cases() if "error_code" in case.exactly}
    assert set(_ERROR.findall(_document())) <= provoked
