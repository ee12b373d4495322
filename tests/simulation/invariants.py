"""What must hold at the end of every run (goals 1, 2 and 4 of the promise)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.content import Role
from shared.domain.posts import PieceDoc, Target
from shared.domain.states import TERMINAL, State
from shared.domain.targets import event_type
from shared.operations import sessions
from shared.operations.publishing import pieces
from shared.platforms.contract import Absent, Done, Seen
from tests.simulation.run import MAX_STEPS, Run

EARLY = timedelta(seconds=2)
LISTED = 60.0  # seconds after which each simulated network lists what was done to it (plain: 30)


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a run did not keep: ``kind`` is duplicate, loss, lie, early, silence, leak, wrong or error (it came to no end)."""

    kind: str
    what: str


def check(run: Run, steps: int) -> list[Broken]:
    """Every promise, over every target of the run."""
    found = [Broken("loss", f"not over after {steps} minutes: {_states(run)}")] if steps >= MAX_STEPS else []
    live = {name: run.seen(name) for name in run.accounts}
    done = {name: run.done(name) for name in run.accounts}
    for target in run.targets():
        found += _target(run, target, _ids(live[target.platform], done[target.platform]))
    found += _posts(run) + _twins(run) + _counts(run, live) + _acts(run, done)
    return found + _wishes(run) + _leaks(run)


def _ids(live: list[Seen], done: list[Done]) -> set[str]:
    return {one.id for one in live} | {one.id for one in done}


def _counts(run: Run, live: dict[str, list[Seen]]) -> list[Broken]:
    """I1 and I4, by text and network: never more copies than were asked for, nor more than are told to be live.

    Posts of one text cannot be told apart from outside, so they are counted: the copies that followers see, how
    many were asked for, and the pieces that say that they are live or that nobody can know.
    """
    told = Counter[tuple[str, str]]()
    for target in run.targets():
        for piece in target.pieces:
            told[target.platform, piece.text] += _may_be_live(target, piece)
    found = []
    for (name, text), copies in Counter((name, post.text) for name, posts in live.items() for post in posts).items():
        if copies > run.asked[name, text]:
            found.append(Broken("duplicate", f"{name}: live {copies} times: {text!r}"))
        elif copies > told[name, text]:
            found.append(Broken("lie", f"{name}: {text!r} is live {copies} times, told {told[name, text]} times"))
    return found


def _acts(run: Run, done: dict[str, list[Done]]) -> list[Broken]:
    """The same of what is no post: by verb and text (or by what it was done to, where it carries none)."""
    found = []
    for target in run.targets():
        deed, name = target.piece.deed, target.platform
        if deed is None:
            continue
        text = target.piece.text
        seen = [
            one for one in done[name] if one.verb == deed.verb and (text in one.text if text else one.on == deed.on)
        ]
        alike = [t.piece for t in run.targets() if t.platform == name and t.piece.text == text and t.piece.deed]
        told = sum(_may_be_live(t, t.piece) for t in run.targets() if t.piece in alike)
        asked = 1 if deed.repeatable else run.asked[name, text or f"{deed.verb} {deed.on}"]
        if len(seen) > asked:
            found.append(Broken("duplicate", f"{name}: {deed.verb} done {len(seen)} times: {text!r}"))
        elif len(seen) > told:
            found.append(Broken("lie", f"{name}: {deed.verb} {text!r} done {len(seen)} times, told {told} times"))
    return found


def _may_be_live(target: Target, piece: PieceDoc) -> bool:
    """Whether the piece says that it is live, or that nobody can know."""
    if target.unpublished_at:
        return False
    unknown = piece.error is not None and piece.error.code.endswith("outcome_unknown")
    return bool(piece.live) or target.state is State.NEEDS_REVIEW or (piece.role is Role.FIRST_COMMENT and unknown)


def _twins(run: Run) -> list[Broken]:
    """A live post belongs to one piece: two that claim the same one would be deleted and measured together."""
    claims = Counter(
        piece.live.id
        for target in run.targets()
        for piece in target.pieces
        if piece.live and piece.live.id and not (piece.deed and piece.deed.repeatable)
    )
    return [Broken("lie", f"{post_id} is claimed by {count} pieces") for post_id, count in claims.items() if count > 1]


