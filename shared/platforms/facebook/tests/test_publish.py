"""Every content kind from piece to post, and what is found when the answer was lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.content import Kind, MediaType
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.facebook import publish, settle, simulator_media, wire
from shared.platforms.facebook.progress import Progress
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated

KINDS = list(stages.pieces())


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


@pytest.mark.parametrize("name", KINDS)
def test_a_piece_is_live_once_and_has_a_page(stage: stages.Stage, name: str) -> None:
    """Prepared, sent in one request, described, taken down."""
    piece = stages.pieces()[name]
    published = stage.published(piece)
    assert stage.live() == [published.id]
    described = publish.describe(stage.call, published)
    assert described.permalink
    assert described.permalink.startswith(("https://www.facebook.com/", "https://facebook.com/stories/"))
    publish.delete(stage.call, published)
    publish.delete(stage.call, published)
    assert stage.live() == []


@pytest.mark.parametrize("name", KINDS)
def test_a_lost_answer_is_found_and_an_unsent_one_is_absent(stage: stages.Stage, name: str) -> None:
    """Before: proven absent. After: the very post, by the id that the answer would have led to."""
    piece = stages.pieces()[name]
    state, at = stage.prepared(piece), stage.world.now
    stage.world.pass_time(20)
    assert isinstance(stage.found(piece, state, at), Absent)
    sent = stage.world.now
    publish.commit(stage.call, piece, state)
    stage.world.pass_time(20)
    found = stage.found(piece, state, sent)
    assert isinstance(found, Published)
    assert [found.id] == stage.live()


@pytest.mark.parametrize("name", ["image", "carousel", "video", "reel", "photo story", "video story"])
def test_sending_again_makes_no_second_post(stage: stages.Stage, name: str) -> None:
    """The same photo and video ids go out again: Facebook refuses, or has nothing to do."""
    piece = stages.pieces()[name]
    state = stage.prepared(piece)
    stage.committed(piece, state)
    if piece.media[0].facts.type is MediaType.IMAGE:
        with pytest.raises(Refused) as refused:
            publish.commit(stage.call, piece, state)
        assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")
    else:
        publish.commit(stage.call, piece, state)
    stage.world.pass_time(20)
    assert len(stage.live()) == 1


def test_a_video_goes_over_in_the_parts_that_facebook_asks_for(stage: stages.Stage) -> None:
    """Part by part; a part that was sent before a crash is not sent twice over."""
    data = files.mp4() + bytes(2 * simulator_media.PART)
    piece = simulated.piece(Kind.VIDEO, "Long", (simulated.video(data),))
    first = publish.prepare(stage.call, piece, {})
    second = publish.prepare(stage.call, piece, first.state)
    again = publish.prepare(stage.call, piece, first.state)  # its outcome was never saved
    assert Progress.of(again.state).start == Progress.of(second.state).start == simulator_media.PART
    state = stage.prepared(piece, second.state)
    assert stage.committed(piece, state).id == Progress.of(state).video
    assert stage.live() == [Progress.of(state).video]


def test_a_broken_video_is_refused_for_good(stage: stages.Stage) -> None:
    """Accepted, not processed: REJECTED when it is confirmed, and proven absent."""
    piece = simulated.piece(Kind.VIDEO, "Broken", (simulated.video(b"no video" * 500),))
    state, at = stage.prepared(piece), stage.world.now
    with pytest.raises(Refused) as refused:
        stage.committed(piece, state)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_processing_failed")
    assert isinstance(stage.found(piece, state, at), Absent)


def test_a_video_in_the_works_is_in_doubt(stage: stages.Stage) -> None:
    """Finished, not yet processed: neither found nor proven absent."""
    piece = stages.pieces()["reel"]
    state, at = stage.prepared(piece), stage.world.now
    publish.commit(stage.call, piece, state)
    assert isinstance(stage.found(piece, state, at), Unsure)


def test_a_duplicate_text_is_in_doubt_until_somebody_looks(stage: stages.Stage) -> None:
    """506 may be about an attempt of ours: on the second attempt find looks back to the first preparation."""
    piece = stages.pieces()["text"]
    state = stage.prepared(piece)
    first = stage.committed(piece, state)
    stage.world.pass_time(300)
    again = stage.world.now
    with pytest.raises(Refused) as refused:
        publish.commit(stage.call, piece, state)
    assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")
    assert refused.value.row.caused_by == "user"
    found = stage.found(piece, state, again, attempt=2)
    assert isinstance(found, Published)
    assert found.id == first.id


def test_another_app_s_equal_post_is_not_ours(stage: stages.Stage) -> None:
    """Text and time are right, the application is not."""
    piece = stages.pieces()["text"]
    state, at = stage.prepared(piece), stage.world.now
    published = stage.committed(piece, state)
    post = stage.world.get("post", published.id) or {}
    stage.world.put("post", published.id, post | {"app": "somebody-else"})
    assert isinstance(stage.found(piece, state, at), Absent)


def test_a_long_listing_proves_nothing(stage: stages.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """More posts since than are read: Unsure; all of them read: Absent."""
    piece = stages.pieces()["text"]
    state, at = stage.prepared(piece), stage.world.now
    others = {stage.committed(simulated.piece(Kind.TEXT, f"Another {number}"), {"since": 0}).id for number in range(6)}
    armed = Armed(1, at, state, others.__contains__)
    monkeypatch.setattr(settle, "PAGE", 2)
    assert isinstance(publish.find(stage.call, piece, armed), Absent)
    monkeypatch.setattr(settle, "MAX_PAGES", 2)
    assert isinstance(publish.find(stage.call, piece, armed), Unsure)


def test_a_text_that_facebook_has_changed_is_not_proven_absent(stage: stages.Stage) -> None:
    """A post of this app since then that nobody else claims may be ours, in other words: @[…] becomes a name."""
    piece = simulated.piece(Kind.TEXT, "With @[1234567] today")
    state, at = stage.prepared(piece), stage.world.now
    published = stage.committed(piece, state)
    post = stage.world.get("post", published.id) or {}
    for words in ("With The Bakery today", "W i t h"):
        stage.world.put("post", published.id, post | {"message": words})
        assert isinstance(stage.found(piece, state, at), Unsure)
        assert isinstance(publish.find(stage.call, piece, Armed(1, at, state, lambda _: True)), Absent)
    stage.world.put("post", published.id, post | {"message": "With The Bakery today", "app": "somebody-else"})
    assert isinstance(stage.found(piece, state, at), Absent)


@pytest.mark.parametrize(
    ("ours", "theirs", "may"),
    [
        ("With @[1] today", "With The Bakery today", True),
        ("@[1] and @[2]", "Ada and The Bakery", True),
        ("@[1]" * 5000, "a" * 5000, True),
        ("With @[1] today", "With The Bakery tomorrow", False),
        ("a @[1] a", "a a", False),
        ("No mention", "No mention", False),
        ("With @[1", "With Ada", False),
    ],
)
def test_a_mention_may_be_listed_as_any_name(ours: str, theirs: str, *, may: bool) -> None:
    """In linear time; a text without mentions is compared as it is."""
    assert wire.may_be(ours, theirs) is may


@pytest.mark.parametrize("text", ["", "Read this"])
def test_links_of_one_text_are_told_apart(stage: stages.Stage, text: str) -> None:
    """A link without words looks like every other one: its address decides."""
    one, other = (simulated.piece(Kind.LINK, text, options={"link": f"https://example.test/{n}"}) for n in (1, 2))
    state, at = stage.prepared(one), stage.world.now
    theirs = stage.committed(other, stage.prepared(other))
    assert isinstance(stage.found(one, state, at), Unsure)
    assert isinstance(publish.find(stage.call, one, Armed(1, at, state, lambda id_: id_ == theirs.id)), Absent)
    ours = stage.committed(one, state)
    found = stage.found(one, state, at)
    assert isinstance(found, Published)
    assert found.id == ours.id


def test_a_link_to_something_on_facebook_is_found(stage: stages.Stage) -> None:
    """Its preview names a target, as a photo's does; it is no photo."""
    piece = simulated.piece(Kind.LINK, "Our page", options={"link": "https://www.facebook.com/1"})
    state = stage.prepared(piece)
    published = stage.committed(piece, state)

    def listed(request: Request) -> Response | None:
        if "published_posts" not in request.url:
            return None
        row = stage.world.get("post", published.id) or {}
        shared = {"type": "share", "url": "https://www.facebook.com/1", "target": {"id": "1"}}
        post = {"id": published.id, "message": row["message"], "application": {"id": row["app"]}}
        post |= {"created_time": "2026-11-22T12:00:00+0000", "attachments": {"data": [shared]}}
        return Response(200, {}, json.dumps({"data": [post]}).encode())

    stage.http.intercept = listed
    found = publish.find(stage.call, piece, Armed(1, datetime(2026, 11, 22, 12, tzinfo=UTC), state))
    assert isinstance(found, Published)
    assert found.id == published.id


