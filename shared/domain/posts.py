"""Posts, targets and pieces: the documents that the publishing promise is kept with.

A *post* is what a caller asked for. A *target* is that post on one account: one document, one state machine. A target
is an ordered list of *pieces* (the post itself, further items of a thread, a first comment), each published under an
arm of its own.

An *action* (a comment, a message, a campaign: any other write that others can see) is a target of one piece and of no
post, kept by the same promise in the same collection.

Collections: ``workspaces/{space}/posts/{post_id}`` and ``workspaces/{space}/targets/{target_id}``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domain.content import Kind, MediaFacts, Role
from shared.domain.errors import Category, CausedBy
from shared.domain.states import State, Status, overall, status_of

SHARDS = 16  # of the sweeper's index: a sequential field in one index takes 500 writes a second at most
MAX_DOUBTS = 3  # times that a piece may be in doubt, be proven absent, and be sent again
DEFAULT_LATENESS = timedelta(minutes=60)
MAX_PAST = 10  # earlier attempts of a target whose ends are remembered
MAX_HISTORY = 100  # lines of who did what, kept in the post's own document

PUBLISH = "publish"  # the module of a platform that posts go through

SourceType = Literal["url", "media_id", "platform_attachment_id"]


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A media item of a piece: where it comes from and what is known of it.

    ``blob``: the key in the blobs port, once the file is ours; empty for a URL not yet copied.
    """

    source_type: SourceType
    source: str
    facts: MediaFacts
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a target, or a piece of it, is not live; what callers get as ``error``.

    ``platform_code`` and ``platform_message`` are the network's own words; ``raw`` its own payload, redacted.
    """

    code: str
    message: str
    category: Category
    caused_by: CausedBy
    retryable: bool
    platform_code: str = ""
    platform_message: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arm:
    """The permission to send one piece once: who has it, since when, and what would be sent.

    ``nonce`` identifies the invocation that may send; ``over_at`` is when it can certainly not be sending any more;
    ``settles_at`` when no late effect is possible any more.
    """

    attempt: int
    nonce: str
    at: datetime
    fingerprint: str
    over_at: datetime
    settles_at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action does: ``verb`` to ``on`` (the network's id), with what an adapter kept of that thing (``handles``).

    ``repeatable``: done twice it is one effect, and what it answers is the id of ``on``, not of something new.
    """

    verb: str
    on: str
    handles: Mapping[str, Any] = field(default_factory=dict)
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class PieceDoc:
    """One piece as stored. ``key`` (128 bits of hex) and ``created_at`` (epoch µs) are made once, before any attempt.

    ``handles``: what prepare saved so far. ``live``: what the network said once it was published (id, permalink,
    handles); None before. ``attempt`` counts arms. ``kind`` is None and ``deed`` is there for an action, whose arguments are
    its ``options``.
    """

    role: Role
    kind: Kind | None
    text: str
    key: str
    created_at: int
    media: tuple[MediaRef, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    handles: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 0
    live: Live | None = None
    error: Failure | None = None
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A published piece. ``id`` is empty when the network could not say which post it is."""

    id: str
    at: datetime
    permalink: str | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventDoc:
    """A domain event waiting in its target's document to be announced. ``id`` is the same however often it is sent."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A post on one account; or an action, whose ``post_id`` is empty and whose ``module`` says which of the platform's does it.

    ``next_at`` is when the next step is meant to happen: a task that comes earlier is ignored.
    ``generation`` changes with every edit, cancel and reschedule, ``tick`` with every task that is enqueued: together
    with ``attempt`` they make task names that are never used twice. ``wake_at`` is when the sweeper must look at the
    target if nothing else happened, None when nothing is left to do. ``due_at`` is None for drafts. ``doubts`` counts
    how often the piece at hand was in doubt and then proven absent, ``refusals`` how often it was refused for now.
    ``noted`` is the status that the post's document last heard of. ``immediate``: it was asked for now, not for later.
    ``live_ids``: the network's ids of what its pieces made, to find the target by. Of an action, ``subject`` says what it
    is done to (:func:`subject_of`) and ``media_ids`` which of the library's files it needs (of posts, the post says it).
    ``metered_at``: when an action was counted as an interaction, None where it costs none.
    ``likeness`` is equal for posts that say the same on the same account. ``settled_at``: when it last came to an end.
    ``past``: how the latest ``MAX_PAST`` earlier attempts ended.
    """

    id: str
    post_id: str
    space: str
    account_id: str
    platform: str
    sandbox: bool
    position: int
    state: State
    pieces: tuple[PieceDoc, ...]
    created_at: datetime
    due_at: datetime | None = None
    max_lateness: int = int(DEFAULT_LATENESS.total_seconds())
    shard: int = 0
    next_at: datetime | None = None
    wake_at: datetime | None = None
    generation: int = 0
    attempt: int = 0
    tick: int = 0
    current: int = 0
    arm: Arm | None = None
    began_at: datetime | None = None
    probes: int = 0
    doubts: int = 0
    noted: Status | None = None
    immediate: bool = False
    refusals: int = 0
    refreshed: bool = False
    swept: int = 0
    error: Failure | None = None
    published_at: datetime | None = None
    unpublished_at: datetime | None = None
    events: tuple[EventDoc, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    live_ids: tuple[str, ...] = ()
    module: str = PUBLISH
    created_by: str = ""
    subject: str = ""
    metered_at: datetime | None = None
    media_ids: tuple[str, ...] = ()
    likeness: str = ""
    settled_at: datetime | None = None
    past: tuple[Past, ...] = ()

    @property
    def held(self) -> bool:
        """Whether it waits for somebody to release it: it has a time, and no next step."""
        return self.state in (State.SCHEDULED, State.PREPARING) and self.next_at is None

    @property
    def piece(self) -> PieceDoc:
        """The piece at hand: the next one to publish, or the last one when all are."""
        return self.pieces[min(self.current, len(self.pieces) - 1)]

    @property
    def status(self) -> Status:
        """What callers see. A target that waits between two steps of publishing is still publishing; a thread that broke
        after its first piece is partly live, and never just «failed»: whoever re-posts what failed would post it twice."""
        if self.state is State.FAILED and self.first:
            return Status.PARTIAL
        again = self.attempt and self.next_at != self.due_at  # tried before, and not given a new time since
        begun = self.immediate or self.current or self.refusals or self.refreshed or again
        return Status.PUBLISHING if self.state is State.SCHEDULED and begun else status_of(self.state)

    @property
    def first(self) -> Live | None:
        """The post itself, once it is live."""
        return self.pieces[0].live if self.pieces else None


@dataclass(frozen=True, slots=True)
class Past:
    """How an earlier attempt ended that was taken up again: failed, missed or in review, and why."""

    at: datetime
    state: State
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class TargetNote:
    """What a post's document knows of each target: enough for its status and for filtering."""

    account_id: str
    platform: str
    status: Status


ApprovalState = Literal["awaiting", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a post stands that somebody else must agree to. ``by`` and ``at``: of the last step; ``reason`` of a refusal."""

    state: ApprovalState
    at: datetime
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a post's history: who did what, when. ``actor`` is a person's or a key's id."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """What a caller asked for. ``request`` is the accepted command, for showing and editing; never a secret.

    ``platforms`` and ``accounts`` repeat the targets' for filtering. ``hidden``: archived by the caller.
    ``deleted_at``: when it was deleted; from then on it is ``cancelled``, whatever its targets came to.
    ``metered_at``: when it first was more than a draft, ``retried_at`` when it was last tried again: what plans count.
    ``tags`` and ``campaign_id`` are the caller's labels. ``approval``: None where nobody had to agree. ``slot``: the path of
    the queue slot that is this post's (``shared.domain.queue``), empty without one. ``history``: at most MAX_HISTORY lines.
    """

    id: str
    space: str
    status: Status
    created_at: datetime
    updated_at: datetime
    request: Mapping[str, Any]
    text: str = ""
    title: str = ""
    scheduled_at: datetime | None = None
    published_at: datetime | None = None
    targets: Mapping[str, TargetNote] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    media_ids: tuple[str, ...] = ()
    retry_count: int = 0
    hidden: bool = False
    created_by: str = ""
    deleted_at: datetime | None = None
    metered_at: datetime | None = None
    retried_at: datetime | None = None
    tags: tuple[str, ...] = ()
    campaign_id: str = ""
    approval: Approval | None = None
    slot: str = ""
    history: tuple[Entry, ...] = ()

    @property
    def awaiting(self) -> bool:
        """Whether somebody must agree before anything of it may go out."""
        return self.approval is not None and self.approval.state == "awaiting"


def noting(post: Post, *entries: Entry) -> Post:
    """The post with more lines of history; of too many, the first and the latest are kept."""
    lines = (*post.history, *entries)
    return replace(post, history=lines if len(lines) <= MAX_HISTORY else (lines[0], *lines[1 - MAX_HISTORY :]))


def post_path(space: str, post_id: str) -> str:
    """``workspaces/{space}/posts/{post_id}``"""
    return f"workspaces/{space}/posts/{post_id}"


def target_path(space: str, target_id: str) -> str:
    """``workspaces/{space}/targets/{target_id}``"""
    return f"workspaces/{space}/targets/{target_id}"


def shard_of(target_id: str) -> int:
    """The sweeper's shard: a hash, so that neighbours in time are not neighbours in the index."""
    return hashlib.sha256(target_id.encode()).digest()[0] % SHARDS


def subject_of(account_id: str, deed: Deed) -> str:
    """One thing that an account does something to: ``campaign`` (of ``campaign.status``) and its id. A hash, because an id
    may be longer than what an index holds (1,500 bytes)."""
    material = f"{account_id}|{deed.verb.partition('.')[0]}|{deed.on}"
    return hashlib.sha256(material.encode()).hexdigest()[:40]


def task_name(target: Target) -> str:
    """A name never used before: hash(target, generation, attempt, tick). Names stay reserved for up to 24 h, so the
    target's id alone would lose posts."""
    material = f"{target.id}|{target.generation}|{target.attempt}|{target.tick}"
    return f"t-{hashlib.sha256(material.encode()).hexdigest()[:40]}"


def event_id(target: Target, what: str) -> str:
    """The same for the same thing, however often it is announced."""
    material = f"{target.id}|{target.generation}|{target.attempt}|{target.current}|{what}"
    return f"evt_{hashlib.sha256(material.encode()).hexdigest()[:26]}"


def fingerprint(piece: PieceDoc) -> str:
    """What would be sent: sha256 of the normalised text, media and options, and of what is done to what."""
    parts = [piece.kind or "", piece.role, piece.text.strip(), *(f"{m.source_type}:{m.source}" for m in piece.media)]
    parts += [piece.deed.verb, piece.deed.on] if piece.deed else []
    parts += [f"{key}={piece.options[key]}" for key in sorted(piece.options)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def likeness(account_id: str, pieces: Sequence[PieceDoc]) -> str:
    """The same for posts that say the same on this account; empty for one that says nothing in words or media."""
    if not any(piece.text.strip() or piece.media for piece in pieces):
        return ""
    material = "\x1e".join((account_id, *map(fingerprint, pieces)))
    return hashlib.sha256(material.encode()).hexdigest()[:40]


def status_now(post: Post, notes: Mapping[str, TargetNote]) -> Status:
    """A post's status from its targets': one that was deleted is cancelled, one that awaits approval says so."""
    if post.deleted_at is not None:
        return Status.CANCELLED
    found = overall(note.status for note in notes.values())
    return Status.AWAITING_APPROVAL if post.awaiting and found is not Status.CANCELLED else found
