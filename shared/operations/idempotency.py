"""The same request twice is one effect and one answer.

A caller sends ``Idempotency-Key`` with a POST. What was answered is kept seven days, in the workspace, under the
SHA-256 of the key, for callers of full access together and for each restricted one alone, because an answer shows what
not everybody in a workspace may see: the same key with the same body gets the same bytes again; with another body it is refused, naming
what differs. Two ways:

* *in the same commit*: :class:`Receipt` is written together with what the request makes (posts). Of parallel requests
  one commit succeeds; the others read what it answered.
* *claim, work, complete*: for what cannot share a commit. A claim older than 60 seconds is taken over, because these
  operations can be repeated without harm: what they make has the same ids again (``repeating``), a connection is an upsert,
  a publish order is fenced by the target's state. So is one at once whose work ended without anybody knowing how.

A request that was refused leaves no record, so that it can be corrected and sent again under the same key.

What the body held is compared by HMACs keyed with the caller's own key, which is not stored: a record does not help to
guess a password that was in the body. Source of the rules: https://docs.stripe.com/api/idempotent_requests (2026-11).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Invalid
from shared.operations import repeating
from shared.ports.store import AlreadyExists, Conflict, Doc, StoreError, Transaction, Unavailable, Write
from shared.ports.vault import Place
from shared.ports.world import Ports

KEPT = timedelta(days=7)
LOCKED = timedelta(seconds=60)
MAX_KEY = 255
WHOLE = "body"  # the one name under which a body without fields (a file) is compared


@dataclass(frozen=True, slots=True)
class Record:
    """``workspaces/{space}/idempotency/{hash of the key}``. ``body`` is empty while ``pending``.

    ``seed``: while ``pending``, what the work draws its ids from (``repeating``). ``fields``: an HMAC per top-level field of the body. ``sealed``: the vault's reference to an answer that holds a
    secret; ``body`` is empty then. ``nonce`` says whose claim it is.
    """

    route: str
    fields: Mapping[str, str]
    created_at: datetime
    expire_at: datetime
    pending: bool = False
    locked_at: datetime | None = None
    nonce: str = ""
    seed: str = ""
    status: int = 0
    body: bytes = b""
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: an HTTP-like status and the encoded body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """One caller's key for one request. ``route`` (``POST /v1/posts``) belongs to what is compared."""

    caller: Caller
    hash: str
    route: str
    fields: Mapping[str, str] = field(repr=False)
    grain: bytes = field(default=b"", repr=False)  # of the key's own text: not stored

    @property
    def path(self) -> str:
        return f"workspaces/{self.caller.space}/idempotency/{self.hash}"

    @property
    def place(self) -> Place:
        """Where a sealed answer belongs."""
        return Place(self.caller.space, self.hash, "idempotent_answer")


Found = tuple[Answer | None, str | None]  # what was answered, or the version of an expired record that is in the way


