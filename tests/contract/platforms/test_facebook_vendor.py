"""Meta's own SDK against our Facebook: its parameter tables for what we send, its fields for what the simulator answers,
and the SDK itself as a client of the simulator.

facebook-business 26.0 (Graph v26.0). What it does not cover: messages of a conversation (it has no class for them), and the
names of Page insights (it lists Instagram's only).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from facebook_business.adobjects.abstractcrudobject import AbstractCrudObject
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.insightsresult import InsightsResult
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.photo import Photo
from facebook_business.adobjects.recommendation import Recommendation
from facebook_business.adobjects.stories import Stories
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from shared.domain.content import Act
from shared.platforms._graph import simulated as graph_simulated
from shared.platforms._graph.calls import appsecret_proof
from shared.platforms.contract import Armed, Published
from shared.platforms.facebook import MANIFEST, inbox, metrics, oauth, publish, resources, simulator, webhooks
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import loopback

MATERIAL = "facebook-business 26.0 param_types"
# Beside the tables: every edge has them.
EVERYWHERE = {"fields", "appsecret_proof"}
LISTING = {"limit", "after", "summary"}
# What the SDK checks a call of this edge with, by the kind of thing it belongs to.
EDGES: Mapping[tuple[str, str, str], tuple[type[AbstractCrudObject], str]] = {
    ("POST", "page", "feed"): (Page, "create_feed"),
    ("POST", "page", "photos"): (Page, "create_photo"),
    ("POST", "page", "videos"): (Page, "create_video"),
    ("POST", "page", "video_reels"): (Page, "create_video_reel"),
    ("POST", "page", "video_stories"): (Page, "create_video_story"),
    ("POST", "page", "photo_stories"): (Page, "create_photo_story"),
    ("POST", "page", "messages"): (Page, "create_message"),
    ("POST", "page", "subscribed_apps"): (Page, "create_subscribed_app"),
    ("DELETE", "page", "subscribed_apps"): (Page, "delete_subscribed_apps"),
    ("GET", "page", "published_posts"): (Page, "get_published_posts"),
    ("GET", "page", "stories"): (Page, "get_stories"),
    ("GET", "page", "photos"): (Page, "get_photos"),
    ("GET", "page", "videos"): (Page, "get_videos"),
    ("GET", "page", "insights"): (Page, "get_insights"),
    ("GET", "page", "conversations"): (Page, "get_conversations"),
    ("GET", "page", "tagged"): (Page, "get_tagged"),
    ("GET", "page", "ratings"): (Page, "get_ratings"),
    ("GET", "user", "accounts"): (User, "get_accounts"),
    ("GET", "user", "permissions"): (User, "get_permissions"),
    ("DELETE", "user", "permissions"): (User, "delete_permissions"),
    ("POST", "post", "comments"): (PagePost, "create_comment"),
    ("GET", "post", "comments"): (PagePost, "get_comments"),
    ("GET", "post", "insights"): (PagePost, "get_insights"),
    ("POST", "post", "likes"): (PagePost, "create_like"),
    ("DELETE", "post", "likes"): (PagePost, "delete_likes"),
    ("DELETE", "post", ""): (PagePost, "api_delete"),
    ("POST", "video", "comments"): (AdVideo, "create_comment"),
    ("GET", "video", "comments"): (AdVideo, "get_comments"),
    ("DELETE", "video", ""): (AdVideo, "api_delete"),
    ("DELETE", "photo", ""): (Photo, "api_delete"),
    ("POST", "comment", ""): (Comment, "api_update"),
    ("DELETE", "comment", ""): (Comment, "api_delete"),
    ("POST", "comment", "comments"): (Comment, "create_comment"),
    ("GET", "comment", "comments"): (Comment, "get_comments"),
    ("POST", "comment", "likes"): (Comment, "create_like"),
    ("DELETE", "comment", "likes"): (Comment, "delete_likes"),
    ("GET", "thread", "messages"): (UnifiedThread, "get_messages"),
}
NODES: Mapping[str, type[AbstractCrudObject]] = {
    "page": Page,
    "user": User,
    "post": PagePost,
    "video": AdVideo,
    "photo": Photo,
    "comment": Comment,
    "thread": UnifiedThread,
}
ROWS: Mapping[str, type] = {
    "published_posts": PagePost,
    "tagged": PagePost,
    "stories": Stories,
    "photos": Photo,
    "videos": AdVideo,
    "ratings": Recommendation,
    "comments": Comment,
    "conversations": UnifiedThread,
    "accounts": Page,
    "insights": InsightsResult,
}
# Documented beside the SDK's tables: the tasks of GET /{user}/accounts, and a message's type within the table's ``type``.
MORE_FIELDS = {"tasks", "attachments", "messages", "likes", "comments", "reactions", "picture"}


class Log:
    """What was said, with the kind of thing that each request names: found in the simulator's world as it was then."""

    def __init__(self, stage: stages.Stage) -> None:
        self.stage = stage
        self.kinds: list[str] = []
        stage.http.intercept = self.note

    def note(self, request: Request) -> Response | None:
        self.kinds.append(self.kind(request))
        return None

    def kind(self, request: Request) -> str:
        node = urlsplit(request.url).path.strip("/").split("/")[1]
        by_token = "page" if self.stage.account.tokens.access in request.headers.get("Authorization", "") else "user"
        if node == "me":
            return by_token
        for kind in ("page", "user", "post", "video", "photo"):
            if self.stage.world.get(kind, node):
                return kind
        return "thread" if node.startswith("t_") else "comment"

    @property
    def exchanges(self) -> list[tuple[str, Request, Response]]:
        return list(zip(self.kinds, self.stage.http.sent, self.stage.http.answers, strict=True))


