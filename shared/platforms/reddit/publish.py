"""Publishing to Reddit: uploads first, then one form, then looking for it where its answer was lost or names nothing.

Reddit has no idempotency key. What settles a lost answer is the list of what the account submitted, newest first; see
README. Pictures and videos are answered before they are posts: they are Accepted, and confirmed by the same list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.reddit import api, errors, limits, uploads, wire
from shared.ports.http import AnswerLost

_SKEW: Final = 5.0  # seconds between our clock and Reddit's, whose times are whole seconds
_CONFIRM_EVERY: Final = 5.0


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Poll, link, text, picture, gallery or video, by the options and the media. Raises Invalid."""
    limits.check(options)
    if not text.strip() and not options.get("title"):
        message = "A Reddit post needs a title: give title, or a text whose first line becomes it."
        raise Invalid("validation.field_required", message, field="text")
    if not media:
        if options.get("poll"):
            return Kind.POLL
        return Kind.LINK if options.get("url") else Kind.TEXT
    for name in ("poll", "url"):
        if options.get(name):
            message = f"A Reddit post with {name} has no media: leave one of them out."
            raise Invalid("validation.field_invalid", message, field=f"platform_data.{name}")
    videos = [item for item in media if item.type is MediaType.VIDEO]
    if videos and (len(videos) > 1 or len(media) > 2 or media[0].type is not MediaType.VIDEO):
        message = "Reddit takes one video, and one image after it as its poster: remove the other media."
        raise Invalid("publishing.media.mixing_unsupported", message, field="media")
    if videos:
        return Kind.VIDEO
    return Kind.IMAGE if len(media) == 1 else Kind.CAROUSEL


