"""Errors of the flat form name its own fields: ``account_ids`` for what is ``targets[0].account_id`` further in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shared.api.v1.models_hooks import FlatPostRequest
from shared.domain.errors import RostrumError

_TARGET = re.compile(r"targets(?:\[\d+\](?:\.account_id)?)?")
_MEDIA = re.compile(r"media(?:\[\d+\](?:\.source)?)?")


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
    if isinstance(rows := meta.get("errors"), list):
        told = [_row(body, str(row.get("message", "")), row) for row in rows]
        made["errors"] = [{**row, "message": words} for words, row in told]
    return message, made


def _field(body: FlatPostRequest, name: str) -> str:
    if _TARGET.fullmatch(name):
        return "account_ids"
    if _MEDIA.fullmatch(name):
        return "media_urls" if body.media_urls else "media_ids"
    return name
