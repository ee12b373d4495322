"""Programs subscribe themselves: hooks, samples, lists to choose from, and a post out of flat fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain import codec, event_types
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden
from shared.domain.flat import flattened
from shared.domain.webhooks import Endpoint, endpoint_path
from shared.operations import events
from shared.operations.webhooks import endpoints, hooks, sending
from shared.ports.http import Request, Response
from shared.ports.store import Query, Write
from tests.api.client import PHOTO, Api, api

URL = "https://hooks.example.com/hooks/standard/1/abc/"


def subscribe(call: Api, **fields: Any) -> Any:
    answer = call("POST", "/v1/hooks", {"url": URL, "event": "comment.received", **fields})
    assert answer.status == 201, answer.json
    return answer.json


def endpoint(call: Api, hook_id: str) -> Endpoint:
    doc = call.rig.store.get(endpoint_path(call.caller.space, hook_id))
    assert doc is not None
    return codec.decode(Endpoint, doc.data)


def test_a_hook_is_kept_without_a_ping_and_its_payload_is_flat_and_signed(call: Api) -> None:
    made = subscribe(call)
    assert made["flat"] is True
    assert made["secret"].startswith("whsec_")
    hook = endpoint(call, made["id"])
    assert hook.is_hook
    assert (hook.url, hook.events) == (URL, ("comment.received",))
    assert sending.opened(call.rig.ports, hook) == made["secret"]


def test_the_same_subscription_sent_again_is_one_hook_and_shows_its_secret_once(call: Api) -> None:
    first, again = subscribe(call), subscribe(call)
    assert again["id"] == first["id"]
    assert "secret" not in again
    other = subscribe(call, event="dm.received")
    assert other["id"] != first["id"]
    assert {one["id"] for one in call("GET", "/v1/hooks").json["data"]} == {first["id"], other["id"]}
    assert call("GET", "/v1/webhooks").json["data"] == []


def test_two_that_subscribe_the_same_at_once_make_one_hook_and_one_secret(call: Api) -> None:
    """The one who comes second has made a secret in vain: it is destroyed, and not shown."""
    first: list[Any] = []

    def other(name: str, phase: str) -> None:
        if (name, phase) == ("store.transact", "before") and not first:
            call.rig.faults.hook = None
            first.append(hooks.subscribe(call.rig.ports, call.caller, wanted))

    wanted, kept = hooks.Subscribe(URL, ("dm.received",)), len(call.rig.vault.secrets)
    call.rig.faults.hook = other
    second = hooks.subscribe(call.rig.ports, call.caller, wanted)
    assert (second.endpoint, second.secret) == (first[0].endpoint, "")
    assert sending.opened(call.rig.ports, second.endpoint) == first[0].secret
    assert len(call.rig.vault.secrets) == kept + 1


def test_a_hook_that_was_switched_off_hears_again_once_its_program_subscribes_it_again(call: Api) -> None:
    made = subscribe(call)
    off = {"is_active": False, "disabled_reason": "failing", "failures": 40}
    call.rig.store.commit([Write("update", endpoint_path(call.caller.space, made["id"]), off)])
    again = subscribe(call)
    assert (again["id"], again["is_active"]) == (made["id"], True)
    hook = endpoint(call, made["id"])
    assert (hook.is_active, hook.disabled_reason, hook.failures) == (True, "", 0)
    assert sending.opened(call.rig.ports, hook) == made["secret"]


def test_a_hook_goes_on_being_what_its_program_subscribed(call: Api) -> None:
    """Otherwise the same subscription, sent again, would answer a hook to somewhere else. On and off are its owner's."""
    path = f"/v1/webhooks/{subscribe(call)['id']}"
    for change in ({"url": "https://example.com/"}, {"events": ["dm.received"]}, {"brand_ids": ["default"]}):
        refused = call("PATCH", path, change)
        assert (refused.status, refused.meta["field"]) == (400, next(iter(change)))
    assert call("PATCH", path, {"is_active": False}).json["is_active"] is False


def test_unsubscribing_is_done_however_often_and_takes_no_endpoint_along(call: Api) -> None:
    made = subscribe(call)
    kept = Endpoint(
        "wh_1", call.caller.space, URL, ("post.published",), "", "", call.rig.clock.now(), call.rig.clock.now()
    )
    endpoints.keep(call.rig.ports, kept, [])
    for hook_id in (made["id"], made["id"], "hook_none", kept.id):
        assert call("DELETE", f"/v1/hooks/{hook_id}").status == 204
    assert call("GET", "/v1/hooks").json["count"] == 0
    assert endpoint(call, kept.id) == kept
    assert subscribe(call)["id"] == made["id"]


