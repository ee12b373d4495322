"""Publishing to X: uploads first, then one POST /2/tweets, then looking for it where its answer was lost.

X has no idempotency key. What settles a lost answer is the author's own timeline, read from the instant of arming on
(ids are times); see README.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaType, Piece
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.x import MANIFEST, checks, errors, uploads, wire
from shared.ports.http import AnswerLost, Request

_CLOCK_SKEW: Final = timedelta(seconds=5)  # between our clock and the one in X's ids
_PAGES: Final = 8  # of 100 posts: more than any account posts between arming and settling
_LISTING_FIELDS: Final = "attachments,conversation_id,created_at,entities,note_post,text"


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Text alone, one to four images (or one GIF), or one video. Raises Invalid."""
    checks.check(media, options)
    if not media:
        if not text.strip() and not options.get("poll"):
            raise Invalid("validation.field_required", "X needs a text or media: give one of them.", field="text")
        return Kind.TEXT
    if any(item.type is MediaType.VIDEO for item in media):
        if len(media) > 1:
            raise _mixed("X takes one video, and nothing beside it: remove the other media.")
        return Kind.VIDEO
    if len(media) > 1 and any(item.content_type == "image/gif" for item in media):
        raise _mixed("X takes one GIF, and nothing beside it: remove the other media.")
    return Kind.IMAGE


def _mixed(message: str) -> Invalid:
    return Invalid("publishing.media.mixing_unsupported", message, field="media")


# ----------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload what is to be attached, one step per call. Without media there is nothing to do.

    State: ``since`` (epoch s of the first preparation: no attempt is older), ``media`` (see uploads), ``former`` (ids
    of uploads that ran out and were made again).
    """
    known: dict[str, Any] = {"since": call.now.timestamp(), "media": [], "former": [], **state}
    items: list[uploads.Item | None] = [*known["media"], *[None] * (len(piece.media) - len(known["media"]))]
    for number, file in enumerate(piece.media):
        if uploads.is_ready(items[number], call.now):
            continue
        before = items[number]
        after, seconds = uploads.step(call, file, before, f"{piece.key}.{number}")
        if before and before["id"] != after["id"]:
            known["former"] = [*known["former"], before["id"]]
        items[number] = after
        return Wait({**known, "media": [item for item in items if item]}, seconds)
    return Ready(known)


# ------------------------------------------------------------------------------------------------------ commit


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published:
    """POST /2/tweets, once. Raises Refused, AnswerLost, NotSent."""
    body = wire.create_body(piece, [item["id"] for item in state.get("media", ())])
    request = _wire.post_json(f"{wire.API}/tweets", body, read_timeout=MANIFEST.timing.send_deadline)
    answer = _wire.ask(call, wire.authorised(call, request), errors.refusal)
    post_id = (answer.json.get("data") or {}).get("id")
    if not post_id:
        raise AnswerLost("a success that names no post")
    return wire.published(str(post_id), call.who.username, answer.json)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: X answers only when the post is live, so commit never says Accepted."""
    raise TypeError("commit never answers Accepted here: X publishes before it answers")


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for the piece on the author's own timeline, from its arming on.

    A later attempt looks back to the first preparation of the piece: X's refusal of a duplicate may be about an
    earlier attempt of ours. What is another piece's by now is passed over. Absent only when every page since then was read, without a word of X about missing parts.
    """
    ours = [*(item["id"] for item in armed.state.get("media", ())), *armed.state.get("former", ())]
    since = wire.first_id_at(_looks_back_to(armed) - _CLOCK_SKEW)
    found: list[Mapping[str, Any]] = []
    for page in _pages(call, since):
        if page is None:
            break
        found += [post for post in page if wire.matches(piece, ours, post) and not armed.taken(str(post["id"]))]
    else:
        return _verdict(call, found) or Absent("the author's whole timeline since the attempt does not have it")
    return _verdict(call, found) or Unsure("X listed the author's timeline only in part")


def _looks_back_to(armed: Armed) -> datetime:
    since = armed.state.get("since")
    if armed.attempt <= 1 or since is None:
        return armed.at
    return min(armed.at, datetime.fromtimestamp(float(since), UTC))


def _verdict(call: Call, found: Sequence[Mapping[str, Any]]) -> Published | None:
    """The first of the matches in time: what came after it cannot be the piece's own doing."""
    if not found:
        return None
    first = min(found, key=lambda post: int(post["id"]))
    return wire.published(str(first["id"]), call.who.username, first)


def _pages(call: Call, since: int) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The timeline's pages; None, as the last one, where it cannot be known to be complete."""
    token: str | None = None
    for _ in range(_PAGES):
        query = {
            "since_id": since,
            "max_results": 100,
            "post.fields": _LISTING_FIELDS,
            "expansions": "referenced_posts",
            "pagination_token": token,
        }
        url = f"{wire.API}/users/{call.who.platform_account_id}/tweets"
        listing = _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json
        yield listing.get("data") or []
        token = (listing.get("meta") or {}).get("next_token")
        if _is_partial(listing):
            break
        if token is None:
            return
    yield None


def _is_partial(listing: Mapping[str, Any]) -> bool:
    """Whether posts may be missing. A post that ours refer to and that is gone is no such thing."""
    own = [error for error in listing.get("errors") or () if not str(error.get("parameter")).startswith("referenced_")]
    return bool(own) or "result_count" not in (listing.get("meta") or {})


# ------------------------------------------------------------------------------------------------------- after


def describe(call: Call, published: Published) -> Published:
    """The same, with its address: it follows from the id, nothing is asked."""
    link = published.permalink or wire.permalink(call.who.username, published.id)
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Take the post down; one that is gone already is fine. Raises Refused."""
    request = Request("DELETE", f"{wire.API}/tweets/{published.id}")
    try:
        answer = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    except Refused as refused:
        if refused.row.code == "not_found":
            return
        raise
    if not (answer.get("data") or {}).get("deleted"):
        raise errors.not_deleted(answer)