def test_a_first_comment_is_found_under_its_post(stage: stages.Stage) -> None:
    """Absent before, found after, deleted by its id; a story takes none."""
    post = stage.published(stages.pieces()["image"])
    stage.world.pass_time(3600)  # followers have commented by now
    piece, at = stages.comment_on(post), stage.world.now
    assert isinstance(stage.found(piece, {}, at), Absent)
    made = stage.committed(piece, stage.prepared(piece))
    found = stage.found(piece, {}, at)
    assert isinstance(found, Published)
    assert found.id == made.id
    publish.delete(stage.call, made)
    assert isinstance(stage.found(piece, {}, at), Absent)
    story = stage.published(stages.pieces()["photo story"])
    with pytest.raises(Refused) as refused:
        publish.prepare(stage.call, stages.comment_on(story), {})
    assert refused.value.row.code == "story_takes_no_comments"


@pytest.mark.parametrize("name", ["image", "carousel", "video", "reel", "photo story", "video story"])
def test_old_uploads_are_made_anew(stage: stages.Stage, name: str) -> None:
    """Neither unpublished photos nor upload sessions keep: after 20 hours the next preparation uploads again."""
    piece = stages.pieces()[name]
    state = stage.prepared(piece)
    assert stage.prepared(piece, state) == state
    stage.world.pass_time(26 * 3600)
    fresh = stage.prepared(piece, state)
    before, after = Progress.of(state), Progress.of(fresh)
    assert (after.photos, after.video) != (before.photos, before.video)
    assert stage.committed(piece, fresh).id
    assert len(stage.live()) == 1


