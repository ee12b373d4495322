"""Between our words and LinkedIn's: pure functions over pieces and payloads, no calls.

Everything is named by URNs, which are encoded where they stand in a path or a query; the parentheses and commas of
Rest.li's own notation (``List(a,b)``) are not. A post's number carries the instant at which it was made (milliseconds
above 22 bits: seen on every post whose time is known, 2023 to 2026; LinkedIn does not document it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Call, Published
from shared.platforms.linkedin import MANIFEST, limits, little
from shared.ports.http import Request

API: Final = "https://api.linkedin.com/rest"
LIVE_STATES: Final = frozenset({"PUBLISHED", "PUBLISH_REQUESTED"})
DEAD_STATES: Final = frozenset({"DRAFT", "PUBLISH_FAILED"})
_URN: Final = re.compile(r"urn:li:[A-Za-z]{1,40}:[\w:(),-]{1,300}", re.ASCII)
_COMMENT: Final = re.compile(r"urn:li:comment:\([\w:-]{1,200},[0-9]{1,20}\)", re.ASCII)
_MULTI: Final = Kind.CAROUSEL


def authorised(call: Call, request: Request, method: str = "") -> Request:
    """The request with the account's token, the version, and Rest.li's protocol (``method``: X-RestLi-Method)."""
    headers = {
        **request.headers,
        "Authorization": f"Bearer {call.tokens.access}",
        "LinkedIn-Version": MANIFEST.api.name,
        "X-Restli-Protocol-Version": "2.0.0",
    }
    if method:
        headers["X-RestLi-Method"] = method
    return replace(request, headers=headers)


def encoded(urn: str) -> str:
    """A URN as it stands in a path, a query or a list."""
    return quote(urn, safe="")


def is_urn(value: str) -> bool:
    """Whether it has a URN's form."""
    return _URN.fullmatch(value) is not None


def is_comment(urn: str) -> bool:
    """Whether it is a comment's: of its thread and its number."""
    return _COMMENT.fullmatch(urn) is not None


def is_organization(urn: str) -> bool:
    """Whether the account is an organization's page; else it is a member."""
    return urn.startswith("urn:li:organization:")


def time_of(number: int) -> datetime:
    """When the post of this number was made."""
    return datetime.fromtimestamp((number >> 22) / 1000, UTC)


# -------------------------------------------------------------------------------------------------------- posts


def create_body(author: str, piece: Piece, assets: Sequence[str]) -> dict[str, Any]:
    """The body of POST /rest/posts. The same piece and assets give the same body."""
    body: dict[str, Any] = {
        "author": author,
        "commentary": little.escaped(piece.text),
        "visibility": piece.options.get("visibility") or "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": bool(piece.options.get("disable_reshare")),
    }
    content = _content(piece, assets)
    return {**body, "content": content} if content else body


def _content(piece: Piece, assets: Sequence[str]) -> dict[str, Any]:
    if piece.kind is Kind.ARTICLE:
        return {"article": _article(piece, assets)}
    if piece.kind is Kind.POLL:
        return {"poll": _poll(piece.options["poll"])}
    if piece.kind is _MULTI:
        alts = [file.facts.alt_text for file in piece.media]
        images = [_image(urn, alt) for urn, alt in zip(assets, alts, strict=True)]
        return {"multiImage": {"images": images}}
    if not assets:
        return {}
    title = _title(piece)
    alt = piece.media[0].facts.alt_text if piece.kind is Kind.IMAGE else ""
    return {"media": {**_image(assets[0], alt), **({"title": title} if title else {})}}


def _image(urn: str, alt: str) -> dict[str, str]:
    return {"id": urn, **({"altText": alt} if alt else {})}


def _article(piece: Piece, assets: Sequence[str]) -> dict[str, Any]:
    given = piece.options
    article = {"source": str(given["article_url"]), "title": str(given["article_title"])}
    if given.get("article_description"):
        article["description"] = str(given["article_description"])
    return {**article, **({"thumbnail": assets[0]} if assets else {})}


def _poll(poll: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "question": str(poll["question"]),
        "options": [{"text": str(option)} for option in poll["options"]],
        "settings": {"duration": str(poll["duration"])},
    }


