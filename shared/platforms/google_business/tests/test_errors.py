"""v4's refusals: what they say of a field, and bodies that make no sense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.platforms.contract import Fate, Refused
from shared.platforms.google_business import errors
from shared.ports.http import Response

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _refused(details: Any) -> Refused:
    body = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "No.", "details": details}}
    return errors.refusal(Response(400, {}, json.dumps(body).encode()), NOW)


def test_the_field_and_google_s_words_stay() -> None:
    """So that the author knows what to change."""
    detail = {"code": 3, "field": "event.schedule.end_date", "message": "The end is before the start."}
    refused = _refused([{"@type": "x/google.mybusiness.v4.ValidationError", "errorDetails": [detail]}])
    assert (refused.row.code, refused.platform_code) == ("event_invalid", "400/3/event.schedule.end_date")
    assert refused.platform_message == "The end is before the start."


def test_the_newer_apis_violations_are_read_too() -> None:
    """google.rpc.BadRequest."""
    refused = _refused([{"fieldViolations": [{"field": "language_code", "description": "No."}]}])
    assert refused.row.code == "language_invalid"


@pytest.mark.parametrize(
    "details", [5, "x", {}, [5], [{}], [{"errorDetails": 5}], [{"errorDetails": [None]}], [{"errorDetails": [{}]}]]
)
def test_strange_details_leave_the_status(details: Any) -> None:
    """An invalid argument is an invalid argument."""
    assert (_refused(details).fate, _refused(details).row.code) == (Fate.REJECTED, "invalid_parameter")
