"""The simulated Marketing API: ad accounts, labels, campaigns, ad sets, creatives, ads, and figures that look alive.

https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference, read 2026-11-22. Things belong to the
person who connected. An ad is reviewed for a minute; what is active with all that it hangs on gathers figures by day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.platforms import _alive, _faults
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import Done, World
from shared.platforms.facebook import ads_wire as wire
from shared.ports.http import Response

REVIEW_SECONDS = 60
LEAST_BUDGET = 100  # of the smallest unit, a day
KEPT = 300
MAX_NAME = 400
_LEVELS = {edge: level for level, edge in wire.EDGES.items()}
_BY_LABEL = {edge: level for level, edge in wire.BY_LABEL.items()}
_INSIGHTS = {theirs: ours for ours, theirs in wire.INSIGHT_LEVELS.items()}
_TAKEN: Mapping[str, str] = {
    "campaign": "objective special_ad_categories bid_strategy daily_budget lifetime_budget start_time stop_time "
    "is_adset_budget_sharing_enabled status",
    "ad_group": "campaign_id billing_event optimization_goal bid_amount bid_strategy daily_budget lifetime_budget "
    "start_time end_time targeting promoted_object dsa_beneficiary dsa_payor status",
    "creative": "object_story_id object_story_spec",
    "ad": "adset_id creative status",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A request to the Marketing API: by whom, and whether a Page's post exists (creatives promote it)."""

    ask: Ask
    world: World
    person: str
    has_post: Callable[[str], bool]


def handles(world: World, ask: Ask) -> bool:
    """Whether this is a request for ads: an ad account's, the listing of them, or one of its things."""
    head = ask.path[0] if ask.path else ""
    return head.startswith("act_") or ask.path[1:] == ("adaccounts",) or world.get("ad", head) is not None


def handle(desk: Desk) -> Response:
    """Answer one request. Raises Problem."""
    path, method = desk.ask.path, desk.ask.method
    if path[1:] == ("adaccounts",):
        return simulated.page(desk.ask, [_account(desk)], lambda row: simulated.chosen(desk.ask, row, "AdAccount"), "")
    if path[0].startswith("act_"):
        return _in_account(desk, path, method)
    found = desk.world.get("ad", path[0])
    if found is None or found["person"] != desk.person:
        raise simulated.missing(path[0], method.lower())
    if len(path) == 2 and path[1] in _LEVELS:
        return _listing(desk, _LEVELS[path[1]], lambda row: row["parent"] == path[0])
    return _node(desk, found)


def done(world: World, person: str) -> Sequence[Done]:
    """Everything that stands in the person's ad account: creations by name, and statuses that were set."""
    rows = [world.get("ad", id_) or {} for id_ in _ids(world, person)]
    made = [row for row in rows if row.get("level") in wire.EDGES]
    created = [Done(f"{row['level']}.create", row["id"], row["on"], row["name"], _at(row["made"])) for row in made]
    set_ = [
        Done(f"{row['level']}.status", row["id"], row["id"], row["status"], _at(row["set"]))
        for row in made
        if row["set"]
    ]
    return sorted((*created, *set_), key=lambda one: one.at)


# -------------------------------------------------------------------------------------------------- the account


def _account(desk: Desk) -> Document:
    return {
        "id": f"act_{_alive.digits(f'ad account of {desk.person}', 15)}",
        "name": "Sandbox ads",
        "currency": "EUR",
        "timezone_name": "Europe/Berlin",
        "account_status": 1,
    }


def _in_account(desk: Desk, path: tuple[str, ...], method: str) -> Response:
    account = _account(desk)
    if path[0] != account["id"]:
        raise Problem(
            200, f"(#200) Ad account owner has NOT grant ads_management or ads_read permission: {path[0]}", status=403
        )
    edge = path[1] if len(path) == 2 else ""
    if not edge and method == "GET":
        return simulated.answer(simulated.chosen(desk.ask, account, "AdAccount"))
    makers = {"adlabels": _label, "adimages": _image, "advideos": _video}
    if method == "POST" and edge in makers:
        return makers[edge](desk)
    if method == "POST" and edge in _LEVELS:
        return _create(desk, _LEVELS[edge])
    if method == "GET" and edge in _LEVELS:
        return _listing(desk, _LEVELS[edge], bool)
    if method == "GET" and edge in _BY_LABEL:
        wanted = set(desk.ask.items("ad_label_ids"))
        return _listing(desk, _BY_LABEL[edge], lambda row: bool(wanted) and wanted <= set(row["labels"]), deleted=True)
    if method == "GET" and edge == "insights":
        return _insights(desk)
    raise simulated.missing("/".join(path), method.lower())


