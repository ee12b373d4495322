"""How posts and accounts do on LinkedIn: pages in one statistic, members one figure per request.

Of a page's post without any activity LinkedIn says nothing, and documents that this means zero; of a member's post it does
not, so that nothing said stays unknown. Counts may fall: a withdrawn reaction is counted off.
Source: learn.microsoft.com/en-us/linkedin/marketing/community-management (organizations/share-statistics,
organizations/follower-statistics, members/post-statistics, members/follower-statistics), 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call, Fate, Metrics, Published, Refused
from shared.platforms.linkedin import errors, listing, wire

_QUERIES: Final = ("IMPRESSION", "MEMBERS_REACHED", "REACTION", "COMMENT", "RESHARE", "POST_SAVE", "LINK_CLICKS")
MOST_POSTS: Final = 10  # a page of LinkedIn's finders: what is beyond it would look like posts without activity
_WINDOW: Final = timedelta(days=30)
_LAG: Final = timedelta(days=2)  # LinkedIn's figures of followers end two days before the question


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused."""
    if wire.is_organization(call.who.platform_account_id):
        return _of_page_posts(call, [published.id])[published.id]
    return _of_member_post(call, published.id)


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts: a page's in one request for shares and one for other posts, a member's one after the
    other, until LinkedIn has had enough."""
    if wire.is_organization(call.who.platform_account_id):
        return _of_page_posts(call, [one.id for one in published])
    found: dict[str, Metrics | Refused] = {}
    for one in published:
        try:
            found[one.id] = _of_member_post(call, one.id)
        except Refused as refused:
            if refused.fate is Fate.UNAUTHORISED or (refused.fate is Fate.LIMITED and not found):
                raise
            found[one.id] = refused
            if refused.fate is Fate.LIMITED:
                break
    return found


def account(call: Call) -> Metrics:
    """The counts of the account itself. Raises Refused."""
    if wire.is_organization(call.who.platform_account_id):
        return _of_page(call)
    answer = _read(call, f"{wire.API}/memberFollowersCount?q=me")
    count = next((one.get("memberFollowersCount") for one in answer.get("elements") or ()), None)
    return Metrics(extra=_numbers({"followers": count, "posts": _posts(call)}), raw={"memberFollowersCount": answer})


def _of_page_posts(call: Call, urns: Sequence[str]) -> dict[str, Metrics]:
    known: dict[str, Mapping[str, Any]] = {}
    for listed, ours in (("shares", False), ("ugcPosts", True)):
        some = [urn for urn in urns if (":ugcPost:" in urn) is ours]
        if some:
            answer = _read(call, f"{_statistics(call)}&{listed}=List({','.join(wire.encoded(urn) for urn in some)})")
            found = answer.get("elements") or ()
            known |= {str(one.get("ugcPost") or one.get("share") or ""): one for one in found}
    figures = {urn: known.get(urn, {}).get("totalShareStatistics") or {} for urn in urns}
    return {urn: _shares(total, {"totalShareStatistics": total}) for urn, total in figures.items()}


def _shares(total: Mapping[str, Any], raw: Mapping[str, Any]) -> Metrics:
    return Metrics(
        likes=int(total.get("likeCount", 0)),
        comments=int(total.get("commentCount", 0)),
        shares=int(total.get("shareCount", 0)),
        views=int(total.get("impressionCount", 0)),
        extra=_numbers(
            {
                "reach": total.get("uniqueImpressionsCount"),
                "clicks": total.get("clickCount"),
                "engagement": total.get("engagement"),
            }
        ),
        raw=raw,
    )


def _of_member_post(call: Call, urn: str) -> Metrics:
    entity = f"({'ugc' if ':ugcPost:' in urn else 'share'}:{wire.encoded(urn)})"
    counts: dict[str, int | None] = {}
    for wanted in _QUERIES:
        query = f"q=entity&entity={entity}&queryType={wanted}&aggregation=TOTAL"
        answer = _read(call, f"{wire.API}/memberCreatorPostAnalytics?{query}")
        first = next(iter(answer.get("elements") or ()), None) or {}
        counts[wanted] = first.get("count")
    return Metrics(
        likes=counts["REACTION"],
        comments=counts["COMMENT"],
        shares=counts["RESHARE"],
        saves=counts["POST_SAVE"],
        views=counts["IMPRESSION"],
        extra=_numbers({"reach": counts["MEMBERS_REACHED"], "clicks": counts["LINK_CLICKS"]}),
        raw={"memberCreatorPostAnalytics": counts},
    )


def _of_page(call: Call) -> Metrics:
    urn = wire.encoded(call.who.platform_account_id)
    size = _read(call, f"{wire.API}/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER")
    shares = _read(call, _statistics(call))
    gains = _read(call, _follower_statistics(call))
    total = (next(iter(shares.get("elements") or ()), None) or {}).get("totalShareStatistics") or {}
    known = _shares(total, {})
    extra = {"followers": size.get("firstDegreeSize"), "posts": _posts(call), **known.extra, **_gained(gains)}
    raw = {"networkSizes": size, "shareStatistics": shares, "followerStatistics": gains}
    return Metrics(known.likes, known.comments, known.shares, None, known.views, _numbers(extra), raw)


def _statistics(call: Call) -> str:
    urn = wire.encoded(call.who.platform_account_id)
    return f"{wire.API}/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={urn}"


def _follower_statistics(call: Call) -> str:
    urn, last = wire.encoded(call.who.platform_account_id), call.now - _LAG
    start, end = (int(instant.timestamp() * 1000) for instant in (last - _WINDOW, last))
    span = f"timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"
    named = f"q=organizationalEntity&organizationalEntity={urn}"
    return f"{wire.API}/organizationalEntityFollowerStatistics?{named}&{span}"


def _gained(answer: Mapping[str, Any]) -> dict[str, int]:
    gains = [one.get("followerGains") or {} for one in answer.get("elements") or ()]
    return {
        "followers_gained_30d": sum(int(one.get("organicFollowerGain") or 0) for one in gains),
        "followers_gained_paid_30d": sum(int(one.get("paidFollowerGain") or 0) for one in gains),
    }


def _posts(call: Call) -> int | None:
    """How many posts there are, where one page of the list has them all and may be read."""
    author = wire.encoded(call.who.platform_account_id)
    try:
        url = f"{wire.API}/posts?q=author&author={author}&sortBy=CREATED&start=0&count=100"
        page, more = listing.read(call, url, 100)
    except Refused as refused:
        if refused.row.code == "permission_denied":
            return None
        raise
    return None if more else len(page)


def _read(call: Call, url: str) -> dict[str, Any]:
    return _wire.ask(call, wire.authorised(call, _wire.get(url)), errors.refusal).json


def _numbers(counts: Mapping[str, Any]) -> dict[str, int | float]:
    return {name: count for name, count in counts.items() if isinstance(count, int | float)}
