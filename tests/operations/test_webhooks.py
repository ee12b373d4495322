"""Outbound webhooks: who is registered, what is signed, what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain import event_types
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Limited, Missing
from shared.domain.webhooks import KEPT, MAX_ATTEMPTS, MAX_BODY, Event, payload, signed
from shared.operations import repeating
from shared.operations.webhooks import deliveries, delivering, endpoints, sending
from shared.operations.webhooks.deliveries import Wanted
from shared.operations.webhooks.endpoints import Change, Registered
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.queue import QueueUnavailable
from tests.operations.flows import OTHER, TEST
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

URL = "https://hooks.example.com/in"


def answering(status: int, body: bytes = b"ok") -> Callable[[Request], Response]:
    return lambda _: Response(status, {}, body)


@pytest.fixture
def rig() -> Rig:
    made = memory_ports.rig(now=datetime.now(UTC))  # the receiver's library asks the real clock
    made.outside.hosts["hooks.example.com"] = answering(200)
    return made


def register(rig: Rig, caller: Caller = TEST) -> Registered:
    return endpoints.register(rig.ports, caller, URL, ["post.published", "comment.received"])


def body_of(request: Request) -> bytes:
    assert isinstance(request.body, bytes)
    return request.body


def verified(secret: str, request: Request) -> object:
    """What a receiver gets that checks the signature."""
    return Webhook(secret).verify(body_of(request), dict(request.headers))


def test_the_signature_is_the_published_vector() -> None:
    """The vector of the specification's reference implementation."""
    at = datetime.fromtimestamp(1731705121, UTC)
    made = signed(
        ("whsec_plJ3nmyCDGBKInavdOK15jsl",),
        "msg_loFOjxBNrRLzqYUf",
        at,
        b'{"event_type":"ping","data":{"success":true}}',
    )
    assert made["webhook-signature"] == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_registering_pings_with_the_new_secret(rig: Rig) -> None:
    """The receiver can check it afterwards; a changed body does not verify."""
    made = register(rig)
    ping = rig.outside.sent[0]
    assert verified(made.secret, ping) == json.loads(body_of(ping))
    assert json.loads(body_of(ping))["event"] == "webhook.test"
    tampered = Request("POST", URL, ping.headers, body_of(ping).replace(b"2xx", b"3xx"))
    with pytest.raises(WebhookVerificationError):
        verified(made.secret, tampered)
    assert made.secret.startswith("whsec_")
    assert made.endpoint.secret_hint == made.secret[-4:]


