"""Which content kind a post is on Threads, and whether its options fit that kind.

https://developers.facebook.com/documentation/threads/posts and …/create-posts/{polls,text-attachments,ghost-posts,
spoilers}, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.threads import limits

MAX_ITEMS = 20
REPLY_CONTROL = ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only")
POLL_OPTIONS = ("option_a", "option_b", "option_c", "option_d")
_ONLY_TEXT = ("link_attachment", "poll_attachment", "gif_attachment", "text_attachment", "is_ghost_post")
_OBJECTS = ("poll_attachment", "gif_attachment", "text_attachment")
_BOOLEANS = ("is_spoiler_media", "is_ghost_post", "enable_reply_approvals")
_COUNTRY = re.compile(r"[A-Z]{2}")


def choose(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """The kind that these make up. Raises Invalid, naming the field and the remedy."""
    if options.get("repost_of"):
        return _repost(text, media, options)
    kind = _by_media(media)
    if kind is Kind.TEXT and not text.strip() and not _attached(options):
        raise _invalid("no_text", "text", "A post without media needs a text.")
    if len(media) > MAX_ITEMS:
        raise _invalid("carousel_items", "media", f"A carousel has 2 to {MAX_ITEMS} items, not {len(media)}.")
    _check_shapes(options)
    _check_only_text(kind, options)
    _check_attachments(text, options)
    _check_audience(options)
    _check_topic(options.get("topic_tag"))
    return Kind.POLL if options.get("poll_attachment") else kind


def _repost(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    if not isinstance(options["repost_of"], str):
        raise _option("repost_of", "give the id of the post.")
    if text.strip() or media or any(value for name, value in options.items() if name != "repost_of"):
        message = "A repost carries nothing of its own: leave text, media and other options out, or use quote_post_id."
        raise _invalid("repost_alone", "text", message)
    return Kind.REPOST


def _by_media(media: Sequence[MediaFacts]) -> Kind:
    if not media:
        return Kind.TEXT
    if len(media) > 1:
        return Kind.CAROUSEL
    return Kind.VIDEO if media[0].type is MediaType.VIDEO else Kind.IMAGE


def _attached(options: Mapping[str, Any]) -> bool:
    return any(options.get(name) for name in ("link_attachment", "gif_attachment", "text_attachment", "quote_post_id"))


def _check_shapes(options: Mapping[str, Any]) -> None:
    for name in _OBJECTS:
        if options.get(name) and not isinstance(options[name], dict):
            raise _option(name, "give an object.")
    for name in _BOOLEANS:
        if options.get(name) is not None and not isinstance(options[name], bool):
            raise _option(name, "give true or false.")
    for name in ("link_attachment", "quote_post_id", "location_id", "topic_tag", "reply_control"):
        if options.get(name) and not isinstance(options[name], str):
            raise _option(name, "give a text.")
    entities = options.get("text_entities") or []
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise _option("text_entities", "give a list of objects with entity_type, offset and length.")
    if len(entities) > 10:
        raise _option("text_entities", "at most 10 spoilers.")


def _check_only_text(kind: Kind, options: Mapping[str, Any]) -> None:
    given = [name for name in _ONLY_TEXT if options.get(name)]
    if given and kind is not Kind.TEXT:
        raise _option(given[0], "only a post without media takes it: leave the media or the option out.")
    if options.get("is_spoiler_media") and kind is Kind.TEXT:
        raise _option("is_spoiler_media", "there is no media to hide; hide words with text_entities.")
    if options.get("is_ghost_post") and [name for name in given if name != "is_ghost_post"]:
        raise _option("is_ghost_post", "a ghost post takes no attachment.")


def _check_attachments(text: str, options: Mapping[str, Any]) -> None:
    link, poll, long = (options.get(name) for name in ("link_attachment", "poll_attachment", "text_attachment"))
    if link and not str(link).startswith(("https://", "http://")):
        raise _option("link_attachment", "give an address that begins with https://.")
    if poll and (link or long):
        raise _option("poll_attachment", "a poll goes with neither a link nor a text attachment.")
    _check_poll(poll or {})
    _check_gif(options.get("gif_attachment") or {})
    _check_long_text(long or {}, bool(link))
    if limits.links(text, str(link or ""), str((long or {}).get("link_attachment_url") or "")) > limits.MAX_LINKS:
        raise _invalid("too_many_links", "text", f"A post has at most {limits.MAX_LINKS} different links.")


def _check_poll(poll: Mapping[str, Any]) -> None:
    if not poll:
        return
    texts = [poll.get(name) for name in POLL_OPTIONS if poll.get(name) is not None]
    if set(poll) - set(POLL_OPTIONS) or not {"option_a", "option_b"} <= poll.keys():
        raise _option("poll_attachment", "give option_a and option_b, and option_c and option_d if there are more.")
    if not all(isinstance(text, str) and 1 <= len(text) <= limits.MAX_POLL_OPTION for text in texts):
        raise _option("poll_attachment", f"each option is a text of 1 to {limits.MAX_POLL_OPTION} characters.")


def _check_gif(gif: Mapping[str, Any]) -> None:
    if gif and (set(gif) - {"gif_id", "provider"} or not isinstance(gif.get("gif_id"), str) or not gif["gif_id"]):
        raise _option("gif_attachment", "give gif_id, as GIPHY names it, and provider GIPHY.")
    if gif and gif.get("provider", "GIPHY") != "GIPHY":
        raise _option("gif_attachment", "GIPHY is the only provider.")


def _check_long_text(attachment: Mapping[str, Any], linked: bool) -> None:
    if not attachment:
        return
    plain = attachment.get("plaintext")
    if set(attachment) - {"plaintext", "link_attachment_url", "text_with_styling_info"}:
        raise _option("text_attachment", "it has plaintext, link_attachment_url and text_with_styling_info only.")
    if not isinstance(plain, str) or not 1 <= len(plain) <= limits.MAX_TEXT_ATTACHMENT:
        raise _option("text_attachment", f"plaintext has 1 to {limits.MAX_TEXT_ATTACHMENT} characters.")
    if attachment.get("link_attachment_url") and linked:
        raise _option("text_attachment", "link_attachment_url does not go with link_attachment: give one of them.")


def _check_audience(options: Mapping[str, Any]) -> None:
    control = options.get("reply_control")
    if control and control not in REPLY_CONTROL:
        raise _option("reply_control", f"one of {', '.join(REPLY_CONTROL)}.")
    countries = options.get("allowlisted_country_codes") or []
    if not isinstance(countries, list) or not all(isinstance(c, str) and _COUNTRY.fullmatch(c) for c in countries):
        raise _option("allowlisted_country_codes", "give a list of two-letter country codes (ISO 3166-1), as US.")


def _check_topic(topic: object) -> None:
    if topic and (not 1 <= len(str(topic)) <= limits.MAX_TOPIC or set(str(topic)) & set(".&")):
        raise _option("topic_tag", f"1 to {limits.MAX_TOPIC} characters, without periods and ampersands.")


def _option(name: str, remedy: str) -> Invalid:
    return _invalid("option_invalid", f"platform_data.{name}", f"{name}: {remedy}")


def _invalid(code: str, field: str, message: str) -> Invalid:
    return Invalid(f"platform.threads.{code}", message, field=field, platform="threads")
