"""Meta's own SDK against our Instagram: its parameter tables for what we send, its fields for what the simulator
answers, and the SDK itself as a client of the simulator.

facebook-business 26.0 (Graph v26.0). Its ``…ForIGOnlyAPI`` classes are the objects of graph.instagram.com.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from facebook_business.adobjects.abstractcrudobject import AbstractCrudObject
from facebook_business.adobjects.contentpublishinglimitresponse import ContentPublishingLimitResponse
from facebook_business.adobjects.igaccesstokenforigonlyapi import IGAccessTokenForIGOnlyAPI
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.igmediaforigonlyapi import IGMediaForIGOnlyAPI
from facebook_business.adobjects.igrefreshaccesstokenforigonlyapi import IGRefreshAccessTokenForIGOnlyAPI
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.iguserforigonlyapi import IGUserForIGOnlyAPI
from facebook_business.adobjects.insightsresult import InsightsResult
from facebook_business.adobjects.instagraminsightsresult import InstagramInsightsResult
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from shared.domain.content import Act, Kind, Piece
from shared.platforms._graph import simulated as graph_simulated
from shared.platforms.contract import Armed
from shared.platforms.instagram import (
    MANIFEST,
    inbox,
    metrics,
    oauth,
    publish,
    resources,
    simulator,
    simulator_messages,
    webhooks,
    wire,
)
from shared.platforms.instagram.tests import world as stages
from shared.platforms.instagram.tests.test_publish import comment_on
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import loopback, simulated

# What the SDK builds for each edge: the table that its own type checker would hold us to.
EDGES = {
    ("POST", "media"): (IGUserForIGOnlyAPI, "create_media"),
    ("POST", "media_publish"): (IGUserForIGOnlyAPI, "create_media_publish"),
    ("GET", "media"): (IGUserForIGOnlyAPI, "get_media"),
    ("GET", "stories"): (IGUserForIGOnlyAPI, "get_stories"),
    ("GET", "content_publishing_limit"): (IGUserForIGOnlyAPI, "get_content_publishing_limit"),
    ("POST", "comments"): (IGMediaForIGOnlyAPI, "create_comment"),
    ("GET", "comments"): (IGMediaForIGOnlyAPI, "get_comments"),
    ("POST", "replies"): (IGComment, "create_reply"),
    ("GET", "tags"): (IGUserForIGOnlyAPI, "get_tags"),
    ("POST", "mentions"): (IGUserForIGOnlyAPI, "create_mention"),
    ("GET", "conversations"): (IGUserForIGOnlyAPI, "get_conversations"),
    ("POST", "messages"): (IGUserForIGOnlyAPI, "create_message"),
    ("POST", "subscribed_apps"): (IGUserForIGOnlyAPI, "create_subscribed_app"),
    ("DELETE", "subscribed_apps"): (IGUserForIGOnlyAPI, "delete_subscribed_apps"),
    ("DELETE", "permissions"): (User, "delete_permissions"),
}
NODES = {"container": ShadowIGMediaBuilder, "media": IGMediaForIGOnlyAPI, "comment": IGComment}
PAGING = {"limit", "after"}  # every Graph edge has them; the SDK's cursors add them outside the tables
TAG = {"username": "natgeo", "x": 0.5, "y": 0.5}
EVERY_OPTION = {
    "collaborators": ["one"],
    "location_id": "7640348500",
    "share_to_feed": True,
    "cover_url": "https://example.test/cover.jpg",
    "thumb_offset": 100,
    "audio_name": "Waves",
    "is_ai_generated": False,
    "user_tags": [TAG],
}
KINDS = [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY]


def with_options(kind: Kind) -> Piece:
    """A piece that uses every option that its kind takes."""
    only_reels, not_stories = (
        {"share_to_feed", "cover_url", "thumb_offset", "audio_name"},
        {"collaborators", "location_id"},
    )
    left_out = set() if kind is Kind.REEL else only_reels
    left_out |= not_stories if kind is Kind.STORY else set()
    options = {name: value for name, value in EVERY_OPTION.items() if name not in left_out}
    media = stages.pieces()[kind].media
    publish.choose_kind("Hi", [file.facts for file in media], options | {"content_type": _word(kind)})
    return simulated.piece(kind, "Hi", media, options=options)


def _word(kind: Kind) -> str:
    return {Kind.STORY: "stories", Kind.IMAGE: "feed"}.get(kind, kind.value)


@pytest.fixture(scope="module")
def exchanged() -> tuple[stages.Stage, list[tuple[Request, Response]]]:
    """Everything that the adapter ever says to Graph, with the simulator's answers."""
    stage = stages.stage()
    for kind in KINDS:
        piece = with_options(kind)
        state, at = stage.prepared(piece), stage.world.now
        published = publish.describe(stage.call, publish.commit(stage.call, piece, state))
        publish.find(stage.call, piece, Armed(1, at, state))
        stage.world.pass_time(3600)
        metrics.post(stage.call, published)
        if kind is Kind.STORY:
            continue
        comment = comment_on(published)
        made = publish.commit(stage.call, comment, {})
        publish.find(stage.call, comment, Armed(1, stage.world.now, {}))
        metrics.post(stage.call, made)
        publish.delete(stage.call, made)
    _moderate(stage)
    _write(stage)
    metrics.account(stage.call)
    resources.read(stage.call, "media", {}, "")
    oauth.refresh(stage.call)
    stage.world.pass_time(25 * 3600)
    oauth.refresh(stage.call)
    oauth.revoke(stage.call)
    return stage, list(zip(stage.http.sent, stage.http.answers, strict=True))


