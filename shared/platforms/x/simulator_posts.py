"""The simulated X's posts: made, shown, listed and deleted.

Source: the OpenAPI document 2.167 and docs.x.com/x-api/posts, 2026-11-22. What they leave open is chosen here: an
identical text is refused for an hour (X names no window), and deleting a post frees its text.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.contract import World
from shared.platforms.x import (
    limits,
    simulator_checks,
    simulator_hooks,
    simulator_media,
    simulator_oauth,
    simulator_people,
    simulator_view,
)
from shared.platforms.x.simulator_wire import Asked, Denied, answer, epoch, generic, invalid, missing, snowflake
from shared.ports.http import Response

DUPLICATE_SECONDS: Final = 3600
MAX_LOOKED_UP: Final = 100
KEPT: Final = 300  # of a timeline's ids
_TOO_LONG: Final = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see "
    "https://github.com/twitter/twitter-text."
)


def create(asked: Asked) -> Response:
    """POST /2/tweets."""
    body = asked.json()
    if problem := simulator_checks.problem_of(body):
        return invalid(problem)
    text = str(body.get("text", ""))
    if limits.count(text) > limits.MAX_WEIGHT:
        return invalid(_TOO_LONG, text=text)
    media = simulator_media.attachable(asked, (body.get("media") or {}).get("media_ids", ()))
    references = _references(asked, body)
    mark = _mark(body)
    if not media and not body.get("poll") and _is_recent(asked, mark):
        return generic(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
    return _faults.visible(
        asked.world,
        text=text,
        key=f"x.{asked.user_id}.{mark}",
        effect=lambda: _made(asked, body, media, references, mark),
        limited=lambda: limited(asked.world),
        expired=simulator_oauth.unauthorized,
        rejected=lambda: invalid("The `text` body parameter value is not valid", text=text),
        broken=lambda: generic(503, "Service Unavailable"),
    )


def show(asked: Asked, post_id: str) -> Response:
    """GET /2/tweets/{id}. A post that is not there is a 200 with errors in the place of data, as X has it."""
    simulator_checks.check_query(asked, simulator_checks.POST_QUERY)
    post = simulator_people.post(asked.world, post_id)
    if post:
        return answer(200, simulator_view.one(asked, post))
    return answer(200, {"errors": [_missing(post_id, "id")]})


def several(asked: Asked) -> Response:
    """GET /2/tweets?ids=…: up to 100; of those that are not there ``errors`` tell, ``data`` has the others."""
    simulator_checks.check_query(asked, simulator_checks.POST_QUERY | {"ids"})
    ids = asked.query.get("ids", "").split(",")
    if not 1 <= len(ids) <= MAX_LOOKED_UP or not all(one.isdecimal() and len(one) <= 19 for one in ids):
        return invalid(f"The `ids` query parameter value [{','.join(ids)[:200]}] is not valid", ids=",".join(ids)[:200])
    found = {one: simulator_people.post(asked.world, one) for one in ids}
    shown = [simulator_view.one(asked, post)["data"] for post in found.values() if post]
    errors = [_missing(one, "ids") for one, post in found.items() if not post]
    return answer(200, {**({"data": shown} if shown else {}), **({"errors": errors} if errors else {})})


def _missing(post_id: str, parameter: str) -> dict[str, str]:
    return {
        "value": post_id,
        "detail": f"Could not find tweet with {parameter}: [{post_id}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": parameter,
        "resource_id": post_id,
        "type": "https://api.x.com/2/problems/resource-not-found",
    }


def listed(asked: Asked, user_id: str) -> Response:
    """GET /2/users/{id}/tweets: newest first, replies too."""
    simulator_checks.check_query(asked, simulator_checks.LISTING_QUERY)
    if not asked.world.get("x.user", user_id):
        return missing("user", "id", user_id)
    size = simulator_checks.page_size(asked)
    since, until = int(asked.query.get("since_id") or 0), int(asked.query.get("until_id") or 1 << 63)
    until = min(until, simulator_checks.position(asked.query.get("pagination_token")))
    wanted = [post_id for post_id in reversed(_timeline(asked.world, user_id)) if since < int(post_id) < until]
    posts = [post for post_id in wanted[:size] if (post := asked.world.get("x.post", post_id))]
    return answer(200, simulator_view.many(asked, posts, more=len(wanted) > size))


def me(asked: Asked) -> Response:
    """GET /2/users/me."""
    simulator_checks.check_query(asked, simulator_checks.USER_QUERY)
    posts = len(_timeline(asked.world, asked.user_id))
    return answer(200, {"data": simulator_view.user(asked, asked.user, posts)})


def delete(asked: Asked, post_id: str) -> Response:
    """DELETE /2/tweets/{id}."""
    post = asked.world.get("x.post", post_id)
    if not post:
        return missing("tweet", "id", post_id)
    if post["author_id"] != asked.user_id:
        return generic(403, "Forbidden", "You are not authorized to delete this Tweet.")
    asked.world.delete("x.post", post_id)
    rest = [known for known in _timeline(asked.world, asked.user_id) if known != post_id]
    asked.world.put("x.timeline", asked.user_id, {"ids": rest})
    recent = [entry for entry in _recent(asked) if entry[0] != post["mark"]]
    asked.world.put("x.recent", asked.user_id, {"marks": recent})
    gone = {"id": post_id, "author_id": asked.user_id}
    simulator_hooks.happened(asked.world, asked.user_id, "post.delete", gone, post_id)
    return answer(200, {"data": {"deleted": True}})


def _made(
    asked: Asked,
    body: Mapping[str, Any],
    media: list[dict[str, Any]],
    references: list[dict[str, str]],
    mark: str,
) -> Response:
    world, post_id = asked.world, snowflake(asked.world)
    text, urls = _wrapped(asked, str(body.get("text", "")), post_id, media, references)
    parent = next((r["id"] for r in references if r["type"] == "replied_to"), None)
    conversation = (world.get("x.post", parent) or {}).get("conversation_id", post_id) if parent else post_id
    names = _addressed(asked, parent, text)
    text = names + text
    post = {
        "id": post_id,
        "author_id": asked.user_id,
        "text": text,
        "addressed": names,
        "urls": urls,
        "created_at": world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "made": epoch(world.now),
        "conversation_id": conversation,
        "references": references,
        "in_reply_to_user_id": (world.get("x.post", parent) or {}).get("author_id", "") if parent else "",
        "media_keys": [item["key"] for item in media],
        "poll_ids": [snowflake(world)] if body.get("poll") else [],
        "reply_settings": body.get("reply_settings", "everyone"),
        "mark": mark,
    }
    world.put("x.post", post_id, post)
    world.put("x.timeline", asked.user_id, {"ids": [*_timeline(world, asked.user_id), post_id][-KEPT:]})
    world.put("x.recent", asked.user_id, {"marks": [*_recent(asked), [mark, epoch(world.now)]][-100:]})
    if parent:
        simulator_people.index(world, "x.replies", str(conversation), post_id)
    simulator_hooks.posted(world, asked.user_id, "post.create", post)
    return answer(201, {"data": {"id": post_id, "text": text, "edit_history_post_ids": [post_id]}})


def _addressed(asked: Asked, parent: str | None, text: str) -> str:
    """Whom an answer addresses: X sets the author's name before it, which clients do not show (``display_text_range``)."""
    author = str((asked.world.get("x.post", parent) or {}).get("author_id", "")) if parent else ""
    name = (asked.world.get("x.user", author) or {}).get("username", "")
    if not name or author == asked.user_id or text.lower().startswith(f"@{name}".lower()):
        return ""
    return f"@{name} "


