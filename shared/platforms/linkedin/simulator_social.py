"""The simulated LinkedIn's comments and reactions: those of the account, those of others, and what becomes of them.

A post's thread hangs on its activity. Under a post the first level is listed, under a comment its replies. What others say
comes with time (``_alive``); what happens by a request or by a ``visit`` is kept.
Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares (comments-api, reactions-api), 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.linkedin import limits, simulator_events, simulator_oauth, wire
from shared.platforms.linkedin.simulator_access import check_author, check_reader
from shared.platforms.linkedin.simulator_wire import (
    Asked,
    Denied,
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

REACTIONS: Final = frozenset({"LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT"})
_KEPT: Final = 300


def thread(world: World, urn: str) -> tuple[dict[str, Any], str]:
    """The post of a thread, and the number of the comment that was named, empty where it was the post. Raises Denied."""
    comment = ""
    if urn.startswith("urn:li:comment:"):
        try:
            urn, comment = wire.thread_of(urn)
        except ValueError:
            raise Denied(invalid("INVALID_URN_ID", f"{urn} is no comment")) from None
    known = world.get("li.activity", urn)
    post = world.get("li.post", str(known["post"]) if known else urn)
    if not post:
        raise Denied(missing(f"Thread {urn}"))
    return post, comment


def activity_of(post: Mapping[str, Any]) -> str:
    """The URN of a post's activity."""
    return f"urn:li:activity:{str(post['id']).rpartition(':')[2]}"