def _moderate(stage: stages.Stage) -> None:
    """Comments read, answered, hidden, shown again, deleted, answered privately; tags; deliveries on and off."""
    post = stage.published(stages.pieces()[Kind.IMAGE])
    stage.world.pass_time(3600)
    theirs = next(one for one in inbox.comments(stage.call, post, "").items if not one.parent_id)
    armed = Armed(1, stage.world.now, {})
    for verb in ("comment.create", "comment.reply", "comment.private_reply", "comment.hide", "comment.unhide"):
        on = post.id if verb == "comment.create" else theirs.id
        act = Act(verb, on, "" if verb.endswith("hide") else "Thank you")
        state = stage.ready(act)
        inbox.commit(stage.call, act, state)
        inbox.find(stage.call, act, replace(armed, state=state))
    inbox.find(stage.call, Act("comment.delete", theirs.id), armed)
    inbox.commit(stage.call, Act("comment.delete", theirs.id), {})
    stage.world.pass_time(5 * 86_400)
    (named, *_) = inbox.mentions(stage.call, "").items
    for act in (
        Act("comment.create", named.post_id, "Thank you", handles={"mention": named.post_id}),
        Act("comment.reply", "17900000000000001", "Thank you", handles={"mention": named.post_id}),
    ):
        inbox.commit(stage.call, act, stage.ready(act))
    webhooks.subscribe(stage.call, "https://example.test", "secret")
    webhooks.unsubscribe(stage.call)


def _write(stage: stages.Stage) -> None:
    """Conversations and their messages; a text, a text by a human agent, an image."""
    simulator.visit(stage.world, stage.account.platform_account_id, "message", "Hello?")
    talk = inbox.conversations(stage.call, "").items[0]
    inbox.messages(stage.call, talk.id, "")
    for act in (
        Act("message.send", talk.id, "Hello"),
        Act("message.send", talk.id, "Hello again", {"tag": "HUMAN_AGENT"}, handles=talk.handles),
        Act("message.send", talk.id, media=(stages.photo(),), handles=talk.handles),
    ):
        state = stage.ready(act)
        inbox.commit(stage.call, act, state)
        inbox.find(stage.call, act, Armed(1, stage.world.now, state))


# ------------------------------------------------------------------------------------------------ what we send


def allowed(of: type[AbstractCrudObject], method: str) -> Mapping[str, Any]:
    """The parameter types that the SDK would check this edge's call with."""
    pending: FacebookRequest = getattr(of("1", api=FacebookAdsApi(FacebookSession())), method)(pending=True)
    types: Mapping[str, Any] = pending._param_checker._type_check_info
    return types


def parameters(request: Request) -> dict[str, Any]:
    """Of query and form together; of a JSON body (messages), its names and values."""
    body = request.body if isinstance(request.body, bytes) else b""
    if "json" in request.headers.get("Content-Type", ""):
        return dict(json.loads(body))
    return dict(parse_qsl(urlsplit(request.url).query) + parse_qsl(body.decode()))