def _listing(desk: Desk, level: str, wanted: Callable[[Document], bool], *, deleted: bool = False) -> Response:
    """Newest first; what is deleted is shown only when asked for by label."""
    rows = [desk.world.get("ad", id_) or {} for id_ in reversed(_ids(desk.world, desk.person))]
    some = [row for row in rows if row.get("level") == level and wanted(row)]
    shown = [_shown(desk, row) for row in some if deleted or row["status"] != "DELETED"]
    address = f"https://graph.facebook.com/v26.0/{'/'.join(desk.ask.path)}"
    return simulated.page(desk.ask, shown, lambda row: simulated.chosen(desk.ask, row, level), address)


# ------------------------------------------------------------------------------------------------------- making


def _label(desk: Desk) -> Response:
    desk.ask.allow("name")
    desk.ask.need("name")
    return simulated.answer({"id": _kept(desk, "label", {"name": desk.ask.text("name")})})


def _image(desk: Desk) -> Response:
    desk.ask.allow("bytes", "name")
    desk.ask.need("bytes")
    sign = simulated.hashed(desk.ask.text("bytes"))[:32]
    _keep(desk, "image", sign, {"name": "bytes"})
    return simulated.answer({"images": {"bytes": {"hash": sign, "url": f"https://scontent.xx.fbcdn.net/{sign}.jpg"}}})


def _video(desk: Desk) -> Response:
    desk.ask.allow("file_url", "name")
    desk.ask.need("file_url")
    if desk.world.fetch(desk.ask.text("file_url")) is None:
        raise Problem(389, "(#389) Unable to fetch video file from URL.")
    return simulated.answer({"id": _kept(desk, "video", {"name": desk.ask.text("name")})})


def _create(desk: Desk, level: str) -> Response:
    """A visible write: everything is looked at first, then it is there."""
    desk.ask.allow("name", "adlabels", *_TAKEN[level].split())
    desk.ask.need("name")
    if len(desk.ask.text("name")) > MAX_NAME:
        raise Problem(100, f"(#100) Param name must be no more than {MAX_NAME} characters long")
    labels = [str(label.get("id")) for label in desk.ask.items("adlabels") if isinstance(label, dict)]
    for label in labels:
        _owned(desk, label, "label")
    fields = {"campaign": _campaign, "ad_group": _ad_set, "creative": _creative, "ad": _ad}[level](desk)
    name = desk.ask.text("name")
    row = {"name": name, "labels": labels, "status": desk.ask.text("status") or "ACTIVE", "set": 0.0, **fields}

    def effect() -> Response:
        return simulated.answer({"id": _kept(desk, level, row)})

    return _faults.visible(
        desk.world,
        text=name,
        key=labels[0] if labels else name,
        effect=effect,
        limited=lambda: simulated.limited(_account(desk)["id"], "ads_management", code=80004, minutes=1).response(
            desk.world
        ),
        expired=lambda: simulated.expired("Sunday, 22-Nov-26").response(desk.world),
        rejected=lambda: Problem(
            100, "Invalid parameter", 1487694, user_message="The category you selected is no longer available."
        ).response(desk.world),
        broken=lambda: Problem(2, "An unexpected error has occurred.", status=500, transient=True).response(desk.world),
    )


