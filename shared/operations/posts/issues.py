"""What is wrong with a request: collected over all of it, then raised as one error that names every field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from shared.domain.errors import Invalid, RostrumError, TooLong


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. ``field`` is a JSON path into the request (``targets[1].text``); ``target`` an account id.

    ``segment`` is the 0-based item of a thread after the post itself, None for the post.
    """

    code: str
    field: str
    message: str
    platform: str | None = None
    target: str | None = None
    segment: int | None = None
    meta: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def on(self, platform: str, target: str | None) -> Issue:
        """The same, found on this network for this account."""
        return replace(self, platform=platform, target=target)


@dataclass(slots=True)
class Findings:
    """Errors (the request would be refused) and warnings (advice), as they are found."""

    errors: list[Issue] = dataclasses.field(default_factory=list)
    warnings: list[Issue] = dataclasses.field(default_factory=list)

    def raise_if_any(self) -> None:
        """Raise the first error with all of them in its ``meta``; nothing when there is none."""
        if self.errors:
            raise as_error(self.errors)


def as_error(issues: Sequence[Issue]) -> Invalid:
    """The first finding as an error; ``meta['errors']`` lists all when there are several."""
    first = issues[0]
    meta = {"field": first.field, **_about(first), **first.meta}
    if len(issues) > 1:
        meta["errors"] = [_row(issue) for issue in issues]
    kind = TooLong if first.code == "validation.text_too_long" else Invalid
    return kind(first.code, first.message, **meta)


def from_error(error: RostrumError, field: str) -> Issue:
    """An error of a deeper room, at this field of the request."""
    meta = {key: value for key, value in error.meta.items() if key != "field"}
    return Issue(error.code, field, error.message, meta=meta)


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str | None:
    """The known name that was probably meant. ``cutoff``: how alike they must be, 0 to 1."""
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def _about(issue: Issue) -> dict[str, Any]:
    pairs = {"platform": issue.platform, "account_id": issue.target, "segment_index": issue.segment}
    return {key: value for key, value in pairs.items() if value is not None}


def _row(issue: Issue) -> dict[str, Any]:
    return {"code": issue.code, "field": issue.field, "message": issue.message, **_about(issue), **issue.meta}
