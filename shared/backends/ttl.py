"""Which documents end by themselves: collection groups whose documents carry the instant after which nobody needs them.

Declared once, in ``ttl.json``: terraform makes Firestore's TTL policies of it, and the embedded store does it itself
(``embedded.expiring``). Firestore deletes within a day or so (https://cloud.google.com/firestore/docs/ttl, 2026-11):
readers must not rely on an expired document being gone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

DECLARED = Path(__file__).with_name("ttl.json")


@cache
def load() -> Mapping[str, str]:
    """The field that holds the end, by collection group."""
    rows = json.loads(DECLARED.read_text(encoding="utf-8"))
    return MappingProxyType({row["group"]: row["field"] for row in rows})