def _campaign(desk: Desk) -> Document:
    ask = desk.ask
    if ask.text("objective") not in wire.OBJECTIVES.values():
        raise Problem(100, "(#100) Param objective must be one of {OUTCOME_APP_PROMOTION, OUTCOME_AWARENESS, …}")
    if "special_ad_categories" not in ask.params:
        raise Problem(
            100, "Invalid parameter", 2446394, user_message="The special_ad_categories parameter is required."
        )
    budget = _budget(ask)
    if not budget and "is_adset_budget_sharing_enabled" not in ask.params:
        words = (
            "Must specify True or False in is_adset_budget_sharing_enabled field if you are not using campaign budget."
        )
        raise Problem(100, "Invalid parameter", 4834011, user_message=words)
    times = _times(ask, "start_time", "stop_time")
    return {"on": _account(desk)["id"], "parent": "", "objective": ask.text("objective"), **budget, **times}


def _ad_set(desk: Desk) -> Document:
    ask = desk.ask
    ask.need("campaign_id", "billing_event", "optimization_goal", "targeting")
    campaign = _owned(desk, ask.text("campaign_id"), "campaign")
    budget = _budget(ask)
    if bool(budget) == bool(_has_budget(campaign)):
        words = "Your campaign or your ad set must have a budget, and only one of them."
        raise Problem(100, "Invalid parameter", 1885621, user_message=words)
    targeting = ask.object("targeting")
    if not (targeting.get("geo_locations") or targeting.get("custom_audiences")):
        raise Problem(
            100, "Invalid parameter", 1885364, user_message="Your ad set must have a location or an audience."
        )
    if "advantage_audience" not in targeting.get("targeting_automation", {}):
        words = "To create your ad set, you need to enable or disable the Advantage audience feature."
        raise Problem(100, "Invalid parameter", 1870227, user_message=words)
    if campaign["objective"] == "OUTCOME_APP_PROMOTION" and not ask.object("promoted_object").get("application_id"):
        words = "Please select a promoted object for your ad set."
        raise Problem(100, "Invalid parameter", 1815430, user_message=words)
    times = _times(ask, "start_time", "end_time")
    if budget.get("lifetime_budget") and not times["end_time"]:
        raise Problem(100, "(#100) A lifetime budget needs an end_time")
    return {"on": campaign["id"], "parent": campaign["id"], "targeting": targeting, **budget, **times}


def _creative(desk: Desk) -> Document:
    ask = desk.ask
    story, spec = ask.text("object_story_id"), ask.object("object_story_spec")
    if bool(story) == bool(spec):
        raise Problem(100, "(#100) A creative needs either object_story_id or object_story_spec")
    if story and not desk.has_post(story):
        raise Problem(100, "Invalid parameter", 1487472, user_message="The post cannot be promoted: it does not exist.")
    _check_spec(desk, spec)
    return {"on": _account(desk)["id"], "parent": "", "story": story, "spec": spec}


def _check_spec(desk: Desk, spec: Document) -> None:
    """What a story refers to must have been uploaded before."""
    link, video = spec.get("link_data") or {}, spec.get("video_data") or {}
    if spec and not (link.get("link") or video.get("video_id")):
        raise Problem(100, "(#100) object_story_spec leads nowhere: link_data.link or video_data.video_id")
    if link.get("image_hash"):
        _owned(desk, link["image_hash"], "image")
    if video.get("video_id"):
        _owned(desk, str(video["video_id"]), "video")


def _ad(desk: Desk) -> Document:
    ask = desk.ask
    ask.need("adset_id", "creative")
    ad_set = _owned(desk, ask.text("adset_id"), "ad_group")
    creative = _owned(desk, str(ask.object("creative").get("creative_id") or ""), "creative")
    return {"on": ad_set["id"], "parent": ad_set["id"], "creative": creative["id"]}


def _budget(ask: Ask) -> Document:
    given = {name: ask.text(name) for name in ("daily_budget", "lifetime_budget") if ask.text(name)}
    if len(given) > 1 or any(not value.isdecimal() for value in given.values()):
        raise Problem(100, "(#100) Give daily_budget or lifetime_budget, as a whole number")
    if any(int(value) < LEAST_BUDGET for value in given.values()):
        raise Problem(100, "Invalid parameter", 1885272, user_message="Your budget is too low.")
    return dict(given)


def _times(ask: Ask, *names: str) -> Document:
    found = {name: ask.text(name) or None for name in names}
    for name, value in found.items():
        try:
            datetime.fromisoformat(value or "2026-11-22")
        except ValueError:
            raise Problem(100, f"(#100) Param {name} must be a valid ISO 8601 date-time") from None
    return dict(found)


