"""Analytics and scheduling: what callers send and are sent. Counts that nobody knows are left out."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_serializer

from shared.api.engine.models import Body, Time, View


class MetricsQuery(Body):
    """A period of whole days (UTC), the last 30 if left out."""

    start_date: date | None = None
    end_date: date | None = None
    platform: str | None = Field(None, min_length=1, max_length=64)


class TimesQuery(Body):
    """For which network, which content and in whose time."""

    platform: str = Field(min_length=1, max_length=64)
    content_type: str | None = Field(None, max_length=32)
    """``image``, ``video``, ``text`` …: rest on such posts only."""
    timezone: str = Field("UTC", max_length=64)


class Totals(View):
    """All platforms together. ``engagements``: likes, comments, shares and clicks."""

    impressions: int | None = None
    reach: int | None = None
    engagements: int | None = None
    engagement_rate: float | None = None
    """Engagements per hundred impressions."""
    clicks: int | None = None
    shares: int | None = None
    comments: int | None = None
    likes: int | None = None
    saves: int | None = None


class AnalyticsError(View):
    """Why a platform's numbers could not be read."""

    code: str
    message: str
    retryable: bool


class PlatformAnalytics(View):
    """One live copy, in the network's own words: a network has likes or reactions, shares or retweets, comments or replies."""

    platform: str
    account_id: str
    impressions: int | None = None
    reach: int | None = None
    engagements: int | None = None
    engagement_rate: float | None = None
    likes: int | None = None
    reactions: int | None = None
    comments: int | None = None
    replies: int | None = None
    shares: int | None = None
    retweets: int | None = None
    saves: int | None = None
    clicks: int | None = None
    measured_at: Time
    error: AnalyticsError | None = None


class TimePoint(View):
    """The totals at one moment at which somebody looked."""

    timestamp: Time
    impressions: int | None = None
    engagements: int | None = None


class PostAnalyticsResponse(View):
    """A post's numbers as of now. ``timeseries``: of each time that they were read through us, the last 200."""

    post_id: str
    total: Totals
    by_platform: list[PlatformAnalytics]
    timeseries: list[TimePoint]


class Period(View):
    """First and last day, both included."""

    start: date
    end: date

    @field_serializer("start", "end")
    def _day(self, value: date) -> str:
        return value.isoformat()


class DistributionSummary(View):
    """The period as a whole. ``measured_posts``: of how many of its posts there are numbers."""

    total_posts: int
    measured_posts: int
    total_impressions: int | None = None
    total_engagements: int | None = None
    avg_engagement_rate: float | None = None
    followers_gained: int | None = None
    """Where followers were read before and in the period."""


class PlatformDistribution(View):
    """One network."""

    platform: str
    posts: int
    impressions: int | None = None
    engagements: int | None = None
    engagement_rate: float | None = None
    followers_gained: int | None = None
    best_performing_post: str | None = None


class TopPost(View):
    """A post that did well."""

    id: str
    title: str
    impressions: int | None = None
    engagements: int | None = None


class DistributionResponse(View):
    """How a period's posts did. ``complete``: whether all of them were looked at."""

    period: Period
    summary: DistributionSummary
    by_platform: list[PlatformDistribution]
    top_posts: list[TopPost]
    optimal_posting_times: dict[str, list[str]]
    """Hours of the day in UTC."""
    complete: bool


class RecommendedTime(View):
    """An hour to post in; ``score`` 100 is the best of the week. ``posts``: how many of yours went out in it."""

    time: str
    score: int
    reason: str
    posts: int = 0


class RecommendedDay(View):
    """A day and its hours."""

    day: str
    times: list[RecommendedTime]


class AvoidedDay(View):
    """Hours to leave out."""

    day: str
    times: list[str]
    reason: str


class OptimalTimesResponse(View):
    """When to post, the best days first. ``based_on_posts``: how many of your own it rests on; the rest is assumed."""

    platform: str
    timezone: str
    based_on_posts: int
    recommendations: list[RecommendedDay]
    avoid: list[AvoidedDay]
