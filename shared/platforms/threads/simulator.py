"""Threads, simulated: its authorization window and graph.threads.net v1.0, as the documentation describes them.

Stateful and strict. Where Meta documents nothing (a second publish of a container, what a repost twice is), the README
says what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from shared.platforms import _alive as alive
from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms.contract import Done, Push, Seen, What, World
from shared.platforms.threads import simulator_crowd as crowd
from shared.platforms.threads import simulator_oauth as oauth
from shared.platforms.threads import simulator_publish as publishing
from shared.platforms.threads import simulator_pushes
from shared.platforms.threads import simulator_read as reading
from shared.platforms.threads import simulator_state as state
from shared.platforms.threads.simulator_find import found
from shared.platforms.threads.simulator_state import Ask, Document, Problem, Session
from shared.ports.http import Request, Response

HAPPENINGS: tuple[What, ...] = ("comment", "mention")


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost and Delayed, as a post's text asks for them."""
    try:
        return _route(state.of(Ask.of(request)), world)
    except Problem as problem:
        return problem.response(world)


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make the account; answers a code that can be exchanged at once, with any redirect address."""
    state.account_named(world, name)
    return {"code": oauth.make_code(world, name, "", "", list(oauth.SCOPES))}


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """What the account has live, oldest first: posts, reposts, replies."""
    rows = _live(world, platform_account_id)
    return [
        Seen(row["id"], row["text"], row["items"], _at(row["at"]), row["permalink"], row.get("parent", ""))
        for row in rows
    ]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The account's replies and what it has hidden, as they stand, oldest first."""
    account = world.get("account", platform_account_id) or {}
    replies = [row for row in _live(world, platform_account_id) if row.get("root")]
    made = [Done(_verb(row), row["id"], row["parent"], row["text"], _at(row["at"])) for row in replies]
    hidden = [Done("comment.hide", one["id"], one["id"], "", _at(one["at"])) for one in account.get("hidden", ())]
    return sorted([*made, *hidden], key=lambda one: one.at)


def pushes(world: World) -> Sequence[Push]:
    """The webhooks that were sent, oldest first."""
    return _pushes.sent(world)


def visit(world: World, account_id: str, what: str, text: str, on: str = "") -> str:
    """Somebody answers (``reply``, under the post ``on``) or names the account (``mention``); answers the new id."""
    account = world.get("account", account_id) or {}
    id_ = state.number(world, "media")
    row = crowd.post(id_, alive.someone(f"threads/visit/{id_}"), text, world.now)
    if what == "mention":
        world.put("media", id_, row)
        world.put("account", account_id, account | {"mentions": [id_, *account["mentions"]][: state.LISTED]})
        simulator_pushes.mentioned(world, row, account)
        return id_
    root = world.get("media", on) or {}
    row |= {"parent": on, "root": on}
    world.put("media", id_, row)
    world.put("media", on, root | {"below": [id_, *root.get("below", ())][: state.LISTED]})
    simulator_pushes.replied(world, row, root)
    return id_


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("account", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, "reply" if what == "comment" else what, text, on)


def _route(ask: Ask, world: World) -> Response:
    match (ask.host, ask.method, ask.path):
        case ("www.threads.net", "GET", ("oauth", "authorize")):
            return oauth.authorize(ask, world)
        case ("graph.threads.net", "POST", ("oauth", "access_token")):
            return oauth.exchange(ask, world)
        case ("graph.threads.net", "GET", ("access_token",)):
            return oauth.long_lived(ask, world)
        case ("graph.threads.net", "GET", ("refresh_access_token",)):
            return oauth.refreshed(ask, world)
        case ("graph.threads.net", _, (_, *_)):
            return _graph(ask, world)
    raise Problem(2500, f"Unknown path components: /{'/'.join(ask.path)}", status=404)


