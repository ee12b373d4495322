"""The simulated X around posts: search, mentions, likes, reposts, hidden replies. Source: the OpenAPI document 2.167.

Chosen where X is silent: a repost that is there already is answered as a new one; liking what is gone is a 404.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.x import simulator_checks, simulator_people, simulator_view
from shared.platforms.x.simulator_wire import Asked, Denied, answer, epoch, generic, invalid, missing, snowflake
from shared.ports.http import Response

_SEARCH_DAYS: Final = 7
_CONVERSATION: Final = re.compile(
    r"\(conversation_id:(?P<whole>\d+) OR in_reply_to_tweet_id:(?P<direct>\d+)\) is:reply|conversation_id:(?P<only>\d+)"
)


def search(asked: Asked) -> Response:
    """GET /2/tweets/search/recent: conversations only, newest first, of the last seven days."""
    simulator_checks.check_query(asked, simulator_checks.SEARCH_QUERY)
    query = asked.query.get("query", "")
    found = _CONVERSATION.fullmatch(query)
    if not found:
        raise Denied(invalid(f"The sandbox does not understand the query [{query}]", query=query))
    whole, world = found["whole"] or found["only"], asked.world
    if root := simulator_people.post(world, whole):
        simulator_people.comment(world, root)
        for post_id in simulator_people.listed(world, "x.replies", str(root["conversation_id"])):
            reply = world.get("x.post", post_id)
            if reply and reply["author_id"] == root["author_id"]:
                simulator_people.comment(world, reply)
    conversation = str((root or {}).get("conversation_id", whole))
    oldest = epoch(world.now) - _SEARCH_DAYS * 86_400
    posts = [post for post in _posts(world, "x.replies", conversation) if post["made"] > oldest]
    kept = [post for post in posts if post["conversation_id"] == whole or _answers(post, found["direct"])]
    return _page(asked, kept, simulator_checks.page_size(asked, least=10))


def mentions(asked: Asked, user_id: str) -> Response:
    """GET /2/users/{id}/mentions: newest first."""
    simulator_checks.check_query(asked, simulator_checks.LISTING_QUERY)
    user = asked.world.get("x.user", user_id)
    if not user:
        return missing("user", "id", user_id)
    simulator_people.mention(asked.world, user)
    return _page(asked, _posts(asked.world, "x.mentions", user_id), simulator_checks.page_size(asked))


def like(asked: Asked, user_id: str) -> Response:
    """POST /2/users/{id}/likes."""
    post = _own_and_named(asked, user_id)
    liked = _likes(asked.world, user_id)
    if post["id"] not in {entry[0] for entry in liked}:
        entry = [post["id"], asked.world.now.isoformat()]
        asked.world.put("x.likes", user_id, {"entries": [*liked, entry][-simulator_people.KEPT :]})
    return answer(200, {"data": {"liked": True}})


def unlike(asked: Asked, user_id: str, post_id: str) -> Response:
    """DELETE /2/users/{id}/likes/{tweet_id}: also where there was no like."""
    _own(asked, user_id)
    rest = [entry for entry in _likes(asked.world, user_id) if entry[0] != post_id]
    asked.world.put("x.likes", user_id, {"entries": rest})
    return answer(200, {"data": {"liked": False}})


def liked(asked: Asked, user_id: str) -> Response:
    """GET /2/users/{id}/liked_tweets: the latest like first."""
    simulator_checks.check_query(asked, simulator_checks.LIKED_QUERY)
    size, start = simulator_checks.page_size(asked), int(asked.query.get("pagination_token", "0"), 16)
    ids = [entry[0] for entry in reversed(_likes(asked.world, user_id))]
    posts = [post for post_id in ids[start : start + size] if (post := asked.world.get("x.post", post_id))]
    body = simulator_view.many(asked, posts, more=False)
    if len(ids) > start + size:
        body["meta"]["next_token"] = f"{start + size:x}"
    for name in ("newest_id", "oldest_id"):
        body["meta"].pop(name, None)  # the listing of likes has neither
    return answer(200, body)


def repost(asked: Asked, user_id: str) -> Response:
    """POST /2/users/{id}/retweets."""
    source, world = _own_and_named(asked, user_id), asked.world
    key = f"{user_id}.{source['id']}"
    if not world.get("x.repost", key):
        post_id = snowflake(world)
        author = (world.get("x.user", str(source["author_id"])) or {}).get("username", "i")
        world.put("x.post", post_id, {**_repost(asked, source, post_id), "text": f"RT @{author}: {source['text']}"})
        world.put("x.repost", key, {"id": post_id})
        simulator_people.index(world, "x.timeline", user_id, post_id)
    return answer(200, {"data": {"retweeted": True, "rest_id": source["id"]}})


def undo_repost(asked: Asked, user_id: str, source_id: str) -> Response:
    """DELETE /2/users/{id}/retweets/{source_tweet_id}: also where there was none."""
    _own(asked, user_id)
    world, key = asked.world, f"{user_id}.{source_id}"
    made = world.get("x.repost", key)
    if made:
        world.delete("x.repost", key)
        world.delete("x.post", made["id"])
        rest = [known for known in simulator_people.listed(world, "x.timeline", user_id) if known != made["id"]]
        world.put("x.timeline", user_id, {"ids": rest})
    return answer(200, {"data": {"retweeted": False}})


def hide(asked: Asked, post_id: str) -> Response:
    """PUT /2/tweets/{tweet_id}/hidden: replies in conversations that the account began."""
    body = asked.json()
    if set(body) != {"hidden"} or not isinstance(body["hidden"], bool):
        return invalid("$.hidden: is missing but it is required")
    reply = asked.world.get("x.post", post_id)
    if not reply:
        return missing("tweet", "tweet_id", post_id)
    root = asked.world.get("x.post", str(reply["conversation_id"])) or {}
    if root.get("author_id") != asked.user_id or root["id"] == post_id:
        return generic(403, "Forbidden", "You can only hide replies to conversations that you started.")
    hidden = dict(asked.world.get("x.hidden", asked.user_id) or {})
    hidden.pop(post_id, None)
    if body["hidden"]:
        hidden[post_id] = asked.world.now.isoformat()
    asked.world.put("x.hidden", asked.user_id, dict(list(hidden.items())[-simulator_people.KEPT :]))
    return answer(200, {"data": {"hidden": body["hidden"]}})


# ----------------------------------------------------------------------------------------------------- details


def _own(asked: Asked, user_id: str) -> None:
    if user_id != asked.user_id:
        message = f"The `id` query parameter value [{user_id}] must be the same as the authenticating user"
        raise Denied(invalid(message, id=user_id))


def _own_and_named(asked: Asked, user_id: str) -> dict[str, Any]:
    """The post that the body names. Raises Denied."""
    _own(asked, user_id)
    body = asked.json()
    if set(body) != {"tweet_id"} or not re.fullmatch(r"[0-9]{1,19}", str(body["tweet_id"])):
        raise Denied(invalid("$.tweet_id: does not match the schema"))
    post = simulator_people.post(asked.world, str(body["tweet_id"]))
    if not post:
        raise Denied(missing("tweet", "tweet_id", str(body["tweet_id"])))
    return post


def _repost(asked: Asked, source: Mapping[str, Any], post_id: str) -> dict[str, Any]:
    return {
        **source,
        "id": post_id,
        "author_id": asked.user_id,
        "created_at": asked.world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "made": epoch(asked.world.now),
        "conversation_id": post_id,
        "references": [{"type": "retweeted", "id": source["id"]}],
        "in_reply_to_user_id": "",
        "urls": [],
        "media_keys": [],
        "poll_ids": [],
        "mark": "",
    }


def _answers(post: Mapping[str, Any], target: str | None) -> bool:
    return any(r["type"] == "replied_to" and r["id"] == target for r in post["references"])


def _likes(world: World, user_id: str) -> list[list[str]]:
    return list((world.get("x.likes", user_id) or {}).get("entries", ()))


def _posts(world: World, kind: str, key: str) -> list[dict[str, Any]]:
    ids = reversed(simulator_people.listed(world, kind, key))
    return [post for post_id in ids if (post := world.get("x.post", post_id))]


def _page(asked: Asked, posts: list[dict[str, Any]], size: int) -> Response:
    """One page of posts that are sorted, newest first."""
    token = asked.query.get("next_token") or asked.query.get("pagination_token")
    below, since = simulator_checks.position(token), int(asked.query.get("since_id") or 0)
    wanted = [post for post in posts if since < int(post["id"]) < below]
    return answer(200, simulator_view.many(asked, wanted[:size], more=len(wanted) > size))