def _title(piece: Piece) -> str:
    """Videos may have a title, documents must: without one of its own, the text's first line."""
    given = str(piece.options.get("media_title") or "")
    if given or piece.kind is not Kind.DOCUMENT:
        return given
    first = piece.text.strip().partition("\n")[0]
    return first[: limits.MAX_ARTICLE_TITLE] or "Document"


def published(urn: str, raw: Mapping[str, Any]) -> Published:
    """A live post as the engine keeps it."""
    return Published(urn, permalink(urn), {"kind": "post", "urn": urn}, raw)


def permalink(urn: str) -> str:
    """Where people see the post."""
    return f"https://www.linkedin.com/feed/update/{urn}/"


# ------------------------------------------------------------------------------------------- recognising a post


def matches(author: str, piece: Piece, assets: Iterable[str], post: Mapping[str, Any]) -> bool:
    """Whether a listed post is this piece; ``assets`` are all that were ever uploaded for it.

    An asset's URN belongs to one upload, and ours are attached to nothing else: the same ones are proof. Without assets
    the words and the rest of the content must be the same.
    """
    if post.get("author") != author or post.get("lifecycleState", "PUBLISHED") not in LIVE_STATES:
        return False
    content = post.get("content") or {}
    attached = attached_to(content)
    if piece.media or attached:
        return len(attached) == len(piece.media) and set(attached) <= set(assets)
    return same_words(_commentary(post), little.escaped(piece.text)) and _says(content) == _says(_content(piece, ()))


def may_be(author: str, piece: Piece, assets: Iterable[str], post: Mapping[str, Any]) -> bool:
    """Whether a listed post could be this piece: it is (:func:`matches`), or its words are, as LinkedIn may show them.

    What is attached then says nothing: LinkedIn may name a file, or an article's picture, in another way.
    """
    if post.get("author") != author or post.get("lifecycleState") in DEAD_STATES:
        return False
    return matches(author, piece, assets, post) or loosely_same(_commentary(post), little.escaped(piece.text))


def same_words(shown: str, ours: str) -> bool:
    """Whether two texts are the same but for LinkedIn's templates, its escapes and spacing."""
    return little.canonical(shown) == little.canonical(ours)


def loosely_same(shown: str, ours: str) -> bool:
    """The same words, whatever their addresses (LinkedIn shortens them to lnkd.in) and mentions have become."""
    return little.bare(shown) == little.bare(ours)


def _commentary(post: Mapping[str, Any]) -> str:
    return str(post.get("commentary") or "")


def attached_to(content: Mapping[str, Any]) -> list[str]:
    """The URNs of the files in a post's content."""
    single, many, article = content.get("media") or {}, content.get("multiImage") or {}, content.get("article") or {}
    named = [single.get("id"), *(image.get("id") for image in many.get("images") or ()), article.get("thumbnail")]
    return [str(urn) for urn in named if urn]


def _says(content: Mapping[str, Any]) -> tuple[str, str]:
    article, poll = content.get("article") or {}, content.get("poll") or {}
    return str(article.get("source") or ""), str(poll.get("question") or "")


# ----------------------------------------------------------------------------------------------------- comments


def comments_url(post: str) -> str:
    """The comments on a post, or on a comment."""
    return f"{API}/socialActions/{encoded(post)}/comments"


def comment_body(actor: str, post: str, text: str, parent: str = "") -> dict[str, Any]:
    """The body of a new comment; ``parent`` is the URN of the comment that it answers."""
    body: dict[str, Any] = {"actor": actor, "object": post, "message": {"text": text}}
    return {**body, "parentComment": parent} if parent else body


def comment_urn(answer: Mapping[str, Any], header: str) -> str:
    """The URN of a comment that was made: LinkedIn's own, else from its thread and its number. Empty where unknown."""
    named = answer.get("commentUrn") or answer.get("$URN")
    if named:
        return str(named)
    if header.startswith("urn:li:comment:"):
        return header
    thread, number = answer.get("object"), answer.get("id") or header
    return f"urn:li:comment:({thread},{number})" if thread and number else ""


def thread_of(comment: str) -> tuple[str, str]:
    """A comment's thread (the post or activity it hangs on) and its number. Raises ValueError."""
    inside = comment.removeprefix("urn:li:comment:(").removesuffix(")")
    thread, _, number = inside.rpartition(",")
    if not thread or not number.isdigit():
        raise ValueError(f"{comment!r} is no comment's URN")
    return thread if thread.startswith("urn:li:") else f"urn:li:{thread}", number
