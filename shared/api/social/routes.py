"""The routes of this dialect: a group per platform, made from the verbs of the platform's folder when first asked for.

``shared.api.social.routes:<name>`` is the group of ``/v1/social/<name>``; no other folder is imported for it.
"""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route

ROUTES: tuple[Route, ...] = ()  # of /v1/social itself: nothing is there


def __getattr__(name: str) -> Any:
    """A platform's group."""
    from shared.api.social import rows
    from shared.api.social.dialect import PLATFORMS

    if name not in PLATFORMS:
        raise AttributeError(name)
    return rows.routes(name)
