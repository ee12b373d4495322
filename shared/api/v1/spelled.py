"""Errors name a field as its sender spelled it: ``media_ids[0]`` for what is ``media[0].source`` further in.

The dialect accepts older spellings of some fields and turns them into one command; the rooms below know only that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shared.api.v1 import models_posts as models
from shared.domain.errors import RostrumError
from shared.operations.posts.issues import Findings, Issue

Body = models.CreatePostRequest | models.UpdatePostRequest
_ITEM = re.compile(r"(?P<holder>(?:(?:segments|targets)\[\d+\]\.)?)media(?:\[(?P<index>\d+)\](?:\.source)?)?")
_ACCOUNT = re.compile(r"targets\[(?P<index>\d+)\]\.account_id")


@contextmanager
def as_sent(body: Body) -> Iterator[None]:
    """What is raised within names the body's own fields."""
    try:
        yield
    except RostrumError as error:
        error.message, error.meta = _row(body, error.message, error.meta)
        raise


def findings(body: Body, found: Findings) -> Findings:
    """The findings of a dry run, likewise."""
    return Findings([_issue(body, one) for one in found.errors], [_issue(body, one) for one in found.warnings])


def field(body: Body, name: str) -> str:
    """The field's name as this body spells it."""
    if (account := _ACCOUNT.fullmatch(name)) and not body.targets and getattr(body, "account_ids", None):
        return f"account_ids[{account['index']}]"
    item = _ITEM.fullmatch(name)
    if item is None or not _by_ids(_holder(body, item["holder"])):
        return name
    return f"{item['holder']}media_ids" + ("" if item["index"] is None else f"[{item['index']}]")


def _by_ids(holder: Any) -> bool:
    return getattr(holder, "media", None) is None and getattr(holder, "media_ids", None) is not None


def _holder(body: Body, path: str) -> Any:
    """What the path names in the body; None for an item that is not of this body (an edit leaves most as it was)."""
    if not path:
        return body
    name, _, index = path.rstrip("].").partition("[")
    items = getattr(body, name) or []
    return items[int(index)] if int(index) < len(items) else None


def _issue(body: Body, one: Issue) -> Issue:
    name = field(body, one.field)
    return replace(one, field=name, message=_said(one.message, one.field, name))


def _row(body: Body, message: str, meta: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    made = dict(meta)
    if isinstance(was := meta.get("field"), str):
        made["field"] = field(body, was)
        message = _said(message, was, made["field"])
    if isinstance(rows := meta.get("errors"), list):
        made["errors"] = [_repeated(body, row) for row in rows]
    return message, made


def _repeated(body: Body, row: Mapping[str, Any]) -> dict[str, Any]:
    message, made = _row(body, str(row.get("message", "")), row)
    return made | {"message": message}


def _said(message: str, was: str, now: str) -> str:
    """Messages begin with the field that they are about."""
    return now + message.removeprefix(was) if message.startswith(was) else message
