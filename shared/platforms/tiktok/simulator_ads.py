"""The simulated TikTok for Business: ad accounts, lists, statuses, reports. Marketing API v1.3.

The ads token of the simulated person NAME is ``sandbox-ads-NAME``; every person has one ad account, in US dollars. Everything
is answered with status 200, as TikTok does; what is wrong has a code. https://business-api.tiktok.com/portal/docs
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.contract import Done, World
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_ads_making import MAKING
from shared.platforms.tiktok.simulator_ads_state import (
    LEVELS,
    Asked,
    Complaint,
    answer,
    keep,
    kept,
    listed,
    log_of,
    missing,
    noted,
    stamp,
    struck,
)
from shared.platforms.tiktok.simulator_state import Ask, Document, epoch
from shared.ports.http import Response

HOST: Final = "business-api.tiktok.com"
APP_ID: Final = "7000000000000000042"
APP_SECRET: Final = "sandbox-ads-secret"
TOKEN: Final = "sandbox-ads-"
_COUNTRIES: Final = {
    "US": "6252001",
    "CA": "6251999",
    "GB": "2635167",
    "DE": "2921044",
    "FR": "3017382",
    "JP": "1861060",
}
_OPERATIONS: Final = ("ENABLE", "DISABLE", "DELETE")


def handle(ask: Ask, world: World) -> Response:
    """Answer one request to business-api.tiktok.com. Raises Lost, Delayed."""
    path = ask.path.removeprefix("open_api/v1.3/")
    route = _ROUTES.get((ask.method, path))
    if route is None or not ask.path.startswith("open_api/v1.3/"):
        return Response(404, {"content-type": "text/plain"}, b"404 page not found")
    try:
        return route(_asked(ask, world))
    except Complaint as complaint:
        return complaint.response(world)


def credentials(name: str) -> dict[str, str]:
    """What the simulated person hands over beside their consent."""
    return {"ads_access_token": f"{TOKEN}{name}", "ads_app_id": APP_ID, "ads_app_secret": APP_SECRET}


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """What the account's ads manager shows of its acts, oldest first."""
    account = world.get("account", platform_account_id)
    entries = log_of(world, advertiser_of(account))["entries"] if account else []
    return [Done(e["verb"], e["id"], e["on"], e["text"], datetime.fromtimestamp(e["at"], UTC)) for e in entries]


def advertiser_of(account: Document) -> str:
    """The person's one ad account."""
    return _alive.digits(f"advertiser.{account['open_id']}", 19)


def _asked(ask: Ask, world: World) -> Asked:
    token = ask.headers.get("access-token", "")
    if not token.startswith(TOKEN) or len(token) == len(TOKEN):
        raise Complaint(40105, "Access token is incorrect or has been revoked.")
    account = state.person(world, token.removeprefix(TOKEN))
    return Asked(world, ask, account, advertiser_of(account))


# ------------------------------------------------------------------------------------------------------ reading


def _advertisers(asked: Asked) -> Response:
    if asked.text("app_id") != APP_ID or asked.text("secret") != APP_SECRET:
        raise Complaint(40001, "app_id or secret is incorrect.")
    row = {"advertiser_id": asked.advertiser, "advertiser_name": f"{asked.account['display_name']} Ads"}
    return answer(asked.world, {"list": [row]})


def _advertiser_info(asked: Asked) -> Response:
    if asked.list("advertiser_ids") != [asked.advertiser]:
        raise Complaint(40001, "No permission to operate advertiser.")
    row = {
        "advertiser_id": asked.advertiser,
        "name": f"{asked.account['display_name']} Ads",
        "currency": "USD",
        "timezone": "Etc/GMT+5",
        "display_timezone": "America/New_York",
        "status": "STATUS_ENABLE",
        "country": "US",
    }
    fields = asked.list("fields") or list(row)
    return answer(asked.world, {"list": [{name: row[name] for name in row if name in {*fields, "advertiser_id"}}]})


def _things(level: str) -> Callable[[Asked], Response]:
    def get(asked: Asked) -> Response:
        asked.need_advertiser()
        filtering = asked.object("filtering")
        found = [thing for thing in listed(asked, level) if _fits(level, thing, filtering)]
        return _paged(asked, sorted(found, key=lambda thing: int(thing[f"{level}_id"]), reverse=True))

    return get