@pytest.fixture(scope="module")
def log() -> Log:
    """Everything that the adapter ever says to Graph, with the simulator's answers."""
    stage = stages.stage()
    log = Log(stage)
    stages.connect(stage.http, simulator.seed(stage.world, "rostrum")["code"])
    for name, piece in stages.pieces().items():
        _publish(stage, name, piece)
    _engage(stage)
    metrics.account(stage.call)
    webhooks.subscribe(stage.call, "https://example.test/hook", "secret")
    webhooks.unsubscribe(stage.call)
    for name in ("pages", "photos", "videos"):
        resources.read(stage.call, name, {}, "")
    oauth.refresh(stage.call)
    oauth.revoke(stage.call)
    return log


def _publish(stage: stages.Stage, name: str, piece: Any) -> None:
    state, at = stage.prepared(piece), stage.world.now
    published = publish.describe(stage.call, stage.committed(piece, state))
    publish.find(stage.call, piece, Armed(1, at, state))
    stage.world.pass_time(3600)
    metrics.post(stage.call, published)
    if "story" not in name:
        comment = stages.comment_on(published)
        made = stage.committed(comment, {})
        publish.find(stage.call, comment, Armed(1, stage.world.now, {}))
        metrics.post(stage.call, made)
        publish.delete(stage.call, made)
        inbox.comments(stage.call, published, "")
    publish.delete(stage.call, published)


def _engage(stage: stages.Stage) -> None:
    post = stage.published(stages.pieces()["text"])
    stage.world.pass_time(3 * 3600)
    theirs = next(one for one in inbox.comments(stage.call, post, "").items if "comment.private_reply" in one.can)
    talk = inbox.conversations(stage.call, "").items[0]
    inbox.messages(stage.call, talk.id, "")
    inbox.mentions(stage.call, "")
    inbox.reviews(stage.call, "")
    for verb in (action.verb for action in MANIFEST.actions if action.module != "ads"):
        on, handles = (talk.id, talk.handles) if verb == "message.send" else (theirs.id, theirs.handles)
        on, handles = (post.id, post.state) if verb.startswith("post.") or verb == "comment.create" else (on, handles)
        if verb == "comment.delete":
            continue
        act = Act(verb, on, f"Thanks {verb}" if MANIFEST.action(verb).text else "", {}, (), handles)  # type: ignore[union-attr]
        ready = inbox.prepare(stage.call, act, {})
        inbox.commit(stage.call, act, ready.state)
        inbox.find(stage.call, act, Armed(1, stage.world.now, ready.state))
    gone = Act("comment.delete", theirs.id, handles=theirs.handles)
    inbox.commit(stage.call, gone, {})
    inbox.find(stage.call, gone, Armed(1, stage.world.now, {}))


# ------------------------------------------------------------------------------------------------ what we send


def checker(of: type[AbstractCrudObject], method: str) -> Any:
    """What the SDK would check this edge's call with."""
    pending: FacebookRequest = getattr(of("1", api=FacebookAdsApi(FacebookSession())), method)(pending=True)
    return pending._param_checker


def parameters(request: Request) -> dict[str, Any]:
    """Query and body together; a multipart form's file is left out (the SDK sends it beside the table too)."""
    return graph_simulated.Ask.of(request).params


def edge_of(kind: str, request: Request) -> tuple[str, str, str]:
    path = urlsplit(request.url).path.strip("/").split("/")
    return request.method, kind, path[2] if len(path) > 2 else ""


def graph_calls(log: Log) -> Iterator[tuple[tuple[str, str, str], Request, Response]]:
    for kind, request, answer in log.exchanges:
        url = urlsplit(request.url)
        if url.hostname != "rupload.facebook.com" and not url.path.endswith("/oauth/access_token"):
            yield edge_of(kind, request), request, answer


