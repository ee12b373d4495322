"""Campaigns on the plain network: named, paused, and found again by name only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shared.domain.content import Act
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from tests.simulation.plain import wire


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """One."""
    return Page((AdAccount("ads-1", "The ad account", "EUR"),))


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Campaigns only."""
    rows = wire.listed(call, "campaigns") if level == "campaign" else []
    return Page(tuple(AdObject("campaign", row["id"], row["on"], row["text"], row["status"]) for row in rows))


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Nothing was ever delivered."""
    return ()


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing to prepare."""
    return Ready({})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted:
    """The campaign, or its status."""
    if act.verb == "campaign.status":
        return Published(wire.made(call, "statuses", {"on": act.on, "status": act.arguments["status"]}))
    return Published(wire.made(call, "campaigns", {"on": act.on, "text": act.text, **act.arguments}))


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """The network never works on anything."""
    raise AssertionError("never accepted")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """A campaign by its name and time; a status as it is now."""
    if act.verb == "campaign.status":
        there = {row["id"]: row["status"] for row in wire.listed(call, "campaigns")}.get(act.on)
        wished = there == act.arguments["status"]
        return Published(act.on) if wished else Absent(f"the campaign is {there}")
    return wire.found(call, "campaigns", act, armed)
