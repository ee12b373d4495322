"""Errors of the flat form name its own fields: ``account_ids`` for what is ``targets[0].account_id`` further in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shared.api.v1.models_hooks import FlatPostRequest
from shared.domain.errors import RostrumError

_TARGET = re.compile(r"targets(?:\[\d+\](?:\.account_id)?)?")
_MEDIA = re.compile(r"media(?:\[(\d+)\](?:\.(source|alt_text))?)?|media_ids")
_ELSEWHERE = "The flat form has no such field: POST /v1/posts has it."


@contextmanager
def as_sent_flat(body: FlatPostRequest) -> Iterator[None]:
    """What is raised within names the body's own fields."""
    try:
        yield
    except RostrumError as error:
        error.message, error.meta = _row(body, error.message, error.meta)
        raise


def _row(body: FlatPostRequest, message: str, meta: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    made, name = dict(meta), meta.get("field")
    if isinstance(name, str):
        made["field"] = _field(body, name)
        message = message.replace(f"{name}:", f"{made['field']}:", 1)
        message += f" {_ELSEWHERE}" if name.startswith("platform_data.") else ""
    if isinstance(rows := meta.get("errors"), list):
        told = [_row(body, str(row.get("message", "")), row) for row in rows]
        made["errors"] = [{**row, "message": words} for words, row in told]
    return message, made


def listed(text: str | None, at: str = ",") -> list[str]:
    """The parts of a text that is a list."""
    return [part.strip() for part in re.split(at, text or "") if part.strip()]


def addresses(body: FlatPostRequest) -> list[str]:
    """The media that are named by address, which come first."""
    return listed(body.media_urls, r"[,\n]")


def _field(body: FlatPostRequest, name: str) -> str:
    if _TARGET.fullmatch(name):
        return "account_ids"
    found = _MEDIA.fullmatch(name)
    if found is None:
        return name
    if found[2] == "alt_text":
        return "alt_text"
    return "media_ids" if body.media_ids and int(found[1] or 0) >= len(addresses(body)) else "media_urls"
