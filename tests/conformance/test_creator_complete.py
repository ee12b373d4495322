"""The creator dialect's cases are all that its document shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conformance.cases import Case, load

SEEDS = Path(__file__).parents[3] / "shared/seeds"
_REQUEST = re.compile(r"^(GET|POST|PUT|DELETE) (/api/v1/\S+)$", re.MULTILINE)
_INITIATION = re.compile(r"OAuth initiation(GET) (/api/v1/auth/oauth/(?:facebook|instagram|tiktok))")
_ERROR = re.compile(r"^(\d{3})([a-z_]+)[A-Z]", re.MULTILINE)
CASES = [case for case in load() if case.document.startswith(("001", "002"))]


def seed(number: str) -> str:
    """The document, where it lies beside the repository."""
    found = sorted(SEEDS.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip("the documents are not beside this repository")
    return found[0].read_text(encoding="utf-8").replace("\t", "")


def shape(path: str) -> str:
    """A path whose ids are blank."""
    return re.sub(r"(\{\w+\}|\$\w+|post_404)", "{}", path)


def asked(cases: list[Case]) -> set[tuple[str, str]]:
    """Methods and paths."""
    return {(case.method, shape(case.path)) for case in cases}


def test_every_request_that_the_document_shows_is_a_case() -> None:
    shown = {(method, shape(path)) for method, path in _REQUEST.findall(seed("001"))}
    assert len(shown) == 19
    assert shown - asked(CASES) == set()


def test_every_error_that_the_document_shows_is_a_case() -> None:
    listed = {(int(status), code) for status, code in _ERROR.findall(seed("001").partition("Error Responses")[2])}
    cases = {(case.status, case.answer["error"]["code"]) for case in CASES if "error" in (case.answer or {})}
    assert len(listed) == 6
    assert listed == cases


def test_every_way_to_begin_that_the_other_document_shows_is_a_case() -> None:
    shown = {(method, path) for method, path in _INITIATION.findall(seed("002"))}
    assert shown
    assert shown - asked(CASES) == set()
