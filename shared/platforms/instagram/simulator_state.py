"""The simulated Instagram's ground: accounts, tokens and usage, on that of all of Graph (``_graph.simulated``).

State (kind/id): ``account/{ig id}``, ``username/{name}``, ``token/{hash}``, ``code/{hash}``, ``container/{id}``,
``media/{id}``, ``comment/{id}``, ``usage/{account}.{hour}``. Instants are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import (
    DAY,
    HOUR,
    Ask,
    Problem,
    answer,
    chosen,
    expired,
    hashed,
    missing,
    now,
    stamp,
)
from shared.platforms.contract import World

__all__ = ["DAY", "HOUR", "Ask", "Problem", "answer", "chosen", "expired", "hashed", "missing", "now", "stamp"]

CALLS_PER_HOUR = 4800  # generous: a sandbox account is polled often; the header counts in percent of it
LISTED = 300


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the account's document and the token's."""

    account: dict[str, Any]
    token: dict[str, Any]

    def need(self, scope: str) -> None:
        if scope not in self.token["scopes"]:
            raise simulated.denied(scope)


def number(world: World, kind: str) -> str:
    """An id as Instagram numbers such a thing."""
    first = {"account": 17841400008460000, "alias": 10200000000000000, "container": 17889455560050000}
    first |= {"media": 17895695668000000, "comment": 17870913679150000}
    return str(first[kind] + world.serial(f"instagram.{kind}"))


def secret(world: World, kind: str) -> str:
    """A fresh token or code, and nothing that can be guessed from another."""
    return simulated.fresh(world, kind, "instagram")


def account_named(world: World, username: str) -> dict[str, Any]:
    """The account of that name, made when there is none."""
    known = world.get("username", username)
    if known:
        return world.get("account", known["id"]) or {}
    account: dict[str, Any] = {
        "id": number(world, "account"),
        "alias": number(world, "alias"),
        "username": username,
        "name": username.replace("_", " ").replace(".", " ").title(),
        "made": now(world),
        "media": [],
        "stories": [],
        "published": [],
        "grants": {},
    }
    world.put("account", account["id"], account)
    world.put("username", username, {"id": account["id"]})
    return account


def issue(world: World, account: str, scopes: Iterable[str], seconds: int, *, kind: str, client: str) -> str:
    """A token of the account for an app (``client``: the hash of its secret)."""
    token = secret(world, "IGAA")
    values = {"account": account, "scopes": list(scopes), "issued": now(world), "expires": now(world) + seconds}
    values |= {"kind": kind, "client": client, "grant": _grant(world, account, client)}
    world.put("token", hashed(token), values)
    return token


def end_grant(world: World, who: Session) -> None:
    """The account no longer allows the app: every token that it has is dead."""
    client = who.token["client"]
    grants = who.account["grants"] | {client: who.token["grant"] + 1}
    world.put("account", who.account["id"], who.account | {"grants": grants})


def token_of(world: World, value: str) -> dict[str, Any]:
    """The living token's document. Raises Problem 190."""
    if not value:
        raise Problem(104, "An access token is required to request this resource.")
    token = world.get("token", hashed(value))
    if token is None:
        raise simulated.unreadable()
    if subcode := token.get("invalid"):
        raise simulated.invalidated(subcode)
    if token["grant"] != _grant(world, token["account"], token["client"]):
        raise simulated.unauthorised()
    if token["expires"] <= now(world):
        raise expired(stamp(token["expires"]))
    return token


def session(world: World, ask: Ask) -> Session:
    """Who asks, counted. Raises Problem 190, 4."""
    token = token_of(world, ask.bearer)
    simulated.count_call(world, token["account"], CALLS_PER_HOUR, "instagram")
    return Session(world.get("account", token["account"]) or {}, token)


def usage(world: World, account: str) -> dict[str, str]:
    """The header that Graph sends with each answer, in percent."""
    return simulated.usage(world, account, CALLS_PER_HOUR)


def limited(account: str, *, minutes: int = 0, headers: Mapping[str, str] | None = None) -> Problem:
    """Code 4 with the headers that say for how long."""
    return simulated.limited(account, "instagram", minutes=minutes, headers=headers)


def _grant(world: World, account: str, client: str) -> int:
    """How often the account has ended its grant to the app."""
    return int((world.get("account", account) or {})["grants"].get(client, 0))
