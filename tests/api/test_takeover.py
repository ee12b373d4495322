"""A request whose worker died at any point is sent again under its Idempotency-Key: one effect, and an answer.

Every call that the work makes of a port is a point to die at, before or after it happened; and one where the store's
answer is lost.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from shared.ports.http import Response
from shared.ports.store import Unavailable
from tests.api.client import Answer, Api, api
from tests.api.matrix import CLOSED, ROWS
from tests.support import files
from tests.support.faults import Crash, once

PAGE = {"network": "facebook", "page_id": "p", "page_name": "P", "page_url": "https://example.com/p"}
ENTRY = {"network_type": "tiktok", "network_id": "fern", "network_url": "https://tiktok.com/@fern"}
HOOK = {"url": "https://hooks.example.com/", "events": ["post.published"]}
INVITE = {"brand_id": "default", "platform": "threads", "expires_in_days": 7}
_UNCOUNTED = ("idempotency", "windows")


@dataclass(frozen=True)
class Case:
    """A request that makes something. ``again``: statuses of the second run beside the first one's."""

    label: str
    body: Any = None
    again: tuple[int, ...] = ()

    def send(self, call: Api) -> Answer:
        method, path = self.label.split()[1:]
        if "{id}" in path:
            path = path.replace("{id}", _named(call, path))
        body, data = self.body, None
        if body == "file":
            body, data = None, {"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")}
        return call(method, path, body, data=data, Idempotency_Key="k")


CASES = (
    Case("v1 POST /v1/brands", {"name": "B"}),
    Case("v1 POST /v1/keys", {"name": "k"}),
    Case("v1 POST /v1/keys/{id}/rotate"),
    Case("v1 POST /v1/webhooks", HOOK),
    Case("v1 POST /v1/hooks", HOOK),
    Case("v1 POST /v1/webhooks/{id}/secret/rotate"),
    Case("v1 POST /v1/webhooks/{id}/test", {"event_type": "post.published"}),
    # one is open for this brand and platform: the list shows it
    Case("v1 POST /v1/invites", INVITE, again=(409,)),
    # it is on the list, by an id that follows from the address
    Case("v1 POST /v1/oauth/redirect-uris", {"uri": "https://app.example.com/"}, again=(409,)),
    Case("v1 POST /v1/accounts/{id}/export", again=(429,)),
    Case("v1 POST /v1/media/upload", "file"),
    Case("v1 POST /v1/accounts/connect", {"platform": "twitter"}),
    Case("creator POST /api/v1/creator/social/media/upload", "file"),
    Case("connect POST /api/add/social-page/", PAGE),
    Case("connect POST /api/action/network/approval/", ENTRY),
)
HARMLESS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "v1 POST /v1/posts/{pid}/publish",
            "v1 POST /v1/posts/{pid}/retry",
            "v1 POST /v1/posts/{pid}/unpublish",
            "v1 POST /v1/posts/{pid}/resolve",
            "v1 POST /v1/posts/{pid}/submit",
            "v1 POST /v1/posts/{pid}/approve",
            "v1 POST /v1/posts/{pid}/reject",
            "v1 POST /v1/actions/{id}/retry",
            "v1 POST /v1/actions/{id}/resolve",
            "v1 POST /v1/media/{id}/verify",
            "creator POST /api/v1/creator/social/posts/{post_id}/publish",
            "creator POST /api/v1/creator/social/posts/{post_id}/schedule",
            "creator POST /api/v1/creator/social/posts/{post_id}/cancel",
            "connect POST /api/action/network/review/",
            "connect POST /api/action/network-extra/update/",
            "connect POST /api/network/disconnect/",
        ),
        "a state is set: a thing that has it already is not changed again, and what is published is fenced by its state",
    ),
    **dict.fromkeys(
        (
            "v1 POST /v1/posts/validate",
            "v1 POST /v1/posts/preview",
            "v1 POST /v1/platforms/whatsapp/templates/validate",
            "v1 POST /v1/platforms/{platform}/credentials/test",
            "connect POST /api/get/networks/",
            "connect POST /api/get/social-pages/",
            "connect POST /api/get/social-walls/",
            "connect POST /api/get/social-channels/",
            "connect POST /api/network/status/",
        ),
        "it only asks",
    ),
    **dict.fromkeys(
        ("v1 POST /v1/oauth/exchange", "v1 POST /v1/accounts/pending/{connection_id}/select"),
        "a consent is spent once, and an account is found by the network's id of it",
    ),
    "connect POST /api/auth/{network}/": "an account is found by the network's id of it",
    **dict.fromkeys(
        ("connect POST /api/add/social-wall/", "connect POST /api/add/social-channel/"), "as /api/add/social-page/"
    ),
    "creator POST /api/v1/creator/social/accounts/connect": "as POST /v1/accounts/connect",
    **dict.fromkeys(("v1 POST /v1/inbox/conversations/{id}/read", "v1 POST /v1/inbox/read"), "read twice is read"),
    "v1 POST /v1/sandbox/events": "the sandbox's people may say a thing twice, as people do; nothing real comes of it",
    "v1 POST /v1/webhooks/{id}/deliveries/{did}/retry": "a delivery comes at least once; its event's id says that it is the same",
    "v1 POST /v1/webhooks/{id}/recover": "what goes out again is no longer failed, and one recovery is under way at a time",
    "v1 POST /v1/billing/checkout": "Stripe is told a key of its own, and a page that nobody pays on costs nothing",
    "v1 POST /v1/billing/portal": "a page that shows what there is",
    "v1 POST /v1/platforms/whatsapp/phone-numbers/{id}/request-code": "WhatsApp sends a code again: the newest counts",
    "v1 POST /v1/platforms/whatsapp/phone-numbers/{id}/verify-code": "a number that is verified stays so",
    "v1 POST /v1/platforms/whatsapp/phone-numbers/{id}/register": "a number that is registered stays so",
    "v1 POST /v1/platforms/whatsapp/phone-numbers/{id}/deregister": "a number that is given up stays so",
}


