"""What the creator may post right now (``creator_info``), and what follows from it for one post.

TikTok demands that it is asked before every direct post, and that the person chooses the privacy level among its options.
https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Call
from shared.platforms.tiktok import errors, kinds, wire

# Who sees an account's posts by default: everyone, or a private account's followers. Never anything narrower unasked:
# the post would be «live», and nobody would see it.
DEFAULTS: Final = (wire.PUBLIC, "FOLLOWER_OF_CREATOR")


def info(call: Call) -> dict[str, Any]:
    """The creator's options and switches. Raises Refused (also where TikTok takes no more posts today), AnswerLost."""
    return wire.post(call, "post/publish/creator_info/query/", {})


def settings(call: Call, piece: Piece) -> dict[str, Any]:
    """``privacy_level`` and the switches of this post, as the creator's settings allow. Raises Refused where they do not."""
    known = info(call)
    privacy = _privacy(piece, known.get("privacy_level_options") or ())
    if piece.options.get("brand_content_toggle") and privacy == wire.PRIVATE:
        raise errors.refused(errors.BRANDED_PRIVATE)
    _check_length(piece, known)
    switches = {f"disable_{name}": _off(piece, known, name) for name in ("comment", "duet", "stitch")}
    return {"privacy_level": privacy, **switches}


def _privacy(piece: Piece, options: Any) -> str:
    wished = kinds.wished_privacy(piece.options)
    if wished:
        if wished not in options:
            raise errors.refused(errors.PRIVACY, f"offered: {', '.join(map(str, options))}")
        return wished
    found = next((level for level in DEFAULTS if level in options), None)
    if found is None:
        raise errors.refused(errors.NO_PRIVACY, f"offered: {', '.join(map(str, options))}")
    return found


def _off(piece: Piece, known: Mapping[str, Any], name: str) -> bool:
    """What the creator has switched off cannot be switched on for one post."""
    return bool(piece.options.get(f"disable_{name}")) or bool(known.get(f"{name}_disabled"))


def _check_length(piece: Piece, known: Mapping[str, Any]) -> None:
    most = known.get("max_video_post_duration_sec")
    seconds = piece.media[0].facts.duration if piece.kind is Kind.VIDEO else None
    if isinstance(most, int) and seconds is not None and seconds > most:
        raise errors.refused(errors.TOO_LONG_A_VIDEO, f"{seconds:g} s of at most {most}")
