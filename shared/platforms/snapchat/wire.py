"""Between our words and Snapchat's: addresses, asking, and the parts of answers. Pure but for :func:`ask`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from shared.domain.content import Kind, Piece
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Call, Published
from shared.platforms.snapchat import errors
from shared.ports.http import AnswerLost, Request, Response

BUSINESS: Final = "https://businessapi.snapchat.com"
API: Final = f"{BUSINESS}/v1"
ADS: Final = "https://adsapi.snapchat.com/v1"
SIGN_IN: Final = "https://accounts.snapchat.com/login/oauth2"
SPOTLIGHT: Final = "https://www.snapchat.com/spotlight"
PROFILE: Final = "https://www.snapchat.com/add"

ASSETS: Final[Mapping[Kind, str]] = {
    Kind.SPOTLIGHT: "spotlights",
    Kind.STORY: "stories",
    Kind.SAVED_STORY: "saved_stories",
}
SINGULAR: Final[Mapping[str, str]] = {"spotlights": "spotlight", "stories": "story", "saved_stories": "saved_story"}


def ask(call: Call, request: Request, token: str = "") -> dict[str, Any]:
    """Send once with the access token; a success is a 2xx that does not say ERROR of itself.

    Raises Refused, AnswerLost, NotSent.
    """
    bearer = token or call.tokens.access
    headers = {**request.headers, "Authorization": f"Bearer {bearer}"}
    answer = _wire.ask(call, replace(request, headers=headers), errors.refusal)
    if errors.is_error(answer.json):
        raise errors.refusal(_again(answer), call.now)
    return answer.json


def ask_batch(call: Call, request: Request, plural: str) -> dict[str, Any]:
    """As :func:`ask`, for a batch of one: the reason of a refusal stands beside its item, not beside the batch.

    Raises Refused, AnswerLost, NotSent.
    """
    headers = {**request.headers, "Authorization": f"Bearer {call.tokens.access}"}
    answer = _wire.ask(call, replace(request, headers=headers), errors.refusal)
    for entry in answer.json.get(plural) or ():
        if isinstance(entry, Mapping) and str(entry.get("sub_request_status") or "").upper() in errors.FAILED:
            raise errors.item_refused(entry, answer.json)
    if errors.is_error(answer.json):
        raise errors.refusal(_again(answer), call.now)
    return answer.json


def profile_url(call: Call, path: str = "") -> str:
    """An address below the connected public profile."""
    return f"{API}/public_profiles/{segment(call.who.platform_account_id)}{path}"


def segment(value: str) -> str:
    """An id as one segment of a path, whatever is in it. Raises Invalid for one that would lead elsewhere."""
    if value.strip(".") == "":
        raise Invalid("validation.field_invalid", "id: give Snapchat's id of it.", field="id")
    return quote(value, safe="")


def own_path(given: Any) -> str:
    """A path that Snapchat gave us, as an address of its own host. Raises AnswerLost for anything else."""
    text = str(given or "")
    parts = urlsplit(text)
    if not text or parts.scheme or parts.netloc or text.startswith("//") or ".." in text or "\\" in text:
        raise AnswerLost("an upload without its path")
    return f"{BUSINESS}/{text.lstrip('/')}"


def post_body(piece: Piece, media_id: str) -> dict[str, Any]:
    """The body of the visible request. The same piece and media give the same body."""
    if piece.kind is Kind.SPOTLIGHT:
        body = {"media_id": media_id, "description": piece.text, "locale": str(piece.options.get("locale") or "en_US")}
        skip = piece.options.get("skip_save_to_profile")
        return {**body, "skip_save_to_profile": bool(skip)} if skip is not None else body
    if piece.kind is Kind.SAVED_STORY:
        return {"title": piece.text, "snaps": [{"media_id": media_id}]}
    ttl = piece.options.get("customized_ttl")
    return {"media_id": media_id, **({"customized_ttl": ttl} if ttl else {})}


def items(said: Mapping[str, Any], plural: str) -> list[dict[str, Any]]:
    """A listing's things, out of their wrapping, each with an id.

    Raises AnswerLost where there is no listing, or one with an entry that cannot be read: it may be what is looked for.
    """
    listed = said.get(plural)
    if not isinstance(listed, list):
        raise AnswerLost(f"an answer without its {plural}")
    single = SINGULAR.get(plural) or plural.removesuffix("s")
    return [_item(entry, single) for entry in listed]


def _item(entry: Any, single: str) -> dict[str, Any]:
    inner = (entry.get(single) or entry) if isinstance(entry, Mapping) else None
    if not isinstance(inner, Mapping) or not inner.get("id"):
        raise AnswerLost(f"a {single} without an id")
    return dict(inner)


def says_success(said: Mapping[str, Any]) -> bool:
    """Whether an answer says of itself that it is one: what says nothing proves nothing."""
    return str(said.get("request_status") or "").upper() == "SUCCESS"


def next_cursor(said: Mapping[str, Any]) -> str:
    """Where the next page of a listing begins, empty at the end. Raises AnswerLost where there is one that we cannot read.

    The documented ``next_link`` may name another host than was asked (an example has ``adsapisc.appspot.com``): only its
    cursor is taken, so that a token goes nowhere else.
    """
    link = str((said.get("paging") or {}).get("next_link") or "")
    if not link:
        return ""
    cursor = parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    if not cursor:
        raise AnswerLost("a page without the cursor of the next")
    return cursor


def text_of(item: Mapping[str, Any]) -> str:
    """The words that a Spotlight or a saved story shows."""
    return str(item.get("description") or item.get("title") or "")


def made_at(item: Mapping[str, Any]) -> datetime | None:
    """When it was made, None where Snapchat does not say."""
    try:
        return datetime.fromisoformat(str(item["created_at"])).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def published(call: Call, asset: str, asset_id: str, raw: Mapping[str, Any]) -> Published:
    """A live post as the engine keeps it."""
    return Published(
        asset_id, permalink(asset, asset_id, call.who.username), {"asset": asset, "id": asset_id}, dict(raw)
    )


def permalink(asset: str, asset_id: str, username: str) -> str:
    """Where people see it: a Spotlight has a page of its own, a story is on its profile's."""
    return f"{SPOTLIGHT}/{quote(asset_id, safe='')}" if asset == "spotlights" else f"{PROFILE}/{username}"


def secret(key: str, use: str, length: int) -> bytes:
    """Bytes that follow from a piece's key: a step that is repeated encrypts alike."""
    return sha256(f"snapchat.{use}.{key}".encode()).digest()[:length]


def _again(answer: _wire.Answer) -> Response:
    return Response(answer.status, answer.headers, json.dumps(answer.json).encode())
