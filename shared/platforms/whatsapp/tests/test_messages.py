"""Messages: each type on the wire, the 24 h window, templates, files; and what can be known of a lost answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.content import MediaFacts, MediaFile, MediaType
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.contract import Fate, Published, Refused, Unsure
from shared.platforms.whatsapp import inbox, metrics, simulator, wire
from shared.platforms.whatsapp.tests.business import CUSTOMER, Business
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files
from tests.support.simulated import image

STRANGER = "15559998877"
ORDER = {
    "name": "order_update",
    "language": "en_US",
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Iris"}, {"type": "text", "text": "4711"}]}
    ],
}
BUTTONS = {
    "type": "button",
    "body": {"text": "Coming tomorrow?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
}


def sent(business: Business) -> dict[str, Any]:
    """The body of the last message that was sent."""
    request = next(one for one in reversed(business.http.sent) if one.url.partition("?")[0].endswith("/messages"))
    assert isinstance(request.body, bytes)
    body: dict[str, Any] = json.loads(request.body)
    return body


def pdf(size: int = 0) -> MediaFile:
    data = files.pdf()
    facts = MediaFacts(MediaType.DOCUMENT, "application/pdf", size or len(data))
    return MediaFile(
        facts, "https://sandbox.rostrum.test/media/document.pdf", lambda at, length: data[at : at + length]
    )


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, "text"),
        ({"template": ORDER}, "template"),
        ({"interactive": BUTTONS}, "interactive"),
        ({"location": {"latitude": 1.5, "longitude": 2.5, "name": "Here"}}, "location"),
        ({"contacts": [{"name": {"formatted_name": "Iris", "first_name": "Iris"}}]}, "contacts"),
        ({"reaction": {"message_id": "wamid.HBgL", "emoji": "👍"}}, "reaction"),
    ],
)
def test_each_type_is_sent(arguments: dict[str, Any], kind: str) -> None:
    """To the person's number, with our key beside it."""
    business = Business()
    published = business.send("Hello" if kind == "text" else "", "+1 555-010-0000", **arguments)
    body = sent(business)
    assert (body["type"], body["to"], body["messaging_product"]) == (kind, CUSTOMER, "whatsapp")
    assert body["biz_opaque_callback_data"] == f"{1:032x}"
    assert wire.recipient_of(published.id) == CUSTOMER


def test_an_answer_names_what_it_answers() -> None:
    """By the id of the message."""
    business = Business()
    business.send("Yes", reply_to="wamid.HBgL", preview_url=True)
    assert sent(business)["context"] == {"message_id": "wamid.HBgL"}
    assert sent(business)["text"] == {"body": "Yes", "preview_url": True}


def test_a_file_is_uploaded_and_captioned() -> None:
    """Small ones by us; large ones are fetched by WhatsApp."""
    business = Business()
    business.do(business.act("message.send", text="Look", media=(image(files.jpeg()),)))
    assert sent(business)["image"]["caption"] == "Look"
    assert sent(business)["image"]["id"].isdigit()
    business.do(business.act("message.send", media=(pdf(),), filename="Menu.pdf"))
    assert sent(business)["document"]["filename"] == "Menu.pdf"
    business.do(business.act("message.send", media=(pdf(20 * 1024 * 1024),)))
    assert sent(business)["document"]["link"] == "https://sandbox.rostrum.test/media/document.pdf"


def test_an_upload_that_was_forgotten_is_made_again() -> None:
    """WhatsApp keeps it for 30 days."""
    business = Business()
    act = business.act("message.send", media=(image(files.jpeg()),))
    state = business.prepare(act)
    assert business.prepare(act, state) == state
    business.world.pass_time(30 * 86_400)
    assert business.prepare(act, state)["media"] != state["media"]


