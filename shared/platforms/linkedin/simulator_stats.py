"""The simulated LinkedIn's figures: of posts, of members, of pages. All follow from ids and the time.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management (members/post-statistics,
members/follower-statistics, organizations/share-statistics, organizations/follower-statistics), 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.platforms.linkedin import simulator_oauth, simulator_posts
from shared.platforms.linkedin.simulator_access import check_admin, check_scope, pages
from shared.platforms.linkedin.simulator_social import activity_of, all_comments
from shared.platforms.linkedin.simulator_wire import Asked, answer, decoded, invalid, missing, page
from shared.ports.http import Response

_TYPE: Final = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
_ENTITY: Final = re.compile(r"\((share|ugc):([^()]+)\)")
_LISTS: Final = re.compile(r"(?:shares|ugcPosts)=List\(([^()]*)\)")
_RANGE: Final = re.compile(r"timeRange:\(start:(\d+),end:(\d+)\)")
_DAY_MS: Final = 86_400_000


def figures(world: World, post: Mapping[str, Any]) -> dict[str, int]:
    """How a post does, by LinkedIn's names for a member's posts."""
    made = datetime.fromtimestamp(int(post["createdAt"]) / 1000, UTC)
    does = _alive.reception(str(post["id"]), made, world.now)
    given = (world.get("li.reactions", activity_of(post)) or {"by": {}})["by"]
    return {
        "IMPRESSION": does.views,
        "MEMBERS_REACHED": does.reach,
        "REACTION": does.likes + len(given),
        "RESHARE": does.shares,
        "COMMENT": len(all_comments(world, post)),
        "POST_SAVE": does.saves,
        "LINK_CLICKS": does.clicks,
    }


def member_posts(asked: Asked) -> Response:
    """GET /rest/memberCreatorPostAnalytics?q=entity."""
    check_scope(asked, "r_member_postAnalytics", "memberCreatorPostAnalytics.FINDER-entity.NO_VERSION")
    found = _ENTITY.search(asked.raw_query)
    kind, wanted = asked.query.get("q"), asked.query.get("queryType", "")
    if kind != "entity" or not found or asked.query.get("aggregation") not in {"TOTAL", "DAILY"}:
        return invalid("MISSING_FIELD", "q=entity, entity, queryType and aggregation are required")
    post = asked.world.get("li.post", decoded(found.group(2)))
    if not post or post["author"] != asked.member:
        return missing("Post")
    known = figures(asked.world, post)
    if wanted not in known:
        return invalid("INVALID_VALUE_FOR_FIELD", f"queryType {wanted} is not an enum symbol")
    return page([{"count": known[wanted], "dateRange": {}, "metricType": {_TYPE: wanted}}], 0, 10, "")


def member_followers(asked: Asked) -> Response:
    """GET /rest/memberFollowersCount?q=me."""
    check_scope(asked, "r_member_profileAnalytics", "memberFollowersCount.FINDER-me.NO_VERSION")
    who = simulator_oauth.of_member(asked.world, asked.member)
    count = _alive.followers(str(who["urn"]), datetime.fromisoformat(str(who["since"])), asked.world.now)
    return page([{"memberFollowersCount": count}], 0, 10, "")


def share_statistics(asked: Asked) -> Response:
    """GET /rest/organizationalEntityShareStatistics: of the page, or of the posts that are listed."""
    urn = asked.query.get("organizationalEntity", "")
    if asked.query.get("q") != "organizationalEntity" or not urn:
        return invalid("MISSING_FIELD", "q=organizationalEntity and organizationalEntity are required")
    check_admin(asked, urn, "organizationalEntityShareStatistics.FINDER-organizationalEntity.NO_VERSION")
    listed = [decoded(one) for group in _LISTS.findall(asked.raw_query) for one in group.split(",") if one]
    if not listed:
        every = [post for one in simulator_posts.urns_of(asked.world, urn) if (post := asked.world.get("li.post", one))]
        return page([{"organizationalEntity": urn, "totalShareStatistics": _total(asked.world, every)}], 0, 10, "")
    found = [post for one in listed if (post := asked.world.get("li.post", one)) and post["author"] == urn]
    elements = [
        {"organizationalEntity": urn, _named(post): post["id"], "totalShareStatistics": _total(asked.world, [post])}
        for post in found
        if figures(asked.world, post)["IMPRESSION"]  # a post without any activity is left out
    ]
    return page(elements, 0, 10, "")


def _named(post: Mapping[str, Any]) -> str:
    return "ugcPost" if ":ugcPost:" in str(post["id"]) else "share"


def _total(world: World, posts: list[dict[str, Any]]) -> dict[str, Any]:
    counts = [figures(world, post) for post in posts]
    summed = {name: sum(count[name] for count in counts) for name in ("IMPRESSION", "MEMBERS_REACHED", "LINK_CLICKS")}
    summed |= {name: sum(count[name] for count in counts) for name in ("REACTION", "COMMENT", "RESHARE")}
    acts = summed["LINK_CLICKS"] + summed["REACTION"] + summed["COMMENT"] + summed["RESHARE"]
    return {
        "impressionCount": summed["IMPRESSION"],
        "uniqueImpressionsCount": summed["MEMBERS_REACHED"],
        "clickCount": summed["LINK_CLICKS"],
        "likeCount": summed["REACTION"],
        "commentCount": summed["COMMENT"],
        "shareCount": summed["RESHARE"],
        "engagement": acts / summed["IMPRESSION"] if summed["IMPRESSION"] else 0.0,
    }


def network_size(asked: Asked, urn: str) -> Response:
    """GET /rest/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER."""
    known = asked.world.get("li.page", decoded(urn))
    if asked.query.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
        return invalid("INVALID_VALUE_FOR_FIELD", "edgeType is not an enum symbol")
    if not known:
        return missing(decoded(urn))
    since = datetime.fromisoformat(str(known["since"]))
    return answer(200, {"firstDegreeSize": _alive.followers(str(known["urn"]), since, asked.world.now)})


def follower_statistics(asked: Asked) -> Response:
    """GET /rest/organizationalEntityFollowerStatistics with timeIntervals: the gains of each day."""
    urn = asked.query.get("organizationalEntity", "")
    check_admin(asked, urn, "organizationalEntityFollowerStatistics.FINDER-organizationalEntity.NO_VERSION")
    found = _RANGE.search(asked.raw_query)
    if not found or "timeGranularityType:DAY" not in asked.raw_query:
        return invalid("MISSING_FIELD", "timeIntervals=(timeRange:(start:…,end:…),timeGranularityType:DAY) is required")
    first, last = int(found.group(1)) // _DAY_MS, int(found.group(2)) // _DAY_MS
    elements = []
    for day in range(first, min(last, first + 366)):
        gains = {"organicFollowerGain": _alive.daily(f"{urn}/organic", day, least=1, most=9), "paidFollowerGain": 0}
        span = {"start": day * _DAY_MS, "end": (day + 1) * _DAY_MS}
        elements.append({"organizationalEntity": urn, "timeRange": span, "followerGains": gains})
    return answer(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})


def acls(asked: Asked) -> Response:
    """GET /rest/organizationAcls?q=roleAssignee."""
    check_scope(asked, "rw_organization_admin", "organizationAcls.FINDER-roleAssignee.NO_VERSION")
    elements = [
        {"organization": urn, "role": "ADMINISTRATOR", "roleAssignee": asked.member, "state": "APPROVED"}
        for urn in pages(asked)
    ]
    return page(
        elements, int(asked.query.get("start", "0")), int(asked.query.get("count", "10")), "/rest/organizationAcls?"
    )


def organizations(asked: Asked) -> Response:
    """GET /rest/organizations?ids=List(…)."""
    found = re.search(r"ids=List\(([^()]*)\)", asked.raw_query)
    if not found:
        return invalid("MISSING_FIELD", "ids is required")
    known = {
        number: asked.world.get("li.page", f"urn:li:organization:{number}") for number in found.group(1).split(",")
    }
    results = {number: _organization(one) for number, one in known.items() if one}
    statuses = {number: 200 if one else 404 for number, one in known.items()}
    return answer(200, {"results": results, "statuses": statuses, "errors": {}})


def _organization(one: Mapping[str, Any]) -> dict[str, Any]:
    localized = {"localized": {"en_US": one["name"]}, "preferredLocale": {"country": "US", "language": "en"}}
    return {
        "id": one["id"],
        "name": localized,
        "localizedName": one["name"],
        "vanityName": one["vanity"],
        "primaryOrganizationType": "NONE",
    }
