"""The cases: one JSON file per document in ``cases/``, in the document's order.

A file is ``{"document", "dialect", "about", "cases": [...]}``; a case is

    {"title": "4. publish", "method": "POST", "path": "/v1/social/facebook/publish",
     "query": {}, "body": {...} or "form": {...}, "headers": {}, "given": ["page"],
     "status": 200, "answer": {"success": true, "post_id": "FB_POST_ID"}}

``body``, ``query``, ``form`` and ``path`` carry the document's own values, but those that name something of the caller's
(an account's id, a post's id): ``"$page_id"`` there is what the stage says it is (``stages.py``). ``given`` names what must
exist before. ``file`` names a PNG of 1200 × 628 pixels that goes with the ``form``. ``answer`` is the document's example: fields and types are compared, not values, but for ``exactly``, a list
of fields whose value is compared too (``["success", "error_code"]``). ``also``: statuses that are fine as well (202). ``not_offered``: the network
ended what the document shows (the reason, and where it says so): the case expects what we say then, and is counted apart. A case
that shows an error has ``answer`` with that error, and ``given`` what provokes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One request of a document and the answer that it shows."""

    document: str
    title: str
    method: str
    path: str
    status: int
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    answer: Any = None
    exactly: tuple[str, ...] = ()
    also: tuple[int, ...] = ()
    not_offered: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"{self.document} {self.title}: {self.method} {self.path}"


def load() -> list[Case]:
    """All cases, by document."""
    found = []
    for path in sorted(CASES.glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        for one in file["cases"]:
            listed = {name: tuple(one[name]) for name in ("given", "exactly", "also") if name in one}
            found.append(Case(**{"document": file["document"], **one, **listed}))
    return found


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every ``$name`` replaced by what it stands for."""
    if isinstance(value, str):
        for name, meant in sorted(names.items(), key=lambda pair: -len(pair[0])):
            value = value.replace(f"${name}", meant)
        return value
    if isinstance(value, Mapping):
        return {key: filled(item, names) for key, item in value.items()}
    return [filled(item, names) for item in value] if isinstance(value, list) else value


def at(value: Any, name: str) -> Any:
    """What lies at a dotted name (``error.code``)."""
    for part in name.split("."):
        value = value[part]
    return value


def differences(shown: Any, answered: Any, at: str = "") -> list[str]:
    """What is missing from the answer, or of another type, against what the document shows."""
    if isinstance(shown, Mapping):
        if not isinstance(answered, Mapping):
            return [f"{at or 'the answer'} is {_type(answered)}, shown is an object"]
        missing = [f"{at}.{name} is missing".lstrip(".") for name in shown if name not in answered]
        inner = [
            differences(shown[name], answered[name], f"{at}.{name}".lstrip(".")) for name in shown if name in answered
        ]
        return missing + [one for found in inner for one in found]
    if isinstance(shown, list):
        if not isinstance(answered, list):
            return [f"{at} is {_type(answered)}, shown is a list"]
        if shown and not answered:
            return [f"{at} is empty, shown are {len(shown)}"]
        return [one for item in answered[:5] for one in differences(shown[0], item, f"{at}[]")] if shown else []
    return [] if _type(shown) == _type(answered) else [f"{at} is {_type(answered)}, shown is {_type(shown)}"]


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return {str: "a text", list: "a list", dict: "an object", type(None): "null"}[type(value)]
