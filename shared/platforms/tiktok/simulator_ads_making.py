"""The simulated TikTok for Business makes things: campaigns, ad groups, ads, and files for them.

As strict as TikTok's documentation: every field is known and of its type, names have their length and no emoji, budgets their
least, and what a thing belongs to must be there. The sandbox's markers work in names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.tiktok import limits
from shared.platforms.tiktok import simulator_ads_fields as fields
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_ads_state import (
    LEVELS,
    Asked,
    Complaint,
    answer,
    keep,
    kept,
    missing,
    new_id,
    noted,
    stamp,
)
from shared.platforms.tiktok.simulator_state import Document, epoch
from shared.ports.http import Response

NAME: Final = 512
TEXT: Final = 100
_OBJECTIVES: Final = (
    "REACH",
    "TRAFFIC",
    "VIDEO_VIEWS",
    "ENGAGEMENT",
    "APP_PROMOTION",
    "LEAD_GENERATION",
    "WEB_CONVERSIONS",
    "PRODUCT_SALES",
)
_MODES: Final = ("BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL", "BUDGET_MODE_INFINITE", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET")
_GOALS: Final = (
    "CLICK",
    "CONVERT",
    "ENGAGED_VIEW",
    "ENGAGED_VIEW_FIFTEEN",
    "FOLLOWERS",
    "INSTALL",
    "IN_APP_EVENT",
    "LEAD_GENERATION",
    "PAGE_VISIT",
    "REACH",
    "SHOW",
    "TRAFFIC_LANDING_PAGE_VIEW",
    "VALUE",
)
_BILLING: Final = ("CPC", "CPM", "CPV", "OCPM")
_AGES: Final = ("AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100")
_GENDERS: Final = ("GENDER_UNLIMITED", "GENDER_MALE", "GENDER_FEMALE")
_REQUIRED_GROUP: Final = (
    "adgroup_name",
    "billing_event",
    "budget",
    "budget_mode",
    "campaign_id",
    "optimization_goal",
    "pacing",
    "schedule_start_time",
    "schedule_type",
)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_EMOJI: Final = re.compile("[\U0001f000-\U0001faff☀-➿]")


def _campaign(asked: Asked) -> Response:
    body = asked.body(**fields.CAMPAIGN)
    _need(body, "campaign_name", "objective_type")
    _name(body["campaign_name"], "campaign_name")
    _one_of(body, "objective_type", _OBJECTIVES)
    if body["objective_type"] == "APP_PROMOTION":
        _need(body, "app_promotion_type")
    _money(body, least=50)
    made = {**_known(asked, body), "objective": "LANDING_PAGE", "budget": body.get("budget", 0.0)}
    return _made(asked, "campaign", made, body, asked.advertiser, lambda id_: {"campaign_id": id_})


def _ad_group(asked: Asked) -> Response:
    body = asked.body(**fields.AD_GROUP)
    _need(body, *_REQUIRED_GROUP)
    _name(body["adgroup_name"], "adgroup_name")
    campaign = kept(asked, "campaign", body["campaign_id"])
    if campaign is None or campaign["operation_status"] == "DELETE":
        raise missing("campaign")
    _one_of(body, "optimization_goal", _GOALS)
    _one_of(body, "billing_event", _BILLING)
    _one_of(body, "gender", _GENDERS)
    _money(body, least=20)
    _audience(body)
    _schedule(body)
    made = {**_known(asked, body), "campaign_name": campaign["campaign_name"]}
    return _made(asked, "adgroup", made, body, body["campaign_id"], lambda id_: {"adgroup_id": id_})


def _ad(asked: Asked) -> Response:
    body = asked.body(advertiser_id=str, adgroup_id=str, creatives=list)
    group = kept(asked, "adgroup", body.get("adgroup_id", ""))
    if group is None or group["operation_status"] == "DELETE":
        raise missing("adgroup")
    creatives = body.get("creatives") or []
    if len(creatives) != 1 or not isinstance(creatives[0], dict):
        raise Complaint(40002, "creatives: one creative is what is simulated.")
    creative: Document = creatives[0]
    _typed(creative)
    _need(creative, "ad_name", "ad_format", "identity_id", "identity_type")
    _name(creative["ad_name"], "ad_name")
    _shown(asked, creative)
    made = {**_known(asked, creative), "adgroup_id": group["adgroup_id"], "campaign_id": group["campaign_id"]}
    return _made(
        asked, "ad", made, creative, group["adgroup_id"], lambda id_: {"ad_ids": [id_], "creatives": [{"ad_id": id_}]}
    )


def _file(kind: str) -> Callable[[Asked], Response]:
    def upload(asked: Asked) -> Response:
        body = asked.body(advertiser_id=str, upload_type=str, file_name=str, **{f"{kind}_url": str})
        _need(body, "upload_type", f"{kind}_url")
        name = body.get("file_name") or body[f"{kind}_url"].rsplit("/", 1)[-1]
        if not 1 <= len(name) <= TEXT:
            raise Complaint(40002, "file_name: Length must be between 1 and 100.")
        if body["upload_type"] != "UPLOAD_BY_URL":
            raise Complaint(40002, "upload_type: UPLOAD_BY_URL is what is simulated.")
        made = {
            "file_name": name,
            "displayable": True,
            "made_at": epoch(asked.world.now),
            **_fetched(asked, kind, body),
        }

        def effect(id_: str) -> Any:
            return [{f"{kind}_id": id_, "file_name": name}] if kind == "video" else {"image_id": id_, "file_name": name}

        prefix = "v10033g50000" if kind == "video" else "ad-site-i18n-sg/"
        return _made(asked, kind, made, {f"{kind}_name": name}, asked.advertiser, effect, prefix=prefix)

    return upload


def _fetched(asked: Asked, kind: str, body: Document) -> Document:
    """TikTok fetches the file itself; of a cover of its own it knows that it is there."""
    url = str(body[f"{kind}_url"])
    if "tiktokcdn.com/" in url:
        return {"width": 1080, "height": 1920}
    got = asked.world.fetch(url)
    if got is None or got.status != 200 or not got.headers.get("content-type", "").startswith(kind):
        raise Complaint(40002, f"{kind}_url: Failed to download.")
    return {"size": len(got.body), "signature": state.digest(got.body.hex())[:32]}


# ------------------------------------------------------------------------------------------------------- visible


def _made(
    asked: Asked,
    level: str,
    made: Document,
    body: Mapping[str, Any],
    on: str,
    data: Callable[[str], Any],
    *,
    prefix: str = "",
) -> Response:
    """The effect, or what the name asks to go wrong. Raises Lost, Delayed."""
    name, verb = str(body[f"{level}_name"]), LEVELS[level][0] if level in LEVELS else "creative"
    _once(asked, str(body.get("request_id") or ""))

    def effect() -> Response:
        id_ = f"{prefix}{new_id(asked.world)}"
        keep(asked, level, {**made, f"{level}_id": id_, "advertiser_id": asked.advertiser})
        shown = id_ if level in LEVELS else f"{level}:{id_}"
        noted(asked, f"{verb}.create", shown, on, name)
        if body.get("request_id"):
            asked.world.put("ads_request", str(body["request_id"]), {"at": epoch(asked.world.now)})
        return answer(asked.world, data(id_))

    def complain(code: int, message: str) -> Callable[[], Response]:
        return lambda: Complaint(code, message).response(asked.world)

    return _faults.visible(
        asked.world,
        text=name,
        key=state.digest(f"{level}.{name}"),
        effect=effect,
        limited=complain(40100, "Too many requests. Please retry in some time."),
        expired=complain(40105, "Access token is incorrect or has been revoked."),
        rejected=complain(40002, f"{level}_name: contains what the advertising policies forbid."),
        broken=complain(50000, "System error."),
    )


def _once(asked: Asked, request_id: str) -> None:
    """The same request_id within ten seconds: only the first one succeeds."""
    if request_id and not (request_id.isdecimal() and int(request_id) < 2**63):
        raise Complaint(40002, "request_id: Not a valid 64-bit integer.")
    known = asked.world.get("ads_request", request_id or "-")
    if known and epoch(asked.world.now) - known["at"] < 10:
        raise Complaint(40002, "request_id: duplicated request.")


# -------------------------------------------------------------------------------------------------------- checks


def _known(asked: Asked, body: Document) -> Document:
    """What every thing has beside what it was made with."""
    wished = body.get("operation_status", "ENABLE")
    if wished not in {"ENABLE", "DISABLE"}:
        raise Complaint(40002, "operation_status: ENABLE or DISABLE.")
    now = stamp(asked.world)
    enabled = {"enabled_at": epoch(asked.world.now)} if wished == "ENABLE" else {}
    times = {
        "create_time": now,
        "modify_time": now,
        "operation_status": wished,
        "secondary_status": "STATUS_NOT_DELIVERY",
    }
    return {**{name: value for name, value in body.items() if name != "request_id"}, **times, **enabled}


def _need(body: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if body.get(name) in {None, ""}:
            raise Complaint(40002, f"{name}: Missing data for required field.")


def _one_of(body: Mapping[str, Any], name: str, known: tuple[str, ...]) -> None:
    if name in body and body[name] not in known:
        raise Complaint(40002, f"{name}: Must be one of: {', '.join(known)}.")


def _name(text: str, field: str) -> None:
    """Chinese and Japanese characters count twice; emoji are not supported."""
    if limits.count_name(text) > NAME:
        raise Complaint(40002, f"{field}: Longer than maximum length {NAME}.")
    if _EMOJI.search(text):
        raise Complaint(40002, f"{field}: Emojis are not supported.")


def _money(body: Mapping[str, Any], *, least: float) -> None:
    _one_of(body, "budget_mode", _MODES)
    budget = body.get("budget")
    if body.get("budget_mode", "BUDGET_MODE_INFINITE") == "BUDGET_MODE_INFINITE":
        return
    if budget is None or not least <= budget <= 10_000_000:
        raise Complaint(40002, f"budget: Must be between {least} and 10000000.")


def _audience(body: Mapping[str, Any]) -> None:
    places = body.get("location_ids") or []
    if not places or not all(isinstance(one, str) and one.isdecimal() for one in places):
        raise Complaint(40002, "location_ids: Missing data for required field.")
    if not set(map(str, body.get("age_groups") or ())) <= set(_AGES):
        raise Complaint(40002, f"age_groups: Must be among: {', '.join(_AGES)}.")
    if body.get("placement_type") == "PLACEMENT_TYPE_NORMAL" and not all(
        isinstance(one, str) and one.startswith("PLACEMENT_") for one in body.get("placements") or [None]
    ):
        raise Complaint(40002, "placements: Not a valid placement.")


def _schedule(body: Mapping[str, Any]) -> None:
    _one_of(body, "schedule_type", ("SCHEDULE_START_END", "SCHEDULE_FROM_NOW"))
    begins, ends = body["schedule_start_time"], body.get("schedule_end_time")
    if not _TIME.fullmatch(begins) or (ends and not _TIME.fullmatch(ends)):
        raise Complaint(40002, "schedule_start_time: Format must be YYYY-MM-DD HH:MM:SS.")
    if body["schedule_type"] == "SCHEDULE_START_END" and (not ends or _at(ends) <= _at(begins)):
        raise Complaint(40002, "schedule_end_time: Must be later than schedule_start_time.")
    if body["budget_mode"] == "BUDGET_MODE_TOTAL" and not ends:
        raise Complaint(40002, "schedule_type: A lifetime budget needs an end time.")


def _at(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - UTC, as all times here
    except ValueError:
        raise Complaint(40002, "schedule_start_time: no such instant.") from None


def _typed(creative: Document) -> None:
    try:
        state.only(creative, "creatives", **fields.CREATIVE)
    except state.Problem as problem:
        raise Complaint(40002, problem.message) from problem


def _shown(asked: Asked, creative: Mapping[str, Any]) -> None:
    """What the ad shows must be in the library; a video needs a cover; words have their length."""
    _one_of(creative, "ad_format", ("SINGLE_VIDEO", "SINGLE_IMAGE"))
    images = creative.get("image_ids") or []
    if any(kept(asked, "image", str(one)) is None for one in images):
        raise Complaint(40002, "image_ids: does not exist.")
    if creative.get("tiktok_item_id"):
        return
    if creative["ad_format"] == "SINGLE_VIDEO" and kept(asked, "video", str(creative.get("video_id") or "")) is None:
        raise Complaint(40002, "video_id: does not exist.")
    if not images:
        raise Complaint(40002, "You must upload an image.")
    if len(creative.get("ad_text") or "") > TEXT:
        raise Complaint(40002, f"ad_text: Longer than maximum length {TEXT}.")
    if not str(creative.get("landing_page_url") or "").startswith(("https://", "http://")):
        raise Complaint(40002, "landing_page_url: Not a valid URL.")


MAKING: Final[Mapping[str, Callable[[Asked], Response]]] = {
    "campaign/create": _campaign,
    "adgroup/create": _ad_group,
    "ad/create": _ad,
    "file/video/ad/upload": _file("video"),
    "file/image/ad/upload": _file("image"),
}
