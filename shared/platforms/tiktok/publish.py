"""Publishing on TikTok: a video by its bytes, whose last chunk posts it; photos by one request that TikTok fetches from.

https://developers.tiktok.com/doc/content-posting-api-get-started, read 2026-11-22; README says why it is done so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, Piece
from shared.domain.errors import Unsupported
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.tiktok import creator, errors, kinds, settle, uploads, wire
from shared.ports.http import AnswerLost

_SETTINGS_LAST: Final = 600.0  # seconds: TikTok wants the latest; what waited longer is asked again


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """A video, or photos (a carousel); raises Invalid when these make up neither."""
    return kinds.choose(text, media, options)


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """A video's bytes but for the last chunk; photos need only the creator's settings. One request a step."""
    if piece.kind is Kind.VIDEO:
        return uploads.advance(call, piece, state)
    if wire.is_draft(piece) or call.now.timestamp() - float(state.get("asked_at", 0)) < _SETTINGS_LAST:
        return Ready(state)
    return Wait({"settings": creator.settings(call, piece), "asked_at": call.now.timestamp()}, 0)


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """The one request that posts: a video's last chunk, or the whole of a photo post."""
    return _commit_video(call, piece, state) if piece.kind is Kind.VIDEO else _commit_photos(call, piece, state)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Whether TikTok has posted it, and under which id."""
    return settle.confirm(call, piece, state)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask a video's publish_id for its status; of photos, find the one new public post with our words, and never prove their absence."""
    return settle.find(call, piece, armed)


def describe(call: Call, published: Published) -> Published:
    """With its address, if TikTok has given it an id by now."""
    return replace(published, permalink=settle.link_of(call, published))


def delete(call: Call, published: Published) -> None:
    """TikTok deletes no posts through its API: raises Unsupported."""
    message = "TikTok deletes no posts through its API: delete it in the TikTok app."
    raise Unsupported("platform.tiktok.delete_not_offered", message, platform="tiktok", id=published.id)


def _commit_video(call: Call, piece: Piece, state: Mapping[str, Any]) -> Accepted:
    if state.get("whole"):
        raise errors.refused(errors.LIVE_ALREADY, f"{state['publish_id']} has all its bytes")
    expires = call.tokens.expires_at
    if expires is not None and expires <= call.now:  # the address needs no token, but every look at the outcome does
        raise errors.refused(errors.EXPIRED, "the access token has expired")
    answer = call.http.send(uploads.last_chunk(piece, state))
    if 200 <= answer.status < 300 and answer.status != 201:
        raise AnswerLost(f"a last chunk that was answered with {answer.status}")
    if answer.status != 201:
        raise errors.refusal(answer, call.now)
    return _accepted(str(state["publish_id"]), state)


def _commit_photos(call: Call, piece: Piece, state: Mapping[str, Any]) -> Accepted:
    body = wire.photo_body(piece, state.get("settings") or {})
    made = wire.post(call, "post/publish/content/init/", body, timeout=uploads.SEND_DEADLINE)
    publish_id = made.get("publish_id")
    if not isinstance(publish_id, str) or not publish_id:
        raise AnswerLost("photos that were taken without a publish_id")
    return _accepted(publish_id, state)


def _accepted(publish_id: str, state: Mapping[str, Any]) -> Accepted:
    """All of a video's upload stays: should a person have it sent again, prepare must see that TikTok has all its bytes."""
    kept = state if "upload_url" in state else {}
    settings = state.get("settings") or {}
    told = {"publish_id": publish_id, "privacy": settings.get("privacy_level", "")}
    return Accepted({**kept, **told}, settle.POLLS[0])
