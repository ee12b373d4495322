"""What the contract suite cannot know: mentions, quotes, uploads that went stale, videos that fail or were seen before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.bluesky import errors, metrics, oauth, publish, simulator
from shared.platforms.contract import Armed, Fate, Published, Ready, Refused, Unsure, Wait
from shared.ports.http import Request, Response
from tests.contract.platforms.harness import Network, new_network
from tests.contract.platforms.samples import image, video

IMAGE = MediaFacts(MediaType.IMAGE, "image/jpeg", 1000)
VIDEO = MediaFacts(MediaType.VIDEO, "video/mp4", 1000)


@pytest.fixture
def network() -> Network:
    return new_network("bluesky")


def _sent(network: Network, method: str) -> list[Request]:
    return [request for request in network.http.sent if urlsplit(request.url).path.endswith(f".{method}")]


def _record(network: Network, published: Published) -> dict[str, Any]:
    kept = network.world.get("bluesky.record", published.id.removeprefix("at://").replace("/", "|"))
    assert kept
    value: dict[str, Any] = kept["value"]
    return value


# ----------------------------------------------------------------------------------------------- kinds and options


@pytest.mark.parametrize(
    ("media", "kind"),
    [((), Kind.TEXT), ((IMAGE,), Kind.IMAGE), ((IMAGE,) * 4, Kind.IMAGE), ((VIDEO,), Kind.VIDEO)],
)
def test_media_make_the_kind(media: tuple[MediaFacts, ...], kind: Kind) -> None:
    """How many is the manifest's business."""
    assert publish.choose_kind("Hello", media, {}) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("", (), {}, "text"),
        ("x", (IMAGE, VIDEO), {}, "media"),
        ("x", (VIDEO, VIDEO), {}, "media"),
        ("x", (), {"languages": ["en", "de", "fr", "it"]}, "platform_data.languages"),
        ("x", (), {"tags": "launch"}, "platform_data.tags"),
        ("x", (), {"labels": [1]}, "platform_data.labels"),
        ("x", (), {"labels": ["y" * 129]}, "platform_data.labels"),
        ("x", (), {"languages": ["English!"]}, "platform_data.languages"),
        ("x", (), {"tags": ["x" * 65]}, "platform_data.tags"),
        ("x", (), {"tags": [""]}, "platform_data.tags"),
        ("x", (), {"quote": "https://example.org"}, "platform_data.quote"),
    ],
)
def test_what_no_post_can_carry_is_named(
    text: str, media: tuple[MediaFacts, ...], options: dict[str, Any], field: str
) -> None:
    """The caller's mistake, before anything is sent."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind(text, media, options)
    assert invalid.value.meta["field"] == field


def test_a_quote_needs_no_text() -> None:
    """A quoted post is content enough."""
    assert publish.choose_kind("", (), {"quote": "https://bsky.app/profile/a.example/post/3k2a4b5c6d7e2"}) is Kind.TEXT


# ------------------------------------------------------------------------------------------ mentions and references


def test_a_plain_text_needs_no_request(network: Network) -> None:
    """Ready at once."""
    before = len(network.http.sent)
    assert isinstance(publish.prepare(network.call, network.piece(text="Hello"), {}), Ready)
    assert len(network.http.sent) == before


def test_mentions_are_resolved_once_each(network: Network) -> None:
    """Somebody gets a facet, nobody stays text."""
    simulator.seed(network.world, "alice")
    text = "@alice.bsky.social @nobody.bsky.social @alice.bsky.social"
    published = network.publish(network.piece(text=text))
    assert len(_sent(network, "resolveHandle")) == 2
    assert len(_record(network, published)["facets"]) == 2


def test_a_directory_in_trouble_is_not_nobody(network: Network) -> None:
    """A 502 must not turn a mention into text for good."""
    network.http.intercept = lambda _: Response(502, {}, b"")
    with pytest.raises(Refused) as refused:
        publish.prepare(network.call, network.piece(text="@alice.bsky.social"), {})
    assert refused.value.fate is Fate.TRANSIENT


def test_a_quoted_post_must_exist(network: Network) -> None:
    """Refused while preparing: nothing is published without what it quotes."""
    quote = f"https://bsky.app/profile/{network.account.username}/post/3k2a4b5c6d7e2"
    with pytest.raises(Refused) as refused:
        network.prepare(network.piece(options={"quote": quote}))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "post_not_found")


def test_a_post_is_dated_when_it_is_prepared(network: Network) -> None:
    """Not when it was scheduled: Bluesky sorts by it, and would bury it days deep."""
    piece = network.piece()
    network.world.pass_time(3 * 86_400)
    network.with_tokens(oauth.refresh(network.call))
    assert _record(network, network.publish(piece))["createdAt"] == "2026-11-25T12:00:00.000Z"


# ------------------------------------------------------------------------------------------------------ uploads


def test_images_keep_their_order_and_alt_text(network: Network) -> None:
    """One upload a step."""
    published = network.publish(network.piece(Kind.IMAGE, media=(image(1), image(2, tall=True))))
    images = _record(network, published)["embed"]["images"]
    assert [entry["alt"] for entry in images] == ["Photo 1", "Photo 2"]
    assert [entry["aspectRatio"]["height"] for entry in images] == [1080, 1920]
    assert len(_sent(network, "uploadBlob")) == 2


def test_uploads_that_may_be_collected_are_made_again(network: Network) -> None:
    """After half an hour prepare does not trust them; after an hour the network has dropped them."""
    piece = network.piece(Kind.IMAGE, media=(image(1),))
    state = network.prepare(piece)
    network.world.pass_time(3_700)
    with pytest.raises(Refused) as refused:
        network.commit(piece, state)
    assert refused.value.row.code == "media_expired"
    assert network.commit(piece, network.prepare(piece, state)).id
    assert len(_sent(network, "uploadBlob")) == 2


def test_a_video_seen_before_is_not_processed_again(network: Network) -> None:
    """«already_exists» is as good as an upload."""
    for _ in range(2):
        network.publish(network.piece(Kind.VIDEO, media=(video(),)))
    assert [answer.status for answer in network.http.answers if b"already_exists" in answer.body] == [409]


@pytest.mark.parametrize(("failure", "uploads"), [("generic_failure", 3), ("", 3), ("encoding_failure", 1)])
def test_a_failed_video_is_sent_again_where_that_may_help(network: Network, failure: str, uploads: int) -> None:
    """Three times at most, and then it is the file's fault."""

    def service(request: Request) -> Response | None:
        if "uploadVideo" in request.url:
            return Response(200, {}, b'{"jobId": "job", "did": "did:plc:a", "state": "JOB_STATE_CREATED"}')
        if "getJobStatus" in request.url:
            status = {"jobId": "job", "did": "did:plc:a", "state": "JOB_STATE_FAILED", "failureCode": failure}
            return Response(200, {}, json.dumps({"jobStatus": status}).encode())
        return None

    network.http.intercept = service
    with pytest.raises(Refused) as refused:
        network.prepare(network.piece(Kind.VIDEO))
    assert refused.value.fate is Fate.REJECTED
    assert len(_sent(network, "uploadVideo")) == uploads


