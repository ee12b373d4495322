"""An issuer's public keys: fetched when needed, kept as long as it says, and fetched again for a key that is new.

One fetch at a time, whoever waits for it; a key id that nobody knows asks again once a minute at most, so that forged ids
cost the issuer nothing. Keys whose time is over go on serving for a day while the issuer cannot be reached.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.ports.clock import Clock
from shared.ports.http import Http, HttpFailure, Request
from shared.ports.identity import IdentityUnavailable, TokenRefused

AGAIN = 60.0  # seconds between two fetches for an unknown key id
AFTER_FAILURE = 5.0
STALE = 86_400.0  # how long keys serve on while no newer ones can be had
MIN_AGE, DEFAULT_AGE, MAX_AGE = 60.0, 3600.0, 86_400.0
PATIENCE = 8.0  # seconds for one fetch
MAX_BYTES = 262_144
_log = logging.getLogger(__name__)
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")

Parse = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Held:
    keys: Mapping[str, Any]
    until: float


class KeySet:
    """The keys at one address, by key id; ``parse`` makes them of the JSON there (ValueError: it holds none)."""

    def __init__(self, http: Http, clock: Clock, url: str, parse: Parse) -> None:
        self._http = http
        self._clock = clock
        self._url = url
        self._parse = parse
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._not_before = float("-inf")
        self._failed = False

    def find(self, kid: str) -> Any:
        """The key of this id. Raises TokenRefused (the issuer has no such key), IdentityUnavailable."""
        held = self._held
        if held is None or kid not in held.keys or self._clock.monotonic() >= held.until:
            held = self._renewed(kid)
        if kid in held.keys:
            return held.keys[kid]
        if self._failed:
            raise IdentityUnavailable("the issuer's keys cannot be had just now")
        raise TokenRefused("its key id is none of its issuer's")

    def _renewed(self, kid: str) -> _Held:
        with self._lock:
            held, now = self._held, self._clock.monotonic()
            wanted = held is None or now >= held.until or kid not in held.keys
            if wanted and now >= self._not_before:
                self._fetch(now)
            if self._held is None or now >= self._held.until + STALE:
                raise IdentityUnavailable("the issuer's keys cannot be had just now")
            return self._held

    def _fetch(self, now: float) -> None:
        request = Request("GET", self._url, max_bytes=MAX_BYTES, read_timeout=PATIENCE, total_timeout=PATIENCE)
        fresh = None
        try:
            answer = self._http.send(request)
            keys = self._parse(json.loads(answer.body)) if answer.status == 200 else {}
            fresh = _Held(keys, now + _age(answer.headers)) if keys else None
        except (HttpFailure, ValueError, RecursionError) as error:  # what we hold serves on
            _log.warning("an issuer's keys could not be fetched", extra={"reason": type(error).__name__})
        self._failed = fresh is None
        self._not_before = now + (AFTER_FAILURE if self._failed else AGAIN)
        self._held = fresh or self._held


def _age(headers: Mapping[str, str]) -> float:
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    return min(max(float(found[1]), MIN_AGE), MAX_AGE) if found else DEFAULT_AGE
