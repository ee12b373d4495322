"""How Pins and accounts do on Pinterest: one analytics read each, over the last 90 days, and the Pin's lifetime counts.

Source: GET /pins/{pin_id}/analytics and GET /user_account in the OpenAPI document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.platforms.contract import Call, Metrics, Published
from shared.platforms.pinterest import api, wire

_METRICS: Final = (
    "IMPRESSION",
    "OUTBOUND_CLICK",
    "PIN_CLICK",
    "SAVE",
    "SAVE_RATE",
    "TOTAL_COMMENTS",
    "TOTAL_REACTIONS",
    "USER_FOLLOW",
    "PROFILE_VISIT",
)
_EXTRA: Final = {
    "OUTBOUND_CLICK": "link_clicks",
    "PIN_CLICK": "clicks",
    "USER_FOLLOW": "follows",
    "PROFILE_VISIT": "profile_clicks",
}
_DAYS: Final = 89  # the first day may be 90 back, and ours begins in UTC


def post(call: Call, published: Published) -> Metrics:
    """The counts of one Pin. Raises Refused, Invalid; a Pin that is gone is refused as ``not_found``."""
    query = {**_days(call), "metric_types": ",".join(_METRICS)}
    answer = api.get(call, f"/pins/{wire.identifier(published.id)}/analytics", query)
    figures = answer.get("all") or answer.get("ALL") or {}
    summary, lifetime = figures.get("summary_metrics") or {}, figures.get("lifetime_metrics") or {}
    return Metrics(
        likes=_count(lifetime.get("TOTAL_REACTIONS", summary.get("TOTAL_REACTIONS"))),
        comments=_count(lifetime.get("TOTAL_COMMENTS", summary.get("TOTAL_COMMENTS"))),
        saves=_count(summary.get("SAVE")),
        views=_count(summary.get("IMPRESSION")),
        extra={
            ours: summary[theirs] for theirs, ours in _EXTRA.items() if isinstance(summary.get(theirs), int | float)
        },
        raw={"summary_metrics": summary, "lifetime_metrics": lifetime},
    )


def account(call: Call) -> Metrics:
    """The counts of the account itself. Raises Refused."""
    me = api.get(call, "/user_account")
    figures = {
        "followers": me.get("follower_count"),
        "following": me.get("following_count"),
        "posts": me.get("pin_count"),
        "boards": me.get("board_count"),
        "monthly_views": me.get("monthly_views"),
    }
    extra = {name: value for name, value in figures.items() if isinstance(value, int)}
    return Metrics(extra=extra, raw={name: me.get(name) for name in ("follower_count", "pin_count", "monthly_views")})


def _days(call: Call) -> Mapping[str, str]:
    today = call.now.date()
    return {"start_date": (today - timedelta(days=_DAYS)).isoformat(), "end_date": today.isoformat()}


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None
