"""The simulated Facebook's ground: people, their Pages, tokens and ids, on that of all of Graph (``_graph.simulated``).

State (kind/id): ``person/{name}``, ``user/{id}``, ``page/{id}``, ``token/{hash}``, ``code/{hash}``, ``post/{id}``,
``photo/{id}``, ``video/{id}``, ``session/{id}``, ``comment/{id}``, ``usage/{page}.{hour}``. Instants are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.calls import appsecret_proof
from shared.platforms._graph.simulated import Ask, Document, Problem, hashed, now
from shared.platforms.contract import World

CALLS_PER_HOUR = 4800  # generous: a sandbox account is polled often; the header counts in percent of it
LISTED = 300
MANY = "many"  # the person who manages three Pages
_FIRST = {
    "user": 10150000000000000,
    "page": 104000000000000,
    "post": 122100000000000000,
    "photo": 122110000000000000,
    "video": 1380000000000000,
    "session": 1390000000000000,
    "comment": 1150000000000000,
    "message": 1,
}


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the token's document, and the documents of its person and of its Page (``{}`` for a person's token)."""

    token: Document
    user: Document
    page: Document

    def need(self, *scopes: str) -> None:
        """Raise Problem 10 when the token lacks one of the permissions."""
        for scope in scopes:
            if scope not in self.token["scopes"]:
                raise simulated.denied(scope)


def number(world: World, kind: str) -> str:
    """An id as Facebook numbers such a thing."""
    return str(_FIRST[kind] + world.serial(f"facebook.{kind}"))


def person_named(world: World, name: str) -> Document:
    """The person of that name, made with a Page (or three) when there is none."""
    known = world.get("person", name)
    if known:
        return world.get("user", known["id"]) or {}
    user: Document = {"id": number(world, "user"), "name": _title(name), "grants": {}, "pages": []}
    count = 3 if name == MANY else 1
    for index in range(count):
        user["pages"].append(_page(world, name, index, user["id"])["id"])
    world.put("user", user["id"], user)
    world.put("person", name, {"id": user["id"]})
    return user


def issue(
    world: World,
    user: str,
    scopes: Iterable[str],
    seconds: int | None,
    *,
    kind: str,
    app: Mapping[str, str],
    page: str = "",
) -> str:
    """A token of the person (or of a Page) for an app (``id`` and ``secret``); ``seconds`` None: it has no end."""
    token = simulated.fresh(world, "EAAB" if kind != "page" else "EAAP", "facebook")
    values: Document = {"kind": kind, "user": user, "page": page, "scopes": list(scopes), "app": app["id"]}
    values |= {"client": app["client"], "issued": now(world), "grant": _grant(world, user, app["client"])}
    values |= {"expires": None if seconds is None else now(world) + seconds}
    values |= {"proof": app.get("proof") or (appsecret_proof(token, app["secret"]) if app.get("secret") else "")}
    world.put("token", hashed(token), values)
    return token


def page_token(world: World, who: Session, page: str) -> str:
    """The Page's token for the app: the same again while it lives. It has no end when the person's token is a long one."""
    key = f"{page}.{who.token['client']}.{who.token['grant']}"
    known = world.get("page_token", key)
    if known:
        return str(known["token"])
    seconds = None if who.token["kind"] == "long" else simulated.HOUR
    app = {"id": who.token["app"], "client": who.token["client"]}
    token = issue(world, who.token["user"], who.token["scopes"], seconds, kind="page", app=app, page=page)
    if seconds is None:
        world.put("page_token", key, {"token": token})
    return token


def end_grant(world: World, who: Session) -> None:
    """The person no longer allows the app: every token that it has is dead."""
    client = who.token["client"]
    grants = who.user["grants"] | {client: who.token["grant"] + 1}
    world.put("user", who.user["id"], who.user | {"grants": grants})


def token_of(world: World, value: str) -> Document:
    """The living token's document. Raises Problem 104, 190."""
    if not value:
        raise Problem(104, "An access token is required to request this resource.")
    token = world.get("token", hashed(value))
    if token is None:
        raise simulated.unreadable()
    if subcode := token.get("invalid"):
        raise simulated.invalidated(subcode)
    if token["grant"] != _grant(world, token["user"], token["client"]):
        raise simulated.unauthorised()
    if token["expires"] is not None and token["expires"] <= now(world):
        raise simulated.expired(simulated.stamp(token["expires"]))
    return token


def session(world: World, ask: Ask) -> Session:
    """Who asks, counted. Raises Problem 104, 190, 4, 100."""
    token = token_of(world, ask.bearer)
    given = ask.text("appsecret_proof")
    if given and (len(given) != 64 or given != (token["proof"] or given)):
        raise Problem(100, "Invalid appsecret_proof provided in the API argument")
    simulated.count_call(world, token["page"] or token["user"], CALLS_PER_HOUR, "pages")
    page = world.get("page", token["page"]) if token["page"] else None
    return Session(token, world.get("user", token["user"]) or {}, page or {})


def limited(page: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Code 4 with the headers that say for how long."""
    return simulated.limited(page, "pages", headers=headers)


def _page(world: World, name: str, index: int, owner: str) -> Document:
    title = _title(name) if index == 0 else f"{_title(name)} {index + 1}"
    username = name if index == 0 else f"{name}{index + 1}"
    page: Document = {"id": number(world, "page"), "name": title, "username": username, "made": now(world)}
    page |= {"owner": owner, "posts": [], "stories": [], "subscribed": {}, "category": "Local business"}
    page |= {"likes_before": _alive.luck(f"{page['id']}/fans", 500)}
    world.put("page", page["id"], page)
    return page


def _title(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").title()


def _grant(world: World, user: str, client: str) -> int:
    """How often the person has ended the grant to the app."""
    return int((world.get("user", user) or {"grants": {}})["grants"].get(client, 0))
