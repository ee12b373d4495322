"""Facebook, simulated: Facebook Login and Graph v26.0 for Pages, as the documentation describes them.

Stateful and strict. Where Meta documents nothing, the README says what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shared.platforms import _pushes
from shared.platforms._graph import simulated, simulated_batch
from shared.platforms._graph.simulated import Ask, Document, Problem, answer
from shared.platforms.contract import Push, What, World
from shared.platforms.facebook import simulator_ads as advertising
from shared.platforms.facebook import simulator_comments as commenting
from shared.platforms.facebook import simulator_insights as insights
from shared.platforms.facebook import simulator_media as media
from shared.platforms.facebook import simulator_oauth as oauth
from shared.platforms.facebook import simulator_people as people
from shared.platforms.facebook import simulator_publish as publishing
from shared.platforms.facebook import simulator_read as reading
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook import simulator_subscriptions as subscriptions
from shared.platforms.facebook.simulator_seen import done, seen
from shared.platforms.facebook.simulator_state import Session
from shared.platforms.facebook.simulator_visits import visit
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "message", "mention", "review")


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost and Delayed, as a text asks for them."""
    try:
        return _route(request, world)
    except Problem as problem:
        return problem.response(world)


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make the person and their Pages; answers a code that can be exchanged at once, with any redirect address."""
    state.person_named(world, name)
    return {"code": oauth.make_code(world, name, "", "", list(oauth.SCOPES))}


def pushes(world: World) -> Sequence[Push]:
    """The webhooks that were sent, oldest first."""
    return _pushes.sent(world)


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if (world.get("post", on) or {}).get("kind") == "story":
        raise LookupError(on)
    return visit(world, platform_account_id, what, text, str(stars) if what == "review" else on)


def _route(request: Request, world: World) -> Response:
    if "//rupload.facebook.com/" in request.url:
        return media.hand_over(Ask.of(request, raw=True), world)
    ask = Ask.of(request)
    match (ask.host, ask.method, ask.path):
        case ("www.facebook.com", "GET", ("dialog", "oauth")):
            return oauth.authorize(ask, world)
        case ("graph.facebook.com", "GET" | "POST", ("oauth", "access_token")):
            return oauth.token(ask, world)
        case ("graph.facebook.com" | "graph-video.facebook.com", _, (_, *_)):
            return _graph(ask, world)
    raise Problem(2500, f"Unknown path components: /{'/'.join(ask.path)}", status=404)


def _graph(ask: Ask, world: World) -> Response:
    if ask.method == "POST" and "batch" in ask.params:
        state.token_of(world, ask.bearer)
        return simulated_batch.handle(ask, lambda one: handle(one, world))
    who = state.session(world, ask)
    node, edge = ask.path[0], "/".join(ask.path[1:])
    if not who.page and advertising.handles(world, ask):
        response = _advertising(ask, who, world)
    elif who.page and node in {"me", who.page["id"]}:
        response = _page(ask, who, world, edge)
    elif node in {"me", who.user["id"]}:
        response = _person(ask, who, world, edge)
    else:
        response = _node(ask, who, world, node, edge)
    headers = simulated.usage(world, who.token["page"] or who.token["user"], state.CALLS_PER_HOUR)
    return replace(response, headers={**response.headers, **headers})


def _advertising(ask: Ask, who: Session, world: World) -> Response:
    who.need("ads_read" if ask.method == "GET" else "ads_management")

    def has_post(story: str) -> bool:
        post = world.get("post", story)
        return post is not None and post["page"] in who.user["pages"]

    return advertising.handle(advertising.Desk(ask, world, who.user["id"], has_post))


def _person(ask: Ask, who: Session, world: World, edge: str) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return answer(simulated.chosen(ask, {"id": who.user["id"], "name": who.user["name"]}, "User"))
        case ("GET", "accounts"):
            return oauth.accounts(ask, who, world)
        case ("GET", "permissions"):
            return oauth.permissions(ask, who)
        case ("DELETE", "permissions"):
            state.end_grant(world, who)
            return answer({"success": True})
    raise simulated.missing(who.user["id"], ask.method.lower())


def _page(ask: Ask, who: Session, world: World, edge: str) -> Response:
    if (ask.method, edge) == ("GET", ""):
        return answer(simulated.chosen(ask, reading.page(who.page, world), "Page"))
    if ask.method == "POST" and edge in media.FLOWS:
        return _upload(ask, who, world, edge)
    if ask.method == "GET" and edge in {"published_posts", "feed"}:
        return reading.posts(ask, who, world, edge)
    if edge == "subscribed_apps":
        return subscriptions.handle(ask, who, world)
    serve = _EDGES.get((ask.method, edge))
    if serve is None:
        raise simulated.missing(who.page["id"], ask.method.lower())
    return serve(ask, who, world)


def _upload(ask: Ask, who: Session, world: World, flow: str) -> Response:
    who.need("pages_manage_posts")
    phase = ask.text("upload_phase").lower()
    if phase == "start":
        return media.begin(ask, who, world, flow)
    if phase == "transfer" and flow == "videos":
        return media.transfer(ask, who, world)
    if phase == "finish":
        return publishing.finish(ask, who, world, flow)
    raise Problem(100, f"(#100) Param upload_phase must be one of start, transfer, finish: {phase or 'nothing'}")


def _node(ask: Ask, who: Session, world: World, id_: str, edge: str) -> Response:
    if not who.page:
        return _as_person(ask, who, world, id_, edge)
    for kind in ("post", "video", "photo"):
        document = world.get(kind, id_)
        if document and document["page"] == who.page["id"]:
            return _thing(ask, who, world, kind, document, edge)
    found = commenting.named(world, who, id_)
    if found:
        return _comment(ask, who, world, *found, edge)
    thread = people.thread_named(world, who, id_)
    if thread and ask.method == "GET" and edge in {"", "messages"}:
        return people.conversation(ask, who, thread, world, edge)
    other = people.tagged_post(who.page, world, id_)
    if other and edge == "comments":
        return (commenting.create if ask.method == "POST" else commenting.listing)(ask, who, other, world)
    raise simulated.missing(id_, ask.method.lower())


def _as_person(ask: Ask, who: Session, world: World, id_: str, edge: str) -> Response:
    """A Page, by the token of a person who manages it: its token too."""
    page = world.get("page", id_)
    if page is None or id_ not in who.user["pages"] or (ask.method, edge) != ("GET", ""):
        raise simulated.missing(id_, ask.method.lower())
    have = reading.page(page, world) | {"access_token": state.page_token(world, who, id_)}
    return answer(simulated.chosen(ask, have, "Page"))


def _thing(ask: Ask, who: Session, world: World, kind: str, document: Document, edge: str) -> Response:
    post = document if kind == "post" else world.get("post", document.get("post") or document.get("used") or "")
    if post and post["at"] > simulated.now(world):
        post = None
    match (ask.method, edge):
        case ("GET", ""):
            who.need("pages_read_engagement")
            return answer(simulated.chosen(ask, _fields(kind, document, who, world), kind))
        case ("DELETE", ""):
            return publishing.delete(ask, who, world, kind, document)
        case ("GET", "comments") if post:
            return commenting.listing(ask, who, post, world)
        case ("POST", "comments") if post:
            return commenting.create(ask, who, post, world)
        case ("POST" | "DELETE", "likes") if post and post["kind"] != "story":
            return publishing.like(ask, who, post, world)
        case ("GET", "insights") if post and kind == "post":
            return insights.post(ask, who, post, world)
    raise simulated.missing(document["id"], ask.method.lower())


def _fields(kind: str, document: Document, who: Session, world: World) -> Document:
    if kind == "video":
        return reading.video(document, who, world) | _counters(world.get("post", document["post"]), world)
    if kind == "photo":
        return reading.photo(document, who)
    if document["kind"] == "story" or document["at"] > simulated.now(world):
        raise simulated.missing(document["id"])
    return reading.post(document, who, world) | _counters(document, world)


def _counters(post: Document | None, world: World) -> Document:
    """Reactions, comments and shares, with their summaries."""
    if post is None or post["kind"] == "story":
        return {}
    counts, said = insights.reception(post, world), len(commenting.all_of(post, world))
    reactions = {
        "data": [],
        "summary": {"total_count": counts.likes, "viewer_reaction": "LIKE" if post.get("liked") else "NONE"},
    }
    return {
        "reactions": reactions,
        "likes": {
            "data": [],
            "summary": {"total_count": counts.likes, "can_like": True, "has_liked": bool(post.get("liked"))},
        },
        "comments": {"data": [], "summary": {"total_count": said, "order": "ranked", "can_comment": True}},
        "shares": {"count": counts.shares} if counts.shares else None,
        "views": counts.views,
    }


def _comment(ask: Ask, who: Session, world: World, row: Document, post: Document, edge: str) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            who.need("pages_read_engagement", "pages_read_user_content")
            return answer(simulated.chosen(ask, commenting.shown(row, commenting.all_of(post, world)), "Comment"))
        case ("POST", ""):
            return commenting.update(ask, who, row, world)
        case ("DELETE", ""):
            return commenting.remove(ask, who, row, world)
        case ("GET", "comments"):
            return commenting.listing(ask, who, post, world, under=row["id"])
        case ("POST", "comments"):
            return commenting.create(ask, who, post, world, under=row)
        case ("POST" | "DELETE", "likes"):
            return commenting.like(ask, who, row, world)
    raise simulated.missing(row["id"], ask.method.lower())


_EDGES: Mapping[tuple[str, str], Callable[[Ask, Session, World], Response]] = {
    ("GET", "stories"): reading.stories,
    ("GET", "photos"): reading.photos,
    ("GET", "videos"): reading.videos,
    ("GET", "insights"): insights.page,
    ("GET", "conversations"): people.conversations,
    ("GET", "tagged"): people.tagged,
    ("GET", "ratings"): people.ratings,
    ("POST", "feed"): publishing.feed,
    ("POST", "photos"): media.photo,
    ("POST", "photo_stories"): publishing.photo_story,
    ("POST", "messages"): people.send,
}
