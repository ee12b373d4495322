"""A video's thumbnail: one request with the image's bytes, at most 2 MB; the same again changes nothing.

https://developers.google.com/youtube/v3/docs/thumbnails/set, read 2026-11-22.
"""

from __future__ import annotations

from typing import Any

from shared.domain.content import MediaFile
from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call
from shared.platforms.youtube import api, errors


def put(call: Call, video_id: str, image: MediaFile) -> dict[str, Any]:
    """Set it; YouTube's answer. Raises Refused, AnswerLost, NotSent."""
    url = _wire.with_query(f"{api.UPLOAD}/thumbnails/set", {"uploadType": "media", "videoId": video_id})
    request = _wire.post_bytes(url, image.bytes(), image.facts.content_type, Authorization=bearer(call))
    return _wire.ask(call, request, errors.refusal).json
