"""Business messaging over HTTP: a number is verified and registered, templates are kept, messages are sent by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts import account_path
from shared.operations import accounts
from shared.ports.http import Request, Response
from shared.ports.store import Write
from tests.api.client import Api
from tests.operations import flows

PATH = "/v1/platforms/whatsapp"
BODY = [{"type": "BODY", "text": "Hello {{1}}, it is ready.", "example": {"body_text": [["Iris"]]}}]
TEMPLATE = {"name": "order_ready", "language": "en_US", "category": "UTILITY", "components": BODY}
HELLO = {"to": "15550100000", "template_name": "hello_world", "language": "en_US"}


@pytest.fixture
def account(call: Api) -> str:
    return call.connect("whatsapp")


def test_a_number_is_given_up_and_comes_back(call: Api, account: str) -> None:
    """Step by step, each told by the status; its PIN is kept nowhere."""
    at = f"{PATH}/phone-numbers/{account}"
    assert call("GET", f"{at}/status").json == {"verified": True, "registered": True}
    assert call("POST", f"{at}/deregister").status == 204
    assert call("GET", f"{at}/status").json["registered"] is False
    assert call("POST", f"{at}/request-code", {"method": "SMS", "language": "en_US"}).status == 204
    wrong = call("POST", f"{at}/verify-code", {"code": "000000"})
    assert (wrong.status, wrong.error["code"]) == (400, "platform.whatsapp.code_wrong")
    assert call("POST", f"{at}/verify-code", {"code": "123456"}, Idempotency_Key="v").status == 204
    assert call("POST", f"{at}/verify-code", {"code": "123456"}, Idempotency_Key="v").status == 204
    assert call("POST", f"{at}/register", {"pin": "204060"}).status == 204
    assert call("GET", f"{at}/status").json == {"verified": True, "registered": True}
    kept = [doc.data for kind in ("targets", "idempotency", "accounts") for doc in call.stored(kind)]
    assert "204060" not in repr(kept)


def test_a_lost_answer_to_a_setting_is_not_repeated(call: Api, account: str) -> None:
    """Nobody knows whether the code was sent: the caller is told to look."""
    call.rig.sandbox.intercept = lambda request: Response(200, {}, b"?") if "deregister" in request.url else None
    answer = call("POST", f"{PATH}/phone-numbers/{account}/deregister")
    assert (answer.status, answer.error["code"]) == (502, "platform.no_answer")
    assert "number stands" in answer.error["message"]
    assert sum("deregister" in one.url for one in call.rig.sandbox.sent) == 1


def test_the_profile_is_changed_by_either_id(call: Api, account: str) -> None:
    """Ours, or the network's of the number."""
    number = call("GET", f"/v1/accounts/{account}/resources/numbers").json["data"][0]["id"]
    for named, about in ((account, "Open daily"), (number, "Closed on Sunday")):
        at = f"{PATH}/phone-numbers/{named}/business-profile"
        assert call("PUT", at, {"about": about, "websites": ["https://example.com"]}).status == 204
        shown = call("GET", at).json
        assert (shown["about"], shown["vertical"]) == (about, "OTHER")
    nothing = call("PUT", f"{PATH}/phone-numbers/{account}/business-profile", {})
    assert (nothing.status, nothing.error["code"]) == (400, "validation.field_required")


def test_a_template_is_submitted_edited_sent_and_deleted(call: Api, account: str) -> None:
    """By its id and by its name; submitting it again is a conflict."""
    at = f"{PATH}/accounts/{account}/templates"
    made = call("POST", at, TEMPLATE, Idempotency_Key="t")
    assert (made.status, made.json["status"], made.json["category"]) == (201, "PENDING", "UTILITY")
    assert call("POST", at, TEMPLATE, Idempotency_Key="t").data == made.data
    again = call("POST", at, TEMPLATE)
    assert (again.status, again.error["code"]) == (409, "platform.whatsapp.template_exists")
    one = f"{PATH}/templates/{made.json['id']}"
    assert call("GET", one).json["name"] == "order_ready"
    other = [{"type": "BODY", "text": "{{1}} waits for you, {{2}}!", "example": {"body_text": [["It", "Iris"]]}}]
    assert call("PUT", one, {"components": other}).status == 204
    assert call("GET", one).json["components"] == other
    call.rig.clock.advance(120)
    values = [{"type": "body", "parameters": [{"type": "text", "text": "Fern"}, {"type": "text", "text": "Iris"}]}]
    sent = call(
        "POST",
        f"{PATH}/accounts/{account}/send-template",
        {"to": "+1 555 010 0007", "template_name": "order_ready", "language": "en_US", "components": values},
    )
    assert sent.status == 200, sent.json
    assert sent.json["contacts"][0]["wa_id"] == "15550100007"
    assert sent.json["messages"][0]["id"].startswith("wamid.")
    assert call("DELETE", f"{at}?name=order_ready").status == 204
    for gone in (call("GET", one), call("PUT", one, {"components": other}), call("DELETE", f"{at}?name=order_ready")):
        assert (gone.status, gone.error["code"]) == (404, "whatsapp.template_not_found"), gone.json


