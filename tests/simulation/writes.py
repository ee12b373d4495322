"""The writes that a network offers, and those that a run made: what «all writes» means."""

from __future__ import annotations

from shared.domain.content import Role
from shared.domain.posts import PieceDoc, Target
from shared.platforms import registry
from tests.simulation.run import Run

THREAD, COMMENT, TAKEN_DOWN = "an item of a thread", "a first comment", "a deletion"


def offered(name: str) -> set[str]:
    """By the manifest: each kind of post, items of a thread, a first comment, a deletion, and every action."""
    manifest = registry.manifest(name)
    found = {action.verb for action in manifest.actions}
    if not manifest.publishes:
        return found
    found |= {f"post: {limit.kind}" for limit in manifest.kinds}
    found |= {THREAD} if manifest.thread else set()
    found |= {COMMENT} if manifest.first_comment else set()
    return found | ({TAKEN_DOWN} if manifest.deletes else set())


def made(run: Run) -> dict[str, set[str]]:
    """By network: what this run has done, as its targets say and its invariants have found to be true."""
    found: dict[str, set[str]] = {}
    for target in run.targets():
        found.setdefault(target.platform, set()).update(_of(target))
    return found


def _of(target: Target) -> set[str]:
    done = {_name(piece) for piece in target.pieces if piece.live}
    return done | ({TAKEN_DOWN} if target.unpublished_at else set())


def _name(piece: PieceDoc) -> str:
    if piece.deed:
        return piece.deed.verb
    roles = {Role.FIRST_COMMENT: COMMENT, Role.POST: f"post: {piece.kind}"}
    return roles.get(piece.role, THREAD)
