"""Publishing to the simulated Snapchat: encryption, every kind, reviews, and the ways to lose an answer."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Refused, Unsure
from shared.platforms.snapchat import errors, publish, simulator, uploads, wire
from shared.platforms.snapchat.simulator_core import read
from shared.ports.http import AnswerLost, Response
from tests.contract.platforms import samples
from tests.contract.platforms.harness import Network, new_network
from tests.support.simulated import START

VIDEO = MediaFacts(MediaType.VIDEO, "video/mp4")
IMAGE = MediaFacts(MediaType.IMAGE, "image/jpeg")
PDF = MediaFacts(MediaType.DOCUMENT, "application/pdf")


@pytest.fixture
def network() -> Network:
    return new_network("snapchat")


# ------------------------------------------------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("text", "media", "options", "kind"),
    [
        ("Hello", VIDEO, {}, Kind.SPOTLIGHT),
        ("", VIDEO, {}, Kind.SPOTLIGHT),
        ("", IMAGE, {}, Kind.STORY),
        ("", VIDEO, {"kind": "story", "customized_ttl": "ONE_WEEK"}, Kind.STORY),
        ("A title", IMAGE, {"kind": "saved_story"}, Kind.SAVED_STORY),
    ],
)
def test_kind(text: str, media: MediaFacts, options: dict[str, Any], kind: Kind) -> None:
    """What a post is follows from its media, or is chosen."""
    assert publish.choose_kind(text, [media], options) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("Hello", [], {}, "media"),
        ("Hello", [VIDEO, VIDEO], {}, "media"),
        ("Hello", [PDF], {}, "media"),
        ("Hello", [IMAGE], {}, "text"),
        ("Hello", [IMAGE], {"kind": "spotlight"}, "media"),
        ("", [IMAGE], {"kind": "saved_story"}, "text"),
        ("x" * 46, [IMAGE], {"kind": "saved_story"}, "text"),
        ("", [VIDEO], {"kind": "reel"}, "platform_data.kind"),
        ("", [VIDEO], {"locale": "x"}, "platform_data.locale"),
        ("", [IMAGE], {"customized_ttl": "A_YEAR"}, "platform_data.customized_ttl"),
    ],
)
def test_what_is_no_post_is_named(text: str, media: list[MediaFacts], options: dict[str, Any], field: str) -> None:
    """With the field and what to do about it."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind(text, media, options)
    assert invalid.value.meta["field"] == field


# ------------------------------------------------------------------------------------------------------ uploads


