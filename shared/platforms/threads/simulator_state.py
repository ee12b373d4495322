"""The simulated Threads' ground: accounts, tokens, its errors and pages, on that of all of Graph (``_graph.simulated``).

State (kind/id): ``account/{id}``, ``username/{name}``, ``token/{hash}``, ``code/{hash}``, ``container/{id}``, ``media/{id}``
(posts, replies, reposts: of accounts and, made by ``visit``, of others), ``hidden/{id}`` (what the account hid of the
crowd's replies), ``usage/{account}.{hour}``. Instants are epoch seconds. What the crowd says is in no document: it follows
from ids and the time (``simulator_crowd``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import DAY, HOUR, Ask, Problem, hashed, now, stamp
from shared.platforms.contract import World
from shared.ports.http import Response

__all__ = ["DAY", "HOUR", "Ask", "Document", "Problem", "hashed", "now", "stamp"]

CALLS_PER_HOUR = 4800  # generous: a sandbox account is polled often; the header counts in percent of it
LISTED = 300
Document = dict[str, Any]
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FIRST = {"account": 25000000008460000, "container": 17889615691900000, "media": 18050206876700000}


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the account's document and the token's."""

    account: Document
    token: Document

    def need(self, scope: str) -> None:
        """Raise Problem 10 without the permission; Threads says so with HTTP 500 (seen 2026-04 and 2026-10)."""
        if scope not in self.token["scopes"]:
            raise plain("Application does not have permission for this action", code=10, status=500)


def plain(message: str, *, code: int = 100, status: int = 400) -> Problem:
    """A refusal as Threads words its own: type THApiException, no subcode."""
    problem = Problem(code, message, status=status)
    problem.error["type"] = "THApiException"
    return problem


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON, as Threads sends it."""
    return simulated.answer(body, status, {"facebook-api-version": "v1.0", **(headers or {})})


def number(world: World, kind: str) -> str:
    """An id as Threads numbers such a thing."""
    return str(_FIRST[kind] + world.serial(f"threads.{kind}"))


def shortcode(id_: str) -> str:
    """The letters that Threads' addresses carry for a number."""
    rest, letters = int(id_), ""
    while rest:
        rest, digit = divmod(rest, 64)
        letters = _ALPHABET[digit] + letters
    return letters


def permalink(username: str, id_: str) -> str:
    return f"https://www.threads.com/@{username}/post/{shortcode(id_)}"


def account_named(world: World, username: str) -> Document:
    """The account of that name, made when there is none."""
    known = world.get("username", username)
    if known:
        return world.get("account", known["id"]) or {}
    account: Document = {
        "id": number(world, "account"),
        "username": username,
        "name": username.replace("_", " ").replace(".", " ").title(),
        "made": now(world),
        "threads": [],
        "replies": [],
        "mentions": [],
        "used": {"post": [], "reply": [], "delete": [], "location": []},
    }
    world.put("account", account["id"], account)
    world.put("username", username, {"id": account["id"]})
    return account


def issue(world: World, account: str, scopes: Iterable[str], seconds: int, *, kind: str, client: str) -> str:
    """A token of the account for an app (``client``: the hash of its secret)."""
    token = simulated.fresh(world, "THAA", "threads")
    values = {"account": account, "scopes": list(scopes), "issued": now(world), "expires": now(world) + seconds}
    world.put("token", hashed(token), values | {"kind": kind, "client": client})
    return token


def token_of(world: World, value: str) -> Document:
    """The living token's document. Raises Problem 190."""
    if not value:
        raise Problem(104, "An access token is required to request this resource.")
    token = world.get("token", hashed(value))
    if token is None:
        raise simulated.unreadable()
    if token["expires"] <= now(world):
        raise simulated.expired(stamp(token["expires"]))
    return token


def session(world: World, ask: Ask) -> Session:
    """Who asks, counted. Raises Problem 190, 4."""
    token = token_of(world, ask.bearer)
    simulated.count_call(world, token["account"], CALLS_PER_HOUR, "threads")
    return Session(world.get("account", token["account"]) or {}, token)


def usage(world: World, account: str) -> dict[str, str]:
    """The header that Graph sends with each answer, in percent."""
    return simulated.usage(world, account, CALLS_PER_HOUR)


def used(account: Document, what: str, world: World) -> int:
    """How much of a quota (post, reply, delete, location) went in the last 24 hours."""
    return sum(1 for at in account["used"][what] if at > now(world) - DAY)


def spend(account: Document, what: str, world: World) -> Document:
    """The account with one more of a quota used."""
    recent = [at for at in account["used"][what] if at > now(world) - DAY]
    return account | {"used": account["used"] | {what: [*recent, now(world)]}}


def page(ask: Ask, rows: Sequence[Document], shown: Callable[[Document], Document], node: str) -> Response:
    """One page. Threads gives cursors only, also on the last page, and never a ``next`` (retrieve-and-discover-posts)."""
    if ask.text("before") and ask.text("after"):
        raise plain("Both before and after parameters cannot be passed at the same time.")
    limit = max(1, min(int(ask.text("limit") or 25), 100))
    ids = [row["id"] for row in rows]
    after = ask.text("after")
    start = ids.index(after) + 1 if after in ids else 0
    some = rows[start : start + limit]
    body: Document = {"data": [picked(ask, shown(row), node) for row in some]}
    if some:
        body["paging"] = {"cursors": {"before": some[0]["id"], "after": some[-1]["id"]}}
    return answer(body)


def picked(ask: Ask, have: Mapping[str, Any], node: str) -> Document:
    """The fields that were asked for. Raises Problem 100 for one that the node lacks, in Threads' words."""
    wanted = simulated.fields_of(ask.text("fields")) or {"id": ""}
    for name in wanted:
        if name not in have:
            raise plain(f"Tried accessing nonexisting field ({name}) on node type ({node})", status=500)
    return simulated.chosen(ask, have, node)


def of(ask: Ask) -> Ask:
    """The request without the version in its path."""
    path = ask.path[1:] if ask.path[:1] == ("v1.0",) else ask.path
    return replace(ask, path=path)
