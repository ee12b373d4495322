"""The simulated Reddit's ads API: one business and ad account per person, what was made in it, and figures for what runs.

Answers are in its envelope, refusals in its own shape. Only what is active, below what is active, delivers; each day of it has
figures of its own. What is archived stays so; it can be deleted three hours later, and is in no list then, but there by its id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.reddit import simulator_ads_fields as fields
from shared.platforms.reddit import simulator_oauth as oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit import simulator_wire as wire
from shared.platforms.reddit.simulator_wire import Asked, Denied
from shared.ports.http import Response

HOST: Final = "ads-api.reddit.com"
LEVELS: Final = {"campaigns": "campaign", "ad_groups": "ad_group", "ads": "ad"}
_PARENTS: Final = {"ad_group": "campaign_id", "ad": "ad_group_id"}
_PAUSED: Final = ("CAMPAIGN_PAUSED", "AD_GROUP_PAUSED", "PAUSED")
_ENDED: Final = ("ARCHIVED", "DELETED")
_UNDELETABLE_SECONDS: Final = 3 * 3600
_LIMITED_SECONDS: Final = 30
_NOUGHT: Final = {"impressions": 0, "clicks": 0, "spend": 0, "key_conversion_total_count": 0}
_PLURAL: Final = "(campaigns|ad_groups|ads)"


def account_id(user_id: str) -> str:
    """The ad account of a person."""
    return "a2_" + wire.base36(36**6 + _alive.luck(f"reddit/{user_id}/ads", 36**6))


def handle(asked: Asked) -> Response:
    """Anything on the ads host. Raises Denied, Lost, Delayed."""
    for method, path, scope, answer in _ROUTES:
        found = re.fullmatch("/api/v3" + path, asked.path)
        if found and method == asked.method:
            return answer(_recognised(asked, scope), *found.groups())
    return refused(404, "not found")


def all_of(world: World, user_id: str) -> list[dict[str, Any]]:
    """Everything in a person's ad account, oldest first."""
    return [one for name in state.ids(world, "reddit.adsof", user_id) if (one := world.get("reddit.ad", name))]


def refused(code: int, message: str, *problems: tuple[str, str], **headers: str) -> Response:
    """A refusal of the ads API."""
    listed = [{"field": field, "message": words} for field, words in problems]
    return wire.answer({"error": {"code": code, "message": message, "fields": listed}}, code, **headers)


# ------------------------------------------------------------------------------------------------------ reading


def _businesses(asked: Asked) -> Response:
    return _page(asked, [{"id": _business(asked), "name": f"{asked.name}'s business", "industry": "OTHER"}])


def _accounts(asked: Asked, business: str) -> Response:
    if business != _business(asked):
        return refused(404, "business not found")
    about = {
        "id": account_id(asked.user_id),
        "business_id": business,
        "name": f"{asked.name} ads",
        "currency": "USD",
        "time_zone_id": "America/Los_Angeles",
        "type": "SELF_SERVE",
        "admin_approval": "APPROVED",
    }
    return _page(asked, [about])


def _instruments(asked: Asked, account: str) -> Response:
    _own(asked, account)
    name = fields.instrument(asked.user_id)
    return _page(asked, [{"id": name, "name": "Visa", "currency": "USD", "is_servable": True}])


def _pixels(asked: Asked, account: str) -> Response:
    _own(asked, account)
    return _page(asked, [{"id": fields.PIXEL, "name": f"{asked.name}'s pixel", "business_id": _business(asked)}])


def _listed(asked: Asked, account: str, plural: str) -> Response:
    _own(asked, account)
    level = LEVELS[plural]
    found = [one for one in all_of(asked.world, asked.user_id) if one["level"] == level]
    found = [one for one in found if one["data"]["configured_status"] != "DELETED"]
    if wanted := asked.query.get(_PARENTS.get(level, "-")):
        found = [one for one in found if one["data"][_PARENTS[level]] == wanted]
    return _page(asked, [_view(asked.world, one) for one in found])


def _read(asked: Asked, plural: str, one_id: str) -> Response:
    return wire.answer({"data": _view(asked.world, _thing(asked, plural, one_id))})


# ------------------------------------------------------------------------------------------------------ writing


def _create(asked: Asked, account: str, plural: str) -> Response:
    _own(asked, account)
    data, level = _data(asked), LEVELS[plural]
    if problem := fields.problem(level, data):
        return refused(400, "the request is invalid", problem)
    name = str(data["name"])
    return _faults.visible(
        asked.world,
        text=name,
        key=f"reddit.ads.{asked.user_id}.{name}",
        effect=lambda: _made(asked, account, level, data),
        limited=lambda: refused(429, "rate limit exceeded", ratelimit=f'"ads-write";r=0;t={_LIMITED_SECONDS}'),
        expired=lambda: refused(401, "unauthorized"),
        rejected=lambda: refused(400, "the request is invalid", ("name", "the name is not allowed")),
        broken=lambda: refused(500, "internal server error"),
    )


