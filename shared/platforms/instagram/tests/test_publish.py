"""Publishing end to end against the simulator: every kind, lost answers, repeated steps, faults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from shared.domain.content import Kind, Parent, Role
from shared.domain.errors import Unsupported
from shared.platforms.contract import Absent, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.instagram import publish
from shared.platforms.instagram.tests import world as stages
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_each_kind_is_published_once_with_one_visible_request(stage: stages.Stage, kind: Kind) -> None:
    """Containers, processing, one media_publish; and the permalink of the network's form."""
    published = stage.published(stages.pieces()[kind])
    assert stage.live() == [published.id]
    assert stage.requests("POST", "/media_publish") == 1
    described = publish.describe(stage.call, published)
    part = {Kind.REEL: "/reel/", Kind.STORY: "/stories/rostrum/"}.get(kind, "/p/")
    assert described.permalink
    assert described.permalink.startswith(f"https://www.instagram.com{part}")


def test_a_mixed_carousel_makes_one_container_per_step(stage: stages.Stage) -> None:
    """Each call makes at most one container and hands its id over before the next."""
    piece, made = stages.pieces()[Kind.CAROUSEL], 0
    state: dict[str, Any] = {}
    for _ in range(3):
        outcome = publish.prepare(stage.call, piece, state)
        assert stage.requests("POST", "/media") == made + 1
        made, state = made + 1, stages.stepped(outcome)
        assert len(state["children"]) == made
    state = stage.prepared(piece, state)
    assert stage.requests("POST", "/media") == 4
    assert state["container"] not in state["children"]


def test_a_step_that_ran_twice_from_one_state_still_publishes_once(stage: stages.Stage) -> None:
    """A redelivered step makes a second container, which nobody sees."""
    piece: Any = stages.pieces()[Kind.IMAGE]
    first = stages.stepped(publish.prepare(stage.call, piece, {}))
    again = stages.stepped(publish.prepare(stage.call, piece, {}))
    assert first["container"] != again["container"]
    publish.commit(stage.call, piece, stage.prepared(piece, again))
    assert len(stage.live()) == 1


def test_repeated_requests_are_byte_identical(stage: stages.Stage) -> None:
    """The same step sends the same bytes, whenever it runs."""
    piece = stages.pieces()[Kind.REEL]
    publish.prepare(stage.call, piece, {})
    stage.world.pass_time(500)
    publish.prepare(stage.call, piece, {})
    bodies = [sent.body for sent in stage.http.sent if sent.method == "POST"]
    assert bodies[0] == bodies[1]


