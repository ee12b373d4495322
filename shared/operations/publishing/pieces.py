"""A stored piece as an adapter receives it."""

from __future__ import annotations

from functools import partial

from shared.domain.content import Parent, Piece, Role
from shared.domain.posts import Target
from shared.operations import media
from shared.operations.publishing import claims
from shared.platforms.contract import Armed
from shared.ports.world import Ports


class Orphaned(Exception):
    """The piece before this one is live, but under an id that nobody knows."""


def view(ports: Ports, target: Target) -> Piece:
    """The piece at hand, with its media within reach and its parents. Raises Orphaned, and what media raise."""
    doc = target.piece
    files = tuple(media.file_for(ports, ref, space=target.space, sandbox=target.sandbox) for ref in doc.media)
    root, parent = _parents(target)
    return Piece(doc.kind, doc.role, doc.text, files, doc.options, doc.key, doc.created_at, root, parent)


def armed(ports: Ports, target: Target) -> Armed:
    """What the adapter's find may rely on."""
    if target.arm is None:
        raise TypeError(f"{target.id} is {target.state} without an arm")
    arm = target.arm
    return Armed(arm.attempt, arm.at, target.piece.handles, partial(claims.taken, ports.store, target))


def _parents(target: Target) -> tuple[Parent | None, Parent | None]:
    role = target.piece.role
    if role is Role.POST:
        return None, None
    before = 0 if role is Role.FIRST_COMMENT else target.current - 1
    return _parent(target, 0), _parent(target, before)


def _parent(target: Target, index: int) -> Parent:
    known = target.pieces[index].live
    if known is None or not known.id:
        raise Orphaned(f"piece {index}")
    return Parent(known.id, known.state)
