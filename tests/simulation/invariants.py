"""What must hold at the end of every run (goals 1, 2 and 4 of the promise)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.content import Role
from shared.domain.posts import Target
from shared.domain.states import TERMINAL, State
from shared.platforms import registry
from shared.platforms.contract import Seen
from tests.simulation.run import MAX_STEPS, Run

EARLY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a run did not keep: ``kind`` is duplicate, loss, lie, early, silence, leak or wrong."""

    kind: str
    what: str


def check(run: Run, steps: int) -> list[Broken]:
    """Every promise, over every target of the run."""
    found = [Broken("loss", f"not over after {steps} minutes: {_states(run)}")] if steps >= MAX_STEPS else []
    live = {name: _seen(run, name) for name in run.accounts}
    for target in run.targets():
        found += _target(run, target, live[target.platform])
    found += _posts(run) + _twins(run)
    found += _duplicates(live)
    return found + _leaks(run)


def _seen(run: Run, name: str) -> list[Seen]:
    world = run.rig.sandbox.world(name)
    return list(registry.simulator(name).seen(world, run.accounts[name].platform_account_id))


def _duplicates(live: dict[str, list[Seen]]) -> list[Broken]:
    """I1: the texts of a run are all different, so that no text may be live twice on one account."""
    counts = {name: Counter(seen.text for seen in posts) for name, posts in live.items()}
    return [
        Broken("duplicate", f"{name}: live {count} times: {text!r}")
        for name, counter in counts.items()
        for text, count in counter.items()
        if count > 1
    ]


def _twins(run: Run) -> list[Broken]:
    """A live post belongs to one piece: two that claim the same one would be deleted and measured together."""
    claims = Counter(
        piece.live.id for target in run.targets() for piece in target.pieces if piece.live and piece.live.id
    )
    return [Broken("lie", f"{id} is claimed by {count} pieces") for id, count in claims.items() if count > 1]


def _target(run: Run, target: Target, live: list[Seen]) -> list[Broken]:
    found = []
    if target.state not in TERMINAL:
        found.append(Broken("loss", f"{target.id} ended {target.state}"))
    ids = {seen.id for seen in live}
    texts = Counter(seen.text for seen in live)
    for index, piece in enumerate(target.pieces):
        if target.unpublished_at:
            continue  # it was live and was taken down: that it is gone is checked below
        if piece.live and piece.live.id and piece.live.id not in ids:
            found.append(Broken("lie", f"{target.id} piece {index} says published, but {piece.live.id} is not live"))
        comment_in_doubt = (
            piece.role is Role.FIRST_COMMENT and piece.error and piece.error.code.endswith("outcome_unknown")
        )
        in_doubt = target.state is State.NEEDS_REVIEW or comment_in_doubt
        if not piece.live and texts[piece.text] and not in_doubt:
            found.append(Broken("lie", f"{target.id} piece {index} ended {target.state}, but it is live"))
    if target.id in run.confirmed_cancelled and any(texts[piece.text] for piece in target.pieces):
        found.append(Broken("lie", f"{target.id} was cancelled with success, and is live"))
    first = target.first
    if first and target.due_at and first.at < target.due_at - EARLY:
        found.append(Broken("early", f"{target.id} was live at {first.at}, before its time {target.due_at}"))
    return found + _events(run, target)


def _events(run: Run, target: Target) -> list[Broken]:
    """I5 and I6: the end of a target is told, always under the same id."""
    if target.state not in TERMINAL:
        return []
    kind = "target.unpublished" if target.unpublished_at else f"target.{target.status}"
    told = {
        m.attributes["id"]
        for m in run.rig.bus.messages
        if m.data.get("target_id") == target.id and m.attributes["type"] == kind
    }
    if len(told) != 1:
        return [Broken("silence", f"{target.id} ended {target.state}, told under {len(told)} ids")]
    return []


def _posts(run: Run) -> list[Broken]:
    """A post's own status is what its targets say."""
    from shared.domain.states import overall

    found = []
    by_post: dict[str, list[Target]] = {}
    for target in run.targets():
        by_post.setdefault(target.post_id, []).append(target)
    for post in run.posts():
        expected = overall(target.status for target in by_post.get(post.id, []))
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
