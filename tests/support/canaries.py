"""Canary secrets: every secret that a test run makes or uses is remembered, and looked for wherever none may be.

What is remembered and where is looked: :mod:`tests.support.canary_hooks`. What may hold one, with its reason:
:mod:`tests.support.canary_exceptions`. A secret counts as one by its looks (a run of ten letters and digits, both among
them): ``token`` or ``app-of-x``, as tests write them, cannot be told from words.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_RUN = re.compile(r"[A-Za-z0-9]{10,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,8192}={0,2}")
_SHORTEST = 10  # of such a run; shorter than 62**10 nothing is guessed right by accident
_KEPT = 100_000  # texts that are remembered as clean
SHOWN = "a caller's credential"
Where = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret. ``worlds``: where alone it is one, for what a seed makes again in other worlds as something else; what is looked
    through without a world is none of them."""

    kind: str
    secret: str
    worlds: set[int] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret where none may be; never the secret itself."""

    place: str
    kind: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind} in {self.place}{f' ({self.where})' if self.where else ''}"


@dataclass
class Watch:
    """Secrets by the run that finds them; what was looked through, by place; and what was found."""

    known: dict[str, dict[str, Canary]] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    noted: set[tuple[str, str, int | None]] = field(default_factory=set)
    clean: set[str] = field(default_factory=set)

    def note(self, kind: str, secret: str, world: int | None = None) -> None:
        """This is a secret from now on; nothing if it does not look like one."""
        if (kind, secret, world) in self.noted:
            return
        self.noted.add((kind, secret, world))
        run = max(_RUN.findall(secret), key=len, default="")
        if len(run) < _SHORTEST or run.isalpha() or run.isdigit():
            return
        held = self.known.setdefault(run, {})
        if secret not in held:
            held[secret] = Canary(kind, secret, None if world is None else {world})
            self.kinds[kind] += 1
            self.clean.clear()
            return
        was = held[secret]
        worlds = None if world is None or was.worlds is None else {*was.worlds, world}
        # Shown as proof, perhaps before it was made: what it was made as says more.
        held[secret] = Canary(kind if was.kind == SHOWN else was.kind, secret, worlds)
        self.clean.clear()

    def look(
        self,
        place: str,
        text: str,
        where: Where = "",
        world: int | None = None,
        *,
        allowed: str = "!",
        deeply: bool = False,
    ) -> None:
        """Look for secrets in a text of this place. ``allowed``: the end of a kind that may be there; ``deeply``: also in what
        is base64 in it."""
        self.looked[place] += 1
        for canary in self.deeply(text) if deeply else self.inside(text, world):
            if not canary.kind.endswith(allowed):
                self.found.append(Finding(place, canary.kind, where if isinstance(where, str) else where()))

    def look_at(self, place: str, texts: Iterable[str], where: Where, world: int | None) -> None:
        """As :meth:`look`, at one thing of many texts; those that were looked at since the last new secret are known."""
        fresh = [text for text in texts if text not in self.clean]
        before = len(self.found)
        self.look(place, "\n".join(fresh), where, world)
        if len(self.found) == before:
            if len(self.clean) > _KEPT:
                self.clean.clear()
            self.clean.update(fresh)

    def inside(self, text: str, world: int | None = None) -> Iterator[Canary]:
        """The secrets in a text: as they are, and as URLs and forms spell them."""
        yield from self._plain(text, world)
        if "%" in text:
            yield from self._plain(unquote(text), world)

    def deeply(self, text: str) -> Iterator[Canary]:
        """As :meth:`inside`, and in what is base64 in it."""
        yield from self.inside(text)
        for found in _BASE64.findall(text):
            if (decoded := _decoded(found)) is not None:
                yield from self.inside(decoded)

    def _plain(self, text: str, world: int | None) -> Iterator[Canary]:
        known = self.known
        for run in _RUN.findall(text):
            if run in known:
                for canary in tuple(known[run].values()):
                    if canary.secret in text and (canary.worlds is None or world in canary.worlds):
                        yield canary

    def taken(self) -> list[Finding]:
        """What was found since the last time, each once."""
        found, self.found[:] = list(dict.fromkeys(self.found)), []
        return found


def _decoded(text: str) -> str | None:
    """What base64, either alphabet, says if it is text."""
    plain = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(plain) % 4 == 1:
        return None
    raw = base64.b64decode(plain + "=" * (-len(plain) % 4))
    return raw.decode() if raw.isascii() else None


_watches = [Watch()]


def watch() -> Watch:
    """Who watches now."""
    return _watches[-1]


@contextmanager
def watching() -> Iterator[Watch]:
    """Another one in its place: what a test leaks on purpose is seen by it alone."""
    _watches.append(Watch())
    try:
        yield _watches[-1]
    finally:
        _watches.pop()


def strings(value: Any) -> list[str]:
    """Every text in a value that could hold a secret."""
    found: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        kind = type(one)
        if kind is str:
            if len(one) >= _SHORTEST:
                found.append(one)
        elif kind is dict:
            left.extend(one.values())
        elif kind in (list, tuple):
            left.extend(one)
        elif kind is bytes:
            found.append(one.decode("latin-1"))
    return found


PUBLIC = frozenset({"client_id", "expires_at", "refresh_expires_at", "scopes", "of"})


def secrets_of(plain: bytes) -> Iterator[str]:
    """The secrets in what was handed to the vault: itself, or what its JSON holds but what is no secret by its name."""
    text = plain.decode(errors="replace")
    try:
        yield from _leaves(json.loads(text))
    except ValueError:
        yield text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in PUBLIC:
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield from secrets_of(value.encode()) if value.startswith("{") else (value,)