def test_an_account_that_cannot_be_asked_hides_no_other_ones_template(call: Api, account: str) -> None:
    """Whichever is asked first; what no account has because one could not be asked is that one's refusal."""
    rig = call.rig
    begun = flows.begin(rig, "whatsapp", call.caller)
    accounts.callback(rig.ports, "whatsapp", flows.consent(rig, begun, sandbox_user="somebody-else"))
    mine, other = (one.id for one in accounts.list_(rig.ports, call.caller, "whatsapp"))
    for dead, alive in ((mine, other), (other, mine)):
        made = call("POST", f"{PATH}/accounts/{alive}/templates", {**TEMPLATE, "name": f"of_{alive.lower()}"}).json[
            "id"
        ]
        path = account_path(call.caller.space, dead)
        rig.store.commit([Write("update", path, {"status": "reconnect_required"})])
        assert call("GET", f"{PATH}/templates/{made}").json["id"] == made
        unknown = call("GET", f"{PATH}/templates/1")
        assert (unknown.status, unknown.error["code"]) == (403, "account.reconnection_required")
        rig.store.commit([Write("update", path, {"status": "active"})])


def test_templates_come_page_by_page(call: Api, account: str) -> None:
    at = f"{PATH}/accounts/{account}/templates"
    whole = [row["name"] for row in call("GET", at).json["data"]]
    first = call("GET", f"{at}?limit=1").json
    second = call("GET", first["paging"]["next"]).json
    assert [row["name"] for row in first["data"] + second["data"]] == whole == ["hello_world", "order_update"]
    assert "next" not in second["paging"]
    bent = call("GET", f"{at}?cursor={first['paging']['cursors']['after']}x")
    assert (bent.status, bent.error["code"]) == (400, "validation.cursor_invalid")


def test_a_template_is_looked_at_without_asking(call: Api) -> None:
    """Also without any account; with the component of each finding."""
    at = f"{PATH}/templates/validate"
    assert call("POST", at, TEMPLATE).json == {"valid": True, "errors": [], "warnings": []}
    bad = {**TEMPLATE, "name": "Order Ready", "components": [*BODY, {"type": "FOOTER", "text": "x" * 61}]}
    found = call("POST", at, bad).json
    assert (found["valid"], [row["field"] for row in found["errors"]]) == (False, ["name", "text"])
    assert found["errors"][1]["component_index"] == 1
    refused = call("POST", f"{PATH}/accounts/{call.connect('whatsapp')}/templates", bad)
    assert (refused.status, refused.meta["field"]) == (400, "name")
    assert call.stored("targets") == []


@pytest.mark.parametrize(
    ("code", "status", "named"),
    [
        (131047, 400, "whatsapp.window_closed"),
        (131049, 429, "whatsapp.frequency_cap"),
        (131050, 403, "whatsapp.user_opted_out"),
        (131026, 400, "whatsapp.undeliverable"),
        (132001, 404, "whatsapp.template_not_found"),
        (132015, 409, "whatsapp.template_paused"),
    ],
)
def test_a_refusal_has_its_documented_name_and_status(
    call: Api, account: str, code: int, status: int, named: str
) -> None:
    call.rig.sandbox.intercept = refusing(code)
    for path, body in (
        (f"{PATH}/accounts/{account}/send-template", HELLO),
        ("/v1/inbox/conversations/15550100000/messages", {"account_id": account, "text": "Hi"}),
    ):
        answer = call("POST", path, body)
        assert (answer.status, answer.error["code"]) == (status, named), answer.json
        assert answer.meta["platform_code"] == str(code)


@pytest.mark.parametrize("code", [131056, 130429])
def test_a_limit_that_passes_is_waited_for(call: Api, account: str, code: int) -> None:
    """Too many at once: it is sent when the network takes it, and never twice."""
    call.rig.sandbox.intercept = refusing(code)
    call.rig.clock.while_asleep = call.rig.clock.advance
    answer = call("POST", f"{PATH}/accounts/{account}/send-template", HELLO)
    assert answer.status == 202
    call.settle(3)
    call.rig.sandbox.intercept = None
    call.settle(3600)
    assert call("GET", answer.json["poll"]).json["status"] == "done"


def refusing(code: int) -> Callable[[Request], Response | None]:
    """The network refuses every message so."""
    body = json.dumps({"error": {"message": f"(#{code})", "type": "OAuthException", "code": code}}).encode()
    return lambda request: Response(400, {}, body) if request.url.partition("?")[0].endswith("/messages") else None


def test_choices_are_sent_where_the_network_has_them(call: Api, account: str) -> None:
    """And a reply names the message that it answers."""
    path = "/v1/inbox/conversations/15550100000/messages"
    buttons: list[dict[str, Any]] = [{"type": "postback", "title": "Yes", "payload": "y"}]
    body = {"account_id": account, "text": "Coming?", "buttons": buttons, "reply_to_message_id": "wamid.HBgL"}
    assert call("POST", path, body).status == 200
    sent = json.loads(bytes(call.rig.sandbox.sent[-1].body or b""))  # type: ignore[arg-type]
    assert sent["interactive"]["action"]["buttons"] == [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]
    assert sent["context"] == {"message_id": "wamid.HBgL"}


def test_an_account_of_another_network_has_no_number(call: Api) -> None:
    """And without any account no template is anybody's."""
    other = call.connect("bluesky")
    answer = call("GET", f"{PATH}/phone-numbers/{other}/status")
    assert (answer.status, answer.error["code"]) == (404, "account.not_found")
    nobodys = call("GET", f"{PATH}/templates/4711")
    assert (nobodys.status, nobodys.error["code"]) == (404, "whatsapp.no_account")
