"""X's own material against our X: its OpenAPI document for both sides of the wire, its SDK for the simulator.

The document is kept outside the repository (docs.x.com/openapi.json, version 2.167); without it these tests are skipped,
and fail where CI=true.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS30Validator
from xdk import Client
from xdk.direct_messages.models import CreateByConversationIdRequest
from xdk.media.models import AppendUploadRequest, CreateMetadataRequest, InitializeUploadRequest, UploadRequest
from xdk.posts.models import CreateRequest, HideReplyRequest
from xdk.users.models import LikePostRequest, RepostPostRequest

from shared.domain.content import Act, Kind
from shared.platforms.contract import Absent, Armed, Published, Refused
from shared.platforms.x import MANIFEST, inbox, metrics, publish, simulator, webhooks
from shared.platforms.x.simulator_wire import read
from shared.platforms.x.tests.person import Person, reply_to
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import loopback, simulated
from tests.support.simulated import MemoryWorld, SimulatedHttp

SPEC = Path(__file__).parents[4] / "shared/reference/vendors/specs/x/openapi.json"
NOT_IN_SPEC = (
    "/2/oauth2/token",
    "/2/oauth2/revoke",
    "/i/oauth2/authorize",
    "/oauth2/token",
)  # the document has the REST API only
KEY = "0123456789abcdef0123456789abcde"
SAMPLE = "1460323737035677698"


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    if not SPEC.exists():
        reason = f"X's OpenAPI document is not at {SPEC}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    document: dict[str, Any] = json.loads(SPEC.read_text())
    return document


# ----------------------------------------------------------------------------------------------- the document


class Document:
    """X's OpenAPI document as a judge of requests and answers."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """The documented operation of a request; a path without parameters goes first."""
        for template in sorted(self.spec["paths"], key=lambda known: known.count("{")):
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in self.spec["paths"][template]:
                found: dict[str, Any] = self.spec["paths"][template][method.lower()]
                return found
        raise AssertionError(f"{method} {path} is not documented")

    def check_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        operation = self.operation(request.method, url.path)
        self.check_query(operation, dict(parse_qsl(url.query)))
        self.check_body(operation, request)

    def check_query(self, operation: Mapping[str, Any], query: Mapping[str, str]) -> None:
        known = {p["name"]: p for p in map(self.resolve, operation.get("parameters", ())) if p["in"] == "query"}
        assert set(query) <= set(known), f"undocumented parameters {set(query) - set(known)}"
        for name, parameter in known.items():
            assert name in query or not parameter["required"]
            if name in query:
                self.validate(self.typed(query[name], self.resolve(parameter["schema"])), parameter["schema"])

    def check_body(self, operation: Mapping[str, Any], request: Request) -> None:
        content = (operation.get("requestBody") or {}).get("content")
        if content is None:
            assert not request.body
            return
        asked = read(request, MemoryWorld())
        kind = asked.headers["content-type"].partition(";")[0]
        assert kind in content, f"{kind} is not documented"
        if kind == "application/json":
            self.validate(asked.json(), content[kind]["schema"])
        else:
            form: dict[str, Any] = {name: value.decode("latin-1") for name, value in asked.multipart().items()}
            if "segment_index" in form:
                form["segment_index"] = int(form["segment_index"])
            self.validate(form, content[kind]["schema"])

    def check_answer(self, request: Request, response: Response) -> None:
        operation = self.operation(request.method, urlsplit(request.url).path)
        kind = response.headers["content-type"].partition(";")[0]
        body = json.loads(response.body)
        if response.status >= 400 and body["type"] == "about:blank":  # documented in prose only
            assert set(body) == {"type", "title", "detail", "status"}
            assert body["status"] == response.status
            return
        documented = operation["responses"].get(str(response.status), operation["responses"]["default"])
        schema = documented["content"][kind]["schema"]
        self.validate(body, schema)
        if response.status < 400:
            assert list(self.unknown(body, schema)) == []

    def unknown(self, value: Any, schema: Mapping[str, Any], path: str = "$") -> Iterator[str]:
        """The fields that the simulator made up: X's answers allow more than they name, ours may not."""
        schema = self.resolve(schema)
        if "oneOf" in schema or not (schema.get("properties") or schema.get("items")):
            return
        for item in value if isinstance(value, list) else ():
            yield from self.unknown(item, schema["items"], f"{path}[]")
        for name, inner in value.items() if isinstance(value, dict) else ():
            if name not in schema["properties"]:
                yield f"{path}.{name}"
            else:
                yield from self.unknown(inner, schema["properties"][name], f"{path}.{name}")

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in schema:
            return schema
        found: Any = self.spec
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return self.resolve(found)

    def validate(self, value: Any, schema: Mapping[str, Any]) -> None:
        OAS30Validator({"allOf": [schema], "components": self.spec["components"]}).validate(value)

    @staticmethod
    def typed(text: str, schema: Mapping[str, Any]) -> Any:
        if schema["type"] == "array":
            return text.split(",")
        return int(text) if schema["type"] == "integer" else text


