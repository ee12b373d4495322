"""Threads and first comments: each piece under an arm of its own, resumed where it broke."""

from __future__ import annotations

import pytest

from shared.domain.posts import MAX_DOUBTS
from shared.domain.states import State
from shared.operations.posts import actions, deleting
from shared.platforms.contract import Absent, Fate, Published
from shared.ports.http import AnswerLost
from tests.operations.flows import TEST
from tests.unit.publishing.scripted import SETTLE, Stage, refusal


def test_a_thread_goes_piece_by_piece(stage: Stage) -> None:
    """In order, each answering the one before it; one event for the whole target."""
    stage.post("one", thread=("two", "three"))
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    sent = stage.network.committed
    assert [piece.text for piece in sent] == ["one", "two", "three"]
    assert [piece.parent.id if piece.parent else None for piece in sent] == [None, "live-1", "live-2"]
    assert [piece.root.id if piece.root else None for piece in sent] == [None, "live-1", "live-1"]
    assert [piece.live.id for piece in target.pieces if piece.live] == ["live-1", "live-2", "live-3"]
    assert target.attempt == 3


@pytest.mark.parametrize("hours", [0, 5])
def test_a_broken_thread_resumes_where_it_broke(stage: Stage, hours: int) -> None:
    """The second piece is refused; a retry, however much later, sends it and what follows, never the first again."""
    stage.network.commits = [Published("live-1", "https://x"), refusal(Fate.REJECTED, "too_long")]
    stage.post("one", thread=("two", "three"))
    stage.deliver()
    broken = stage.ended(State.FAILED)
    assert (broken.current, broken.pieces[0].live is not None) == (1, True)
    assert broken.pieces[1].error is not None
    stage.rig.clock.advance(hours * 3600)
    actions.retry(stage.rig.ports, TEST, stage.post_id)
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    assert [piece.text for piece in stage.network.committed] == ["one", "two", "two", "three"]
    assert all(piece.live and piece.error is None for piece in target.pieces)


def test_a_piece_in_doubt_resolved_hours_later_goes_on(stage: Stage) -> None:
    """A person says that the second piece is not live: it is sent again although the first is long live."""
    stage.network.commits = [Published("live-1", "https://x"), AnswerLost("x")]
    stage.post("one", thread=("two",))
    stage.pass_time(2_500)
    stage.ended(State.NEEDS_REVIEW)
    stage.rig.clock.advance(7_200)
    actions.resolve(stage.rig.ports, TEST, stage.post_id, actions.Verdict("retry"))
    stage.deliver()
    assert stage.ended(State.PUBLISHED).current == 1


def test_a_reply_to_a_post_of_unknown_id_is_not_sent(stage: Stage) -> None:
    """Live, but the network could not say under which id: what answers it cannot be sent, and says why."""
    stage.network.commits = [AnswerLost("x")]
    stage.network.finds = [Published("")]
    stage.post("one", thread=("two",))
    stage.pass_time(60)
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "publishing.parent_unknown"


def test_a_failed_first_comment_leaves_the_post_published(stage: Stage) -> None:
    """Nothing after acceptance can un-publish: the error stays on the piece."""
    stage.network.commits = [Published("live-1", "https://x"), refusal(Fate.REJECTED, "comments_off")]
    stage.post("one", first_comment="#tags")
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    assert target.error is None
    assert target.pieces[1].error is not None
    assert target.pieces[1].error.code == "platform.bluesky.comments_off"
    assert target.pieces[1].live is None
    assert target.published_at is not None


@pytest.mark.parametrize("word", ["doubt", "absent", "gone"])
def test_a_first_comment_that_cannot_be_settled(stage: Stage, word: str) -> None:
    """In doubt for ever, sent in vain, or its account gone: the post stays published all the same."""
    stage.network.commits = [Published("live-1", "https://x"), *[AnswerLost("x")] * 9]
    stage.network.finds = [Absent("none")] * 90 if word == "absent" else []
    if word == "gone":
        stage.network.commits[0] = lambda: _gone(stage)
    stage.post("one", first_comment="#tags")
    stage.pass_time(SETTLE * (MAX_DOUBTS + 2) + 2_500)
    target = stage.ended(State.PUBLISHED)
    assert target.error is None
    assert target.pieces[1].error is not None


def test_deleting_a_half_published_thread_stops_it(stage: Stage) -> None:
    """The rest is not sent as an answer to a post that was just taken down."""
    stage.network.commits = [Published("live-1", "https://x"), refusal(Fate.LIMITED)]
    target = stage.post("one", thread=("two",))
    stage.deliver()
    deleting.delete(stage.rig.ports, TEST, stage.post_id)
    stage.pass_time(300)
    assert [piece.text for piece in stage.network.committed] == ["one", "two"]
    assert stage.network.count("delete") == 1
    assert stage.read(target.id).state is State.CANCELLED


def _gone(stage: Stage) -> Published:
    """Live, and at the same moment its account is disconnected."""
    stage.change_account(status="disconnected")
    return Published("live-1", "https://x")


def test_a_thread_that_broke_is_partly_live_never_just_failed(stage: Stage) -> None:
    """Whoever re-posts what «failed» would post its first piece twice."""
    stage.network.commits = [Published("root"), refusal(Fate.REJECTED)]
    stage.post("one", thread=("two",))
    stage.pass_time(60)
    ended = stage.ended(State.FAILED)
    assert (str(ended.status), str(stage.stored_post().status)) == ("partial", "partial")