def test_the_secret_is_in_no_document_no_repr_and_no_log(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Sealed in the vault, shown by the one answer."""
    caplog.set_level("DEBUG")
    made = register(rig)
    deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.published")
    bare = made.secret.removeprefix("whsec_")
    assert bare not in json.dumps(list(rig.store.everything()), default=str)
    assert bare not in repr(made) + caplog.text
    endpoints.delete(rig.ports, TEST, made.endpoint.id)
    assert rig.vault.secrets == {}


def lost(_: Request) -> Response:
    raise AnswerLost("hooks.example.com: timed out")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answering(500, b"oops"), "It answered 500"),
        (answering(302), "redirects are not followed"),
        (answering(200, b"x" * 10_000_000), "more than 64 KiB"),
        (lost, "did not answer within 10 seconds"),
    ],
)
def test_an_address_that_does_not_answer_2xx_is_not_kept(
    rig: Rig, answer: Callable[[Request], Response], words: str
) -> None:
    """What was answered is told, bounded; nothing is stored, no secret sealed."""
    rig.outside.hosts["hooks.example.com"] = answer
    with pytest.raises(Invalid) as caught:
        register(rig)
    assert caught.value.code == "webhook_verification_failed"
    assert words in caught.value.message
    assert len(str(caught.value.meta.get("response_body", ""))) <= 1000
    assert len(rig.outside.sent) == 1
    assert list(rig.store.everything()) == []
    assert rig.vault.secrets == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.8/x",
        "http://hooks.example.com/in",
        "https://metadata.google.internal/",
        "https://[::1]/",
        "https://nowhere.example",
    ],
)
def test_private_and_unreachable_addresses_are_refused(rig: Rig, url: str) -> None:
    """By the http port's guard; nothing is stored."""
    with pytest.raises(Invalid) as caught:
        endpoints.register(rig.ports, TEST, url, ["post.published"])
    assert (caught.value.code, caught.value.meta["field"]) == ("webhook_verification_failed", "url")
    assert "ALLOW_PRIVATE_HOSTS" in caught.value.message or "could not be reached" in caught.value.message
    assert list(rig.store.everything()) == []


@pytest.mark.parametrize(
    ("url", "events", "field"),
    [
        ("ftp://x.example", ["post.published"], "url"),
        ("https://user:pw@x.example", ["post.published"], "url"),
        ("https://x.example/a b", ["post.published"], "url"),
        ("https://x.example:99999/", ["post.published"], "url"),
        ("//x.example", ["post.published"], "url"),
        (URL, [], "events"),
        (URL, ["post.publish"], "events"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_before_anything_is_sent(
    rig: Rig, url: str, events: list[str], field: str
) -> None:
    """The field is named, and the nearest event."""
    with pytest.raises(Invalid) as caught:
        endpoints.register(rig.ports, TEST, url, events)
    assert caught.value.meta["field"] == field
    assert rig.outside.sent == []


def test_callers_of_some_brands_and_other_workspaces_have_no_webhooks(rig: Rig) -> None:
    """Whatever their scopes; another workspace's id is missing."""
    made = register(rig)
    bound = Caller("ws_1", "test", "key_9", brand_ids=("brand_1",))
    for refused in (
        lambda: endpoints.list_(rig.ports, bound),
        lambda: endpoints.register(rig.ports, bound, URL, ["post.published"]),
        lambda: deliveries.list_(rig.ports, bound, made.endpoint.id, Wanted()),
    ):
        with pytest.raises(Forbidden):
            refused()
    for missing in (made.endpoint.id, "wh_none", "a/b"):
        with pytest.raises(Missing):
            endpoints.delete(rig.ports, OTHER, missing)
    assert endpoints.list_(rig.ports, OTHER) == []


def test_another_address_is_pinged_with_the_secret_that_stays(rig: Rig) -> None:
    """The same address is not; a refused one leaves everything as it was."""
    made = register(rig)
    rig.outside.hosts["new.example.com"] = answering(204, b"")
    moved = endpoints.update(rig.ports, TEST, made.endpoint.id, Change(url="https://new.example.com/", is_active=False))
    assert (moved.url, moved.is_active) == ("https://new.example.com/", False)
    assert verified(made.secret, rig.outside.sent[1])
    endpoints.update(rig.ports, TEST, made.endpoint.id, Change(url="https://new.example.com/", is_active=True))
    assert len(rig.outside.sent) == 2
    with pytest.raises(Invalid):
        endpoints.update(rig.ports, TEST, made.endpoint.id, Change(url="https://nowhere.example/"))
    assert endpoints.get(rig.ports, TEST, made.endpoint.id).url == "https://new.example.com/"
    with pytest.raises(Invalid) as caught:
        endpoints.update(rig.ports, TEST, made.endpoint.id, Change())
    assert caught.value.code == "validation.field_required"


def test_there_is_an_end_to_endpoints(rig: Rig) -> None:
    """Every event is looked up among them."""
    for _ in range(endpoints.MAX_ENDPOINTS):
        register(rig)
    with pytest.raises(Clash):
        register(rig)


def test_those_registered_during_a_ping_count(rig: Rig) -> None:
    """Each ping registers another endpoint before it is answered: the limit holds, and no secret is left behind."""
    for _ in range(endpoints.MAX_ENDPOINTS - 2):
        register(rig)
    left = 5

    def meanwhile(_: Request) -> Response:
        nonlocal left
        left -= 1
        if left:
            with suppress(Clash):
                register(rig)
        return Response(200, {}, b"")

    rig.outside.hosts["hooks.example.com"] = meanwhile
    with pytest.raises(Clash) as caught:
        register(rig)
    assert caught.value.code == "webhook.limit_reached"
    assert len(endpoints.list_(rig.ports, TEST)) == len(rig.vault.secrets) == endpoints.MAX_ENDPOINTS


def test_the_last_place_is_found_again_by_the_request_that_took_it(rig: Rig) -> None:
    """Done again after a crash, it has the endpoint and its secret, and no limit is in the way."""
    for _ in range(endpoints.MAX_ENDPOINTS - 1):
        register(rig)
    runs = [repeating.repeatable(rig.ports, b"seed", rig.clock.now()) for _ in range(2)]
    first, second = (endpoints.register(run, TEST, URL, ["post.failed"]) for run in runs)
    assert (first.endpoint.id, first.secret) == (second.endpoint.id, second.secret)
    assert len(endpoints.list_(rig.ports, TEST)) == endpoints.MAX_ENDPOINTS
    deliveries.send_test(rig.ports, TEST, first.endpoint.id, "post.failed")
    assert verified(second.secret, rig.outside.sent[-1])


def test_what_is_no_event_is_not_sent_whatever_its_payload(rig: Rig) -> None:
    made = register(rig)
    for name in ("post.publish", "", "x" * 100):
        with pytest.raises(Invalid) as caught:
            deliveries.send_test(rig.ports, TEST, made.endpoint.id, name, {"a": 1})
        assert caught.value.meta["field"] == "event_type"
    assert len(rig.outside.sent) == 1


def test_a_delivery_is_tried_a_hundred_times_and_no_more(rig: Rig) -> None:
    """Its attempts are kept in one document, which has an end."""
    made = register(rig)
    rig.outside.hosts["hooks.example.com"] = answering(500, "é".encode() * 2000)
    sent = deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.failed")
    for _ in range(MAX_ATTEMPTS - 1):
        deliveries.retry(rig.ports, TEST, made.endpoint.id, sent.id)
        [task] = rig.queue.take(rig.clock.now())
        assert delivering.deliver(rig.ports, task.body) == "failed"
    with pytest.raises(Clash):
        deliveries.retry(rig.ports, TEST, made.endpoint.id, sent.id)


def test_every_event_of_the_catalogue_can_be_tried(rig: Rig) -> None:
    """Signed, in the documented envelope, and recorded."""
    made = register(rig)
    for name, known in event_types.by_name().items():
        sent = deliveries.send_test(rig.ports, TEST, made.endpoint.id, name)
        assert (sent.status, sent.description) == ("success", known.description)
        seen = verified(made.secret, rig.outside.sent[-1])
        assert isinstance(seen, dict)
        assert (seen["event"], seen["data"]) == (name, known.example)
        assert rig.outside.sent[-1].headers["webhook-id"] == sent.id
    page = deliveries.list_(rig.ports, TEST, made.endpoint.id, Wanted(limit=100))
    assert len(page.deliveries) == len(event_types.by_name())


def test_a_delivery_that_failed_is_recorded_and_can_be_retried(rig: Rig) -> None:
    """The same id and the same bytes, an attempt more; delivered twice, the task does it once."""
    made = register(rig)
    rig.outside.hosts["hooks.example.com"] = answering(503, b"down")
    failed = deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.failed", {"mine": 1})
    assert (failed.status, failed.last and failed.last.status_code) == ("failed", 503)
    rig.outside.hosts["hooks.example.com"] = answering(200)
    assert deliveries.retry(rig.ports, TEST, made.endpoint.id, failed.id).status == "pending"
    [task] = rig.queue.take(rig.clock.now())
    assert (task.queue, task.function) == ("webhooks", "deliver")
    assert delivering.deliver(rig.ports, task.body) == "success"
    assert delivering.deliver(rig.ports, task.body) == "nothing to do"
    first, second = rig.outside.sent[-2:]
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    shown = deliveries.get(rig.ports, TEST, made.endpoint.id, failed.id)
    assert [one.status_code for one in shown.attempts] == [503, 200]
    assert shown.expire_at == shown.created_at + KEPT


def test_a_retry_that_could_not_be_queued_says_so_and_can_be_asked_again(rig: Rig) -> None:
    """The round of the lost one is over; the new task delivers."""
    made = register(rig)
    sent = deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.failed")

    def down(call: str, _: faults.Phase) -> None:
        if call == "queue.enqueue":
            raise QueueUnavailable("down")

    rig.faults.hook = down
    with pytest.raises(Broken):
        deliveries.retry(rig.ports, TEST, made.endpoint.id, sent.id)
    rig.faults.hook = None
    deliveries.retry(rig.ports, TEST, made.endpoint.id, sent.id)
    [task] = rig.queue.take(rig.clock.now())
    endpoints.delete(rig.ports, TEST, made.endpoint.id)
    assert delivering.deliver(rig.ports, task.body) == "failed"  # the endpoint is gone: nothing is sent


def test_an_event_is_one_delivery_however_often_it_is_sent(rig: Rig) -> None:
    """Until it has arrived; afterwards it is not sent again."""
    made = register(rig)
    event = Event("evt_1", "post.published", rig.clock.now(), {"post_id": "post_1"})
    rig.outside.hosts["hooks.example.com"] = answering(500)
    sending.send(rig.ports, made.endpoint, event)
    rig.outside.hosts["hooks.example.com"] = answering(200)
    assert sending.send(rig.ports, made.endpoint, event).status == "success"
    count = len(rig.outside.sent)
    assert len(sending.send(rig.ports, made.endpoint, event).attempts) == 2
    assert len(rig.outside.sent) == count
    assert len({request.headers["webhook-id"] for request in rig.outside.sent[1:]}) == 1


def test_deliveries_are_filtered_paged_and_counted(rig: Rig) -> None:
    """By one query each; a cursor belongs to its list, and a changed one is refused."""
    made, other = register(rig), register(rig)
    for status in (200, 500, 200, 500, 500):
        rig.clock.advance(3600)
        rig.outside.hosts["hooks.example.com"] = answering(status)
        deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.published" if status == 200 else "post.failed")
    page = deliveries.list_(rig.ports, TEST, made.endpoint.id, Wanted(status="failed", limit=2))
    assert [one.status for one in page.deliveries] == ["failed", "failed"]
    rest = deliveries.list_(
        rig.ports, TEST, made.endpoint.id, Wanted(status="failed", limit=2, cursor=page.next_cursor)
    )
    assert (len(rest.deliveries), rest.next_cursor) == (1, None)
    both = Wanted(status="success", event_type="post.published")
    assert len(deliveries.list_(rig.ports, TEST, made.endpoint.id, both).deliveries) == 2
    assert deliveries.list_(rig.ports, TEST, made.endpoint.id, Wanted(event_type="dm.sent")).deliveries == ()
    for endpoint, cursor in ((made, "bm9wZQ"), (made, (page.next_cursor or "")[:-3]), (other, page.next_cursor)):
        with pytest.raises(Invalid) as caught:
            deliveries.list_(rig.ports, TEST, endpoint.endpoint.id, Wanted(status="failed", limit=2, cursor=cursor))
        assert caught.value.code == "validation.cursor_invalid"
    rig.clock.advance(21 * 3600)
    counted = endpoints.stats(rig.ports, made.endpoint)
    assert (counted["last_24h"].delivered, counted["last_24h"].failed) == (1, 3)
    assert (counted["last_7d"].delivered, counted["last_7d"].failed) == (2, 3)


def test_a_payload_is_bounded_and_a_networks_fragment_is_left_out_first(rig: Rig) -> None:
    """The specification advises 20 kB."""
    event = Event("evt_1", "comment.received", rig.clock.now(), {"a": 1}, {"raw": "x" * MAX_BODY})
    assert "raw_payload" not in json.loads(payload(event))
    small = Event("evt_1", "comment.received", rig.clock.now(), {"a": 1}, {"raw": "x"})
    assert json.loads(payload(small))["raw_payload"] == {"raw": "x"}
    made = register(rig)
    with pytest.raises(Invalid) as caught:
        deliveries.send_test(rig.ports, TEST, made.endpoint.id, "post.published", {"a": "x" * MAX_BODY})
    assert caught.value.meta["field"] == "payload"


def test_slow_endpoints_hold_a_few_requests_and_no_more(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when all places are taken is asked to come again; the places are given back."""
    monkeypatch.setattr(sending, "QUEUE_SECONDS", 0.01)
    inside = 0

    def slow(_: Request) -> Response:
        nonlocal inside
        inside += 1
        if inside < sending.AT_ONCE + 1:
            register(rig)
        return Response(200, {}, b"")

    rig.outside.hosts["hooks.example.com"] = slow
    with pytest.raises(Limited) as caught:
        register(rig)
    assert (caught.value.code, inside) == ("webhook.busy", sending.AT_ONCE)
    inside = sending.AT_ONCE + 1
    register(rig)