def test_every_parameter_is_in_the_sdks_table(exchanged: Any) -> None:
    """Edge by edge; and every edge of ours was seen."""
    _, log = exchanged
    seen = set()
    report.requests("instagram", len(log), "facebook-business 26.0.3 param_types")
    for request, _answer in log:
        path = urlsplit(request.url).path.split("/")[2:]
        if request.method == "POST" and len(path) == 1:
            assert set(parameters(request)) <= set(allowed(IGComment, "api_update"))
        if len(path) < 2 or path[-1] == "insights":  # nodes have fields only; insights have a test of their own
            continue
        edge = (request.method, path[-1])
        seen.add(edge)
        known = set(allowed(*EDGES[edge])) | {"fields"} | (PAGING if request.method == "GET" else set())
        assert set(parameters(request)) <= known, (edge, set(parameters(request)) - known)
    assert seen == set(EDGES)


def test_the_values_have_the_sdks_types(exchanged: Any) -> None:
    """The SDK's own checker finds nothing to complain of in a container's parameters, once read as JSON."""
    _, log = exchanged
    containers = [request for request, _ in log if request.method == "POST" and request.url.endswith("/media")]
    pending = IGUser("1", api=FacebookAdsApi(FacebookSession())).create_media(pending=True)
    for request in containers:
        for name, value in parameters(request).items():
            read = _as_python(name, value)
            assert pending._param_checker.is_type(pending._param_checker.get_type(name), read), (name, value)
    assert {name for request in containers for name in parameters(request)} >= set(EVERY_OPTION)


def _as_python(name: str, value: str) -> Any:
    if name in {"collaborators", "user_tags"}:
        return json.loads(value)
    if name == "children":
        return value.split(",")
    return {"true": True, "false": False}.get(value, value)


def test_every_field_that_we_ask_for_is_one_of_the_object(exchanged: Any) -> None:
    """Media, comments, containers, profiles, the quota."""
    _, log = exchanged
    objects = (*NODES.values(), IGUserForIGOnlyAPI, ContentPublishingLimitResponse, UnifiedThread)
    fields = {name for cls in objects for name in _fields(cls)}
    asked = {name for request, _ in log for name in graph_simulated.fields_of(parameters(request).get("fields", ""))}
    edges = {"replies": IGComment.get_replies, "messages": UnifiedThread.get_messages}  # asked for within their nodes
    assert asked <= fields | set(edges)
    assert set(wire.MEDIA_FIELDS.split(",")) <= _fields(IGMediaForIGOnlyAPI)
    assert set(oauth.PROFILE_FIELDS.split(",")) <= _fields(IGUserForIGOnlyAPI)


def test_every_metric_is_one_of_the_sdks() -> None:
    """Names, periods and metric types of the insights edges."""
    known = _values(InsightsResult.Metric) | _values(InstagramInsightsResult.Metric)
    assert {name for names in wire.POST_METRICS.values() for name in names} <= known
    assert set(wire.ACCOUNT_METRICS) <= known
    assert set(wire.POST_METRICS) == set(KINDS)
    assert "day" in _values(InsightsResult.Period)
    assert "total_value" in _values(InsightsResult.MetricType)


def test_token_requests_carry_the_sdks_parameters() -> None:
    """graph.instagram.com/access_token and /refresh_access_token."""
    stage = stages.stage()
    stages.connect(stage.http, simulator.seed(stage.world, "rostrum")["code"])
    stage.world.pass_time(25 * 3600)
    oauth.refresh(stage.call)
    by_path = {urlsplit(request.url).path: request for request in stage.http.sent}
    for path, of in (
        ("/access_token", IGAccessTokenForIGOnlyAPI),
        ("/refresh_access_token", IGRefreshAccessTokenForIGOnlyAPI),
    ):
        assert set(parameters(by_path[path])) == set(allowed(of, "api_get"))


def test_the_sdk_has_no_deletion_of_media_for_instagram_login() -> None:
    """Why the manifest says that nothing is deleted; when this fails, Meta has opened it, and so can we."""
    assert hasattr(IGMedia, "api_delete")
    assert "api_delete" not in vars(IGMediaForIGOnlyAPI)
    assert MANIFEST.deletes is False


# ------------------------------------------------------------------------------------- what the simulator answers


def test_every_field_of_an_answer_is_one_of_the_sdks_object(exchanged: Any) -> None:
    """By the object that the request names."""
    stage, log = exchanged
    for request, answer in log:
        if answer.status != 200:
            continue
        body = json.loads(answer.body)
        for item in body.get("data", [body]):
            assert set(item) <= _expected(stage, request) | {"id"}, (request.method, request.url, item)


