"""The plain network itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from shared.platforms.contract import Seen, World
from shared.ports.http import Request, Response

LAG = timedelta(seconds=30)


def handle(request: Request, world: World) -> Response:
    """POST makes a post, whatever was posted before; GET lists those older than the lag; DELETE removes."""
    account = request.headers["Authorization"]
    posts = _posts(world, account)
    if request.method == "POST" and isinstance(request.body, bytes):
        given = json.loads(request.body)
        post = {"id": str(world.serial("post")), "at": world.now.isoformat(), **given}
        world.put("plain.posts", account, {"posts": [*posts, post]})
        return _answer({"id": post["id"]})
    if request.method == "DELETE":
        gone = urlsplit(request.url).path.rpartition("/")[2]
        world.put("plain.posts", account, {"posts": [post for post in posts if post["id"] != gone]})
        return _answer({})
    return _answer({"posts": [post for post in posts if datetime.fromisoformat(post["at"]) <= world.now - LAG]})


def seed(world: World, name: str) -> Mapping[str, str]:
    """Every name has an account."""
    return {"name": name}


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """Everything that was posted, without the listing's lag."""
    posts = _posts(world, f"plain-token-of-{platform_account_id}-0123456789")
    return [Seen(p["id"], p["text"], 0, datetime.fromisoformat(p["at"]), "", p["reply_to"]) for p in posts]


def _posts(world: World, account: str) -> list[dict[str, Any]]:
    return list((world.get("plain.posts", account) or {"posts": []})["posts"])


def _answer(body: Mapping[str, Any]) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())
