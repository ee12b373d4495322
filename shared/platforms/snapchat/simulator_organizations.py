"""The simulated organizations and what hangs below them on the ads host."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shared.platforms.snapchat import simulator_core as core
from shared.platforms.snapchat.simulator_core import Asked, success
from shared.ports.http import Response


def routes(uuid: str) -> Iterator[tuple[str, str, Callable[..., Response]]]:
    """(method, path, what answers) of the ads host."""
    yield "GET", r"/v1/me/organizations", mine


def mine(asked: Asked) -> Response:
    """GET /v1/me/organizations."""
    who = core.person(asked.world, asked.user)
    found = [{"id": who["organization"], "name": f"{who['name'].title()} Ltd", "type": "ENTERPRISE", "state": "ACTIVE"}]
    shown, paging = core.page(asked, found)
    return success(asked, paging=paging, organizations=core.wrapped("organization", shown))