def _expected(stage: stages.Stage, request: Request) -> set[str]:
    path = urlsplit(request.url).path.strip("/").split("/")
    edge = path[-1] if request.method == "GET" else ""
    if path[-1] == "refresh_access_token":
        return _fields(IGRefreshAccessTokenForIGOnlyAPI)
    if request.method == "DELETE":
        return {"success"}
    if request.method != "GET":
        return {"id", "success", "recipient_id", "message_id"}
    if edge.startswith(simulator_messages.PREFIX):
        return _fields(UnifiedThread) | {"messages"}
    by_edge: dict[str, type] = {"insights": InsightsResult, "comments": IGComment, "conversations": UnifiedThread}
    by_edge |= {"media": IGMediaForIGOnlyAPI, "stories": IGMediaForIGOnlyAPI, "tags": IGMediaForIGOnlyAPI}
    by_edge |= {"content_publishing_limit": ContentPublishingLimitResponse}
    if edge in by_edge:
        # total_value is a field of the Facebook Login class only, and documented for both
        within = {"insights": {"total_value"}, "comments": {"replies"}, "conversations": {"messages"}}
        return _fields(by_edge[edge]) | within.get(edge, set())
    if request.method == "GET":
        kinds = [kind for kind in NODES if stage.world.get(kind, edge)]
        # a deleted comment is no document any more
        return _fields(NODES[kinds[0]]) if kinds else _fields(IGUserForIGOnlyAPI) | _fields(IGComment)
    return {"id"}


@pytest.mark.parametrize(
    ("cls", "kind"), [(IGMediaForIGOnlyAPI, "media"), (IGComment, "comment"), (ShadowIGMediaBuilder, "container")]
)
def test_every_field_that_the_simulator_has_is_one_of_the_sdks(cls: type, kind: str) -> None:
    """Ask for each field of the SDK's object: what the simulator knows comes back, what it lacks is refused by name."""
    stage = stages.stage()
    published = stage.published(stages.pieces()[Kind.REEL])
    publish.commit(stage.call, comment_on(published), {})
    id_ = next(id_ for key, id_ in stage.world.values if key == kind)
    known = [name for name in sorted(_fields(cls)) if _asked(stage, id_, name).status == 200]
    assert len(known) >= 3
    answer = json.loads(_asked(stage, id_, ",".join(known)).body)
    assert set(answer) <= _fields(cls)


def _asked(stage: stages.Stage, id_: str, fields: str) -> Response:
    headers = {"Authorization": f"Bearer {stage.account.tokens.access}"}
    return stage.http.send(Request("GET", f"https://graph.instagram.com/v26.0/{id_}?fields={fields}", headers))


def _fields(of: type) -> set[str]:
    return _values(of.Field)  # type: ignore[attr-defined]


def _values(of: type) -> set[str]:
    return {value for name, value in vars(of).items() if not name.startswith("_") and isinstance(value, str)}


# ---------------------------------------------------------------------------------------- the SDK as the client


@pytest.fixture
def sdk() -> Iterator[tuple[stages.Stage, FacebookAdsApi]]:
    """The SDK's own session, pointed at the simulator."""
    stage = stages.stage()
    handler = loopback.simulator("instagram", stage.world)
    with loopback.serve(handler, host="graph.instagram.com") as base_url:
        session = FacebookSession(access_token=stage.account.tokens.access)
        session.GRAPH = base_url
        yield stage, FacebookAdsApi(session)
        session.requests.close()


