"""Comments on LinkedIn: written in one request, looked for by author, words and time, deleted.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Absent, Call, Published, Refused, Unsure
from shared.platforms.linkedin import MANIFEST, errors, listing, wire
from shared.ports.http import AnswerLost, Request

CLOCK_SKEW: Final = timedelta(seconds=5)  # between our clock and LinkedIn's
SIZE: Final = 50
_PAGES: Final = 6


def write(call: Call, post: str, text: str, parent: str = "") -> Published:
    """One comment on a post; ``parent``: the URN of the comment that it answers. Raises Refused, AnswerLost."""
    body = wire.comment_body(call.who.platform_account_id, post, text, parent)
    url = wire.comments_url(parent or post)
    request = _wire.post_json(url, body, read_timeout=MANIFEST.timing.send_deadline)
    answer = _wire.ask(call, wire.authorised(call, request), errors.refusal)
    urn = wire.comment_urn(answer.json, answer.headers.get("x-restli-id", ""))
    if not urn:
        raise AnswerLost("a success that names no comment")
    return published(urn, post, answer.json)


def published(urn: str, post: str, raw: Mapping[str, Any]) -> Published:
    """A comment that stands, as the engine keeps it."""
    return Published(
        urn, f"{wire.permalink(post)}?commentUrn={wire.encoded(urn)}", {"kind": "comment", "post": post}, raw
    )


def settle(
    call: Call, post: str, text: str, since: datetime, taken: Callable[[str], bool], parent: str = ""
) -> Published | Absent | Unsure:
    """Whether the account's own comment of these words stands there since then. Raises Refused."""
    try:
        pages = list(_pages(call, parent or post))
    except Refused as refused:
        if refused.row.code == "not_found":
            return Absent("what it was to stand under is gone")
        if refused.row.code != "permission_denied":
            raise
        return _blind()
    near = [one for page in pages if page for one in page if _may_be(call, one, text, since) and not taken(urn_of(one))]
    found = [one for one in near if wire.same_words(_said(one), text)]
    if found:
        first = min(found, key=_made)
        return published(urn_of(first), post, first)
    if near:
        return Unsure(f"{urn_of(near[0])} may be it, though LinkedIn shows its words in another form")
    if pages and pages[-1] is not None:
        return Absent("the comments there do not have it")
    return Unsure("LinkedIn listed the comments only in part")


def delete(call: Call, comment: str) -> None:
    """Remove a comment, with its replies; one that is gone already is fine. Pages say on whose behalf. Raises Refused."""
    thread, number = wire.thread_of(comment)
    actor = call.who.platform_account_id
    query = f"?actor={wire.encoded(actor)}" if wire.is_organization(actor) else ""
    request = Request("DELETE", f"{wire.comments_url(thread)}/{number}{query}")
    try:
        _wire.ask(call, wire.authorised(call, request, "DELETE"), errors.refusal)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise


def find_deleted(call: Call, comment: str) -> Published | Absent | Unsure:
    """Whether the comment is gone. Raises Refused."""
    thread, number = wire.thread_of(comment)
    request = _wire.get(f"{wire.comments_url(thread)}/{number}")
    try:
        answer = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    except Refused as refused:
        if refused.row.code == "not_found":
            return Published(comment)
        if refused.row.code != "permission_denied":
            raise
        return _blind()
    return (
        Absent("the comment still stands there") if answer.get("id") else Unsure("LinkedIn's answer names no comment")
    )


def _blind() -> Unsure:
    return Unsure("LinkedIn lets this app write comments for the member, but not read them (r_member_social)")


def urn_of(comment: Mapping[str, Any]) -> str:
    """The URN of a listed comment."""
    return wire.comment_urn(comment, "")


def _may_be(call: Call, comment: Mapping[str, Any], text: str, since: datetime) -> bool:
    """The account's own since then, of these words as LinkedIn may show them."""
    own = comment.get("actor") == call.who.platform_account_id and _made(comment) >= since.timestamp() * 1000
    return own and wire.loosely_same(_said(comment), text)


def _made(comment: Mapping[str, Any]) -> float:
    """In epoch ms; what does not say so may be of now."""
    return float((comment.get("created") or {}).get("time") or "inf")


def _said(comment: Mapping[str, Any]) -> str:
    return str((comment.get("message") or {}).get("text") or "")


def _pages(call: Call, thread: str) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The thread's comments; None, as the last page, where there are more than we read."""
    for number in range(_PAGES):
        page, more = listing.read(call, f"{wire.comments_url(thread)}?start={number * SIZE}&count={SIZE}", SIZE)
        yield page
        if not more:
            return
    yield None
