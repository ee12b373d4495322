"""Analytics and recommended times: the routes, as data."""

from __future__ import annotations

from shared.api.creator.routes_posts import BASE, FIND, POST_ID
from shared.api.engine.routes import Route

_HANDLERS = "shared.api.creator.handlers_analytics:"
_MODELS = "shared.api.creator.models_analytics:"
_ACCOUNT_ID = "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"

ANALYTICS: tuple[Route, ...] = (
    Route(
        "GET",
        f"{BASE}/posts/{{post_id}}/analytics",
        f"{_HANDLERS}post",
        "A post's numbers, read from its networks now",
        {200: f"{_MODELS}PostAnalyticsResponse"},
        scope="analytics:read",
        errors=(*FIND, "account.reconnection_required", "platform.rate_limited"),
        description=(
            "A platform that cannot be read carries an error instead of numbers; the others are not held up. When none can "
            "be read, because of a network's limit or a dead token, that is the answer."
        ),
        answer_example={
            "post_id": POST_ID,
            "total": {"engagements": 12, "likes": 8, "comments": 3, "shares": 1},
            "by_platform": [
                {
                    "platform": "bluesky",
                    "account_id": _ACCOUNT_ID,
                    "engagements": 12,
                    "likes": 8,
                    "comments": 3,
                    "shares": 1,
                    "measured_at": "2026-11-22T12:00:00Z",
                }
            ],
            "timeseries": [{"timestamp": "2026-11-22T12:00:00Z", "engagements": 12}],
        },
    ),
    Route(
        "GET",
        f"{BASE}/distribution/metrics",
        f"{_HANDLERS}metrics",
        "How a period's posts did",
        {200: f"{_MODELS}DistributionResponse"},
        scope="analytics:read",
        query=f"{_MODELS}MetricsQuery",
        errors=("account.unsupported_platform",),
        description=(
            "Numbers older than an hour are read anew, of at most 25 posts and 25 accounts in one request; of the others "
            "the last known ones count."
        ),
        answer_example={
            "period": {"start": "2026-11-01", "end": "2026-11-22"},
            "summary": {"total_posts": 1, "measured_posts": 1, "total_engagements": 12},
            "by_platform": [{"platform": "bluesky", "posts": 1, "engagements": 12, "best_performing_post": POST_ID}],
            "top_posts": [{"id": POST_ID, "title": "Spring menu", "engagements": 12}],
            "optimal_posting_times": {"bluesky": ["09:00", "12:00", "17:00"]},
            "complete": True,
        },
    ),
    Route(
        "GET",
        f"{BASE}/scheduling/optimal-times",
        f"{_HANDLERS}optimal_times",
        "When to post, from your own posts",
        {200: f"{_MODELS}OptimalTimesResponse"},
        scope="analytics:read",
        query=f"{_MODELS}TimesQuery",
        errors=("account.unsupported_platform", "validation.timezone_unknown"),
        description=(
            "Computed from how your own published posts did in each hour of the week; where there are too few, a plain "
            "assumption (working days' mornings, noon, after work) stands in for them. Nothing is a prediction."
        ),
        answer_example={
            "platform": "bluesky",
            "timezone": "Europe/Berlin",
            "based_on_posts": 0,
            "recommendations": [
                {
                    "day": "monday",
                    "times": [
                        {
                            "time": "09:00",
                            "score": 100,
                            "reason": "Assumed (morning): none of your posts went out in this hour yet",
                        }
                    ],
                }
            ],
            "avoid": [{"day": "saturday", "times": ["06:00-09:00"], "reason": "Assumed: few people look"}],
        },
    ),
)
