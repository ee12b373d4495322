"""Between our words and Bluesky's: records, addresses and answers. Pure."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import regex

from shared.domain.content import Kind, MediaFile, Parent, Piece
from shared.domain.errors import Invalid
from shared.platforms.bluesky import facets, tid
from shared.platforms.bluesky.limits import graphemes
from shared.platforms.contract import Published
from shared.ports.http import AnswerLost

ENTRYWAY = "https://bsky.social"
APPVIEW = "https://public.api.bsky.app"
VIDEO_SERVICE = "https://video.bsky.app"
POSTS = "app.bsky.feed.post"

_AT_URI = regex.compile(r"at://(?P<repo>[^/\s]+)/(?P<collection>[A-Za-z0-9.-]+)/(?P<rkey>[A-Za-z0-9._:~-]+)")
_LANGUAGE = regex.compile(r"(?:[a-z]{2,3}(?:-[A-Za-z0-9]+)*|i(?:-[A-Za-z0-9]+)+)")
_POST_LINK = regex.compile(r"https://bsky\.app/profile/(?P<repo>[^/\s]+)/post/(?P<rkey>[A-Za-z0-9]+)/?(?:[?#].*)?")


# -------------------------------------------------------------------------------------------------- addresses


def method(service: str, nsid: str) -> str:
    """The address of an XRPC method."""
    return f"{service}/xrpc/{nsid}"


def with_pairs(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The address with its query; a name may come several times, as XRPC has lists."""
    return f"{url}?{urlencode(pairs)}" if pairs else url


def origin(url: str) -> str | None:
    """``scheme://host[:port]`` of a service URL (https assumed for a bare host), None when it is none."""
    try:
        parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.path.strip("/"):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def pds(session: Mapping[str, Any]) -> str | None:
    """The service endpoint that a session's DID document names: where the account's data lies."""
    document = session.get("didDoc")
    services = document.get("service") if isinstance(document, Mapping) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, Mapping) and str(service.get("id", "")).endswith("#atproto_pds"):
            return origin(str(service.get("serviceEndpoint", "")))
    return None


def permalink(username: str, uri: str) -> str:
    """The page of a post, by its ``at://`` URI."""
    return f"https://bsky.app/profile/{username}/post/{uri.rpartition('/')[2]}"


def address(text: str) -> dict[str, str] | None:
    """``repo``, ``collection`` and ``rkey`` of a post's link or ``at://`` URI, None when it is neither."""
    if match := _AT_URI.fullmatch(text.strip()):
        return match.groupdict()
    if match := _POST_LINK.fullmatch(text.strip()):
        return {**match.groupdict(), "collection": POSTS}
    return None


# ---------------------------------------------------------------------------------------------------- records


def rkey(piece: Piece) -> str:
    """The record key of a piece: the same before, during and after every attempt."""
    return tid.record_key(piece.created_at, piece.key)


def put(did: str, piece: Piece, state: Mapping[str, Any]) -> dict[str, Any]:
    """putRecord's body: create only (``swapRecord`` null), under the piece's own key."""
    return {
        "repo": did,
        "collection": POSTS,
        "rkey": rkey(piece),
        "record": record(piece, state),
        "swapRecord": None,
    }


def record(piece: Piece, state: Mapping[str, Any]) -> dict[str, Any]:
    """An ``app.bsky.feed.post`` record. ``state`` has what prepare collected: blobs, mentions, quote, parents."""
    found = facets.detect(piece.text, state.get("mentions", {}))
    optional = {
        "facets": found,
        "embed": _embed(piece, state),
        "reply": _reply(piece, state),
        "langs": list(piece.options.get("languages", ())),
        "tags": list(piece.options.get("tags", ())),
        "labels": _labels(piece.options.get("labels", ())),
    }
    return {
        "$type": POSTS,
        "text": piece.text,
        "createdAt": created_at(piece, state),
        **{name: value for name, value in optional.items() if value},
    }


def created_at(piece: Piece, state: Mapping[str, Any]) -> str:
    """The record's ``createdAt``: RFC 3339 in UTC with milliseconds; the instant that prepare fixed."""
    fixed = state.get("created_at")
    instant = datetime.fromisoformat(fixed) if fixed else datetime.fromtimestamp(piece.created_at / 1_000_000, UTC)
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parents(piece: Piece) -> dict[str, Parent]:
    """What a reply refers to, by the record's own names; empty for a post."""
    if piece.parent is None:
        return {}
    return {"root": piece.root or piece.parent, "parent": piece.parent}


def strong_ref(handles: Mapping[str, Any]) -> dict[str, str] | None:
    """``uri`` and ``cid`` from a published piece's handles, None when they lack either."""
    uri, cid = handles.get("uri"), handles.get("cid")
    return {"uri": uri, "cid": cid} if isinstance(uri, str) and isinstance(cid, str) and uri and cid else None


