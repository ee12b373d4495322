"""Judging a request: accounts found, media resolved, times read, every limit checked, before anything is written.

Creating, editing, publishing a draft and the dry run all judge here, so that they agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.content import Kind
from shared.domain.errors import Invalid
from shared.operations import networks
from shared.operations.posts import content as contents
from shared.operations.posts import limits, times
from shared.operations.posts.commands import MAX_LATENESS_MINUTES, MAX_TARGETS, CreatePost, TargetOrder
from shared.operations.posts.content import Content, DraftPiece, Resolved
from shared.operations.posts.issues import Findings, Issue, from_error, nearest
from shared.operations.posts.resolving import find_accounts, resolve_media
from shared.operations.posts.storable import unstorable
from shared.platforms import registry
from shared.platforms.manifest import Manifest
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """One target to be: ``kinds`` in the order of its pieces, ``due_at`` None for a draft."""

    account: Account
    content: Content
    kinds: tuple[Kind, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the request amounts to. ``due_at`` is the post's own time, whatever single targets say."""

    due_at: datetime | None
    targets: tuple[PlannedTarget, ...]
    found: Findings
    resolved: Resolved = field(default_factory=dict)


def plan(
    ports: Ports, caller: Caller, command: CreatePost, known: Resolved | None = None, *, dry: bool = False
) -> Plan:
    """Judge all of the command. ``known``: media that were resolved before and need no second look. ``dry``: nothing
    will come of it, so that it need not name accounts.

    What is wrong is in ``found``. Raises Missing or Reconnect for accounts that cannot be used (another workspace's do
    not exist here), Broken when our own infrastructure failed.
    """
    found, now = Findings(), ports.clock.now()
    _check_shape(command, found)
    due_at = _due(command, now, found)
    if due_at is not None and not command.targets and not dry:
        message = "targets: name at least one account to publish on, or leave out the time to keep a draft."
        found.errors.append(Issue("validation.field_required", "targets", message))
    accounts = find_accounts(ports, caller, [order.account_id for order in command.targets])
    frame = _Frame(command, resolve_media(ports, caller, command, found, known or {}), due_at, now, found)
    _check_platform_data(command, {account.platform for account in accounts}, found)
    _check_posts_exist(accounts, found)
    if found.errors:
        return Plan(due_at, (), found, frame.resolved)  # limits would repeat in other words what is already said
    planned = tuple(_target(frame, index, account) for index, account in enumerate(accounts))
    return Plan(due_at, planned, found, frame.resolved)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all targets of one request share."""

    command: CreatePost
    resolved: Resolved
    due_at: datetime | None
    now: datetime
    found: Findings


def _target(frame: _Frame, index: int, account: Account) -> PlannedTarget:
    command, found, at = frame.command, frame.found, f"targets[{index}]"
    order, manifest = command.targets[index], registry.manifest(account.platform)
    made = contents.of_target(command, order, manifest, at, frame.resolved, found)
    due_at = _target_due(frame, order, at)
    if not command.skip_validation and not (command.unfinished and due_at is None):
        at_options = f"{at}.platform_data" if order.platform_data else f"platform_data.{manifest.name}"
        found.errors += [issue.on(manifest.name, account.id) for issue in limits.check(manifest, made, at, at_options)]
    if made.title and not any(option.name == "title" for option in manifest.options):
        message = f"title: {manifest.title} posts have none; it is left out there."
        found.warnings.append(Issue("validation.title_unsupported", "title", message, manifest.name, account.id))
    kinds = tuple(_kind(frame, manifest, made, piece, due_at) for piece in made.pieces)
    return PlannedTarget(account, made, kinds, due_at)


def _kind(frame: _Frame, manifest: Manifest, made: Content, piece: DraftPiece, due_at: datetime | None) -> Kind:
    """The piece's kind. A draft that skips validation may still be unfinished: it is judged when it is published."""
    try:
        return limits.kind_of(manifest, made, piece)
    except Invalid as error:
        if frame.command.skip_validation and due_at is not None:
            frame.found.errors.append(from_error(error, piece.media_field).on(manifest.name, None))
        return Kind.TEXT


