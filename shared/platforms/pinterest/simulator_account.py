"""The simulated Pinterest's account and its figures, which grow as time passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.pinterest import simulator_boards as boards
from shared.platforms.pinterest import simulator_pins as pins
from shared.platforms.pinterest import simulator_wire as wire
from shared.platforms.pinterest.simulator_wire import Asked, Denied
from shared.ports.http import Response

_NAMES: Final = (
    "IMPRESSION OUTBOUND_CLICK PIN_CLICK SAVE SAVE_RATE TOTAL_COMMENTS TOTAL_REACTIONS USER_FOLLOW PROFILE_VISIT"
)
_KNOWN: Final = frozenset(_NAMES.split())


def me(asked: Asked) -> Response:
    """GET /v5/user_account."""
    user = asked.user
    since = datetime.fromtimestamp(user["created"], UTC)
    own = pins.of_account(asked.world, asked.user_id)
    return wire.answer(
        {
            "id": user["id"],
            "username": user["username"],
            "account_type": "BUSINESS",
            "business_name": str(user["username"]).replace("_", " ").title(),
            "profile_image": "https://i.pinimg.com/280x280_RS/sandbox.jpg",
            "website_url": "",
            "board_count": len(boards.mine(asked.world, asked.user_id)),
            "pin_count": len(own),
            "follower_count": _alive.followers(f"pinterest/{user['id']}", since, asked.world.now),
            "following_count": 12,
            "monthly_views": sum(_reception(asked, pin).views for pin in own),
        }
    )


def pin_analytics(asked: Asked, pin_id: str) -> Response:
    """GET /v5/pins/{pin_id}/analytics: the whole of it on the Pin's first day, as far as the days that are asked for."""
    start, end = _days(asked)
    wanted = str(asked.query.get("metric_types") or "").split(",")
    if not set(wanted) <= _KNOWN:
        return wire.refused(400, 400, "Invalid pins analytics parameters.")
    pin = pins.own(asked, pin_id)
    figures = _figures(asked, pin)
    made = datetime.fromtimestamp(pin["created"], UTC).date()
    zero = dict.fromkeys(wanted, 0.0)
    summary = {name: figures[name] for name in wanted} if start <= made <= end else zero
    daily = [
        {
            "date": (start + timedelta(days=number)).isoformat(),
            "data_status": "READY",
            "metrics": summary if start + timedelta(days=number) == made else zero,
        }
        for number in range((end - start).days + 1)
    ]
    lifetime = {name: int(figures[name]) for name in ("TOTAL_COMMENTS", "TOTAL_REACTIONS") if name in wanted}
    return wire.answer({"all": {"daily_metrics": daily, "summary_metrics": summary, "lifetime_metrics": lifetime}})


def _days(asked: Asked) -> tuple[date, date]:
    """The days asked for: at most 90, the first at most 90 days ago. Raises Denied."""
    given = [asked.query.get(name, "") for name in ("start_date", "end_date")]
    if all(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in given):
        start, end = (date.fromisoformat(text) for text in given)
        oldest = asked.world.now.date() - timedelta(days=90)
        if oldest <= start <= end <= start + timedelta(days=90):
            return start, end
    raise Denied(wire.refused(400, 400, "Invalid pins analytics parameters."))


def _figures(asked: Asked, pin: Mapping[str, Any]) -> dict[str, float]:
    does = _reception(asked, pin)
    since = datetime.fromtimestamp(pin["created"], UTC)
    comments = len(_alive.comments(f"pinterest/{pin['id']}", since, asked.world.now))
    return {
        "IMPRESSION": does.views,
        "OUTBOUND_CLICK": does.clicks // 4,
        "PIN_CLICK": does.clicks,
        "SAVE": does.saves,
        "SAVE_RATE": round(does.saves / does.views, 4) if does.views else 0.0,
        "TOTAL_COMMENTS": comments,
        "TOTAL_REACTIONS": does.likes,
        "USER_FOLLOW": does.saves // 5,
        "PROFILE_VISIT": does.clicks // 6,
    }


def _reception(asked: Asked, pin: Mapping[str, Any]) -> _alive.Reception:
    since = datetime.fromtimestamp(pin["created"], UTC)
    return _alive.reception(f"pinterest/{pin['id']}", since, asked.world.now)