def _has_budget(row: Document) -> bool:
    return bool(row.get("daily_budget") or row.get("lifetime_budget"))


# --------------------------------------------------------------------------------------------------- one thing


def _node(desk: Desk, row: Document) -> Response:
    if desk.ask.method == "GET":
        return simulated.answer(simulated.chosen(desk.ask, _shown(desk, row), row["level"]))
    if desk.ask.method != "POST" or row["level"] not in wire.EDGES:
        raise simulated.missing(row["id"], desk.ask.method.lower())
    desk.ask.allow("status", "name")
    status = desk.ask.text("status")
    if status not in wire.STATUSES.values():
        raise Problem(100, "(#100) Param status must be one of {ACTIVE, PAUSED, DELETED, ARCHIVED}")
    if row["status"] == "DELETED" and status != "DELETED":
        raise Problem(100, "Invalid parameter", 1487056, user_message="What was deleted cannot be changed.")
    now = simulated.now(desk.world)
    since = row.get("active_since") or (now if status == "ACTIVE" else 0.0)
    desk.world.put("ad", row["id"], {**row, "status": status, "set": now, "active_since": since})
    return simulated.answer({"success": True})


def _shown(desk: Desk, row: Document) -> Document:
    """The fields that the API has of such a thing."""
    level = row["level"]
    shown: Document = {"id": row["id"], "name": row["name"], "status": row["status"]}
    if level == "video":
        ready = simulated.now(desk.world) - row["made"] > 5
        picture = f"https://scontent.xx.fbcdn.net/v/{row['id']}.jpg" if ready else None
        return {"id": row["id"], "picture": picture, "status": {"video_status": "ready" if ready else "processing"}}
    if level == "creative":
        story = row["story"] or f"{(row['spec'] or {}).get('page_id')}_{row['id']}"
        return {**shown, "object_story_id": row["story"] or None, "effective_object_story_id": story}
    shown["effective_status"] = _effective(desk, row)
    shown |= {name: row.get(name) for name in ("daily_budget", "lifetime_budget")}
    shown |= {name: _stamped(row.get(name)) for name in ("start_time", "stop_time", "end_time")}
    shown["created_time"] = simulated.stamp(row["made"])
    by_level = {
        "campaign": {"objective": row.get("objective")},
        "ad_group": {"campaign_id": row["parent"], "targeting": row.get("targeting")},
        "ad": {"adset_id": row["parent"], "creative": {"id": row.get("creative")}},
    }
    return shown | by_level.get(level, {})


def _effective(desk: Desk, row: Document) -> str:
    """What it does: its own status, unless something above it is paused, or it is being reviewed."""
    if row["status"] != "ACTIVE":
        return str(row["status"])
    above = desk.world.get("ad", row["parent"]) if row["parent"] else None
    while above:
        if above["status"] != "ACTIVE":
            return "CAMPAIGN_PAUSED" if above["level"] == "campaign" else "ADSET_PAUSED"
        above = desk.world.get("ad", above["parent"]) if above["parent"] else None
    reviewed = simulated.now(desk.world) - row["made"] > REVIEW_SECONDS
    return "ACTIVE" if row["level"] != "ad" or reviewed else "PENDING_REVIEW"


# ---------------------------------------------------------------------------------------------------- the figures


def _insights(desk: Desk) -> Response:
    ask = desk.ask
    ask.allow("level", "time_range", "filtering", "limit", "after")
    level = _INSIGHTS.get(ask.text("level") or "account")
    if level is None:
        raise Problem(100, "(#100) level must be one of the following values: ad, adset, campaign, account")
    since, until = _range(desk)
    wanted = [str(value) for rule in ask.items("filtering") for value in rule.get("value", [])]
    totals: dict[str, list[str]] = {}
    for id_ in _ids(desk.world, desk.person):
        row = desk.world.get("ad", id_) or {}
        if row.get("level") == "ad" and row.get("active_since"):
            totals.setdefault(_above(desk, row, level), []).append(id_)
    rows = [
        _figures(desk, level, key, ads, since, until)
        for key, ads in totals.items()
        if not wanted or level == "account" or key in wanted
    ]
    shown = [simulated.chosen(ask, row, "AdsInsights") for row in rows if row["impressions"] != "0"]
    return simulated.answer({"data": [{k: v for k, v in row.items() if k != "id"} for row in shown]})