@pytest.fixture(scope="module")
def document(spec: dict[str, Any]) -> Document:
    return Document(spec)


def everything(person: Person) -> None:
    """All that the adapter does, once: every kind, every option, a thread, readings, refusals, deletion."""
    plain, armed = person.post(simulated.piece(Kind.TEXT, "See https://example.com/a?b=1&c=2 <now>"))
    followed = reply_to(simulated.piece(Kind.TEXT, "And further"), plain)
    person.post(followed)
    photos = tuple(simulated.image(b"photo" * n, alt_text="A photo") for n in range(1, 5))
    person.post(simulated.piece(Kind.IMAGE, "Four", photos, key=KEY + "1", options={"tagged_user_ids": ["12"]}))
    person.post(simulated.piece(Kind.VIDEO, "", (simulated.video(b"v" * 9_000_000),), key=KEY + "2"))
    person.post(
        simulated.piece(
            Kind.TEXT,
            "Which?",
            options={
                "poll": {"options": ["this", "that"], "duration_minutes": 60},
                "reply_settings": "following",
                "made_with_ai": True,
                "paid_partnership": False,
            },
        ),
    )
    person.post(simulated.piece(Kind.TEXT, "Look", options={"quote_tweet_id": plain.id}))
    person.world.pass_time(90)
    for piece in (followed, simulated.piece(Kind.TEXT, "Never sent")):
        publish.find(person.call, piece, armed)
    metrics.post(person.call, plain)
    metrics.account(person.call)
    for text, options in (
        ("Which?", {}),
        ("Which?", {}),
        ("x" * 281, {}),
        ("To nobody", {"in_reply_to_tweet_id": "1"}),
    ):
        try:
            person.post(simulated.piece(Kind.TEXT, text, options=options))
        except Refused:
            continue
    publish.delete(person.call, plain)
    publish.delete(person.call, plain)
    person.world.pass_time(7200)
    with pytest.raises(Refused):
        metrics.account(person.call)


def everything_beside(person: Person) -> None:
    """All that an account does beside posting, once: answers, likes, hiding, messages, reposts, webhooks, reading."""
    call, me = person.call, person.connected.platform_account_id
    post, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    repost, armed = person.post(simulated.piece(Kind.REPOST, "", options={"repost_of": SAMPLE}))
    publish.find(call, simulated.piece(Kind.REPOST, "", options={"repost_of": SAMPLE}), armed)
    publish.delete(call, repost)
    for host in ("old.example", "rostrum.example"):
        webhooks.subscribe(call, f"https://{host}/webhooks/twitter", "key:sandbox-secret")
    comment = simulator.visit(person.world, me, "reply", "Me!", on=post.id)
    simulator.visit(person.world, me, "message")
    person.world.pass_time(600)
    conversation = inbox.conversations(call, "").items[0].id
    acts = [
        Act("comment.create", post.id, "One more thing", key=KEY + "3"),
        Act("comment.reply", comment, "Welcome", key=KEY + "4"),
        Act("comment.private_reply", comment, "How can we help?"),
        Act("message.send", conversation, "Hello"),
        *(Act(verb, comment) for verb in ("comment.like", "comment.unlike", "comment.hide", "comment.unhide")),
        *(Act(verb, SAMPLE) for verb in ("post.like", "post.unlike")),
    ]
    for act in acts:
        state = inbox.prepare(call, act, {}).state
        before = Armed(1, person.world.now, state)
        made = inbox.commit(call, act, state)
        assert not isinstance(inbox.find(call, act, before), Absent)
        if act.verb == "comment.reply":
            assert isinstance(made, Published)
            inbox.commit(call, Act("comment.delete", made.id), {})
            inbox.find(call, Act("comment.delete", made.id), before)
    inbox.comments(call, post, "")
    inbox.mentions(call, "")
    inbox.messages(call, conversation, "")
    with suppress(Refused):
        inbox.commit(call, Act("post.like", "5"), {})
    webhooks.unsubscribe(call)


@pytest.mark.vendor_specs
def test_every_request_and_every_answer_is_as_documented(document: Document) -> None:
    """What the adapter sends and what the simulator answers both pass X's own OpenAPI document."""
    http = SimulatedHttp("twitter", MemoryWorld())
    everything_beside(Person(http=http))
    everything(Person(http=http))
    judged = set()
    checked = 0
    for request, response in zip(http.sent, http.answers, strict=True):
        path = urlsplit(request.url).path
        if path in NOT_IN_SPEC:
            continue
        if response.status < 400:
            document.check_request(request)
        document.check_answer(request, response)
        checked += 1
        judged.add((request.method, re.sub(r"\d{5,}", "{id}", path), response.status))
    assert {
        ("POST", "/2/tweets", 201),
        ("POST", "/2/tweets", 400),
        ("POST", "/2/tweets", 403),
        ("DELETE", "/2/tweets/{id}", 200),
        ("DELETE", "/2/tweets/{id}", 404),
        ("GET", "/2/tweets/{id}", 200),
        ("GET", "/2/users/{id}/tweets", 200),
        ("GET", "/2/users/me", 200),
        ("GET", "/2/users/me", 401),
        ("POST", "/2/media/upload", 200),
        ("POST", "/2/media/upload/initialize", 200),
        ("POST", "/2/media/upload/{id}/append", 200),
        ("POST", "/2/media/upload/{id}/finalize", 200),
        ("GET", "/2/media/upload", 200),
        ("POST", "/2/media/metadata", 200),
        ("POST", "/2/users/{id}/retweets", 200),
        ("DELETE", "/2/users/{id}/retweets/{id}", 200),
        ("POST", "/2/users/{id}/likes", 200),
        ("POST", "/2/users/{id}/likes", 404),
        ("DELETE", "/2/users/{id}/likes/{id}", 200),
        ("GET", "/2/users/{id}/liked_tweets", 200),
        ("PUT", "/2/tweets/{id}/hidden", 200),
        ("GET", "/2/tweets/search/recent", 200),
        ("GET", "/2/users/{id}/mentions", 200),
        ("GET", "/2/dm_events", 200),
        ("GET", "/2/dm_conversations/{id}-{id}/dm_events", 200),
        ("GET", "/2/dm_conversations/with/{id}/dm_events", 200),
        ("POST", "/2/dm_conversations/{id}-{id}/messages", 201),
        ("POST", "/2/dm_conversations/with/{id}/messages", 201),
        ("GET", "/2/webhooks", 200),
        ("POST", "/2/webhooks", 200),
        ("POST", "/2/activity/subscriptions", 200),
        ("GET", "/2/activity/subscriptions", 200),
        ("PUT", "/2/activity/subscriptions/{id}", 200),
        ("DELETE", "/2/activity/subscriptions/{id}", 200),
    } <= judged
    report.requests("twitter", checked, f"X's OpenAPI document {document.spec['info']['version']}")


JSON_TYPE = {"Content-Type": "application/json"}


@pytest.mark.vendor_specs
@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (Request("POST", "https://api.x.com/2/tweets", JSON_TYPE, b'{"mood":"b"}'), "'mood' was unexpected"),
        (Request("POST", "https://api.x.com/2/tweets", JSON_TYPE, b'{"quote_tweet_id":"one"}'), "does not match"),
        (Request("GET", "https://api.x.com/2/users/12/tweets?tweet.fields=text"), "undocumented parameters"),
        (Request("GET", "https://api.x.com/2/users/12/tweets?max_results=4"), "less than the minimum"),
        (Request("GET", "https://api.x.com/2/users/12/tweets?post.fields=author_id"), "is not one of"),
        (Request("POST", "https://api.x.com/2/posts", JSON_TYPE, b"{}"), "is not documented"),
    ],
)
def test_the_judge_catches_a_wrong_request(document: Document, request_: Request, complaint: str) -> None:
    """The document says no to an unknown field, a bad id, an unknown or impossible parameter, an unknown path."""
    with pytest.raises((AssertionError, ValidationError), match=complaint):
        document.check_request(request_)


@pytest.mark.vendor_specs
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"data": {"id": "12"}}),
        (201, {"data": {"id": 12, "text": "a"}}),
        (201, {"data": {"id": "12", "text": "a", "edit_history_tweet_ids": ["12"]}}),
        (400, {"type": "https://api.x.com/2/problems/invalid-request", "title": "Invalid Request"}),
    ],
)
def test_the_judge_catches_a_wrong_answer(document: Document, status: int, body: dict[str, Any]) -> None:
    """The document says no to an answer with a field missing, of another type, or made up."""
    kind = "application/json" if status < 400 else "application/problem+json"
    response = Response(status, {"content-type": kind}, json.dumps(body).encode())
    with pytest.raises((AssertionError, ValidationError)):
        document.check_answer(Request("POST", "https://api.x.com/2/tweets"), response)


# ----------------------------------------------------------------------------------------------------- the SDK


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def base_url(world: MemoryWorld) -> Iterator[str]:
    with loopback.serve(loopback.simulator("twitter", world), host="api.x.com") as url:
        yield url