def test_every_parameter_is_in_the_sdks_table_with_its_type(log: Log) -> None:
    """Edge by edge; and every edge of ours was seen."""
    seen = set()
    for edge, request, _ in graph_calls(log):
        if edge[0] == "GET" and not edge[2]:  # nodes are read by fields only, which have a test of their own
            assert set(parameters(request)) <= EVERYWHERE
            continue
        seen.add(edge)
        table = checker(*EDGES[edge])
        given = {name: value for name, value in parameters(request).items() if name not in EVERYWHERE}
        extra = LISTING if edge[0] == "GET" else set()
        assert set(given) <= set(table._type_check_info) | extra, (edge, set(given) - set(table._type_check_info))
        for name, value in given.items():
            if name == "metric":  # typed as objects, and documented (and sent by the SDK) as names
                continue
            assert _valid(table, name, value), (edge, name, value)
    assert seen == set(EDGES)
    report.requests("facebook", sum(1 for _ in graph_calls(log)), MATERIAL)


def _valid(table: Any, name: str, value: Any) -> bool:
    """As the SDK's checker says. Enums: in any case, as Graph reads them (Meta's pages write ``start``, one table START)."""
    wanted = table.get_type(name)
    if wanted in table._enum_data:
        return str(value).lower() in {known.lower() for known in table._enum_data[wanted] if isinstance(known, str)}
    return bool(table.is_valid_pair(name, _as_python(wanted, value)))


def _as_python(wanted: str | None, value: Any) -> Any:
    """A form's text as the type that the SDK has for it."""
    if not isinstance(value, str) or wanted in {None, "string", "datetime"}:
        return value
    if str(wanted).startswith("list"):
        return json.loads(value) if value.startswith("[") else value.split(",")
    return {"true": True, "false": False}.get(value, value)


def test_every_field_that_we_ask_for_is_one_of_the_object(log: Log) -> None:
    """Of the node, or of the rows of the edge; also within edges."""
    for (_, kind, edge), request, _ in graph_calls(log):
        asked = graph_simulated.fields_of(str(parameters(request).get("fields", "")))
        if not asked or edge == "messages":
            continue
        of = ROWS.get(edge, NODES[kind])
        assert set(asked) <= fields(of) | MORE_FIELDS, (edge, set(asked) - fields(of))


def test_every_webhook_field_is_one_that_a_page_can_subscribe_to() -> None:
    """The v26 enum."""
    assert set(webhooks.FIELDS) <= values(Page.SubscribedFields)


# ------------------------------------------------------------------------------------- what the simulator answers


def test_every_field_of_an_answer_is_one_of_the_sdks_object(log: Log) -> None:
    """By the object that the request names."""
    checked = 0
    for (method, kind, edge), _, answer in graph_calls(log):
        if answer.status != 200 or method != "GET" or edge in {"messages", "permissions"}:
            continue
        body = json.loads(answer.body)
        of = ROWS.get(edge, NODES[kind])
        for item in body.get("data", [body]):
            assert set(item) <= fields(of) | MORE_FIELDS | {"id", "access_token"}, (kind, edge, item)
            checked += 1
    assert checked > 50
    report.requests("facebook", checked, "facebook-business 26.0 fields (answers)")


def fields(of: type) -> set[str]:
    return values(of.Field)  # type: ignore[attr-defined]


def values(of: type) -> set[str]:
    return {value for name, value in vars(of).items() if not name.startswith("_") and isinstance(value, str)}


# ---------------------------------------------------------------------------------------- the SDK as the client


@pytest.fixture
def sdk() -> Iterator[tuple[stages.Stage, FacebookAdsApi]]:
    """The SDK's own session, pointed at the simulator, with the app's secret (so with proofs)."""
    stage = stages.stage()
    handler = loopback.simulator("facebook", stage.world)
    with loopback.serve(handler, host="graph.facebook.com") as base_url:
        session = FacebookSession(stages.APP.client_id, stages.APP.client_secret, stage.account.tokens.access)
        session.GRAPH = base_url
        yield stage, FacebookAdsApi(session)
        session.requests.close()
    report.sdk("facebook", "facebook-business 26.0")


