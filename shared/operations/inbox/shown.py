"""A filed item in the words in which networks answer, so that both are shown alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from shared.domain import inbox
from shared.domain.inbox import Item
from shared.platforms import registry
from shared.platforms.contract_inbox import Attachment, Comment, Mention, Message, Person, Review

Thing = Comment | Message | Mention | Review
T = TypeVar("T", bound=Thing)
_NOT_OWN = frozenset({"comment.like", "comment.unlike", "comment.hide", "comment.unhide", "comment.private_reply"})


def as_thing(thing: type[T], item: Item) -> T:
    """The item as the network would have answered it, as far as it told."""
    return cast(T, _MAKERS[cast("type[Thing]", thing)](item))


def can(item: Item) -> frozenset[str]:
    """What may be done to it: as the network said; where it said nothing, what it has for such things at all."""
    if item.can:
        return frozenset(item.can)
    verbs = {one.verb for one in registry.manifest(item.platform).actions if one.verb.startswith(f"{item.kind}.")}
    return frozenset(verbs - _NOT_OWN if item.own else verbs)


def _comment(item: Item) -> Comment:
    return Comment(
        id=item.network_id,
        post_id=item.post_id,
        text=item.text,
        author=_person(item.author),
        at=item.at,
        parent_id=item.parent_id,
        own=item.own,
        hidden=item.hidden,
        permalink=item.permalink,
        can=can(item),
        handles=item.handles,
        raw=_raw(item),
    )


def _message(item: Item) -> Message:
    files = tuple(Attachment(one.type, one.url, one.id) for one in item.media)
    sender, where = _person(item.author), item.conversation_id
    return Message(item.network_id, where, item.text, sender, item.at, item.own, files, _raw(item))


def _mention(item: Item) -> Mention:
    return Mention(
        id=item.network_id,
        author=_person(item.author),
        text=item.text,
        at=item.at,
        post_id=item.post_id,
        comment_id=item.parent_id,
        permalink=item.permalink,
        handles=item.handles,
        raw=_raw(item),
    )


def _review(item: Item) -> Review:
    return Review(
        id=item.network_id,
        author=_person(item.author),
        text=item.text,
        at=item.at,
        stars=item.stars,
        recommends=item.recommends,
        reply=item.reply,
        reply_at=item.reply_at,
        permalink=item.permalink,
        can=can(item),
        handles=item.handles,
        raw=_raw(item),
    )


_MAKERS: Mapping[type[Thing], Callable[[Item], Thing]] = {
    Comment: _comment,
    Message: _message,
    Mention: _mention,
    Review: _review,
}


def _person(one: inbox.Person) -> Person:
    return Person(one.id, one.name, one.username, one.picture_url)


def _raw(item: Item) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(item.raw)) if item.raw else {}