def test_the_sdk_publishes_a_carousel_through_the_simulator(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """Its requests are understood, and its parser reads the answers."""
    stage, api = sdk
    user = IGUser(stage.account.platform_account_id, api=api)
    item = {"image_url": stages.PHOTO, "is_carousel_item": True, "alt_text": "A lake", "user_tags": [TAG]}
    children = [user.create_media(params=item)["id"] for _ in range(2)]
    stage.world.pass_time(1)
    whole = user.create_media(params={"media_type": "CAROUSEL", "children": children, "caption": "Hi @natgeo"})
    assert ShadowIGMediaBuilder(whole["id"], api=api).api_get(fields=["status_code"])["status_code"] == "IN_PROGRESS"
    stage.world.pass_time(1)
    assert ShadowIGMediaBuilder(whole["id"], api=api).api_get(fields=["status_code"])["status_code"] == "FINISHED"
    made = user.create_media_publish(params={"creation_id": int(whole["id"])})
    assert stage.live() == [made["id"]]
    assert ShadowIGMediaBuilder(whole["id"], api=api).api_get(fields=["status_code"])["status_code"] == "PUBLISHED"


def test_the_sdk_reads_what_the_adapter_published(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """Listing with paging, a media's fields, its comments, insights, the quota."""
    stage, api = sdk
    made = [stage.published(stages.pieces()[kind]) for kind in (Kind.IMAGE, Kind.REEL, Kind.STORY)]
    publish.commit(stage.call, comment_on(made[1]), {})
    stage.world.pass_time(3600)
    user = IGUser(stage.account.platform_account_id, api=api)
    listed = list(user.get_media(fields=["caption", "media_product_type", "permalink"], params={"limit": 1}))
    assert [item["id"] for item in listed] == [made[1].id, made[0].id]
    assert listed[0]["media_product_type"] == "REELS"
    assert [item["id"] for item in user.get_stories()] == [made[2].id]
    reel = IGMedia(made[1].id, api=api)
    assert reel.api_get(fields=["caption", "timestamp"])["caption"] == "A reel"
    comments = list(reel.get_comments(fields=["text", "username"]))
    assert [comment["text"] for comment in comments if comment["username"] == "rostrum"] == ["First!"]
    assert len(comments) > 1, "the crowd has nothing to say"
    insights = reel.get_insights(params={"metric": ["views", "likes"]})
    assert [entry["name"] for entry in insights] == ["views", "likes"]
    limit = user.get_content_publishing_limit(fields=["config", "quota_usage"])[0]
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (3, 100)


def test_the_sdk_comments_and_removes_its_comment(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """The same edges that the first comment uses."""
    stage, api = sdk
    published = stage.published(stages.pieces()[Kind.IMAGE])
    comment = IGMedia(published.id, api=api).create_comment(params={"message": "Hello"})
    assert IGComment(comment["id"], api=api).api_get(fields=["text", "username"])["username"] == "rostrum"
    IGComment(comment["id"], api=api).api_delete()
    assert list(IGMedia(published.id, api=api).get_comments()) == []


def test_the_sdk_reads_our_errors_as_graphs(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """Code, subcode, transience and the usage header, through the SDK's own accessors."""
    stage, api = sdk
    user = IGUser(stage.account.platform_account_id, api=api)
    with pytest.raises(FacebookRequestError) as caught:
        user.create_media(params={"media_type": "REELS", "image_url": stages.PHOTO})
    assert (caught.value.http_status(), caught.value.api_error_code()) == (400, 100)
    assert caught.value.api_error_subcode() == 2207023
    assert caught.value.api_transient_error() is False
    assert caught.value.body()["error"]["fbtrace_id"]
    assert "X-App-Usage".lower() in {name.lower() for name in user.get_media()._headers}
    with pytest.raises(FacebookRequestError) as gone:
        IGMedia("1", api=api).api_get()
    assert (gone.value.api_error_code(), gone.value.api_error_subcode()) == (100, 33)


def test_the_sdk_answers_hides_and_writes(sdk: tuple[stages.Stage, FacebookAdsApi]) -> None:
    """The inbox by the SDK: a comment of somebody's answered and hidden, a conversation read and answered."""
    stage, api = sdk
    published = stage.published(stages.pieces()[Kind.IMAGE])
    stage.world.pass_time(3600)
    theirs = next(one for one in IGMedia(published.id, api=api).get_comments(fields=["text", "hidden"]))
    answer = IGComment(theirs["id"], api=api).create_reply(params={"message": "Thanks!"})
    assert next(iter(IGComment(theirs["id"], api=api).get_replies()))["id"] == answer["id"]
    IGComment(theirs["id"], api=api).api_update(params={"hide": True})
    assert IGComment(theirs["id"], api=api).api_get(fields=["hidden"])["hidden"] is True
    user = IGUserForIGOnlyAPI(stage.account.platform_account_id, api=api)
    talk = next(
        iter(user.get_conversations(fields=["participants"], params={"platform": UnifiedThread.Platform.instagram}))
    )
    person = next(one for one in talk["participants"]["data"] if one["username"] != "rostrum")
    sent = user.create_message(params={"recipient": {"id": person["id"]}, "message": {"text": "Yes"}})
    assert sent["message_id"] in [one.id for one in inbox.messages(stage.call, talk["id"], "").items]
    report.sdk("instagram", "facebook-business 26.0.3")
