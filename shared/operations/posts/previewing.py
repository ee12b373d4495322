"""What will be sent, for each account: what creating plans, or what is stored, shown piece by piece."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.content import Kind, Role
from shared.domain.errors import Missing, Reconnect
from shared.domain.posts import MediaRef, Post, Target
from shared.domain.states import EDITABLE
from shared.operations import networks
from shared.operations.posts import content as contents
from shared.operations.posts import limits
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.editing import known_media
from shared.operations.posts.issues import Findings, Issue, from_error
from shared.operations.posts.planning import Plan, plan
from shared.operations.posts.reading import find
from shared.platforms import registry
from shared.platforms.manifest import Manifest
from shared.ports.world import Ports

LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class PiecePreview:
    """One piece as the network's adapter is given it. ``length`` is counted as the network counts, in ``counted_in``.

    ``link``: the address that the network will show as a card, None where it shows none.
    """

    role: Role
    kind: Kind | None
    text: str
    length: int
    limit: int
    counted_in: str
    media: tuple[MediaRef, ...]
    link: str | None


@dataclass(frozen=True, slots=True)
class TargetPreview:
    """What one account will show; ``account_id`` is None for a network as such. ``due_at`` None: a draft."""

    platform: str
    account_id: str | None
    due_at: datetime | None
    pieces: tuple[PiecePreview, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """All accounts, and what is wrong with the post or worth knowing."""

    targets: tuple[TargetPreview, ...]
    found: Findings


def of_request(ports: Ports, caller: Caller, command: CreatePost, platforms: Sequence[str] = ()) -> Preview:
    """Of a post that is not made. ``platforms``: also for these networks as such. Raises Invalid (an unknown one)."""
    named = [networks.resolved(name, f"platforms[{index}]") for index, name in enumerate(platforms)]
    judged = replace(command, skip_validation=False, queue=False)
    try:
        planned = plan(ports, caller, judged, dry=True)
    except (Missing, Reconnect) as error:
        found = Findings()
        found.errors.append(from_error(error, str(error.meta.get("field", "targets"))))
        return Preview((), found)
    manifests = [registry.manifest(name) for name in named]
    general = [_general(one, judged, planned, f"platforms[{at}]") for at, one in enumerate(manifests)]
    return Preview((*_planned(planned), *(one for one in general if one)), planned.found)


def of_post(ports: Ports, caller: Caller, post_id: str) -> Preview:
    """Of a stored post: exactly what its targets hold. What may still be changed is judged once more.

    Raises Missing, Clash (as ``reading.find``).
    """
    found = find(ports, caller, post_id)
    shown = tuple(_stored(target) for target in found.targets)
    open_ = bool(found.targets) and all(target.state in EDITABLE for target in found.targets)
    return Preview(shown, _judged(ports, caller, found.post, found.targets) if open_ else Findings())


def _judged(ports: Ports, caller: Caller, post: Post, targets: Sequence[Target]) -> Findings:
    command = codec.decode(CreatePost, post.request)
    orders = tuple(replace(order, scheduled_at=None) for order in command.targets)
    untimed = replace(command, publish_now=False, scheduled_at=None, timezone=None, targets=orders)
    try:
        return plan(ports, caller, untimed, known_media(targets), dry=True).found
    except (Missing, Reconnect) as error:
        found = Findings()
        found.errors.append(from_error(error, str(error.meta.get("field", "targets"))))
        return found


def _planned(planned: Plan) -> list[TargetPreview]:
    made = []
    for one in planned.targets:
        manifest = registry.manifest(one.account.platform)
        options = one.content.all_options(manifest)
        pieces = zip(one.content.pieces, one.kinds, strict=True)
        shown = tuple(_piece(manifest, p.role, kind, p.text, p.media, options) for p, kind in pieces)
        made.append(TargetPreview(manifest.name, one.account.id, one.due_at, shown, options))
    return made


def _general(manifest: Manifest, command: CreatePost, planned: Plan, field: str) -> TargetPreview | None:
    """The post's own content on a network, whichever account."""
    found = planned.found
    if issue := limits.publishing_issue(manifest, field):
        found.errors.append(issue.on(manifest.name, None))
        return None
    made = contents.of_target(command, None, manifest, "", planned.resolved, found)
    issues: list[Issue] = [*limits.check(manifest, made, "", f"platform_data.{manifest.name}")]
    found.errors += [issue.on(manifest.name, None) for issue in issues]
    options = made.all_options(manifest)
    kinds = [None if issues else limits.kind_of(manifest, made, piece) for piece in made.pieces]
    pieces = zip(made.pieces, kinds, strict=True)
    shown = tuple(_piece(manifest, p.role, kind, p.text, p.media, options) for p, kind in pieces)
    return TargetPreview(manifest.name, None, planned.due_at, shown, options)


def _stored(target: Target) -> TargetPreview:
    manifest = registry.manifest(target.platform)
    options = target.pieces[0].options if target.pieces else {}
    shown = tuple(_piece(manifest, p.role, p.kind, p.text, p.media, options) for p in target.pieces)
    return TargetPreview(target.platform, target.account_id, target.due_at, shown, options)


def _piece(
    manifest: Manifest,
    role: Role,
    kind: Kind | None,
    text: str,
    media: tuple[MediaRef, ...],
    options: Mapping[str, Any],
) -> PiecePreview:
    own = options if role is Role.POST else {}
    length, limit = limits.length(manifest, text), manifest.text
    link = _link(manifest, text, own, bool(media))
    return PiecePreview(role, kind, text, length, limit.max_length, limit.counted_in, media, link)


def _link(manifest: Manifest, text: str, options: Mapping[str, Any], has_media: bool) -> str | None:
    """What is shown as a card: what an option names, else the first address of a text without media."""
    card = manifest.link_card
    if card and options.get(card.url):
        return str(options[card.url])
    found = LINK.search(text)
    return found.group().rstrip(".,;:!?)") if found and not has_media else None
