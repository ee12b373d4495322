"""Instagram, simulated: Business Login and Graph v26.0 of graph.instagram.com, as the documentation describes them.

Stateful and strict. Where Meta documents nothing (a second publish of a container, a refresh before 24 hours), the
README says what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared.platforms.contract import World
from shared.platforms.instagram import simulator_oauth as oauth
from shared.platforms.instagram import simulator_publish as publishing
from shared.platforms.instagram import simulator_read as reading
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_seen import seen
from shared.platforms.instagram.simulator_state import Ask, Problem, Session
from shared.ports.http import Request, Response

__all__ = ["handle", "seed", "seen"]


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost and Delayed, as a post's text asks for them."""
    try:
        return _route(Ask.of(request), world)
    except Problem as problem:
        return problem.response(world)


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make the account; answers a code that can be exchanged at once, with any redirect address."""
    state.account_named(world, name)
    return {"code": oauth.make_code(world, name, "", "", list(oauth.SCOPES))}


def _route(ask: Ask, world: World) -> Response:
    match (ask.host, ask.method, ask.path):
        case ("www.instagram.com", "GET", ("oauth", "authorize")):
            return oauth.authorize(ask, world)
        case ("api.instagram.com", "POST", ("oauth", "access_token")):
            return oauth.exchange(ask, world)
        case ("graph.instagram.com", "GET", ("access_token",)):
            return oauth.long_lived(ask, world)
        case ("graph.instagram.com", "GET", ("refresh_access_token",)):
            return oauth.refreshed(ask, world)
        case ("graph.instagram.com", _, (_, *_)):
            return _graph(ask, world)
    raise Problem(2500, f"Unknown path components: /{'/'.join(ask.path)}", status=404)


def _graph(ask: Ask, world: World) -> Response:
    who = state.session(world, ask)
    node, *rest = ask.path
    edge = rest[0] if len(rest) == 1 else "/".join(rest)
    if node in {"me", who.account["id"]}:
        response = _user(ask, who, world, edge, me=node == "me")
    else:
        response = _node(ask, who, world, node, edge)
    return replace(response, headers={**response.headers, **state.usage(world, who.account["id"])})


def _user(ask: Ask, who: Session, world: World, edge: str, *, me: bool) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return reading.profile(ask, who, world, me=me)
        case ("POST", "media"):
            return publishing.create(ask, who, world)
        case ("POST", "media_publish"):
            return publishing.publish(ask, who, world)
        case ("GET", "media" | "stories"):
            return reading.timeline(ask, who, edge, world)
        case ("GET", "content_publishing_limit"):
            return reading.quota(ask, who, world)
        case ("GET", "insights"):
            return reading.account_insights(ask, who, world)
        case ("DELETE", "permissions"):
            state.end_grant(world, who)
            return state.answer({"success": True})
    raise state.missing(who.account["id"], ask.method.lower())


def _node(ask: Ask, who: Session, world: World, id_: str, edge: str) -> Response:
    for kind, serve in (("container", _container), ("media", _media), ("comment", _comment)):
        document = world.get(kind, id_)
        if document and document["account"] == who.account["id"]:
            return serve(ask, who, world, document, edge)
    raise state.missing(id_, ask.method.lower())


def _container(ask: Ask, who: Session, world: World, document: reading.Document, edge: str) -> Response:
    if (ask.method, edge) != ("GET", ""):
        raise state.missing(document["id"], ask.method.lower())
    who.need("instagram_business_basic")
    ask.allow()
    return state.answer(state.chosen(ask, publishing.status(document, world), "ShadowIGMediaBuilder"))


def _media(ask: Ask, who: Session, world: World, document: reading.Document, edge: str) -> Response:
    """No DELETE: Meta has it for Facebook Login only."""
    match (ask.method, edge):
        case ("GET", ""):
            return reading.media(ask, who, document, world)
        case ("GET", "comments"):
            return reading.comments(ask, who, document, world)
        case ("POST", "comments"):
            return publishing.comment(ask, who, document, world)
        case ("GET", "insights"):
            return reading.media_insights(ask, who, document, world)
    raise state.missing(document["id"], ask.method.lower())


def _comment(ask: Ask, who: Session, world: World, document: reading.Document, edge: str) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return reading.comment(ask, who, document)
        case ("DELETE", ""):
            who.need("instagram_business_manage_comments")
            _forget(world, document)
            return state.answer({"success": True})
    raise state.missing(document["id"], ask.method.lower())


def _forget(world: World, document: reading.Document) -> None:
    world.delete("comment", document["id"])
    media = world.get("media", document["media"])
    if media:
        left = [id_ for id_ in media["comments"] if id_ != document["id"]]
        world.put("media", media["id"], media | {"comments": left})