# ----------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload what is to be attached, one request per call. Without media there is nothing to do.

    State: ``since`` (epoch s of the first preparation), ``media`` (see uploads).
    """
    known: dict[str, Any] = {"since": call.now.timestamp(), "media": [], **state}
    files = _files(piece)
    items: list[dict[str, Any] | None] = [*known["media"], *[None] * (len(files) - len(known["media"]))]
    for number, file in enumerate(files):
        if uploads.is_ready(items[number], call.now.timestamp()):
            continue
        items[number] = uploads.step(call, file, items[number], f"{piece.key}.{number}")
        return Wait({**known, "media": [item for item in items if item]}, 0)
    return Ready(known)


def _files(piece: Piece) -> tuple[MediaFile, ...]:
    """What is uploaded: a video without a poster gets a plain one."""
    if piece.role is not Role.POST:
        return ()
    return (*piece.media, uploads.poster()) if piece.kind is Kind.VIDEO and len(piece.media) == 1 else piece.media


# ------------------------------------------------------------------------------------------------------ commit


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """The one form that makes it visible. Raises Refused, AnswerLost, NotSent."""
    if piece.role is not Role.POST:
        return _comment(call, piece)
    made = api.data(_submitted(call, piece, state))
    if piece.kind in {Kind.IMAGE, Kind.VIDEO} and "websocket_url" in made:
        return Accepted({**state, "sent": call.now.timestamp()}, _CONFIRM_EVERY)
    published = wire.published(made)
    if published is None:
        raise AnswerLost("a success that names no post")
    return published


def _submitted(call: Call, piece: Piece, state: Mapping[str, Any]) -> dict[str, Any]:
    username, items = call.who.username, state.get("media", ())
    if piece.kind is Kind.CAROUSEL:
        return api.post_json(call, wire.GALLERY, wire.gallery_body(piece, username, [item["asset"] for item in items]))
    if piece.kind is Kind.POLL:
        return api.post_json(call, wire.POLL, wire.poll_body(piece, username))
    return api.post(call, wire.SUBMIT, wire.submit_form(piece, username, [item["url"] for item in items]))


def _comment(call: Call, piece: Piece) -> Published:
    things = api.data(api.post(call, "/api/comment", {"thing_id": _parent(piece), "text": piece.text})).get("things")
    made = things[0].get("data") if isinstance(things, list) and things and isinstance(things[0], dict) else None
    published = wire.published(made) if isinstance(made, dict) else None
    if published is None:
        raise AnswerLost("a success that names no comment")
    return published


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Whether the picture or video that Reddit took has become a post. Raises Refused, AnswerLost, NotSent."""
    listed, _ = _posts(call, float(state["sent"]))
    found = _those_of(call, piece, state, listed)
    # Of several that look alike it is not known which: then the limit of ``confirm_within`` asks a person.
    published = wire.published(found[0]) if len(found) == 1 else None
    return published or Wait(state, _CONFIRM_EVERY)


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for the piece among what the account submitted (or said) since it was armed.

    A later attempt looks back to the first preparation: ALREADY_SUB may be about an earlier attempt of ours. What is
    another piece's by now is passed over. Absent only when the list was read back to there, and has nothing that
    may be the piece in other words.
    """
    since, is_post = _looks_back_to(armed), piece.role is Role.POST
    listed, whole = _posts(call, since) if is_post else _comments(call, since)
    free = [thing for thing in listed if not armed.taken(wire.fullname(thing))]
    mine = _those_of(call, piece, armed.state, free) if is_post else _said(piece, free)
    if mine and (published := wire.published(mine[-1])):
        return published
    if not whole:
        return Unsure("Reddit lists only the newest thousand, and those do not reach back to the attempt")
    if any(_may_be(call, piece, thing) for thing in free):
        return Unsure("something that the account submitted there since the attempt may be it, in other words")
    return Absent("what the account submitted since the attempt does not have it")


def _looks_back_to(armed: Armed) -> float:
    since = armed.state.get("since")
    at = armed.at.timestamp()
    return at if armed.attempt <= 1 or since is None else min(at, float(since))


def _posts(call: Call, since: float) -> tuple[list[dict[str, Any]], bool]:
    """(what the account submitted, newest first; whether the list was read back to ``since``)."""
    listed = list(api.newest_since(call, f"/user/{call.who.username}/submitted", since - _SKEW))
    return [post for post in listed if post], None not in listed


def _those_of(
    call: Call, piece: Piece, state: Mapping[str, Any], listed: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What can be the piece; where Reddit shows one of its uploads, only that."""
    assets = [str(item["asset"]) for item in state.get("media", ())]
    found = [post for post in listed if wire.is_piece(piece, call.who.username, assets, post)]
    certain = [post for post in found if any(asset in str(post.get("url")) for asset in assets)]
    return certain or found


def _comments(call: Call, since: float) -> tuple[list[dict[str, Any]], bool]:
    """The same of what the account said."""
    listed = list(api.newest_since(call, f"/user/{call.who.username}/comments", since - _SKEW))
    return [comment for comment in listed if comment], None not in listed


def _said(piece: Piece, listed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [comment for comment in listed if wire.is_comment(piece.text, _parent(piece), comment)]


def _may_be(call: Call, piece: Piece, thing: Mapping[str, Any]) -> bool:
    if piece.role is not Role.POST:
        return thing.get("parent_id") == _parent(piece)
    return wire.resembles(piece, call.who.username, thing)


def _parent(piece: Piece) -> str:
    if piece.parent is None:
        raise TypeError("a comment without a parent")
    return piece.parent.id


# ------------------------------------------------------------------------------------------------- afterwards


def describe(call: Call, published: Published) -> Published:
    """With its address. Raises Refused, Invalid."""
    if published.permalink:
        return published
    listed = api.children(api.get(call, "/api/info", {"id": api.fullname(published.id, "t3", "t1", field="id")}))
    found = wire.published(listed[0]) if listed else None
    if found is None:
        raise errors.gone(f"{published.id} is not there")
    return found


def delete(call: Call, published: Published) -> None:
    """Take it down; what is gone already is fine. Raises Refused, AnswerLost, NotSent, Invalid."""
    api.post(call, "/api/del", {"id": api.fullname(published.id, "t3", "t1", field="id")})