def _reply(piece: Piece, state: Mapping[str, Any]) -> dict[str, Any] | None:
    resolved = state.get("parents", {})
    return {
        name: strong_ref(parent.handles) or resolved.get(parent.id) for name, parent in parents(piece).items()
    } or None


def _labels(values: Sequence[str]) -> dict[str, Any] | None:
    if not values:
        return None
    return {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": value} for value in values]}


def _embed(piece: Piece, state: Mapping[str, Any]) -> dict[str, Any] | None:
    media, quote = _media(piece, state), state.get("quote")
    if quote is None:
        return media
    quoted = {"$type": "app.bsky.embed.record", "record": quote}
    if media is None:
        return quoted
    return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": media}


def _media(piece: Piece, state: Mapping[str, Any]) -> dict[str, Any] | None:
    blobs = [kept["blob"] for kept in state.get("blobs", ())]
    if piece.kind is Kind.IMAGE:
        images = [_image(file, blob) for file, blob in zip(piece.media, blobs, strict=True)]
        return {"$type": "app.bsky.embed.images", "images": images}
    if piece.kind is Kind.VIDEO:
        alt = piece.media[0].facts.alt_text
        return {
            "$type": "app.bsky.embed.video",
            "video": blobs[0],
            **({"alt": alt} if alt else {}),
            **_ratio(piece.media[0]),
        }
    return None


def _image(file: MediaFile, blob: Mapping[str, Any]) -> dict[str, Any]:
    # `alt` is required, also when nobody wrote one.
    return {"image": blob, "alt": file.facts.alt_text, **_ratio(file)}


def _ratio(file: MediaFile) -> dict[str, Any]:
    if not (file.facts.width and file.facts.height):
        return {}
    return {"aspectRatio": {"width": file.facts.width, "height": file.facts.height}}


# ---------------------------------------------------------------------------------------------------- answers


def published(answer: Mapping[str, Any], username: str) -> Published:
    """putRecord's and getRecord's answers. Raises AnswerLost when they lack what they must have."""
    handles = strong_ref(answer)
    if handles is None:
        raise AnswerLost("an answer without uri and cid")
    return Published(handles["uri"], permalink(username, handles["uri"]), handles, dict(answer))


def is_ours(answer: Mapping[str, Any], piece: Piece) -> bool:
    """Whether a record read back under the piece's key is this piece's: its text. (Posts cannot be edited.)"""
    value = answer.get("value")
    return isinstance(value, Mapping) and value.get("text") == piece.text


def job_status(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A video job's status. getJobStatus wraps it as the lexicon says; uploadVideo does not
    (https://github.com/bluesky-social/atproto/issues/3097, 2024-11-25; the tutorial of 2026-04-21 reads it bare)."""
    wrapped = answer.get("jobStatus")
    return wrapped if isinstance(wrapped, Mapping) else answer


def jwt_expiry(token: str) -> datetime | None:
    """The ``exp`` of a session token, None when it is not a JWT that we can read."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return datetime.fromtimestamp(int(claims["exp"]), UTC)
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        return None


def check_options(options: Mapping[str, Any]) -> None:
    """Raise Invalid for an option that no post of Bluesky can carry."""
    for name, most in (("languages", 3), ("tags", 8), ("labels", 10)):
        values = options.get(name, ())
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            raise _invalid(name, "give a list of strings")
        if len(values) > most:
            raise _invalid(name, f"Bluesky takes at most {most}, not {len(values)}")
        fits, wanted = _VALUES[name]
        if not all(map(fits, values)):
            raise _invalid(name, wanted)
    quote = options.get("quote")
    if quote is not None and (not isinstance(quote, str) or address(quote) is None):
        raise _invalid("quote", "give a post's link (https://bsky.app/profile/…/post/…) or its at:// URI")


def _is_language(value: str) -> bool:
    return _LANGUAGE.fullmatch(value) is not None


def _is_tag(value: str) -> bool:
    return 0 < graphemes(value) <= facets.MAX_TAG_GRAPHEMES and len(value.encode()) <= 640


def _is_label(value: str) -> bool:
    return 0 < len(value.encode()) <= 128


# What each value has to be, by the post's lexicon and com.atproto.label.defs#selfLabel.
_VALUES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "languages": (_is_language, "each is a BCP 47 tag, such as en or pt-BR"),
    "tags": (_is_tag, "each has 1 to 64 characters as people count them, and at most 640 bytes"),
    "labels": (_is_label, "each has 1 to 128 bytes"),
}


def _invalid(name: str, remedy: str) -> Invalid:
    return Invalid("validation.field_invalid", f"platform_data.{name}: {remedy}", field=f"platform_data.{name}")
