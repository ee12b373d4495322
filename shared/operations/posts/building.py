"""From a plan to documents: posts, targets and pieces with their identities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.content import Role
from shared.domain.posts import PieceDoc, Post, Target, TargetNote, likeness, shard_of, status_now
from shared.domain.states import State, Status
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.planning import Plan, PlannedTarget
from shared.platforms import registry
from shared.ports.ids import Ids
from shared.ports.world import Ports


def new_targets(ports: Ports, caller: Caller, post_id: str, command: CreatePost, plan: Plan) -> list[Target]:
    """A target per planned one, scheduled when it has a time."""
    return [new_target(ports, post_id, command, one, (caller.space, index)) for index, one in enumerate(plan.targets)]


def new_target(
    ports: Ports, post_id: str, command: CreatePost, planned: PlannedTarget, place: tuple[str, int]
) -> Target:
    """One target with fresh pieces. ``place``: the space, and the position among the post's targets."""
    target_id, now, (space, position) = ports.ids.new("tgt"), ports.clock.now(), place
    made = pieces(ports.ids, planned, now)
    draft = Target(
        id=target_id,
        post_id=post_id,
        space=space,
        account_id=planned.account.id,
        platform=planned.account.platform,
        sandbox=planned.account.sandbox,
        position=position,
        state=State.DRAFT,
        pieces=made,
        created_at=now,
        max_lateness=command.max_lateness * 60,
        shard=shard_of(target_id),
        overrides=overrides(command, planned.account.id),
        likeness=likeness(planned.account.id, made),
    )
    return targets.scheduled(draft, planned.due_at, now) if planned.due_at else draft


def pieces(ids: Ids, planned: PlannedTarget, now: datetime) -> tuple[PieceDoc, ...]:
    """Pieces with keys and instants of their own: what makes a repeated request the same request.

    The instants differ by a microsecond each, because networks order (and some identify) a thread's items by them.
    """
    first = int(now.timestamp() * 1_000_000)
    return tuple(
        PieceDoc(
            role=piece.role,
            kind=kind,
            text=piece.text,
            key=f"{ids.below(1 << 128):032x}",
            created_at=first + index,
            media=piece.media,
            options=_options(planned, piece.role),
        )
        for index, (piece, kind) in enumerate(zip(planned.content.pieces, planned.kinds, strict=True))
    )


def new_post(
    caller: Caller, post_id: str, command: CreatePost, plan: Plan, made: Sequence[Target], now: datetime
) -> Post:
    """The post's own document."""
    empty = Post(
        post_id,
        caller.space,
        Status.DRAFT,
        now,
        now,
        {},
        created_by=caller.actor,
        tags=command.tags,
        campaign_id=command.campaign_id,
    )
    return described(empty, command, plan.due_at, made, now)


def described(post: Post, command: CreatePost, due_at: datetime | None, made: Sequence[Target], now: datetime) -> Post:
    """The post as this command and these targets describe it."""
    notes = {target.id: TargetNote(target.account_id, target.platform, target.status) for target in made}
    return replace(
        post,
        updated_at=now,
        request=codec.Document(command),
        text=command.text,
        title=command.title,
        scheduled_at=None if command.publish_now else due_at,
        targets=notes,
        status=status_now(post, notes),
        platforms=tuple(sorted({target.platform for target in made})),
        accounts=tuple(target.account_id for target in made),
        media_ids=_media_ids(made, command),
    )


def overrides(command: CreatePost, account_id: str) -> dict[str, Any]:
    """What the target was given of its own, for showing."""
    order = next(order for order in command.targets if order.account_id == account_id)
    if order == TargetOrder(account_id):
        return {}
    return {
        name: value for name, value in codec.encode(order).items() if value not in (None, {}) and name != "account_id"
    }


def _options(planned: PlannedTarget, role: Role) -> dict[str, Any]:
    """The options of the post itself."""
    return planned.content.all_options(registry.manifest(planned.account.platform)) if role is Role.POST else {}


def _media_ids(made: Iterable[Target], command: CreatePost) -> tuple[str, ...]:
    """Files of the library that the post uses, each once, in order."""
    named = [item.source for item in command.media if item.source_type == "media_id"]
    named += [
        ref.source for target in made for piece in target.pieces for ref in piece.media if ref.source_type == "media_id"
    ]
    return tuple(dict.fromkeys(named))
