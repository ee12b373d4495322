"""Between our words and X's: pure functions over pieces and payloads, no calls.

Two vocabularies are alive (2026-11-22): the OpenAPI document names ``post.fields``, ``referenced_posts`` and
``repost_count`` since its version of 2026-08-07, the prose pages still name ``tweet.fields``, ``referenced_tweets``
and ``retweet_count``. The API answers in the vocabulary of the request. We ask in the new one and read both.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import MediaFacts, MediaType, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms.contract import Call, Published
from shared.platforms.x import limits
from shared.ports.http import Request

API: Final = "https://api.x.com/2"
EPOCH_MS: Final = 1288834974657  # ids are milliseconds since then << 22 (docs.x.com/fundamentals/x-ids)

_ID: Final = re.compile(r"[0-9]{1,19}")
_CONVERSATION: Final = re.compile(r"[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}")
_NAMES: Final = re.compile(r"(?:@[A-Za-z0-9_]{1,15} )+")  # at the beginning of what is canonical; never all of it

# Of the options, those that describe a thread's first post; the others belong on every piece.
_FIRST_ONLY: Final = ("quote_tweet_id", "poll", "reply_settings", "community_id", "share_with_followers")
_EVERYWHERE: Final = ("made_with_ai", "paid_partnership")


def create_body(piece: Piece, media_ids: Sequence[str]) -> dict[str, Any]:
    """The body of POST /2/tweets. The same piece and media give the same body."""
    body: dict[str, Any] = {"text": piece.text}
    names = _EVERYWHERE if piece.role is not Role.POST else (*_FIRST_ONLY, *_EVERYWHERE)
    body.update({name: piece.options[name] for name in names if piece.options.get(name) is not None})
    if media_ids:
        body["media"] = _media(piece, media_ids)
    if target := answered(piece):
        body["reply"] = {"in_reply_to_tweet_id": target}
    return body


def answered(piece: Piece) -> str | None:
    """The id of the post that this piece replies to, None when it opens a conversation."""
    if piece.parent is not None:
        return piece.parent.id
    given = piece.options.get("in_reply_to_tweet_id") if piece.role is Role.POST else None
    return str(given) if given else None


def quoted(piece: Piece) -> str | None:
    """The id of the post that this piece quotes."""
    given = piece.options.get("quote_tweet_id") if piece.role is Role.POST else None
    return str(given) if given else None


def reposted(options: Mapping[str, Any]) -> str:
    """The id of the post that a piece with these options shows again, empty when it is a post of its own."""
    return str(options.get("repost_of") or "")


def authorised(call: Call, request: Request) -> Request:
    """The request with the account's access token."""
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {call.tokens.access}"})


def media_category(facts: MediaFacts) -> str:
    """X's name for the use of a file in a post."""
    if facts.type is MediaType.VIDEO:
        return "tweet_video"
    return "tweet_gif" if facts.content_type == "image/gif" else "tweet_image"


def published(post_id: str, username: str, raw: Mapping[str, Any]) -> Published:
    """A live post as the engine keeps it."""
    return Published(post_id, permalink(username, post_id), {"id": post_id}, raw)


def permalink(username: str, post_id: str) -> str:
    """Where people see the post; X finds it by its id, whoever's name stands before it."""
    return f"https://x.com/{username or 'i'}/status/{post_id}"


def post_id(given: str, field: str = "on") -> str:
    """The id of a post, which becomes part of an address. Raises Invalid where it is none."""
    if not _ID.fullmatch(given):
        text = f"{field}: give X's number of the post (up to 19 digits), not its address or a name."
        raise Invalid("validation.field_invalid", text, field=field)
    return given


def conversation_id(given: str, field: str = "on") -> str:
    """The id of a conversation, as :func:`post_id`."""
    if not _CONVERSATION.fullmatch(given):
        text = (
            f"{field}: give the conversation's id as X has it: two account numbers with a hyphen, or a group's number."
        )
        raise Invalid("validation.field_invalid", text, field=field)
    return given


def first_id_at(instant: datetime) -> int:
    """The smallest id that a post made at that instant can have."""
    return max(0, int(instant.timestamp() * 1000) - EPOCH_MS) << 22


