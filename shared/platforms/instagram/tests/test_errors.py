"""Every code of the documentation's table has a row, and only definite refusals are called so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from shared.platforms.contract import Fate
from shared.platforms.instagram import errors
from shared.ports.http import Response

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

# https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes, 2026-06-02
DOCUMENTED = [
    (-2, 2207003),
    (-2, 2207020),
    (-1, 2207001),
    (-1, 2207032),
    (-1, 2207053),
    (1, 2207057),
    (4, 2207051),
    (9, 2207042),
    (24, 2207006),
    (24, 2207008),
    (25, 2207050),
    (100, 2207023),
    (100, 2207028),
    (100, 2207035),
    (100, 2207036),
    (100, 2207037),
    (100, 2207040),
    (352, 2207026),
    (9004, 2207052),
    (9007, 2207027),
    (36000, 2207004),
    (36001, 2207005),
    (36003, 2207009),
    (36004, 2207010),
]
# https://developers.facebook.com/docs/graph-api/guides/error-handling
GRAPH = [(1, None), (2, None), (4, None), (10, None), (17, None), (32, None), (102, None), (190, None), (613, None)]
TOKEN = [(190, subcode) for subcode in (458, 460, 463, 464, 467)]


def answered(
    code: int, subcode: int | None = None, status: int = 400, headers: Mapping[str, str] | None = None
) -> Response:
    error = {"message": "no", "type": "OAuthException", "code": code} | ({"error_subcode": subcode} if subcode else {})
    return Response(status, headers or {}, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(("code", "subcode"), [*DOCUMENTED, *GRAPH, *TOKEN])
def test_each_documented_code_is_mapped(code: int, subcode: int | None) -> None:
    """A row of its own, with a message for whoever must act."""
    row = errors.TABLE[code, subcode]
    assert row.message.endswith((".", "…"))
    assert errors.refusal(answered(code, subcode), NOW).row is row


@pytest.mark.parametrize("code", [200, 230, 299])
def test_permissions_are_a_range(code: int) -> None:
    """200 to 299."""
    assert errors.refusal(answered(code, status=403), NOW).row.code == "permission_denied"


@pytest.mark.parametrize(
    ("response", "fate"),
    [
        (answered(4, 2207999), Fate.UNKNOWN),  # an unlisted subcode of publishing is not its code's row
        (answered(100, 2207999), Fate.UNKNOWN),
        (answered(77777), Fate.UNKNOWN),
        (Response(400, {}, b"<html>"), Fate.UNKNOWN),
        (Response(429, {}, b""), Fate.LIMITED),
        (Response(502, {}, b"<html>"), Fate.TRANSIENT),
        (answered(36003, 2207009, status=500), Fate.TRANSIENT),
        (Response(400, {}, b'{"error": {"code": 77777, "is_transient": true}}'), Fate.TRANSIENT),
        (answered(190, 999), Fate.UNAUTHORISED),
    ],
)
def test_what_is_not_listed_is_not_definite(response: Response, fate: Fate) -> None:
    """Only the table's rows are definite."""
    assert errors.refusal(response, NOW).fate is fate


def test_an_invalid_parameter_is_definite_only_while_nothing_is_visible() -> None:
    """Code 100 without a subcode: definite for a container, open for the visible request."""
    assert errors.refusal(answered(100), NOW).fate is Fate.REJECTED
    assert errors.publish_refusal(answered(100), NOW).fate is Fate.UNKNOWN
    assert errors.publish_refusal(answered(100, 2207028), NOW).fate is Fate.REJECTED


def test_when_to_come_back() -> None:
    """The network's own headers, in minutes; Retry-After; an hour for the quota; none where it says nothing."""
    usage = json.dumps({"1": [{"type": "instagram", "estimated_time_to_regain_access": 7}, {"call_count": 1}]})
    headers = {"x-business-use-case-usage": usage}
    limited = errors.refusal(Response(400, headers, answered(80002).body), NOW)
    assert limited.retry_at == NOW + timedelta(minutes=7)
    assert errors.refusal(answered(4, headers={"retry-after": "2"}), NOW).retry_at == NOW + timedelta(seconds=2)
    assert errors.refusal(answered(9, 2207042), NOW).retry_at == NOW + errors.QUOTA_RETRY
    assert errors.refusal(answered(17), NOW).retry_at is None
    broken = {"x-business-use-case-usage": "not json"}
    assert errors.refusal(Response(400, broken, answered(17).body), NOW).retry_at is None
    assert errors.refusal(answered(36003, 2207009, headers={"retry-after": "2"}), NOW).retry_at is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Error: Media upload has failed with error code 2207026", "media_invalid"),
        ("2207052", "media_unfetchable"),
        ("Error: something", None),
        ("12207026", None),
    ],
)
def test_a_failed_containers_status_names_a_subcode(text: str, code: str | None) -> None:
    """«If status_code is ERROR, this value will be an error subcode»."""
    row = errors.row_for_status(text)
    assert (row.code if row else None) == code
