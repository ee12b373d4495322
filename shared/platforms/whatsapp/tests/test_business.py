"""Connecting, numbers, the profile, templates, and what is told by webhook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Fate, Published, Refused, Unsure
from shared.platforms.whatsapp import oauth, resources, settings, simulator, webhooks
from shared.platforms.whatsapp.tests.business import APP, CUSTOMER, REDIRECT, Business
from shared.ports.http import Response
from tests.support.simulated import START

BODY = [{"type": "BODY", "text": "Your order is ready."}]
TEMPLATE: dict[str, Any] = {"name": "ready", "language": "en_US", "category": "UTILITY", "components": BODY}


class TestConnecting:
    def test_every_shared_number_is_an_account(self) -> None:
        """With the same token."""
        business = Business("many")
        assert len(business.candidates) == 3
        assert len({one.platform_account_id for one in business.candidates}) == 3
        assert {one.metadata["waba_id"] for one in business.candidates} == {business.waba}
        assert len(Business().candidates) == 1

    def test_the_configuration_stands_for_the_permissions(self) -> None:
        """Without one, they are asked for by name."""
        assert "config_id=4711" in oauth.authorize_url(APP, REDIRECT, "s", "", ("a", "b"))
        assert "scope=a%2Cb" in oauth.authorize_url(replace(APP, config=""), REDIRECT, "s", "", ("a", "b"))

    def test_a_token_without_an_end_is_looked_at(self) -> None:
        """Alive: as it is. Dead: connect again."""
        business = Business()
        assert business.account.tokens.expires_at is None
        assert oauth.refresh(business.call) == business.account.tokens
        business.account = replace(business.account, tokens=replace(business.account.tokens, access="EAAdead"))
        with pytest.raises(Refused) as refused:
            oauth.refresh(business.call)
        assert (refused.value.fate, refused.value.row.reconnect) == (Fate.UNAUTHORISED, True)

    def test_a_token_of_sixty_days_is_exchanged(self) -> None:
        """Where the app's configuration has such; too late is too late."""
        business = Business("sixty")
        first = business.account.tokens
        business.world.pass_time(30 * 86_400)
        fresh = oauth.refresh(business.call)
        assert first.expires_at
        assert fresh.expires_at
        assert fresh.expires_at > first.expires_at
        assert fresh.scopes == first.scopes
        business.world.pass_time(31 * 86_400)
        with pytest.raises(Refused) as refused:
            oauth.refresh(business.call)
        assert refused.value.row.reconnect