def _references(asked: Asked, body: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the post refers to. Raises Denied where it may not."""
    references = []
    if reply := body.get("reply"):
        target = asked.world.get("x.post", str(reply["in_reply_to_tweet_id"]))
        if not target:
            said = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise Denied(generic(403, "Forbidden", said))
        if target["author_id"] != asked.user_id and f"@{asked.user['username']}".lower() not in target["text"].lower():
            said = (
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by "
                "the author of the post you are replying to."
            )
            raise Denied(generic(403, "Forbidden", said))
        references.append({"type": "replied_to", "id": str(target["id"])})
    if quote := body.get("quote_tweet_id"):
        if not simulator_people.post(asked.world, str(quote)):
            raise Denied(invalid("The `quote_tweet_id` body parameter value is not valid", quote_tweet_id=quote))
        references.append({"type": "quoted", "id": str(quote)})
    return references


def _wrapped(
    asked: Asked,
    text: str,
    post_id: str,
    media: list[dict[str, Any]],
    references: list[dict[str, str]],
) -> tuple[str, list[dict[str, str]]]:
    """The text as X stores it: escaped, every link behind t.co, and a link for media or a quoted post at its end."""
    parts: list[str] = []
    urls: list[dict[str, str]] = []
    at = 0
    for start, end in limits.url_spans(text):
        full = text[start:end]
        urls.append({"url": _short(asked.world), "expanded_url": full if "://" in full else f"http://{full}"})
        parts += [html.escape(text[at:start], quote=False), urls[-1]["url"]]
        at = end
    parts.append(html.escape(text[at:], quote=False))
    appended = _appended(asked, post_id, media, references)
    tail = list(dict.fromkeys(link["url"] for link in appended))
    stored = " ".join(["".join(parts).strip(), *tail]).strip()
    return stored, [*urls, *appended]


def _appended(
    asked: Asked,
    post_id: str,
    media: list[dict[str, Any]],
    references: list[dict[str, str]],
) -> list[dict[str, str]]:
    if media:
        short = _short(asked.world)
        kind = "photo" if media[0]["category"] == "tweet_image" else "video"
        full = f"https://x.com/{asked.user['username']}/status/{post_id}/{kind}/1"
        return [{"url": short, "expanded_url": full, "media_key": item["key"]} for item in media]
    quote = next((r["id"] for r in references if r["type"] == "quoted"), None)
    return [{"url": _short(asked.world), "expanded_url": f"https://x.com/i/status/{quote}"}] if quote else []


def _short(world: World) -> str:
    return "https://t.co/" + sha256(f"t.co.{world.serial('x.tco')}".encode()).hexdigest()[:10]


def limited(world: World) -> Response:
    """The sandbox's rate limit on demand."""
    refused = generic(429, "Too Many Requests")
    reset = str(int(epoch(world.now)) + _faults.LIMITED_SECONDS)
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    return Response(429, {**refused.headers, **headers}, refused.body)


def _mark(body: Mapping[str, Any]) -> str:
    """What makes two posts the same to X: the words, and where they stand."""
    place = (body.get("reply") or {}).get("in_reply_to_tweet_id", "")
    words = " ".join(str(body.get("text", "")).split())
    return sha256(f"{place}\n{body.get('quote_tweet_id', '')}\n{words}".encode()).hexdigest()[:32]


def _is_recent(asked: Asked, mark: str) -> bool:
    oldest = epoch(asked.world.now) - DUPLICATE_SECONDS
    return any(known == mark and at > oldest for known, at in _recent(asked))


def _recent(asked: Asked) -> list[list[Any]]:
    return list((asked.world.get("x.recent", asked.user_id) or {}).get("marks", ()))


def _timeline(world: World, user_id: str) -> list[str]:
    return list((world.get("x.timeline", user_id) or {}).get("ids", ()))
