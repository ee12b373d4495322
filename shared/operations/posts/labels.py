"""A caller's own labels of posts: tags and a campaign. They change nothing of what is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.errors import Invalid
from shared.domain.posts import Post
from shared.operations.posts.blanks import is_blank
from shared.operations.posts.commands import CreatePost

NAMES = frozenset({"hidden", "tags", "campaign_id"})
MAX_TAGS = 20
MAX_TAG = 50  # characters
MAX_CAMPAIGN = 128


def tidied(command: CreatePost) -> CreatePost:
    """The command with its labels as they are kept. Raises Invalid."""
    if not command.tags and not command.campaign_id:
        return command
    return replace(command, tags=tags(command.tags), campaign_id=campaign(command.campaign_id))


def labelled(post: Post, changes: Mapping[str, Any]) -> Post:
    """The post with the labels that ``changes`` name; no other field of it. Raises Invalid."""
    return replace(
        post,
        hidden=bool(changes.get("hidden", post.hidden)),
        tags=tags(changes.get("tags", post.tags)),
        campaign_id=campaign(changes.get("campaign_id", post.campaign_id)),
    )


def tags(given: Sequence[str]) -> tuple[str, ...]:
    """Tags as they are kept: each once, in lower case, without #, single spaces. Raises Invalid."""
    found = tuple(dict.fromkeys(tag(text, f"tags[{index}]") for index, text in enumerate(given)))
    if len(found) > MAX_TAGS:
        message = f"tags: at most {MAX_TAGS} on one post, and there are {len(found)}."
        raise Invalid("validation.field_invalid", message, field="tags", limit=MAX_TAGS, count=len(found))
    return found


def tag(text: str, field: str) -> str:
    """One tag, likewise."""
    kept = " ".join(unicodedata.normalize("NFC", text).strip().lstrip("#").split()).lower()
    if is_blank(kept) or len(kept) > MAX_TAG:
        raise Invalid("validation.field_invalid", f"{field}: a tag has 1 to {MAX_TAG} characters.", field=field)
    return kept


def campaign(given: str) -> str:
    """The name or id of a campaign, as the caller calls it. Raises Invalid."""
    kept = given.strip()
    if len(kept) > MAX_CAMPAIGN:
        message = f"campaign_id: at most {MAX_CAMPAIGN} characters."
        raise Invalid("validation.field_invalid", message, field="campaign_id", limit=MAX_CAMPAIGN, count=len(kept))
    return kept
