"""Publishing to the simulated Snapchat: encryption, every kind, reviews, and the ways to lose an answer."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Refused, Unsure, Wait
from shared.platforms.snapchat import MANIFEST, errors, metrics, publish, resources, simulator, uploads, wire
from shared.platforms.snapchat.simulator_core import read
from shared.ports.http import AnswerLost, Request, Response
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
        ("", [VIDEO], {"customized_ttl": "ONE_WEEK"}, "platform_data.customized_ttl"),
        ("", [IMAGE], {"locale": "de_DE"}, "platform_data.locale"),
        ("T", [IMAGE], {"kind": "saved_story", "skip_save_to_profile": True}, "platform_data.skip_save_to_profile"),
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
    largest = max(kind.media.max_video_bytes or 0 for kind in MANIFEST.kinds if kind.media)
    assert largest + uploads.BLOCK <= 1_000_000_000
    length = uploads.part_length(largest)
    assert length % uploads.BLOCK == 0
    assert -(-largest // length) <= uploads.MOST_PARTS
    assert length + uploads.BLOCK <= 32_000_000
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


def _listing(asset: str, *items: dict[str, Any], **more: Any) -> Callable[[Request], Response | None]:
    """A network that lists these, and answers everything else as it is."""
    body = {"request_status": "SUCCESS", asset: [{wire.SINGULAR[asset]: item} for item in items], "paging": {}, **more}

    def answer(request: Request) -> Response | None:
        is_list = request.method == "GET" and request.url.partition("?")[0].endswith(f"/{asset}")
        return Response(200, {}, json.dumps(body).encode()) if is_list else None

    return answer


def test_a_later_attempt_finds_what_an_earlier_one_made(network: Network) -> None:
    """It was not listed at first: the second request is refused because the first one posted, long before the second arm."""
    piece = network.piece(text="Only once")
    state = network.prepare(piece)
    publish.commit(network.call, piece, state)
    network.world.pass_time(1000)
    with pytest.raises(Refused):
        publish.commit(network.call, piece, network.prepare(piece, state))
    found = publish.find(network.call, piece, Armed(2, network.world.now, network.prepare(piece, state)))
    assert isinstance(found, Published)


def test_an_earlier_post_of_the_same_words_is_another(network: Network) -> None:
    """The first attempt looks back to its own arm: what was made in the app before it, while it waited, is none of it."""
    piece = network.piece(text="Good morning")
    state = network.prepare(piece)
    network.publish(network.piece(text="Good morning"))
    network.world.pass_time(600)
    assert isinstance(network.find(piece, state), Absent)


def test_absence_is_said_once_and_while_the_media_lasts(network: Network) -> None:
    """Whether a Spotlight in review is listed is not documented: the second request must be one that is refused then."""
    piece = network.piece(text="Perhaps in review")
    state, at = network.prepare(piece), network.world.now
    assert isinstance(publish.find(network.call, piece, Armed(1, at, state)), Absent)
    assert isinstance(publish.find(network.call, piece, Armed(2, at, state)), Unsure)
    network.world.pass_time(23 * 3600)
    network.renew()
    assert isinstance(publish.find(network.call, piece, Armed(1, at, state)), Unsure)


@pytest.mark.parametrize("entry", [{}, {"status": "LIVE"}, "gone", {"snap": {"id": "1"}}])
def test_an_entry_that_cannot_be_read_proves_nothing(network: Network, entry: Any) -> None:
    """It may be ours."""
    piece = network.piece(text="Which?")
    state, at = network.prepare(piece), network.world.now
    network.http.intercept = _listing("spotlights", entry)
    with pytest.raises(AnswerLost):
        network.find(piece, state, at)


def test_a_listing_that_does_not_say_success_proves_nothing(network: Network) -> None:
    """Neither does it say what it is."""
    piece = network.piece(text="Which?")
    state, at = network.prepare(piece), network.world.now
    network.http.intercept = _listing("spotlights", request_status=None)
    assert isinstance(network.find(piece, state, at), Unsure)
    network.http.intercept = _listing("spotlights")
    assert isinstance(network.find(piece, state, at), Absent)


@pytest.mark.parametrize(("kind", "asset"), [(Kind.STORY, "stories"), (Kind.SPOTLIGHT, "spotlights")])
@pytest.mark.parametrize(
    ("made", "attempt", "ours"),
    [
        ("2026-11-22T12:00:03Z", 1, True),
        ("2026-11-22T12:05:00Z", 1, False),
        (None, 1, False),
        ("2026-11-22T11:50:00Z", 2, False),
    ],
)
def test_what_has_no_words_is_ours_only_by_its_time(
    network: Network, kind: Kind, asset: str, made: str | None, attempt: int, ours: bool
) -> None:
    """Somebody may post in the app meanwhile, and that is no post of ours."""
    piece, at = network.piece(kind, text=""), datetime(2026, 11, 22, 12, tzinfo=UTC)
    state = {**network.prepare(piece), "since": "2026-11-22T11:40:00+00:00"}
    network.http.intercept = _listing(asset, {"id": "6f1a", **({"created_at": made} if made else {})})
    assert isinstance(publish.find(network.call, piece, Armed(attempt, at, state)), Published if ours else Unsure)


def test_a_story_is_confirmed_by_one_of_its_time(network: Network) -> None:
    """What appears after the first look was made after it."""
    piece = network.piece(Kind.STORY)
    accepted = publish.commit(network.call, piece, network.prepare(piece))
    assert isinstance(accepted, Accepted)
    network.http.intercept = _listing("stories")
    network.world.pass_time(3)
    first = publish.confirm(network.call, piece, accepted.state)
    assert isinstance(first, Wait)
    network.world.pass_time(60)
    foreign = {"id": "6f1a", "created_at": network.world.now.isoformat()}
    network.http.intercept = _listing("stories", foreign)
    assert isinstance(publish.confirm(network.call, piece, first.state), Wait)
    network.http.intercept = None
    assert isinstance(publish.confirm(network.call, piece, first.state), Published)


def test_only_a_live_spotlight_is_live(network: Network) -> None:
    """Of three documented states one is; another word is none of them."""
    piece = network.piece(text="Look")
    state, at = network.prepare(piece), network.world.now
    accepted = publish.commit(network.call, piece, state)
    shown = {"id": accepted.state["id"], "description": "Look", "created_at": at.isoformat(), "status": "PROCESSING"}
    network.http.intercept = _listing("spotlights", shown)
    assert isinstance(publish.confirm(network.call, piece, accepted.state), Wait)
    assert isinstance(publish.find(network.call, piece, Armed(1, at, state)), Unsure)


def test_a_long_listing_still_confirms(network: Network) -> None:
    """There is more of it than is read, and the post stands in what is."""
    piece = network.piece(text="The newest of many")
    accepted = publish.commit(network.call, piece, network.prepare(piece))
    shown = {"id": accepted.state["id"], "description": piece.text, "status": "LIVE"}
    more = {"next_link": "https://adsapisc.appspot.com/v1/public_profiles/x/spotlights?cursor=1"}
    other = [{"id": f"{number}"} for number in range(3)]
    network.http.intercept = _listing("spotlights", *other, shown, paging=more)
    whole = publish.listed(network.call, "spotlights")
    assert (whole.whole, len(whole.items)) == (False, 20)
    pages = [_listing("spotlights", shown, *other, paging=more), *4 * [_listing("spotlights", paging=more)]]

    def answer(request: Request) -> Response | None:
        return pages.pop(0)(request)

    network.http.intercept = answer
    assert isinstance(publish.confirm(network.call, piece, accepted.state), Published)


def test_what_is_kept_of_the_profile_is_short(network: Network) -> None:
    """Old posts say by their date that they are not ours."""
    old, new = (
        {"id": name, "created_at": f"{day}T00:00:00Z"} for name, day in (("a", "2020-01-01"), ("b", START.date()))
    )
    network.http.intercept = _listing("spotlights", old, new, {"id": "c"})
    assert network.prepare(network.piece())["before"] == ["b", "c"]


@pytest.mark.parametrize("given", ["..", "../../../organizations/1", "x/../y?limit=1#"])
def test_a_caller_s_id_leads_nowhere_else(network: Network, given: str) -> None:
    """It is one segment of the path, or nothing."""
    for ask in (
        lambda: metrics.post(network.call, Published(given)),
        lambda: resources.read(network.call, "profiles", {"organization_id": given}, ""),
    ):
        network.http.sent.clear()
        with pytest.raises((Refused, Invalid)):
            ask()
        assert all("/../" not in one.url and given not in one.url for one in network.http.sent)


@pytest.mark.parametrize("status", [200, 400, 403, 404, 409, 410, 422])
@pytest.mark.parametrize("code", ["MEDIA_EXPIRED", "MEDIA_POSTING_ALREADY_IN_PROGRESS"])
def test_a_media_that_is_gone_may_have_been_posted(status: int, code: str) -> None:
    """Whatever the status, and in words alone."""
    body = json.dumps({"request_status": "ERROR", "error_code": code}).encode()
    assert errors.refusal(Response(status, {}, body), START).fate is Fate.UNKNOWN
    said = b'{"request_status": "ERROR", "error_code": "E3006", "debug_message": "Media not found"}'
    assert errors.refusal(Response(404, {}, said), START).fate is Fate.UNKNOWN


@pytest.mark.parametrize("status", [400, 403, 404])
def test_only_snapchat_s_own_words_are_definite(status: int) -> None:
    """The same status from something before it proves nothing."""
    assert errors.refusal(Response(status, {}, b"<html>proxy</html>"), START).fate is Fate.UNKNOWN
    gateway = b'{"timestamp": "2026-11-22", "status": 404, "error": "Not Found"}'
    assert errors.refusal(Response(status, {}, gateway), START).fate is Fate.UNKNOWN
    own = b'{"request_status": "ERROR", "debug_message": "no"}'
    assert errors.refusal(Response(status, {}, own), START).fate is Fate.REJECTED
