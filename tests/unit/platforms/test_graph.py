"""What every network behind Graph shares: errors, requests, webhooks, and the ground of a simulated one."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest
from typing import Any

import pytest

from shared.domain.accounts import AccountView, Tokens
from shared.domain.errors import Invalid
from shared.platforms._graph import calls, errors, simulated, webhooks
from shared.platforms.contract import App, Call, ErrorRow, Fate, Refused
from shared.ports.http import Request, Response
from tests.support.simulated import MemoryWorld

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = ErrorRow(Fate.REJECTED, "too_loud", "Too loud.")
BOOK = errors.Book("network", "Network", {(5, 7): OWN, (506, None): OWN}, strict_subcodes=range(1000, 2000))


class Wire:
    """Keeps what is sent; answers what it was given."""

    def __init__(self, body: Any, status: int = 200, **headers: str) -> None:
        self.sent: list[Request] = []
        self.answer = Response(status, headers, json.dumps(body).encode())

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        return self.answer


def call(wire: Wire, secret: str = "secret") -> Call:
    return Call(wire, AccountView("1", "one", {}, Tokens("the-token")), App("app", secret), NOW)


def error(code: int, subcode: int | None = None, status: int = 400, **headers: str) -> Response:
    said = {"message": "no", "code": code} | ({"error_subcode": subcode} if subcode else {})
    return Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, json.dumps({"error": said}).encode())


@pytest.mark.parametrize(
    ("response", "fate", "code"),
    [
        (error(190, 463), Fate.UNAUTHORISED, "auth"),
        (error(190, 460), Fate.UNAUTHORISED, "auth"),
        (error(190, 1234567), Fate.UNAUTHORISED, "auth"),
        (error(10, status=403), Fate.REJECTED, "permission_denied"),
        (error(230, status=403), Fate.REJECTED, "permission_denied"),
        (error(32), Fate.LIMITED, "rate_limit"),
        (error(80001), Fate.LIMITED, "rate_limit"),
        (error(2, status=500), Fate.TRANSIENT, "server_error"),
        (error(2), Fate.TRANSIENT, "server_error"),
        (error(100, 33), Fate.UNKNOWN, "not_found"),
        (error(100), Fate.REJECTED, "invalid_parameter"),
        (error(100, 1500), Fate.UNKNOWN, "unlisted"),  # a strict subcode does not fall back to its code
        (error(100, 2500), Fate.REJECTED, "invalid_parameter"),
        (error(5, 7), Fate.REJECTED, "too_loud"),
        (error(506, status=500), Fate.TRANSIENT, "server_error"),  # a 5xx is never definite
        (error(4242), Fate.UNKNOWN, "unlisted"),
        (Response(429, {}, b""), Fate.LIMITED, "rate_limit"),
    ],
)
def test_refusals_by_code(response: Response, fate: Fate, code: str) -> None:
    """The common codes and a network's own; what is not listed says nothing."""
    refused = BOOK.refusal(response, NOW)
    assert (refused.fate, refused.row.code, refused.platform) == (fate, code, "network")


def test_what_the_network_calls_temporary_is_never_definite() -> None:
    """``is_transient`` wins over a row that would end the target; limits and tokens stay what they are."""
    for code, fate in ((100, Fate.TRANSIENT), (10, Fate.TRANSIENT), (4, Fate.LIMITED), (190, Fate.UNAUTHORISED)):
        said = {"error": {"message": "again", "code": code, "is_transient": True}}
        assert BOOK.refusal(Response(400, {}, json.dumps(said).encode()), NOW).fate is fate


@pytest.mark.parametrize("minutes", ["1e999", "1e300", "-5", "NaN"])
def test_a_limit_without_an_end_that_makes_sense(minutes: str) -> None:
    """It stays a limit, without a time."""
    usage = f'{{"1": [{{"estimated_time_to_regain_access": {minutes}}}]}}'
    refused = BOOK.refusal(error(4, x_business_use_case_usage=usage), NOW)
    assert (refused.fate, refused.retry_at) == (Fate.LIMITED, None)


def test_a_code_of_a_thousand_digits_is_no_code() -> None:
    """Nor are digits that are not ASCII."""
    assert errors.number("9" * 5000) is None
    assert errors.number("١٢") is None