@pytest.mark.parametrize(
    ("on", "text", "arguments", "field"),
    [
        ("Iris", "Hi", {}, "on"),
        (CUSTOMER, "", {}, "text"),
        (CUSTOMER, "", {"template": ORDER, "interactive": BUTTONS}, "arguments"),
        (CUSTOMER, "", {"template": {"name": "x"}}, "arguments.template"),
        (CUSTOMER, "", {"reaction": {"emoji": "👍"}}, "arguments.reaction"),
    ],
)
def test_what_is_no_message_is_named(on: str, text: str, arguments: dict[str, Any], field: str) -> None:
    """Before anything is sent."""
    business = Business()
    before = len(business.http.sent)
    with pytest.raises(Invalid) as invalid:
        business.send(text, on, **arguments)
    assert invalid.value.meta["field"] == field
    assert len(business.http.sent) == before


def test_a_long_caption_is_refused_with_its_limit() -> None:
    """1024, where a text may have 4096."""
    business = Business()
    with pytest.raises(Invalid) as invalid:
        business.do(business.act("message.send", text="a" * 1025, media=(image(files.jpeg()),)))
    assert invalid.value.meta["limit"] == 1024


def test_outside_the_window_only_templates_arrive() -> None:
    """A text to a stranger is taken, and fails later; a template arrives; once they write, texts do."""
    business = Business().subscribed()
    lost = business.send("Hello?", STRANGER)
    business.send("", STRANGER, template=ORDER)
    business.world.pass_time(120)
    simulator.visit(business.world, business.number, "Who is this?", who=STRANGER)
    answered = business.send("Fern Garden!", STRANGER)
    states = {(event.kind, event.data["message_id"]) for event in business.told() if event.data.get("own")}
    assert ("message.failed", lost.id) in states
    assert ("message.sent", answered.id) in states
    failed = next(event for event in business.told() if event.kind == "message.failed")
    assert (failed.data["reason"], failed.data["platform_code"]) == ("window_closed", "131047")
    assert failed.data["act_key"] == f"{1:032x}"


def test_templates_must_exist_and_fit() -> None:
    """Refused at once, for good."""
    business = Business()
    for template, code in (
        ({"name": "nothing", "language": "en_US"}, "template_not_found"),
        ({"name": "order_update", "language": "en_US"}, "template_invalid"),
    ):
        with pytest.raises(Refused) as refused:
            business.send("", template=template)
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, code)


