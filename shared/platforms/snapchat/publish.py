"""Publishing to Snapchat: an encrypted media first, then one POST that shows it, then looking for it in the listing.

A story's answer names nothing (only its request), a Spotlight's names its id and passes a review. Both are confirmed by the
profile's own listing, which is what settles a lost answer too; see README.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.domain.content import Kind, MediaFacts, MediaType, Piece
from shared.domain.errors import Invalid, Unsupported
from shared.platforms import _wire
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.snapchat import MANIFEST, capabilities, errors, uploads, wire
from shared.ports.http import AnswerLost

_SKEW: Final = timedelta(seconds=5)  # between our clock and Snapchat's
_PAGES: Final = 5
_RECENT: Final = timedelta(days=2)
_EXCHANGE: Final = timedelta(seconds=80)  # from arming until the request is certainly over
_RESENT_WITHIN: Final = timedelta(hours=1)  # from a look that proves absence until the next attempt
_FIRST_LOOK: Final = 3.0  # seconds after posting
_NEXT_LOOK: Final = 15.0
_TITLE: Final = 45  # characters of a saved story
_OPTIONS_OF: Final = {
    "locale": Kind.SPOTLIGHT,
    "skip_save_to_profile": Kind.SPOTLIGHT,
    "customized_ttl": Kind.STORY,
}
_KINDS: Final = {"spotlight": Kind.SPOTLIGHT, "story": Kind.STORY, "saved_story": Kind.SAVED_STORY}


# ------------------------------------------------------------------------------------------------------- kinds


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """What ``kind`` says, else a Spotlight for a video and a story for an image. Raises Invalid."""
    if len(media) != 1:
        message = "Snapchat takes one image or one video in a post, and none without: give exactly one."
        raise Invalid("validation.media_count", message, field="media")
    is_video = media[0].type is MediaType.VIDEO
    if media[0].type is MediaType.DOCUMENT:
        raise Invalid("validation.kind_unsupported", "media: Snapchat takes images and videos only.", field="media")
    wanted = options.get("kind")
    if wanted is not None and (not isinstance(wanted, str) or wanted not in _KINDS):
        raise _invalid("platform_data.kind", f"kind is one of {', '.join(_KINDS)}.")
    chosen = _KINDS[str(wanted)] if wanted else Kind.SPOTLIGHT if is_video else Kind.STORY
    _check_options(chosen, options)
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


def _check_options(kind: Kind, options: Mapping[str, Any]) -> None:
    for name, only in _OPTIONS_OF.items():
        if options.get(name) is not None and kind is not only:
            raise _invalid(f"platform_data.{name}", f"{name} is for kind {only}, and this is a {kind}: leave it out.")
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

    State: ``media`` (see uploads), ``before`` (ids of the profile's latest posts of this kind), ``since`` (when they were read).
    """
    media = state.get("media")
    if not uploads.is_ready(call, media):
        return Wait({"media": uploads.step(call, piece, media)}, 0)
    if "before" not in state:
        shown = listed(call, wire.ASSETS[piece.kind]).items
        before = [str(item["id"]) for item in shown if _is_recent(call, item)]
        return Wait({**state, "before": before, "since": call.now.isoformat()}, 0)
    return Ready(state)


def _is_recent(call: Call, item: Mapping[str, Any]) -> bool:
    """Whether only its id can say that it is none of what comes now: what is older says so by its date."""
    made = wire.made_at(item)
    return made is None or made > call.now - _RECENT


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
    """Look whether it is live. Raises Refused when a review rejected it.

    State: ``until``, the first look: what was taken by then was made by then, so that a later story is another one.
    """
    asset, known = wire.ASSETS[piece.kind], str(state.get("id") or "")
    state = {"until": call.now.isoformat(), **state}
    span = _Span(datetime.fromisoformat(str(state["at"])), datetime.fromisoformat(str(state["until"])))
    before, shown = state.get("before", ()), listed(call, asset).items
    found = [item for item in shown if (item["id"] == known if known else _is_ours(piece, item, span, before))]
    if len(found) != 1 or _in_review(asset, found[0]):
        return Wait(state, _NEXT_LOOK)
    return _live(call, asset, found[0])


