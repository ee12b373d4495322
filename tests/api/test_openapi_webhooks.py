"""Every event of the catalogue is made to happen, and what is delivered is what the OpenAPI document says, in both forms.

The document leaves room for more fields, so that receivers do; here nothing may arrive that it does not name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from shared.domain import codec, event_types, webhooks
from shared.domain.accounts import Account, account_path
from shared.domain.flat import flattened
from shared.domain.numbers import Counts, Known
from shared.operations.analytics import spikes
from shared.operations.inbox import pushing
from shared.operations.webhooks import fanning_out, payloads
from shared.platforms.contract_webhooks import Event, EventKind
from shared.ports.http import AnswerLost, Request, Response
from tests.api.client import Api, api, document
from tests.operations.test_refreshing import passing, person

NAMES = tuple(event_types.by_name())
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FORMATS = FormatChecker(formats=["date-time"])
NEVER = frozenset({"page.removed"})  # accepted for those who ask for it; a page is an account here
CAME_BY = {"referral": True, "ad_id": "60", "referral_source": "ADS", "referral_type": "OPEN_THREAD"}
OPEN = ("metadata", "raw_payload")  # what is in them is the network's


@dataclass
class World:
    """A workspace with a hook for each form, and an endpoint that will answer 410. ``got``: payloads by form and event."""

    call: Api
    got: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=lambda: {"nested": {}, "flat": {}})
    heard: int = 0

    def answer(self, request: Request) -> Response:
        assert isinstance(request.body, bytes)
        said, form = json.loads(request.body), request.url.rpartition("/")[2]
        self.got[form].setdefault(said["event"], []).append(said)
        return Response(200, {}, b"")

    def answer_once(self, request: Request) -> Response:
        """The ping, and no event."""
        assert isinstance(request.body, bytes)
        said = json.loads(request.body)
        if said["event"] != webhooks.PING:
            return Response(410, {}, b"")
        self.got["nested"].setdefault(said["event"], []).append(said)
        return Response(200, {}, b"")

    def account(self, platform: str) -> Account:
        doc = self.call.rig.store.get(account_path(self.call.caller.space, self.call.connect(platform)))
        assert doc
        return codec.decode(Account, doc.data)

    def push(self, platform: str, kind: EventKind, **data: Any) -> None:
        """The network tells of something."""
        account, at = self.account(platform), self.call.rig.clock.now()
        event = Event(kind, f"{kind}{data}", account.platform_account_id, at, data, {"verbatim": {"kind": kind}})
        pushing.pushed(self.call.rig.ports, account, event)

    def settle(self, seconds: float = 60) -> None:
        """What is due is done, and what was said is told."""
        while True:
            self.call.settle(seconds)
            fresh = self.call.rig.bus.messages[self.heard :]
            if not fresh:
                return
            self.heard += len(fresh)
            for message in fresh:
                fanning_out.notify(self.call.rig.ports, message.data, message.attributes)


def _posts(world: World) -> None:
    call = world.call
    later = (call.rig.clock.now() + timedelta(days=2)).isoformat()
    planned = call.post("Later", scheduled_at=later)["id"]
    call("PATCH", f"/v1/posts/{planned}", {"text": "Later, and better"})
    call("DELETE", f"/v1/posts/{planned}")
    live = call.post("Now", publish_now=True)["id"]
    refused = call.post("[[sandbox:rejected]]", publish_now=True)["id"]
    some = [
        {"account_id": call.connect("bluesky")},
        {"account_id": call.connect("threads"), "text": "[[sandbox:rejected]]"},
    ]
    call(
        "POST", "/v1/posts", {"text": "Half of it", "targets": some, "publish_now": True, "skip_duplicate_check": True}
    )
    world.settle(600)
    call("POST", f"/v1/posts/{refused}/retry")
    call("POST", f"/v1/posts/{live}/unpublish", {})
    called_off = call.post("Never", scheduled_at=later)["id"]
    call("DELETE", f"/v1/posts/{called_off}")
    call.post("Too late", scheduled_at=(call.rig.clock.now() + timedelta(hours=1)).isoformat())
    world.settle(60)
    call.rig.clock.advance(timedelta(days=3).total_seconds())
    world.settle(600)


def _nobody_knows(world: World) -> None:
    """The answer is lost, and then the network is away for as long as anybody looks."""
    call = world.call
    sent: list[Request] = []

    def lost(request: Request) -> Response | None:
        if sent or b"Did it?" in (request.body if isinstance(request.body, bytes) else b""):
            sent.append(request)
            raise AnswerLost("the network is away")
        return None

    call.post("Did it?", publish_now=True)
    call.rig.sandbox.intercept = lost
    world.settle(7 * 86_400)
    call.rig.sandbox.intercept = None


def _spike(world: World) -> None:
    account, now = world.account("bluesky"), world.call.rig.clock.now()
    for number, likes in [*((number, 30 + number) for number in range(12)), (99, 400)]:
        known = Known("bluesky", account.id, now, Counts(likes=likes), now - timedelta(hours=3.2))
        spikes.look(world.call.rig.ports, account, [spikes.Seen(f"post_{number}", f"tgt_{number}", known)])
    world.settle()


def _inbox(world: World) -> None:
    who: dict[str, Any] = {
        "author_id": "7",
        "author_name": "Robin",
        "author_username": "robin",
        "author_picture": "https://e.example/p.jpg",
    }
    files = json.dumps([{"type": "image", "url": "https://e.example/a.jpg"}])
    comment = {
        **who,
        "comment_id": "1_2",
        "post_id": "1",
        "parent_id": "1_1",
        "text": "Still there?",
        "permalink": "https://e.example/c",
    }
    talk = {**who, "conversation_id": "t_1", "person_id": "7"}
    world.push("facebook", "comment.created", **comment)
    world.push("facebook", "message.received", **talk, message_id="m1", text="Hi", files=files, reply_to="m0")
    world.push("facebook", "message.received", **talk, message_id="m2", postback=True, title="Hours", payload="HOURS")
    world.push("facebook", "message.received", **talk, message_id="m3", **CAME_BY)
    world.push(
        "facebook",
        "message.sent",
        message_id="m4",
        person_id="7",
        conversation_id="t_1",
        text="Hello",
        own=True,
        app_id="5",
    )
    world.push("instagram", "message.received", **talk, message_id="m5", text="Oops")
    world.push("instagram", "message.deleted", **talk, message_id="m5")
    for kind in ("sent", "delivered", "read", "failed"):
        world.push("whatsapp", f"message.{kind}", message_id="w1", person_id="1555", receipt=True, reason="131047")  # type: ignore[arg-type]
    world.push("instagram", "mention.created", **who, mention_id="9", post_id="1", text="@me", mention_type="comment")
    review = {**who, "review_id": "r1", "text": "Quick.", "stars": 5}
    world.push("google_business", "review.created", **review)
    world.push("google_business", "review.updated", **review, reply_state="approved")
    world.settle()


def _accounts(world: World) -> None:
    call = world.call
    brand = call("POST", "/v1/brands", {"name": "Other"}).json["id"]
    call("PATCH", f"/v1/accounts/{call.connect('threads')}", {"brand_id": brand})
    exported = call.connect("bluesky")
    assert call("POST", f"/v1/accounts/{exported}/export").status == 202
    world.settle(600)
    call("POST", f"/v1/accounts/{call.connect('facebook')}/export")
    call("DELETE", f"/v1/accounts/{call.connect('facebook')}")
    world.settle(600)


def _expiring(world: World) -> None:
    """Nobody but a person can put off the end of this one."""
    account = person(world.call.rig, "linkedin", "selfserve", world.call.caller)
    assert account.expires_at
    for _ in passing(world.call.rig, account.expires_at - timedelta(days=3)):
        world.settle(0)
    world.settle()


@pytest.fixture(scope="module")
def world() -> World:
    made = World(api())
    made.call.rig.outside.hosts["hooks.example.com"] = made.answer
    made.call.rig.outside.hosts["gone.example.com"] = made.answer_once
    for form in ("nested", "flat"):
        body = {"url": f"https://hooks.example.com/{form}", "events": list(NAMES), "flat": form == "flat"}
        assert made.call("POST", "/v1/hooks", body).status == 201
    ended = {"url": "https://gone.example.com/", "events": ["post.scheduled"]}
    assert made.call("POST", "/v1/webhooks", ended).status == 201
    for act in (_posts, _nobody_knows, _spike, _inbox, _accounts, _expiring):
        act(made)
    return made


def closed(schema: Any) -> Any:
    """The same schema, with nothing beside what it names; in what is the network's, anything."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    fields = {name: one if name in OPEN else closed(one) for name, one in schema.get("properties", {}).items()}
    rest = {name: closed(one) for name, one in schema.items() if name not in ("properties", "example")}
    return {**rest, **({"properties": fields, "additionalProperties": False} if fields else {})}