def _figures(desk: Desk, level: str, key: str, ads: Sequence[str], since: date, until: date) -> Document:
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    views = sum(_of_day(desk, id_, day) for id_ in ads for day in days)
    clicks = views // 50
    named = {f"{wire.INSIGHT_LEVELS[level]}_id": key} if level != "account" else {}
    return {
        "id": key,
        **named,
        "impressions": str(views),
        "reach": str(views * 3 // 4),
        "clicks": str(clicks),
        "inline_link_clicks": str(clicks * 4 // 5),
        "spend": f"{views * 0.006:.2f}",
        "conversions": [{"action_type": "lead_total", "value": str(clicks // 20)}] if clicks >= 20 else None,
        "video_play_actions": [{"action_type": "video_view", "value": str(views // 3)}],
        "date_start": since.isoformat(),
        "date_stop": until.isoformat(),
    }


def _of_day(desk: Desk, ad_id: str, day: date) -> int:
    """Impressions of an ad on a day: none before it was active, nor in the future."""
    row = desk.world.get("ad", ad_id) or {}
    begun = _at(row["active_since"]).date()
    if not begun <= day <= desk.world.now.date():
        return 0
    return _alive.daily(ad_id, day.toordinal(), least=200, most=2000)


def _above(desk: Desk, ad: Document, level: str) -> str:
    """The id of the thing of this level that an ad belongs to."""
    if level == "account":
        return str(_account(desk)["id"])
    row: Document = ad
    while row["level"] != level:
        row = desk.world.get("ad", row["parent"]) or {"level": level, "id": ""}
    return str(row["id"])


def _range(desk: Desk) -> tuple[date, date]:
    given = desk.ask.object("time_range")
    try:
        since, until = date.fromisoformat(given["since"]), date.fromisoformat(given["until"])
    except (KeyError, TypeError, ValueError):
        raise Problem(100, "(#100) param time_range must be {'since': YYYY-MM-DD, 'until': YYYY-MM-DD}") from None
    if since > until or (desk.world.now.date() - since).days > 37 * 31:
        raise Problem(3018, "(#3018) The start date of the time range cannot be beyond 37 months from the current date")
    return since, until


# ---------------------------------------------------------------------------------------------------------- state


def _kept(desk: Desk, level: str, row: Document) -> str:
    number = desk.world.serial("marketing")
    return _keep(desk, level, f"23{_alive.digits(f'{level} {number}', 15)}", row)


def _keep(desk: Desk, level: str, id_: str, row: Document) -> str:
    now = simulated.now(desk.world)
    base = {
        "id": id_,
        "level": level,
        "person": desk.person,
        "made": now,
        "parent": "",
        "status": "ACTIVE",
        "labels": [],
    }
    desk.world.put("ad", id_, {**base, **row})
    owner = desk.person if level in wire.EDGES else f"{desk.person}.files"
    ids = [*(known for known in _ids(desk.world, owner) if known != id_), id_]
    for old in ids[:-KEPT]:
        desk.world.delete("ad", old)
    desk.world.put("ads", owner, {"ids": ids[-KEPT:]})
    return id_


def _ids(world: World, person: str) -> list[str]:
    return list((world.get("ads", person) or {"ids": []})["ids"])


def _owned(desk: Desk, id_: str, level: str) -> Document:
    row = desk.world.get("ad", id_) if id_ else None
    if row is None or row["person"] != desk.person or row["level"] != level or row["status"] == "DELETED":
        raise Problem(
            100, "Invalid parameter", 1487851, user_message=f"{id_ or 'Nothing'} is no {level} of this account."
        )
    return row


def _at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _stamped(value: object) -> str | None:
    if not value:
        return None
    given = datetime.fromisoformat(str(value))
    return given.strftime("%Y-%m-%dT%H:%M:%S%z")
