"""Between our words and Reddit's: titles and bodies, the forms of each kind, recognising what a listing shows."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Published
from shared.platforms.reddit import limits

SITE: Final = "https://www.reddit.com"
SUBMIT: Final = "/api/submit"
GALLERY: Final = "/api/submit_gallery_post.json"
POLL: Final = "/api/submit_poll_post"
_ID_IN_URL: Final = re.compile(r"/comments/([0-9a-z]+)")
# What Reddit adds to a poll's body for who cannot show polls; seen in public copies of its listings, 2020 to 2024.
_POLL_LINK: Final = re.compile(r"\s*\[View Poll\]\(https://www\.reddit\.com/poll/[0-9a-z]+\)\s*$")


def subreddit_of(piece: Piece, username: str) -> str:
    """Where it goes: the community that was named, else the account's own profile."""
    named = piece.options.get("subreddit")
    return limits.subreddit(str(named)) if named else f"u_{username}"


def title_of(piece: Piece) -> str:
    """The title that was given, else the text's first line, shortened to what a title may be."""
    if piece.options.get("title"):
        return str(piece.options["title"])
    first = next((line.strip() for line in piece.text.splitlines() if line.strip()), "")
    return first if len(first) <= limits.MAX_TITLE else first[: limits.MAX_TITLE - 1] + "…"


def body_of(piece: Piece) -> str:
    """What stands below the title: the text, unless the title is all of it."""
    return "" if piece.text.strip() == title_of(piece) else piece.text


def common(piece: Piece, username: str) -> dict[str, Any]:
    """The fields that every kind has."""
    options = piece.options
    fields = {
        "sr": subreddit_of(piece, username),
        "title": title_of(piece),
        "nsfw": bool(options.get("nsfw", False)),
        "spoiler": bool(options.get("spoiler", False)),
        "sendreplies": bool(options.get("send_replies", True)),
        "validate_on_submit": True,
    }
    flair = {name: options[name] for name in ("flair_id", "flair_text") if options.get(name)}
    return fields | flair


def submit_form(piece: Piece, username: str, urls: Sequence[str]) -> dict[str, Any]:
    """The form of /api/submit. ``urls``: the uploads' addresses (the file; a video's poster after it)."""
    fields = {**common(piece, username), "resubmit": bool(piece.options.get("resubmit", False))}
    body = body_of(piece)
    if piece.kind is Kind.TEXT:
        return {**fields, "kind": "self", "text": body}
    if body:
        fields["text"] = body
    if piece.kind is Kind.LINK:
        return {**fields, "kind": "link", "url": str(piece.options["url"])}
    if piece.kind is Kind.VIDEO:
        return {**fields, "kind": "video", "url": urls[0], "video_poster_url": urls[1]}
    return {**fields, "kind": "image", "url": urls[0]}


def gallery_body(piece: Piece, username: str, asset_ids: Sequence[str]) -> dict[str, Any]:
    """The JSON of a gallery; alt texts become captions, cut to what Reddit takes."""
    items = [
        {"caption": file.facts.alt_text[: limits.MAX_CAPTION], "media_id": asset_id, "outbound_url": ""}
        for file, asset_id in zip(piece.media, asset_ids, strict=True)
    ]
    text = {"text": body} if (body := body_of(piece)) else {}
    return {**common(piece, username), **text, "items": items, "show_error_list": True}


def poll_body(piece: Piece, username: str) -> dict[str, Any]:
    """The JSON of a poll."""
    poll = piece.options["poll"]
    return {
        **common(piece, username),
        "resubmit": bool(piece.options.get("resubmit", False)),
        "options": list(poll["options"]),
        "duration": int(poll.get("duration_days", 3)),
        "text": body_of(piece),
    }


# ------------------------------------------------------------------------------------------------ what was made


