"""What a WhatsApp number sent, and what it cost, over the last 30 days. There are no posts, and no followers.

https://developers.facebook.com/documentation/business-messaging/whatsapp/analytics, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from shared.domain.errors import Unsupported
from shared.platforms.contract import Call, Metrics, Published
from shared.platforms.whatsapp.wire import GRAPH, account_id

_WINDOW: Final = timedelta(days=30)


def post(call: Call, published: Published) -> Metrics:
    """Not offered: a message's states arrive by webhook."""
    raise Unsupported(
        "platform.whatsapp.metrics_not_offered", "WhatsApp has no posts; a message's states arrive by webhook."
    )


def account(call: Call) -> Metrics:
    """Messages sent and delivered, billed messages and their cost in the account's currency. Raises Refused."""
    answer = GRAPH.read(call, account_id(call), fields=_fields(call))
    volume = list(_points(answer.get("analytics")))
    billed = list(_points(answer.get("pricing_analytics")))
    extra: dict[str, int | float] = {
        "messages_sent": sum(int(point.get("sent") or 0) for point in volume),
        "messages_delivered": sum(int(point.get("delivered") or 0) for point in volume),
        "messages_billed": sum(int(point.get("volume") or 0) for point in billed),
        "cost": round(sum(float(point.get("cost") or 0) for point in billed), 4),
    }
    return Metrics(extra=extra, raw=answer)


def _fields(call: Call) -> str:
    end = int(call.now.timestamp())
    start = int((call.now - _WINDOW).timestamp())
    number = re.sub(r"\D", "", str(call.who.metadata.get("display_phone_number") or call.who.username))
    only = json.dumps([number], separators=(",", ":"))
    span = f"start({start}).end({end})"
    return (
        f"id,currency,analytics.{span}.granularity(DAY).phone_numbers({only}),"
        f'pricing_analytics.{span}.granularity(DAILY).phone_numbers({only}).metric_types(["COST","VOLUME"])'
    )


def _points(figures: Any) -> Iterator[Mapping[str, Any]]:
    """The data points of either form: directly, or in a list of data."""
    if not isinstance(figures, Mapping):
        return
    yield from figures.get("data_points") or ()
    for group in figures.get("data") or ():
        yield from group.get("data_points") or ()