# -------------------------------------------------------------------------------------------------------- find


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for it among the profile's posts of its kind: new since the attempt, with its words.

    What has no words is ours only as the one new post that was made in the time of the request.
    """
    asset, known = wire.ASSETS[piece.kind], str(armed.state.get("id") or "")
    shown = listed(call, asset)
    mine = [item for item in shown.items if (item["id"] == known if known else _may_be_ours(piece, item, armed))]
    found = [item for item in mine if not armed.taken(str(item["id"]))]
    if len(found) > 1:
        return Unsure(f"{len(found)} new {asset} of the profile look alike")
    if found and not known and not _is_surely_timed(piece, found[0], armed):
        return Unsure(f"one of the profile's {asset} is new, but may be another's: it has no words, and not the time")
    if found:
        return Unsure("it is in Snapchat's review") if _in_review(asset, found[0]) else _live(call, asset, found[0])
    return (
        Unsure(f"Snapchat took it as {known}, and does not list it")
        if known
        else _not_listed(call, armed, shown, asset)
    )


def _not_listed(call: Call, armed: Armed, shown: Listed, asset: str) -> Absent | Unsure:
    """Absent only while the second request would be refused should this be wrong, and only once.

    That a Spotlight in review is listed is documented nowhere; but a media is posted once.
    """
    if not shown.whole or asset == "stories":
        return Unsure(f"Snapchat does not list all of the profile's {asset}")
    if armed.attempt > 1:
        return Unsure("it is not listed, and an earlier attempt may have been taken")
    if not uploads.lasts(call, armed.state.get("media"), _RESENT_WITHIN):
        return Unsure("it is not listed, but its media ends, and another one could be posted beside it")
    return Absent(f"none of the profile's {asset} since the attempt has this text")


class Listed(NamedTuple):
    """The profile's posts of a kind. ``whole``: all of them, by an answer that says SUCCESS of itself."""

    items: list[dict[str, Any]]
    whole: bool


def listed(call: Call, asset: str) -> Listed:
    """The profile's posts of this kind, as many as we read. Raises Refused, AnswerLost."""
    found: list[dict[str, Any]] = []
    cursor, whole = "", True
    for _ in range(_PAGES):
        query = {"limit": 100, "cursor": cursor or None}
        said = wire.ask(call, _wire.get(wire.profile_url(call, f"/{asset}"), query))
        found += ({**item, "id": str(item["id"])} for item in wire.items(said, asset))
        cursor, whole = wire.next_cursor(said), whole and wire.says_success(said)
        if not cursor:
            return Listed(found, whole)
    return Listed(found, False)


class _Span(NamedTuple):
    """When a post of ours can have been made."""

    since: datetime
    until: datetime | None = None

    def has(self, made: datetime) -> bool:
        return self.since - _SKEW <= made and (self.until is None or made <= self.until + _SKEW)


def _may_be_ours(piece: Piece, item: Mapping[str, Any], armed: Armed) -> bool:
    """A later attempt looks back to the first preparation: what refuses it may be what an earlier one made."""
    since = str(armed.state.get("since") or "") if armed.attempt > 1 else ""
    earliest = min(datetime.fromisoformat(since), armed.at) if since else armed.at
    return _is_ours(piece, item, _Span(earliest), armed.state.get("before", ()))


def _is_surely_timed(piece: Piece, item: Mapping[str, Any], armed: Armed) -> bool:
    """Whether something without words was made within the request's time; words need no such proof."""
    made = wire.made_at(item)
    worded = piece.kind is not Kind.STORY and bool(piece.text.strip())
    return worded or (made is not None and _Span(armed.at, armed.at + _EXCHANGE).has(made))


def _is_ours(piece: Piece, item: Mapping[str, Any], span: _Span, before: Sequence[str]) -> bool:
    made = wire.made_at(item)
    if str(item["id"]) in before or (made is not None and not span.has(made)):
        return False
    return piece.kind is Kind.STORY or wire.text_of(item).split() == piece.text.split()


def _in_review(asset: str, item: Mapping[str, Any]) -> bool:
    """Whether a Spotlight's review is not over: documented are SUBMITTED, LIVE and REJECTED."""
    return asset == "spotlights" and str(item.get("status") or "LIVE").upper() not in {"LIVE", "REJECTED"}


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
