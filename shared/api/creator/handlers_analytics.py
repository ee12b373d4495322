"""Analytics and recommended times: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.creator import models_analytics as models
from shared.api.engine.exchange import Exchange, Reply
from shared.domain.content import Kind
from shared.domain.errors import Invalid
from shared.domain.numbers import Counts
from shared.operations import networks
from shared.operations.analytics import counting, distribution, history, measuring, timing
from shared.operations.analytics.distribution import Group, Summary
from shared.operations.analytics.measuring import OnPlatform
from shared.operations.posts import times


def post(x: Exchange[None, None]) -> Reply:
    """GET /posts/{post_id}/analytics"""
    found = measuring.analyse(x.ports, x.caller, x.path["post_id"])
    answer = models.PostAnalyticsResponse(
        post_id=found.view.post.id,
        total=models.Totals(
            **_counts(found.total),
            engagements=counting.engagements(found.total),
            engagement_rate=counting.joint_rate(row.counts for row in found.platforms if row.counts),
        ),
        by_platform=[_on(row) for row in found.platforms],
        timeseries=[
            models.TimePoint(timestamp=one.at, impressions=one.impressions, engagements=one.engagements)
            for one in found.readings
        ],
    )
    return Reply(200, answer)


def metrics(x: Exchange[None, models.MetricsQuery]) -> Reply:
    """GET /distribution/metrics"""
    query = x.query
    found = distribution.summarise(x.ports, x.caller, query.start_date, query.end_date, query.platform)
    return Reply(200, _summary(found))


def optimal_times(x: Exchange[None, models.TimesQuery]) -> Reply:
    """GET /scheduling/optimal-times"""
    platform, zone = networks.resolved(x.query.platform), times.checked_zone(x.query.timezone, "timezone")
    outcomes = history.outcomes(x.ports, x.caller, platform, _kind(x.query.content_type))
    advice = timing.advise(outcomes, zone, networks.rhythm(platform))
    answer = models.OptimalTimesResponse(
        platform=platform,
        timezone=zone.key,
        based_on_posts=advice.posts,
        recommendations=[
            models.RecommendedDay(
                day=one.day,
                times=[
                    models.RecommendedTime(time=s.time, score=s.score, reason=s.reason, posts=s.posts)
                    for s in one.times
                ],
            )
            for one in advice.days
        ],
        avoid=[models.AvoidedDay(day=one.day, times=list(one.times), reason=one.reason) for one in advice.avoid],
    )
    return Reply(200, answer)


def _kind(name: str | None) -> Kind | None:
    if name is None:
        return None
    try:
        return Kind(name.strip().lower())
    except ValueError as error:
        text = f"content_type: one of {', '.join(Kind)}."
        raise Invalid("validation.field_invalid", text, field="content_type") from error


def _counts(counts: Counts) -> dict[str, Any]:
    names = ("impressions", "reach", "likes", "comments", "shares", "saves", "clicks")
    return {name: getattr(counts, name) for name in names}


def _together(counts: Counts) -> dict[str, Any]:
    engaged = counting.engagements(counts)
    return {"engagements": engaged, "engagement_rate": counting.rate(engaged, counts.impressions)}


def _on(row: OnPlatform) -> models.PlatformAnalytics:
    said = networks.count_names(row.target.platform)
    counts = {said.get(name, name): value for name, value in _counts(row.counts or Counts()).items()}
    error = row.error
    return models.PlatformAnalytics(
        platform=row.target.platform,
        account_id=row.target.account_id,
        measured_at=row.at,
        error=models.AnalyticsError(code=error.code.replace(".", "_"), message=error.message, retryable=error.retryable)
        if error
        else None,
        **counts,
        **_together(row.counts or Counts()),
    )


def _summary(found: Summary) -> models.DistributionResponse:
    return models.DistributionResponse(
        period=models.Period(start=found.start, end=found.end),
        summary=models.DistributionSummary(
            total_posts=found.posts,
            measured_posts=found.measured,
            total_impressions=found.counts.impressions,
            total_engagements=counting.engagements(found.counts),
            avg_engagement_rate=found.rate,
            followers_gained=found.followers_gained,
        ),
        by_platform=[_group(one) for one in found.platforms],
        top_posts=[
            models.TopPost(
                id=one.view.post.id,
                title=one.view.post.title,
                impressions=one.counts.impressions,
                engagements=counting.engagements(one.counts),
            )
            for one in found.top
        ],
        optimal_posting_times={name: list(hours) for name, hours in found.times.items()},
        complete=found.complete,
    )


def _group(one: Group) -> models.PlatformDistribution:
    return models.PlatformDistribution(
        platform=one.platform,
        posts=one.posts,
        impressions=one.counts.impressions,
        followers_gained=one.followers_gained,
        best_performing_post=one.best.post.id if one.best else None,
        engagements=counting.engagements(one.counts),
        engagement_rate=one.rate,
    )
