"""Creating ads, step by step: what must be known first, the body, and where the answer has the id. By verb.

A step answers what it adds to the state, or None where there is nothing to do; each is one request, and may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms.contract import Call
from shared.platforms.tiktok import ads_wire as wire
from shared.platforms.tiktok import business, errors
from shared.ports.http import AnswerLost

_MOST_COVER_LOOKS: Final = 60
_IDENTITIES: Final = ("TT_USER", "BC_AUTH_TT", "AUTH_CODE", "CUSTOMIZED_USER")
Step = Callable[[Call, Act, Mapping[str, Any]], dict[str, Any] | None]


class Made(NamedTuple):
    """How one verb creates: what is asked before, and what it posts."""

    steps: Mapping[str, Step]
    body: Callable[[Act, Mapping[str, Any]], dict[str, Any]]


def ad_account(act: Act) -> str:
    """Who pays."""
    return str(act.arguments.get("ad_account_id") or "")


def file_kind(act: Act) -> str:
    """What file a creative is made of."""
    if not act.media:
        raise Invalid("validation.field_required", "media: a creative on TikTok is one video or image.", field="media")
    return "video" if act.media[0].facts.type is MediaType.VIDEO else "image"


def path(act: Act) -> str:
    """Where the creation goes."""
    if act.verb == "creative.create":
        return f"file/{file_kind(act)}/ad/upload"
    return f"{wire.LEVELS[act.verb.partition('.')[0]]}/create"


def id_of(act: Act, data: Any) -> str:
    """The id in the answer to a creation, empty where there is none. Videos come in a list, ads as a list of ids."""
    row = data[0] if isinstance(data, list) and data else data
    if not isinstance(row, dict):
        return ""
    if act.verb == "creative.create":
        found = row.get(f"{file_kind(act)}_id")
        return f"{file_kind(act)}:{found}" if found else ""
    if act.verb == "ad.create":
        ids = row.get("ad_ids")
        return str(ids[0]) if isinstance(ids, list) and ids else ""
    return str(row.get(f"{wire.LEVELS[act.verb.partition('.')[0]]}_id") or "")


# --------------------------------------------------------------------------------------------------------- steps


def _objective(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """What an ad group can be optimized for depends on its campaign."""
    query = {"filtering": {"campaign_ids": [act.on]}, "page": 1, "page_size": 1}
    rows = business.get(call, "campaign/get", advertiser_id=ad_account(act), **query).get("list") or []
    if not rows:
        raise Invalid("validation.field_invalid", "on: the ad account has no such campaign.", field="on")
    return {"objective": str(rows[0].get("objective_type") or "")}


def _locations(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """TikTok's own ids for the countries."""
    wanted = wire.countries(act)
    if not wanted:
        return {"locations": []}
    query = {"objective_type": state["objective"], "level_range": "TO_COUNTRY", "placements": [wire.PLACEMENT]}
    rows = business.get(call, "tool/region", advertiser_id=ad_account(act), **query).get("region_info") or []
    known = {str(row.get("region_code")): str(row.get("location_id")) for row in rows if row.get("level") == "COUNTRY"}
    missing = [code for code in wanted if code not in known]
    if missing:
        text = f"arguments.targeting: countries: TikTok shows this campaign's ads in {missing[0]!r} to nobody."
        raise Invalid("validation.field_invalid", text, field="arguments.targeting")
    return {"locations": [known[code] for code in wanted]}


