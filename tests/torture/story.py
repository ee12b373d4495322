"""What an installation is used for, in chapters: every kind of write that callers, networks and schedules cause.

A chapter is a function of a :class:`~tests.torture.world.World`. It asks as patient callers do, and looks at nothing: what
became of it all is compared with what becomes of it without a fault.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from shared.operations import accounts
from tests.operations import flows
from tests.support import files
from tests.torture.world import World

HOUR, DAY = 3600.0, 86_400.0
PHOTO = {"source_type": "url", "source": "https://sandbox.rostrum.test/media/photo.jpg"}
EVENTS = [
    "post.published",
    "post.failed",
    "comment.received",
    "dm.received",
    "account.connected",
    "account.disconnected",
]


def posting(world: World) -> None:
    """Posts now, later, moved, edited, taken back, in bulk, from a file, in the queue, with a first comment."""
    account = _connected(world)
    target = {"targets": [{"account_id": account}]}
    now = _made(world, {"text": "Now", "publish_now": True, **target})
    _made(world, {"text": "With a comment", "first_comment": "A comment", "publish_now": True, **target})
    later = _made(world, {"text": "Later", "scheduled_at": _at(world, 3), **target})
    world.ask("PATCH", f"/v1/posts/{later}", {"text": "Later, edited", "scheduled_at": _at(world, 9)})
    dropped = _made(world, {"text": "Dropped", "scheduled_at": _at(world, 4), **target})
    world.ask("DELETE", f"/v1/posts/{dropped}")
    draft = _made(world, {"text": "A draft", **target})
    world.ask("POST", f"/v1/posts/{draft}/publish")
    world.ask(
        "POST", "/v1/posts/bulk", {"posts": [{"text": f"Bulk {n}", "publish_now": True, **target} for n in (1, 2)]}
    )
    world.ask(
        "PUT",
        "/v1/queue/slots?brand_id=default",
        {"timezone": "UTC", "slots": [{"weekday": "monday", "time": "09:30"}]},
    )
    _made(world, {"text": "In the queue", "queue": True, **target})
    world.pass_time(300)
    world.ask("POST", f"/v1/posts/{now}/unpublish")


def approving(world: World) -> None:
    """Posts that somebody must agree to, imported ones among them; one that a network refused, once more."""
    account = _connected(world)
    world.ask("PATCH", "/v1/posts/settings", {"approval": "required"})
    writer = world.ask("POST", "/v1/keys", {"name": "writer", "scopes": ["posts:write", "posts:read"]}).json["raw_key"]
    body = {"text": "May I?", "scheduled_at": _at(world, 30), "targets": [{"account_id": account}]}
    post = world.ask("POST", "/v1/posts", body, key=writer).json["id"]
    world.ask("POST", f"/v1/posts/{post}/reject", {"reason": "No."})
    world.ask("POST", f"/v1/posts/{post}/submit", key=writer)
    world.ask("POST", f"/v1/posts/{post}/approve")
    world.ask("PATCH", "/v1/posts/settings", {"approval": "none"})
    world.ask("POST", f"/v1/posts/{post}/publish")
    refused = {"text": "[[sandbox:rejected]]", "publish_now": True, "targets": [{"account_id": account}]}
    failed = world.ask("POST", "/v1/posts", refused).json["id"]
    world.pass_time(120)
    world.ask("POST", f"/v1/posts/{failed}/retry")
    world.pass_time(120)


def connecting(world: World) -> None:
    """Accounts by credentials, by consent and by choice; moved, renewed for days, taken away; a network's app of one's own."""
    _connected(world)
    for platform in ("twitter", "facebook"):
        world.insist(partial(_consented, world, platform))
    brand = world.ask("POST", "/v1/brands", {"name": "Second"}).json["id"]
    world.ask("PATCH", f"/v1/brands/{brand}", {"name": "Second, renamed"})
    listed = world.ask("GET", "/v1/accounts").json["data"]
    world.ask("PATCH", f"/v1/accounts/{listed[0]['id']}", {"brand_id": brand})
    own = world.ask("POST", "/v1/oauth/redirect-uris", {"uri": "https://app.example.com/back"})
    world.ask("DELETE", f"/v1/oauth/redirect-uris/{own.json.get('id', 'x')}")
    secret = {"client_id": "mine", "client_secret": "a secret of mine"}
    world.ask("PUT", "/v1/platforms/reddit/credentials", secret)
    world.ask("DELETE", "/v1/platforms/reddit/credentials")
    world.pass_time(5 * HOUR)
    world.ask("DELETE", f"/v1/accounts/{listed[-1]['id']}")
    world.ask("DELETE", f"/v1/brands/{brand}")
    world.pass_time(HOUR)


def people(world: World) -> None:
    """Keys, invites, sessions."""
    key = world.ask("POST", "/v1/keys", {"name": "one", "scopes": ["posts:read"]}).json["id"]
    world.ask("PATCH", f"/v1/keys/{key}", {"name": "renamed"})
    rotated = world.ask("POST", f"/v1/keys/{key}/rotate").json
    world.ask("GET", "/v1/users/me")
    world.ask("DELETE", f"/v1/keys/{rotated.get('id', key)}")
    brand = world.ask("POST", "/v1/brands", {"name": "Guests"}).json["id"]
    asked = {"brand_id": brand, "platform": "twitter", "expires_in_days": 7}
    invite = world.ask("POST", "/v1/invites", asked).json["id"]
    world.ask("POST", "/v1/invites", {**asked, "platform": "bluesky"})
    world.ask("DELETE", f"/v1/invites/{invite}")
    google = world.api.rig.google.id_token("ada@example.com")
    session = world.ask("POST", "/v1/auth/session", {"id_token": google}, key=None).json["session_token"]
    world.ask("PATCH", "/v1/users/me", {"use_case": "torture"}, key=session)
    world.ask("DELETE", "/v1/auth/session", key=session)
    world.pass_time(2 * HOUR)


def telling(world: World) -> None:
    """Webhooks: registered, tried, changed, exchanged, down for an hour, recovered; a hook; events of posts and accounts."""
    url = world.receiver.url
    hook = world.ask("POST", "/v1/webhooks", {"url": url, "events": EVENTS}).json["id"]
    world.ask("POST", f"/v1/webhooks/{hook}/test", {"event_type": "post.published"})
    world.ask("PATCH", f"/v1/webhooks/{hook}", {"events": [*EVENTS, "post.cancelled"]})
    account = _connected(world)
    _made(world, {"text": "Told", "publish_now": True, "targets": [{"account_id": account}]})
    world.pass_time(60)
    world.receiver.status = 500
    _made(world, {"text": "Told later", "publish_now": True, "targets": [{"account_id": account}]})
    world.pass_time(HOUR)
    world.receiver.status = 200
    world.ask("POST", f"/v1/webhooks/{hook}/recover", {"since": _at(world, -90)})
    world.ask("POST", f"/v1/webhooks/{hook}/secret/rotate")
    small = world.ask("POST", "/v1/hooks", {"url": url, "event": "post.published"}).json["id"]
    _made(world, {"text": "Told twice", "publish_now": True, "targets": [{"account_id": account}]})
    world.pass_time(6 * HOUR)
    done = world.ask("GET", f"/v1/webhooks/{hook}/deliveries").json["data"]
    world.ask("POST", f"/v1/webhooks/{hook}/deliveries/{done[0]['id']}/retry")
    world.pass_time(60)
    world.ask("DELETE", f"/v1/hooks/{small}")
    world.ask("DELETE", f"/v1/webhooks/{hook}")
    world.pass_time(DAY)


def hearing(world: World) -> None:
    """What people say: pushed, filed, told, read, answered, hidden, liked; conversations; a review."""
    world.ask("POST", "/v1/webhooks", {"url": world.receiver.url, "events": EVENTS})
    world.insist(lambda: _consented(world, "facebook"))
    world.insist(lambda: _consented(world, "google_business"))
    found = {one["platform"]: one["id"] for one in world.ask("GET", "/v1/accounts").json["data"]}
    page = found["facebook"]
    world.pass_time(120)
    _made(world, {"text": "Say something", "publish_now": True, "targets": [{"account_id": page}]})
    world.pass_time(60)
    said = {"account_id": page, "text": "Hello?"}
    comment = world.ask("POST", "/v1/sandbox/events", {**said, "type": "comment"}).json
    world.ask("POST", "/v1/sandbox/events", {**said, "type": "message"})
    world.ask(
        "POST",
        "/v1/sandbox/events",
        {"account_id": found["google_business"], "type": "review", "text": "Good", "rating": 4},
    )
    world.pass_time(300)
    place = f"/v1/inbox/comments/{comment['post_id']}"
    world.ask("POST", place, {"account_id": page, "text": "Yes?", "comment_id": comment["id"]})
    world.ask("POST", f"{place}/{comment['id']}/hide", {"account_id": page})
    world.ask("POST", f"{place}/{comment['id']}/like", {"account_id": page})
    talk = world.ask("GET", "/v1/inbox/conversations").json["data"][0]["id"]
    world.ask("POST", f"/v1/inbox/conversations/{talk}/messages", {"account_id": page, "text": "Here I am"})
    world.ask("POST", f"/v1/inbox/conversations/{talk}/read")
    world.ask("PATCH", f"/v1/inbox/conversations/{talk}", {"status": "archived"})
    items = world.ask("GET", "/v1/inbox").json["data"]
    world.ask("POST", "/v1/inbox/read", {"item_ids": [one["item_id"] for one in items]})
    world.pass_time(300)
    world.ask("DELETE", f"/v1/accounts/{page}")
    world.pass_time(HOUR)


def measuring(world: World) -> None:
    """Two days of counting, an export, media that come and go."""
    account = _connected(world)
    _made(world, {"text": "Counted", "publish_now": True, "targets": [{"account_id": account}]})
    form = {"file": (files.jpeg(), "a.jpg", "image/jpeg")}
    media = world.ask("POST", "/v1/media/upload", data=lambda: _form(form)).json
    world.ask("GET", f"/v1/media/{media['media_id']}")
    world.pass_time(HOUR)
    world.ask("POST", f"/v1/accounts/{account}/export", {"include_vision": False})
    world.pass_time(HOUR)
    world.ask("DELETE", f"/v1/media/{media['media_id']}")
    world.pass_time(DAY)


def leaving(world: World) -> None:
    """A workspace that is deleted, with everything in it."""
    account = _connected(world)
    world.insist(lambda: _consented(world, "twitter"))
    _made(world, {"text": "The last", "publish_now": True, "targets": [{"account_id": account}]})
    world.pass_time(60)
    world.ask("DELETE", "/v1/users/me", key=world.api.live_key)
    world.pass_time(40 * DAY)


CHAPTERS: Mapping[str, Callable[[World], None]] = {
    one.__name__: one for one in (posting, approving, connecting, people, telling, hearing, measuring, leaving)
}


def _form(form: Mapping[str, tuple[bytes, str, str]]) -> dict[str, Any]:
    return {name: (io.BytesIO(data), *rest) for name, (data, *rest) in form.items()}


def _made(world: World, body: Mapping[str, Any]) -> str:
    answer = world.ask("POST", "/v1/posts", {"skip_duplicate_check": True, **body})
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


def _at(world: World, minutes: float) -> str:
    return (world.api.rig.clock.now() + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _connected(world: World) -> str:
    return str(world.insist(lambda: flows.signed_in(world.api.rig, world.api.caller)).id)


def _consented(world: World, platform: str) -> Any:
    """A consent from its beginning; where one grants several accounts, all of them are chosen."""
    rig, caller = world.api.rig, world.api.caller
    landing = accounts.callback(rig.ports, platform, flows.consent(rig, flows.begin(rig, platform, caller)))
    if landing.status == "error" and "unavailable" in str(landing):
        raise ConnectionError(f"{platform}: {landing}")
    return landing