def test_a_video_s_job_is_saved_before_it_is_asked_for(network: Network) -> None:
    """One upload, then polls: a crash between them costs nothing."""
    step = publish.prepare(network.call, network.piece(Kind.VIDEO), {})
    assert isinstance(step, Wait)
    assert step.state["job"]
    assert step.seconds > 0
    assert network.account.tokens.access not in str(step.state)


def test_no_service_token_is_kept(network: Network) -> None:
    """It would let its holder write to the account's storage for half an hour."""
    state = network.prepare(network.piece(Kind.VIDEO))
    assert "eyJ" not in str(state)


# ------------------------------------------------------------------------------------------------------ settling


def test_a_second_write_under_the_key_changes_nothing(network: Network) -> None:
    """The same record is a no-op; another one is refused, in doubt, and the first is found."""
    piece = network.piece()
    state = network.prepare(piece)
    first = network.commit(piece, state)
    assert network.commit(piece, state).state == first.state
    other = {**state, "created_at": "2026-11-22T12:00:09+00:00"}
    with pytest.raises(Refused) as refused:
        network.commit(piece, other)
    assert (refused.value.platform_code, refused.value.fate) == ("InvalidSwap", Fate.UNKNOWN)
    found = network.find(piece, other)
    assert isinstance(found, Published)
    assert found.id == first.id
    assert network.posts() == 1


def test_somebody_else_s_record_under_the_key_is_not_ours(network: Network) -> None:
    """Neither published nor absent."""
    piece = network.piece(text="Ours")
    network.publish(replace(piece, text="Theirs"))
    armed = Armed(1, network.world.now, {})
    assert isinstance(publish.find(network.call, piece, armed), Unsure)


def test_settling_needs_no_token(network: Network) -> None:
    """A record can be read by anyone: a dead session does not leave a post in doubt."""
    piece = network.piece()
    published = network.publish(piece)
    network.with_tokens(type(network.account.tokens)("dead"))
    found = network.find(piece, {})
    assert isinstance(found, Published)
    assert found.id == published.id


def test_only_a_post_can_be_deleted(network: Network) -> None:
    """An id that is none is the caller's mistake."""
    with pytest.raises(Invalid):
        publish.delete(network.call, Published("12345"))


def test_an_unknown_piece_has_no_metrics(network: Network) -> None:
    """What the AppView does not know is refused, not zero."""
    with pytest.raises(Refused) as refused:
        metrics.post(network.call, Published("at://did:plc:abc/app.bsky.feed.post/3k2a4b5c6d7e2"))
    assert refused.value.row is errors.TABLE[400, "RecordNotFound", ""]