class AlreadyDone(Exception):
    """Another request with this key was faster: this is what it was answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("already done under this idempotency key")
        self.answer = answer


def identify(caller: Caller, key: str, route: str, body: Mapping[str, Any] | bytes) -> Key:
    """The key of a request. Raises Invalid for a key that is none (1 to 255 visible ASCII characters)."""
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        message = f"Idempotency-Key: 1 to {MAX_KEY} visible ASCII characters; a UUID per intended effect is best."
        raise Invalid("validation.field_invalid", message, field="Idempotency-Key")
    whose = f"{caller.actor}\0" if caller.restricted else ""
    return Key(caller, hashlib.sha256(f"{whose}{key}".encode()).hexdigest(), route, _fields(key, body), _grain(key))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of a request, to be written in the same commit as its effect.

    ``encode`` turns the operation's result into the answer. ``stale``: the version of an expired record to replace.
    ``renews``: the request has its record already, and this is one more effect of it: the answer takes the record's place.
    """

    ports: Ports
    key: Key
    encode: Callable[[Any], Answer]
    stale: str | None = None
    renews: bool = False

    def commit(self, writes: Sequence[Write], result: Any) -> None:
        """All of ``writes`` and the record, or nothing. Raises AlreadyDone, and what the store's commit raises."""
        try:
            self.ports.store.commit([*writes, self._write(self.encode(result))])
        except (AlreadyExists, Conflict):
            answer, _ = find(self.ports, self.key)
            if answer is None or self.renews:
                raise
            raise AlreadyDone(answer) from None

    def refuse_done(self) -> None:
        """Raise AlreadyDone when another request with this key was faster. One read."""
        answer, _ = find(self.ports, self.key)
        if answer is not None:
            raise AlreadyDone(answer)

    def _write(self, answer: Answer) -> Write:
        if self.renews:
            return _renewed(self.key, answer)
        now = self.ports.clock.now()
        record = Record(self.key.route, self.key.fields, now, now + KEPT, status=answer.status, body=answer.body)
        if self.stale:
            return Write("update", self.key.path, codec.Document(record), self.stale)
        return Write("create", self.key.path, codec.Document(record))


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of a request."""

    key: Key
    nonce: str
    seed: str
    began: datetime

    def repeatable(self, ports: Ports) -> Ports:
        """The ports for the work: done again, it makes the same."""
        return repeating.repeatable(
            ports, hmac.new(self.key.grain, self.seed.encode(), hashlib.sha256).digest(), self.began
        )


def find(ports: Ports, key: Key) -> tuple[Answer | None, str | None]:
    """What was answered before (None: nothing), and the version of an expired record that is in the way.

    Raises Clash when the key was used for another request, or when the request is being worked on.
    """
    return _found(ports, key, ports.store.get(key.path))


def find_all(ports: Ports, keys: Sequence[Key]) -> list[Found | Clash]:
    """``find`` for many keys in one round trip; what would be raised stands in the list."""
    docs = ports.store.get_many([key.path for key in keys]) if keys else []
    found: list[Found | Clash] = []
    for key, doc in zip(keys, docs, strict=True):
        try:
            found.append(_found(ports, key, doc))
        except Clash as error:
            found.append(error)
    return found


def _found(ports: Ports, key: Key, doc: Doc | None) -> Found:
    if doc is None:
        return None, None
    record, now = codec.decode(Record, doc.data), ports.clock.now()
    if record.expire_at <= now:
        return None, doc.version
    _refuse_other(record, key)
    if record.pending and _abandoned(record, now):
        return None, doc.version
    if record.pending:
        raise _in_progress()
    return _answer(ports, key, record), None


def claim(ports: Ports, key: Key) -> Claim | Answer:
    """Begin the work, or learn what it was answered before. Raises Clash (as ``find``)."""
    doc = ports.store.get(key.path)
    answer, stale = _found(ports, key, doc)
    if answer is not None:
        return answer
    now = ports.clock.now()
    mine = _claimed(ports, key, doc, now)
    record = Record(
        key.route, key.fields, mine.began, now + KEPT, pending=True, locked_at=now, nonce=mine.nonce, seed=mine.seed
    )
    write = Write("update" if stale else "create", key.path, codec.encode(record), stale)
    try:
        ports.store.commit([write])
    except (AlreadyExists, Conflict):
        answer, _ = find(ports, key)
        if answer is None:
            raise _in_progress() from None
        return answer
    except Unavailable as error:
        if not _is_mine(ports.store.get(key.path), mine):
            raise Broken(
                "system.unavailable", "Nothing was begun. Send the request again with the same key."
            ) from error
    return mine


def _is_mine(doc: Doc | None, mine: Claim) -> bool:
    return doc is not None and doc.data.get("nonce") == mine.nonce


def _claimed(ports: Ports, key: Key, doc: Doc | None, now: datetime) -> Claim:
    """A claim; of work that was begun before, one that makes the same."""
    known = codec.decode(Record, doc.data) if doc else None
    if known and known.pending and known.seed and known.expire_at > now:
        return Claim(key, ports.ids.token(128), known.seed, known.created_at)
    return Claim(key, ports.ids.token(128), ports.ids.token(256), now)


def complete(ports: Ports, mine: Claim, answer: Answer, *, secret: bool = False) -> None:
    """Keep the answer. ``secret``: sealed, because it shows something that is shown once."""
    sealed = ports.vault.seal(mine.key.place, answer.body) if secret else ""
    body = b"" if secret else answer.body
    done = {"pending": False, "locked_at": None, "seed": "", "status": answer.status, "body": body, "sealed": sealed}
    _if_mine(ports, mine, Write("update", mine.key.path, done))


def release(ports: Ports, mine: Claim) -> None:
    """Forget the claim: the request was refused, or failed without effect."""
    _if_mine(ports, mine, Write("delete", mine.key.path))


def leave(ports: Ports, mine: Claim) -> None:
    """Nobody knows whether it was done: the next request with this key does it again, and makes the same."""
    _if_mine(ports, mine, Write("update", mine.key.path, {"locked_at": None}))


def amend(ports: Ports, key: Key, answer: Answer) -> Answer:
    """Keep the final answer in place of the one that was committed with the effect: whoever waited for the outcome may
    tell it, if every later request with this key is told the same. The answer to give: this one, or the committed one
    where this one could not be kept.
    """
    try:
        ports.store.commit([_renewed(key, answer)])
    except StoreError:
        with suppress(StoreError):  # the effect is there: an error now would have callers send it again
            known, _ = find(ports, key)
            return known or answer
    return answer


def _renewed(key: Key, answer: Answer) -> Write:
    return Write("update", key.path, {"status": answer.status, "body": answer.body})


def _if_mine(ports: Ports, mine: Claim, write: Write) -> None:
    """Write unless another request took the claim over meanwhile."""

    def body(txn: Transaction) -> None:
        doc = txn.get(mine.key.path)
        if _is_mine(doc, mine):
            txn.write(write)

    ports.store.transact(body)


def _abandoned(record: Record, now: datetime) -> bool:
    return record.locked_at is None or now - record.locked_at > LOCKED


def _answer(ports: Ports, key: Key, record: Record) -> Answer:
    body = ports.vault.open(key.place, record.sealed) if record.sealed else record.body
    return Answer(record.status, body)


def _in_progress() -> Clash:
    message = "A request with this Idempotency-Key is being worked on. Ask again in a second to get its answer."
    return Clash("idempotency.in_progress", message, retry_after_seconds=1)


def _refuse_other(record: Record, key: Key) -> None:
    if record.route != key.route:
        message = f"This Idempotency-Key was used for {record.route}. Use a new key for every intended effect."
        raise Clash("idempotency.key_reused", message, differs=["path"])
    names = sorted({*record.fields, *key.fields})
    differs = [name for name in names if record.fields.get(name) != key.fields.get(name)]
    if differs:
        message = (
            f"This Idempotency-Key was used with another body: {', '.join(differs)} {'differs' if len(differs) == 1 else 'differ'}. "
            "Send the first body again, or use a new key."
        )
        raise Clash("idempotency.key_reused", message, differs=differs)


def _fields(key: str, body: Mapping[str, Any] | bytes) -> dict[str, str]:
    if isinstance(body, bytes):
        return {WHOLE: _digest(key, body)}
    return {name: _digest(key, _canonical(value)) for name, value in body.items()}


_one_way = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def _canonical(value: Any) -> bytes:
    return _one_way(value).encode()


def _grain(key: str) -> bytes:
    return hmac.digest(key.encode(), b"what this request makes", "sha256")


def _digest(key: str, value: bytes) -> str:
    return hmac.digest(key.encode(), value, "sha256").hex()[:32]
