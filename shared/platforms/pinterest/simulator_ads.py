"""The simulated Pinterest's ads: one ad account per person, what was made in it, and figures for what is active.

Bulk requests answer each item with its data or its exceptions, as the OpenAPI document has it. Only what is active, below
what is active, delivers; each day of it has figures of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.pinterest import simulator_ads_fields as fields
from shared.platforms.pinterest import simulator_wire as wire
from shared.platforms.pinterest.simulator_wire import Asked, Denied
from shared.ports.http import Response

KEPT: Final = 300
LEVELS: Final = {"campaigns": "campaign", "ad_groups": "ad_group", "ads": "ad"}
_IDS: Final = {"campaign": "CAMPAIGN_ID", "ad_group": "AD_GROUP_ID", "ad": "AD_ID"}
_DELIVERING: Final = {"campaign": "RUNNING", "ad_group": "RUNNING", "ad": "APPROVED"}


def account_id(user_id: str) -> str:
    """The ad account of a person."""
    return _alive.digits(f"pinterest/{user_id}/ads", 12)


def accounts(asked: Asked) -> Response:
    """GET /v5/ad_accounts."""
    about = {
        "id": account_id(asked.user_id),
        "name": f"{asked.user['username']} ads",
        "owner": {"username": asked.user["username"], "id": asked.user_id},
        "country": "US",
        "currency": "USD",
        "permissions": ["OWNER"],
        "created_time": int(asked.user["created"]),
        "updated_time": int(asked.user["created"]),
    }
    return wire.page(asked, [about])


def listed(asked: Asked, account: str, plural: str) -> Response:
    """GET of one level: narrowed by ids and statuses, by id."""
    _own(asked, account)
    statuses = asked.many.get("entity_statuses", ["ACTIVE", "PAUSED"])
    found = [one for one in all_of(asked.world, asked.user_id) if one["level"] == LEVELS[plural]]
    for name, key in (("campaign_ids", "campaign_id"), ("ad_group_ids", "ad_group_id"), ("ad_ids", "id")):
        if wanted := asked.many.get(name):
            key_here = "id" if name == f"{LEVELS[plural]}_ids" else key
            found = [one for one in found if one["fields"].get(key_here, one["id"]) in wanted]
    found = [one for one in found if one["fields"]["status"] in statuses]
    if asked.query.get("order") == "DESCENDING":
        found.reverse()
    return wire.page(asked, [view(asked.world, one) for one in found])


def create(asked: Asked, account: str, plural: str) -> Response:
    """POST of one level: up to 30 at once; ours come one by one, and a fault is the whole request's."""
    _own(asked, account)
    items = _items(asked)
    names = " ".join(str(item.get("name")) for item in items)
    return _faults.visible(
        asked.world,
        text=names,
        key=f"pinterest.ads.{asked.user_id}.{names}",
        effect=lambda: wire.answer({"items": [_created(asked, LEVELS[plural], item) for item in items]}),
        limited=lambda: wire.rate_limited(_faults.LIMITED_SECONDS),
        expired=wire.unauthorized,
        rejected=lambda: wire.answer({"items": [_failed(plural, 29, "You are not permitted to do that.")]}),
        broken=wire.broken,
    )


def update(asked: Asked, account: str, plural: str) -> Response:
    """PATCH of one level."""
    _own(asked, account)
    return wire.answer({"items": [_updated(asked, plural, item) for item in _items(asked)]})


def account_figures(asked: Asked, account: str) -> Response:
    """GET /v5/ad_accounts/{id}/analytics."""
    _own(asked, account)
    days = _days(asked)
    found = [_delivered(asked, one, days) for one in all_of(asked.world, asked.user_id) if one["level"] == "ad"]
    total = {name: sum(row[name] for row in found if row) for name in fields.COLUMNS}
    rows = [{"AD_ACCOUNT_ID": account, **_wanted(asked, total)}] if any(found) else []
    return wire.answer(rows)


def figures(asked: Asked, account: str, plural: str) -> Response:
    """GET .../analytics of one level; what delivered nothing has no row."""
    _own(asked, account)
    level, days = LEVELS[plural], _days(asked)
    ids = asked.many.get(f"{level}_ids", [])
    if not ids or len(ids) > 250:
        raise Denied(wire.refused(400, 400, "Invalid ad account ads analytics parameters."))
    everything = all_of(asked.world, asked.user_id)
    rows = []
    for one_id in ids:
        below = [one for one in everything if one["level"] == "ad" and one_id in _line(asked.world, one)]
        found = [row for one in below if (row := _delivered(asked, one, days))]
        if found:
            total = {name: sum(row[name] for row in found) for name in fields.COLUMNS}
            rows.append({_IDS[level]: one_id, **_wanted(asked, total)})
    return wire.answer(rows)


def all_of(world: World, user_id: str) -> list[dict[str, Any]]:
    """Everything in a person's ad account, oldest first."""
    ids = (world.get("pinterest.adsof", user_id) or {}).get("ids", ())
    return [one for one_id in ids if (one := world.get("pinterest.ad", one_id))]


def view(world: World, one: Mapping[str, Any]) -> dict[str, Any]:
    """A thing as Pinterest shows it."""
    given, level = one["fields"], one["level"]
    active = all(
        (above := world.get("pinterest.ad", name)) and above["fields"]["status"] == "ACTIVE"
        for name in _line(world, one)
    )
    delivery = _DELIVERING[level] if active else "ARCHIVED" if given["status"] == "ARCHIVED" else "PAUSED"
    kinds = {"campaign": "campaign", "ad_group": "adgroup", "ad": "pinpromotion"}
    shown = {**given, "id": one["id"], "ad_account_id": one["account"], "type": kinds[level]}
    if level == "ad":
        shown |= {"campaign_id": one["line"][0], "review_status": "APPROVED"}
    return {
        **shown,
        "created_time": one["created_time"],
        "updated_time": one["updated_time"],
        "summary_status": delivery,
    }


