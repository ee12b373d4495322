"""From this dialect's requests to the commands of ``operations.posts``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.api.creator import models_posts as models
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations import addressing
from shared.operations.addressing import Address
from shared.operations.posts import wording
from shared.operations.posts.commands import CreatePost, Link, MediaInput, Segment, TargetOrder
from shared.ports.world import Ports

Named = str | models.PlatformTarget


def publish(body: models.PublishRequest, targets: tuple[TargetOrder, ...]) -> CreatePost:
    """Something to publish."""
    return CreatePost(
        **_said(body.content),
        targets=targets,
        media=media(body.content.media, "content.media"),
        publish_now=body.publish_at is None,
        scheduled_at=body.publish_at,
        timezone=body.timezone,
    )


def create(body: models.CreatePostRequest, targets: tuple[TargetOrder, ...]) -> CreatePost:
    """A post to keep, or to schedule. Raises Invalid: a status that its time does not go with."""
    if body.status == "draft" and body.scheduled_at:
        text = "scheduled_at: a draft has no time. Send the status scheduled, or leave the time out."
        raise Invalid("validation.field_invalid", text, field="scheduled_at")
    if body.status == "scheduled" and not body.scheduled_at:
        text = "scheduled_at is required with the status scheduled. Name a time, or keep a draft."
        raise Invalid("validation.field_required", text, field="scheduled_at")
    return CreatePost(
        **_said(body.content),
        title=body.title,
        targets=targets,
        media=media(body.media, "media"),
        scheduled_at=body.scheduled_at,
        timezone=body.timezone,
        campaign_id=body.campaign_id or "",
        tags=tuple(body.tags),
        unfinished=True,
    )


def changes(body: models.UpdatePostRequest, targets: tuple[TargetOrder, ...] | None) -> dict[str, Any]:
    """What an edit says: only what was sent."""
    given: dict[str, Any] = {
        "title": body.title,
        "media": None if body.media is None else media(body.media, "media"),
        "targets": targets,
        "campaign_id": body.campaign_id,
        "tags": None if body.tags is None else tuple(body.tags),
    }
    if said := body.content:
        given |= {
            "text": said.text,
            "hashtags": None if said.hashtags is None else _words(said.hashtags, "hashtags", "#"),
            "mentions": None if said.mentions is None else _words(said.mentions, "mentions", "@"),
            "link": _link(said.link),
        }
    return {name: value for name, value in given.items() if value is not None}


def thread(body: models.CreateThreadRequest, account: Account) -> CreatePost:
    """A thread to publish: the first of its posts is the post itself."""
    first, *others = body.posts
    return CreatePost(
        text=first.text,
        targets=(TargetOrder(account.id),),
        media=media(first.media, "posts[0].media"),
        segments=tuple(
            Segment(part.text, media(part.media, f"posts[{index}].media")) for index, part in enumerate(others, 1)
        ),
        publish_now=body.schedule_at is None,
        scheduled_at=body.schedule_at,
        timezone=body.timezone,
    )


def addressed(ports: Ports, caller: Caller, named: Sequence[Named]) -> tuple[list[Account], tuple[TargetOrder, ...]]:
    """The accounts that were meant, and what is asked for on each. Raises Invalid, Missing."""
    addresses = [Address(one) if isinstance(one, str) else Address(one.platform, one.account_id or "") for one in named]
    accounts = addressing.find(ports, caller, addresses, "platforms")
    options = [{} if isinstance(one, str) else one.options for one in named]
    orders = [
        TargetOrder(account.id, platform_data=wording.spoken_options(account.platform, given))
        for account, given in zip(accounts, options, strict=True)
    ]
    return accounts, tuple(orders)


def media(items: Sequence[models.MediaItem], field: str) -> tuple[MediaInput, ...]:
    """Files, each by its address or by its id in the library. Raises Invalid."""
    return tuple(_item(item, f"{field}[{index}]") for index, item in enumerate(items))


def _item(item: models.MediaItem, field: str) -> MediaInput:
    if (item.url is None) == (item.media_id is None):
        text = f"{field}: give a url or a media_id, one of them."
        raise Invalid("validation.field_invalid", text, field=field)
    if item.media_id is not None:
        return MediaInput("media_id", item.media_id, item.type, item.alt_text)
    return MediaInput("url", item.url or "", item.type, item.alt_text)


def _said(content: models.PostContent) -> dict[str, Any]:
    return {
        "text": content.text,
        "hashtags": _words(content.hashtags, "hashtags", "#"),
        "mentions": _words(content.mentions, "mentions", "@"),
        "link": _link(content.link),
    }


def _words(given: Sequence[str], name: str, mark: str) -> tuple[str, ...]:
    """Each a word, with or without its mark: two words would be one tag and a stray. Raises Invalid."""
    for index, one in enumerate(given):
        word = one.removeprefix(mark)
        if not word or word.split() != [word] or mark in word:
            field = f"content.{name}[{index}]"
            text = f"{field}: one word without spaces, with or without {mark}."
            raise Invalid("validation.field_invalid", text, field=field)
    return tuple(given)


def _link(link: models.LinkContent | None) -> Link | None:
    if link is None:
        return None
    if not link.url.startswith(("https://", "http://")) or link.url.split() != [link.url]:
        text = "content.link.url: an address that begins with https:// or http://, without spaces."
        raise Invalid("validation.field_invalid", text, field="content.link.url")
    return Link(link.url, link.title, link.description)
