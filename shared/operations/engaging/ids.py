"""Ids of a network's things, as callers give them: what can be none is refused before it becomes part of an address.

Adapters put ids into paths. One with ``?`` or ``#`` in it would be another request, with the account's token: a key for
comments could publish, or read what the account's owner alone may see. They check their own ids, too; this holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.operations.posts.issues import Findings, Issue

MAX_ID = 2048  # characters of an id: the longest that a network has are URIs
_OURS = re.compile(r"(post|tgt|act|acc)_[0-9A-HJKMNP-TV-Z]{26}")  # no network's ids look so
_FOREIGN = re.compile(r"[?#&%\\]|(^|/)\.{1,2}(/|$)")  # no network's ids have them


def faults(field: str, given: str) -> Iterator[Issue]:
    """What keeps ``given`` from being a network's id; an empty one is left to whoever needs it."""
    if len(given) > MAX_ID or not given.isprintable():
        yield _issue(field, f"an id has at most {MAX_ID} characters, all printable.")
    elif _OURS.fullmatch(given):
        text = f"{given} is Rostrum's id. Give the network's own: a target's platform_post_id, an action's platform_id."
        yield _issue(field, text)
    elif _FOREIGN.search(given):
        yield _issue(field, "no id has ?, #, &, %, \\ or a step of dots in it: give the id as it was answered.")


def named(arguments: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """The same of the arguments that are ids by their names (``campaign_id``, ``media_ids``)."""
    for name, value in arguments.items():
        if name.endswith(("_id", "_ids")):
            for one in value if isinstance(value, list | tuple) else (value,):
                yield from faults(f"{at}.{name}", one) if isinstance(one, str) else ()


def check(**given: str) -> None:
    """Raise Invalid when one of these (by the names that callers know) can be no id."""
    found = Findings()
    for field, one in given.items():
        found.errors += faults(field, one)
    found.raise_if_any()


def _issue(field: str, text: str) -> Issue:
    return Issue("validation.field_invalid", field, f"{field}: {text}")