def _fits(level: str, thing: Document, filtering: Mapping[str, Any]) -> bool:
    known = {f"{one}_ids" for one in ("campaign", "adgroup", "ad")} | {
        f"{level}_name",
        "primary_status",
        "creation_filter_start_time",
        "creation_filter_end_time",
        "objective_type",
    }
    if not set(filtering) <= known:
        raise Complaint(40002, f"filtering: {min(set(filtering) - known)} is not supported.")
    if filtering.get("primary_status") != "STATUS_ALL" and thing["operation_status"] == "DELETE":
        return False
    for one in ("campaign", "adgroup", "ad"):
        if f"{one}_ids" in filtering and thing.get(f"{one}_id") not in filtering[f"{one}_ids"]:
            return False
    made = thing["create_time"]
    return bool(
        filtering.get("creation_filter_start_time", "") <= made <= filtering.get("creation_filter_end_time", "9")
    )


def _files(kind: str) -> Callable[[Asked], Response]:
    def search(asked: Asked) -> Response:
        asked.need_advertiser()
        return _paged(asked, list(reversed(listed(asked, kind))))

    return search


def _video_info(asked: Asked) -> Response:
    asked.need_advertiser()
    wanted = asked.list("video_ids")
    if not 1 <= len(wanted) <= 60:
        raise Complaint(40002, "video_ids: 1 to 60 ids.")
    found = [file for file in listed(asked, "video") if file["video_id"] in wanted]
    return answer(asked.world, {"list": [_processed(file, asked.world) for file in found]})


def _processed(file: Document, world: World) -> Document:
    """A video has a cover once it is processed."""
    ready = epoch(world.now) >= file["made_at"] + 2
    cover = {"video_cover_url": f"https://p16-sign.tiktokcdn.com/{file['video_id']}.jpeg"} if ready else {}
    return {**file, **cover}


def _identities(asked: Asked) -> Response:
    asked.need_advertiser()
    row = {
        "identity_id": _alive.digits(f"identity.{asked.advertiser}", 19),
        "identity_type": "TT_USER",
        "available_status": "AVAILABLE",
        "username": asked.account["username"],
        "display_name": asked.account["display_name"],
    }
    return answer(asked.world, {"identity_list": [row], "page_info": _info(1, 10, 1)})


def _regions(asked: Asked) -> Response:
    asked.need_advertiser()
    if not asked.list("placements") or not asked.text("objective_type"):
        raise Complaint(40002, "placements and objective_type are required.")
    rows = [
        {
            "location_id": id_,
            "region_code": code,
            "name": code,
            "level": "COUNTRY",
            "parent_id": "0",
            "area_type": "ADMIN",
        }
        for code, id_ in _COUNTRIES.items()
    ]
    return answer(asked.world, {"region_info": rows, "region_list": list(_COUNTRIES)})


def _paged(asked: Asked, rows: list[Document]) -> Response:
    page, size = asked.number("page", 1), asked.number("page_size", 10)
    if page < 1 or not 1 <= size <= 1000:
        raise Complaint(40002, "page_size: Must be less than or equal to 1000.")
    shown = rows[(page - 1) * size : page * size]
    fields = asked.list("fields")
    if fields:
        shown = [{name: value for name, value in row.items() if name in fields} for row in shown]
    return answer(asked.world, {"list": shown, "page_info": _info(page, size, len(rows))})


