"""The errors table: every refusal that the network is known to make, and what it proves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.platforms.bluesky import errors
from shared.platforms.contract import Fate, Refused
from shared.ports.http import Response

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures"


def _refusal(status: int, body: bytes, **headers: str) -> Refused:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return errors.refusal(Response(status, named, body), NOW)


@pytest.mark.parametrize(
    ("fixture", "status", "fate", "code"),
    [
        ("error.text_too_long", 400, Fate.REJECTED, "text_too_long"),
        ("error.text_too_long_older_pds", 400, Fate.REJECTED, "text_too_long"),
        ("error.blob_too_large", 400, Fate.REJECTED, "media_invalid"),
        ("error.blob_not_found", 400, Fate.REJECTED, "media_expired"),
        ("error.swap", 400, Fate.UNKNOWN, "conflict"),
        ("error.expired_token", 400, Fate.UNAUTHORISED, "token_expired"),
        ("error.rate_limit", 429, Fate.LIMITED, "rate_limit"),
        ("video.already_exists", 409, Fate.UNKNOWN, "duplicate"),
        ("video.unconfirmed_email", 401, Fate.REJECTED, "permission_denied"),
    ],
)
def test_real_refusals_are_understood(fixture: str, status: int, fate: Fate, code: str) -> None:
    """Payloads as the network sends them."""
    refused = _refusal(status, (FIXTURES / f"{fixture}.json").read_bytes())
    assert (refused.fate, refused.row.code) == (fate, code)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "ExpiredToken"),
        (400, "InvalidToken"),
        (401, "AuthenticationRequired"),
        (401, "AuthFactorTokenRequired"),
        (401, "AccountTakedown"),
        (401, "AuthMissing"),
        (400, "InvalidRequest"),
        (400, "BlobNotFound"),
        (400, "RecordNotFound"),
        (400, "InvalidSwap"),
        (413, "PayloadTooLarge"),
        (429, "RateLimitExceeded"),
    ],
)
def test_every_documented_name_has_a_row(status: int, name: str) -> None:
    """The names of the lexicons and of the reference PDS: none falls through to «unknown_error»."""
    assert _refusal(status, json.dumps({"error": name, "message": ""}).encode()).row.code != "unknown_error"


@pytest.mark.parametrize("failure", ["validation_failure", "encoding_failure", "pds_upload_failure", "generic_failure"])
def test_every_video_failure_is_known(failure: str) -> None:
    """app.bsky.video.defs#jobStatus.failureCode"""
    assert failure in errors.VIDEO_FAILURES


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504])
def test_trouble_of_its_own_is_transient(status: int) -> None:
    """Named or not, with a body or without: a server's error proves nothing."""
    for body in (b"", b"<html>", b'{"error": "InternalServerError", "message": "Internal Server Error"}'):
        assert _refusal(status, body).fate is Fate.TRANSIENT


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 422])
def test_what_is_not_listed_is_unknown(status: int) -> None:
    """Also when the text around it sounds definite."""
    body = b'{"error": "Whatever", "message": "grapheme too big (maximum 300, got 301) at $.record.text"}'
    assert _refusal(status, body).fate is Fate.UNKNOWN


def test_a_limit_says_when_it_ends() -> None:
    """By Retry-After, else by the reset in epoch seconds, else not at all."""
    later = NOW + timedelta(seconds=90)
    assert _refusal(429, b"{}", ratelimit_reset=str(int(later.timestamp()))).retry_at == later
    assert _refusal(429, b"{}", retry_after="30").retry_at == NOW + timedelta(seconds=30)
    assert _refusal(429, b"{}").retry_at is None
    assert _refusal(429, b"{}", ratelimit_reset="soon").retry_at is None


def test_a_refused_refresh_is_a_dead_session() -> None:
    """The same names mean more there: nothing but a new sign-in helps."""
    body = (FIXTURES / "error.expired_token.json").read_bytes()
    refused = errors.session_refusal(Response(400, {}, body), NOW)
    assert (refused.fate, refused.row.reconnect) == (Fate.UNAUTHORISED, True)
    assert not errors.session_refusal(Response(502, {}, b""), NOW).row.reconnect


def test_messages_are_for_people() -> None:
    """Every row has a sentence, and a code that can be part of a dotted name."""
    rows = [*errors.TABLE.values(), *filter(None, errors.VIDEO_FAILURES.values())]
    for row in rows:
        assert row.code.replace("_", "").isalpha()
        assert row.code.islower()
        assert len(row.message) > 15
