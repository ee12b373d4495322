"""Instagram, simulated: Business Login and Graph v26.0 of graph.instagram.com, as the documentation describes them.

Stateful and strict. Where Meta documents nothing (a second publish of a container, a refresh before 24 hours), the
README says what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shared.platforms import _alive as alive
from shared.platforms import _pushes
from shared.platforms.contract import Push, What, World
from shared.platforms.instagram import simulator_comments as commenting
from shared.platforms.instagram import simulator_crowd as crowd
from shared.platforms.instagram import simulator_messages as messaging
from shared.platforms.instagram import simulator_oauth as oauth
from shared.platforms.instagram import simulator_publish as publishing
from shared.platforms.instagram import simulator_pushes as pushing
from shared.platforms.instagram import simulator_read as reading
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_seen import done, seen
from shared.platforms.instagram.simulator_state import Ask, Problem, Session
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "message", "mention")


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


def pushes(world: World) -> Sequence[Push]:
    """The webhooks that were sent, oldest first."""
    return _pushes.sent(world)


def visit(world: World, account_id: str, what: str, text: str, on: str = "") -> str:
    """Somebody comments (``comment``, under the post ``on``) or writes (``message``) now; answers the new id."""
    account = world.get("account", account_id) or {}
    if what == "message":
        return messaging.visit(world, account, text)
    media = world.get("media", on) or {}
    id_ = state.number(world, "comment")
    who = alive.someone(f"instagram/visit/{id_}")
    author = {"account": who.id, "username": who.username}
    comment = {"id": id_, "media": on, **author, "text": text, "at": state.now(world), "parent": ""}
    commenting.keep(world, media, comment)
    pushing.commented(world, account, media, comment)
    return id_


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    account = world.get("account", platform_account_id)
    if account is None or (what == "comment" and (world.get("media", on) or {}).get("product", "STORY") == "STORY"):
        raise LookupError(on)
    return crowd.tag(world, account, text) if what == "mention" else visit(world, platform_account_id, what, text, on)


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
        case (_, "subscribed_apps"):
            return pushing.subscriptions(ask, who, world)
        case ("DELETE", "permissions"):
            state.end_grant(world, who)
            return state.answer({"success": True})
    if serve := _EDGES.get((ask.method, edge)):
        return serve(ask, who, world)
    raise state.missing(who.account["id"], ask.method.lower())


_EDGES: Mapping[tuple[str, str], Callable[[Ask, Session, World], Response]] = {
    ("GET", "content_publishing_limit"): reading.quota,
    ("GET", "insights"): reading.account_insights,
    ("GET", "tags"): reading.tagged,
    ("POST", "mentions"): commenting.answer_mention,
    ("GET", "conversations"): messaging.conversations,
    ("POST", "messages"): messaging.send,
}


def _node(ask: Ask, who: Session, world: World, id_: str, edge: str) -> Response:
    for kind, serve in (("container", _container), ("media", _media)):
        document = world.get(kind, id_)
        if document and document["account"] == who.account["id"]:
            return serve(ask, who, world, document, edge)
    comment = crowd.comment(world, id_)
    if comment and who.account["id"] in {comment["account"], commenting.owner(world, comment)}:
        return _comment(ask, who, world, comment, edge)
    if id_.startswith(messaging.PREFIX) and (ask.method, edge) == ("GET", ""):
        return messaging.conversation(ask, who, id_, world)
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
            return commenting.listing(ask, who, document, world)
        case ("POST", "comments"):
            return commenting.create(ask, who, document, world)
        case ("GET", "insights"):
            return reading.media_insights(ask, who, document, world)
    raise state.missing(document["id"], ask.method.lower())


def _comment(ask: Ask, who: Session, world: World, document: reading.Document, edge: str) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return commenting.show(ask, who, document, world)
        case ("POST", ""):
            return commenting.hide(ask, who, document, world)
        case ("DELETE", ""):
            return commenting.delete(who, document, world)
        case ("GET", "replies"):
            return commenting.replies(ask, who, document, world)
        case ("POST", "replies"):
            media = world.get("media", document["media"]) or {}
            return commenting.create(ask, who, media, world, document)
    raise state.missing(document["id"], ask.method.lower())
