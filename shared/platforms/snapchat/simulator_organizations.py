"""The simulated organizations, ad accounts and what is in them, on the ads host.

Writes are batches with a status per item; everything is checked as far as it is documented. Chosen where Snapchat is silent: a
media is ready five seconds after its upload, an ad's review takes a minute, deleting is for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.contract import Done, World
from shared.platforms.snapchat import simulator_core as core
from shared.platforms.snapchat import simulator_figures as figures
from shared.platforms.snapchat.simulator_core import Asked, Fail, success
from shared.platforms.snapchat.simulator_oauth import unauthorized
from shared.ports.http import Response

_SINGLE: Final = {"campaigns": "campaign", "adsquads": "adsquad", "creatives": "creative", "ads": "ad"}
_VERBS: Final = {"campaigns": "campaign", "adsquads": "ad_group", "creatives": "creative", "ads": "ad"}
_PARENT: Final = {
    "campaigns": "ad_account_id",
    "adsquads": "campaign_id",
    "creatives": "ad_account_id",
    "ads": "ad_squad_id",
}
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "campaigns": ("name", "ad_account_id", "status", "start_time"),
    "adsquads": (
        "name",
        "campaign_id",
        "type",
        "status",
        "targeting",
        "billing_event",
        "optimization_goal",
        "bid_strategy",
    ),
    "creatives": ("name", "ad_account_id", "type", "headline", "top_snap_media_id", "profile_properties"),
    "ads": ("name", "ad_squad_id", "creative_id", "type", "status"),
}
_OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "campaigns": ("daily_budget_micro", "lifetime_spend_cap_micro", "end_time", "objective_v2_properties"),
    "adsquads": (
        "placement_v2",
        "delivery_constraint",
        "daily_budget_micro",
        "lifetime_budget_micro",
        "bid_micro",
        "start_time",
        "end_time",
    ),
    "creatives": ("brand_name", "shareable", "call_to_action", "web_view_properties"),
    "ads": (),
}
_OBJECTIVES: Final = {"AWARENESS_AND_ENGAGEMENT", "TRAFFIC", "LEADS", "APP_PROMOTION", "SALES"}
_AD_TYPES: Final = {"SNAP_AD": "SNAP_AD", "WEB_VIEW": "REMOTE_WEBPAGE"}
_READY: Final = timedelta(seconds=5)
_REVIEW: Final = timedelta(minutes=1)
_MOST_BYTES: Final = 32_000_000


def routes(uuid: str) -> Iterator[tuple[str, str, Callable[..., Response]]]:
    """(method, path, what answers) of the ads host."""
    plural = r"(campaigns|adsquads|creatives|ads)"
    yield "GET", r"/v1/me/organizations", mine
    yield "GET", rf"/v1/organizations/{uuid}/adaccounts", ad_accounts
    yield "GET", rf"/v1/adaccounts/{uuid}", ad_account
    yield "GET", rf"/v1/adaccounts/{uuid}/stats", figures.of_account
    yield "GET", rf"/v1/adaccounts/{uuid}/{plural}", listed
    yield "POST", rf"/v1/adaccounts/{uuid}/media", create_media
    yield "POST", rf"/v1/media/{uuid}/upload", upload
    yield "GET", rf"/v1/media/{uuid}", media
    yield "GET", rf"/v1/{plural}/{uuid}/stats", figures.of_thing
    yield "GET", rf"/v1/{plural}/{uuid}", one
    yield "DELETE", rf"/v1/{plural}/{uuid}", delete
    for above, below in (("adaccounts", r"(campaigns|creatives)"), ("campaigns", "(adsquads)"), ("adsquads", "(ads)")):
        yield "POST", rf"/v1/{above}/{uuid}/{below}", create
        yield "PUT", rf"/v1/{above}/{uuid}/{below}", replace


# --------------------------------------------------------------------------------- organizations and accounts


def mine(asked: Asked) -> Response:
    """GET /v1/me/organizations."""
    who = core.person(asked.world, asked.user)
    found = [{"id": who["organization"], "name": f"{who['name'].title()} Ltd", "type": "ENTERPRISE", "state": "ACTIVE"}]
    shown, paging = core.page(asked, found)
    return success(asked, paging=paging, organizations=core.wrapped("organization", shown))


def ad_accounts(asked: Asked, organization_id: str) -> Response:
    """GET /v1/organizations/{id}/adaccounts."""
    if core.person(asked.world, asked.user)["organization"] != organization_id:
        raise Fail(403, "AUTHORIZATION_PERMISSION_DENIED", "Authorization permission denied")
    shown, paging = core.page(asked, [core.account_of(organization_id)])
    return success(asked, paging=paging, adaccounts=core.wrapped("adaccount", shown))


def ad_account(asked: Asked, account_id: str) -> Response:
    """GET /v1/adaccounts/{id}."""
    return success(asked, adaccounts=core.wrapped("adaccount", [core.own_account(asked, account_id)]))


# ----------------------------------------------------------------------------------------------------- media


def create_media(asked: Asked, account_id: str) -> Response:
    """POST /v1/adaccounts/{id}/media."""
    core.own_account(asked, account_id)
    items = asked.json("media").get("media")
    if not isinstance(items, list) or len(items) != 1 or set(items[0]) != {"name", "type", "ad_account_id"}:
        raise Fail(400, "E4002", "media must be a list of one with name, type and ad_account_id")
    media_id = core.uuid(f"ad-media/{asked.world.serial('snap.ad-media')}")
    made = {**items[0], "id": media_id, "account": account_id, "uploaded": ""}
    asked.world.put("snap.ad-media", media_id, made)
    return success(asked, media=core.wrapped("media", [_shown_media(made, asked.now)]))


def upload(asked: Asked, media_id: str) -> Response:
    """POST /v1/media/{id}/upload."""
    held, content = _media(asked, media_id), asked.multipart().get("file", b"")
    if not content or len(content) > _MOST_BYTES:
        raise Fail(400, "E4002", "file must be given, at most 32 MB")
    made = {**held, "uploaded": asked.now.isoformat()}
    asked.world.put("snap.ad-media", media_id, made)
    return success(asked, result=_shown_media(made, asked.now))


def media(asked: Asked, media_id: str) -> Response:
    """GET /v1/media/{id}."""
    return success(asked, media=core.wrapped("media", [_shown_media(_media(asked, media_id), asked.now)]))


def _media(asked: Asked, media_id: str) -> dict[str, Any]:
    held = asked.world.get("snap.ad-media", media_id)
    if held is None:
        raise Fail(404, "E3006", f"media {media_id} not found")
    core.own_account(asked, held["account"])
    return held


def _shown_media(held: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    ready = held["uploaded"] and datetime.fromisoformat(held["uploaded"]) + _READY <= now
    status = "READY" if ready else "UPLOADED" if held["uploaded"] else "PENDING_UPLOAD"
    return {**{name: held[name] for name in ("id", "name", "type", "ad_account_id")}, "media_status": status}


# ---------------------------------------------------------------------------------------------------- things


def create(asked: Asked, parent_id: str, plural: str) -> Response:
    """POST a batch of one."""
    thing, account_id = _checked(asked, parent_id, plural)
    return _visible(asked, plural, thing, lambda: _made(asked, plural, thing, account_id))


def replace(asked: Asked, parent_id: str, plural: str) -> Response:
    """PUT a batch of one: the whole thing; what is left out is gone."""
    thing, _ = _checked(asked, parent_id, plural, known_id=True)
    before = _held(asked, plural, thing["id"])
    kept: dict[str, Any] = {
        name: before[name] for name in ("account", "created", "started", "changed") if name in before
    }
    if thing.get("status") == "ACTIVE" and not kept.get("started"):
        kept["started"] = asked.now.isoformat()
    changed = {**thing, **kept, "changed": asked.now.isoformat()}
    asked.world.put(f"snap.{plural}", thing["id"], changed)
    return success(asked, **{plural: core.wrapped(_SINGLE[plural], [_shown(plural, changed, asked.now)])})


def delete(asked: Asked, plural: str, thing_id: str) -> Response:
    """DELETE one; its name is gone from the listings."""
    held = _held(asked, plural, thing_id)
    asked.world.delete(f"snap.{plural}", thing_id)
    ids = _ids(asked.world, plural, held["account"])
    asked.world.put(f"snap.{plural}.of", held["account"], {"ids": [known for known in ids if known != thing_id]})
    return success(asked)


def one(asked: Asked, plural: str, thing_id: str) -> Response:
    """GET one."""
    shown = _shown(plural, _held(asked, plural, thing_id), asked.now)
    return success(asked, **{plural: core.wrapped(_SINGLE[plural], [shown])})


def listed(asked: Asked, account_id: str, plural: str) -> Response:
    """GET those of an ad account, newest first."""
    core.own_account(asked, account_id)
    ids = reversed(_ids(asked.world, plural, account_id))
    found = [held for thing_id in ids if (held := asked.world.get(f"snap.{plural}", thing_id))]
    shown, paging = core.page(asked, [_shown(plural, held, asked.now) for held in found])
    return success(asked, paging=paging, **{plural: core.wrapped(_SINGLE[plural], shown)})


def _checked(asked: Asked, parent_id: str, plural: str, *, known_id: bool = False) -> tuple[dict[str, Any], str]:
    """The one thing of the batch and the ad account that it is in. Raises Fail."""
    items = asked.json(plural).get(plural)
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise Fail(400, "E4002", f"{plural} must be a list")
    thing = dict(items[0])
    named = {*_NEEDED[plural], *_OPTIONAL[plural], *(("id",) if known_id else ())}
    strange, absent = set(thing) - named, {name for name in _NEEDED[plural] if not thing.get(name)}
    if strange or absent:
        raise Fail(400, "E4002", f"Unrecognized: {sorted(strange)}; required: {sorted(absent)}")
    if thing[_PARENT[plural]] != parent_id:
        raise Fail(400, "E4002", f"{_PARENT[plural]} is not the one in the address")
    if len(str(thing["name"])) > 375:
        raise Fail(400, "E4002", "name exceeds the maximum length of 375 characters")
    account_id = parent_id
    if plural in {"adsquads", "ads"}:
        account_id = _held(asked, "campaigns" if plural == "adsquads" else "adsquads", parent_id)["account"]
    core.own_account(asked, account_id)
    _RULES[plural](asked, thing)
    return thing, account_id


def _campaign_rules(asked: Asked, thing: Mapping[str, Any]) -> None:
    objective = (thing.get("objective_v2_properties") or {}).get("objective_v2_type")
    if objective is not None and objective not in _OBJECTIVES:
        raise Fail(400, "E4002", f"objective_v2_type {objective} is not known")


def _ad_squad_rules(asked: Asked, thing: Mapping[str, Any]) -> None:
    budget = "daily_budget_micro" if thing.get("delivery_constraint") == "DAILY_BUDGET" else "lifetime_budget_micro"
    if not isinstance(thing.get(budget), int) or (budget.startswith("daily") and thing[budget] < 5_000_000):
        raise Fail(400, "E4002", f"{budget} is required, at least 5000000 a day")
    if not isinstance(thing["targeting"], dict) or not thing["targeting"].get("geos"):
        raise Fail(400, "E4002", "targeting needs geos")
    if (thing["bid_strategy"] == "AUTO_BID") != ("bid_micro" not in thing):
        raise Fail(400, "E4002", "bid_micro belongs to the bid strategies with a bid")


def _creative_rules(asked: Asked, thing: Mapping[str, Any]) -> None:
    held = asked.world.get("snap.ad-media", str(thing["top_snap_media_id"]))
    if held is None or _shown_media(held, asked.now)["media_status"] != "READY":
        raise Fail(400, "E4002", "top_snap_media_id is not a media that is READY")
    core.own_profile(asked, str((thing["profile_properties"] or {}).get("profile_id")))
    if thing["type"] not in _AD_TYPES or (thing["type"] == "WEB_VIEW") != bool(thing.get("web_view_properties")):
        raise Fail(400, "E4002", "type must be SNAP_AD, or WEB_VIEW with web_view_properties")
    if len(str(thing["headline"])) > 34 or len(str(thing.get("brand_name", ""))) > 32:
        raise Fail(400, "E4002", "headline has at most 34 characters, brand_name 32")


def _ad_rules(asked: Asked, thing: Mapping[str, Any]) -> None:
    creative = _held(asked, "creatives", str(thing["creative_id"]))
    if _AD_TYPES[creative["type"]] != thing["type"]:
        raise Fail(400, "E4002", f"type does not fit a creative of type {creative['type']}")


_RULES: Final[Mapping[str, Callable[[Asked, Mapping[str, Any]], None]]] = {
    "campaigns": _campaign_rules,
    "adsquads": _ad_squad_rules,
    "creatives": _creative_rules,
    "ads": _ad_rules,
}


def _visible(asked: Asked, plural: str, thing: Mapping[str, Any], effect: Callable[[], Response]) -> Response:
    name = str(thing["name"])
    return _faults.visible(
        asked.world,
        text=name,
        key="snap.ads." + sha256(f"{plural}/{name}".encode()).hexdigest()[:32],
        effect=effect,
        limited=lambda: Fail(429, "E4290", "Too many requests").response(),
        expired=unauthorized().response,
        rejected=lambda: _item_refused(plural, "The name is not allowed"),
        broken=lambda: Response(503, {"content-type": "text/html"}, b"<h1>Service unavailable</h1>"),
    )


def _item_refused(plural: str, reason: str) -> Response:
    """A 200 whose one item was not made."""
    item = {"sub_request_status": "ERROR", "sub_request_error_reason": reason}
    said = json.loads(Fail(200, "E4002", "Some items were not made").response().body)
    return core.reply(200, {**said, plural: [item]})


def _made(asked: Asked, plural: str, thing: Mapping[str, Any], account_id: str) -> Response:
    thing_id = core.uuid(f"{plural}/{asked.world.serial('snap.things')}")
    made = {**thing, "id": thing_id, "account": account_id, "created": asked.now.isoformat()}
    asked.world.put(f"snap.{plural}", thing_id, made)
    ids = [*_ids(asked.world, plural, account_id), thing_id][-core.KEPT :]
    asked.world.put(f"snap.{plural}.of", account_id, {"ids": ids})
    return success(asked, **{plural: core.wrapped(_SINGLE[plural], [_shown(plural, made, asked.now)])})


def _held(asked: Asked, plural: str, thing_id: str) -> dict[str, Any]:
    held = asked.world.get(f"snap.{plural}", thing_id)
    if held is None:
        raise Fail(404, "E3006", f"{_SINGLE[plural]} {thing_id} not found")
    core.own_account(asked, held["account"])
    return held


def _ids(world: World, plural: str, account_id: str) -> list[str]:
    return list((world.get(f"snap.{plural}.of", account_id) or {"ids": []})["ids"])


def _shown(plural: str, held: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    created = datetime.fromisoformat(held["created"])
    hidden = {"account", "created", "started", "changed"}
    shown = {name: value for name, value in held.items() if name not in hidden}
    shown |= {"created_at": core.stamp(created), "updated_at": core.stamp(created)}
    if plural == "ads":
        shown["review_status"] = "APPROVED" if created + _REVIEW <= now else "PENDING"
    return shown


def done(world: World, account_id: str) -> list[Done]:
    """What stands in the ad account, and what was set running."""
    found = []
    for plural, level in _VERBS.items():
        for thing_id in _ids(world, plural, account_id):
            held = world.get(f"snap.{plural}", thing_id) or {}
            at = datetime.fromisoformat(held["created"])
            found.append(Done(f"{level}.create", thing_id, held[_PARENT[plural]], held["name"], at))
            if held.get("changed"):
                changed = datetime.fromisoformat(held["changed"])
                found.append(Done(f"{level}.status", thing_id, thing_id, "", changed))
    return sorted(found, key=lambda one: one.at)