@pytest.mark.parametrize(
    "path", ["me/accounts?fields=access_token#/campaigns", "1/../me", "1#", "1%2fme", "1/2/3", "", "1 2", "1/", "é"]
)
def test_a_path_is_made_of_ids_and_nothing_is_sent_otherwise(path: str) -> None:
    """Ids come from callers: one must not become another request with the account's token."""
    wire = Wire({})
    graph = calls.Graph("https://graph.example.com", "v1.0", BOOK)
    for send in (
        lambda: graph.read(call(wire), path),
        lambda: graph.post(call(wire), path, {}),
        lambda: graph.send_json(call(wire), path, {}),
        lambda: graph.remove(call(wire), path),
    ):
        with pytest.raises(Invalid) as invalid:
            send()
        assert "network" in invalid.value.code
    assert wire.sent == []


def test_a_visible_request_trusts_no_bare_invalid_parameter() -> None:
    """Code 100 alone is definite only where nothing can have become visible."""
    assert BOOK.visible_refusal(error(100), NOW).fate is Fate.UNKNOWN
    assert BOOK.visible_refusal(error(5, 7), NOW).fate is Fate.REJECTED


def test_a_limit_names_its_end() -> None:
    """The business header in minutes, else Retry-After, else nothing; usage in percent."""
    header = json.dumps({"1": [{"type": "pages", "estimated_time_to_regain_access": 9}]})
    assert BOOK.refusal(error(32, x_business_use_case_usage=header), NOW).retry_at == NOW + timedelta(minutes=9)
    assert BOOK.refusal(error(32, retry_after="3"), NOW).retry_at == NOW + timedelta(seconds=3)
    assert BOOK.refusal(error(190, retry_after="3"), NOW).retry_at is None
    assert BOOK.refusal(error(32, x_business_use_case_usage="[1]"), NOW).retry_at is None
    assert errors.usage(Response(200, {"x-app-usage": '{"call_count": 3, "total_time": 40}'}, b"")) == 40


def test_requests_carry_token_and_proof_and_never_the_token_in_the_address() -> None:
    """Authorization: Bearer; appsecret_proof where it is wanted and the secret is known."""
    graph = calls.Graph("https://graph.example", "v26.0", BOOK, proof=True)
    wire = Wire({"id": "9"})
    graph.read(call(wire), "me", fields="id", after=None)
    assert graph.create(call(wire), "1/things", {"name": "x", "none": None}) == "9"
    graph.remove(call(wire), "9", token="other")
    proof = calls.appsecret_proof("the-token", "secret")
    assert wire.sent[0].url == f"https://graph.example/v26.0/me?fields=id&appsecret_proof={proof}"
    assert wire.sent[1].body == f"name=x&appsecret_proof={proof}".encode()
    assert [sent.headers["Authorization"] for sent in wire.sent] == ["Bearer the-token"] * 2 + ["Bearer other"]
    assert not any("the-token" in sent.url for sent in wire.sent)
    bare = Wire({"id": "9"})
    graph.read(call(bare, secret=""), "me")
    assert bare.sent[0].url == "https://graph.example/v26.0/me"


def test_a_creation_without_an_id_is_no_success() -> None:
    """TRANSIENT: nobody knows."""
    with pytest.raises(Refused) as refused:
        calls.Graph("https://graph.example", "v26.0", BOOK).create(call(Wire({})), "1/things", {})
    assert refused.value.fate is Fate.TRANSIENT


def test_the_handshake_is_answered_only_with_our_token() -> None:
    """hub.challenge comes back as it came."""
    query = {"hub.mode": "subscribe", "hub.verify_token": "ours", "hub.challenge": "1158201444"}
    reply = webhooks.challenge(query, "ours")
    assert reply is not None
    assert (reply.status, reply.body) == (200, "1158201444")
    assert webhooks.challenge(query, "theirs") is None
    assert webhooks.challenge({**query, "hub.verify_token": ""}, "") is None
    assert webhooks.challenge({**query, "hub.mode": "x"}, "ours") is None


