"""Queue, bus, vault, blobs, clock and ids in memory, against the ports' contracts."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

from shared.backends.live.ids import ulid
from shared.ports.blobs import MAX_URL_AGE, BlobInfo, BlobNotFound, BlobTooLarge
from shared.ports.bus import Bus, BusRefused, Message
from shared.ports.http import Response
from shared.ports.queue import HORIZON, NAME_RESERVED, Queue, Task, TaskRefused
from shared.ports.vault import MAX_SECRET_BYTES, Keys, Place, SecretForged, SecretGone, SecretTooLarge
from tests.support.faults import Faults
from tests.support.simulated import START

BLOB_HOST = "blobs.rostrum.test"


class ManualClock:
    """``ports.Clock`` that only :meth:`advance` and :meth:`move_to` move; never backwards."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now.astimezone(UTC)
        self._start = self._now
        self.while_asleep: Callable[[float], None] = self.advance

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """What others do meanwhile is ``while_asleep``: by default, nothing but time passes."""
        self.while_asleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._now += timedelta(seconds=max(0.0, seconds))

    def move_to(self, instant: datetime) -> None:
        """Let time pass until then; nothing if it is past."""
        self._now = max(self._now, instant)


class SeededIds:
    """``ports.Ids`` from a seed: the same run gives the same ids."""

    def __init__(self, seed: int, clock: ManualClock) -> None:
        self._random = random.Random(seed)
        self._clock = clock
        self._lock = RLock()

    def new(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}_{ulid(int(self._clock.now().timestamp() * 1000), self._random.getrandbits(80))}"

    def token(self, bits: int = 256) -> str:
        with self._lock:
            return self._random.randbytes((bits + 7) // 8).hex()

    def below(self, limit: int) -> int:
        with self._lock:
            return self._random.randrange(limit)


class MemoryQueue(Queue):
    """``ports.Queue``: keeps tasks until :meth:`take` hands them out; a name stays used for 24 h after that."""

    def __init__(self, clock: ManualClock, faults: Faults) -> None:
        self.waiting: dict[str, Task] = {}
        self.accepted: list[Task] = []
        self._used: dict[str, datetime] = {}
        self._clock = clock
        self._faults = faults
        self._lock = RLock()

    def enqueue(self, task: Task) -> bool:
        return self._faults.around("queue.enqueue", lambda: self._enqueue(task))

    def take(self, now: datetime) -> list[Task]:
        """The tasks whose time has come, earliest first; they are no longer waiting."""
        with self._lock:
            due = sorted((t for t in self.waiting.values() if (t.at or now) <= now), key=lambda t: t.at or START)
            for task in due:
                del self.waiting[task.name]
                self._used[task.name] = now + NAME_RESERVED
            return due

    def put_back(self, task: Task) -> None:
        """Its handler failed: it is delivered again."""
        with self._lock:
            self.waiting[task.name] = task

    def next_at(self) -> datetime | None:
        """When the next task is due, None when none waits."""
        return min((t.at or self._clock.now() for t in self.waiting.values()), default=None)

    def _enqueue(self, task: Task) -> bool:
        now = self._clock.now()
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,500}", task.name) or not task.queue or not task.function:
            raise TaskRefused(f"{task.name!r}: a malformed name")
        if task.at is not None and task.at - now > HORIZON:
            raise TaskRefused(f"{task.name}: beyond 30 days")
        if len(json.dumps(task.body).encode()) > 100_000:
            raise TaskRefused(f"{task.name}: over 100 KB")
        with self._lock:
            if task.name in self.waiting or self._used.get(task.name, now) > now:
                return False
            self.waiting[task.name] = task
            self.accepted.append(task)
            return True


class MemoryBus(Bus):
    """``ports.Bus``: keeps what was published."""

    def __init__(self, faults: Faults) -> None:
        self.messages: list[Message] = []
        self._faults = faults

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        return self._faults.around("bus.publish", lambda: self._publish(topic, data, attributes))

    def _publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        body = json.dumps(data)
        if len(body.encode()) > 10_000_000 or not topic:
            raise BusRefused("over 10 MB, or no topic")
        self.messages.append(Message(topic, json.loads(body), dict(attributes)))
        return str(len(self.messages))


