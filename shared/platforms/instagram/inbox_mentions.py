"""Answering where somebody named the account: a comment under a post of theirs, or below their comment.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentions, read 2026-11-22: only where the
account was @mentioned in the caption or the comment; a tag in a photo alone is refused by Instagram. Comments under
others' posts cannot be listed, so a lost answer stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act
from shared.platforms.contract import Call, Published
from shared.platforms.instagram import graph
from shared.ports.http import AnswerLost

UNKNOWABLE = "Instagram does not list the comments under others' posts"


def asked(act: Act) -> str:
    """The post in which the account was named, empty where the act is about something of its own. Raises Invalid."""
    given = str(act.handles.get("mention") or "")
    return graph.GRAPH.named(given, "handles.mention") if given else ""


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """POST /{ig-user}/mentions, the one visible request. Raises Refused, AnswerLost, NotSent."""
    fields = {"media_id": str(state["mention"]), "message": act.text}
    if act.verb == "comment.reply":
        fields["comment_id"] = act.on
    answer = graph.make_visible(call, f"{call.who.platform_account_id}/mentions", fields)
    if not answer.get("id"):
        raise AnswerLost("a success that names no comment")
    return Published(str(answer["id"]), None, {}, answer)
