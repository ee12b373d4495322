"""Google's refusals, whichever of its error bodies they come in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platforms._google import errors
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWN = ErrorRow(Fate.REJECTED, "own", "A word of the network's own.")
RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo"}


def _refused(status: int, body: Any, headers: dict[str, str] | None = None) -> Refused:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    table = {(403, "PERMISSION_DENIED"): OWN, (400, "invalidTitle"): OWN}
    return errors.refused("plain", table, errors.general("Plain"), Response(status, headers or {}, raw), NOW)


def test_the_most_specific_word_decides() -> None:
    """A detail's reason before the older reasons, and these before the status."""
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
    body = {"error": {"code": 403, "message": "No.", "status": "PERMISSION_DENIED", "details": [detail]}}
    assert _refused(403, body).row.code == "api_disabled"
    del body["error"]["details"]
    assert _refused(403, body).row is OWN
    body["error"]["errors"] = [{"reason": "quotaExceeded"}]
    assert _refused(403, body).row.code == "quota"


def test_a_word_under_another_status_is_not_listed() -> None:
    """Only the documented pair is definite."""
    assert _refused(409, {"error": {"errors": [{"reason": "invalidTitle"}]}}).fate is Fate.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"<html>", b'{"error": 5}', b'{"error": {"errors": 5}}', b'{"error": {"details": [5]}}',
     b'{"error": {"errors": [null], "details": [null], "message": null}}'],
)  # fmt: skip
def test_a_strange_body_proves_nothing(body: bytes) -> None:
    """Whatever comes, it is read."""
    assert _refused(400, body).fate is Fate.UNKNOWN
    assert _refused(502, body).fate is Fate.TRANSIENT
    assert _refused(401, body).fate is Fate.UNAUTHORISED


def test_the_token_endpoint_speaks_otherwise() -> None:
    """A dead grant asks for its owner; a wrong client for us."""
    dead = _refused(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
    assert (dead.fate, dead.row.reconnect) == (Fate.UNAUTHORISED, True)
    assert dead.platform_message == "Token has been expired or revoked."
    assert _refused(401, {"error": "invalid_client"}).row.caused_by == "system"


@pytest.mark.parametrize(
    ("delay", "headers", "seconds"),
    [
        ("2.5s", {}, 2.5),
        ("0s", {}, 0),
        (None, {"retry-after": "7"}, 7),
        (None, {}, 30),
        ("soon", {}, 30),
        ("-5s", {}, 30),
        ("99999999s", {}, 30),
    ],
)
def test_a_limit_says_when(delay: str | None, headers: dict[str, str], seconds: float) -> None:
    """By RetryInfo, by the header, or after a pause of our own."""
    details = [{**RETRY, "retryDelay": delay}] if delay else []
    refused = _refused(429, {"error": {"status": "RESOURCE_EXHAUSTED", "details": details}}, headers)
    assert refused.fate is Fate.LIMITED
    assert refused.retry_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-22T12:00:00+00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-22T07:59:59+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T07:00:00+00:00"),
        ("2026-03-08T08:30:00+00:00", "2026-03-09T07:00:00+00:00"),
    ],
)
def test_a_day_s_quota_ends_at_midnight_in_california(now: str, then: str) -> None:
    """In winter, in summer, and on the day between them."""
    assert errors.midnight_pacific(datetime.fromisoformat(now)).isoformat() == then