# ------------------------------------------------------------------------------------------------------ effect


def _created(asked: Asked, level: str, item: Mapping[str, Any]) -> dict[str, Any]:
    plural = f"{level}s"
    if problem := fields.problem(level, item):
        return _failed(plural, 1, f"Invalid request: {problem}")
    parent = str(item.get({"ad_group": "campaign_id", "ad": "ad_group_id"}.get(level, "ad_account_id")))
    above = asked.world.get("pinterest.ad", parent) if level != "campaign" else None
    if level != "campaign" and (not above or above["user"] != asked.user_id):
        return _failed(plural, 2, f"{parent} not found.")
    if level == "ad":
        pin = asked.world.get("pinterest.pin", str(item["pin_id"]))
        if not pin or pin["owner"] != asked.user_id:
            return _failed(plural, 2, "Pin not found.")
    world, one_id, now = asked.world, wire.new_id(asked.world, 7), int(wire.epoch(asked.world))
    one = {
        "id": one_id,
        "level": level,
        "user": asked.user_id,
        "account": account_id(asked.user_id),
        "parent": parent,
        "line": [*(above["line"] if above else ()), one_id],
        "name": str(item["name"]),
        "fields": {"status": "ACTIVE", **{name: value for name, value in item.items() if name != "ad_account_id"}},
        "created_time": now,
        "updated_time": now,
        "active_since": now if item.get("status", "ACTIVE") == "ACTIVE" else None,
    }
    world.put("pinterest.ad", one_id, one)
    ids = (world.get("pinterest.adsof", asked.user_id) or {}).get("ids", [])
    world.put("pinterest.adsof", asked.user_id, {"ids": [*ids, one_id][-KEPT:]})
    return {"data": view(world, one)}


def _updated(asked: Asked, plural: str, item: Mapping[str, Any]) -> dict[str, Any]:
    one = asked.world.get("pinterest.ad", str(item.get("id")))
    if not one or one["user"] != asked.user_id or one["level"] != LEVELS[plural]:
        return _failed(plural, 2, f"{LEVELS[plural]} not found.")
    status = item.get("status")
    if set(item) - {"id", "ad_account_id", "status"} or status not in fields.STATUSES:
        return _failed(plural, 1, "Invalid request: only the status can be changed in the sandbox")
    now = int(wire.epoch(asked.world))
    since = one["active_since"] or now if status == "ACTIVE" else one["active_since"]
    changed = {**one, "fields": {**one["fields"], "status": status}, "updated_time": now, "active_since": since}
    asked.world.put("pinterest.ad", str(one["id"]), changed)
    return {"data": view(asked.world, changed)}


def _failed(plural: str, code: int, message: str) -> dict[str, Any]:
    exception = {"code": code, "message": message}
    return {"exceptions": exception if plural == "ads" else [exception]}


def _items(asked: Asked) -> list[dict[str, Any]]:
    found = asked.json()
    if not isinstance(found, list) or not 1 <= len(found) <= 30 or not all(isinstance(item, dict) for item in found):
        raise Denied(wire.invalid(f"{str(found)[:60]} is not an array of 1 to 30 objects"))
    return found


def _own(asked: Asked, account: str) -> None:
    if account != account_id(asked.user_id):
        raise Denied(wire.refused(404, 2, "AdAccount not found."))


# ----------------------------------------------------------------------------------------------------- figures


def _line(world: World, one: Mapping[str, Any]) -> list[str]:
    del world
    return list(one["line"])


def _days(asked: Asked) -> tuple[date, date]:
    """The days asked for. Raises Denied."""
    given = [asked.query.get(name, "") for name in ("start_date", "end_date")]
    right = asked.query.get("granularity") == "TOTAL" and all(re.fullmatch(r"\d{4}-\d\d-\d\d", text) for text in given)
    known = set(asked.query.get("columns", "").split(",")) <= set(fields.COLUMNS)
    if right and known:
        start, end = (date.fromisoformat(text) for text in given)
        if asked.world.now.date() - timedelta(days=90) <= start <= end <= start + timedelta(days=90):
            return start, end
    raise Denied(wire.refused(400, 400, "Invalid ad account ads analytics parameters."))


def _delivered(asked: Asked, ad: Mapping[str, Any], days: tuple[date, date]) -> dict[str, int] | None:
    """What an ad delivered on these days: from when all above it was active, for as long as it still is."""
    line = [asked.world.get("pinterest.ad", name) for name in ad["line"]]
    if any(not one or one["fields"]["status"] != "ACTIVE" for one in line):
        return None
    since = max(int(one["active_since"]) for one in line if one)
    first = max(days[0], datetime.fromtimestamp(since, UTC).date())
    last = min(days[1], asked.world.now.date())
    numbers = range(first.toordinal(), last.toordinal() + 1)
    views = sum(_alive.daily(f"pinterest/{ad['id']}", number, least=200, most=900) for number in numbers)
    if not views:
        return None
    clicks = views // 60
    return {
        "TOTAL_IMPRESSION": views,
        "TOTAL_CLICKTHROUGH": clicks,
        "SPEND_IN_MICRO_DOLLAR": clicks * 350_000,
        "TOTAL_CONVERSIONS": clicks // 20,
        "TOTAL_VIDEO_MRC_VIEWS": views // 5,
        "TOTAL_ENGAGEMENT": clicks * 2,
    }


def _wanted(asked: Asked, total: Mapping[str, int]) -> dict[str, int]:
    return {name: total[name] for name in asked.query.get("columns", "").split(",")}