def test_a_delivery_is_signed_as_a_whole() -> None:
    """One byte more, another secret, no signature: not ours. The simulators' own pushes verify."""
    push = simulated.push("1", NOW, "page", simulated.changed("5", 1.0, "feed", {"a": "ü"}))
    assert webhooks.verify(push.headers, push.body, simulated.SECRET)
    assert not webhooks.verify(push.headers, push.body + b" ", simulated.SECRET)
    assert not webhooks.verify(push.headers, push.body, "another")
    assert not webhooks.verify({}, push.body, simulated.SECRET)
    assert not webhooks.verify(push.headers, push.body, "")
    (entry,) = webhooks.entries(push.body, "page")
    assert list(webhooks.changes(entry)) == [("feed", {"a": "ü"})]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"object": "page"}', b'{"object": "page", "entry": [1]}', b"\xff"]
)
def test_what_is_no_delivery_is_refused(body: bytes) -> None:
    """With ValueError, whatever it is."""
    with pytest.raises(ValueError, match=r".+"):
        list(webhooks.entries(body, "page"))


def test_times_in_seconds_and_milliseconds() -> None:
    """Changes tell seconds, messaging milliseconds."""
    assert webhooks.instant(1_700_000_000) == webhooks.instant(1_700_000_000_000) == webhooks.instant("1700000000")
    with pytest.raises(ValueError, match="number"):
        webhooks.instant(None)


def test_signed_requests() -> None:
    """The form of the deauthorize and data-deletion callbacks."""
    payload = urlsafe_b64encode(b'{"user_id": "5", "algorithm": "HMAC-SHA256"}').rstrip(b"=").decode()
    mac = urlsafe_b64encode(digest(b"secret", payload.encode(), sha256)).rstrip(b"=").decode()
    said = webhooks.signed_request(f"{mac}.{payload}", "secret")
    assert said is not None
    assert said["user_id"] == "5"
    assert webhooks.signed_request(f"{mac}.{payload}", "another") is None
    assert webhooks.signed_request("nonsense", "secret") is None
    assert webhooks.signed_request("ä.ä", "secret") is None


def test_fields_reach_into_objects_lists_and_edges() -> None:
    """``from{id}``, ``attachments{target{id}}``, ``comments.limit(2){id}``; an unknown one is refused by name."""
    have = {
        "id": "1",
        "from": {"id": "2", "name": "N"},
        "parts": [{"id": "3", "name": "P"}],
        "edge": {"data": [{"target": {"id": "4", "url": "u"}}]},
        "none": None,
    }
    picked = simulated.picked("from{id},parts{name},edge.limit(2){target{id}},none", have, "Node")
    assert picked == {
        "from": {"id": "2"},
        "parts": [{"name": "P", "id": "3"}],
        "edge": {"data": [{"target": {"id": "4"}}]},
        "id": "1",
    }
    assert simulated.picked("", have, "Node") == {"id": "1"}
    for bad in ("nope", "from{nope}", "{"):
        with pytest.raises(simulated.Problem):
            simulated.picked(bad, have, "Node")


def test_a_page_has_a_next_only_when_there_is_more() -> None:
    """Cursors are ids; the last page ends without ``next``."""
    rows: list[dict[str, Any]] = [{"id": str(number)} for number in range(3)]
    seen: list[str] = []
    after = ""
    for _ in range(3):
        ask = simulated.Ask("GET", "h", (), {"limit": "2", "after": after}, "")
        answer = json.loads(simulated.page(ask, rows, dict, "https://graph.example/x").body)
        seen += [row["id"] for row in answer["data"]]
        after = calls.next_page(answer) or ""
        if not after:
            break
    assert seen == ["0", "1", "2"]


def test_calls_are_counted_by_the_hour() -> None:
    """Code 4 with headers above the limit; a new hour starts anew."""
    world = MemoryWorld()
    for _ in range(2):
        simulated.count_call(world, "1", 2, "pages")
    assert json.loads(simulated.usage(world, "1", 2)["x-app-usage"])["call_count"] == 100
    with pytest.raises(simulated.Problem) as problem:
        simulated.count_call(world, "1", 2, "pages")
    assert BOOK.refusal(problem.value.response(world), NOW).retry_at == NOW + timedelta(minutes=60)
    world.pass_time(3600)
    simulated.count_call(world, "1", 2, "pages")


def test_a_proof_of_another_secret_is_refused() -> None:
    """As «Require App Secret» does."""
    asked = simulated.Ask("GET", "h", (), {"appsecret_proof": calls.appsecret_proof("t", "s")}, "t")
    simulated.check_proof(asked, "s")
    with pytest.raises(simulated.Problem):
        simulated.check_proof(asked, "other")
