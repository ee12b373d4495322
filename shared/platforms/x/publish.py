"""Publishing to X: uploads first, then one POST /2/tweets, then looking for it where its answer was lost.

X has no idempotency key. What settles a lost answer is the author's own timeline, read from the instant of arming on
(ids are times); see README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.domain.content import Kind, MediaFacts, MediaType, Piece
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.x import MANIFEST, checks, errors, reposts, timeline, uploads, wire
from shared.ports.http import AnswerLost, Request

# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Text alone or with a poll, one to four images (or one GIF), one video, or somebody's post again. Raises Invalid."""
    checks.check(media, options)
    if wire.reposted(options):
        checks.check_repost(text, media, options)
        return Kind.REPOST
    if not media:
        if not text.strip() and not options.get("poll"):
            raise Invalid("validation.field_required", "X needs a text or media: give one of them.", field="text")
        return Kind.POLL if options.get("poll") else Kind.TEXT
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
    """POST /2/tweets (or the repost), once. Raises Refused, AnswerLost, NotSent."""
    if piece.kind is Kind.REPOST:
        return reposts.commit(call, wire.reposted(piece.options))
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
    earlier attempt of ours. What is another piece's by now is passed over. Absent only when every
    page since then was read, without a word of X about missing parts.
    """
    if piece.kind is Kind.REPOST:
        return reposts.find(call, wire.reposted(piece.options), _looks_back_to(armed), armed.taken)
    ours = [*(item["id"] for item in armed.state.get("media", ())), *armed.state.get("former", ())]
    since = timeline.first_id(_looks_back_to(armed))
    found: list[Mapping[str, Any]] = []
    for page in timeline.pages(call, since):
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


# ------------------------------------------------------------------------------------------------------- after


def describe(call: Call, published: Published) -> Published:
    """The same, with its address: it follows from the id, nothing is asked."""
    link = published.permalink or wire.permalink(call.who.username, published.id)
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Take the post down, or the repost back; what is gone already is fine. Raises Refused."""
    if source := published.state.get("repost_of"):
        reposts.undo(call, str(source))
        return
    request = Request("DELETE", f"{wire.API}/tweets/{wire.post_id(published.id, 'post_id')}")
    try:
        answer = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    except Refused as refused:
        if refused.row.code == "not_found":
            return
        raise
    if not (answer.get("data") or {}).get("deleted"):
        raise errors.not_deleted(answer)
