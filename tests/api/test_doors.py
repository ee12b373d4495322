"""Every route of every dialect: closed to strangers, and to keys that lack its scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from shared.api.engine.routes import ADMIN, ANY_KEY
from shared.domain.keys import SCOPES
from tests.api.client import Answer, Api, api
from tests.api.matrix import CLOSED, ROWS, Row

NAMES = tuple(scope.name for scope in SCOPES)
STRANGER: Mapping[str, str] = {
    "v1": "auth.missing_header",
    "social": "AUTH/MISSING_HEADER",
    "creator": "auth_missing_header",
    "connect": "authentication_required",
}
LACKING: Mapping[str, str] = {
    "v1": "auth.insufficient_scope",
    "social": "AUTH/INSUFFICIENT_SCOPE",
    "creator": "auth_insufficient_scope",
    "connect": "permission_denied",
}
OPEN = {  # to everybody: where consents come back, sign-in, invites (by their token), what others have signed, documents
    "GET /",
    "GET /docs",
    "GET /healthz",
    "GET /readyz",
    "GET /openapi.json",
    "GET /openapi/{dialect}",
    "GET /sandbox/authorize",
    "GET /oauth/callback/{platform}",
    "GET /v1/oauth/callback/{platform}",
    "GET /v1/auth/google",
    "GET /v1/auth/google/callback",
    "POST /v1/auth/session",
    "GET /invite/{token}",
    "POST /invite/{token}",
    "GET /invite/{token}/choices/{choice_id}",
    "POST /invite/{token}/choices/{choice_id}",
    "POST /v1/billing/webhook",
    "GET /v1/billing/done",
}
FOR_ANY_KEY = {  # what concerns the key itself or nobody's data; an action's own scope is looked at by the operation
    "GET /v1/posts/validate",
    "POST /v1/posts/validate",
    "POST /v1/posts/preview",
    "POST /v1/actions",
    "GET /v1/actions",
    "GET /v1/actions/{id}",
    "DELETE /v1/actions/{id}",
    "POST /v1/actions/{id}/retry",
    "POST /v1/actions/{id}/resolve",
    "GET /v1/webhooks/events",
    "GET /v1/usage",
    "GET /v1/billing/plans",
    "GET /v1/users/me",
    "GET /v1/auth/session",
    "DELETE /v1/auth/session",
    "GET /v1/keys/scopes",
    "GET /v1/platforms",
}


@pytest.fixture(scope="module")
def world() -> tuple[Api, Mapping[str, str]]:
    """A workspace, and for every scope a key that has all others."""
    call, keys = api(), {}
    for name in NAMES:
        others = [one for one in NAMES if one != name]
        keys[name] = call("POST", "/v1/keys", {"name": name, "scopes": others}).json["raw_key"]
    return call, {**keys, ADMIN: keys[NAMES[0]]}


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row.label)
def test_a_stranger_is_refused_before_anything_is_read(world: tuple[Api, Mapping[str, str]], row: Row) -> None:
    call, _ = world
    with _reads(call) as reads:
        answer = call(row.route.method, row.anywhere, {"nonsense": 1} if row.route.method != "GET" else None, key=None)
        mistyped = _typo(call.test_key)
        typo = call(row.route.method, row.anywhere, key=mistyped)
    assert (answer.status, _code(row, answer)) == (401, STRANGER[row.dialect.name])
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert typo.status == 401
    assert "check it for a typo" in str(typo.json)
    assert mistyped not in str(typo.json)
    assert reads == []


@pytest.mark.parametrize("row", [row for row in CLOSED if row.route.scope != ANY_KEY], ids=lambda row: row.label)
def test_a_key_without_the_scope_is_refused_whatever_it_sends(world: tuple[Api, Mapping[str, str]], row: Row) -> None:
    call, keys = world
    sent = len(call.rig.sandbox.sent)
    body = {"nonsense": 1} if row.route.method != "GET" else None
    answer = call(row.route.method, row.anywhere, body, key=keys[str(row.route.scope)])
    assert (answer.status, _code(row, answer)) == (403, LACKING[row.dialect.name])
    if row.route.scope != ADMIN:
        assert str(row.route.scope) in str(answer.json)
    assert len(call.rig.sandbox.sent) == sent


def test_what_is_open_is_listed() -> None:
    """To everybody, and to whoever has a key: nothing gets there by being forgotten."""
    assert {f"{row.route.method} {row.route.path}" for row in ROWS if row.route.scope is None} == OPEN
    assert {f"{row.route.method} {row.route.path}" for row in CLOSED if row.route.scope == ANY_KEY} == FOR_ANY_KEY


def _code(row: Row, answer: Answer) -> str:
    said = answer.json
    if row.dialect.name == "social":
        return str(said["error_code"])
    return str(said["error"] if row.dialect.name == "connect" else said["error"]["code"])


def _typo(key: str) -> str:
    """The key with its two middle characters exchanged for others."""
    at = len(key) - 20
    return key[:at] + ("a" if key[at] != "a" else "b") + key[at + 1 :]


@contextmanager
def _reads(call: Api) -> Iterator[list[str]]:
    """The names of the store's calls within."""
    seen: list[str] = []

    def note(name: str, phase: str) -> None:
        if name.startswith("store.") and phase == "before":
            seen.append(name)

    call.rig.faults.hook = note
    try:
        yield seen
    finally:
        call.rig.faults.hook = None