def test_preparing_what_is_ready_only_looks(stage: stages.Stage) -> None:
    """A prepared state is polled once more, and nothing is made."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    made = stage.requests("POST", "/media")
    assert publish.prepare(stage.call, piece, state) == Ready(state)
    assert stage.requests("POST", "/media") == made


def test_no_token_in_any_address_of_publishing(stage: stages.Stage) -> None:
    """The token travels in the Authorization header."""
    stage.published(stages.pieces()[Kind.CAROUSEL])
    assert all(stage.account.tokens.access not in sent.url for sent in stage.http.sent)
    assert all("access_token" not in sent.url for sent in stage.http.sent)


def test_a_container_that_expired_is_made_anew(stage: stages.Stage) -> None:
    """EXPIRED proves that it was never published: preparation starts afresh."""
    piece = stages.pieces()[Kind.CAROUSEL]
    state = stage.prepared(piece)
    stage.world.pass_time(25 * 3600)
    fresh = stage.prepared(piece, state)
    assert fresh["container"] != state["container"]
    publish.commit(stage.call, piece, fresh)
    assert len(stage.live()) == 1


def test_an_unreadable_container_is_never_replaced(stage: stages.Stage) -> None:
    """100/33 on a container's read proves nothing: wait, and give up rather than make another."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    stage.world.delete("container", state["container"])
    made = stage.requests("POST", "/media")
    with pytest.raises(Refused) as caught:
        stage.prepared(piece, state)
    assert caught.value.fate is Fate.UNKNOWN
    assert stage.requests("POST", "/media") == made


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_a_lost_answer_is_settled_by_the_container_and_the_listing(stage: stages.Stage, kind: Kind) -> None:
    """PUBLISHED says that it is out; kind, caption and time say which post it is."""
    piece = stages.pieces()[kind]
    other = replace(piece, text="Another text") if kind is not Kind.STORY else None
    if other:
        stage.published(other)
    state, at = stage.prepared(piece), stage.world.now
    lost = publish.commit(stage.call, piece, state)
    stage.world.pass_time(5)
    if other:
        stage.published(other)
    found = stage.found(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == lost.id
    assert (found.permalink is None) or found.permalink.startswith("https://www.instagram.com/")


def test_two_posts_that_look_alike_are_never_guessed_between(stage: stages.Stage) -> None:
    """Published, but which one it is stays open: the newest is not simply taken."""
    piece = stages.pieces()[Kind.IMAGE]
    first, second = stage.prepared(piece), stage.prepared(piece)
    at = stage.world.now
    publish.commit(stage.call, piece, first)
    publish.commit(stage.call, piece, second)
    found = stage.found(piece, first, at)
    assert found == Published("", None, {"kind": "image", "container": first["container"]}, found.raw)


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_what_was_there_before_is_not_taken_for_the_same_text_again(stage: stages.Stage, kind: Kind) -> None:
    """Two equal posts within the clocks' tolerance: the second lost its answer, and is known all the same."""
    piece = stages.pieces()[kind]
    waiting = stage.prepared(piece)
    before = publish.commit(stage.call, piece, waiting)
    state, at = stage.prepared(piece), stage.world.now
    assert state["alike"] == [before.id]
    lost = publish.commit(stage.call, piece, state)
    found = stage.found(piece, state, at)
    assert (found.id, found.id != before.id) == (lost.id, True)
    assert publish.prepare(stage.call, piece, state).state["alike"] == [before.id]


def test_a_listing_that_fails_keeps_no_post_back(stage: stages.Stage) -> None:
    """What looks alike is good to know, and no more."""
    piece = stages.pieces()[Kind.IMAGE]

    def broken(request: Request) -> Response | None:
        return Response(500, {}, b"") if request.method == "GET" and "caption" in request.url else None

    stage.http.intercept = broken
    state = stage.prepared(piece)
    assert "noted" not in state
    assert publish.commit(stage.call, piece, state).id


def test_a_post_from_before_the_attempt_is_not_taken_for_it(stage: stages.Stage) -> None:
    """The same text an hour ago is another post."""
    piece = stages.pieces()[Kind.REEL]
    before = stage.published(piece)
    stage.world.pass_time(3600)
    state, at = stage.prepared(piece), stage.world.now
    now = publish.commit(stage.call, piece, state)
    found = stage.found(piece, state, at)
    assert found.id == now.id != before.id


def test_absence_is_proven_by_the_container_and_the_same_one_is_sent_again(stage: stages.Stage) -> None:
    """FINISHED after a request that never arrived; the next attempt keeps the creation_id."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    assert isinstance(stage.found(piece, state, stage.world.now), Absent)
    again = stage.prepared(piece, state)
    assert again["container"] == state["container"]
    publish.commit(stage.call, piece, again)
    assert parse_qs(stage.http.sent[-1].body)[b"creation_id"] == [state["container"].encode()]  # type: ignore[type-var]


def test_a_late_effect_is_noticed_before_anything_is_sent_again(stage: stages.Stage) -> None:
    """A container that turned PUBLISHED after its absence was proven is not published a second time."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    late = publish.commit(stage.call, piece, state)
    stage.world.pass_time(200)
    again = stage.prepared(piece, state)
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, again)
    assert caught.value.fate is Fate.UNKNOWN
    assert stage.requests("POST", "/media_publish") == 1
    found = stage.found(piece, again, stage.world.now)
    assert found.id == late.id


def test_unsure_where_the_container_cannot_be_read(stage: stages.Stage) -> None:
    """Neither published nor proven absent."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    stage.world.delete("container", state["container"])
    assert isinstance(stage.found(piece, state, stage.world.now), Unsure)
    assert isinstance(stage.found(piece, {}, stage.world.now), Unsure)


def test_a_dead_container_proves_absence(stage: stages.Stage) -> None:
    """EXPIRED was never published, and never will be."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    stage.world.pass_time(25 * 3600)
    assert isinstance(stage.found(piece, state, stage.world.now), Absent)