class MemoryVault:
    """``ports.Vault``: a reference opens at its own place only, until it or its key is gone. ``secrets``: what there is."""

    def __init__(self, faults: Faults) -> None:
        self.secrets: dict[str, tuple[Place, bytes]] = {}
        self._keys = ["key-1"]
        self._sealed_with: dict[str, str] = {}
        self._serial = 0
        self._faults = faults
        self._lock = RLock()

    def seal(self, place: Place, secret: bytes) -> str:
        return self._faults.around("vault.seal", lambda: self._seal(place, secret))

    def open(self, place: Place, reference: str) -> bytes:
        return self._faults.around("vault.open", lambda: self._open(place, reference))

    def destroy(self, place: Place, reference: str) -> None:
        self._faults.around("vault.destroy", lambda: self.secrets.pop(reference, None))

    def keys(self) -> Keys:
        return self._faults.around("vault.keys", self._known)

    def key_of(self, reference: str) -> str:
        if reference not in self._sealed_with:
            raise SecretGone(reference)
        return self._sealed_with[reference]

    def rewrap(self, place: Place, reference: str) -> str | None:
        return self._faults.around("vault.rewrap", lambda: self._rewrap(place, reference))

    def rotate(self) -> str:
        return self._faults.around("vault.rotate", self._rotate)

    def retire(self, key: str) -> None:
        self._faults.around("vault.retire", lambda: self._retire(key))

    def _known(self) -> Keys:
        return Keys(self._keys[-1], tuple(self._keys), datetime.fromtimestamp(0, UTC))

    def _rewrap(self, place: Place, reference: str) -> str | None:
        if self.key_of(reference) == self._keys[-1]:
            return None
        return self._seal(place, self._open(place, reference))

    def _rotate(self) -> str:
        with self._lock:
            self._serial += 1
            self._keys.append(f"key-{self._serial}")
            return self._keys[-1]

    def _retire(self, key: str) -> None:
        with self._lock:
            if key == self._keys[-1]:
                raise ValueError(f"{key} is the newest key, which seals: rotate first")
            self._keys = [one for one in self._keys if one != key]

    def _seal(self, place: Place, secret: bytes) -> str:
        if len(secret) > MAX_SECRET_BYTES:
            raise SecretTooLarge(f"{len(secret)} bytes")
        with self._lock:
            self._serial += 1
            self.secrets[f"sealed-{self._serial}"] = (place, secret)
            self._sealed_with[f"sealed-{self._serial}"] = self._keys[-1]
            return f"sealed-{self._serial}"

    def _open(self, place: Place, reference: str) -> bytes:
        if reference not in self.secrets or self._sealed_with[reference] not in self._keys:
            raise SecretGone(reference)
        sealed_at, secret = self.secrets[reference]
        if sealed_at != place:
            raise SecretForged(reference)
        return secret


@dataclass(frozen=True, slots=True)
class _Grant:
    key: str
    content_type: str
    max_bytes: int
    until: datetime


class MemoryBlobs:
    """``ports.Blobs``. :meth:`accept` is the PUT to an upload URL, :meth:`fetch` the GET of a download URL."""

    def __init__(self, clock: ManualClock, faults: Faults) -> None:
        self.files: dict[str, tuple[BlobInfo, bytes]] = {}
        self._uploads: dict[str, _Grant] = {}
        self._downloads: dict[str, _Grant] = {}
        self._clock = clock
        self._faults = faults

    def put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        return self._faults.around("blobs.put", lambda: self._put(key, chunks, content_type, max_bytes))

    def info(self, key: str) -> BlobInfo | None:
        return self._faults.around("blobs.info", lambda: self.files[key][0] if key in self.files else None)

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        return self._faults.around("blobs.read", lambda: self._read(key, start, length))

    def delete(self, key: str) -> None:
        self._faults.around("blobs.delete", lambda: self.files.pop(key, None))

    def upload_url(self, key: str, content_type: str, max_bytes: int, age: timedelta) -> str:
        return self._granted(self._uploads, "u", _Grant(key, content_type, max_bytes, self._clock.now() + age))

    def upload_headers(self, content_type: str, max_bytes: int) -> dict[str, str]:
        return {"Content-Type": content_type}

    def download_url(self, key: str, age: timedelta) -> str:
        if age > MAX_URL_AGE:
            raise ValueError("a signed URL lives 7 days at most")
        return self._granted(self._downloads, "d", _Grant(key, "", 0, self._clock.now() + age))

    def accept(self, url: str, content_type: str, data: bytes) -> int:
        """The status that the storage answers to this PUT."""
        grant = self._uploads.get(url)
        if grant is None or grant.until <= self._clock.now() or grant.content_type != content_type:
            return 403
        if len(data) > grant.max_bytes:
            return 400
        del self._uploads[url]
        self._put(grant.key, [data], content_type, grant.max_bytes)
        return 200

    def fetch(self, url: str) -> Response | None:
        """What a network gets from this URL, None when nothing answers."""
        grant = self._downloads.get(url)
        if grant is None or grant.until <= self._clock.now() or grant.key not in self.files:
            return None
        info, data = self.files[grant.key]
        return Response(200, {"content-type": info.content_type}, data)

    def _granted(self, grants: dict[str, _Grant], kind: str, grant: _Grant) -> str:
        url = f"https://{BLOB_HOST}/{kind}/{len(grants) + 1}/{grant.key}"
        grants[url] = grant
        return url

    def _put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        if not re.fullmatch(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*", key):
            raise ValueError(f"{key!r} is no blob key")
        data = bytearray()
        for chunk in chunks:
            data += chunk
            if len(data) > max_bytes:
                raise BlobTooLarge(key)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        info = BlobInfo(key, len(data), content_type, md5, self._clock.now())
        self.files[key] = (info, bytes(data))
        return info

    def _read(self, key: str, start: int, length: int | None) -> bytes:
        if key not in self.files:
            raise BlobNotFound(key)
        data = self.files[key][1]
        return data[start:] if length is None else data[start : start + length]
