"""A stored piece as an adapter receives it, and which adapter does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from shared.domain.content import Act, MediaFile, Parent, Piece, Role
from shared.domain.nesting import unpacked
from shared.domain.posts import PUBLISH, Deed, PieceDoc, Target
from shared.operations import media
from shared.operations.publishing import claims
from shared.platforms import registry
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.ports.world import Ports


class Orphaned(Exception):
    """The piece before this one is live, but under an id that nobody knows."""


class Steps(Protocol):
    """The four steps of ``contract.Publisher`` and of ``contract.Actor``, as the engine takes them."""

    def prepare(self, call: Call, piece: Any, state: Mapping[str, Any], /) -> Ready | Wait: ...

    def commit(self, call: Call, piece: Any, state: Mapping[str, Any], /) -> Published | Accepted: ...

    def confirm(self, call: Call, piece: Any, state: Mapping[str, Any], /) -> Published | Wait: ...

    def find(self, call: Call, piece: Any, armed: Armed, /) -> Published | Absent | Unsure: ...


def steps(target: Target) -> Steps:
    """Who takes the target's steps: the platform's publisher, or the module that does its action."""
    if target.module == PUBLISH:
        return registry.publisher(target.platform)
    return registry.actor(target.platform, target.module)


def view(ports: Ports, target: Target) -> Piece | Act:
    """The piece at hand, with its media within reach and its parents. Raises Orphaned, and what media raise."""
    doc = target.piece
    files = tuple(media.file_for(ports, ref, space=target.space, sandbox=target.sandbox) for ref in doc.media)
    if doc.deed is not None:
        return _act(doc, doc.deed, files)
    if doc.kind is None:
        raise TypeError(f"{target.id} has a piece of no kind")
    root, parent = _parents(target)
    return Piece(doc.kind, doc.role, doc.text, files, doc.options, doc.key, doc.created_at, root, parent)


def _act(doc: PieceDoc, deed: Deed, files: tuple[MediaFile, ...]) -> Act:
    return Act(deed.verb, deed.on, doc.text, unpacked(doc.options), files, deed.handles, doc.key, doc.created_at)


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
