"""X's refusals in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.platforms.contract import Fate
from shared.platforms.x import errors
from shared.platforms.x.tests.fixtures import pairs
from shared.ports.http import Response
from tests.support.simulated import START

CASES = pairs("error_")


def response(theirs: dict[str, Any]) -> Response:
    return Response(theirs["status"], theirs["headers"], json.dumps(theirs["body"]).encode())


@pytest.mark.parametrize(("theirs", "ours"), [(t, o) for _, t, o in CASES], ids=[name for name, _, _ in CASES])
def test_a_refusal_is_understood(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """Fate, code, and when to come back, from X's own words and headers."""
    refused = errors.refusal(response(theirs), START)
    retry_at = datetime.fromtimestamp(ours["retry_at"], UTC) if "retry_at" in ours else None
    assert (refused.fate, refused.row.code, refused.row.reconnect, refused.retry_at) == (
        ours["fate"],
        ours["code"],
        ours.get("reconnect", False),
        retry_at,
    )
    assert refused.raw == theirs["body"]
    assert refused.status == theirs["status"]


@pytest.mark.parametrize(("key", "row"), errors.TABLE.items(), ids=str)
def test_every_row_is_reached(key: errors.Key, row: Any) -> None:
    """No row stands behind a wider one that takes its cases."""
    named = {"error": key.type} if "_" in key.type else {"type": errors_type(key.type)}
    body = {**named, "detail": key.phrase, "error_description": key.phrase}
    answer = Response(key.status, {}, json.dumps(body).encode())
    assert errors.refusal(answer, START).row is row


def errors_type(kind: str) -> str:
    return f"https://api.x.com/2/problems/{kind}" if kind else "about:blank"


@pytest.mark.parametrize(
    "kind",
    [
        "invalid-request",
        "resource-not-found",
        "not-authorized-for-resource",
        "client-forbidden",
        "usage-capped",
        "disallowed-resource",
        "not-authorized-for-field",
        "resource-unavailable",
    ],
)
def test_every_documented_type_of_a_refusal_has_a_row(kind: str) -> None:
    """The problem types of X's documentation that these endpoints can meet are in the table."""
    assert any(key.type == kind for key in errors.TABLE)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_the_networks_own_trouble_proves_nothing(status: int) -> None:
    """A 5xx, with whatever body, is transient."""
    assert errors.refusal(Response(status, {}, b"<html>"), START).fate is Fate.TRANSIENT


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[1]", b'"text"', b"<html>", b'{"errors": "none"}', b'{"errors": [1]}']
)
def test_an_unreadable_refusal_proves_nothing(body: bytes) -> None:
    """A 4xx that is no problem document is unknown, never a rejection."""
    assert errors.refusal(Response(400, {}, body), START).fate is Fate.UNKNOWN


def test_the_longest_of_the_spent_windows_counts() -> None:
    """With 15 minutes and the day both used up, only the day's end helps; without headers nobody knows."""
    both = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": "1795349400",
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": "1795420800",
    }
    assert errors.retry_at(Response(429, both, b""), START) == datetime.fromtimestamp(1795420800, UTC)
    assert errors.retry_at(Response(429, {"x-rate-limit-reset": "1795349400"}, b""), START) == datetime.fromtimestamp(
        1795349400, UTC
    )
    assert errors.retry_at(Response(429, {}, b""), START) is None
