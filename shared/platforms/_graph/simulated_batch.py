"""Batches of a simulated Graph: each request in one is answered as if it had come alone.

https://developers.facebook.com/docs/graph-api/batch-requests, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.platforms._graph.simulated import VERSION, Ask, Problem, answer
from shared.ports.http import Request, Response

MOST = 50


def handle(ask: Ask, serve: Callable[[Request], Response]) -> Response:
    """POST with ``batch``. Raises Problem."""
    wanted = ask.items("batch")
    if not all(isinstance(one, dict) and one.get("method") and one.get("relative_url") for one in wanted):
        raise Problem(100, "(#100) Param batch must be an array of requests with method and relative_url")
    if len(wanted) > MOST:
        raise Problem(100, f"Too many requests in batch message. Maximum batch size is {MOST}")
    shown = ask.text("include_headers").lower() != "false"
    return answer([_one(ask, one, serve, shown=shown) for one in wanted])


def _one(ask: Ask, wanted: dict[str, Any], serve: Callable[[Request], Response], *, shown: bool) -> dict[str, Any]:
    url = f"https://{ask.host}/{VERSION}/{str(wanted['relative_url']).lstrip('/')}"
    headers = {"Authorization": f"Bearer {ask.bearer}", "Content-Type": "application/x-www-form-urlencoded"}
    response = serve(Request(str(wanted["method"]), url, headers, str(wanted.get("body") or "").encode() or None))
    listed = [{"name": name, "value": value} for name, value in response.headers.items()]
    said = {"code": response.status, "body": response.body.decode()}
    return {**said, "headers": listed} if shown else said
