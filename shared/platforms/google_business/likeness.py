"""Whether a post in the location's list is the one that was sent: told by its looks, for Google takes no key of ours. Pure.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from shared.domain.content import Piece
from shared.platforms.google_business import wire

SKEW: Final = timedelta(seconds=30)  # between our clock and Google's
LATEST: Final = timedelta(
    minutes=5
)  # after the arming no request of ours can have its effect (manifest: timing.settle)
_Fields = Mapping[str, Any]


class Likeness(Enum):
    """What may be said of a post."""

    OURS = "ours"
    PERHAPS = "perhaps"  # in our time, but told without its time or parts, in other words, or later than ours can be
    NO = "no"


def of(piece: Piece, armed_at: datetime, post: _Fields) -> Likeness:
    """Compare by time, kind, words, and what an event or an offer or a photo says beside them."""
    at, sent = wire.instant(post.get("createTime")), wire.post_body(piece)
    if post.get("topicType") != sent["topicType"] or (at is not None and at < armed_at - SKEW):
        return Likeness.NO
    words = wire.plain(post.get("summary")) == wire.plain(sent.get("summary"))
    details = _same_details(sent, post)
    if details is False:
        return Likeness.NO
    late = at is not None and at > armed_at + LATEST
    if not words:  # what Google may do to a text is documented nowhere
        return Likeness.NO if late else Likeness.PERHAPS
    return Likeness.OURS if details and at is not None and not late else Likeness.PERHAPS


def _same_details(sent: _Fields, post: _Fields) -> bool | None:
    """Whether event, offer and photo are the same; None where Google does not tell all of it."""
    found = [_same_event(sent.get("event"), post.get("event")), _same_offer(sent, post), _same_photo(sent, post)]
    return False if False in found else None if None in found else True


def _same_event(sent: Any, told: Any) -> bool | None:
    if not sent:
        return True
    if not isinstance(told, Mapping) or not isinstance(told.get("schedule"), Mapping):
        return None
    days = [told["schedule"].get(name) == sent["schedule"][name] for name in ("startDate", "endDate")]
    return all(days) and wire.plain(told.get("title")) == wire.plain(sent["title"])


def _same_offer(sent: _Fields, post: _Fields) -> bool | None:
    code = (sent.get("offer") or {}).get("couponCode")
    told = post.get("offer")
    if not code:
        return True
    return wire.plain(told.get("couponCode")) == wire.plain(code) if isinstance(told, Mapping) else None


def _same_photo(sent: _Fields, post: _Fields) -> bool | None:
    """As many photos; and from our address, where Google tells where it had one from."""
    listed = post.get("media")
    told = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    wanted = [one["sourceUrl"] for one in sent.get("media") or ()]
    if len(told) != len(wanted):
        return None if wanted and not told else False
    return all(one.get("sourceUrl") in {None, "", url} for one, url in zip(told, wanted, strict=True))