def _identity(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """In whose name the ad speaks: the one that is named, else the ad account's first TikTok account."""
    given = act.arguments
    if given.get("identity_id"):
        chosen = {name: given[name] for name in ("identity_id", "identity_type") if given.get(name)}
        return {"identity": {"identity_type": "TT_USER", **chosen}}
    rows = business.get(call, "identity/get", advertiser_id=ad_account(act)).get("identity_list") or []
    usable = [row for row in rows if row.get("available_status", "AVAILABLE") == "AVAILABLE"]
    usable.sort(key=lambda row: _IDENTITIES.index(row["identity_type"]) if row["identity_type"] in _IDENTITIES else 9)
    if not usable:
        text = "arguments.identity_id: link a TikTok account to the ad account, for the ad to speak in its name."
        raise Invalid("validation.field_required", text, field="arguments.identity_id")
    names = ("identity_id", "identity_type", "identity_authorized_bc_id")
    return {"identity": {name: usable[0][name] for name in names if usable[0].get(name)}}


def _cover_address(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """A video ad needs a cover, and TikTok makes one of every video once it is processed."""
    kind, id_ = _creative(act)
    if kind != "video" or act.arguments.get("post_id"):
        return None
    rows = business.get(call, "file/video/ad/info", advertiser_id=ad_account(act), video_ids=[id_]).get("list") or []
    if not rows:
        raise Invalid(
            "validation.field_invalid", "arguments.creative_id: no such video.", field="arguments.creative_id"
        )
    if rows[0].get("video_cover_url"):
        return {"cover_url": str(rows[0]["video_cover_url"])}
    looks = int(state.get("cover_looks", 0)) + 1
    if looks > _MOST_COVER_LOOKS:
        raise errors.failed("internal", rows[0])
    return {"cover_looks": looks}


def _cover(call: Call, act: Act, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """The cover as a file of the library. Made twice, because its answer was lost, it is a file that nobody uses."""
    if "cover_url" not in state:
        return None
    body = {"upload_type": "UPLOAD_BY_URL", "image_url": state["cover_url"]}
    data = business.post(call, "file/image/ad/upload", {"advertiser_id": ad_account(act), **body})
    if not data.get("image_id"):
        raise AnswerLost("an image without its id")
    return {"cover": str(data["image_id"])}


# -------------------------------------------------------------------------------------------------------- bodies


def _campaign_body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    return wire.campaign(act)


def _ad_group_body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    return wire.ad_group(act, str(state["objective"]), state["locations"])


def _asset_body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """TikTok fetches the file; its name is what it is found by."""
    kind, file = file_kind(act), act.media[0]
    ending = {"video/mp4": "mp4", "video/quicktime": "mov", "image/png": "png"}.get(file.facts.content_type, "jpg")
    named = {"upload_type": "UPLOAD_BY_URL", "file_name": f"{wire.marked(act)}.{ending}", f"{kind}_url": file.url}
    return {"advertiser_id": ad_account(act), **named}


def _ad_body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    if act.arguments.get("post_id"):
        return wire.ad(
            act, {"ad_format": "SINGLE_VIDEO", "tiktok_item_id": act.arguments["post_id"]}, state["identity"]
        )
    kind, id_ = _creative(act)
    if not act.arguments.get("link"):
        text = "arguments.link: where the ad leads to; or name a post_id of the identity's own."
        raise Invalid("validation.field_required", text, field="arguments.link")
    if kind == "video":
        return wire.ad(
            act, {"ad_format": "SINGLE_VIDEO", "video_id": id_, "image_ids": [state["cover"]]}, state["identity"]
        )
    return wire.ad(act, {"ad_format": "SINGLE_IMAGE", "image_ids": [id_]}, state["identity"])


def _creative(act: Act) -> tuple[str, str]:
    """The creative that an ad shows, as we name it."""
    kind, _, id_ = str(act.arguments.get("creative_id") or "").partition(":")
    if act.arguments.get("post_id"):
        return "", ""
    if kind not in {"video", "image"} or not id_:
        text = "arguments.creative_id: a creative's id (video:… or image:…); or name a post_id instead."
        raise Invalid("validation.field_invalid", text, field="arguments.creative_id")
    return kind, id_


MADE: Final[Mapping[str, Made]] = {
    "campaign.create": Made({}, _campaign_body),
    "ad_group.create": Made({"objective": _objective, "locations": _locations}, _ad_group_body),
    "creative.create": Made({}, _asset_body),
    "ad.create": Made({"identity": _identity, "cover_url": _cover_address, "cover": _cover}, _ad_body),
}
