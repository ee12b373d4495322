"""Every documented error of a network means in our words what its documentation says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from shared.platforms import names, registry
from shared.platforms.contract import Fate
from shared.ports.http import Response
from tests.contract.platforms import report
from tests.support.simulated import START

CASES = [(name, case) for name in registry.all_names() for case in report.documented_errors(name)]


def _body(case: Mapping[str, Any]) -> bytes:
    body = case["body"]
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}-{case['name']}" for name, case in CASES])
def test_a_documented_error_is_in_the_table(name: str, case: Mapping[str, Any]) -> None:
    """The row that the table finds has the documented meaning, and the network's own words stay on the refusal."""
    errors = import_module(f"shared.platforms.{names.NAMES[name]}.errors")
    headers = {key.lower(): value for key, value in case.get("headers", {}).items()}
    refused = errors.refusal(Response(case["status"], headers, _body(case)), START)
    assert (str(refused.fate), refused.row.code) == (case["fate"], case["code"])
    assert refused.platform == name
    assert refused.row.message
    assert case["source"].startswith("https://")
    report.error(name, case["name"])


def test_every_network_documents_its_errors(name: str) -> None:
    """An empty list would prove nothing; names are unique; something is refused for good, limited and unauthorised."""
    cases = report.documented_errors(name)
    assert len({case["name"] for case in cases}) == len(cases) >= 6
    fates = {Fate(case["fate"]) for case in cases}
    assert fates >= {Fate.REJECTED, Fate.LIMITED, Fate.UNAUTHORISED, Fate.TRANSIENT}


def test_what_is_not_documented_proves_nothing(name: str) -> None:
    """A 400 that nobody documents is not a definite rejection; neither is a 5xx."""
    errors = import_module(f"shared.platforms.{names.NAMES[name]}.errors")
    for status in (400, 404, 409, 418, 500, 503):
        strange = Response(status, {}, b'{"oh": "no", "code": "f9e8d7", "error": {"code": 987654321}}')
        assert errors.refusal(strange, START).fate in (Fate.UNKNOWN, Fate.TRANSIENT), status
