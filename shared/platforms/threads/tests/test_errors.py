"""Refusals as Threads words them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.platforms.contract import Fate
from shared.platforms.threads import errors
from shared.ports.http import Response
from tests.support.simulated import START

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONTAINER_ERRORS = json.loads((FIXTURES / "container_errors.json").read_text("utf-8"))["documented"]


def _response(status: int, **error: Any) -> Response:
    return Response(status, {}, json.dumps({"error": error}).encode())


@pytest.mark.parametrize("message", CONTAINER_ERRORS)
def test_every_documented_error_of_a_container_has_a_row(message: str) -> None:
    """What is the file's fault is definite; what may pass is tried again."""
    row = errors.of_container(message)
    assert message in errors.CONTAINER
    assert (row.fate is Fate.REJECTED) == message.startswith("INVALID_")


def test_threads_says_500_for_what_is_plain_and_only_in_preparation_is_that_believed() -> None:
    """A permission that lacks comes as HTTP 500; a publish that answered so has been live."""
    denied = _response(500, message="Application does not have permission", type="THApiException", code=10)
    assert errors.refusal(denied, START).fate is Fate.REJECTED
    assert errors.refusal(denied, START).status == 500
    assert errors.BOOK.visible_refusal(denied, START).fate is Fate.TRANSIENT


def test_a_bare_invalid_parameter_proves_nothing_of_a_publish() -> None:
    """While a container is made, it does."""
    invalid = _response(400, message="Invalid parameter", type="OAuthException", code=100)
    assert errors.refusal(invalid, START).fate is Fate.REJECTED
    assert errors.BOOK.visible_refusal(invalid, START).fate is Fate.UNKNOWN


def test_a_container_that_is_not_known_yet_is_tried_again_in_half_a_minute() -> None:
    """Meta: «wait on average 30 seconds before publishing»."""
    early = _response(400, message="The requested resource does not exist", code=24, error_subcode=4279009)
    refused = errors.BOOK.visible_refusal(early, START)
    assert refused.fate is Fate.LIMITED
    assert refused.retry_at is not None
    assert (refused.retry_at - START).total_seconds() == 30


def test_a_code_is_refused_in_one_word() -> None:
    """The exchange has one code for everything; an app that is not known is the installation's matter."""
    gone = Response(
        400, {}, b'{"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found"}'
    )
    app = Response(400, {}, b'{"error_message": "Error validating application. Invalid client_id", "code": 400}')
    assert errors.code_refusal(gone, START).row.code == "code_invalid"
    assert errors.code_refusal(app, START).row.code == "app_invalid"
    assert errors.code_refusal(Response(503, {}, b""), START).fate is Fate.TRANSIENT
