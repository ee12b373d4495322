"""A post's text and options on one network, from what was said beside the text: hashtags, mentions, a link.

What the text says already is not said again. A link is a card where the network has them, and else part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shared.operations.posts.commands import CreatePost
from shared.platforms import registry
from shared.platforms.manifest import Manifest, Option


def composed(command: CreatePost, manifest: Manifest, with_media: bool) -> str:
    """The text as it is sent to this network: the link below it, then mentions and hashtags in one line."""
    text = command.text
    link = command.link.url if command.link and not card(command, manifest, with_media) else ""
    said = text.casefold()
    marks = [*(_marked(one, "@") for one in command.mentions), *(_marked(one, "#") for one in command.hashtags)]
    line = " ".join(dict.fromkeys(mark for mark in marks if not _says(said, mark)))
    return "\n\n".join(part for part in (text, link if link not in text else "", line) if part)


def card(command: CreatePost, manifest: Manifest, with_media: bool) -> dict[str, Any]:
    """The options by which this network shows the post's link; none where it goes into the text."""
    link, known = command.link, manifest.link_card
    if link is None or known is None or (with_media and not known.beside_media):
        return {}
    if known.needs_title and not link.title:
        return {}
    named = {known.url: link.url, known.title: link.title, known.description: link.description}
    return {name: value for name, value in named.items() if name and value}


def spoken_options(platform: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Options as people write them, as the network does: in any case, and its word for the default is left out.

    ``platform``: a public name. Unknown names and values stay as they are, for whoever judges them.
    """
    known = {option.name: option for option in registry.manifest(platform).options}
    spelled = {name: _spelled(known.get(name), value) for name, value in given.items()}
    return {name: value for name, value in spelled.items() if not _is_default(known.get(name), value)}


def _marked(word: str, mark: str) -> str:
    return mark + word.strip().lstrip(mark)


def _says(text: str, mark: str) -> bool:
    """Whether the text has it as a word of its own: ``#tech`` is not said by ``#technology``."""
    return re.search(rf"(?<!\w){re.escape(mark.casefold())}(?!\w)", text) is not None


def _spelled(option: Option | None, value: Any) -> Any:
    if option is None or not isinstance(value, str):
        return value
    return next((word for word in option.enum if word.casefold() == value.casefold()), value)


def _is_default(option: Option | None, value: Any) -> bool:
    return bool(option and option.default and isinstance(value, str) and value.casefold() == option.default)
