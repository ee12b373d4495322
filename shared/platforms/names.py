"""Generated from the platform folders' manifests by ``scripts/generate.py``: do not edit."""

from __future__ import annotations

NAMES = {
    "bluesky": "bluesky",
    "instagram": "instagram",
    "twitter": "x",
}

ALIASES = {
    "x": "twitter",
}

HOSTS = {}
