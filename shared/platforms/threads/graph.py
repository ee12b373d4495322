"""Requests to graph.threads.net, as Meta's Graph everywhere: see ``_graph.calls``.

All calls to this host use v1.0: https://developers.facebook.com/docs/threads/changelog (2024-06-07), read 2026-11-22.
"""

from __future__ import annotations

from typing import Final

from shared.platforms._graph import calls
from shared.platforms.threads import errors

HOST: Final = "https://graph.threads.net"
GRAPH: Final = calls.Graph(HOST, "v1.0", errors.BOOK)