def _graph(ask: Ask, world: World) -> Response:
    who = state.session(world, ask)
    node, *rest = ask.path
    edge = "/".join(rest)
    if node in {"debug_token", "location_search"} and not edge and ask.method == "GET":
        response = oauth.debug(ask, who, world) if node == "debug_token" else reading.places(ask, who, world)
    elif node in {"me", who.account["id"]}:
        response = _user(ask, who, world, edge)
    else:
        response = _node(ask, who, world, node, edge)
    return replace(response, headers={**response.headers, **state.usage(world, who.account["id"])})


def _user(ask: Ask, who: Session, world: World, edge: str) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return reading.profile(ask, who)
        case ("POST", "threads"):
            return publishing.create(ask, who, world)
        case ("POST", "threads_publish"):
            return publishing.publish(ask, who, world)
        case ("GET", "threads" | "replies" | "mentions"):
            return reading.listing(ask, who, edge, world)
        case ("GET", "threads_publishing_limit"):
            return reading.quota(ask, who, world)
        case ("GET", "threads_insights"):
            return reading.account_insights(ask, who, world)
    raise simulated.missing(who.account["id"], ask.method.lower())


def _node(ask: Ask, who: Session, world: World, id_: str, edge: str) -> Response:
    container = world.get("container", id_)
    if container and container["account"] == who.account["id"] and (ask.method, edge) == ("GET", ""):
        ask.allow()
        return state.answer(state.picked(ask, publishing.status(container, world), "THMediaContainer"))
    media = found(world, who, id_)
    if media is None:
        raise simulated.missing(id_, ask.method.lower())
    return _media(ask, who, media, edge, world)


def _media(ask: Ask, who: Session, media: Document, edge: str, world: World) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return reading.media(ask, who, media, world)
        case ("DELETE", ""):
            return publishing.delete(who, media, world)
        case ("GET", "replies" | "conversation"):
            return reading.answers(ask, who, media, edge, world)
        case ("GET", "insights") if media["account"] == who.account["id"]:
            return reading.media_insights(ask, who, media, world)
        case ("POST", "repost"):
            return publishing.repost(ask, who, media, world)
        case ("POST", "manage_reply"):
            return _manage(ask, who, media, world)
    raise simulated.missing(media["id"], ask.method.lower())


def _manage(ask: Ask, who: Session, reply: Document, world: World) -> Response:
    """POST /{reply}/manage_reply: hide a top-level reply under one's own post, or show it again."""
    who.need("threads_manage_replies")
    ask.allow("hide")
    root = world.get("media", reply.get("root", "")) or {}
    if root.get("account") != who.account["id"] or reply.get("parent") != root["id"]:
        raise state.plain("Only top-level replies to your own posts can be hidden or unhidden.")
    if ask.text("hide").lower() not in {"true", "false"}:
        raise state.plain("The parameter hide is required")
    changed = {"hidden": ask.flag("hide"), "shown_again": not ask.flag("hide")}
    if reply["account"] or world.get("media", reply["id"]):
        world.put("media", reply["id"], reply | changed)
    else:
        world.put("hidden", reply["id"], changed)
    world.put(
        "account", who.account["id"], who.account | {"hidden": _hidden(who, reply["id"], ask.flag("hide"), world)}
    )
    return state.answer({"success": True})


def _hidden(who: Session, id_: str, hide: bool, world: World) -> list[Document]:
    """What the account has hidden, newest first; hiding what is hidden changes nothing."""
    known = who.account.get("hidden", [])
    if hide and any(one["id"] == id_ for one in known):
        return list(known)
    rest = [one for one in known if one["id"] != id_]
    return [*([{"id": id_, "at": state.now(world)}] if hide else []), *rest][: state.LISTED]


def _live(world: World, account_id: str) -> list[Document]:
    account = world.get("account", account_id) or {}
    ids = (*account.get("threads", ()), *account.get("replies", ()))
    rows = [document for id_ in ids if (document := world.get("media", id_))]
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


def _verb(reply: Document) -> str:
    return "comment.create" if reply["parent"] == reply["root"] else "comment.reply"


def _at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
