"""Ads through TikTok's Marketing API v1.3. The creative lies inside the ad there: what we call a creative is a file in the
ad account's library (``video:…``, ``image:…``), and the ad brings words, link and identity. README, «Ads».

TikTok guards against a repeated creation for ten seconds only (``request_id``), so everything has our mark in its name: a lost
answer is settled by reading what was created since and carries the mark.
https://business-api.tiktok.com/portal/docs, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, cast

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.platforms.tiktok import ads_making as making
from shared.platforms.tiktok import ads_wire as wire
from shared.platforms.tiktok import business, errors
from shared.ports.http import AnswerLost

PAGE: Final = 50
MOST_PAGES: Final = 20  # of a listing that settles a lost answer
SKEW: Final = timedelta(seconds=60)
COVER_PAUSE: Final = 5.0  # seconds between two looks at a video that is processed


class Where(NamedTuple):
    """A list in which a creation would be: its path and filter, and the fields that have id and name."""

    path: str
    filtering: Mapping[str, Any] | None
    id: str
    name: str
    prefix: str = ""


# ------------------------------------------------------------------------------------------------------- reading


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """The ad accounts whose owners gave consent; currency and zone come with a second request."""
    first = _number(cursor or "0")
    rows = business.get(call, "oauth2/advertiser/get", **business.app(call)).get("list") or []
    shown = rows[first : first + PAGE]
    if not shown:
        return Page(())
    fields = ["advertiser_id", "name", "currency", "timezone", "display_timezone", "status"]
    ids = [str(row["advertiser_id"]) for row in shown]
    found = business.get(call, "advertiser/info", advertiser_ids=ids, fields=fields).get("list") or []
    details = {str(one.get("advertiser_id")): one for one in found}
    after = str(first + PAGE) if len(rows) > first + PAGE else ""
    return Page(tuple(wire.account(row, details.get(str(row["advertiser_id"]), {})) for row in shown), after)


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Campaigns, ad groups or ads; the files of the library for ``creative``: the videos, then the images."""
    if level == "creative":
        return _assets(call, ad_account_id, cursor)
    parents = {"ad_group": "campaign_ids", "ad": "adgroup_ids"}.get(level)
    filtering = {parents: [parent_id]} if parents and parent_id else None
    rows, after = _page(call, f"{wire.LEVELS[level]}/get", ad_account_id, _number(cursor or "1"), filtering)
    return Page(tuple(wire.thing(level, row, ad_account_id) for row in rows), str(after or ""))


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Figures summed over the days, in the ad account's zone; at most a year at once."""
    data_level, dimension = wire.DATA_LEVELS[level]
    value = json.dumps(list(ids), separators=(",", ":"))  # a list in a text
    wanted = [{"field_name": f"{dimension}s", "filter_type": "IN", "filter_value": value}]
    query = {
        "advertiser_id": ad_account_id,
        "report_type": "BASIC",
        "data_level": data_level,
        "dimensions": [dimension],
        "metrics": list(wire.METRICS),
        "start_date": since.isoformat(),
        "end_date": until.isoformat(),
        "filtering": wanted if ids and level != "account" else None,
        "page_size": 1000,
    }
    return tuple(wire.figures(level, row, ad_account_id, since, until) for row in _report(call, query))


