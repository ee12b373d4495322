"""Lists of LinkedIn: the author's posts and a thread's comments, page by page, and whether they are complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.linkedin import errors, wire
from shared.ports.http import AnswerLost

_SIZE: Final = 100
_PAGES: Final = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read; ``complete``: nothing that belongs to it is missing."""

    posts: Sequence[Mapping[str, Any]]
    complete: bool


def posts_since(call: Call, since: datetime) -> Listed:
    """The author's posts made since then, newest first. Raises Refused (``permission_denied``: they may not be read)."""
    author, first = wire.encoded(call.who.platform_account_id), since.timestamp() * 1000
    found: list[Mapping[str, Any]] = []
    for number in range(_PAGES):
        url = f"{wire.API}/posts?q=author&author={author}&sortBy=CREATED&start={number * _SIZE}&count={_SIZE}"
        page, more = read(call, url, _SIZE)
        found += [post for post in page if created(post) >= first]
        if not more or (_is_newest_first(page) and created(page[-1]) < first):
            return Listed(found, complete=True)
    return Listed(found, complete=False)


def created(post: Mapping[str, Any]) -> float:
    """When it was made, in epoch ms; what does not say so may be of now."""
    return float(post.get("createdAt") or post.get("publishedAt") or "inf")


def _is_newest_first(page: Sequence[Mapping[str, Any]]) -> bool:
    """LinkedIn names the order (CREATED) and not its direction: what is older may end the reading only where it shows."""
    times = [created(post) for post in page]
    return len(set(times)) > 1 and times == sorted(times, reverse=True)


def read(call: Call, url: str, size: int = 0) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """One page, and whether there is another. Raises Refused, AnswerLost (an answer that is no list).

    ``size``: how many were asked for. Not every list has links; the end of one is known by a page that is not full
    (learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/pagination, 2026-11-22).
    """
    answer = _wire.ask(call, wire.authorised(call, _wire.get(url), "FINDER"), errors.refusal).json
    page, paging = answer.get("elements"), answer.get("paging")
    if not isinstance(page, list) or not isinstance(paging, dict):
        raise AnswerLost("a list without its elements or its paging")
    linked = any(link.get("rel") == "next" for link in paging.get("links") or ())
    return page, linked or 0 < size <= len(page)
