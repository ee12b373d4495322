"""Publishing to Snapchat: an encrypted media first, then one POST that shows it, then looking for it in the listing.

A story's answer names nothing (only its request), a Spotlight's names its id and passes a review. Both are confirmed by the
profile's own listing, which is what settles a lost answer too; see README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaType, Piece
from shared.domain.errors import Invalid, Unsupported
from shared.platforms import _wire
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.snapchat import MANIFEST, capabilities, errors, uploads, wire
from shared.ports.http import AnswerLost

_SKEW: Final = timedelta(seconds=5)  # between our clock and Snapchat's
_PAGES: Final = 5
_FIRST_LOOK: Final = 3.0  # seconds after posting
_NEXT_LOOK: Final = 15.0
_TITLE: Final = 45  # characters of a saved story
_KINDS: Final = {"spotlight": Kind.SPOTLIGHT, "story": Kind.STORY, "saved_story": Kind.SAVED_STORY}


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """What ``kind`` says, else a Spotlight for a video and a story for an image. Raises Invalid."""
    if len(media) != 1:
        message = "Snapchat takes one image or one video in a post, and none without: give exactly one."
        raise Invalid("publishing.media.count", message, field="media")
    is_video = media[0].type is MediaType.VIDEO
    if media[0].type is MediaType.DOCUMENT:
        raise Invalid("validation.kind_unsupported", "media: Snapchat takes images and videos only.", field="media")
    wanted = options.get("kind")
    if wanted is not None and (not isinstance(wanted, str) or wanted not in _KINDS):
        raise _invalid("platform_data.kind", f"kind is one of {', '.join(_KINDS)}.")
    _check_options(options)
    chosen = _KINDS[str(wanted)] if wanted else Kind.SPOTLIGHT if is_video else Kind.STORY
    _check_text(chosen, text)
    if chosen is Kind.SPOTLIGHT and not is_video:
        raise Invalid("validation.kind_unsupported", "media: a Spotlight is a video.", field="media")
    return chosen


def _check_text(kind: Kind, text: str) -> None:
    if kind is Kind.STORY and text.strip():
        raise _invalid(
            "text", "A story carries no text: leave it out, or choose kind saved_story (its title) or spotlight."
        )
    if kind is Kind.SAVED_STORY and not 0 < len(text.strip()) <= _TITLE:
        raise _invalid("text", f"A saved story's text is its title: 1 to {_TITLE} characters.")


def _check_options(options: Mapping[str, Any]) -> None:
    locale = options.get("locale")
    if locale is not None and not (isinstance(locale, str) and 2 <= len(locale) <= 10):
        raise _invalid("platform_data.locale", "locale is a language and a country, like en_US.")
    ttl = options.get("customized_ttl")
    known = next(option.enum for option in MANIFEST.options if option.name == "customized_ttl")
    if ttl is not None and ttl not in known:
        raise _invalid("platform_data.customized_ttl", f"customized_ttl is one of {', '.join(known)}.")


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", f"{field}: {message}", field=field)


# ----------------------------------------------------------------------------------------------------- prepare


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """One request a call: container, parts, end; last, what is on the profile already (a new story is none of those).

    State: ``media`` (see uploads), ``before`` (ids of the profile's posts of this kind).
    """
    media = state.get("media")
    if not uploads.is_ready(call, media):
        return Wait({"media": uploads.step(call, piece, media)}, 0)
    if "before" not in state:
        shown = listed(call, wire.ASSETS[piece.kind])
        return Wait({**state, "before": [str(item["id"]) for item in shown or ()]}, 0)
    return Ready(state)


# ------------------------------------------------------------------------------------------------------ commit


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """Post the media, once. Raises Refused, AnswerLost, NotSent."""
    asset = wire.ASSETS[piece.kind]
    body = wire.post_body(piece, str(state["media"]["id"]))
    request = _wire.post_json(wire.profile_url(call, f"/{asset}"), body, read_timeout=MANIFEST.timing.send_deadline)
    said = wire.ask(call, request)
    if str(said.get("request_status") or "").upper() != "SUCCESS":
        raise AnswerLost("an answer that does not say SUCCESS")
    known = str(said.get(f"{wire.SINGULAR[asset]}_id") or "")
    # All of the state stays: should it never be confirmed, no second media may be made of it.
    return Accepted({**state, "id": known, "at": call.now.isoformat()}, _FIRST_LOOK)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Look whether it is live. Raises Refused when a review rejected it."""
    asset, since = wire.ASSETS[piece.kind], datetime.fromisoformat(str(state["at"]))
    shown = listed(call, asset) or []
    if state.get("id"):
        found = [item for item in shown if str(item["id"]) == state["id"]]
    else:
        found = [item for item in shown if _is_ours(piece, item, since, state.get("before", ()))]
    if len(found) != 1 or _in_review(found[0]):
        return Wait(state, _NEXT_LOOK)
    return _live(call, asset, found[0])


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for it among the profile's posts of its kind: new since arming, with its words.

    A story has no words: one new story is ours, several are in doubt, and none proves nothing.
    """
    asset = wire.ASSETS[piece.kind]
    shown = listed(call, asset)
    before = armed.state.get("before", ())
    if known := armed.state.get("id"):
        found = [item for item in shown or () if str(item["id"]) == known]
    else:
        found = [item for item in shown or () if _is_ours(piece, item, armed.at, before)]
    found = [item for item in found if not armed.taken(str(item["id"]))]
    if len(found) > 1:
        return Unsure(f"{len(found)} new {asset} of the profile look alike")
    if found:
        return Unsure("it is in Snapchat's review") if _in_review(found[0]) else _live(call, asset, found[0])
    if known:
        return Unsure(f"Snapchat took it as {known}, and does not list it")
    if shown is None or piece.kind is Kind.STORY:
        return Unsure(f"Snapchat does not list all of the profile's {asset}")
    return Absent(f"none of the profile's {asset} since the attempt has this text")


def listed(call: Call, asset: str) -> list[dict[str, Any]] | None:
    """The profile's posts of this kind; None where there are more than we read. Raises Refused, AnswerLost."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(_PAGES):
        query = {"limit": 100, "cursor": cursor or None}
        said = wire.ask(call, _wire.get(wire.profile_url(call, f"/{asset}"), query))
        found += [item for item in wire.items(said, asset) if item.get("id")]
        cursor = wire.next_cursor(said)
        if not cursor:
            return found
    return None


def _is_ours(piece: Piece, item: Mapping[str, Any], since: datetime, before: Sequence[str]) -> bool:
    made = wire.made_at(item)
    if str(item["id"]) in before or (made is not None and made < since - _SKEW):
        return False
    return piece.kind is Kind.STORY or wire.text_of(item).split() == piece.text.split()


def _in_review(item: Mapping[str, Any]) -> bool:
    return str(item.get("status") or "LIVE").upper() == "SUBMITTED"


def _live(call: Call, asset: str, item: Mapping[str, Any]) -> Published:
    """Raises Refused where the review said no."""
    if str(item.get("status") or "").upper() == "REJECTED":
        raise errors.rejected_by_review(item)
    return wire.published(call, asset, str(item["id"]), item)


# ------------------------------------------------------------------------------------------------------- after


def describe(call: Call, published: Published) -> Published:
    """The same, with its address: it follows from the id, nothing is asked."""
    asset = str(published.state.get("asset") or "spotlights")
    link = published.permalink or wire.permalink(asset, published.id, call.who.username)
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Not offered: see the manifest."""
    raise Unsupported("platform.snapchat.delete", capabilities.NO_DELETE.reason)