def test_a_hook_whose_address_is_gone_is_removed_and_the_log_says_why(call: Api) -> None:
    made = subscribe(call)
    hooks.gone(call.rig.ports, endpoint(call, made["id"]))
    assert call("GET", "/v1/hooks").json["count"] == 0
    entries = call("GET", "/v1/events?action=webhook.deleted").json["events"]
    assert ["410" in entry["summary"] for entry in entries] == [True]


def test_a_hook_that_is_subscribed_again_outlives_the_last_answer_of_the_one_before(call: Api) -> None:
    before = endpoint(call, subscribe(call)["id"])
    call("DELETE", f"/v1/hooks/{before.id}")
    call.rig.clock.advance(1)
    again = subscribe(call)
    hooks.gone(call.rig.ports, before)
    assert sending.opened(call.rig.ports, endpoint(call, before.id)) == again["secret"]


def test_a_hook_is_tried_out_in_its_own_form_and_by_the_name_it_asked_for(call: Api) -> None:
    got: list[Any] = []

    def receive(sent: Request) -> Response:
        assert isinstance(sent.body, bytes)
        got.append(json.loads(sent.body))
        return Response(200, {}, b"")

    call.rig.outside.hosts["hooks.example.com"] = receive
    path = f"/v1/webhooks/{subscribe(call, event='social.post_published')['id']}/test"
    assert call("POST", path, {"event_type": "social.post_published"}).json["status"] == "success"
    assert call("POST", path, {"event_type": "post.published", "payload": {"a": {"b": 1}}}).json["status"] == "success"
    assert [(one["event"], one.get("data")) for one in got] == [
        ("social.post_published", None),
        ("post.published", None),
    ]
    assert got[0]["data__results__0__status"] == "published"
    assert got[1]["data__a__b"] == 1


@pytest.mark.parametrize("name", event_types.by_name())
def test_every_event_has_a_sample_in_both_forms(call: Api, name: str) -> None:
    (flat,) = call("GET", f"/v1/hooks/samples/{name}").json
    (nested,) = call("GET", f"/v1/hooks/samples/{name}?flat=false").json
    assert flat == flattened(nested)
    assert nested["event"] == name
    assert nested["data"] == event_types.by_name()[name].example


def test_samples_are_the_workspaces_own_latest_events_where_there_are_some(call: Api) -> None:
    """From the log: nobody has to have listened."""
    posts = [call.post(f"Good morning {number}", publish_now=True)["id"] for number in range(4)]
    call.settle()
    for message in call.rig.bus.messages:
        events.observe(call.rig.ports, message.data, message.attributes)
    flat = call("GET", "/v1/hooks/samples/post.published").json
    nested = call("GET", "/v1/hooks/samples/post.published?flat=false").json
    assert len(nested) == hooks.SAMPLES
    assert {one["data"]["post_id"] for one in nested} <= set(posts)
    assert flat == [flattened(one) for one in nested]
    assert flat[0]["data__results__0__status"] == "published"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"event": "comment.recieved"}, "events"),
        ({"event": None}, "event"),
        ({"events": ["dm.received"]}, "event"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://10.0.0.1/hook"}, "url"),
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"target_url": URL}, "target_url"),
    ],
)
def test_a_wrong_subscription_is_told_what_is_wrong(call: Api, fields: dict[str, Any], field: str) -> None:
    answer = call("POST", "/v1/hooks", {"url": URL, "event": "comment.received", **fields})
    assert (answer.status, answer.meta["field"]) == (400, field)


def test_what_a_hook_is_narrowed_to_must_be_there(call: Api) -> None:
    account = call.connect("bluesky")
    assert subscribe(call, account_id=account, brand_id="default")["account_id"] == account
    for name in ("account_id", "brand_id"):
        answer = call("POST", "/v1/hooks", {"url": URL, "event": "dm.received", name: "x_1"})
        assert (answer.status, answer.error["code"]) == (404, f"{name.removesuffix('_id')}.not_found")