def _named(call: Api, path: str) -> str:
    """What the path is about: made once, before."""
    kind = path.split("/")[2]
    found = {"keys": "keys", "webhooks": "webhooks", "accounts": "accounts"}[kind]
    if found == "accounts":
        return call.connect("bluesky")
    body = {"keys": {"name": "first"}, "webhooks": HOOK}[found]
    return str(call("POST", f"/v1/{found}", body, Idempotency_Key="made before").json["id"])


def _world(case: Case) -> Api:
    call = api()
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    if "{id}" in case.label:
        _named(call, case.label.split()[2])
    call("GET", "/v1/accounts")
    return call


def _held(call: Api) -> Counter[str]:
    """How many documents there are of each kind."""
    kinds = (path.split("/")[-2] for path, _ in call.rig.store.everything())
    return Counter(kind for kind in kinds if kind not in _UNCOUNTED)


def _dying(case: Case, fail: Callable[[int], Any], points: range, pause: float) -> None:
    wanted = _world(case)
    first = case.send(wanted)
    assert first.status < 300, first.json
    for point in points:
        call = _world(case)
        call.rig.faults.hook = fail(point)
        with suppress(Crash):
            case.send(call)
        call.rig.faults.hook = None
        call.rig.clock.advance(pause)
        again = case.send(call)
        assert again.status in (first.status, *case.again), (point, again.json)
        assert _held(call) == _held(wanted), point
        assert again.status >= 300 or case.send(call).data == again.data
        assert again.status != first.status or sorted(again.json) == sorted(first.json), point


def _calls(case: Case) -> int:
    """How many calls of ports the request makes, after those that know the caller and claim the request."""
    call = _world(case)
    call.rig.faults.calls.clear()
    assert case.send(call).status < 300
    return len(call.rig.faults.calls)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_whoever_died_is_followed_by_one_that_finds_what_was_done(case: Case) -> None:
    _dying(case, lambda point: once(point // 2, "before" if point % 2 else "after", Crash), range(2 * _calls(case)), 61)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_an_answer_of_the_store_that_was_lost_is_no_second_effect(case: Case) -> None:
    """It is sent again at once."""

    def lost(point: int) -> Callable[[str, str], None]:
        seen = -1

        def hook(name: str, phase: str) -> None:
            nonlocal seen
            if phase == "after" and name in ("store.commit", "store.transact"):
                seen += 1
                if seen == point:
                    raise Unavailable("the answer was lost")

        return hook

    _dying(case, lost, range(4), 0)


def test_every_claimed_request_is_tried_or_says_why_it_may_be_done_twice() -> None:
    claimed = {row.label for row in CLOSED if row.route.idempotency == "claim"}
    assert {case.label for case in CASES} | set(HARMLESS) == claimed
    assert not {case.label for case in CASES} & set(HARMLESS)


def test_every_post_of_a_known_caller_keeps_its_key() -> None:
    """And none beside; what has no caller has nobody whose key it would be."""
    posts = [row for row in ROWS if row.route.method == "POST"]
    assert [row.label for row in posts if (row.route.idempotency == "none") != (row.route.scope is None)] == []
    assert [row.label for row in ROWS if row.route.method != "POST" and row.route.idempotency != "none"] == []
