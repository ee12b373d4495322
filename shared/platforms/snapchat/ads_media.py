"""The file of a creative: a media of the ad account, its upload, and waiting until Snapchat can show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms import _ads, _wire
from shared.platforms.contract import Call, Refused
from shared.platforms.snapchat import ads_wire, errors, uploads, wire
from shared.ports.http import AnswerLost

PAUSE: Final = 5.0  # seconds between two looks


def step(call: Call, act: Act, media: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """One request further; when ``phase`` is ``ready`` it is done. Raises Invalid, Refused, AnswerLost, NotSent."""
    if len(act.media) != 1:
        message = "A creative on Snapchat has one image or one video: give exactly one."
        raise Invalid("validation.field_required", message, field="media")
    if not media:
        return {"phase": "upload", "id": _create(call, act)}, 0
    if media["phase"] == "upload":
        file = act.media[0]
        form = uploads.form(
            f"{wire.ADS}/media/{media['id']}/upload", {}, file.bytes(), act.key, file.facts.content_type
        )
        wire.ask(call, form)
        return {**media, "phase": "processing"}, 0
    return _look(call, media)


def _create(call: Call, act: Act) -> str:
    account, facts = ads_wire.account_of(act), act.media[0].facts
    kind = "VIDEO" if facts.type is MediaType.VIDEO else "IMAGE"
    body = {"media": [{"name": _ads.marked(act), "type": kind, "ad_account_id": account}]}
    said = wire.ask(call, _wire.post_json(f"{wire.ADS}/adaccounts/{account}/media", body))
    found = wire.items(said, "media")
    if not found or not found[0].get("id"):
        raise AnswerLost("a media without an id")
    return str(found[0]["id"])


def _look(call: Call, media: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    said = wire.ask(call, _wire.get(f"{wire.ADS}/media/{media['id']}"))
    found = wire.items(said, "media")
    status = str(found[0].get("media_status") or "") if found else ""
    if status == "READY":
        return {**media, "phase": "ready"}, 0
    if status in {"FAILED", "ERROR", "REJECTED"}:
        raise _unusable(found[0])
    return dict(media), PAUSE


def _unusable(found: Mapping[str, Any]) -> Refused:
    return errors.item_refused({"sub_request_error_reason": f"media_status {found.get('media_status')}"}, found)