def all_comments(world: World, post: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that stands under a post now, oldest first: others' and the account's own."""
    made = datetime.fromtimestamp(int(post["createdAt"]) / 1000, UTC)
    kept = world.get("li.comments", str(post["id"])) or {"items": [], "gone": []}
    said = _alive.comments(str(post["id"]), made, world.now)
    ids = {remark.number: str(ms(remark.at) << 22 | remark.number + 1) for remark in said}
    others = [
        {
            "id": ids[remark.number],
            "actor": f"urn:li:person:{remark.who.id}",
            "text": remark.text,
            "time": ms(remark.at),
            "parent": ids.get(remark.parent, "") if remark.parent is not None else "",
        }
        for remark in said
    ]
    _flatten(others)
    standing = [
        one for one in (*others, *kept["items"]) if one["id"] not in kept["gone"] and one["parent"] not in kept["gone"]
    ]
    return sorted(standing, key=lambda one: int(one["time"]))


def _flatten(comments: list[dict[str, Any]]) -> None:
    """LinkedIn's threads are one level deep: what answers a reply stands beside it."""
    parents = {one["id"]: one["parent"] for one in comments}
    for one in comments:
        while one["parent"] and parents.get(one["parent"]):
            one["parent"] = parents[one["parent"]]


def listed(asked: Asked, urn: str) -> Response:
    """GET /rest/socialActions/{urn}/comments."""
    post, comment = thread(asked.world, decoded(urn))
    check_reader(asked, str(post["author"]), "socialActions.comments.GET_ALL.NO_VERSION")
    every = all_comments(asked.world, post)
    shown = [_shown(asked, post, one, every) for one in every if one["parent"] == comment]
    start, count = window(asked)
    return page(shown, start, count, f"/rest/socialActions/{decoded(urn)}/comments?")


def show(asked: Asked, urn: str, comment: str) -> Response:
    """GET /rest/socialActions/{urn}/comments/{id}."""
    post, _ = thread(asked.world, decoded(urn))
    check_reader(asked, str(post["author"]), "socialActions.comments.GET.NO_VERSION")
    every = all_comments(asked.world, post)
    found = next((one for one in every if one["id"] == comment), None)
    return answer(200, _shown(asked, post, found, every)) if found else missing(f"Comment {comment}")


def create(asked: Asked, urn: str) -> Response:
    """POST /rest/socialActions/{urn}/comments."""
    body = asked.json("actor", "object", "message", "content", "parentComment")
    post, comment = thread(asked.world, decoded(urn))
    text = str((body.get("message") or {}).get("text") or "")
    actor, parent = str(body.get("actor") or ""), str(body.get("parentComment") or "")
    if not actor or not text.strip():
        return invalid("MISSING_FIELD", "ERROR :: /message/text :: field is required but not found")
    check_author(asked, actor, "socialActions.comments")
    if len(text) > limits.MAX_COMMENT:
        return invalid("FIELD_LENGTH_TOO_LONG", f"message.text is longer than {limits.MAX_COMMENT} characters")
    number_of = wire.thread_of(parent)[1] if parent else comment
    every = {one["id"]: one for one in all_comments(asked.world, post)}
    if number_of and number_of not in every:
        return missing(f"Comment {number_of}")
    above = str(every[number_of]["parent"] or number_of) if number_of else ""
    return _faults.visible(
        asked.world,
        text=text,
        key=f"li.comment.{post['id']}.{actor}.{text}",
        effect=lambda: _made(asked, post, actor, text, above),
        limited=throttled,
        expired=simulator_oauth.expired,
        rejected=lambda: invalid("INVALID_VALUE_FOR_FIELD", "message.text has content that is not allowed"),
        broken=lambda: refused(500, "INTERNAL_SERVER_ERROR", "Internal server error"),
    )


def _made(asked: Asked, post: Mapping[str, Any], actor: str, text: str, parent: str) -> Response:
    kept = keep(asked.world, post, actor, text, parent)
    if str(post["author"]).startswith("urn:li:organization:"):
        action = "ADMIN_COMMENT" if actor == post["author"] else "COMMENT"
        simulator_events.happened(asked.world, str(post["author"]), action, post, kept)
    every = all_comments(asked.world, post)
    return answer(201, _shown(asked, post, kept, every), x_restli_id=str(kept["id"]))


def keep(world: World, post: Mapping[str, Any], actor: str, text: str, parent: str = "") -> dict[str, Any]:
    """One more comment, of whomever."""
    known = world.get("li.comments", str(post["id"])) or {"items": [], "gone": []}
    made = {"id": str(number(world)), "actor": actor, "text": text, "time": ms(world.now), "parent": parent}
    world.put("li.comments", str(post["id"]), {**known, "items": [*known["items"], made][-_KEPT:]})
    mine = world.get("li.said", actor) or {"entries": []}
    entry = {"post": post["id"], "id": made["id"]}
    world.put("li.said", actor, {"entries": [*mine["entries"], entry][-_KEPT:]})
    return made


def delete(asked: Asked, urn: str, comment: str) -> Response:
    """DELETE /rest/socialActions/{urn}/comments/{id}: one's own comment, or any under one's own post."""
    post, _ = thread(asked.world, decoded(urn))
    found = next((one for one in all_comments(asked.world, post) if one["id"] == comment), None)
    if not found:
        return missing(f"Comment {comment}")
    actor = asked.query.get("actor", asked.member)
    check_author(asked, actor, "socialActions.comments")
    moderates = actor == post["author"] and actor.startswith("urn:li:organization:")
    if actor != found["actor"] and not moderates:
        raise Denied(
            refused(403, "ACCESS_DENIED", "Not enough permissions to access: socialActions.comments.DELETE", 100)
        )
    known = asked.world.get("li.comments", str(post["id"])) or {"items": [], "gone": []}
    asked.world.put("li.comments", str(post["id"]), {**known, "gone": [*known["gone"], comment][-_KEPT:]})
    if str(post["author"]).startswith("urn:li:organization:"):
        simulator_events.happened(asked.world, str(post["author"]), "COMMENT_DELETE", post, found)
    return answer(204)


def _shown(
    asked: Asked, post: Mapping[str, Any], one: Mapping[str, Any], every: list[dict[str, Any]]
) -> dict[str, Any]:
    activity = activity_of(post)
    urn = f"urn:li:comment:({activity},{one['id']})"
    replies = sum(other["parent"] == one["id"] for other in every)
    likes = asked.world.get("li.reactions", urn) or {"by": {}}
    stamp = {"actor": one["actor"], "time": one["time"]}
    liked = asked.member in likes["by"] or str(post["author"]) in likes["by"]
    body = {
        "actor": one["actor"],
        "commentUrn": urn,
        "id": one["id"],
        "object": activity,
        "message": {"attributes": [], "text": one["text"]},
        "created": stamp,
        "lastModified": stamp,
        "likesSummary": {
            "selectedLikes": list(likes["by"])[:3],
            "aggregatedTotalLikes": len(likes["by"]),
            "likedByCurrentUser": liked,
            "totalFirstLevelLikes": len(likes["by"]),
        },
        "commentsSummary": {
            "aggregatedTotalComments": replies,
            "totalFirstLevelComments": replies,
            "selectedComments": [],
        },
    }
    return {**body, "parentComment": f"urn:li:comment:({activity},{one['parent']})"} if one["parent"] else body
