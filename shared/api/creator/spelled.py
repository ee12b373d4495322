"""Errors name a field as its sender spelled it: ``content.media[0].url`` for what is ``media[0].source`` further in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from shared.domain.errors import RostrumError

Names = Sequence[tuple[str, str]]  # (pattern of a field further in, the name that its sender used)

_CONTENT: Names = (
    (r"hashtags", "content.hashtags"),
    (r"link", "content.link"),
    (r"text", "content.text"),
    (r"targets\[(\d+)\]\.account_id", r"platforms[\1].account_id"),
    (r"targets\[(\d+)\]\.platform_data", r"platforms[\1].options"),
    (r"targets(\[\d+\])?", r"platforms\1"),
    (r"platform_data\.\w+", "platforms"),
)
PUBLISH: Names = (
    *_CONTENT,
    (r"media\[(\d+)\]\.source", r"content.media[\1].url"),
    (r"media", "content.media"),
    (r"scheduled_at", "publish_at"),
)
POST: Names = (*_CONTENT, (r"media\[(\d+)\]\.source", r"media[\1].url"))
THREAD_FIRST = "posts[0]"


def thread_field(name: str) -> str:
    """A thread's fields: the post itself is ``posts[0]``, and what follows counts on from there."""
    if found := re.match(r"segments\[(\d+)\]", name):
        name = f"posts[{int(found[1]) + 1}]{name[found.end() :]}"
    elif re.match(r"(text|media)\b", name):
        name = f"{THREAD_FIRST}.{name}"
    renamed = (("segments", "posts"), (r"targets\[\d+\]\.account_id", "account_id"), ("scheduled_at", "schedule_at"))
    for pattern, spelled in renamed:
        name = re.sub(rf"^{pattern}\b", spelled, name)
    return name.replace(".source", ".url")


def field(names: Names, name: str) -> str:
    """The field as the body has it."""
    for pattern, spelled in names:
        if re.match(rf"{pattern}(?!\w)", name):
            return re.sub(rf"^{pattern}(?!\w)", spelled, name)
    return name


@contextmanager
def as_sent(names: Names | None) -> Iterator[None]:
    """What is raised within names the body's own fields. ``names`` None: a thread's."""

    def spell(name: str) -> str:
        return thread_field(name) if names is None else field(names, name)

    try:
        yield
    except RostrumError as error:
        meta = dict(error.meta)
        if isinstance(rows := meta.get("errors"), list):
            meta["errors"] = [_row(spell, row) for row in rows]
        whole = _row(spell, meta | {"message": error.message})
        error.message = whole.pop("message")
        error.meta = whole
        raise


def _row(spell: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(row)
    if isinstance(was := row.get("field"), str):
        made["field"] = spell(was)
        message = str(row.get("message", ""))
        made["message"] = made["field"] + message.removeprefix(was) if message.startswith(was) else message
    return made