def test_hooks_have_a_limit_of_their_own(call: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MAX_HOOKS", 2)
    subscribe(call, event="dm.received")
    subscribe(call, event="dm.sent")
    answer = call("POST", "/v1/hooks", {"url": URL, "event": "post.failed"})
    assert (answer.status, answer.error["code"]) == (409, "webhook.limit_reached")


def test_a_flat_post_is_the_post_that_the_nested_one_is(call: Api) -> None:
    accounts = ",".join((call.connect("bluesky"), call.connect("threads")))
    fields = {"text": "Good morning", "scheduled_at": "2026-12-24T18:00:00", "timezone": "Europe/Berlin"}
    made = call("POST", "/v1/flat/posts", {"account_ids": accounts, "tags": "xmas, News", **fields})
    assert made.status == 201, made.json
    assert made.json["targets__count"] == 2
    assert made.json["tags"] == "xmas,news"
    nested = call("GET", f"/v1/posts/{made.json['id']}").json
    assert made.json == flattened(nested)
    assert made.headers["Location"] == f"/v1/posts/{made.json['id']}"


def test_a_step_that_runs_twice_makes_one_post_with_a_key_and_without(call: Api) -> None:
    body = {"account_ids": call.connect("bluesky"), "text": "Once", "publish_now": True}
    first = call("POST", "/v1/flat/posts", body, Idempotency_Key="zap-1")
    again = call("POST", "/v1/flat/posts", body, Idempotency_Key="zap-1")
    assert (first.status, again.data) == (201, first.data)
    twin = call("POST", "/v1/flat/posts", body)
    assert (twin.status, twin.error["code"]) == (409, "publishing.duplicate_content")
    assert len(call.rig.store.query(Query(f"workspaces/{call.caller.space}/posts"))) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"account_ids": " , "}, "account_ids"),
        ({"account_ids": "acc_nobody"}, "account_ids"),
        ({"account_ids": "a" * 200}, "account_ids"),
        ({"media_urls": "https://sandbox.rostrum.test/media/none.jpg"}, "media_urls"),
        ({"media_urls": ",".join(["https://sandbox.rostrum.test/media/photo.jpg"] * 40)}, "media_urls"),
        ({"text": "x" * 400}, "text"),
        ({"media_urls": PHOTO, "media_ids": "med_none"}, "media_ids"),
        ({"media_urls": PHOTO, "alt_text": "x" * 4000}, "alt_text"),
    ],
)
def test_what_is_wrong_with_a_flat_post_is_said_of_its_own_fields(
    call: Api, fields: dict[str, str], field: str
) -> None:
    answer = call("POST", "/v1/flat/posts", {"account_ids": call.connect("bluesky"), "text": "Hello", **fields})
    assert answer.status in (400, 404), answer.json
    assert answer.meta["field"] == field
    assert answer.error["message"].startswith(field)
    assert "targets[" not in json.dumps(answer.error)


def test_what_the_flat_form_has_no_field_for_is_said_so(call: Api) -> None:
    """Some networks want more than a text; and a picture is named by its address."""
    asked = call(
        "POST", "/v1/flat/posts", {"account_ids": call.connect("reddit"), "text": "Hello", "publish_now": True}
    )
    assert (asked.status, asked.meta["field"]) == (400, "platform_data.reddit.subreddit")
    assert "POST /v1/posts" in asked.error["message"]
    bare = call(
        "POST", "/v1/flat/posts", {"account_ids": call.connect("instagram"), "text": "Hello", "publish_now": True}
    )
    assert (bare.status, bare.meta["field"]) == (400, "media_urls")


def test_lists_to_choose_from_are_arrays_of_id_and_name(call: Api) -> None:
    account = call.connect("bluesky")
    assert [one["id"] for one in call("GET", "/v1/flat/accounts").json] == [account]
    assert call("GET", "/v1/flat/brands").json == [{"id": "default", "name": "Default"}]


def test_a_key_that_is_bound_to_brands_has_no_hooks(call: Api) -> None:
    with pytest.raises(Forbidden, match="brands"):
        hooks.list_(call.rig.ports, Caller(call.workspace, "test", "key_2", brand_ids=("default",)))


def test_another_workspaces_hook_stays(call: Api) -> None:
    other = api(call.rig)
    theirs = subscribe(other)["id"]
    assert call("DELETE", f"/v1/hooks/{theirs}").status == 204
    assert [one["id"] for one in other("GET", "/v1/hooks").json["data"]] == [theirs]
