"""Requests to graph.instagram.com, as all of Graph's: ``_graph.calls``.

https://developers.facebook.com/docs/instagram-platform/content-publishing (examples for Instagram Login).
"""

from __future__ import annotations

from shared.platforms._graph.calls import SEND_DEADLINE, Graph, next_page
from shared.platforms.instagram import errors

__all__ = ["SEND_DEADLINE", "next_page"]

HOST = "https://graph.instagram.com"
GRAPH = Graph(HOST, "v26.0", errors.BOOK)
BASE = GRAPH.base

read = GRAPH.read
create = GRAPH.create
make_visible = GRAPH.make_visible
send_json = GRAPH.send_json
remove = GRAPH.remove