def _check_shape(command: CreatePost, found: Findings) -> None:
    """What needs no look at the world."""
    found.errors += unstorable(command)
    seen: dict[str, int] = {}
    for index, order in enumerate(command.targets):
        first = seen.setdefault(order.account_id, index)
        if first != index:
            found.errors.append(_duplicate(index, first, order))
        if order.page_id is not None and order.board_id is not None:
            message = f"targets[{index}] has both page_id and board_id, which mean the same. Leave one out."
            found.errors.append(Issue("validation.field_invalid", f"targets[{index}].board_id", message))
    if len(command.targets) > MAX_TARGETS:
        message = (
            f"targets: at most {MAX_TARGETS} in one post, and there are {len(command.targets)}. Make several posts."
        )
        found.errors.append(_over("targets", message, MAX_TARGETS, len(command.targets)))
    if not 1 <= command.max_lateness <= MAX_LATENESS_MINUTES:
        message = f"max_lateness: minutes, a whole number from 1 to {MAX_LATENESS_MINUTES} (seven days)."
        found.errors.append(Issue("validation.field_invalid", "max_lateness", message))


def _duplicate(index: int, first: int, order: TargetOrder) -> Issue:
    field_name = f"targets[{index}].account_id"
    message = f"{field_name}: targets[{first}] already publishes on this account. Name each account once."
    return Issue("publishing.duplicate_target", field_name, message, target=order.account_id)


def _check_posts_exist(accounts: Sequence[Account], found: Findings) -> None:
    """Not every account can publish: a messenger has no posts."""
    for index, account in enumerate(accounts):
        issue = limits.publishing_issue(registry.manifest(account.platform), f"targets[{index}].account_id")
        if issue is not None:
            found.errors.append(issue.on(account.platform, account.id))


def _over(name: str, message: str, limit: int, count: int) -> Issue:
    return Issue("validation.field_invalid", name, message, meta={"limit": limit, "count": count})


def _due(command: CreatePost, now: datetime, found: Findings) -> datetime | None:
    """The post's own time; a missing one is a draft. publish_now wins, but what is written is read nevertheless."""
    due_at = _read_time(command.scheduled_at, command.timezone, "scheduled_at", now, found)
    if command.timezone and command.scheduled_at is None:
        _check_zone(command, command.timezone, found)
    return now if command.publish_now else due_at


def _check_zone(command: CreatePost, zone: str, found: Findings) -> None:
    """A zone without a time reads nothing; a slip that would otherwise make a draft of what should go out."""
    try:
        times.checked_zone(zone, "timezone")
    except Invalid as error:
        found.errors.append(from_error(error, "timezone"))
        return
    if not any(order.scheduled_at for order in command.targets):
        message = "timezone: there is no scheduled_at for it. Name a time, or leave the timezone out."
        found.errors.append(Issue("validation.field_invalid", "timezone", message))


def _target_due(frame: _Frame, order: TargetOrder, at: str) -> datetime | None:
    """The target's own time, else the post's."""
    command = frame.command
    own = _read_time(order.scheduled_at, command.timezone, f"{at}.scheduled_at", frame.now, frame.found)
    return frame.due_at if command.publish_now or own is None else own


def _read_time(text: str | None, zone: str | None, name: str, now: datetime, found: Findings) -> datetime | None:
    if text is None:
        return None
    try:
        return times.due(text, zone, name, now)
    except Invalid as error:
        found.errors.append(from_error(error, str(error.meta.get("field", name))))
        return None


def _check_platform_data(command: CreatePost, used: set[str], found: Findings) -> None:
    """Keys must be networks; data for a network that the post does not go to is harmless, but probably a slip."""
    seen: dict[str, str] = {}
    for name in sorted(command.platform_data):
        where = f"platform_data.{name}"
        try:
            platform = registry.resolve(name)
        except registry.UnknownPlatform:
            found.errors.append(_unknown_platform(name, where))
            continue
        if (first := seen.setdefault(platform, name)) != name:
            message = f"{where}: platform_data.{first} means the same platform. Put its options in one of them."
            found.errors.append(Issue("validation.field_invalid", where, message, platform))
        if platform not in used:
            message = f"{where}: no target of this post is on {networks.title(platform)}, so it has no effect."
            found.warnings.append(Issue("validation.option_unused", where, message, platform))


def _unknown_platform(name: str, where: str) -> Issue:
    guess = nearest(name, registry.all_names())
    hint = f" Did you mean {guess}?" if guess else f" Known: {', '.join(registry.all_names())}."
    message = f"{where}: no such platform; post-level platform_data is keyed by platform.{hint}"
    meta: Mapping[str, str] = {"did_you_mean": guess} if guess else {}
    return Issue("account.unsupported_platform", where, message, meta=meta)
