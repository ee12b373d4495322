"""The sealing keys: which there are, how many secrets each holds, and exchanging them while everything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from shared.domain.errors import Clash
from shared.operations import sealed
from shared.operations.operating import spaces
from shared.operations.sealed import Sealed
from shared.ports.store import Conflict, NotFound, StoreError, Unavailable, Write
from shared.ports.vault import Keys, SecretForged, SecretGone, VaultError
from shared.ports.world import Ports

TRIES = 5  # at one document that others write to, too
LEAST = timedelta(hours=1)  # between rotations, unless somebody insists: a second key helps nobody
Said = Callable[[int], object]  # is told how many secrets more were looked at


@dataclass(frozen=True, slots=True)
class Census:
    """``held``: how many sealed secrets by key id; of keys that there are no more, too. ``strange``: references that no vault
    made, by their documents' paths."""

    keys: Keys
    held: Mapping[str, int]
    strange: tuple[str, ...] = ()


@dataclass(slots=True)
class Rewrapped:
    """``done``: how many are under the newest key now that were not; ``fine``: were so already; ``gone``: were deleted or
    replaced meanwhile; ``lost``: the fields that do not open, whatever key."""

    done: int = 0
    fine: int = 0
    gone: int = 0
    lost: list[str] = field(default_factory=list)


def census(ports: Ports, said: Said) -> Census:
    """Count them all, by pages. Raises store.Unavailable, vault.VaultUnavailable."""
    held: Counter[str] = Counter()
    strange: list[str] = []
    for one in _all(ports):
        try:
            held[ports.vault.key_of(one.reference)] += 1
        except (SecretForged, SecretGone):
            strange.append(one.doc.path)
        said(1)
    return Census(ports.vault.keys(), held, tuple(strange))


def rotate(ports: Ports, *, insist: bool = False) -> str:
    """Add a key that seals from now on; answer its id. Raises Clash (the last rotation was just now), VaultUnavailable."""
    keys = ports.vault.keys()
    if len(keys.ids) > 1 and not insist and ports.clock.now() < keys.settled_at:
        text = f"A key was added lately ({keys.newest}), and not every process may use it before {keys.settled_at:%Y-%m-%d %H:%M} UTC."
        raise Clash("resource.conflict", f"{text} Add another one with --again.")
    return ports.vault.rotate()


def rewrap(ports: Ports, said: Said) -> Rewrapped:
    """Seal with the newest key what an older one holds, one secret after the other. Whoever renews a secret meanwhile is right.

    What is done is skipped by the next run, so it may be cut off anywhere and run twice at once. Raises store.Unavailable,
    vault.VaultUnavailable.
    """
    result = Rewrapped()
    for space in spaces.every(ports):
        before = result.done
        for one in sealed.in_space(ports, space):
            _rewrap(ports, one, result)
            said(1)
        if result.done > before:
            spaces.note(ports, space, "secrets.rewrapped", ports.vault.keys().newest, count=str(result.done - before))
    for one in sealed.at_root(ports):
        _rewrap(ports, one, result)
        said(1)
    return result


def retire(ports: Ports, key: str, said: Said) -> bool:
    """Forget a key that holds nothing any more; False when there is none of that id. Raises Clash, store.Unavailable,
    vault.VaultUnavailable."""
    keys = ports.vault.keys()
    if key not in keys.ids:
        return False
    if key == keys.newest:
        raise Clash("resource.conflict", f"{key} is the newest key, which seals: rotate first.")
    if ports.clock.now() < keys.settled_at:
        text = (
            f"Until {keys.settled_at:%Y-%m-%d %H:%M} UTC a running process may still seal with {key}: retire it later."
        )
        raise Clash("resource.conflict", text)
    found = census(ports, said)
    if found.held.get(key):
        text = f"{found.held[key]} secrets are still sealed with {key}: run `keys rewrap` first. They would be lost."
        raise Clash("resource.conflict", text)
    ports.vault.retire(key)
    return True


def _all(ports: Ports) -> Iterator[Sealed]:
    for space in spaces.every(ports):
        yield from sealed.in_space(ports, space)
    yield from sealed.at_root(ports)


def _rewrap(ports: Ports, one: Sealed, result: Rewrapped) -> None:
    """One secret, compared and set: its document is as it was when the secret was opened, or is read again."""
    current: Sealed | None = one
    for _ in range(TRIES):
        if current is None:
            result.gone += 1
            return None
        try:
            made = ports.vault.rewrap(current.place, current.reference)
        except (SecretForged, SecretGone):
            again = _now(ports, current)
            if again is None or again.reference == current.reference:
                return _lost(again, result)
            current = again
            continue
        if made is None:
            result.fine += 1
            return None
        if _swapped(ports, current, made):
            result.done += 1
            return None
        current = _now(ports, current)
    raise Unavailable(f"{one.doc.path} is written to all the time: run it again")


def _lost(one: Sealed | None, result: Rewrapped) -> None:
    if one is None:
        result.gone += 1
    else:
        result.lost.append(f"{one.doc.path} {one.field}")


def _swapped(ports: Ports, one: Sealed, made: str) -> bool:
    """Whether the document holds the new reference now; the one that it certainly never will hold is destroyed."""
    try:
        ports.store.commit([Write("update", one.doc.path, {one.field: made}, if_version=one.doc.version)])
    except (Conflict, NotFound):
        _destroy(ports, one, made)
        return False
    except StoreError:  # nobody knows whether it was written
        doc = ports.store.get(one.doc.path)
        if doc is not None and doc.version == one.doc.version:
            raise  # ... or will be yet: the document may come to hold either, so that both stay
        if doc is None or doc.data.get(one.field) != made:
            _destroy(ports, one, made)
            raise
    _destroy(ports, one, one.reference)
    return True


def _now(ports: Ports, one: Sealed) -> Sealed | None:
    """The same field as it is at this moment."""
    doc = ports.store.get(one.doc.path)
    return next((found for found in sealed.references(doc) if found.field == one.field), None) if doc else None


def _destroy(ports: Ports, one: Sealed, reference: str) -> None:
    with suppress(VaultError):  # a version that stays opens at its own place only, and costs a little
        ports.vault.destroy(one.place, reference)
