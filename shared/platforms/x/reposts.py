"""Showing somebody's post again: one repost per account and post, whatever is asked how often.

X's answer names the post that was reposted, not the repost («rest_id: The ID of the reposted Post», OpenAPI 2.167), so
a repost goes by the id of its source everywhere here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.platforms import _wire
from shared.platforms.contract import Absent, Call, Published, Refused, Unsure
from shared.platforms.x import MANIFEST, errors, timeline, wire
from shared.ports.http import AnswerLost, Request


def commit(call: Call, source: str) -> Published:
    """POST /2/users/{id}/retweets, once. Raises Refused, AnswerLost, NotSent."""
    deadline = MANIFEST.timing.send_deadline
    request = _wire.post_json(_url(call), {"tweet_id": source}, read_timeout=deadline)
    answer = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    if not (answer.get("data") or {}).get("retweeted"):
        raise AnswerLost("a success that does not say «retweeted»")
    return _published(call, source, answer)


def find(call: Call, source: str, since: datetime, taken: Callable[[str], bool]) -> Published | Absent | Unsure:
    """Whether the account's timeline since then has it. An older repost of the same post makes this one none.

    ``taken``: the source's id may be another piece's (our own post, or another account's repost of it). The repost that is
    found is this account's all the same, so it is Published, without an id that looks like that piece's.
    """
    for page in timeline.pages(call, timeline.first_id(since)):
        if page is None:
            return Unsure("X listed the account's timeline only in part")
        for post in page:
            if wire.references(post).get("retweeted") == source:
                found = _published(call, source, post)
                return replace(found, id="") if taken(source) else found
    return Absent("the account's whole timeline since the attempt has no repost of it")


def undo(call: Call, source: str) -> None:
    """Take the repost back; one that is gone is fine. Raises Refused."""
    try:
        _wire.ask(call, wire.authorised(call, Request("DELETE", f"{_url(call)}/{source}")), errors.refusal)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise


def _url(call: Call) -> str:
    return f"{wire.API}/users/{call.who.platform_account_id}/retweets"


def _published(call: Call, source: str, raw: Any) -> Published:
    return Published(source, wire.permalink("", source), {"repost_of": source}, raw)