def _made(asked: Asked, account: str, level: str, data: Mapping[str, Any]) -> Response:
    world, line = asked.world, list[str]()
    if level != "campaign":
        above = world.get("reddit.ad", str(data[_PARENTS[level]]))
        if not above or above["user"] != asked.user_id or f"{above['level']}_id" != _PARENTS[level]:
            return refused(404, f"{_PARENTS[level]} not found")
        line = above["line"]
    if level == "ad_group" and data["conversion_pixel_id"] != fields.PIXEL:
        return refused(400, "the request is invalid", ("conversion_pixel_id", "is none of this account's pixels"))
    if data.get("funding_instrument_id", fields.instrument(asked.user_id)) != fields.instrument(asked.user_id):
        return refused(400, "the request is invalid", ("funding_instrument_id", "not found"))
    if level == "ad" and not _shows(world, str(data["post_id"])):
        return refused(400, "the request is invalid", ("post_id", "post not found"))
    one_id = str(2 * 10**18 + 7919 * world.serial("reddit.ads"))
    one = {
        "id": one_id,
        "level": level,
        "user": asked.user_id,
        "account": account,
        "line": [*line, one_id],
        "parent": line[-1] if line else account,
        "data": dict(data),
        "created": wire.epoch(world),
        "modified": wire.epoch(world),
        "active_since": wire.epoch(world) if data["configured_status"] == "ACTIVE" else None,
    }
    world.put("reddit.ad", one_id, one)
    state.listed(world, "reddit.adsof", asked.user_id, one_id)
    return wire.answer({"data": _view(world, one)})


def _change(asked: Asked, plural: str, one_id: str) -> Response:
    one, data = _thing(asked, plural, one_id), _data(asked)
    status = data.get("configured_status")
    if set(data) != {"configured_status"} or status not in fields.STATUSES:
        return refused(400, "the request is invalid", ("data", "only configured_status changes in the sandbox"))
    now = wire.epoch(asked.world)
    before = one["data"]["configured_status"]
    if before in _ENDED and status != before and (status != "DELETED" or now < one["modified"] + _UNDELETABLE_SECONDS):
        return refused(400, "the request is invalid", ("configured_status", f"cannot be {status} after {before} yet"))
    if status == "DELETED" and before not in _ENDED:
        return refused(400, "the request is invalid", ("configured_status", "must be ARCHIVED before"))
    since = one["active_since"] or now if status == "ACTIVE" else one["active_since"]
    changed = {**one, "data": {**one["data"], **data}, "modified": now, "active_since": since}
    asked.world.put("reddit.ad", one_id, changed)
    return wire.answer({"data": _view(asked.world, changed)})


def _view(world: World, one: Mapping[str, Any]) -> dict[str, Any]:
    """A thing as the ads API shows it."""
    levels = [world.get("reddit.ad", name) or {} for name in one["line"]]
    own = one["data"]["configured_status"]
    asleep = [_PAUSED[i] for i, above in enumerate(levels[:-1]) if above["data"]["configured_status"] != "ACTIVE"]
    line = {f"{above['level']}_id": above["id"] for above in levels[:-1]}
    return {
        **one["data"],
        **line,
        "id": one["id"],
        "ad_account_id": one["account"],
        "effective_status": own if own != "ACTIVE" or not asleep else asleep[0],
        "created_at": _instant(one["created"]),
        "modified_at": _instant(one["modified"]),
    }


# ----------------------------------------------------------------------------------------------------- figures


def _report(asked: Asked, account: str) -> Response:
    _own(asked, account)
    data = _data(asked)
    problem = fields.report_problem(data)
    if problem:
        return refused(400, "the request is invalid", problem)
    key = str(data["breakdowns"][0]).lower()
    first, last = (datetime.fromisoformat(str(data[name])).date() for name in ("starts_at", "ends_at"))
    rows: dict[str, dict[str, int]] = {}
    for ad in all_of(asked.world, asked.user_id):
        delivered = _delivered(asked, ad, first, last) if ad["level"] == "ad" else None
        if delivered:
            group = {"ad_account_id": account, **dict(zip(_IDS, ad["line"], strict=True))}[key]
            total = rows.get(group, _NOUGHT)
            rows[group] = {name: total[name] + delivered[name] for name in _NOUGHT}
    wanted = [str(field).lower() for field in data["fields"]]
    metrics = [{key: group, **{name: total[name] for name in wanted}} for group, total in rows.items()]
    return wire.answer({"data": {"metrics": metrics}, "pagination": {"next_url": None, "previous_url": None}})