def test_an_unfetchable_image_is_refused_and_may_be_tried_again(stage: stages.Stage) -> None:
    """9004/2207052."""
    stage.world.media.clear()
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.IMAGE])
    assert (caught.value.fate, caught.value.row.code) == (Fate.TRANSIENT, "media_unfetchable")


def test_an_unfetchable_video_fails_in_processing_and_is_remade_a_few_times(stage: stages.Stage) -> None:
    """The container turns ERROR with the subcode; after three more tries the media is at fault."""
    stage.world.media.clear()
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.REEL])
    assert (caught.value.fate, caught.value.row.code) == (Fate.REJECTED, "media_processing_failed")
    assert stage.requests("POST", "/media") == 4


def test_a_video_that_comes_back_in_time_is_published(stage: stages.Stage) -> None:
    """One failed fetch is no failed post."""
    piece, kept = stages.pieces()[Kind.REEL], dict(stage.world.media)
    stage.world.media.clear()
    state = stages.stepped(publish.prepare(stage.call, piece, {}))
    stage.world.media |= kept
    stage.world.pass_time(5)
    publish.commit(stage.call, piece, stage.prepared(piece, state))
    assert len(stage.live()) == 1


def test_what_is_no_jpeg_is_refused_for_good(stage: stages.Stage) -> None:
    """36001/2207005."""
    stage.world.media[stages.PHOTO] = ("image/jpeg", files.png())
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.IMAGE])
    assert (caught.value.fate, caught.value.platform_code) == (Fate.REJECTED, "36001/2207005")


def test_an_image_too_wide_is_refused_in_a_post_and_taken_as_a_story(stage: stages.Stage) -> None:
    """36003/2207009: feed images lie between 4:5 and 1.91:1."""
    stage.world.media[stages.PHOTO] = ("image/jpeg", files.jpeg(1000, 400))
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.IMAGE])
    assert caught.value.platform_code == "36003/2207009"
    stage.published(stages.pieces()[Kind.STORY])


def test_a_used_up_quota_is_seen_before_anything_is_made(stage: stages.Stage) -> None:
    """LIMITED with an hour to wait, and no container."""
    account = stage.world.get("account", stage.account.platform_account_id) or {}
    stage.world.put("account", account["id"], account | {"published": [stage.world.now.timestamp()] * 100})
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.IMAGE])
    assert (caught.value.fate, caught.value.row.code) == (Fate.LIMITED, "quota")
    assert caught.value.retry_at is not None
    assert stage.requests("POST", "/media") == 0


def test_the_network_enforces_the_quota_at_publishing(stage: stages.Stage) -> None:
    """9/2207042, and a day later there is room again."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    account = stage.world.get("account", stage.account.platform_account_id) or {}
    stage.world.put("account", account["id"], account | {"published": [stage.world.now.timestamp()] * 100})
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, state)
    assert (caught.value.fate, caught.value.platform_code) == (Fate.LIMITED, "9/2207042")


def test_publishing_too_early_is_refused_and_says_when_to_come_back(stage: stages.Stage) -> None:
    """9007/2207027."""
    piece = stages.pieces()[Kind.REEL]
    outcome = publish.prepare(stage.call, piece, {})
    assert isinstance(outcome, Wait)
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, outcome.state)
    assert (caught.value.fate, caught.value.row.code) == (Fate.LIMITED, "not_ready")
    assert caught.value.retry_at is not None


@pytest.mark.parametrize(
    ("marker", "fate"),
    [("rate_limited", Fate.LIMITED), ("token_expired", Fate.UNAUTHORISED), ("server_error", Fate.TRANSIENT)],
)
def test_a_fault_on_demand_strikes_once_without_effect(stage: stages.Stage, marker: str, fate: Fate) -> None:
    """Refused at the visible request, then accepted."""
    piece = replace(stages.pieces()[Kind.IMAGE], text=f"Hi [[sandbox:{marker}]]")
    state = stage.prepared(piece)
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, state)
    assert caught.value.fate is fate
    assert stage.live() == []
    if fate is Fate.LIMITED:
        assert caught.value.retry_at is not None
        assert (caught.value.retry_at - stage.world.now).total_seconds() == 2
    publish.commit(stage.call, piece, stage.prepared(piece, state))
    assert len(stage.live()) == 1


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_a_lost_reply_on_demand_is_found(stage: stages.Stage, kind: Kind) -> None:
    """The effect is there, the answer is not: of a story, too, which shows no caption."""
    piece = replace(stages.pieces()[kind], text="Hi [[sandbox:lost_reply]]")
    state, at = stage.prepared(piece), stage.world.now
    with pytest.raises(AnswerLost):
        publish.commit(stage.call, piece, state)
    assert stage.found(piece, state, at).id == stage.live()[0]


def test_a_rejection_on_demand_is_definite(stage: stages.Stage) -> None:
    """One of the network's own content errors."""
    piece = replace(stages.pieces()[Kind.IMAGE], text="[[sandbox:rejected]]")
    with pytest.raises(Refused) as caught:
        stage.published(piece)
    assert (caught.value.fate, caught.value.row.code) == (Fate.REJECTED, "media_invalid")


