"""The simulated LinkedIn's posts: made, shown, listed and deleted.

Chosen where LinkedIn is silent: an identical post is refused for ten minutes while the first one stands; a member makes 150
posts a day (Share on LinkedIn). Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api,
2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.contract import World
from shared.platforms.linkedin import limits, little, simulator_assets, simulator_oauth
from shared.platforms.linkedin.simulator_access import check_author, check_reader
from shared.platforms.linkedin.simulator_checks import check_post
from shared.platforms.linkedin.simulator_wire import (
    Asked,
    answer,
    decoded,
    invalid,
    missing,
    ms,
    number,
    page,
    refused,
    throttled,
    window,
)
from shared.ports.http import Response

DUPLICATE_SECONDS: Final = 600
POSTS_A_DAY: Final = 150
KEPT: Final = 300
_FIELDS: Final = (
    "author",
    "commentary",
    "visibility",
    "distribution",
    "lifecycleState",
    "isReshareDisabledByAuthor",
    "content",
    "contentLandingPage",
    "contentCallToActionLabel",
    "reshareContext",
)


def create(asked: Asked) -> Response:
    """POST /rest/posts."""
    body = asked.json(*_FIELDS)
    check_post(body)
    author, commentary = str(body["author"]), str(body["commentary"])
    check_author(asked, author, "posts")
    if len(little.shown(commentary)) > limits.MAX_TEXT:
        return invalid("FIELD_LENGTH_TOO_LONG", f"commentary is longer than {limits.MAX_TEXT} characters")
    _check_assets(asked, body, author)
    mark = _mark(body)
    earlier = _recent(asked.world, author, mark)
    if earlier:
        return _duplicate(earlier)
    if not _within_quota(asked.world, author):
        said = "Resource level throttle APPLICATION and MEMBER DAY limit for calls to this resource is reached."
        return refused(429, "TOO_MANY_REQUESTS", said, 101)
    return _faults.visible(
        asked.world,
        text=commentary.replace("\\", ""),  # the marker's own brackets are escaped on the way
        key=f"li.{author}.{mark}",
        effect=lambda: _made(asked, body, mark),
        limited=throttled,
        expired=simulator_oauth.expired,
        rejected=lambda: invalid("INVALID_VALUE_FOR_FIELD", "commentary has content that is not allowed"),
        broken=lambda: refused(500, "INTERNAL_SERVER_ERROR", "Internal server error"),
    )


def show(asked: Asked, urn: str) -> Response:
    """GET /rest/posts/{urn}."""
    post = asked.world.get("li.post", decoded(urn))
    if not post:
        return missing(f"Post {decoded(urn)}")
    check_reader(asked, str(post["author"]), "posts.GET.NO_VERSION")
    return answer(200, _shown(post))


def listed(asked: Asked) -> Response:
    """GET /rest/posts?q=author: newest first."""
    query = asked.query
    if query.get("q") != "author" or not query.get("author"):
        return invalid("MISSING_FIELD", "q=author and author are required")
    if query.get("sortBy", "LAST_MODIFIED") not in {"CREATED", "LAST_MODIFIED"}:
        return invalid("INVALID_VALUE_FOR_FIELD", "sortBy is CREATED or LAST_MODIFIED")
    check_reader(asked, query["author"], "posts.FINDER-author.NO_VERSION")
    posts = [
        post for urn in reversed(urns_of(asked.world, query["author"])) if (post := asked.world.get("li.post", urn))
    ]
    start, count = window(asked)
    return page([_shown(post) for post in posts], start, count, f"/rest/posts?q=author&author={query['author']}")


def delete(asked: Asked, urn: str) -> Response:
    """DELETE /rest/posts/{urn}: repeatable."""
    post = asked.world.get("li.post", decoded(urn))
    if post:
        check_author(asked, str(post["author"]), "posts")
        asked.world.delete("li.post", str(post["id"]))
        rest = [known for known in urns_of(asked.world, str(post["author"])) if known != post["id"]]
        asked.world.put("li.posts", str(post["author"]), {"urns": rest})
    return answer(204)


def urns_of(world: World, author: str) -> list[str]:
    """The author's posts, oldest first."""
    return list((world.get("li.posts", author) or {}).get("urns", ()))


def _made(asked: Asked, body: Mapping[str, Any], mark: str) -> Response:
    world, author = asked.world, str(body["author"])
    kind = "ugcPost" if "video" in json.dumps(body.get("content") or {}) else "share"
    post_number = number(world)
    urn = f"urn:li:{kind}:{post_number}"
    post = {
        **body,
        "id": urn,
        "createdAt": ms(world.now),
        "publishedAt": ms(world.now),
        "lastModifiedAt": ms(world.now),
    }
    post |= {"lifecycleState": "PUBLISHED", "lifecycleStateInfo": {"isEditedByAuthor": False}, "mark": mark}
    world.put("li.post", urn, post)
    world.put("li.posts", author, {"urns": [*urns_of(world, author), urn][-KEPT:]})
    world.put("li.activity", f"urn:li:activity:{post_number}", {"post": urn})
    return answer(201, x_restli_id=urn, x_linkedin_id=urn, location=f"/posts/{urn}")


def _shown(post: Mapping[str, Any]) -> dict[str, Any]:
    """As LinkedIn gives it back: hashtags as templates."""
    shown = {key: value for key, value in post.items() if key != "mark"}
    return {**shown, "commentary": little.templated(str(post["commentary"]))}


def _check_assets(asked: Asked, body: Mapping[str, Any], author: str) -> None:
    content = body.get("content") or {}
    if media := content.get("media"):
        simulator_assets.attachable(asked, str(media["id"]), author, ("image", "video", "document"))
    for image in (content.get("multiImage") or {}).get("images", ()):
        simulator_assets.attachable(asked, str(image["id"]), author, ("image",))
    if thumbnail := (content.get("article") or {}).get("thumbnail"):
        simulator_assets.attachable(asked, str(thumbnail), author, ("image",))


def _mark(body: Mapping[str, Any]) -> str:
    """What makes two posts the same to LinkedIn: the words and the content."""
    words = " ".join(str(body["commentary"]).split())
    content = json.dumps(body.get("content") or {}, sort_keys=True)
    return sha256(f"{words}\n{content}".encode()).hexdigest()[:32]


def _recent(world: World, author: str, mark: str) -> str | None:
    oldest = ms(world.now) - DUPLICATE_SECONDS * 1000
    for urn in reversed(urns_of(world, author)):
        post = world.get("li.post", urn)
        if post and post["createdAt"] < oldest:
            return None
        if post and post["mark"] == mark:
            return urn
    return None


def _duplicate(earlier: str) -> Response:
    said = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {earlier}"
    inputs = [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
    body = {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": said,
        "errorDetails": {"inputErrors": inputs},
        "status": 422,
    }
    return answer(422, body)


def _within_quota(world: World, author: str) -> bool:
    day = world.now.date().isoformat()
    used: dict[str, Any] = world.get("li.quota", author) or {}
    count = int(used["count"]) if used.get("day") == day else 0
    world.put("li.quota", author, {"day": day, "count": min(count + 1, POSTS_A_DAY + 1)})
    return count < POSTS_A_DAY