def test_the_sdk_posts_and_the_adapter_would_recognise_it(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """Text, photos; its own listing; and our find takes its equal post for ours, for the app is the same."""
    stage, api = sdk
    page, piece = Page(stage.page, api=api), stages.pieces()["text"]
    state, at = stage.prepared(piece), stage.world.now
    made = page.create_feed(params={"message": piece.text})
    photos = [page.create_photo(params={"url": stages.PHOTO, "published": False})["id"] for _ in range(2)]
    attached = [{"media_fbid": id_} for id_ in photos]
    album = page.create_feed(params={"message": "Two", "attached_media": attached})
    assert stage.live() == [made["id"], album["id"]]
    found = stage.found(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == made["id"]
    listed = list(page.get_published_posts(fields=["message", "permalink_url"], params={"limit": 1}))
    assert [post["message"] for post in listed] == ["Two", piece.text]


def test_the_sdk_finishes_a_reel_and_a_story(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """It begins and finishes; the file is handed over by us (rupload has no method in the SDK)."""
    stage, api = sdk
    page = Page(stage.page, api=api)
    reel = {"video_state": "PUBLISHED", "description": "By the SDK"}
    for begin, start, end in (
        (page.create_video_reel, "start", {"upload_phase": "finish", **reel}),
        (page.create_video_story, "START", {"upload_phase": "FINISH"}),
    ):
        opened = begin(params={"upload_phase": start})
        headers = {"Authorization": f"OAuth {stage.account.tokens.access}", "file_url": stages.VIDEO}
        assert stage.http.send(Request("POST", opened["upload_url"], headers, b"")).status == 200
        stage.world.pass_time(2)
        begin(params={"video_id": opened["video_id"], **end})  # «success» has no field
        stage.world.pass_time(10)
        video = AdVideo(opened["video_id"], api=api).api_get(fields=["status", "permalink_url", "post_id"])
        assert video["status"]["video_status"] == "ready"
    assert len(stage.live()) == 2
    assert [story["media_type"] for story in page.get_stories(fields=["media_type", "post_id"])] == ["video"]


def test_the_sdk_reads_and_answers_what_people_wrote(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """Comments, conversations, recommendations, mentions; a like, an answer, a message."""
    stage, api = sdk
    post = PagePost(stage.published(stages.pieces()["image"]).id, api=api)
    stage.world.pass_time(3 * 3600)
    wanted = ["message", "from", "can_hide", "is_hidden"]
    comments = list(post.get_comments(fields=wanted, params={"filter": "stream", "order": "reverse_chronological"}))
    assert comments
    theirs = Comment(comments[0]["id"], api=api)
    theirs.create_like()
    theirs.api_update(params={"is_hidden": True})
    answer = theirs.create_comment(params={"message": "Thank you"})
    assert theirs.api_get(fields=["is_hidden", "user_likes"])["is_hidden"] is True
    Comment(answer["id"], api=api).api_delete()
    page = Page(stage.page, api=api)
    talk = page.get_conversations(fields=["participants"], params={"platform": "MESSENGER"})[0]
    person = next(one for one in talk["participants"]["data"] if one["id"] != stage.page)
    message = {"recipient": {"id": person["id"]}, "message": {"text": "Hello"}, "messaging_type": "RESPONSE"}
    sent = page.create_message(params=message)
    assert sent["message_id"] in [one["id"] for one in UnifiedThread(talk["id"], api=api).get_messages()]
    assert [one["recommendation_type"] for one in page.get_ratings(fields=["recommendation_type", "review_text"])]
    assert [one["message"] for one in page.get_tagged(fields=["message", "from"])]


@pytest.mark.filterwarnings("ignore:value of metric:UserWarning")  # the SDK types metrics as objects, and sends names
def test_the_sdk_subscribes_measures_and_reads_errors(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """The rest of what the adapter uses; and Graph's error body through the SDK's accessors."""
    stage, api = sdk
    page = Page(stage.page, api=api)
    page.create_subscribed_app(params={"subscribed_fields": list(webhooks.FIELDS)})
    assert page.get_subscribed_apps()[0]["id"] == stages.APP.client_id
    post = PagePost(page.create_feed(params={"message": "Measured"})["id"], api=api)
    assert len(simulator.pushes(stage.world)) == 1
    stage.world.pass_time(3600)
    assert [row["name"] for row in post.get_insights(params={"metric": ["post_media_view"]})] == ["post_media_view"]
    assert page.get_insights(params={"metric": ["page_follows"], "period": "day"})[0]["values"]
    with pytest.raises(FacebookRequestError) as dead:
        post.get_insights(params={"metric": ["post_impressions"]})
    assert (dead.value.http_status(), dead.value.api_error_code()) == (400, 100)
    with pytest.raises(FacebookRequestError) as gone:
        PagePost("1", api=api).api_get()
    assert (gone.value.api_error_code(), gone.value.api_error_subcode()) == (100, 33)
    assert gone.value.body()["error"]["fbtrace_id"]
    with pytest.raises(FacebookRequestError) as twice:
        page.create_feed(params={"message": "Measured"}) and page.create_feed(params={"message": "Measured"})
    assert twice.value.api_error_code() == 506
    page.delete_subscribed_apps()
    assert list(page.get_subscribed_apps()) == []


def test_our_proof_is_the_sdks(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """HMAC-SHA256 of the token under the app's secret."""
    _, api = sdk
    token = api._session.access_token
    assert api._session.appsecret_proof == appsecret_proof(token, stages.APP.client_secret)