def test_a_spam_block_during_publishing_leaves_the_outcome_open(stage: stages.Stage) -> None:
    """4/2207051 was answered to posts that were live: the container is asked."""
    piece = stages.pieces()[Kind.IMAGE]
    state, at = stage.prepared(piece), stage.world.now
    body = b'{"error": {"message": "Action is blocked", "code": 4, "error_subcode": 2207051, "type": "OAuthException"}}'

    def accept_then_refuse(request: Request) -> Response | None:
        if not request.url.endswith("/media_publish"):
            return None
        stage.http._simulate(request)
        return Response(400, {}, body)

    stage.http.intercept = accept_then_refuse
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, state)
    assert caught.value.fate is Fate.UNKNOWN
    assert stage.found(piece, state, at).id == stage.live()[0]


def test_a_success_without_an_id_leaves_the_outcome_open(stage: stages.Stage) -> None:
    """200 and no id is no proof of anything."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    stage.http.intercept = lambda _: Response(200, {}, b"{}")
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, state)
    assert caught.value.fate is Fate.UNKNOWN


def test_a_missing_permission_is_named(stage: stages.Stage) -> None:
    """Code 10: the owner must connect again and allow it."""
    key = next(
        id_ for kind, id_ in stage.world.values if kind == "token" and stage.world.values[kind, id_]["kind"] == "long"
    )
    token = stage.world.get("token", key) or {}
    stage.world.put("token", key, token | {"scopes": ["instagram_business_basic"]})
    with pytest.raises(Refused) as caught:
        stage.prepared(stages.pieces()[Kind.IMAGE])
    assert (caught.value.fate, caught.value.row.code) == (Fate.REJECTED, "permission_denied")


def test_describe_never_fails_on_what_is_not_shown_yet(stage: stages.Stage) -> None:
    """100/33 after a publish is known to happen: no permalink then."""
    published = Published("17000000000000000")
    assert publish.describe(stage.call, published) == published


def test_confirm_knows_a_published_container(stage: stages.Stage) -> None:
    """Not needed by the engine, but true."""
    piece = stages.pieces()[Kind.IMAGE]
    state = stage.prepared(piece)
    assert isinstance(publish.confirm(stage.call, piece, state), Wait)
    live = publish.commit(stage.call, piece, state)
    confirmed = publish.confirm(stage.call, piece, state)
    assert isinstance(confirmed, Published)
    assert confirmed.id == live.id


# ------------------------------------------------------------------------------------------------- deletion


def test_a_post_cannot_be_deleted_and_the_refusal_says_where(stage: stages.Stage) -> None:
    """Instagram Login has no deletion of media."""
    published = stage.published(stages.pieces()[Kind.IMAGE])
    with pytest.raises(Unsupported, match="in the Instagram app"):
        publish.delete(stage.call, published)
    assert stage.requests("DELETE", published.id) == 0


def test_deleting_a_post_that_is_gone_succeeds(stage: stages.Stage) -> None:
    """Somebody deleted it in the app."""
    publish.delete(stage.call, Published("17000000000000000", state={"kind": "image"}))


# -------------------------------------------------------------------------------------------- first comment


def comment_on(published: Published, text: str = "First!") -> Any:
    parent = Parent(published.id, published.state)
    return simulated.piece(Kind.TEXT, text, role=Role.FIRST_COMMENT, root=parent, parent=parent)


def test_a_first_comment_needs_no_preparation_and_one_request(stage: stages.Stage) -> None:
    """Ready without a call, then one POST."""
    piece = comment_on(stage.published(stages.pieces()[Kind.IMAGE]))
    stage.http.sent.clear()
    assert publish.prepare(stage.call, piece, {}) == Ready({})
    assert stage.http.sent == []
    made = publish.commit(stage.call, piece, {})
    assert (stage.world.get("comment", made.id) or {})["text"] == "First!"
    assert len(stage.http.sent) == 1
    assert publish.describe(stage.call, made) == made


def test_a_lost_comment_is_found_or_proven_absent(stage: stages.Stage) -> None:
    """Ours is told from others by author, text and time; absence needs every comment that is counted."""
    published = stage.published(stages.pieces()[Kind.IMAGE])
    piece, at = comment_on(published), stage.world.now
    assert isinstance(stage.found(piece, {}, at), Absent)
    made = publish.commit(stage.call, piece, {})
    assert stage.found(piece, {}, at).id == made.id
    stranger = {"id": "1", "media": published.id, "account": "9", "username": "someone", "text": "First!", "at": 0.0}
    stage.world.put("comment", "1", stranger | {"at": stage.world.now.timestamp()})
    media = stage.world.get("media", published.id) or {}
    stage.world.put("media", published.id, media | {"comments": ["1", made.id]})
    assert stage.found(piece, {}, at).id == made.id


def test_comments_that_are_counted_and_not_shown_leave_it_open(stage: stages.Stage) -> None:
    """A listing that hides some is no proof of absence."""
    published = stage.published(stages.pieces()[Kind.IMAGE])
    media = stage.world.get("media", published.id) or {}
    stage.world.put("media", published.id, media | {"comments": ["hidden"]})
    assert isinstance(stage.found(comment_on(published), {}, stage.world.now), Unsure)


def test_two_comments_alike_are_not_guessed_between(stage: stages.Stage) -> None:
    """Made twice by hand: nobody knows which is ours."""
    piece, at = comment_on(stage.published(stages.pieces()[Kind.IMAGE])), stage.world.now
    publish.commit(stage.call, piece, {})
    publish.commit(stage.call, piece, {})
    assert isinstance(stage.found(piece, {}, at), Unsure)


def test_a_comment_that_was_made_although_refused_is_found(stage: stages.Stage) -> None:
    """20/1772107: a clean 400 after the effect."""
    piece, at = comment_on(stage.published(stages.pieces()[Kind.IMAGE])), stage.world.now
    body = b'{"error": {"message": "Invalid", "code": 20, "error_subcode": 1772107}}'

    def accept_then_refuse(request: Request) -> Response | None:
        if request.method != "POST":
            return None
        stage.http._simulate(request)
        return Response(400, {}, body)

    stage.http.intercept = accept_then_refuse
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, {})
    assert caught.value.fate is Fate.UNKNOWN
    assert isinstance(stage.found(piece, {}, at), Published)


def test_a_comment_is_deleted_and_deleted_again(stage: stages.Stage) -> None:
    """What is gone is fine."""
    made = publish.commit(stage.call, comment_on(stage.published(stages.pieces()[Kind.IMAGE])), {})
    publish.delete(stage.call, made)
    publish.delete(stage.call, made)
    assert stage.world.get("comment", made.id) is None


def test_a_story_takes_no_comment(stage: stages.Stage) -> None:
    """Refused before anything is sent."""
    piece = comment_on(stage.published(stages.pieces()[Kind.STORY]))
    with pytest.raises(Refused) as caught:
        publish.prepare(stage.call, piece, {})
    assert caught.value.fate is Fate.REJECTED


def test_a_comment_under_an_unknown_post_is_not_sent(stage: stages.Stage) -> None:
    """«Published, id unknown» has no place for a comment."""
    piece = comment_on(Published(""))
    with pytest.raises(Refused) as caught:
        publish.commit(stage.call, piece, {})
    assert caught.value.fate is Fate.REJECTED
    assert isinstance(stage.found(piece, {}, stage.world.now), Unsure)
    assert stage.http.sent == []