def instant_of(id: str) -> datetime:
    """When the thing of this id was made: X's ids (of posts and messages alike) are times."""
    return datetime.fromtimestamp(((int(id) >> 22) + EPOCH_MS) / 1000, UTC)


# ------------------------------------------------------------------------------------------- recognising a post


def matches(piece: Piece, media_ids: Iterable[str], post: Mapping[str, Any]) -> bool:
    """Whether a listed post is this piece; ``media_ids`` are all that were ever uploaded for it.

    X makes a media id per upload, and ours are attached to nothing else: the same ids are proof. Without media the text
    must be the same, and nothing of what is known of the post (its place, its poll) may contradict the piece.
    """
    attached = {str(key).rpartition("_")[2] for key in (post.get("attachments") or {}).get("media_keys") or ()}
    if piece.media or attached:
        return len(attached) == len(piece.media) and attached <= set(media_ids)
    read = _unaddressed if answered(piece) else canonical
    return not _contradicts(piece, post) and read(piece.text) in {
        read(plain_text(post)),
        read(plain_text(post, keep_appended=True)),  # a link to a post makes a quote, and may be the author's own
    }


def references(post: Mapping[str, Any]) -> dict[str, str]:
    """What a post refers to: ``{"replied_to": id, "quoted": id, "retweeted": id}``, as far as it does."""
    listed = post.get("referenced_posts") or post.get("referenced_tweets") or ()
    return {str(item["type"]): str(item["id"]) for item in listed if "type" in item and "id" in item}


def plain_text(post: Mapping[str, Any], *, keep_appended: bool = False) -> str:
    """The text as its author wrote it: links unwrapped, links to its own media and to a quoted post dropped.

    X stores ``&``, ``<`` and ``>`` escaped, wraps each link in t.co, and appends a link for media and quotes.
    """
    note = post.get("note_post") or post.get("note_tweet") or {}
    text = str(note.get("text") or post.get("text") or "")
    entities = (note.get("entities") if note else None) or post.get("entities") or {}
    for link in entities.get("urls") or ():
        if short := link.get("url"):
            dropped = not keep_appended and _appended(link, post)
            text = text.replace(short, "" if dropped else str(link.get("expanded_url") or short))
    return html.unescape(text)


def canonical(text: str) -> str:
    """What is left of a text when X's own changes are taken out: form, spacing, and the look of its links."""
    normal = unicodedata.normalize("NFC", text)
    parts, at = [], 0
    for start, end in limits.url_spans(normal):
        parts += [normal[at:start], _bare(normal[start:end])]
        at = end
    return " ".join("".join([*parts, normal[at:]]).split())


def _unaddressed(text: str) -> str:
    """An answer without the names before it: X sets those of whom it answers there, and its text has them.

    https://github.com/xdevplatform/twitter-api-typescript-sdk/issues/93 (2024-09-24)
    """
    spoken = canonical(text)
    found = _NAMES.match(spoken)
    return spoken[found.end() :] if found else spoken


def _media(piece: Piece, media_ids: Sequence[str]) -> dict[str, Any]:
    tagged = piece.options.get("tagged_user_ids") if piece.role is Role.POST else None
    return {"media_ids": list(media_ids), **({"tagged_user_ids": list(tagged)} if tagged else {})}


def _contradicts(piece: Piece, post: Mapping[str, Any]) -> bool:
    """Whether something that X says of the post cannot be said of the piece. What X leaves out contradicts nothing."""
    refers, target, quote = references(post), answered(piece), quoted(piece)
    conversation = post.get("conversation_id")
    if "retweeted" in refers or ((post.get("attachments") or {}).get("poll_ids") and not piece.options.get("poll")):
        return True
    if quote and refers.get("quoted", quote) != quote:
        return True
    if target:
        return refers.get("replied_to", target) != target or conversation == post.get("id")
    return "replied_to" in refers or conversation not in {None, post.get("id")}


def _appended(link: Mapping[str, Any], post: Mapping[str, Any]) -> bool:
    full = str(link.get("expanded_url") or "")
    if link.get("media_key") or "/status/" + str(post.get("id")) + "/" in full:
        return True
    other = references(post).get("quoted")
    return other is not None and full.rstrip("/").endswith("/status/" + other)


def _bare(url: str) -> str:
    without = url.split("://", 1)[-1].rstrip("/")
    host, slash, rest = without.partition("/")
    return host.lower() + slash + rest
