"""What became of a post: by its ``publish_id`` where one is known, else by the account's public list. Read-only.

README, «How a lost answer is settled». https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Unsure, Wait
from shared.platforms.tiktok import errors, wire

SKEW: Final = timedelta(seconds=30)  # between the engine's clock and TikTok's
POLLS: Final = (2, 3, 5, 5, 10, 15, 30)  # seconds; 30 requests a minute are allowed
REVIEW: Final = timedelta(
    minutes=15
)  # «usually within one minute … may take a few hours»: then it is live without its id
PAGE: Final = 20
MOST_PAGES: Final = 10


def fetch(call: Call, publish_id: str) -> dict[str, Any]:
    """The status of one post. Raises Refused, AnswerLost, NotSent."""
    return wire.post(call, "post/publish/status/fetch/", {"publish_id": publish_id})


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Look once. Raises Refused REJECTED where TikTok says that it failed."""
    status = fetch(call, str(state["publish_id"]))
    word = str(status.get("status") or "")
    if word == "FAILED":
        raise errors.failed(str(status.get("fail_reason") or ""), status)
    ids = wire.post_ids(status)
    if ids or word == "SEND_TO_USER_INBOX" or (word == "PUBLISH_COMPLETE" and not _awaits_review(call, state)):
        return _published(call, piece, state, status, ids)
    polls = int(state.get("polls", 0))
    after = {**state, "polls": polls + 1}
    if word == "PUBLISH_COMPLETE":
        after.setdefault("complete_at", call.now.timestamp())
    return Wait(after, POLLS[min(polls, len(POLLS) - 1)])


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """What became of an attempt whose answer was lost."""
    if armed.state.get("publish_id"):
        return _by_handle(call, piece, armed)
    return _by_looks(call, piece, armed)


def _awaits_review(call: Call, state: Mapping[str, Any]) -> bool:
    """Whether the post's id may still come: only public posts get one, once TikTok has reviewed them."""
    if state.get("privacy") != wire.PUBLIC:
        return False
    since = float(state.get("complete_at", call.now.timestamp()))
    return call.now.timestamp() - since < REVIEW.total_seconds()


def _published(
    call: Call, piece: Piece, state: Mapping[str, Any], status: Mapping[str, Any], ids: list[str]
) -> Published:
    """With the post's own id where TikTok tells it; else the publish_id stands for it."""
    publish_id = str(state["publish_id"])
    if ids:
        return wire.live(call, piece.kind, ids[0], publish_id, status)
    more = {"draft": True} if status.get("status") == "SEND_TO_USER_INBOX" else {}
    return Published(publish_id, None, {"publish_id": publish_id, "kind": piece.kind.value, **more}, status)


def _by_handle(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """A video: TikTok numbers every upload, so that nothing has to be recognised."""
    status = fetch(call, str(armed.state["publish_id"]))
    word, has, ids = str(status.get("status") or ""), status.get("uploaded_bytes"), wire.post_ids(status)
    if word == "PUBLISH_COMPLETE" and not ids and _is_public(armed.state) and call.now - armed.at < REVIEW:
        return Unsure("TikTok has posted it, and says under which id when its review is over")
    if word in {"PUBLISH_COMPLETE", "SEND_TO_USER_INBOX"}:
        return _published(call, piece, armed.state, status, ids)
    if word == "FAILED":
        return Absent(f"TikTok says that this upload FAILED ({status.get('fail_reason') or 'no reason'})")
    size = armed.state.get("size")
    if word == "PROCESSING_UPLOAD" and isinstance(has, int) and isinstance(size, int) and has < size:
        return Absent(f"TikTok has {has} of {size} bytes: what is not whole is not posted")
    return Unsure(f"TikTok is still working on it ({word or 'no status'})")


def _is_public(prepared: Mapping[str, Any]) -> bool:
    return (prepared.get("settings") or {}).get("privacy_level") == wire.PUBLIC


def _by_looks(call: Call, piece: Piece, armed: Armed) -> Published | Unsure:
    """Photos: their one request posts, and its answer alone has the publish_id. Only public posts are listed.

    Never Absent: TikTok fetches and reviews for as long as it likes, and what is not listed yet may be tomorrow.
    """
    if not _is_public(armed.state) or wire.is_draft(piece):
        return Unsure("TikTok lists public posts only, and names no other way to look for this one")
    entries = _since(call, armed.at - SKEW)
    alike = [
        entry
        for entry in entries
        if wire.looks_like(entry, piece) and entry.at <= call.now + SKEW and not armed.taken(entry.id)
    ]
    if len(alike) != 1:
        return Unsure("no post like it is listed yet" if not alike else "several posts like it are listed")
    return wire.live(call, piece.kind, alike[0].id, "", alike[0].raw)


def _since(call: Call, earliest: datetime) -> list[wire.Listed]:
    """The account's public posts since then, newest first."""
    found: list[wire.Listed] = []
    body: dict[str, Any] = {"max_count": PAGE}
    for _ in range(MOST_PAGES):
        data = wire.post(call, "video/list/", body, fields=wire.VIDEO_FIELDS)
        page = [entry for one in data.get("videos") or () if (entry := wire.listed(one))]
        found += [entry for entry in page if entry.at >= earliest]
        if not data.get("has_more") or any(entry.at < earliest for entry in page):
            break
        body = {"max_count": PAGE, "cursor": data.get("cursor")}
    return found


def link_of(call: Call, published: Published) -> str | None:
    """The address, which may have come to be since: a post gets its id when TikTok's review is over."""
    publish_id, kind = str(published.state.get("publish_id") or ""), str(published.state.get("kind") or Kind.VIDEO)
    if published.permalink or published.state.get("draft"):
        return published.permalink
    ids = [published.id] if published.id != publish_id else wire.post_ids(fetch(call, publish_id))
    return wire.permalink(call.who.username, kind, ids[0]) if ids and ids[0] else None
