"""A delivery without a socket is the delivery that came over one: same request, same proof of the caller, same answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from werkzeug.wrappers import Request, Response

from local.app import Function
from local.inside import Inside
from shared.backends.embedded.deliveries import Leased
from shared.backends.embedded.dispatch import headers
from shared.runtime import gate
from shared.runtime.settings import load

TOKEN = "internal-token"
LEASED = Leased(1, "publish-one", "t1", "task", "publish", '{"text": "ü"}', datetime(2026, 11, 22, tzinfo=UTC), 3, "a")


def answered(function: Function, leased: Leased = LEASED) -> int | None:
    return Inside({"publish": function, "api": function}, TOKEN).send(leased)


def test_a_function_sees_the_request_that_the_cloud_would_send() -> None:
    seen: list[Request] = []

    def function(request: Request) -> Response:
        seen.append(request)
        assert json.loads(request.get_data()) == {"text": "ü"}
        return Response(status=204)

    assert answered(function) == 204
    (request,) = seen
    assert (request.method, request.path, request.url) == (
        "POST",
        "/_functions/publish",
        "http://127.0.0.1/_functions/publish",
    )
    assert {name: request.headers[name] for name in headers(LEASED, TOKEN)} == headers(LEASED, TOKEN)
    assert request.headers["X-CloudTasks-TaskRetryCount"] == "2"


@pytest.mark.parametrize(("known", "status"), [(TOKEN, 200), ("another", 403)])
def test_the_gate_asks_for_the_same_proof(known: str, status: int) -> None:
    def function(request: Request) -> Response:
        try:
            gate.check(request.headers.get("Authorization", ""), load({"INTERNAL_TOKEN": known}))
        except gate.Refused:
            return Response(status=403)
        return Response(status=200)

    assert answered(function) == status


@pytest.mark.parametrize("escaped", [ZeroDivisionError, SystemExit])
def test_what_a_function_lets_escape_is_its_failure(
    escaped: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    """``sys.exit`` would end the thread that delivers, without a word, and with the last one its queue."""

    def function(_: Request) -> Response:
        raise escaped

    assert answered(function) == 500
    assert [record.message for record in caplog.records] == ["a function failed"]


@pytest.mark.parametrize("name", ["api", "never-made"])
def test_what_no_queue_calls_is_not_found(name: str) -> None:
    leased = Leased(1, "q", "n", "task", name, "{}", datetime(2026, 11, 22, tzinfo=UTC), 1, "a")
    assert answered(lambda _: Response(), leased) == 404
