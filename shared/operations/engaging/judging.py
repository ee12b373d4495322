"""Judging an act before anything is stored: the account, the verb, what it is done to, its text, arguments and media."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Reconnect
from shared.domain.nesting import packed
from shared.domain.posts import MediaRef
from shared.operations import networks, sessions
from shared.operations.engaging import ids
from shared.operations.engaging.commands import Order
from shared.operations.posts import limits, times
from shared.operations.posts.blanks import is_blank
from shared.operations.posts.commands import MAX_LATENESS_MINUTES, CreatePost
from shared.operations.posts.issues import Findings, Issue, nearest
from shared.operations.posts.media_limits import check_items
from shared.operations.posts.option_limits import check_arguments
from shared.operations.posts.resolving import resolve_media
from shared.operations.posts.storable import faults
from shared.platforms import registry
from shared.platforms.manifest import VERBS, Action, Manifest, NotOffered
from shared.ports.world import Ports

_IN_AD_ACCOUNT = ("campaign.create", "creative.create")  # `on` and `ad_account_id` are one thing there
_ON: Mapping[str, str] = MappingProxyType(
    {
        "comment.create": "post",
        "post": "post",
        "comment": "comment",
        "message": "conversation",
        "review": "review",
        "campaign.create": "ad account",
        "creative.create": "ad account",
        "ad_group.create": "campaign",
        "ad.create": "ad group",
        "campaign": "campaign",
        "ad_group": "ad group",
        "ad": "ad",
    }
)


@dataclass(frozen=True, slots=True)
class Judged:
    """An act that may be stored: the order in full, whose, which, with which files, when."""

    order: Order
    account: Account
    action: Action
    media: tuple[MediaRef, ...]
    due_at: datetime


def judge(ports: Ports, caller: Caller, order: Order) -> Judged:
    """All that can be known before asking the network.

    Raises Invalid (every finding in its ``meta``), Unsupported (with the network's reason), Missing, Reconnect, Broken.
    """
    account = _account(ports, caller, order.account_id)
    manifest = registry.manifest(account.platform)
    action, now = known_action(manifest, order.verb), ports.clock.now()
    order, found = _in_full(action, replace(order, arguments=packed(order.arguments))), Findings()
    due_at = times.due(order.scheduled_at, order.timezone, "scheduled_at", now) if order.scheduled_at else now
    found.errors += _shape(manifest, action, order)
    found.errors += _text(manifest, action, order)
    found.errors += check_arguments(manifest, action.options, order.arguments, "arguments")
    found.errors += _same_account(action, order)
    media = _media(ports, caller, manifest, action, order, found)
    found.raise_if_any()
    return Judged(order, account, action, media, due_at)


def known_action(manifest: Manifest, verb: str) -> Action:
    """The network's action of this verb. Raises Unsupported where the network has no such thing and says why, else Invalid."""
    action = manifest.action(verb)
    if action is not None:
        return action
    feature = manifest.feature(VERBS[verb]) if verb in VERBS else None
    if isinstance(feature, NotOffered):
        raise networks.not_offered(manifest, verb, feature)
    known = sorted(one.verb for one in manifest.actions)
    guess = nearest(verb, known)
    hint = f" Did you mean {guess}?" if guess else ""
    text = f"verb: {manifest.title} has no {verb[:64]!r}.{hint} It has: {', '.join(known) or 'none'}."
    raise Invalid("validation.field_invalid", text, field="verb", accepted=known, platform=manifest.name)


def _account(ports: Ports, caller: Caller, account_id: str) -> Account:
    account = sessions.callers_account(ports, caller, account_id)
    if account.status == "reconnect_required":
        who = f"{account.username} on {networks.title(account.platform)}"
        text = f"account_id: {who} must be connected again before it can do anything."
        raise Reconnect("account.reconnection_required", text, field="account_id", account_id=account.id)
    return account


def _shape(manifest: Manifest, action: Action, order: Order) -> Iterator[Issue]:
    yield from faults(order.arguments, "arguments")
    yield from faults(order.handles, "handles")
    yield from _on(manifest, action, order)
    if not 1 <= order.max_lateness <= MAX_LATENESS_MINUTES:
        text = f"max_lateness: minutes, a whole number from 1 to {MAX_LATENESS_MINUTES} (seven days)."
        yield Issue("validation.field_invalid", "max_lateness", text)


def _in_full(action: Action, order: Order) -> Order:
    """What is made in an ad account names it twice: once is enough."""
    named = order.arguments.get("ad_account_id")
    if action.verb not in _IN_AD_ACCOUNT:
        return order
    if not order.on and isinstance(named, str):
        return replace(order, on=named)
    return (
        replace(order, arguments={**order.arguments, "ad_account_id": order.on})
        if order.on and named is None
        else order
    )


def _on(manifest: Manifest, action: Action, order: Order) -> Iterator[Issue]:
    if not order.on and (action.verb in VERBS or action.needs_on):
        what = action.needs_on or _ON.get(action.verb) or _ON[action.verb.partition(".")[0]]
        text = f"on: name the {what} that {action.verb} is done to, by the id that {manifest.title} has for it."
        yield Issue("validation.field_required", "on", text)
    yield from ids.faults("on", order.on)
    yield from ids.named(order.arguments, "arguments")


def _same_account(action: Action, order: Order) -> Iterator[Issue]:
    if action.verb in _IN_AD_ACCOUNT and order.on != order.arguments.get("ad_account_id", order.on):
        text = "on: another ad account than arguments.ad_account_id; name one of the two, or the same twice."
        yield Issue("validation.field_invalid", "on", text)


def _text(manifest: Manifest, action: Action, order: Order) -> Iterator[Issue]:
    if action.text is None:
        if order.text:
            yield Issue("validation.field_invalid", "text", f"text: {action.verb} carries none. Leave it out.")
    elif is_blank(order.text):
        if not order.media and (action.text.required or not order.arguments):
            text = f"text: {manifest.title} does no {action.verb} without one."
            yield Issue("validation.field_required", "text", text)
    else:
        yield from limits.check_length(manifest, action.text, order.text, "text")


def _media(
    ports: Ports, caller: Caller, manifest: Manifest, action: Action, order: Order, found: Findings
) -> tuple[MediaRef, ...]:
    """The files with their facts; what cannot be used is a finding."""
    if not order.media:
        if action.min_media:
            text = f"media: {manifest.title} does no {action.verb} without a file."
            found.errors.append(Issue("validation.field_required", "media", text))
        return ()
    if len(order.media) > action.max_media:
        most = f"at most {action.max_media}" if action.max_media else "none"
        text = f"media: {manifest.title} takes {most} with {action.verb}; there are {len(order.media)}."
        meta = {"limit": action.max_media, "count": len(order.media)}
        found.errors.append(Issue("validation.media_count", "media", text, meta=meta))
        return ()
    resolved = resolve_media(ports, caller, CreatePost(media=order.media), found, {})
    refs = tuple(resolved[item] for item in order.media if item in resolved)
    if action.media is not None:
        where = f"{manifest.title}, {action.verb}"
        found.errors += check_items(action.media, [ref.facts for ref in refs], "media", where)
    return refs