class TestALostAnswer:
    def lose(self, business: Business, **act: Any) -> tuple[Any, Any]:
        made, armed = business.act("message.send", **act), business.armed()

        def lost(request: Request) -> Response | None:
            simulator.handle(request, business.world)
            raise AnswerLost("reset")

        business.http.intercept = lost
        with pytest.raises(AnswerLost):
            business.do(made)
        business.http.intercept = None
        return made, armed

    def test_is_in_doubt_though_one_message_can_be_it(self) -> None:
        """To that person, since then; the history has no words, and does not say who sent it."""
        business = Business()
        business.send("Earlier")
        business.world.pass_time(60)
        elsewhere = business.send("Somebody else", "15550100001")
        made, armed = self.lose(business, text="Only once")
        found = inbox.find(business.call, made, armed)
        (ours,) = (one.id for one in simulator.done(business.world, business.number) if one.text == "Only once")
        assert ours in found.reason
        assert elsewhere.id not in found.reason

    def test_another_s_message_is_never_claimed(self) -> None:
        """Ours never left; the business wrote to the same person by other means."""
        business = Business()
        armed = business.armed()
        other = business.send("Another's")
        made = business.act("message.send", text="Never sent")
        assert isinstance(inbox.find(business.call, made, armed), Unsure)
        taken = business.armed(taken=lambda one: one == other.id)
        assert other.id not in inbox.find(business.call, made, taken).reason

    def test_a_history_cut_short_proves_nothing(self) -> None:
        """More pages than we read."""
        business = Business()
        made, armed = self.lose(business, text="Hello")
        endless = {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/next"}}
        business.http.intercept = lambda _: Response(200, {}, json.dumps(endless).encode())
        assert isinstance(inbox.find(business.call, made, armed), Unsure)


@pytest.mark.parametrize(
    ("message_id", "number"),
    [
        ("wamid.HBgLMTY0NzM3Nzc3NzUVAgARGBI5QTNEQTA2RjdGMEY4RTRGAA==", "16473777775"),
        ("wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJCOTY3NDc0NDFDRUI3NTA0Q0UA", "16503879439"),
        ("wamid.gBGGSFcCNEOPAgkO_KJ55r4w_ww", None),
        ("", None),
        ("wamid.HBgL", None),
    ],
)
def test_a_message_id_tells_whom_it_went_to(message_id: str, number: str | None) -> None:
    """The documentation's own examples; the older form does not."""
    assert wire.recipient_of(message_id) == number


def test_what_there_is_not_is_said() -> None:
    """Nobody gets an empty list for it."""
    business = Business()
    for ask in (inbox.conversations, inbox.mentions, inbox.reviews):
        with pytest.raises(Unsupported):
            ask(business.call, "")
    with pytest.raises(Unsupported):
        inbox.messages(business.call, CUSTOMER, "")
    with pytest.raises(Unsupported):
        metrics.post(business.call, Published("x"))


def test_figures_of_thirty_days() -> None:
    """Messages and what they cost."""
    business = Business()
    before = metrics.account(business.call).extra
    for _ in range(5):
        business.send("Hello")
    after = metrics.account(business.call)
    assert after.extra["messages_sent"] == before["messages_sent"] + 5
    assert 0 < after.extra["messages_delivered"] <= after.extra["messages_sent"]
    assert after.extra["cost"] > 0
    assert after.raw


@pytest.mark.parametrize("arguments", [{"template": ORDER}, {"interactive": BUTTONS}, {"location": {"latitude": 1}}])
def test_words_that_would_not_be_sent_are_refused(arguments: dict[str, Any]) -> None:
    """Beside a content that has no place for them they would vanish without a word."""
    business = Business()
    with pytest.raises(Invalid) as refused:
        business.prepare(business.act("message.send", CUSTOMER, "And this", **arguments))
    assert refused.value.meta["field"] == "text"


def test_an_address_that_ends_is_asked_for_again() -> None:
    """Where sending was put off for a day, the link of before would lead nowhere."""
    business = Business()
    made = business.act("message.send", CUSTOMER, media=(pdf(20 * 1024 * 1024),))
    state = business.prepare(made)
    assert state["media"]["link"]
    assert business.prepare(made, state) == state
    business.world.pass_time(86_400)
    assert business.prepare(made, state)["until"] > state["until"]


class TestChoices:
    def test_a_link_has_its_words_above(self) -> None:
        """As Meta's page on ``cta_url`` has it."""
        business = Business()
        business.send("Our list", buttons=[{"type": "url", "title": "Open", "url": "https://example.com/list"}])
        sent = json.loads(bytes(business.http.sent[-1].body or b""))  # type: ignore[arg-type]
        parameters = {"display_text": "Open", "url": "https://example.com/list"}
        assert sent["interactive"] == {
            "type": "cta_url",
            "action": {"name": "cta_url", "parameters": parameters},
            "body": {"text": "Our list"},
        }

    @pytest.mark.parametrize(
        ("text", "arguments", "field"),
        [
            ("", {"buttons": [{"title": "Yes"}]}, "text"),
            ("x" * 1025, {"buttons": [{"title": "Yes"}]}, "text"),
            ("Which?", {"buttons": [{"title": "Yes"}, {"title": "Yes"}]}, "buttons"),
            ("Which?", {"buttons": [{"title": str(one)} for one in range(4)]}, "buttons"),
            ("Which?", {"buttons": [{"type": "url", "title": "x", "url": "https://x.y"}, {"title": "Yes"}]}, "buttons"),
            ("Which?", {"list_sections": [{"rows": [{"id": "1", "title": "x"}]}]}, "list_button"),
            ("Which?", {"list_button": "x", "list_sections": [{"rows": []}]}, "list_sections"),
            ("Which?", {"list_button": "x", "list_sections": [{"rows": [{"id": "1"}, {"id": "1"}]}]}, "list_sections"),
            ("Which?", {"buttons": [{"title": "Yes"}], "list_button": "x"}, "buttons"),
            ("", {"buttons": [{"title": "Yes"}], "template": {"name": "x", "language": "en"}}, "arguments"),
        ],
    )
    def test_what_fits_in_no_message_is_said(self, text: str, arguments: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as invalid:
            Business().send(text, **arguments)
        assert invalid.value.meta["field"] == field
