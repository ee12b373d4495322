"""What the followers of a simulated account see, read from the installation's files beside a process that may run."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.operations import accounts, callers
from shared.platforms import registry
from shared.platforms.contract import Seen
from shared.ports.http import Response
from shared.runtime import bootstrap, settings
from shared.runtime.sandbox import StoreWorld, media
from tests.e2e.server import Server

FILES = ("rostrum.sqlite3", "sandbox.sqlite3")


def timelines(server: Server, ahead: timedelta = timedelta()) -> Mapping[str, Sequence[Seen]]:
    """By our account id: what each connected sandbox account has live, oldest first, so long from now. Writes nothing."""
    ids, at = network_ids(server), datetime.now(UTC) + ahead
    with closing(EmbeddedStore(server.home / "sandbox.sqlite3", SystemClock(), indexes.load())) as store:
        return {account: store.transact(_looking(*where, at)) for account, where in ids.items()}


def connected(server: Server) -> list[str]:
    """The network of each account that the key of the ``env`` file reaches."""
    return sorted(platform for platform, *_ in network_ids(server).values())


def integrity(home: Path) -> dict[str, str]:
    """SQLite's own verdict on each of the installation's files: ``ok``, or what is wrong."""
    return {name: _checked(home / name) for name in FILES}


def _looking(platform: str, platform_account_id: str, world: str, at: datetime) -> Any:
    def body(txn: Any) -> Sequence[Seen]:
        its = StoreWorld(txn, (platform, world), at, _unreachable)
        return registry.simulator(platform).seen(its, platform_account_id)

    return body


def network_ids(server: Server) -> dict[str, tuple[str, str, str]]:
    """By our account id: the network, its own id of the account, and the world that it lives in."""
    ports = bootstrap.embedded(settings.load({"ROSTRUM_HOME": str(server.home), "PORT": str(server.port)}))
    try:
        listed = accounts.list_(ports, callers.authenticate(ports, server.env()["ROSTRUM_API_KEY"]))
        return {one.id: (one.platform, one.platform_account_id, one.world) for one in listed}
    finally:
        for port in (ports.store, ports.queue, ports.bus):
            if hasattr(port, "close"):
                port.close()


def _checked(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("PRAGMA integrity_check").fetchall()
    return "; ".join(str(row[0]) for row in rows)


def _unreachable(url: str) -> Response | None:
    raise AssertionError(f"looking fetches nothing: {url}")


def sandbox_file(name: str) -> bytes:
    """A file of the sandbox's media host, as bytes."""
    return media("GET", f"/media/{name}").body