class TestResources:
    def test_numbers_and_profile(self) -> None:
        """As WhatsApp gives them."""
        business = Business("many")
        numbers = resources.read(business.call, "numbers", {}, "").items
        assert {one["id"] for one in numbers} == {one.platform_account_id for one in business.candidates}
        (profile,) = resources.read(business.call, "profile", {}, "").items
        assert profile["vertical"] == "OTHER"

    def test_templates_by_name_and_page(self) -> None:
        """Fifty at a time."""
        business = Business()
        for number in range(60):
            business.do(business.act("template.create", "", **{**TEMPLATE, "name": f"t{number}"}))
        first = resources.read(business.call, "templates", {}, "")
        second = resources.read(business.call, "templates", {}, first.next)
        assert (len(first.items), len(second.items), second.next) == (50, 12, "")
        (only,) = resources.read(business.call, "templates", {"name": "hello_world"}, "").items
        assert only["status"] == "APPROVED"

    def test_a_template_is_made_found_and_deleted(self) -> None:
        """Approved after a while, and told so."""
        business = Business().subscribed()
        create = business.act("template.create", "", **TEMPLATE)
        state = business.prepare(create)
        assert isinstance(resources.find(business.call, create, business.armed(state)), Absent)
        made = resources.commit(business.call, create, state)
        found = resources.find(business.call, create, business.armed(state))
        assert isinstance(found, Published)
        assert found.id == made.id
        with pytest.raises(Refused) as refused:  # after an answer that was lost
            resources.commit(business.call, create, business.prepare(create, state))
        assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "template_exists")
        business.world.pass_time(90)
        resources.read(business.call, "numbers", {}, "")
        told = next(event for event in business.told() if event.kind == "template.updated")
        assert (told.data["status"], told.data["template_id"]) == ("APPROVED", made.id)
        delete = business.act("template.delete", made.id)
        state = business.prepare(delete)
        assert isinstance(resources.find(business.call, delete, business.armed(state)), Absent)
        for _ in range(2):
            assert resources.commit(business.call, delete, state).id == made.id
        assert isinstance(resources.find(business.call, delete, business.armed(state)), Published)

    def test_another_s_template_of_the_name_is_not_ours(self) -> None:
        """It was there before: the refusal is definite, and it is never claimed."""
        business = Business()
        business.do(business.act("template.create", "", **TEMPLATE))
        again = business.act("template.create", "", **TEMPLATE)
        state = business.prepare(again)
        with pytest.raises(Refused) as refused:
            resources.commit(business.call, again, state)
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "template_exists")
        for known in (state, {}):
            assert isinstance(resources.find(business.call, again, business.armed(known)), Unsure)

    def test_a_template_of_other_words_is_not_ours(self) -> None:
        """Made by somebody else while our answer was lost."""
        business = Business()
        words = [{**part, "text": "Other words"} if part["type"] == "BODY" else part for part in TEMPLATE["components"]]
        create = business.act("template.create", "", **{**TEMPLATE, "components": words})
        state = business.prepare(create)
        business.do(business.act("template.create", "", **TEMPLATE))
        assert isinstance(resources.find(business.call, create, business.armed(state)), Unsure)

    def test_a_template_beyond_the_first_page_is_not_gone(self) -> None:
        """Only the whole list proves that something is not in it."""
        business = Business()
        page = {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/next"}}
        business.http.intercept = lambda _: Response(200, {}, json.dumps(page).encode())
        delete, create = business.act("template.delete", "4711"), business.act("template.create", "", **TEMPLATE)
        for act, state in ((delete, {"name": "x"}), (delete, {"name": ""}), (create, {"free": True})):
            assert isinstance(resources.find(business.call, act, business.armed(state)), Unsure)

    def test_the_profile_is_changed_and_read_back(self) -> None:
        """Only what was given."""
        business = Business()
        change = business.act("profile.update", "", about="Open daily", websites=["https://example.com"])
        assert isinstance(resources.find(business.call, change, business.armed()), Absent)
        business.do(change)
        assert isinstance(resources.find(business.call, change, business.armed()), Published)

    @pytest.mark.parametrize(
        ("verb", "on", "arguments"),
        [
            ("template.create", "", {**TEMPLATE, "name": "Not Allowed"}),
            ("template.delete", "ready", {}),
            ("profile.update", "", {}),
            ("message.read", "4711", {}),
        ],
    )
    def test_what_cannot_be_is_said(self, verb: str, on: str, arguments: dict[str, Any]) -> None:
        """In words, before anything is sent."""
        business = Business()
        before = len(business.http.sent)
        with pytest.raises(Invalid):
            business.do(business.act(verb, on, **arguments))
        assert len(business.http.sent) == before

    def test_a_message_is_marked_read(self) -> None:
        """With the sign that an answer is written; whether it was cannot be read."""
        business = Business()
        incoming = simulator.visit(business.world, business.number, "Hello?")
        read = business.act("message.read", incoming, typing=True)
        assert business.do(read).id == incoming
        assert isinstance(resources.find(business.call, read, business.armed()), Unsure)


class TestNumbers:
    def test_a_number_is_given_up_verified_and_registered(self) -> None:
        """In WhatsApp's order; each step says what is missing."""
        business = Business()
        settings.change(business.call, "deregister", {})
        for refused in (
            lambda: business.send("Hello"),
            lambda: settings.change(business.call, "deregister", {}),
        ):
            assert _code(refused) == "number_not_registered"
        (number,) = resources.read(business.call, "numbers", {}, "").items
        assert (number["status"], number["code_verification_status"]) == ("UNLINKED", "VERIFIED")
        settings.change(business.call, "request_code", {"method": "VOICE", "language": "en_US"})
        assert _code(lambda: settings.change(business.call, "register", {"pin": "204060"})) == "verification_needed"
        assert _code(lambda: settings.change(business.call, "verify_code", {"code": "000000"})) == "code_wrong"
        settings.change(business.call, "verify_code", {"code": "123456"})
        settings.change(business.call, "register", {"pin": "204060"})
        assert _code(lambda: settings.change(business.call, "register", {"pin": "111111"})) == "pin_wrong"
        assert business.send("Hello").id

    def test_a_number_of_the_app_is_left_to_it(self) -> None:
        """Registering would take it away."""
        business = Business("app")
        before = len(business.http.sent)
        assert _code(lambda: settings.change(business.call, "register", {"pin": "204060"})) == "business_app_number"
        assert [one.method for one in business.http.sent[before:]] == ["GET"]

    @pytest.mark.parametrize(
        ("name", "arguments", "field"),
        [
            ("register", {"pin": "12345"}, "pin"),
            ("verify_code", {"code": "12345x"}, "code"),
            ("request_code", {"method": "SMS", "language": "en"}, "language"),
        ],
    )
    def test_what_cannot_be_is_not_sent(self, name: str, arguments: dict[str, str], field: str) -> None:
        business = Business()
        before = len(business.http.sent)
        with pytest.raises(Invalid) as invalid:
            settings.change(business.call, name, arguments)
        assert invalid.value.meta["field"] == field
        assert len(business.http.sent) == before


class TestTemplates:
    def test_one_is_edited_and_all_of_a_name_are_deleted(self) -> None:
        """Edited is reviewed anew; what is gone is found gone, whoever asks again."""
        business = Business()
        made = business.do(business.act("template.create", "", **TEMPLATE))
        edit = business.act("template.edit", made.id, components=[{"type": "BODY", "text": "It waits."}])
        state = business.prepare(edit)
        assert isinstance(resources.find(business.call, edit, business.armed(state)), Absent)
        resources.commit(business.call, edit, state)
        assert isinstance(resources.find(business.call, edit, business.armed(state)), Published)
        (shown,) = resources.read(business.call, "templates", {"id": made.id}, "").items
        assert (shown["status"], shown["components"][0]["text"]) == ("PENDING", "It waits.")
        clear = business.act("template.delete_all", "ready")
        state = business.prepare(clear)
        assert isinstance(resources.find(business.call, clear, business.armed(state)), Absent)
        resources.commit(business.call, clear, state)
        assert isinstance(resources.find(business.call, clear, business.armed(state)), Published)
        assert resources.commit(business.call, clear, business.prepare(clear, state)).id == "ready"
        assert _code(lambda: business.prepare(clear)) == "template_not_found"
        assert _code(lambda: resources.read(business.call, "templates", {"id": "4711"}, "")) == "template_not_found"

    @pytest.mark.parametrize(
        ("components", "field"),
        [
            ([], "components"),
            ([{"type": "FOOTER", "text": "x"}], "components"),
            ([{"type": "BODY", "text": "x" * 1025}], "text"),
            ([{"type": "BODY", "text": "Hello {{2}} there", "example": {}}], "text"),
            ([{"type": "BODY", "text": "x"}, {"type": "BODY", "text": "x"}], "type"),
            ([{"type": "BODY", "text": "x"}, {"type": "HEADER", "format": "IMAGE"}], "example"),
            ([{"type": "BODY", "text": "x"}, {"type": "FOOTER", "text": "{{1}}", "example": {}}], "text"),
            (
                [{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go"}]}],
                "buttons",
            ),
        ],
    )
    def test_what_would_be_refused_is_found_without_asking(self, components: list[Any], field: str) -> None:
        found = settings.examine("template.create", {**TEMPLATE, "components": components})
        assert field in [fault.field for fault in found if fault.severe]

    def test_the_templates_of_the_document_pass(self) -> None:
        """And one that begins with a variable is warned of."""
        assert settings.examine("template.create", TEMPLATE) == []
        begins = [{"type": "BODY", "text": "{{1}}, it is ready.", "example": {"body_text": [["Iris"]]}}]
        assert [one.severe for one in settings.examine("template.edit", {"components": begins})] == [False]


def _code(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.row.code


class TestWebhooks:
    def test_an_odd_delivery_is_refused_as_such_or_read(self) -> None:
        """A signed one may still be of any form: ValueError, or events that a store takes."""
        business = Business().subscribed()
        business.send("Hello", CUSTOMER)
        failed = {"id": "wamid.x", "status": "failed", "errors": [{"code": 131026, "error_data": {"details": "x"}}]}
        template = {"message_template_id": 4, "message_template_name": "x", "event": "APPROVED"}
        bodies = [json.loads(push.body) for push in simulator.pushes(business.world)[-2:]]
        bodies += [_delivery("messages", {"statuses": [failed]}), _delivery("message_template_status_update", template)]
        for odd in (one for body in bodies for one in bent(body)):
            try:
                events = webhooks.parse({}, json.dumps(odd).encode())
            except ValueError:
                continue
            for event in events:
                json.dumps([event.id, event.platform_account_id, event.data], ensure_ascii=False).encode()
                assert len(event.id) < 1000

    def test_each_member_of_a_group_has_states(self) -> None:
        """Of one message: they are events of their own."""
        state = {"id": "wamid.x", "status": "read", "group_id": "g", "timestamp": "1739321024"}
        members = [{**state, "recipient_participant_id": who} for who in ("15550100000", "15550100001")]
        events = webhooks.parse({}, json.dumps(_delivery("messages", {"statuses": members})).encode())
        assert len({event.id for event in events}) == 2

    def test_what_people_wrote_is_told(self) -> None:
        """Those who had written before, and those who write now; each once."""
        business = Business().subscribed()
        simulator.visit(business.world, business.number, "Do you have ferns?", who="15551112222", name="Iris")
        business.send("We do!", "15551112222")
        received = [event for event in business.told() if event.kind == "message.received"]
        assert len({event.id for event in received}) == len(received) >= 3
        assert {event.platform_account_id for event in received} == {business.number}
        last = received[-1].data
        assert (last["conversation_id"], last["text"], last["author_name"]) == (
            "15551112222",
            "Do you have ferns?",
            "Iris",
        )

    def test_states_come_in_order(self) -> None:
        """Sent at once, delivered and read as time passes."""
        business = Business().subscribed()
        sent = business.send("Hello", CUSTOMER)
        business.world.pass_time(90)
        resources.read(business.call, "numbers", {}, "")
        kinds = [event.kind for event in business.told() if event.data.get("message_id") == sent.id]
        assert kinds == ["message.sent", "message.delivered", "message.read"]

    def test_only_meta_s_signature_counts(self) -> None:
        """And only of these bytes."""
        business = Business().subscribed()
        push = simulator.pushes(business.world)[0]
        headers = {name.lower(): value for name, value in push.headers.items()}
        assert webhooks.verify(headers, push.body, "sandbox-secret", START)
        assert not webhooks.verify(headers, push.body + b" ", "sandbox-secret", START)
        assert not webhooks.verify(headers, push.body, "another", START)

    def test_the_handshake(self) -> None:
        """With our verify token only."""
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ours"}
        reply = webhooks.challenge(query, "", "ours")
        assert reply
        assert reply.body == "1158201444"
        assert webhooks.challenge(query, "", "another") is None

    def test_nothing_is_told_without_a_subscription(self) -> None:
        """And nothing after it was given back, twice."""
        business = Business()
        business.send("Hello")
        assert not business.told()
        business.subscribed()
        webhooks.unsubscribe(business.call)
        webhooks.unsubscribe(business.call)
        before = len(business.told())
        simulator.visit(business.world, business.number, "Anybody?")
        assert len(business.told()) == before

    @pytest.mark.parametrize("body", [b"", b"{}", b'{"object": "page", "entry": []}', b'{"object": 5, "entry": 5}'])
    def test_what_makes_no_sense_is_refused(self, body: bytes) -> None:
        """ValueError."""
        with pytest.raises(ValueError, match=r".+"):
            webhooks.parse({}, body)

    def test_other_changes_are_told_as_such(self) -> None:
        """Of the account, and of what we do not know."""
        changes = [
            {"field": "phone_number_quality_update", "value": {"display_phone_number": "1", "event": "FLAGGED"}},
            {"field": "user_preferences", "value": {"x": 1}},
        ]
        payload = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "4", "time": 1739321024, "changes": changes}],
        }
        kinds = [event.kind for event in webhooks.parse({}, json.dumps(payload).encode())]
        assert kinds == ["account.updated", "other"]


def _delivery(field: str, value: dict[str, Any]) -> dict[str, Any]:
    changes = [{"field": field, "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "4", "time": 1739321024, "changes": changes}]}


ODD: list[Any] = [None, 0, -1, True, 1e400, "", "x" * 5000, "\ud800", [], {}, ["x"], {"x": {"y": []}}, [{"id": []}]]


def bent(value: Any) -> Iterator[Any]:
    """The delivery with each of its parts exchanged for something odd, one at a time."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in (*ODD, *bent(part)))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in (*ODD, *bent(part)))
