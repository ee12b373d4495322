"""Connecting with tokens that a caller has already: the network is asked whose they are before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from shared.domain.accounts import Account, Connected, Tokens
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid, Unsupported
from shared.operations import accounts, brands, linking, networks
from shared.operations.linking import Owner
from shared.platforms import registry
from shared.platforms.contract import Call, Candidates
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Adopt:
    """``user_id``: whose the caller says the token is: the account's id at the network, or there the person's who owns
    several. ``refresh_token`` and ``expires_in`` (seconds) if the caller has them: without, it is connected until the
    token ends."""

    platform: str
    access_token: str = field(repr=False)
    user_id: str
    refresh_token: str = field(default="", repr=False)
    expires_in: int | None = None
    brand_id: str = ""


def adopt(ports: Ports, caller: Caller, command: Adopt) -> list[Account]:
    """Connect what the token speaks for; several accounts where a person's token reaches several pages.

    Raises Invalid (``account.verification_failed``: the token is not that user's, or not good), Clash
    (``account.already_linked``; ``platform.app_missing``), Unsupported, Limited, NetworkRefused, Broken.
    """
    platform = networks.resolved(command.platform, "network")
    connector = registry.adopter(platform)
    if connector is None:
        text = f"{networks.title(platform)} accounts are connected by their consent page: POST /v1/accounts/connect."
        raise Unsupported("resource.not_supported", text, platform=platform)
    brand_id = brands.chosen(ports, caller, command.brand_id)
    owner = Owner(caller.space, caller.sandbox, brand_id, caller.brand_ids, actor=caller.actor)
    now, app = ports.clock.now(), networks.app_for(ports, platform, sandbox=caller.sandbox)
    ends = now + timedelta(seconds=command.expires_in) if command.expires_in else None
    tokens = Tokens(command.access_token, command.refresh_token or None, ends)
    call = Call(networks.http_for(ports, platform, sandbox=caller.sandbox, world=caller.space), None, app, now)
    with networks.asking(platform, now, "access_token"):
        found = connector.adopt(call, tokens)
    mine = _named(found.accounts if isinstance(found, Candidates) else (found,), command)
    _refuse_known(ports, caller, platform, mine)
    linking.check_room(ports, caller.space, platform, [one.platform_account_id for one in mine])
    return [linking.link(ports, owner, platform, one) for one in mine]


def _named(found: tuple[Connected, ...], command: Adopt) -> tuple[Connected, ...]:
    """The account that was named, or all of those of the person who was."""
    one = tuple(each for each in found if each.platform_account_id == command.user_id)
    theirs = tuple(each for each in found if each.tokens.extra.get("user_id") == command.user_id)
    if not one and not theirs:
        text = "user_id: the access token belongs to somebody else. Send the id that the network gave with the token."
        raise Invalid("account.verification_failed", text, field="user_id")
    return one or theirs


def _refuse_known(ports: Ports, caller: Caller, platform: str, mine: tuple[Connected, ...]) -> None:
    """What is connected and well is not connected again: a token that was mixed up would replace a good one."""
    well = {one.platform_account_id for one in accounts.list_(ports, caller, platform) if one.status == "active"}
    if all(one.platform_account_id in well for one in mine):
        text = "This account is connected already. Disconnect it first, or renew it by its consent page."
        raise Clash("account.already_linked", text, field="user_id")
