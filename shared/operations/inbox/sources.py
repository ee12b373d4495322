"""Where what people say to an account comes from: its network is asked, or pushes it, or both."""

from __future__ import annotations

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.inbox import Kind
from shared.operations import sessions
from shared.operations.engaging import reading
from shared.operations.inbox.completing import FEATURES
from shared.platforms import registry
from shared.ports.world import Ports


def answers(platform: str, kind: Kind) -> bool:
    """Whether the network can be asked for it."""
    return registry.manifest(platform).feature(FEATURES[kind]) == "offered"


def pushes(platform: str, kind: Kind) -> bool:
    """Whether the network tells of it by itself."""
    told = registry.webhooks(platform)
    return told is not None and kind in told.PUSHES


def has(platform: str, kind: Kind) -> bool:
    """Whether there can be any of it."""
    return answers(platform, kind) or pushes(platform, kind)


def offering(ports: Ports, caller: Caller, account_id: str, kind: Kind) -> Account:
    """The account, on a network from which it comes. Raises Unsupported with the manifest's reason, Missing."""
    account = sessions.callers_account(ports, caller, account_id)
    return account if has(account.platform, kind) else reading.offering(ports, caller, account_id, FEATURES[kind])
