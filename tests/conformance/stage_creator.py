"""What the creator dialect's cases need before they are sent."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from shared.domain.accounts import account_path
from shared.operations.syncing import running
from shared.ports.http import Request, Response
from shared.ports.store import Write
from tests.api.client import PHOTO, Api
from tests.support import files
from tests.support.trusting import Trusting

Stage = Callable[[Api], Mapping[str, str]]
BASE = "/api/v1/creator/social"
LATER = "2026-12-24T20:00:00Z"
SANDBOX = "https://sandbox.rostrum.test/media"
THREE = ("twitter", "linkedin", "instagram")


def token(*roles: str, tenant: str) -> str:
    """A JWT's shape, with what it claims in the open: :class:`Trusting` believes it."""
    claims = json.dumps({"roles": roles, "tenant": tenant}).encode()
    return f"e30.{urlsafe_b64encode(claims).rstrip(b'=').decode()}.c2ln"


def _creator(call: Api) -> Mapping[str, str]:
    call.serve_on = replace(call.rig.ports, identity=Trusting(call.rig.clock))
    return {"jwt": token("creator", tenant=call.workspace)}


def _accounts(call: Api) -> Mapping[str, str]:
    return {name: call.connect(name) for name in THREE} | {"image": PHOTO, "later": LATER}


def _read_accounts(call: Api) -> Mapping[str, str]:
    """Somebody has looked at how they do: their followers are known."""
    names = _accounts(call)
    assert call("GET", f"{BASE}/distribution/metrics").status == 200
    return names


def _draft(call: Api) -> Mapping[str, str]:
    body = {"title": "Product Launch", "content": {"text": "Big news coming tomorrow!"}, "platforms": ["twitter"]}
    names = _accounts(call)
    return {**names, "draft": _made(call, "posts", body)}


def _scheduled(call: Api) -> Mapping[str, str]:
    body = {"title": "Weekly Tips", "content": {"text": "Tips"}, "platforms": ["twitter", "linkedin"]}
    names = _accounts(call)
    return {**names, "scheduled": _made(call, "posts", body | {"status": "scheduled", "scheduled_at": LATER})}


def _measured(
    call: Api, platforms: tuple[str, ...] = ("twitter", "linkedin"), name: str = "measured"
) -> Mapping[str, str]:
    """A post that is live for some hours, at which somebody has looked."""
    names = _accounts(call)
    content = {
        "text": "Big news coming tomorrow!",
        "hashtags": ["launch", "innovation"],
        "mentions": ["@partner_company"],
    }
    body = {
        "title": "Product Launch Announcement",
        "content": content,
        "media": [{"type": "image", "url": PHOTO}],
        "platforms": list(platforms),
    }
    post_id = _made(call, "posts", body)
    assert call("POST", f"{BASE}/posts/{post_id}/publish", {"publish_now": True}).status == 200
    call.settle()
    for _ in range(2):
        call.sleep(3 * 3600)
        assert call("GET", f"{BASE}/posts/{post_id}/analytics").status == 200
    return {**names, name: post_id}


def _earlier_followers(call: Api) -> Mapping[str, str]:
    """Followers were read yesterday, and on schedule today."""
    first = call.rig.clock.now()
    assert call("GET", f"{BASE}/distribution/metrics").status == 200
    call.sleep(86_400)
    running.hand_out(call.rig.ports, {})
    call.settle()
    return {"first_day": first.date().isoformat(), "last_day": (first + timedelta(days=1)).date().isoformat()}


def _media(call: Api) -> Mapping[str, str]:
    from io import BytesIO

    sent = {"file": (BytesIO(files.png(1200, 628)), "announcement.png", "image/png")}
    answer = call("POST", f"{BASE}/media/upload", data=sent)
    assert answer.status == 201, answer.json
    return {"media": answer.json["media_id"]}


def _files(call: Api) -> Mapping[str, str]:
    """A format that not every network takes, and a file that is too large for some."""
    call.rig.sandbox.media[f"{SANDBOX}/moving.gif"] = ("image/gif", files.gif(1080, 1080))
    call.rig.sandbox.media[f"{SANDBOX}/large.jpg"] = ("image/jpeg", files.jpeg() + bytes(6_000_000))
    return {"gif": f"{SANDBOX}/moving.gif", "large": f"{SANDBOX}/large.jpg"}


def _expired(call: Api) -> Mapping[str, str]:
    """An account whose person took the grant back."""
    names = _accounts(call)
    path = account_path(call.caller.space, names["twitter"])
    call.rig.store.commit([Write("update", path, {"status": "reconnect_required", "reconnect_reason": "revoked"})])
    return names


def _limit(call: Api) -> Mapping[str, str]:
    """The network has enough of being asked."""
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}

    def answer(request: Request) -> Response | None:
        if "/2/tweets/" not in request.url:
            return None
        return Response(429, {"content-type": "application/json"}, json.dumps(body).encode())

    call.rig.sandbox.intercept = answer
    return {}


def _made(call: Api, path: str, body: Mapping[str, object]) -> str:
    answer = call("POST", f"{BASE}/{path}", body)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


STAGES: Mapping[str, Stage] = {
    "creator": _creator,
    "accounts": _accounts,
    "read accounts": _read_accounts,
    "draft": _draft,
    "scheduled post": _scheduled,
    "measured post": _measured,
    "measured on twitter": lambda call: _measured(call, ("twitter",), "measured_on_twitter"),
    "measured on linkedin": lambda call: _measured(call, ("linkedin",), "measured_on_linkedin"),
    "earlier followers": _earlier_followers,
    "media": _media,
    "files": _files,
    "expired account": _expired,
    "a limit": _limit,
}