def described(name: str) -> Draft202012Validator:
    """What the document says of the event's ``data``."""
    operation = document()["webhooks"][name]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    inner = schema["oneOf"][0]["allOf"][1]["properties"]["data"]["$ref"].rpartition("/")[2]
    return Draft202012Validator(closed(document()["components"]["schemas"][inner]), format_checker=FORMATS)


def promised(name: str) -> Draft202012Validator:
    """What the document says of the whole body, in either form."""
    content = document()["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
    return Draft202012Validator({**content["schema"], "components": document()["components"]}, format_checker=FORMATS)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_delivered_is_what_the_document_describes(world: World, name: str) -> None:
    """Each event that happened, in both forms: every field named, none of another type, and the flat form has all of it."""
    nested, flat = world.got["nested"].get(name, []), world.got["flat"].get(name, [])
    assert bool(nested) is (name not in NEVER)
    assert len(nested) == len(flat)
    flat_by_id = {one["id"]: one for one in flat}
    for one in nested:
        promised(name).validate(one)
        described(name).validate(one["data"])
        promised(name).validate(flat_by_id[one["id"]])
        assert "+00:00" not in json.dumps(one["data"]), "instants end in Z"
        assert flat_by_id[one["id"]] == flattened({key: one[key] for key in one if key != "raw_payload"})


def test_an_ad_that_somebody_came_by_is_named(world: World) -> None:
    (came,) = world.got["nested"]["dm.referral"]
    assert came["data"]["metadata"] == {"referral": {"ad_id": "60", "source": "ADS", "type": "OPEN_THREAD"}}


def test_the_ping_is_described_too(world: World) -> None:
    (ping,) = world.got["nested"][webhooks.PING]
    promised(webhooks.PING).validate(ping)
    described(webhooks.PING).validate(ping["data"])


def test_the_ids_that_are_told_are_those_that_the_inbox_lists_and_takes() -> None:
    """Of each kind: the thing's, its conversation's."""
    world = World(api())
    world.call.rig.outside.hosts["hooks.example.com"] = world.answer
    events = ("comment.received", "dm.received", "mention.received", "review.received")
    body = {"url": "https://hooks.example.com/nested", "events": events, "flat": False}
    assert world.call("POST", "/v1/hooks", body).status == 201
    world.push("facebook", "comment.created", author_id="7", comment_id="1_2", post_id="1", text="x")
    world.push(
        "facebook", "message.received", author_id="7", message_id="m", conversation_id="t", person_id="7", text="x"
    )
    world.push("instagram", "mention.created", author_id="7", mention_id="9", post_id="1", text="x")
    world.push("google_business", "review.created", author_id="7", review_id="r", text="x", stars=5)
    world.settle()
    told = [world.got["nested"][name][0]["data"] for name in events]
    listed = {one["id"]: one for one in world.call("GET", "/v1/inbox").json["data"]}
    assert [one.get("id") or one["review_id"] for one in told] == [
        next(row["id"] for row in listed.values() if row["type"] == kind)
        for kind in ("comment", "message", "mention", "review")
    ]
    message = told[1]
    assert message["conversation_id"] == listed[message["id"]]["conversation_id"]
    talk = world.call("GET", f"/v1/inbox/conversations/{message['conversation_id']}/messages").json["data"]
    assert [one["id"] for one in talk][:1] == [message["id"]]


@pytest.mark.parametrize("name", NAMES)
def test_the_documents_examples_are_as_it_describes(name: str) -> None:
    """And as samples are, before anything has happened."""
    content = document()["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
    for form in ("nested", "flat"):
        promised(name).validate(content["examples"][form]["value"])
    described(name).validate(content["examples"]["nested"]["value"]["data"])


def test_no_field_that_is_always_there_is_missing_in_what_is_cut() -> None:
    """Whatever an event is made of."""
    for name, known in event_types.by_name().items():
        data = {**known.example, "metadata": {str(number): "x" * 90 for number in range(1_000)}}
        event = webhooks.Event("evt_1", name, AT, data)
        said = json.loads(payloads.fitted(event, flat=False))
        promised(name).validate(said)
        assert said["data"]["truncated"] is True
        assert set(said["data"]) >= {*known.example, "truncated"} - {"metadata"}
