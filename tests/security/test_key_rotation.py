"""Goal 16, under load: keys come and go while secrets are sealed, opened, replaced and re-wrapped, and none is lost.

Documents are replaced by compare-and-set, as the store does it, and what they held is destroyed after. A key is retired as
an operator does it: when all is re-wrapped, and nothing that was sealed with it waits to be written any more.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.ports.vault import Place, SecretGone, Vault
from tests.security import goals, scale
from tests.security.vaults import KINDS, Keeper

DOCUMENTS = 24


class Documents:
    """A reference and what it should open to, per place; exchanged by compare-and-set."""

    def __init__(self, vault: Vault) -> None:
        self._lock = threading.Lock()
        self._held = {Place(f"ws_{n % 4}", f"acc_{n}", "tokens"): ("", b"") for n in range(DOCUMENTS)}
        self._held = {place: (vault.seal(place, b"first"), b"first") for place in self._held}
        self._writing = self._waiting = 0
        self._still = threading.Condition()

    def __iter__(self) -> Iterator[Place]:
        return iter(tuple(self._held))

    def read(self, place: Place) -> tuple[str, bytes]:
        with self._lock:
            return self._held[place]

    def exchange(self, place: Place, before: str, after: str, secret: bytes) -> bool:
        """Whether nobody was faster."""
        with self._lock:
            if self._held[place][0] != before:
                return False
            self._held[place] = (after, secret)
            return True

    @contextmanager
    def sealing(self) -> Iterator[None]:
        """What is sealed in here is written in here, too."""
        with self._still:
            self._still.wait_for(lambda: not self._waiting)
            self._writing += 1
        try:
            yield
        finally:
            with self._still:
                self._writing -= 1
                self._still.notify_all()

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Nobody is between sealing and writing."""
        with self._still:
            self._waiting += 1
            self._still.wait_for(lambda: not self._writing)
            try:
                yield
            finally:
                self._waiting -= 1
                self._still.notify_all()


def replace(vault: Vault, documents: Documents, place: Place, secret: bytes) -> str:
    """As a refresh does it: sealed, written if nobody was faster, and what lost is destroyed."""
    before, _ = documents.read(place)
    with documents.sealing():
        after = vault.seal(place, secret)
        won = documents.exchange(place, before, after, secret)
    vault.destroy(place, before if won else after)
    return "replaced" if won else "too late"


def rewrap(vault: Vault, documents: Documents, place: Place) -> str:
    """As an operator's command does it."""
    before, secret = documents.read(place)
    with documents.sealing():
        try:
            after = vault.rewrap(place, before)
        except SecretGone:
            return _gone(documents, place, before)
        if after is None:
            return "under the newest key"
        won = documents.exchange(place, before, after, secret)
    vault.destroy(place, before if won else after)
    return "re-wrapped" if won else "too late"


def open_(vault: Vault, documents: Documents, place: Place) -> str:
    """What was read may have been replaced and destroyed meanwhile; what still stands must open to what was sealed."""
    reference, secret = documents.read(place)
    try:
        return "opened" if vault.open(place, reference) == secret else "LOST"
    except SecretGone:
        return _gone(documents, place, reference)


def _gone(documents: Documents, place: Place, reference: str) -> str:
    return "replaced meanwhile" if documents.read(place)[0] != reference else "LOST"


def rotate(keeper: Keeper, vault: Vault, documents: Documents) -> str:
    """A new key; all is re-wrapped, and the keys before are retired once none of them is sealed with any more."""
    made = vault.rotate()
    for place in documents:
        rewrap(vault, documents, place)
    with documents.settled():
        keeper.settle()
        held = {vault.key_of(documents.read(place)[0]) for place in documents}
        for key in set(vault.keys().ids) - held - {made, vault.keys().newest}:
            vault.retire(key)
    return "rotated"


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_lost_while_keys_are_exchanged_again_and_again(kind: str, tmp_path: Path) -> None:
    """Three processes' vaults, six threads, two of them operators who rotate at once."""
    keeper, done = Keeper(kind, tmp_path), threading.Event()
    vaults = [keeper.vault() for _ in range(3)]
    documents, said = Documents(vaults[0]), Counter[str]()

    def work(number: int, act: Callable[[random.Random, Vault], str]) -> Counter[str]:
        chance, seen = random.Random(number), Counter[str]()
        while not done.is_set():
            seen[act(chance, chance.choice(vaults))] += 1
        return seen

    def operate(number: int) -> Counter[str]:
        return Counter(rotate(keeper, vaults[number], documents) for _ in range(scale.many(3, 100)))

    everything = tuple(documents)
    acts: tuple[Callable[[random.Random, Vault], str], ...] = (
        lambda chance, vault: replace(vault, documents, chance.choice(everything), chance.randbytes(40)),
        lambda chance, vault: rewrap(vault, documents, chance.choice(everything)),
        lambda chance, vault: open_(vault, documents, chance.choice(everything)),
        lambda chance, vault: open_(vault, documents, chance.choice(everything)),
    )
    with ThreadPoolExecutor(6) as threads:
        workers = [threads.submit(work, number, act) for number, act in enumerate(acts)]
        operators = [threads.submit(operate, number) for number in range(2)]
        try:
            said.update(sum((one.result() for one in operators), Counter()))
        finally:
            done.set()
        said.update(sum((one.result() for one in workers), Counter()))
    said.update(open_(keeper.vault(), documents, place) for place in documents)
    goals.count(16, f"secrets read and written while keys are exchanged, {kind}", said.total(), said["LOST"])
    goals.count(16, f"exchanges of a key under load, {kind}", said["rotated"])
    assert said["LOST"] == 0, said
    assert min(said["opened"], said["replaced"], said["rotated"]) > 0, said
    assert len(vaults[0].keys().ids) < 2 + said["rotated"], "no key was retired"