_IDS: Final = ("campaign_id", "ad_group_id", "ad_id")


def _delivered(asked: Asked, ad: Mapping[str, Any], first: date, last: date) -> dict[str, int] | None:
    """What an ad delivered on these days: from when all above it was active, for as long as it still is."""
    line = [asked.world.get("reddit.ad", name) for name in ad["line"]]
    if any(not one or one["data"]["configured_status"] != "ACTIVE" for one in line):
        return None
    since = max(float(one["active_since"]) for one in line if one)
    first = max(first, state.at(since).date())
    last = min(last, asked.world.now.date())
    numbers = range(first.toordinal(), last.toordinal() + 1)
    views = sum(_alive.daily(f"reddit/{ad['id']}", number, least=200, most=900) for number in numbers)
    clicks = views // 80
    figures = (views, clicks, clicks * 420_000, clicks // 25)
    return dict(zip(_NOUGHT, figures, strict=True)) if views else None


# ------------------------------------------------------------------------------------------------------- asking


def _recognised(asked: Asked, scope: str) -> Asked:
    try:
        return oauth.recognise(asked, frozenset((scope,)))
    except Denied as denied:
        status = denied.response.status
        raise Denied(refused(status, "unauthorized" if status == 401 else "forbidden")) from denied


def _business(asked: Asked) -> str:
    return "00000000-0000-4000-8000-" + _alive.digits(f"reddit/{asked.user_id}/business", 12)


def _own(asked: Asked, account: str) -> None:
    if account != account_id(asked.user_id):
        raise Denied(refused(403, "no access to this ad account"))


def _thing(asked: Asked, plural: str, one_id: str) -> dict[str, Any]:
    one = asked.world.get("reddit.ad", one_id)
    if not one or one["user"] != asked.user_id or one["level"] != LEVELS[plural]:
        raise Denied(refused(404, f"{LEVELS[plural]} not found"))
    return one


def _shows(world: World, name: str) -> bool:
    found = state.post(world, name.removeprefix("t3_")) if name.startswith("t3_") else None
    return bool(found) and not (found or {})["deleted"]


def _data(asked: Asked) -> dict[str, Any]:
    """What is in the envelope. Raises Denied."""
    try:
        body = json.loads(asked.body or b"null")
    except ValueError:
        body = None
    data = body.get("data") if isinstance(body, dict) and set(body) == {"data"} else None
    if not isinstance(data, dict):
        raise Denied(refused(400, "the request is invalid", ("data", "is required")))
    return data


def _page(asked: Asked, found: list[dict[str, Any]]) -> Response:
    """A page of a list; its token is the number of things before it. Raises Denied."""
    size, token = asked.query.get("page.size", "100"), asked.query.get("page.token", "0")
    if not size.isdecimal() or not 1 <= int(size) <= 1000 or not token.isdecimal() or len(token) > 9:
        raise Denied(refused(400, "the request is invalid", ("page", "is invalid")))
    end = int(token) + int(size)
    kept = "".join(f"{name}={asked.query[name]}&" for name in _PARENTS.values() if name in asked.query)
    following = f"https://{HOST}{asked.path}?{kept}page.size={size}&page.token={end}" if end < len(found) else None
    pages = {"next_url": following, "previous_url": None}
    return wire.answer({"data": found[int(token) : end], "pagination": pages})


def _instant(seconds: float) -> str:
    return state.at(seconds).strftime("%Y-%m-%dT%H:%M:%S+00:00")


_ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Response]], ...]] = (
    ("GET", "/me/businesses", "adsread", _businesses),
    ("GET", "/businesses/([0-9a-f-]{36})/ad_accounts", "adsread", _accounts),
    ("GET", "/ad_accounts/(a2_[0-9a-z]+)/funding_instruments", "adsread", _instruments),
    ("GET", "/ad_accounts/(a2_[0-9a-z]+)/pixels", "adsread", _pixels),
    ("POST", "/ad_accounts/(a2_[0-9a-z]+)/reports", "adsread", _report),
    ("GET", f"/ad_accounts/(a2_[0-9a-z]+)/{_PLURAL}", "adsread", _listed),
    ("POST", f"/ad_accounts/(a2_[0-9a-z]+)/{_PLURAL}", "adsedit", _create),
    ("GET", rf"/{_PLURAL}/(\d+)", "adsread", _read),
    ("PATCH", rf"/{_PLURAL}/(\d+)", "adsedit", _change),
)
