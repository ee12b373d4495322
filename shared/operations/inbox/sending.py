"""Messages: from what a caller writes in common words to the acts of a network, one for each bubble, in their order.

What a network's messages cannot have is refused by name, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.accounts import Account
from shared.domain.errors import Invalid
from shared.operations.engaging.commands import Order
from shared.operations.engaging.judging import known_action
from shared.operations.posts.commands import MediaInput
from shared.platforms import registry

# A field of ours, and the option of ``message.send`` that a network has for it.
OPTIONS: Mapping[str, str] = {
    "message_tag": "tag",
    "reply_to_message_id": "reply_to",
    "quick_replies": "quick_replies",
    "buttons": "buttons",
    "cards": "cards",
    "list_button": "list_button",
    "list_sections": "list_sections",
}
_ONE_OF = ("quick_replies", "buttons", "cards", "list_sections")


@dataclass(frozen=True, slots=True)
class Bubble:
    """A file to send; ``caption`` where the network shows words with it."""

    media: MediaInput
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said. ``extras``: by the names of :data:`OPTIONS`, as they were sent."""

    text: str = ""
    attachments: tuple[Bubble, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)


def orders(account: Account, conversation_id: str, letter: Letter) -> list[Order]:
    """The acts: the text first, then a bubble for each file. Raises Invalid, Unsupported."""
    manifest = registry.manifest(account.platform)
    action = known_action(manifest, "message.send")
    if not letter.text.strip() and not letter.attachments and not letter.extras.get("cards"):
        text = "text: a message needs a text, attachments, or cards."
        raise Invalid("validation.field_required", text, field="text")
    if letter.attachments and not action.max_media:
        text = f"attachments: {manifest.title} takes no files in messages. Leave them out."
        raise Invalid("validation.field_invalid", text, field="attachments", platform=manifest.name)
    arguments = _arguments(manifest.title, manifest.name, {one.name for one in action.options}, letter)
    repeated = {name: value for name, value in arguments.items() if name == OPTIONS["message_tag"]}
    first = bool(letter.text.strip() or arguments.keys() - repeated.keys())
    found = [Order(account.id, "message.send", conversation_id, letter.text, arguments)] if first else []
    found += [
        Order(account.id, "message.send", conversation_id, bubble.caption, repeated, media=(bubble.media,))
        for bubble in letter.attachments
    ]
    return found


def _arguments(title: str, platform: str, known: set[str], letter: Letter) -> dict[str, Any]:
    given = {name: value for name, value in letter.extras.items() if value}
    both = [name for name in _ONE_OF if name in given]
    if len(both) > 1:
        text = f"{both[1]}: at most one of {', '.join(_ONE_OF)}; {both[0]} is there, too."
        raise Invalid("validation.field_invalid", text, field=both[1])
    for name in given:
        if OPTIONS[name] not in known:
            text = f"{name}: {title} has no such thing in messages that are sent through its API here. Leave it out."
            raise Invalid("validation.field_invalid", text, field=name, platform=platform)
    return {OPTIONS[name]: value for name, value in given.items()}
