"""Servers that callers name themselves: what is told when nothing there speaks the network's language."""

from __future__ import annotations

import pytest

from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations import accounts
from shared.operations.accounts import Connect
from shared.ports.http import AnswerLost, Request, Response
from tests.operations.flows import LIVE, TEST
from tests.support import memory_ports
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


@pytest.mark.parametrize("caller", [TEST, LIVE])
@pytest.mark.parametrize(
    "service",
    [
        "xx",
        "https://[x",
        "pds.example:80",
        "http://pds.example",
        "http://bsky.social",
        "https://public.api.bsky.app",
        "https://www.example",
        "https://page.example",
        "https://json.example",
        "https://session.example",
        "https://silent.example",
    ],
)
def test_a_service_that_is_none_names_its_field(rig: Rig, caller: Caller, service: str) -> None:
    """Unreachable, not allowed, or answering in another language; the password is not blamed."""

    def silent(_: Request) -> Response:
        raise AnswerLost("too long")

    rig.outside.hosts |= {
        "www.example": lambda _: Response(404, {}, b"<html>not here</html>"),
        "page.example": lambda _: Response(200, {}, b"<html>welcome</html>"),
        "json.example": lambda _: Response(400, {}, b'{"error": {"code": 7}, "message": ["no"]}'),
        "session.example": lambda _: Response(200, {}, b'{"did": {"a": 1}, "handle": "x"}'),
        "public.api.bsky.app": lambda _: Response(501, {}, b'{"error": "MethodNotImplemented"}'),
        "silent.example": silent,
    }
    metadata = {"identifier": "a.bsky.social", "app_password": "abcd-efgh-ijkl-mnop", "service": service}
    with pytest.raises(Invalid) as caught:
        accounts.connect(rig.ports, caller, Connect("bluesky", metadata=metadata))
    assert caught.value.meta["field"] == "metadata.service"
    assert caught.value.message.startswith("metadata.service: ")
    assert "{" not in str(caught.value.meta.get("platform_code", ""))
    assert accounts.list_(rig.ports, caller) == []
