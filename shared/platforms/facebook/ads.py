"""Ads through Meta's Marketing API, on Facebook and (by ``placements``) on Instagram.

A person's token with ``ads_management`` speaks here, not the Page's: it was kept beside it when the Page was connected.
Meta has no key for a repeated creation, so everything is created under an ad label of its own, made beforehand: a lost
answer is settled by reading what carries the label.
https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/ad-label, read 2026-11-22.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from shared.domain.content import Act, MediaFile, MediaType
from shared.domain.errors import Invalid
from shared.platforms._graph.calls import next_page
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.contract_ads import MARK, AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.platforms.facebook import ads_wire as wire
from shared.platforms.facebook import errors, graph
from shared.ports.http import AnswerLost

PAGE = 50
MOST_STATS = 10  # pages of 500
VIDEO_PAUSE = 10.0  # seconds between two looks at a video that is processed
_NOT_READY = "processing"
Body = Callable[[Call, Act, Mapping[str, Any]], dict[str, Any]]


# ------------------------------------------------------------------------------------------------------- reading


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """The ad accounts that the person may use."""
    answer = _read(call, "me/adaccounts", fields=wire.ACCOUNT_FIELDS, limit=PAGE, after=cursor or None)
    return Page(tuple(wire.account(row) for row in answer.get("data") or ()), next_page(answer) or "")


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Campaigns, ad sets, creatives or ads; below ``parent_id`` where one is given."""
    ad_account_id = wire.ad_account_id(ad_account_id)
    where = parent_id if parent_id and level in ("ad_group", "ad") else ad_account_id
    answer = _read(call, f"{where}/{wire.EDGES[level]}", fields=wire.FIELDS[level], limit=PAGE, after=cursor or None)
    currency = _currency(call, ad_account_id)
    found = tuple(wire.thing(level, row, ad_account_id, currency) for row in answer.get("data") or ())
    return Page(found, next_page(answer) or "")


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Figures of the days from ``since`` to ``until``, in the ad account's zone. Meta keeps 37 months."""
    ad_account_id, theirs = wire.ad_account_id(ad_account_id), wire.INSIGHT_LEVELS[level]
    named = "" if level == "account" else f"{theirs}_id,"
    wanted = [{"field": f"{theirs}.id", "operator": "IN", "value": list(ids)}] if ids and level != "account" else []
    query = {
        "level": theirs,
        "fields": f"{named}{wire.STATS_FIELDS}",
        "time_range": json.dumps({"since": since.isoformat(), "until": until.isoformat()}),
        "filtering": json.dumps(wanted) if wanted else None,
        "limit": 500,
    }
    rows = _all(call, f"{ad_account_id}/insights", query)
    return tuple(wire.figures(level, row, ad_account_id, since, until) for row in rows)


