"""Caption tracks: what the track is and its text, in one request of two parts.

The track is SubRip or WebVTT, as the caller has it; YouTube recognises the format itself.
https://developers.google.com/youtube/v3/docs/captions/insert, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act
from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call
from shared.platforms.youtube import api, errors, wire


def put(call: Call, act: Act) -> dict[str, Any]:
    """Add a track to the video; YouTube's answer. Raises Refused, AnswerLost, NotSent."""
    boundary = f"rostrum-{act.key}"
    snippet = {"videoId": act.on, "language": language(act), "name": name(act)}
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
    middle = f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n"
    body = (
        f"{head}{json.dumps({'snippet': snippet}, sort_keys=True)}{middle}{content(act)}\r\n--{boundary}--\r\n".encode()
    )
    url = _wire.with_query(f"{api.UPLOAD}/captions", {"uploadType": "multipart", "part": "snippet"})
    request = _wire.post_bytes(url, body, f"multipart/related; boundary={boundary}", Authorization=bearer(call))
    return _wire.ask(call, request, errors.refusal).json


def is_same(act: Act, track: Mapping[str, Any]) -> bool:
    """Whether a track has this one's language and name."""
    snippet = track.get("snippet") or {}
    said = (str(snippet.get("language")).lower(), wire.plain(snippet.get("name")))
    return said == (language(act).lower(), wire.plain(name(act)))


def content(act: Act) -> str:
    """The track itself."""
    return str(act.arguments.get("captions") or "")


def language(act: Act) -> str:
    """BCP 47."""
    return str(act.arguments.get("language") or "")


def name(act: Act) -> str:
    """What viewers choose the track by; YouTube takes an empty name for the language's main track."""
    return str(act.arguments.get("name") or "")