def _report(call: Call, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All rows of a report."""
    for number in range(1, MOST_PAGES + 1):
        data = business.get(call, "report/integrated/get", **query, page=number)
        yield from data.get("list") or ()
        if number >= int((data.get("page_info") or {}).get("total_page") or 1):
            return


def _number(cursor: str) -> int:
    """A cursor of ours as the number that it is. Raises Invalid."""
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 9:
        text = "cursor: give the one that the page before was answered with."
        raise Invalid("validation.field_invalid", text, field="cursor")
    return int(cursor)


def _assets(call: Call, ad_account_id: str, cursor: str) -> Page[AdObject]:
    kind, _, number = (cursor or "video:1").partition(":")
    page = _number(number if kind in {"video", "image"} else "")
    rows, after = _page(call, f"file/{kind}/ad/search", ad_account_id, page, None)
    rest = "image:1" if kind == "video" else ""
    return Page(tuple(wire.asset(kind, row, ad_account_id) for row in rows), f"{kind}:{after}" if after else rest)


def _page(
    call: Call, path: str, ad_account_id: str, number: int, filtering: Mapping[str, Any] | None
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of a list, and the number of the next. Raises AnswerLost where it does not say whether there is one."""
    query = {"advertiser_id": ad_account_id, "page": number, "page_size": PAGE, "filtering": filtering or None}
    data = business.get(call, path, **query)
    info = data.get("page_info") if isinstance(data, dict) else None
    if not isinstance(info, dict) or not isinstance(info.get("total_page"), int):
        raise AnswerLost("a list without its pages")
    return list(data.get("list") or []), number + 1 if number < info["total_page"] else None


def _pages(
    call: Call, path: str, ad_account_id: str, filtering: Mapping[str, Any] | None
) -> Iterator[list[dict[str, Any]] | None]:
    """All pages; None, as the last one, where there are too many to read."""
    number: int | None = 1
    for _ in range(MOST_PAGES):
        rows, number = _page(call, path, ad_account_id, number or 1, filtering)
        yield rows
        if number is None:
            return
    yield None


# ------------------------------------------------------------------------------------------------------- writing


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """What a creation must know first (the campaign's objective, TikTok's ids of countries, a cover, an identity)."""
    if act.verb.endswith(".status"):
        _wished(act)
        return Ready(state)
    made = making.MADE[act.verb]
    for name, step in made.steps.items():
        if name not in state and (found := step(call, act, state)) is not None:
            return Wait({**state, **found}, COVER_PAUSE if name not in found else 0)
    made.body(act, state)  # what it complains of is told before anything is armed
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request: a creation, switched off and with our mark; or a status."""
    if act.verb.endswith(".status"):
        level = wire.LEVELS[_level(act)]
        wished = {"operation_status": wire.STATUSES[_wished(act)], f"{level}_ids": [act.on]}
        data = business.post(call, f"{level}/status/update", {"advertiser_id": making.ad_account(act), **wished})
        return Published(act.on, raw=data if isinstance(data, dict) else {})
    made = making.MADE[act.verb]
    data = business.post(call, making.path(act), made.body(act, state))
    id_ = making.id_of(act, data)
    if not id_:
        raise AnswerLost("a creation without an id")
    return Published(id_, state={"level": _level(act)}, raw=data if isinstance(data, dict) else {"list": data})


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never asked: TikTok answers when the thing is there."""
    raise errors.refused(errors.UNLISTED, "nothing was left to confirm")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """What carries our mark; or whether the status is the one that was wished."""
    if act.verb.endswith(".status"):
        return _found_status(call, act)
    return _marked(call, act, armed, _where(act, armed))


def _where(act: Act, armed: Armed) -> Where:
    if act.verb == "creative.create":
        kind = making.file_kind(act)
        return Where(f"file/{kind}/ad/search", None, f"{kind}_id", "file_name", f"{kind}:")
    name = wire.LEVELS[_level(act)]
    # STATUS_ALL: also what somebody has deleted since, for it was made.
    since = {"creation_filter_start_time": wire.stamp(armed.at - SKEW), "primary_status": "STATUS_ALL"}
    return Where(f"{name}/get", since, f"{name}_id", f"{name}_name")


def _marked(call: Call, act: Act, armed: Armed, where: Where) -> Published | Absent | Unsure:
    for rows in _pages(call, where.path, making.ad_account(act), where.filtering):
        if rows is None:
            return Unsure("TikTok lists more than was read")
        for row in rows:
            id_ = f"{where.prefix}{row[where.id]}"
            if wire.mark(act) in str(row.get(where.name) or "") and not armed.taken(id_):
                return Published(id_, state={"level": _level(act)}, raw=row)
    return Absent("Nothing that the ad account has created since carries the mark of this act.")


def _found_status(call: Call, act: Act) -> Published | Absent:
    wished, level = _wished(act), _level(act)
    filtering = {f"{wire.LEVELS[level]}_ids": [act.on], "primary_status": "STATUS_ALL"}
    rows, _ = _page(call, f"{wire.LEVELS[level]}/get", making.ad_account(act), 1, filtering)
    if not rows:  # deleted things are shown: it was never there, and TikTok will say so when it is asked again
        return Absent("TikTok does not show it.")
    now = wire.status(rows[0])
    return Published(act.on, raw=rows[0]) if now == wished else Absent(f"It is {now} still.")


def _level(act: Act) -> Level:
    return cast(Level, act.verb.partition(".")[0])


def _wished(act: Act) -> str:
    given = str(act.arguments.get("status"))
    if given not in wire.STATUSES:
        text = "arguments.status: active, paused or deleted."
        raise Invalid("validation.field_invalid", text, field="arguments.status")
    return given
