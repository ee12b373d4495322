"""Publishing to Pinterest: a video's upload first, then one POST /pins, then looking for it where its answer was lost.

Pinterest has no idempotency key. What settles a lost answer is the list of the Pins on the board (or section) that it
went to, by title, description, link and time; see README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaType, Piece
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.pinterest import api, checks, uploads, wire
from shared.ports.http import AnswerLost, Request

_SKEW: Final = timedelta(seconds=5)  # between our clock and Pinterest's, whose times are whole seconds


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """One image, two to five, or one video (with an image after it as its cover). Raises Invalid."""
    del text
    checks.check(options)
    if not media:
        message = "A Pin is an image or a video: attach one."
        raise Invalid("validation.field_required", message, field="media")
    videos = [item for item in media if item.type is MediaType.VIDEO]
    if videos and (len(videos) > 1 or len(media) > 2 or media[0].type is not MediaType.VIDEO):
        message = "Pinterest takes one video, and one image after it as its cover: remove the other media."
        raise Invalid("publishing.media.mixing_unsupported", message, field="media")
    if videos:
        return Kind.VIDEO
    return Kind.IMAGE if len(media) == 1 else Kind.CAROUSEL


# ----------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload the video, one request per call. Images are fetched by Pinterest: there is nothing to do.

    State: ``since`` (epoch s of the first preparation), ``media`` (see uploads).
    """
    known: dict[str, Any] = {"since": call.now.timestamp(), **state}
    if piece.kind is not Kind.VIDEO or uploads.is_ready(known.get("media"), call.now.timestamp()):
        return Ready(known)
    item, seconds = uploads.step(call, piece.media[0], known.get("media"), piece.key)
    return Wait({**known, "media": item}, seconds)


# ------------------------------------------------------------------------------------------------------ commit


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published:
    """POST /pins, once. Raises Refused, AnswerLost, NotSent."""
    media_id = str((state.get("media") or {}).get("id") or "")
    published = wire.published(api.post(call, "/pins", wire.pin_body(piece, media_id)))
    if published is None:
        raise AnswerLost("a success that names no Pin")
    return published


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Pinterest answers with the Pin, so commit never says Accepted."""
    raise TypeError("commit never answers Accepted here: Pinterest publishes before it answers")


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for the piece on its board since it was armed. What is another piece's by now is passed over.

    The order of the list is not documented: absence needs all of it, and nothing in it that may be the piece in other
    words, or does not say when it was made.
    """
    since = _looks_back_to(armed) - _SKEW
    listed = list(api.every(call, _listing(piece)))
    fresh = [(wire.created(pin) or since, pin) for pin in listed if pin and (wire.created(pin) or since) >= since]
    free = [(at, pin) for at, pin in fresh if not armed.taken(str(pin.get("id")))]
    mine = [(at, pin) for at, pin in free if wire.created(pin) and wire.is_piece(piece, pin)]
    if mine and (published := wire.published(min(mine, key=lambda found: found[0])[1])):
        return published
    if None in listed:
        return Unsure("the board has more Pins than were read")
    if any(wire.resembles(piece, pin) for _, pin in free):
        return Unsure("a Pin that was made there since the attempt may be it, in other words")
    return Absent("the whole list of the board's Pins does not have it")


def _listing(piece: Piece) -> str:
    board, section = piece.options["board_id"], piece.options.get("board_section_id")
    return f"/boards/{board}/sections/{section}/pins" if section else f"/boards/{board}/pins"


def _looks_back_to(armed: Armed) -> datetime:
    since = armed.state.get("since")
    if armed.attempt <= 1 or since is None:
        return armed.at
    return min(armed.at, datetime.fromtimestamp(float(since), UTC))


# ------------------------------------------------------------------------------------------------- afterwards


def describe(call: Call, published: Published) -> Published:
    """With its address, which follows from its id. Raises nothing."""
    del call
    return published


def delete(call: Call, published: Published) -> None:
    """DELETE /pins/{id}; what is gone already is fine. Raises Refused, AnswerLost, NotSent, Invalid."""
    request = Request("DELETE", f"{api.API}/pins/{wire.identifier(published.id)}")
    try:
        api.ask(call, request)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise
