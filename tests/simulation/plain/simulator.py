"""The plain network itself: posts, comments, likes, messages and campaigns, each kind a list of what an account made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.platforms import _faults
from shared.platforms.contract import Done, Seen, World
from shared.ports.http import Request, Response

LAG = timedelta(seconds=30)
FIRST_COMMENT = timedelta(seconds=60)  # after a post, from somebody else
VERBS = {
    "comments": "comment.reply",
    "likes": "comment.like",
    "messages": "message.send",
    "campaigns": "campaign.create",
}


def handle(request: Request, world: World) -> Response:
    """POST makes a thing, whatever was made before; GET lists those older than the lag; DELETE removes a post."""
    account, parts = request.headers["Authorization"], urlsplit(request.url)
    kind, _, which = parts.path.strip("/").partition("/")
    if request.method == "POST" and isinstance(request.body, bytes):
        return _post(world, account, kind, json.loads(request.body))
    if request.method == "DELETE":
        _put(world, account, kind, [row for row in _rows(world, account, kind) if row["id"] != which])
        return _answer({})
    shown = [row for row in _rows(world, account, kind) if datetime.fromisoformat(row["at"]) <= world.now - LAG]
    return _answer(
        {kind: _others(world, account, dict(parse_qsl(parts.query)), shown) if kind == "comments" else shown}
    )


def _post(world: World, account: str, kind: str, given: dict[str, Any]) -> Response:
    def effect() -> Response:
        if kind == "statuses":
            return _changed(world, account, given)
        row = {
            **given,
            "status": "paused",
            "id": f"{kind}-{world.serial(kind)}",
            "at": world.now.isoformat(),
            "by": _name(account),
        }
        again = kind == "likes" and any(like["on"] == given["on"] for like in _rows(world, account, kind))
        _put(world, account, kind, _rows(world, account, kind) + ([] if again else [row]))
        return _answer({"id": row["id"]})

    if kind == "posts":
        return effect()
    refusals = {
        name: (lambda status=status: Response(status, {}, b"{}"))
        for name, status in (("limited", 429), ("expired", 401), ("rejected", 422), ("broken", 500))
    }
    text = given.get("text", "")
    if len(text) > (100 if kind == "campaigns" else 500):
        return refusals["rejected"]()
    return _faults.visible(world, text=text, key=f"{kind}/{given.get('on')}/{text}", effect=effect, **refusals)


def _changed(world: World, account: str, given: Mapping[str, Any]) -> Response:
    """A campaign's status, whatever it was."""
    rows = _rows(world, account, "campaigns")
    if not any(row["id"] == given["on"] for row in rows):
        return Response(422, {}, b"{}")
    change = {"status": given["status"], "touched": world.now.isoformat()}
    _put(world, account, "campaigns", [row | (change if row["id"] == given["on"] else {}) for row in rows])
    return _answer({"id": given["on"]})


def _others(world: World, account: str, query: Mapping[str, str], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The comments on one post: somebody's, and what the account answered; ``own=1``: all of the account's."""
    if "own" in query:
        return own
    post = next((row for row in _rows(world, account, "posts") if row["id"] == query.get("post")), None)
    at = datetime.fromisoformat(post["at"]) + FIRST_COMMENT if post else world.now
    if post is None or at > world.now:
        return []
    first = {"id": f"by-somebody-{post['id']}", "on": "", "text": "Nice!", "by": "somebody", "at": at.isoformat()}
    return [first, *(row for row in own if row["on"] in (first["id"], post["id"]))]


def seed(world: World, name: str) -> Mapping[str, str]:
    """Every name has an account."""
    return {"name": name}


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """Everything that was posted, without the listing's lag."""
    posts = _rows(world, _token(platform_account_id), "posts")
    return [Seen(p["id"], p["text"], 0, datetime.fromisoformat(p["at"]), "", p["reply_to"]) for p in posts]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """Everything else that the account did, without the listing's lag."""
    rows = [(verb, row) for kind, verb in VERBS.items() for row in _rows(world, _token(platform_account_id), kind)]
    changed = [row for row in _rows(world, _token(platform_account_id), "campaigns") if "touched" in row]
    states = [
        Done("campaign.status", r["id"], r["id"], r["status"], datetime.fromisoformat(r["touched"])) for r in changed
    ]
    made = [Done(v, r["on"] if v == "comment.like" else r["id"], r["on"], r["text"], _at(r)) for v, r in rows]
    return sorted([*made, *states], key=lambda one: one.at)


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def _rows(world: World, account: str, kind: str) -> list[dict[str, Any]]:
    return list((world.get(f"plain.{kind}", account) or {"rows": []})["rows"])


def _put(world: World, account: str, kind: str, rows: list[dict[str, Any]]) -> None:
    world.put(f"plain.{kind}", account, {"rows": rows})


def _token(name: str) -> str:
    return f"plain-token-of-{name}-0123456789"


def _name(token: str) -> str:
    return token.removeprefix("plain-token-of-").removesuffix("-0123456789")


def _answer(body: Mapping[str, Any]) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())
