"""The simulated accounts, locations, performance figures and notification settings: the newer APIs.

https://developers.google.com/my-business/reference/accountmanagement/rest,
https://developers.google.com/my-business/reference/performance/rest, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, answer, known_fields, rpc_error
from shared.platforms.google_business import simulator_state as state
from shared.ports.http import Response

_MASK: Final = {"name", "title", "storefrontAddress", "metadata", "storeCode", "websiteUri", "languageCode"}
_METRICS: Final = {
    "BUSINESS_IMPRESSIONS_DESKTOP_MAPS": 40,
    "BUSINESS_IMPRESSIONS_DESKTOP_SEARCH": 60,
    "BUSINESS_IMPRESSIONS_MOBILE_MAPS": 120,
    "BUSINESS_IMPRESSIONS_MOBILE_SEARCH": 160,
    "BUSINESS_CONVERSATIONS": 2,
    "BUSINESS_DIRECTION_REQUESTS": 12,
    "CALL_CLICKS": 6,
    "WEBSITE_CLICKS": 18,
    "BUSINESS_BOOKINGS": 3,
    "BUSINESS_FOOD_ORDERS": 2,
    "BUSINESS_FOOD_MENU_CLICKS": 5,
}
_LATE: Final = timedelta(days=3)  # the figures of the last days are not there yet
_SETTING: Final = {"name": None, "pubsubTopic": None, "notificationTypes": None}


def accounts(asked: Asked) -> Response:
    """GET accounts."""
    asked.allow("pageSize", "pageToken", "filter", "parentAccount")
    name = f"accounts/{asked.user['account']}"
    shown = {
        "name": name,
        "accountName": asked.user["title"],
        "type": "PERSONAL",
        "role": "PRIMARY_OWNER",
        "verificationState": "UNVERIFIED",
        "vettedState": "NOT_VETTED",
    }
    return answer({"accounts": [shown]})


def locations(asked: Asked, account: str) -> Response:
    """GET locations of an account, the fields of readMask only."""
    asked.allow("pageSize", "pageToken", "filter", "orderBy", "readMask")
    mask = _mask(asked)
    if account not in {"-", asked.user["account"]}:
        raise Denied(rpc_error(403, "The caller does not have permission"))
    places = [asked.world.get("gbp.place", one) or {} for one in asked.user["places"]]
    shown = [{field: value for field, value in _shape(place).items() if field in mask} for place in places]
    return answer({"locations": shown, "totalSize": len(shown)} if shown else {})


def location(asked: Asked, found: str) -> Response:
    """GET a location, the fields of readMask only."""
    asked.allow("readMask")
    mask, place = _mask(asked), state.place_of(asked, found)
    return answer({field: value for field, value in _shape(place).items() if field in mask})


def _mask(asked: Asked) -> set[str]:
    """The fields that are asked for. Raises Denied."""
    mask = {field for field in asked.query.get("readMask", "").split(",") if field}
    if mask and mask <= _MASK:
        return mask
    violation = {"field": "read_mask", "description": "Invalid field mask provided"}
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    raise Denied(rpc_error(400, "Request contains an invalid argument.", detail))


def performance(asked: Asked, found: str) -> Response:
    """GET fetchMultiDailyMetricsTimeSeries."""
    place = state.place_of(asked, found)
    wanted = _repeated(asked, "dailyMetrics")
    if not wanted or not set(wanted) <= set(_METRICS):
        raise Denied(rpc_error(400, "Request contains an invalid argument."))
    try:
        start, end = (date(*(int(asked.query[f"dailyRange.{which}.{part}"]) for part in ("year", "month", "day")))
                      for which in ("startDate", "endDate"))  # fmt: skip
    except (KeyError, ValueError) as error:
        raise Denied(rpc_error(400, "Request contains an invalid argument.")) from error
    last = min(end, (asked.world.now - _LATE).date())
    series = [_series(place, metric, start, last) for metric in wanted]
    return answer({"multiDailyMetricTimeSeries": [{"dailyMetricTimeSeries": series}]})


def show_setting(asked: Asked, account: str) -> Response:
    """GET notificationSetting."""
    asked.allow()
    _own(asked, account)
    kept = asked.world.get("gbp.setting", account) or {}
    return answer({"name": f"accounts/{account}/notificationSetting", **kept})


def update_setting(asked: Asked, account: str) -> Response:
    """PATCH notificationSetting: the fields of updateMask."""
    asked.allow("updateMask")
    _own(asked, account)
    body, mask = asked.json(), asked.query.get("updateMask", "").split(",")
    known_fields(body, _SETTING, "notification_setting")
    if not set(mask) <= {"pubsubTopic", "notificationTypes", "pubsub_topic", "notification_types"}:
        raise Denied(rpc_error(400, "Request contains an invalid argument."))
    topic = str(body.get("pubsubTopic", ""))
    if topic and not (topic.startswith("projects/") and "/topics/" in topic):
        raise Denied(rpc_error(400, "Invalid pubsub topic."))
    kept: dict[str, Any] = {name: body[name] for name in ("pubsubTopic", "notificationTypes") if name in body}
    asked.world.put("gbp.setting", account, kept)
    return answer({"name": f"accounts/{account}/notificationSetting", **kept})


def _own(asked: Asked, account: str) -> None:
    if account != asked.user["account"]:
        raise Denied(rpc_error(403, "The caller does not have permission"))


def _shape(place: Mapping[str, Any]) -> dict[str, Any]:
    key = str(place["id"])
    return {
        "name": f"locations/{key}",
        "title": place["title"],
        "storefrontAddress": {"regionCode": "US", "locality": place["town"], "addressLines": ["1 Main Street"]},
        "metadata": {
            "canOperateLocalPost": True,
            "hasVoiceOfMerchant": True,
            "canDelete": True,
            "mapsUri": f"https://maps.google.com/maps?cid={key}",
            "newReviewUri": f"https://search.google.com/local/writereview?placeid=ChIJ{key}",
            "placeId": f"ChIJ{key}",
        },
    }


def _series(place: Mapping[str, Any], metric: str, start: date, last: date) -> dict[str, Any]:
    values = []
    for day in _days(start, last):
        count = _alive.daily(f"gbp/{place['id']}/{metric}", day.toordinal(), least=0, most=_METRICS[metric])
        value: dict[str, Any] = {"date": {"year": day.year, "month": day.month, "day": day.day}}
        values.append({**value, "value": str(count)} if count else value)
    return {"dailyMetric": metric, "timeSeries": {"datedValues": values}}


def _days(start: date, last: date) -> Iterator[date]:
    for number in range(min((last - start).days + 1, 550)):
        yield start + timedelta(days=number)


def _repeated(asked: Asked, name: str) -> list[str]:
    return [value for key, value in parse_qsl(asked.raw_query) if key == name]