def _info(page: int, size: int, total: int) -> dict[str, int]:
    return {"page": page, "page_size": size, "total_number": total, "total_page": -(-total // size)}


# ------------------------------------------------------------------------------------------------------- figures


def _report(asked: Asked) -> Response:
    asked.need_advertiser()
    if asked.text("report_type") != "BASIC":
        raise Complaint(40002, "report_type: BASIC is what is simulated.")
    dimension = {
        "AUCTION_ADVERTISER": "advertiser_id",
        "AUCTION_CAMPAIGN": "campaign_id",
        "AUCTION_ADGROUP": "adgroup_id",
        "AUCTION_AD": "ad_id",
    }.get(asked.text("data_level"))
    if dimension is None or asked.list("dimensions") != [dimension]:
        raise Complaint(40002, "data_level and dimensions do not go together.")
    since, until = _days(asked)
    totals: dict[str, dict[str, float]] = {}
    for ad in listed(asked, "ad"):
        id_ = asked.advertiser if dimension == "advertiser_id" else ad[dimension]
        _add(totals.setdefault(id_, {}), _delivered(ad, since, until, asked.world.now))
    wanted = _wanted(asked, dimension)
    rows = [
        {"dimensions": {dimension: id_}, "metrics": _metrics(asked, found)}
        for id_, found in totals.items()
        if found["impressions"] and (wanted is None or id_ in wanted)
    ]
    return _paged(asked, rows)


def _days(asked: Asked) -> tuple[datetime, datetime]:
    try:
        since, until = (
            datetime.fromisoformat(asked.text(name)).replace(tzinfo=UTC) for name in ("start_date", "end_date")
        )
    except ValueError:
        raise Complaint(40002, "start_date, end_date: YYYY-MM-DD.") from None
    if not timedelta(0) <= until - since <= timedelta(days=365):
        raise Complaint(40002, "max time span is 365 days.")
    return since, until + timedelta(days=1)


def _wanted(asked: Asked, dimension: str) -> list[str] | None:
    for one in asked.list("filtering"):
        if one.get("field_name") != f"{dimension}s" or one.get("filter_type") != "IN":
            raise Complaint(40002, "filtering: field_name or filter_type is not supported.")
        return [str(id_) for id_ in json.loads(one["filter_value"])]
    return None


def _delivered(ad: Document, since: datetime, until: datetime, now: datetime) -> dict[str, float]:
    """What an ad that was switched on brought within the days; what it brings grows with the hours."""
    if not ad.get("enabled_at"):
        return {"impressions": 0}
    begun = datetime.fromtimestamp(ad["enabled_at"], UTC)

    def shown_by(then: datetime) -> int:
        half = timedelta(days=3)
        return _alive.grown(ad["ad_id"], begun, max(begun, min(then, now)), least=20_000, most=90_000, half_life=half)

    impressions = shown_by(until) - shown_by(since)
    return {
        "impressions": impressions,
        "reach": impressions * 3 // 4,
        "clicks": impressions // 80,
        "conversion": impressions // 4000,
        "video_play_actions": impressions * 9 // 10,
        "video_watched_6s": impressions // 5,
        "spend": round(impressions * 0.0042, 2),
    }


def _add(total: dict[str, float], more: Mapping[str, float]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def _metrics(asked: Asked, found: Mapping[str, float]) -> dict[str, str]:
    """Every number is a text."""
    wanted = asked.list("metrics")
    if unknown := [name for name in wanted if name not in found]:
        raise Complaint(40002, f"metrics: {unknown[0]} is not supported.")
    return {name: f"{found[name]:.2f}" if name == "spend" else str(int(found[name])) for name in wanted}


# ------------------------------------------------------------------------------------------------------ statuses


def _status(level: str) -> Callable[[Asked], Response]:
    def update(asked: Asked) -> Response:
        body = asked.body(advertiser_id=str, operation_status=str, **{f"{level}_ids": list})
        wished, ids = body.get("operation_status"), body.get(f"{level}_ids") or []
        if wished not in _OPERATIONS or not 1 <= len(ids) <= 100:
            raise Complaint(40002, f"operation_status or {level}_ids is invalid.")
        things = [kept(asked, level, str(id_)) for id_ in ids]
        if any(thing is None or thing["operation_status"] == "DELETE" for thing in things):
            raise missing(level)
        for thing in things:
            _set(asked, level, thing or {}, str(wished))
        return answer(asked.world, {f"{level}_ids": ids, "status": wished})

    return update


def _set(asked: Asked, level: str, thing: Document, wished: str) -> None:
    now = epoch(asked.world.now)
    enabled = {"enabled_at": thing.get("enabled_at") or now} if wished == "ENABLE" else {}
    word = f"{LEVELS[level][1]}_STATUS_{ {'ENABLE': 'DELIVERY_OK', 'DISABLE': 'DISABLE', 'DELETE': 'DELETE'}[wished] }"
    changed = {
        **thing,
        "operation_status": wished,
        "secondary_status": word,
        "modify_time": stamp(asked.world),
        **enabled,
    }
    keep(asked, level, changed)
    id_, verb = thing[f"{level}_id"], LEVELS[level][0]
    struck(asked, f"{verb}.status", id_)
    if wished == "DELETE":
        struck(asked, f"{verb}.create", id_)
    noted(asked, f"{verb}.status", id_, id_, wished)


_ROUTES: Final[Mapping[tuple[str, str], Callable[[Asked], Response]]] = {
    ("GET", "oauth2/advertiser/get"): _advertisers,
    ("GET", "advertiser/info"): _advertiser_info,
    ("GET", "identity/get"): _identities,
    ("GET", "tool/region"): _regions,
    ("GET", "report/integrated/get"): _report,
    ("GET", "file/video/ad/search"): _files("video"),
    ("GET", "file/image/ad/search"): _files("image"),
    ("GET", "file/video/ad/info"): _video_info,
    **{("GET", f"{level}/get"): _things(level) for level in LEVELS},
    **{("POST", f"{level}/status/update"): _status(level) for level in LEVELS},
    **{("POST", path): make for path, make in MAKING.items()},
}