@pytest.mark.parametrize("size", [1, 15, 16, 17, 3 * uploads.PART - 1, 3 * uploads.PART, 3 * uploads.PART + 1])
def test_the_parts_decrypt_to_the_file(network: Network, size: int) -> None:
    """With the key and the vector that were handed over: whole, and padded once."""
    data = bytes(range(256)) * (size // 256 + 1)
    file = MediaFile(
        MediaFacts(MediaType.VIDEO, "video/mp4", size), "", lambda at, length: data[:size][at : at + length]
    )
    network.prepare(network.piece(media=(file,)))
    asked = [read(request, network.world) for request in network.http.sent]
    made = next(json.loads(one.body) for one in asked if one.path.endswith("/media"))
    parts = [one.multipart() for one in asked if one.path.endswith("/multipart-upload")]
    assert parts.pop()["action"] == b"FINALIZE"
    assert [part["part_number"] for part in parts] == [str(number + 1).encode() for number in range(len(parts))]
    key, vector = (b64decode(made[name]) for name in ("key", "iv"))
    cipher = Cipher(AES256(key), CBC(vector)).decryptor()
    plain = cipher.update(b"".join(part["file"] for part in parts)) + cipher.finalize()
    assert plain[: -plain[-1]] == data[:size]


def test_a_file_has_at_most_35_parts() -> None:
    """Of whole blocks, and of at most 32 MB each for the largest file."""
    largest = 1024 * 1024 * 1024 - 16
    length = uploads.part_length(largest)
    assert length % uploads.BLOCK == 0
    assert -(-largest // length) <= uploads.MOST_PARTS
    assert length <= 32 * 1024 * 1024
    assert uploads.part_length(1) == uploads.PART


def test_another_key_is_refused(network: Network) -> None:
    """The simulator looks inside: what was encrypted under another key does not end as it should."""
    piece = network.piece()
    state = publish.prepare(network.call, piece, {}).state
    other = replace(piece, key="f" * 32)
    state = publish.prepare(network.call, other, state).state
    with pytest.raises(Refused) as refused:
        publish.prepare(network.call, other, state)
    assert refused.value.row.code == "invalid_request"


def test_a_media_that_runs_out_is_made_again(network: Network) -> None:
    """It lives for a day."""
    piece = network.piece()
    state = network.prepare(piece)
    network.world.pass_time(86_400)
    network.renew()
    again = network.prepare(piece, state)
    assert again["media"]["id"] != state["media"]["id"]
    assert network.commit(piece, again).id


@pytest.mark.parametrize("path", ["", "https://evil.example/x", "//evil.example/x", "../../oauth", "a\\b"])
def test_a_path_leads_nowhere_else(path: str) -> None:
    """Snapchat names the upload's path: it is one on its own host, or nothing."""
    with pytest.raises(AnswerLost):
        wire.own_path(path)


# ----------------------------------------------------------------------------------------------------- settling


def test_a_media_is_posted_once(network: Network) -> None:
    """The second request is refused inside a 200, which proves nothing; find names the post of the first."""
    piece = network.piece(text="Only once")
    state, at = network.prepare(piece), network.world.now
    published = network.commit(piece, state)
    with pytest.raises(Refused) as refused:
        publish.commit(network.call, piece, state)
    assert (refused.value.fate, refused.value.row.code, refused.value.status) == (Fate.UNKNOWN, "duplicate", 200)
    found = network.find(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == published.id


def test_a_story_is_found_by_being_new(network: Network) -> None:
    """It has neither words nor an id in its answer."""
    network.publish(network.piece(Kind.STORY))
    piece = network.piece(Kind.STORY)
    state, at = network.prepare(piece), network.world.now
    assert isinstance(network.find(piece, state, at), Unsure)
    published = network.commit(piece, state)
    found = network.find(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == published.id != ""


def test_two_new_stories_are_in_doubt(network: Network) -> None:
    """Unless one of them is known to be another's."""
    first, second = network.piece(Kind.STORY), network.piece(Kind.STORY)
    states = [network.prepare(piece) for piece in (first, second)]
    at = network.world.now
    one = network.commit(first, states[0])
    publish.commit(network.call, second, states[1])
    assert isinstance(publish.find(network.call, second, Armed(1, at, states[1])), Unsure)
    found = publish.find(network.call, second, Armed(1, at, states[1], taken=lambda asset: asset == one.id))
    assert isinstance(found, Published)
    assert found.id != one.id


def test_a_spotlight_waits_for_its_review(network: Network) -> None:
    """Not live before, in doubt when its answer was lost; and refused for good when the review says no."""
    piece = network.piece(text="Look")
    state, at = network.prepare(piece), network.world.now
    accepted = publish.commit(network.call, piece, state)
    assert isinstance(accepted, Accepted)
    assert not isinstance(publish.confirm(network.call, piece, accepted.state), Published)
    assert isinstance(publish.find(network.call, piece, Armed(1, at, state)), Unsure)
    network.world.pass_time(6)
    assert isinstance(publish.confirm(network.call, piece, accepted.state), Published)
    bad = network.piece(text="Look [[sandbox:review_rejected]]")
    with pytest.raises(Refused) as refused:
        network.publish(bad)
    assert refused.value.row.code == "review_rejected"
    assert len(simulator.seen(network.world, network.account.platform_account_id)) == 1


def test_what_was_accepted_is_looked_for_by_its_id(network: Network) -> None:
    """Also when it was never confirmed: and its media is kept, so that no other is made for it."""
    piece = network.piece(text="Look")
    state, at = network.prepare(piece), network.world.now
    accepted = publish.commit(network.call, piece, state)
    assert isinstance(accepted, Accepted)
    assert accepted.state["media"] == state["media"]
    network.commit(network.piece(text="Look"), network.prepare(network.piece(text="Look")))
    network.world.pass_time(6)
    found = publish.find(network.call, piece, Armed(1, at, accepted.state))
    assert isinstance(found, Published)
    assert found.id == accepted.state["id"]
    elsewhere = Armed(1, at, {**accepted.state, "id": "another"})
    assert isinstance(publish.find(network.call, piece, elsewhere), Unsure)


def test_a_story_ends(network: Network) -> None:
    """After a day, or after as many as were asked for."""
    who = network.account.platform_account_id
    network.publish(network.piece(Kind.STORY, media=(samples.image(0, tall=True),)))
    network.publish(network.piece(Kind.STORY, options={"kind": "story", "customized_ttl": "TWO_DAYS"}))
    assert len(simulator.seen(network.world, who)) == 2
    network.world.pass_time(86_400)
    assert len(simulator.seen(network.world, who)) == 1


def test_an_absent_spotlight_is_absent(network: Network) -> None:
    """The whole listing was read; where there is more of it than that, it is in doubt."""
    piece = network.piece(text="Never sent")
    state, at = network.prepare(piece), network.world.now
    assert isinstance(network.find(piece, state, at), Absent)
    endless = {
        "request_status": "SUCCESS",
        "spotlights": [],
        "paging": {"next_link": "https://adsapisc.appspot.com/v1/public_profiles/x/spotlights?cursor=1"},
    }
    network.http.intercept = lambda _: Response(200, {}, json.dumps(endless).encode())
    assert isinstance(network.find(piece, state, at), Unsure)
    assert all("appspot" not in request.url for request in network.http.sent), "a token went to another host"
    network.http.intercept = lambda _: Response(200, {}, json.dumps({**endless, "paging": {"next_link": "x"}}).encode())
    with pytest.raises(AnswerLost):
        network.find(piece, state, at)


def test_every_page_is_read(network: Network) -> None:
    """Although the link to the next one names another host."""
    first = network.piece(text="The first of many")
    state, at = network.prepare(first), network.world.now
    published = network.commit(first, state)
    for number in range(104):
        network.world.put(
            "snap.post",
            str(number),
            {"id": str(number), "asset": "spotlights", "text": "x", "at": START.isoformat(), "days": 1},
        )
    ids = (network.world.get("snap.posts", network.account.platform_account_id) or {})["ids"]
    more = {"ids": [*ids, *map(str, range(104))]}
    network.world.put("snap.posts", network.account.platform_account_id, more)
    found = network.find(first, state, at)
    assert isinstance(found, Published)
    assert found.id == published.id


def test_nothing_is_deleted(network: Network) -> None:
    """And the reason is said."""
    with pytest.raises(Unsupported, match="in the app"):
        publish.delete(network.call, network.publish(network.piece()))


@pytest.mark.parametrize("status", [400, 403, 404])
def test_only_snapchat_s_own_words_are_definite(status: int) -> None:
    """The same status from something before it proves nothing."""
    assert errors.refusal(Response(status, {}, b"<html>proxy</html>"), START).fate is Fate.UNKNOWN
    own = b'{"request_status": "ERROR", "debug_message": "no"}'
    assert errors.refusal(Response(status, {}, own), START).fate is Fate.REJECTED
