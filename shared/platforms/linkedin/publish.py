"""Publishing to LinkedIn: files first, then one POST /rest/posts, then looking for it where its answer was lost.

LinkedIn has no idempotency key; it refuses for a while what the author posted before, naming the earlier post. What
settles a lost answer is the list of the author's posts, which a page's administrator may read and most members'
applications may not; see README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaType, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.linkedin import MANIFEST, checks, comments, errors, listing, uploads, wire
from shared.ports.http import AnswerLost, Request

_CLOCK_SKEW: Final = timedelta(seconds=5)  # between our clock and the one in LinkedIn's ids
_RECENT: Final = timedelta(days=400)


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """An article or a poll where the options say so, else by the media. Raises Invalid."""
    checks.check(options)
    types = {item.type for item in media}
    if options.get("poll"):
        if media:
            raise _mixed("LinkedIn takes a poll without media: remove one of them.")
        return Kind.POLL
    if options.get("article_url"):
        if types - {MediaType.IMAGE} or len(media) > 1:
            raise _mixed("An article has one image at most, its thumbnail: remove the other media.")
        return Kind.ARTICLE
    if not media:
        if not text.strip():
            raise Invalid(
                "validation.field_required", "LinkedIn needs a text or media: give one of them.", field="text"
            )
        return Kind.TEXT
    return _by_media(media, types)


def _by_media(media: Sequence[MediaFacts], types: set[MediaType]) -> Kind:
    if types == {MediaType.IMAGE}:
        return Kind.IMAGE if len(media) == 1 else Kind.CAROUSEL
    if len(media) > 1:
        raise _mixed("LinkedIn takes one video or one document, and nothing beside it: remove the other media.")
    return Kind.VIDEO if types == {MediaType.VIDEO} else Kind.DOCUMENT


def _mixed(message: str) -> Invalid:
    return Invalid("publishing.media.mixing_unsupported", message, field="media")


# ----------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload what is to be attached, one step per call. Without media there is nothing to do.

    State: ``since`` (epoch s of the first preparation: no attempt is older), ``media`` (see uploads), ``former`` (URNs of
    uploads that were given up).
    """
    known: dict[str, Any] = {"since": call.now.timestamp(), "media": [], "former": [], **state}
    items: list[uploads.Item | None] = [*known["media"], *[None] * (len(piece.media) - len(known["media"]))]
    for number, file in enumerate(piece.media):
        before = items[number]
        if uploads.is_ready(before):
            continue
        after, seconds = uploads.step(call, file, before)
        if before and before["urn"] != after["urn"]:
            known["former"] = [*known["former"], before["urn"]]
        items[number] = after
        return Wait({**known, "media": [item for item in items if item]}, seconds)
    return Ready(known)


# ------------------------------------------------------------------------------------------------------ commit


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published:
    """POST /rest/posts (a first comment: of the comment), once. Raises Refused, AnswerLost, NotSent."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.write(call, _parent(piece), piece.text)
    body = wire.create_body(call.who.platform_account_id, piece, [item["urn"] for item in state.get("media", ())])
    request = _wire.post_json(f"{wire.API}/posts", body, read_timeout=MANIFEST.timing.send_deadline)
    try:
        answer = _wire.ask(call, wire.authorised(call, request), errors.refusal)
    except Refused as refused:
        raise _judged(refused, state) from refused
    urn = answer.headers.get("x-restli-id") or answer.headers.get("x-linkedin-id")
    if not urn:
        raise AnswerLost("a success that names no post")
    return wire.published(urn, answer.json)


def _judged(refused: Refused, state: Mapping[str, Any]) -> Refused:
    """A duplicate of a post that is older than the piece's first preparation cannot be an attempt of ours."""
    number = errors.duplicate_of(refused) if refused.row.code == "duplicate" else None
    since = state.get("since")
    if number is None or since is None:
        return refused
    first = datetime.fromtimestamp(float(since), UTC) - _CLOCK_SKEW
    # LinkedIn refuses what was posted recently: a number from years ago would be one that carries no time after all.
    return errors.older_duplicate(refused) if first - _RECENT < wire.time_of(number) < first else refused


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: LinkedIn answers when the post is made, so commit never says Accepted."""
    raise TypeError("commit never answers Accepted here: LinkedIn publishes before it answers")


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for the piece among the author's posts (a first comment: among the post's comments), from its arming on.

    A later attempt looks back to the first preparation: LinkedIn's refusal of a duplicate may be about an earlier
    attempt of ours. Absent only when every page since then was read, and shows nothing that could be it in other words.
    """
    since = _looks_back_to(armed) - _CLOCK_SKEW
    if piece.role is Role.FIRST_COMMENT:
        return comments.settle(call, _parent(piece), piece.text, since, armed.taken)
    assets = [*(item["urn"] for item in armed.state.get("media", ())), *armed.state.get("former", ())]
    author = call.who.platform_account_id
    try:
        seen = listing.posts_since(call, since)
    except Refused as refused:
        if refused.row.code != "permission_denied":
            raise
        return Unsure("LinkedIn lets this app write a member's posts, but not read them (r_member_social)")
    near = [
        post for post in seen.posts if wire.may_be(author, piece, assets, post) and not armed.taken(str(post["id"]))
    ]
    found = [post for post in near if wire.matches(author, piece, assets, post)]
    if found:
        return _found(piece, found, armed)
    if near:
        return Unsure(f"{near[0]['id']} may be it, though LinkedIn shows its words or its content in another form")
    if seen.complete:
        return Absent("the list of the author's posts since the attempt does not have it")
    return Unsure("LinkedIn listed the author's posts only in part")


def _found(piece: Piece, found: Sequence[Mapping[str, Any]], armed: Armed) -> Published | Unsure:
    """Files are proof. Words are, of one post that was made since the arming: an older one may be the author's own."""
    first = min(found, key=listing.created)
    urn = str(first["id"])
    if not piece.media:
        if len(found) > 1:
            return Unsure(f"{len(found)} posts of this text were made since")
        if listing.created(first) < (armed.at - _CLOCK_SKEW).timestamp() * 1000:
            return Unsure(f"{urn} says the same and is older than this attempt: of an earlier one, or the author's own")
    return wire.published(urn, first)


def _looks_back_to(armed: Armed) -> datetime:
    since = armed.state.get("since")
    if armed.attempt <= 1 or since is None:
        return armed.at
    return min(armed.at, datetime.fromtimestamp(float(since), UTC))


def _parent(piece: Piece) -> str:
    if piece.parent is None:
        raise TypeError("a first comment needs the post that it stands under")
    return piece.parent.id


# ------------------------------------------------------------------------------------------------------- after


def describe(call: Call, published: Published) -> Published:
    """The same, with its address: it follows from the URN, nothing is asked."""
    link = published.permalink or wire.permalink(published.id)
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Take the post (or the comment) down; one that is gone already is fine. Raises Refused."""
    if published.state.get("kind") == "comment":
        comments.delete(call, published.id)
        return
    request = Request("DELETE", f"{wire.API}/posts/{wire.encoded(published.id)}")
    try:
        _wire.ask(call, wire.authorised(call, request, "DELETE"), errors.refusal)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise
