"""Bluesky against its vendor's own material: the lexicons, the SDK's models, and the SDK itself as a client."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import libipld
import pytest
from atproto import AtUri, Client
from atproto_client import models
from atproto_client.exceptions import BadRequestError, RequestException, UnauthorizedError
from atproto_client.utils import facet_detection

from shared.domain.content import Act, Kind, Role
from shared.domain.errors import RostrumError
from shared.platforms import registry
from shared.platforms.bluesky import facets, inbox, simulator, tid
from shared.platforms.bluesky import simulator_cid as cid
from shared.platforms.contract import Armed, Published, Ready, Refused, Wait
from shared.ports.http import Request, Response, Stream
from tests.contract.platforms import harness, report
from tests.contract.platforms.harness import Network, parent_of
from tests.contract.platforms.lexicons import Lexicons, Violation
from tests.support import files, loopback
from tests.support.simulated import MemoryWorld

# The SDK's own way of sending bytes, which its HTTP client no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw bytes:DeprecationWarning")
SPECS = Path(__file__).resolve().parents[3].parent / "shared" / "reference" / "vendors" / "specs" / "bluesky"
ENTRYWAY, PDS, OWN_PDS = "bsky.social", "amanita.us-east.host.bsky.network", "pds.sandbox.rostrum.test"
RICH = "Olá @alice.bsky.social 👩‍👩‍👧 #première $ABC https://example.org/ünï?q=(1). and @nobody.example"


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    root = SPECS / "lexicons"
    if not root.exists():
        reason = f"the vendor's lexicons are not at {root}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return Lexicons(root)


@pytest.fixture(scope="module")
def conversation() -> list[tuple[Request, Response]]:
    """Everything that adapter and simulator say to each other in the life of an account, well and badly."""
    network = harness.new_network("bluesky")
    simulator.seed(network.world, "alice")
    root = network.publish(
        network.piece(text=RICH, options={"languages": ["pt-BR"], "tags": ["x"], "labels": ["nudity"]})
    )
    reply = {"role": Role.REPLY, "root": parent_of(root), "parent": parent_of(root)}
    network.publish(network.piece(Kind.IMAGE, "Four photos", **reply))
    network.publish(network.piece(Kind.IMAGE, "Quoted", options={"quote": root.permalink}))
    network.publish(network.piece(Kind.VIDEO, "Moving", options={"quote": root.id}))
    _faults_and_doubts(network)
    _inbox(network, root)
    measurer, connector = registry.measurer("bluesky"), registry.connector("bluesky")
    assert measurer
    measurer.post(network.call, root)
    measurer.account(network.call)
    network.publisher.delete(network.call, root)
    network.publisher.delete(network.call, root)
    network.with_tokens(connector.refresh(network.call))
    connector.revoke(network.call)
    with pytest.raises(Refused):
        connector.refresh(network.call)
    return list(zip(network.http.sent, network.http.answers, strict=True))


def _inbox(network: Network, post: Published) -> None:
    """Everything that an account does beside posting: read, answer, like, hide, write, and take it back."""
    call, me = network.call, network.account.platform_account_id
    comment = simulator.visit(network.world, me, "reply", "Me!", post.id)
    network.world.pass_time(1800)
    convo = inbox.conversations(call, "").items[0].id
    acts = [
        ("comment.create", post.id, "One more thing"),
        ("comment.reply", comment, "Welcome"),
        ("message.send", convo, "See https://example.org"),
        *((verb, comment, "") for verb in ("comment.like", "comment.unlike", "comment.hide", "comment.unhide")),
        *((verb, post.id, "") for verb in ("post.unlike", "post.like")),
    ]
    for number, (verb, on, text) in enumerate(acts):
        act = Act(verb, on, text, key=f"{number + 1:08x}" * 4, created_at=int(network.world.now.timestamp() * 1e6))
        step: Ready | Wait = Wait({}, 0)
        while isinstance(step, Wait):
            step = inbox.prepare(call, act, step.state)
        made = inbox.commit(call, act, step.state)
        assert isinstance(made, Published)
        settled = inbox.find(call, act, Armed(1, network.world.now, step.state))
        assert isinstance(settled, Published)
        if verb == "comment.reply":
            inbox.commit(call, Act("comment.delete", made.id), {})
            inbox.find(call, Act("comment.delete", made.id), Armed(1, network.world.now, {}))
    assert inbox.comments(call, post, "").items
    assert inbox.mentions(call, "").items
    assert inbox.messages(call, convo, "").items
    with pytest.raises(Refused):
        inbox.messages(call, "nobody's", "")


def _faults_and_doubts(network: Network) -> None:
    for marker in ("rate_limited", "token_expired", "server_error", "rejected"):
        piece = network.piece(text=f"[[sandbox:{marker}]]")
        state = network.prepare(piece)
        with pytest.raises(Refused):
            network.commit(piece, state)
        network.find(piece, state)


def _nsid(request: Request) -> str:
    return urlsplit(request.url).path.removeprefix("/xrpc/")


def _body(request: Request) -> bytes:
    return b"".join(request.body.chunks()) if isinstance(request.body, Stream) else request.body or b""


# ---------------------------------------------------------------------------------------------------- lexicons


def test_every_request_is_what_its_lexicon_says(
    lexicons: Lexicons, conversation: list[tuple[Request, Response]]
) -> None:
    """Method, query, encoding and body of everything that the adapter sends."""
    for request, _ in conversation:
        nsid = _nsid(request)
        kind = lexicons.definition(nsid)["type"]
        assert request.method == {"query": "GET", "procedure": "POST"}[kind], nsid
        query = parse_qs(urlsplit(request.url).query, strict_parsing=False)
        if nsid == "app.bsky.video.uploadVideo":
            # did and name are in the tutorial, not in the lexicon: https://docs.bsky.app/docs/tutorials/video
            assert {query.pop("did")[0][:8], query.pop("name")[0]} == {"did:plc:", "video.mp4"}
        lexicons.check_query(nsid, query)
        lexicons.check_input(nsid, request.headers.get("Content-Type", ""), _body(request))


def test_every_answer_is_what_its_lexicon_says(
    lexicons: Lexicons, conversation: list[tuple[Request, Response]]
) -> None:
    """Successes by their schema; refusals as error and message."""
    report.requests("bluesky", len(conversation), "lexicons at atproto d6296a1")
    for request, response in conversation:
        nsid = _nsid(request)
        if response.status != 200:
            refusal = json.loads(response.body)
            assert set(refusal) == {"error", "message"}, nsid
            assert all(isinstance(text, str) for text in refusal.values())
        elif nsid == "app.bsky.video.uploadVideo":
            # Bare, not wrapped as the lexicon has it: https://github.com/bluesky-social/atproto/issues/3097
            schema = lexicons.definition("app.bsky.video.defs", "jobStatus")
            lexicons.check(json.loads(response.body), schema, "app.bsky.video.defs", "output")
        else:
            lexicons.check_output(nsid, response.body)


_MODELS: dict[str, Any] = {
    "app.bsky.feed.post": models.AppBskyFeedPost.Record,
    "app.bsky.feed.like": models.AppBskyFeedLike.Record,
    "app.bsky.feed.threadgate": models.AppBskyFeedThreadgate.Record,
}


def test_every_record_is_what_its_lexicon_says(
    lexicons: Lexicons, conversation: list[tuple[Request, Response]]
) -> None:
    """Records under TIDs; the SDK's strict models take them too."""
    written = [json.loads(_body(request)) for request, _ in conversation if _nsid(request).endswith("putRecord")]
    assert {record["record"].get("embed", {}).get("$type", "") for record in written} == {
        "",
        "app.bsky.embed.images",
        "app.bsky.embed.recordWithMedia",
    }
    assert {body["collection"] for body in written} == set(_MODELS)
    for body in written:
        lexicons.check_record(body["record"], body["rkey"])
        wanted = _MODELS[body["collection"]]
        assert isinstance(models.get_or_create(body["record"], wanted, strict_string_format=True), wanted)


def test_the_conversation_had_every_method(conversation: list[tuple[Request, Response]]) -> None:
    """What the adapter can send, it sent: or the checks above would say little."""
    assert {_nsid(request) for request, _ in conversation} == {
        "com.atproto.server.createSession",
        "com.atproto.server.refreshSession",
        "com.atproto.server.deleteSession",
        "com.atproto.server.getServiceAuth",
        "com.atproto.identity.resolveHandle",
        "com.atproto.repo.uploadBlob",
        "com.atproto.repo.putRecord",
        "com.atproto.repo.getRecord",
        "com.atproto.repo.deleteRecord",
        "app.bsky.video.uploadVideo",
        "app.bsky.video.getJobStatus",
        "app.bsky.feed.getPosts",
        "app.bsky.feed.getPostThread",
        "app.bsky.notification.listNotifications",
        "app.bsky.actor.getProfile",
        "chat.bsky.convo.listConvos",
        "chat.bsky.convo.getMessages",
        "chat.bsky.convo.sendMessage",
    }


_GOOD = {"$type": "app.bsky.feed.post", "text": "x", "createdAt": "2026-11-22T12:00:00Z"}
_STRANGE = [
    {"text": 1},
    {"text": "a" * 301},
    {"text": "\U0001f468‍\U0001f469‍\U0001f467‍\U0001f466" * 121},
    {"createdAt": "yesterday"},
    {"createdAt": "2026-13-22T12:00:00Z"},
    {"langs": ["en", "de", "fr", "it"]},
    {"langs": ["not a language"]},
    {"tags": ["a" * 65]},
    {"tags": ["a"] * 9},
    {"labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "x" * 129}]}},
    {"reply": {"root": {"uri": "at://did:plc:abc/app.bsky.feed.post/3k"}}},
    {"facets": [{"index": {"byteStart": -1, "byteEnd": 2}, "features": []}]},
    {"facets": [{"index": {"byteStart": 0}, "features": []}]},
    {"facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [{"did": "did:plc:abc"}]}]},
    {"embed": {"images": []}},
    {"embed": {"$type": "app.bsky.embed.images", "images": [{"alt": ""}]}},
    {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": "https://bsky.app", "cid": "x"}}},
]


@pytest.mark.parametrize("strange", _STRANGE, ids=lambda strange: json.dumps(strange)[:60])
def test_the_simulator_refuses_what_the_lexicons_refuse(lexicons: Lexicons, strange: dict[str, Any]) -> None:
    """A record that the lexicon does not allow is a 400 InvalidRequest, and is not written."""
    record = {**_GOOD, **strange}
    with pytest.raises(Violation):
        lexicons.check_record(record, "3k2a4b5c6d7e2")
    network = harness.new_network("bluesky")
    answer = _put(network, record)
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "InvalidRequest")
    assert network.posts() == 0


def test_the_simulator_takes_what_the_lexicons_take(lexicons: Lexicons) -> None:
    """The same record without its flaw is written."""
    lexicons.check_record(_GOOD, "3k2a4b5c6d7e2")
    assert _put(harness.new_network("bluesky"), _GOOD).status == 200


def _put(network: Network, record: dict[str, Any]) -> Response:
    body = {
        "repo": network.account.platform_account_id,
        "collection": "app.bsky.feed.post",
        "rkey": "3k2a4b5c6d7e2",
        "record": record,
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {network.account.tokens.access}"}
    url = f"https://{PDS}/xrpc/com.atproto.repo.putRecord"
    return simulator.handle(Request("POST", url, headers, json.dumps(body).encode()), network.world)


# ----------------------------------------------------------------------------------------- bytes, by the SDK's rules


@pytest.mark.parametrize(
    "value",
    [{}, {"b": 1, "aa": [True, None, -70_000, 1 << 40], "a": {"ü": "x" * 300}}, dict(_GOOD), {"n": [23, 24, 255, 256]}],
)
def test_records_are_encoded_as_the_network_encodes_them(value: dict[str, Any]) -> None:
    """Our DAG-CBOR and the SDK's, byte for byte."""
    assert cid.encode(value) == libipld.encode_dag_cbor(value)


def test_links_are_encoded_as_the_network_encodes_them() -> None:
    """A ``$link`` in JSON is a CID in CBOR; the SDK reads it back as the same text."""
    link, size = cid.of_chunks([b"a ", b"blob"])
    assert size == 6
    assert libipld.encode_cid(libipld.decode_dag_cbor(cid.encode({"ref": {"$link": link}}))["ref"]) == link


def test_a_record_key_is_a_tid() -> None:
    """The SDK's validator takes every key that we make."""
    for number in range(0, 1 << 20, 9973):
        key = tid.record_key(1_795_348_800_000_000 + number, f"{number * 7919:032x}"[::-1])
        models.string_formats.validate_tid(key, type("Strict", (), {"context": {"strict_string_format": True}})())


@pytest.mark.parametrize(
    "text",
    [
        RICH,
        "plain",
        "#tag #täg, #1 #a1 ##double #️⃣ ＃wide (#no) x#no #trailing!? #emoji👋🏽end",
        "https://a.example/x, (https://b.example/y) https://c.example/(z) http://d.example. https://e.example/!?",
        "$aapl and $TOOLONG or $A1, ($BTC) x$NO",
        "newline\nhttps://a.example\n#tag",
        "👨‍👩‍👧‍👦 #後 https://例え.example/路",
    ],
)
def test_facets_are_the_sdk_s(text: str) -> None:
    """Links, hashtags and cashtags at the same bytes (mentions need the network, and are tested with it)."""
    theirs = [
        (facet.index.byte_start, facet.index.byte_end, facet.features[0].model_dump(by_alias=True, exclude_none=True))
        for facet in facet_detection.detect_facets(text)
    ]
    ours = [
        (facet["index"]["byteStart"], facet["index"]["byteEnd"], facet["features"][0])
        for facet in facets.detect(text, {})
    ]
    assert ours == sorted(
        (
            (start, end, {key.replace("py_type", "$type"): value for key, value in feature.items()})
            for start, end, feature in theirs
        ),
        key=lambda item: item[0],
    )


def test_mentions_are_the_sdk_s() -> None:
    """The same handles at the same bytes."""
    text = "Hi @alice.bsky.social, (@bob.example.org) not@this.example.com @nodots @carol.example.com's ü@x.example.com"
    theirs = [
        (found.byte_start, found.byte_end, found.handle.lower()) for found in facet_detection.detect_mentions(text)
    ]
    dids = {handle: f"did:plc:{index}" for index, handle in enumerate(facets.handles(text))}
    ours = [
        (f["index"]["byteStart"], f["index"]["byteEnd"], f["features"][0]["did"]) for f in facets.detect(text, dids)
    ]
    assert ours == [(start, end, dids[handle]) for start, end, handle in theirs]


# -------------------------------------------------------------------------------------------- the SDK as a client


class LoopbackClient(Client):  # type: ignore[misc]  # the SDK is untyped
    """The SDK's client, sent to the loopback servers of the hosts that it asks for."""

    hosts: dict[str, str]
    endpoints: list[str]

    def _update_pds_endpoint(self, pds_endpoint: str) -> None:
        host = urlsplit(pds_endpoint).hostname or ""
        if host in self.hosts:
            self.endpoints.append(pds_endpoint)
            super()._update_pds_endpoint(self.hosts[host])


class Sdk:
    """The simulator with loopback servers for its hosts."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        # The SDK goes by the machine's clock, and renews what has ended by it.
        self.world = MemoryWorld(datetime.now(UTC))
        handler = loopback.simulator("bluesky", self.world)
        self.hosts = {host: stack.enter_context(loopback.serve(handler, host)) for host in (ENTRYWAY, PDS, OWN_PDS)}

    def client(self, person: str, at: str = ENTRYWAY) -> LoopbackClient:
        seeded = simulator.seed(self.world, person)
        client = LoopbackClient(f"{self.hosts[at]}/xrpc")
        self.stack.callback(client.request.close)
        client.hosts, client.endpoints = self.hosts, []
        # A PDS without an AppView answers InvalidRequest to the profile that the SDK would like to see.
        client.login(seeded["identifier"], seeded["app_password"], fetch_bsky_profile=at != OWN_PDS)
        return client


@pytest.fixture
def sdk() -> Iterator[Sdk]:
    with ExitStack() as stack:
        yield Sdk(stack)


def test_the_sdk_signs_in_and_moves_to_the_account_s_pds(sdk: Sdk) -> None:
    """didDoc leads it there, and its own profile answers."""
    report.sdk("bluesky", f"atproto {version('atproto')}")
    client = sdk.client("rostrum")
    assert client.endpoints == [f"https://{PDS}"]
    assert client.me
    assert client.me.handle == "rostrum.bsky.social"


def test_the_sdk_posts_replies_quotes_and_deletes(sdk: Sdk) -> None:
    """Text with facets, images, a reply, a quote: written, listed, read back, gone."""
    client = sdk.client("rostrum")
    sdk.client("alice")
    first = client.send_post("Hello @alice.bsky.social #x", facets=client.detect_facets("Hello @alice.bsky.social #x"))
    reference = models.create_strong_ref(first)
    reply = client.send_images(
        "Two",
        [files.jpeg(), files.png()],
        ["one", ""],
        reply_to=models.AppBskyFeedPost.ReplyRef(parent=reference, root=reference),
    )
    client.send_post("See", embed=models.AppBskyEmbedRecord.Main(record=reference))
    repo = client.me.did if client.me else ""
    listed = client.com.atproto.repo.list_records({"repo": repo, "collection": "app.bsky.feed.post"}).records
    assert [record.value.text for record in listed] == ["See", "Two", "Hello @alice.bsky.social #x"]
    assert client.get_post(AtUri.from_str(reply.uri).rkey, repo).value.reply.parent.cid == first.cid
    assert [post.uri for post in client.get_posts([first.uri, reply.uri]).posts] == [first.uri, reply.uri]
    assert client.delete_post(first.uri)
    with pytest.raises(BadRequestError, match="RecordNotFound"):
        client.get_post(AtUri.from_str(first.uri).rkey, repo)


def test_the_sdk_uploads_a_video(sdk: Sdk) -> None:
    """Its simple way: the file goes to the PDS as a blob."""
    sent = sdk.client("rostrum").send_video("Moving", files.mp4(), "a clip")
    assert sent.cid


def test_the_sdk_refreshes_an_expired_session(sdk: Sdk) -> None:
    """Two hours later its access token is refused, and its refresh token is good for another pair."""
    client = sdk.client("rostrum")
    sdk.world.pass_time(7_300)
    with pytest.raises(BadRequestError, match="ExpiredToken"):
        client.com.atproto.server.get_session()
    client._refresh_and_set_session()
    assert client.com.atproto.server.get_session().handle == "rostrum.bsky.social"


def test_the_sdk_is_refused_as_by_the_network(sdk: Sdk) -> None:
    """Wrong password, too long a text, a handle of nobody."""
    client = sdk.client("rostrum")
    with pytest.raises(UnauthorizedError, match="AuthenticationRequired"):
        client.login("rostrum.bsky.social", "wrong")
    client = sdk.client("rostrum")
    with pytest.raises(BadRequestError, match="grapheme too big"):
        client.send_post("a" * 301)
    with pytest.raises(BadRequestError, match="Unable to resolve handle"):
        client.resolve_handle("nobody.example")


def test_the_sdk_is_rate_limited_as_by_the_network(sdk: Sdk) -> None:
    """The thirty-first sign-in in five minutes is a 429 with its headers."""
    for _ in range(30):
        sdk.client("rostrum")
    with pytest.raises(RequestException) as limited:
        sdk.client("rostrum")
    response = limited.value.response
    assert response
    assert response.status_code == 429
    assert response.headers["ratelimit-policy"] == "30;w=300"
    assert int(response.headers["ratelimit-reset"]) > sdk.world.now.timestamp()


def test_the_sdk_posts_on_a_pds_of_one_s_own(sdk: Sdk) -> None:
    """Such a PDS knows no app.bsky reads, and posts all the same."""
    client = sdk.client(f"alice.{OWN_PDS}", at=OWN_PDS)
    with pytest.raises(BadRequestError, match="No service configured"):
        client.get_profile(f"alice.{OWN_PDS}")
    record = models.AppBskyFeedPost.Record(text="Home", created_at="2026-11-22T12:00:00Z")
    session = client.com.atproto.server.get_session()
    assert client.app.bsky.feed.post.create(session.did, record).uri.startswith(f"at://{session.did}/")


def test_an_account_on_its_own_pds_publishes() -> None:
    """The adapter keeps ``service`` in the metadata, and sends everything there."""
    network = harness.new_network("bluesky")
    seeded = dict(simulator.seed(network.world, f"alice.{OWN_PDS}"))
    connected = registry.connector("bluesky").sign_in(network.call, seeded)
    assert connected.metadata == {"service": f"https://{OWN_PDS}"}
    network.account = harness.as_account(connected)
    before = len(network.http.sent)
    assert network.publish(network.piece(Kind.VIDEO)).id.startswith(f"at://{connected.platform_account_id}/")
    hosts = {urlsplit(sent.url).hostname for sent in network.http.sent[before:]}
    assert hosts == {OWN_PDS, "video.bsky.app"}


def test_an_account_of_another_pds_is_not_let_in_elsewhere() -> None:
    """The entryway knows only its own accounts."""
    network = harness.new_network("bluesky")
    seeded = dict(simulator.seed(network.world, f"alice.{OWN_PDS}"))
    seeded.pop("service")
    with pytest.raises((Refused, RostrumError)):
        registry.connector("bluesky").sign_in(network.call, seeded)


def test_the_sdk_likes_reads_threads_and_writes_messages(sdk: Sdk) -> None:
    """Likes and their end, replies of others, mentions, a conversation: as the SDK does them."""
    client = sdk.client("rostrum")
    post = client.send_post("Anybody there?")
    simulator.visit(sdk.world, client.me.did, "reply", "Me!", post.uri)
    client.like(post.uri, post.cid)
    thread = client.get_post_thread(post.uri).thread
    assert [reply.post.record.text for reply in thread.replies] == ["Me!"]
    assert thread.post.viewer.like
    client.unlike(thread.post.viewer.like)
    assert client.get_posts([post.uri]).posts[0].viewer.like is None
    found = client.app.bsky.notification.list_notifications({"reasons": ["mention"]})
    assert {one.reason for one in found.notifications} == {"mention"}
    proxied = client.with_bsky_chat_proxy()  # a copy, with an HTTP client of its own
    sdk.stack.callback(proxied.request.close)
    chat = proxied.chat.bsky.convo
    convo = chat.list_convos().convos[0]
    sent = chat.send_message({"convo_id": convo.id, "message": {"text": "Hello"}})
    assert chat.get_messages({"convo_id": convo.id}).messages[0].id == sent.id