@pytest.mark.parametrize("answer", [b"{}", b'{"success": false}'])
def test_a_finish_that_is_no_success_is_in_doubt(stage: stages.Stage, answer: bytes) -> None:
    """Only «success: true» says that the video was taken."""
    piece = stages.pieces()["reel"]
    state = stage.prepared(piece)
    stage.http.intercept = lambda _: Response(200, {}, answer)
    with pytest.raises(Refused) as refused:
        publish.commit(stage.call, piece, state)
    assert refused.value.fate is Fate.UNKNOWN


def test_a_listing_that_is_none_proves_nothing(stage: stages.Stage) -> None:
    """An empty object is not an empty list."""
    piece = stages.pieces()["text"]
    state, at = stage.prepared(piece), stage.world.now
    stage.http.intercept = lambda _: Response(200, {}, b"{}")
    with pytest.raises(AnswerLost):
        stage.found(piece, state, at)


def test_no_token_in_any_address(stage: stages.Stage) -> None:
    """Tokens and secrets travel in headers and forms."""
    for piece in stages.pieces().values():
        publish.delete(stage.call, stage.published(piece))
    secrets = (stage.account.tokens.access, stages.APP.client_secret, *stage.account.tokens.extra.values())
    long = [secret for secret in secrets if len(secret) > 20]
    assert not [sent.url for sent in stage.http.sent if any(secret in sent.url for secret in long)]


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Cafe\u0301", "Caf\u00e9", True),
        ("A text", "A text", True),
        ("A  \r\nB ", "A\nB", True),
        ("A", "B", False),
        ("A", None, False),
    ],
)
def test_texts_are_compared_as_facebook_keeps_them(ours: str, theirs: Any, same: bool) -> None:
    """Trimmed, line by line."""
    assert wire.same_text(ours, theirs) is same


def test_permission_is_needed(stage: stages.Stage) -> None:
    """Without pages_manage_posts: code 10, a definite refusal."""
    for key, value in list(stage.world.values.items()):
        if key[0] == "token":
            stage.world.put("token", key[1], {**value, "scopes": ["pages_show_list"]})
    with pytest.raises(Refused) as refused:
        stage.published(stages.pieces()["text"])
    assert (refused.value.fate, refused.value.platform_code) == (Fate.REJECTED, "10")


def test_an_unfetchable_photo_is_the_author_s_to_mend(stage: stages.Stage) -> None:
    """324, before anything is visible."""
    stage.world.media.clear()
    with pytest.raises(Refused) as refused:
        stage.prepared(stages.pieces()["image"])
    assert refused.value.row.code == "media_invalid"


def test_only_facebook_s_own_upload_address_gets_the_token(stage: stages.Stage) -> None:
    """An upload_url elsewhere is not followed."""

    def lying(request: Request) -> Response | None:
        return Response(200, {}, b'{"video_id": "1", "upload_url": "https://evil.example/1"}')

    stage.http.intercept = lying
    with pytest.raises(Refused) as refused:
        publish.prepare(stage.call, stages.pieces()["reel"], {})
    assert refused.value.fate is Fate.TRANSIENT
    assert len(stage.http.sent) == 1
