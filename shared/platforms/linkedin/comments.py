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
    found = [
        one for page in pages if page for one in page if _is_ours(call, one, text, since) and not taken(urn_of(one))
    ]
    if found:
        first = min(found, key=lambda one: float((one.get("created") or {}).get("time") or 0))
        return published(urn_of(first), post, first)
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


def _is_ours(call: Call, comment: Mapping[str, Any], text: str, since: datetime) -> bool:
    made = float((comment.get("created") or {}).get("time") or 0)
    said = str((comment.get("message") or {}).get("text") or "")
    return (
        comment.get("actor") == call.who.platform_account_id
        and made >= since.timestamp() * 1000
        and " ".join(said.split()) == " ".join(text.split())
    )


def _pages(call: Call, thread: str) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The thread's comments; None, as the last page, where there are more than we read."""
    for number in range(_PAGES):
        page, more = listing.read(call, f"{wire.comments_url(thread)}?start={number * SIZE}&count={SIZE}")
        yield page
        if not more:
            return
    yield None