def _all(call: Call, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    for _ in range(MOST_STATS):
        answer = _read(call, path, **query, after=after)
        yield from answer.get("data") or ()
        if (after := next_page(answer)) is None:
            return


# ------------------------------------------------------------------------------------------------------- writing


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Before a creation: the currency, the campaign's objective where it matters, the media, the label. A step a call."""
    graph.GRAPH.named(act.on, "on")
    _ad_account(act)
    if act.verb.endswith(".status"):
        _wished(act)
        return Ready(state)
    for name, step in _STEPS.items():
        if name not in state and (found := step(call, act, state)) is not None:
            if found.get(_NOT_READY):
                return Wait(state, VIDEO_PAUSE)
            return Wait({**state, **found}, 0)
    _BODIES[_level(act)](call, act, state)  # what it complains of is told before anything is armed
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted:
    """The one request: a creation, paused and under our label; or a status."""
    if act.verb.endswith(".status"):
        fields = {"status": wire.STATUSES[_wished(act)]}
        try:
            answer = _post(call, act.on, fields)
        except Refused as refused:
            raise errors.definite(refused) from None
        return Published(act.on, raw=answer)
    level = _level(act)
    body = _BODIES[level](call, act, state)
    labelled = {**body, "adlabels": json.dumps([{"id": state["label"]}])}
    paused = {} if level == "creative" else {"status": "PAUSED"}  # a creative does nothing by itself
    path = f"{_ad_account(act)}/{wire.EDGES[level]}"
    # _post, not make_visible: the Marketing API documents 100 as a parameter that it refuses, whatever the subcode.
    answer = _post(call, path, {**labelled, **paused})
    if not answer.get("id"):
        raise AnswerLost("a success without an id")
    return Published(str(answer["id"]), state={"level": level}, raw=answer)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never asked: Meta answers when the thing is there."""
    raise errors.refused(errors.BOOK.common.unlisted, "nothing was left to confirm")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """What carries our label; or whether the status is the one that was wished."""
    if act.verb.endswith(".status"):
        return _found_status(call, act)
    level = _level(act)
    query = {"ad_label_ids": json.dumps([armed.state["label"]]), "operator": "ALL", "fields": "id,name"}
    rows = _read(call, f"{_ad_account(act)}/{wire.BY_LABEL[level]}", **query).get("data")
    if not isinstance(rows, list):
        return Unsure("Facebook's answer has no list.")
    if not rows:
        return Absent("Nothing in the ad account carries the label that was made for it alone.")
    return Published(str(rows[0]["id"]), state={"level": level}, raw=rows[0])


def _found_status(call: Call, act: Act) -> Published | Absent | Unsure:
    wished: Any = _wished(act)
    row = _read(call, act.on, fields="id,status")  # also of what was deleted: what cannot be read is not ours to see
    if not row.get("status"):
        return Unsure("Facebook does not say which status it has.")
    return Published(act.on, raw=row) if wire.is_status(row, wished) else Absent(f"It is {row.get('status')} still.")


# --------------------------------------------------------------------------------------------------------- steps


def _currency_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    currency = _currency(call, _ad_account(act))
    if not currency:  # an amount in the wrong unit is a hundred times too much
        raise AnswerLost("an ad account without its currency")
    return {"currency": currency}


def _objective_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an ad set can be optimized for depends on its campaign."""
    if _level(act) != "ad_group":
        return None
    return {"objective": str(_read(call, act.on, fields="id,objective").get("objective") or "")}


def _image_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same picture has the same hash: uploading it twice is uploading it once."""
    file = _file(act, MediaType.IMAGE)
    if file is None:
        return None
    fields = {"bytes": base64.b64encode(file.bytes()).decode()}
    answer = _post(call, f"{_ad_account(act)}/adimages", fields)
    images = list((answer.get("images") or {}).values())
    if not images or not images[0].get("hash"):
        raise AnswerLost("an uploaded picture without its hash")
    return {"image_hash": str(images[0]["hash"])}


def _video_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    file = _file(act, MediaType.VIDEO)
    if file is None:
        return None
    fields = {"file_url": file.url, "name": act.text}
    return {"video_id": _create(call, f"{_ad_account(act)}/advideos", fields)}


def _picture_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """A video ad needs a thumbnail, which is there once the video is processed."""
    if "video_id" not in state:
        return None
    answer = _read(call, str(state["video_id"]), fields="id,picture,status")
    status = str((answer.get("status") or {}).get("video_status") or "")
    if status == "error":
        raise errors.refused(errors.PROCESSING_FAILED, "the ad's video could not be processed")
    return {"picture": str(answer.get("picture") or "")} if status == "ready" else {_NOT_READY: True}


def _label_step(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """A label of this act's own. One that was made twice, because its answer was lost, marks nothing."""
    fields = {"name": f"{MARK}-{act.key[:24]}"}
    return {"label": _create(call, f"{_ad_account(act)}/adlabels", fields)}


_STEPS: Mapping[str, Callable[[Call, Act, Mapping[str, Any]], dict[str, Any] | None]] = {
    "currency": _currency_step,
    "objective": _objective_step,
    "image_hash": _image_step,
    "video_id": _video_step,
    "picture": _picture_step,
    "label": _label_step,
}


# -------------------------------------------------------------------------------------------------------- bodies


def _campaign(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    return wire.campaign(act, str(state["currency"]))


def _ad_set(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    return wire.ad_set(act, str(state["currency"]), str(state.get("objective") or ""), graph.page_id(call))


def _creative(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    return wire.creative(act, graph.page_id(call), state)


def _ad(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    creative = json.dumps({"creative_id": str(act.arguments["creative_id"])})
    return {"name": act.text, "adset_id": act.on, "creative": creative}


_BODIES: Mapping[str, Body] = {"campaign": _campaign, "ad_group": _ad_set, "creative": _creative, "ad": _ad}


# ---------------------------------------------------------------------------------------------------------- parts


def _read(call: Call, path: str, **query: Any) -> dict[str, Any]:
    with graph.as_person(call) as token:
        return graph.read(call, path, token=token, **query)


def _post(call: Call, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    with graph.as_person(call) as token:
        return graph.post(call, path, fields, token=token)


def _create(call: Call, path: str, fields: Mapping[str, Any]) -> str:
    with graph.as_person(call) as token:
        return graph.create(call, path, fields, token=token)


def _currency(call: Call, ad_account_id: str) -> str:
    return str(_read(call, ad_account_id, fields="id,currency").get("currency") or "")


def _level(act: Act) -> Level:
    return cast(Level, act.verb.partition(".")[0])


def _ad_account(act: Act) -> str:
    return wire.ad_account_id(str(act.arguments["ad_account_id"]), "arguments.ad_account_id")


def _wished(act: Act) -> str:
    given = str(act.arguments.get("status"))
    if given not in ("active", "paused", "deleted"):
        text = "arguments.status: active, paused or deleted."
        raise Invalid("validation.field_invalid", text, field="arguments.status")
    return given


def _file(act: Act, type_: MediaType) -> MediaFile | None:
    return next((file for file in act.media if file.facts.type is type_), None)