def published(made: Mapping[str, Any]) -> Published | None:
    """A form's answer, or a listed thing, as what was published; None where neither names it."""
    name = fullname(made)
    if not name:
        return None
    link = str(made.get("permalink") or made.get("url") or "")
    permalink = SITE + link if link.startswith("/") else link
    kept = {"name": name, "subreddit": str(made.get("subreddit") or "")}
    return Published(name, permalink if "/comments/" in permalink else None, kept, dict(made))


def fullname(made: Mapping[str, Any]) -> str:
    """``t3_…`` or ``t1_…``: some answers have it as name, some as id, some only in the address."""
    for value in (made.get("name"), made.get("id")):
        if isinstance(value, str) and re.fullmatch(r"t[13]_[0-9a-z]+", value):
            return value
    if isinstance(made.get("id"), str) and re.fullmatch(r"[0-9a-z]+", made["id"]):
        return "t3_" + str(made["id"])
    found = _ID_IN_URL.search(str(made.get("url") or ""))
    return "t3_" + found[1] if found else ""


# -------------------------------------------------------------------------------------------------- recognising


def is_piece(piece: Piece, username: str, assets: Sequence[str], post: Mapping[str, Any]) -> bool:
    """Whether a listed post can be this piece: community, title, body, kind and, where Reddit shows them, our uploads."""
    if str(post.get("subreddit", "")).lower() != subreddit_of(piece, username).lower():
        return False
    if canonical(str(post.get("title"))) != canonical(title_of(piece)):
        return False
    if canonical(_body_shown(piece, post)) != canonical(body_of(piece)):
        return False
    return _kind_fits(piece, assets, post)


def resembles(piece: Piece, username: str, post: Mapping[str, Any]) -> bool:
    """Whether a listed post may be this piece after all, in words or a form that Reddit or somebody gave it since.

    In the same community: by its title, or because what Reddit removed no longer shows its own words.
    """
    if str(post.get("subreddit", "")).lower() != subreddit_of(piece, username).lower():
        return False
    return bool(post.get("removed_by_category")) or canonical(str(post.get("title"))) == canonical(title_of(piece))


def _body_shown(piece: Piece, post: Mapping[str, Any]) -> str:
    shown = str(post.get("selftext") or "")
    return _POLL_LINK.sub("", shown) if piece.kind is Kind.POLL else shown


def is_comment(text: str, parent: str, comment: Mapping[str, Any]) -> bool:
    """Whether a listed comment of one's own is this one."""
    return comment.get("parent_id") == parent and canonical(str(comment.get("body"))) == canonical(text)


def canonical(text: str) -> str:
    """What is left of a text when what Reddit does to it (escapes, line ends, spaces at the ends) is taken out."""
    return " ".join(html.unescape(text).split())


def _kind_fits(piece: Piece, assets: Sequence[str], post: Mapping[str, Any]) -> bool:
    url = str(post.get("url") or "")
    polled = bool(post.get("poll_data"))
    if piece.kind is Kind.POLL:
        return polled and _answers(post) == [str(text) for text in piece.options["poll"]["options"]]
    if piece.kind is Kind.TEXT:
        return bool(post.get("is_self")) and not polled
    if piece.kind is Kind.LINK:
        return not post.get("is_self") and _bare(url) == _bare(str(piece.options["url"]))
    if piece.kind is Kind.CAROUSEL:
        shown = [item.get("media_id") for item in (post.get("gallery_data") or {}).get("items", ())]
        return bool(post.get("is_gallery")) and (not shown or shown == list(assets))
    if piece.kind is Kind.VIDEO:
        return bool(post.get("is_video")) or "v.redd.it" in url
    return not post.get("is_self") and not post.get("is_video") and urlsplit(url).netloc == "i.redd.it"


def _answers(post: Mapping[str, Any]) -> list[str]:
    return [str(option.get("text")) for option in (post.get("poll_data") or {}).get("options", ())]


def _bare(url: str) -> str:
    parts = urlsplit(html.unescape(url))
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
