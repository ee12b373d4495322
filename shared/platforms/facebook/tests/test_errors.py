"""What is definite and what is not; the documented codes are run by the contract suite (``documented_errors.json``)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shared.platforms._graph.errors import Code
from shared.platforms.contract import Fate
from shared.platforms.facebook import errors
from shared.ports.http import Response

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def answered(code: int, subcode: int | None = None, status: int = 400) -> Response:
    error = {"message": "no", "type": "OAuthException", "code": code} | ({"error_subcode": subcode} if subcode else {})
    return Response(status, {}, json.dumps({"error": error}).encode())


@pytest.mark.parametrize("code", sorted(errors.TABLE, key=str))
def test_every_row_speaks(code: Code) -> None:
    """A message with a full stop for whoever must act; never definite behind a 5xx."""
    row = errors.TABLE[code]
    assert row.message.endswith(".")
    refused = errors.refusal(answered(code[0], code[1], 500), NOW)
    assert refused.fate in {Fate.TRANSIENT, Fate.UNKNOWN}


@pytest.mark.parametrize("code", [(506, None), (368, None), (1366051, None), (10900, None)])
def test_what_may_be_live_is_open_but_the_author_s_to_mend(code: Code) -> None:
    """UNKNOWN, so that somebody looks; caused by the user, so that proven absence is final."""
    row = errors.TABLE[code]
    assert (row.fate, row.caused_by) == (Fate.UNKNOWN, "user")


def test_a_visible_request_trusts_no_bare_invalid_parameter() -> None:
    """Definite for an upload, open for a post."""
    assert errors.refusal(answered(100), NOW).fate is Fate.REJECTED
    assert errors.visible_refusal(answered(100), NOW).fate is Fate.UNKNOWN
    assert errors.visible_refusal(answered(100, 1609005), NOW).fate is Fate.REJECTED


def test_posting_too_fast_waits() -> None:
    """Facebook names no time: ten minutes."""
    assert errors.refusal(answered(1390008), NOW).retry_at == NOW + errors.TOO_FAST_RETRY


def test_a_code_is_refused_as_a_code() -> None:
    """Graph says code 100 for whatever is wrong with it."""
    assert errors.code_refusal(answered(100, 36009), NOW).row.code == "code_invalid"
    assert errors.code_refusal(answered(101), NOW).row.code == "app_invalid"
    assert errors.code_refusal(answered(2, status=500), NOW).fate is Fate.TRANSIENT
