"""A google-auth transport that remembers certificate answers for as long as their ``Cache-Control`` allows."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from google.auth.transport import Response
from google.auth.transport.requests import Request as GoogleRequest

_MAX_AGE = re.compile(r"max-age=(\d+)")


class CachingRequest:
    """Called like ``google.auth.transport.Request``. Thread safe. Only GETs that succeed are remembered."""

    def __init__(self, transport: Any = None) -> None:
        self._transport = transport or GoogleRequest()
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Response]] = {}

    def __call__(self, url: str, method: str = "GET", **options: Any) -> Response:
        with self._lock:
            until, response = self._known.get(url, (0.0, None))
        if method == "GET" and response is not None and time.monotonic() < until:
            return response
        fresh: Response = self._transport(url, method=method, **options)
        if method == "GET" and fresh.status == 200:
            with self._lock:
                self._known[url] = (time.monotonic() + _age(fresh.headers), fresh)
        return fresh


def _age(headers: Mapping[str, str]) -> int:
    lowered = {name.lower(): value for name, value in headers.items()}
    found = _MAX_AGE.search(lowered.get("cache-control", ""))
    return int(found.group(1)) if found else 0