def signed_in(base_url: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """X's SDK after its own sign-in at the simulator, as a person with a browser would do it."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the loopback has no TLS
    client = Client(
        base_url=base_url,
        authorization_base_url=f"{base_url}/i",
        client_id="client",
        client_secret="secret",
        redirect_uri="https://app.example/callback",
        scope=" ".join(MANIFEST.oauth.scopes),
    )
    page = requests.get(client.get_authorization_url("state"), allow_redirects=False, timeout=10)
    answered = parse_qs(urlsplit(page.headers["location"]).query)
    client.exchange_code(answered["code"][0])
    return client


@pytest.mark.vendor_specs
def test_the_sdk_signs_in_and_refreshes(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """X's SDK gets through authorize, exchange and refresh; the tokens change, the person stays."""
    client = signed_in(base_url, monkeypatch)
    before = dict(client.token)
    who = client.users.get_me(user_fields=["public_metrics"]).data
    client.refresh_token()
    report.sdk("twitter", f"xdk {version('xdk')}")
    assert client.token["access_token"] != before["access_token"]
    assert client.token["refresh_token"] != before["refresh_token"]
    assert client.users.get_me().data.id == who.id
    assert who.username == "rostrum"
    assert who.public_metrics.followers_count > 0


@pytest.mark.vendor_specs
def test_the_sdk_posts_reads_and_deletes(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """X's SDK publishes a thread, lists it and takes it down again."""
    client = signed_in(base_url, monkeypatch)
    me = client.users.get_me().data.id
    first = client.posts.create(body=CreateRequest(text="Hello https://example.com")).data
    reply = {"in_reply_to_tweet_id": first.id}
    second = client.posts.create(body=CreateRequest(text="Again", reply=reply)).data
    page = next(
        client.users.get_posts(
            me,
            max_results=5,
            since_id=str(int(first.id) - 1),
            post_fields=["entities", "conversation_id", "public_metrics"],
            expansions=["referenced_posts"],
        ),
    )
    assert [post.id for post in page.data] == [second.id, first.id]
    assert page.data[0].referenced_posts[0].id == first.id
    assert page.data[0].conversation_id == first.id
    assert page.data[1].entities.urls[0].expanded_url == "https://example.com"
    assert client.posts.get_by_id(first.id).data.id == first.id
    assert client.posts.delete(second.id).data.deleted is True
    with pytest.raises(requests.HTTPError, match="404"):
        client.posts.delete(second.id)


@pytest.mark.vendor_specs
def test_the_sdk_reads_and_answers_people(base_url: str, world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """X's SDK finds a reply, hides it, likes and reposts, reads mentions, and writes into a conversation."""
    client = signed_in(base_url, monkeypatch)
    me = client.users.get_me().data.id
    post = client.posts.create(body=CreateRequest(text="Anybody there?")).data
    reply = simulator.visit(world, me, "reply", "Me!", on=post.id)
    query = f"(conversation_id:{post.id} OR in_reply_to_tweet_id:{post.id}) is:reply"
    found = next(client.posts.search_recent(query, max_results=10, expansions=["author_id"]))
    assert [one.id for one in found.data] == [reply]
    assert client.posts.hide_reply(reply, body=HideReplyRequest(hidden=True)).data.hidden is True
    assert client.users.like_post(me, body=LikePostRequest(tweet_id=reply)).data.liked is True
    assert [one.id for one in next(client.users.get_liked_posts(me, max_results=5)).data] == [reply]
    assert client.users.unlike_post(me, reply).data.liked is False
    assert client.users.repost_post(me, body=RepostPostRequest(tweet_id=SAMPLE)).data.retweeted is True
    assert client.users.unrepost_post(me, SAMPLE).data.retweeted is False
    assert next(client.users.get_mentions(me, max_results=5)).data[0].id == reply
    event = next(client.direct_messages.get_events(dm_event_fields=["dm_conversation_id", "text"])).data[0]
    body = CreateByConversationIdRequest(text="Hello")
    sent = client.direct_messages.create_by_conversation_id(event.dm_conversation_id, body=body).data
    listed = next(client.direct_messages.get_events_by_conversation_id(event.dm_conversation_id, max_results=5))
    assert listed.data[0].id == sent.dm_event_id


@pytest.mark.vendor_specs
def test_the_sdk_uploads_in_segments_and_whole(
    base_url: str,
    world: MemoryWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """X's SDK sends files as base64 in JSON: initialize, append, finalize, status, alt text, and a post with each."""
    client = signed_in(base_url, monkeypatch)
    content = b"0123456789" * 10
    body = InitializeUploadRequest(media_category="tweet_video", media_type="video/mp4", total_bytes=len(content))
    video = client.media.initialize_upload(body=body).data
    for number, at in enumerate((0, 60)):
        part = b64encode(content[at : at + (60 if at == 0 else 40)]).decode()
        client.media.append_upload(video.id, body=AppendUploadRequest(media=part, segment_index=number))
    assert client.media.finalize_upload(video.id).data.processing_info.state == "pending"
    world.pass_time(2)
    assert client.media.get_upload_status(video.id, command="STATUS").data.processing_info.state == "in_progress"
    world.pass_time(5)
    assert client.media.get_upload_status(video.id, command="STATUS").data.processing_info.state == "succeeded"
    photo = client.media.upload(
        body=UploadRequest(media=b64encode(b"jpeg").decode(), media_category="tweet_image")
    ).data
    client.media.create_metadata(body=CreateMetadataRequest(id=photo.id, metadata={"alt_text": {"text": "A photo"}}))
    for media_id in (video.id, photo.id):
        made = client.posts.create(body=CreateRequest(text="With media", media={"media_ids": [media_id]})).data
        read_back = client.posts.get_by_id(made.id, post_fields=["attachments"]).data
        assert read_back.attachments.media_keys[0].endswith(media_id)