def _target(run: Run, target: Target, ids: set[str]) -> list[Broken]:
    found = []
    if target.state not in TERMINAL:
        found.append(Broken("loss", f"{target.id} ended {target.state}"))
    for index, piece in enumerate(target.pieces):
        if _repeatable(piece):
            continue  # what makes nothing new: see _wishes
        if piece.live and piece.live.id and piece.live.id not in ids and not target.unpublished_at:
            found.append(Broken("lie", f"{target.id} piece {index} says published, but {piece.live.id} is not live"))
    if target.id in run.confirmed_cancelled and target.first and not target.unpublished_at:
        found.append(Broken("lie", f"{target.id} was cancelled with success, and says that it is live"))
    first = target.first
    if first and target.due_at and first.at < target.due_at - EARLY:
        found.append(Broken("early", f"{target.id} was live at {first.at}, before its time {target.due_at}"))
    return found + _events(run, target)


def _repeatable(piece: PieceDoc) -> bool:
    return piece.deed is not None and piece.deed.repeatable


def _wishes(run: Run) -> list[Broken]:
    """I3 of what makes nothing new (a like, a status, a deletion): what is told to be done stands. The last wish counts."""
    last = {target.subject: target for target in sorted(run.targets(), key=_told) if _repeatable(target.piece)}
    if last:
        run.rig.clock.advance(LISTED)
    return [
        Broken("lie", f"{target.id} says that {target.piece.deed} is done, and the network does not show it")
        for target in last.values()
        if target.state is State.PUBLISHED and not _stands(run, target)
    ]


def _told(target: Target) -> tuple[bool, datetime, datetime]:
    return target.state is State.PUBLISHED, target.due_at or target.created_at, target.created_at


def _stands(run: Run, target: Target) -> bool:
    """Nothing against it in the adapter's own look, without a fault. (What cannot be looked up at all, it does not deny.)"""
    account = sessions.open_account(run.ports, target.space, target.account_id)
    steps, armed = pieces.steps(target), pieces.armed(run.ports, target)
    found = steps.find(sessions.call(run.ports, account), pieces.view(run.ports, target), armed)
    return not isinstance(found, Absent)


def _events(run: Run, target: Target) -> list[Broken]:
    """I5 and I6: the end of a target is told, always under the same id."""
    if target.state not in TERMINAL:
        return []
    kind = "target.unpublished" if target.unpublished_at else event_type(target)
    told = {
        m.attributes["id"]
        for m in run.rig.bus.messages
        if target.id in (m.data.get("target_id"), m.data.get("action_id")) and m.attributes["type"] == kind
    }
    if len(told) != 1:
        return [Broken("silence", f"{target.id} ended {target.state}, told under {len(told)} ids")]
    return []


def _posts(run: Run) -> list[Broken]:
    """A post's own status is what its targets say; of one that was deleted, that it is cancelled, whatever they were."""
    from shared.domain.states import Status, overall

    found = []
    by_post: dict[str, list[Target]] = {}
    for target in (one for one in run.targets() if one.post_id):
        by_post.setdefault(target.post_id, []).append(target)
    for post in run.posts():
        expected = overall(target.status for target in by_post.get(post.id, []))
        expected = expected if post.deleted_at is None else Status.CANCELLED
        if post.status is not expected:
            found.append(Broken("wrong", f"{post.id} says {post.status}, its targets say {expected}"))
    return found


def _leaks(run: Run) -> list[Broken]:
    """I8: no token in a document, a task or an event."""
    secrets = [secret.decode() for _, secret in run.rig.vault.secrets.values()]
    tokens = {part for text in secrets for part in text.split('"') if len(part) >= 20}
    texts = [str(task.body) for task in run.rig.queue.accepted] + [str(m.data) for m in run.rig.bus.messages]
    texts += [str(target) for target in run.targets()] + [str(post) for post in run.posts()]
    return [Broken("leak", "a token lies in the open") for token in tokens if any(token in text for text in texts)]


def _states(run: Run) -> str:
    return ", ".join(f"{target.platform} {target.state}" for target in run.targets() if target.state not in TERMINAL)
