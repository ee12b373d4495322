"""What Graph's messages have beside their words: ready answers to send; and of what is delivered, buttons that were touched,
ads, files, what is answered.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events and …/send-messages/quick-replies, read
2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.platforms._graph.webhooks import plain, rows

_MOST_ADDRESS = 2_048
MOST_REPLIES, MOST_TITLE, MOST_PAYLOAD = 13, 20, 1_000


def quick_replies(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a message that offers ready answers; empty without any. Raises ValueError, which says what is wrong."""
    given = arguments.get("quick_replies")
    if not given:
        return {}
    if not isinstance(given, list | tuple) or len(given) > MOST_REPLIES:
        raise ValueError(f"quick_replies: at most {MOST_REPLIES} objects with a title.")
    return {"quick_replies": [_reply(one, index) for index, one in enumerate(given)]}


def _reply(one: object, index: int) -> dict[str, str]:
    title = _object(one).get("title")
    payload = _object(one).get("payload") or title
    if not isinstance(title, str) or not 1 <= len(title) <= MOST_TITLE:
        raise ValueError(f"quick_replies[{index}].title: 1 to {MOST_TITLE} characters.")
    if not isinstance(payload, str) or len(payload) > MOST_PAYLOAD:
        raise ValueError(f"quick_replies[{index}].payload: a text of at most {MOST_PAYLOAD} characters.")
    return {"content_type": "text", "title": title, "payload": payload}


def are_quick_replies(value: object) -> bool:
    """For the simulators: whether Graph would take these."""
    found = rows(value)
    shapes = (set(one) == {"content_type", "title", "payload"} and one["content_type"] == "text" for one in found)
    return isinstance(value, list) and 1 <= len(found) == len(value) <= MOST_REPLIES and all(shapes)


def told(item: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """Of a messaging entry and the part of it that says what happened; only what is there.

    ``postback`` and ``payload``: a button or a ready answer was touched. ``referral``: somebody came by an ad or a link.
    ``files``: JSON text, a list of type and url. ``watermark``: epoch ms until which all was read.
    """
    tapped = _object(about.get("quick_reply")) or _object(item.get("postback"))
    referral = _object(item.get("referral")) or _object(about.get("referral"))
    found: dict[str, Any] = {
        "postback": bool(tapped),
        "payload": plain(tapped.get("payload")),
        "title": plain(tapped.get("title") or (about.get("text") if tapped else "")),
        "referral": bool(referral) and not about.get("text") and not tapped,
        "ad_id": plain(referral.get("ad_id")),
        "referral_source": plain(referral.get("source")),
        "referral_type": plain(referral.get("type")),
        "reply_to": plain(_object(about.get("reply_to")).get("mid")),
        "app_id": plain(about.get("app_id")),
        "files": json.dumps(files) if (files := _files(about)) else "",
        "watermark": plain(about.get("watermark")),
    }
    return {name: value for name, value in found.items() if value}


def _files(about: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for one in rows(about.get("attachments")):
        url = _object(one.get("payload")).get("url")
        address = url if isinstance(url, str) and len(url) <= _MOST_ADDRESS else ""
        found.append({"type": plain(one.get("type")) or "file", "url": address})
    return found


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
