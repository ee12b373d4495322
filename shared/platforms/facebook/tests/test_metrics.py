"""Counts of posts and of the Page; a metric that Meta took away costs that metric, not the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.platforms.contract import Fate, Refused
from shared.platforms.facebook import metrics
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import Response

FIXTURES = Path(__file__).parent.parent / "fixtures"


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


def test_a_documented_answer_in_our_words() -> None:
    """Reactions by type are one count; what has no value yet is absent."""
    theirs = json.loads((FIXTURES / "insights.post.facebook.json").read_text())
    assert metrics.read_insights(theirs) == json.loads((FIXTURES / "insights.post.canonical.json").read_text())


@pytest.mark.parametrize("name", ["text", "link", "image", "video", "reel"])
def test_a_post_has_counts(stage: stages.Stage, name: str) -> None:
    """Likes, comments and views of every kind; shares where Facebook tells them."""
    post = stage.published(stages.pieces()[name])
    stage.world.pass_time(6 * 3600)
    counts = metrics.post(stage.call, post)
    assert counts.likes is not None
    assert counts.comments
    assert counts.views
    assert (counts.shares is None) == (name in {"video", "reel"})
    assert ("post_video_views" in counts.extra) == (name in {"video", "reel"})
    assert counts.extra["post_total_media_view_unique"] <= counts.views


def test_a_story_has_none_and_a_comment_has_its_own(stage: stages.Stage) -> None:
    """The story says why; a comment's likes and answers are on the comment."""
    story = stage.published(stages.pieces()["photo story"])
    assert metrics.post(stage.call, story).raw["story"]
    comment = stage.committed(stages.comment_on(stage.published(stages.pieces()["text"])), {})
    counts = metrics.post(stage.call, comment)
    assert isinstance(counts.likes, int)
    assert counts.comments == 0


def test_the_page_has_counts(stage: stages.Stage) -> None:
    """Followers, posts, and the last day's insights."""
    stage.published(stages.pieces()["text"])
    counts = metrics.account(stage.call)
    assert counts.extra["posts"] == 1
    assert counts.extra["followers"] > 100
    assert counts.views is not None
    assert counts.extra.keys() >= {"page_follows", "page_post_engagements", "page_views_total"}


def test_one_dead_name_does_not_kill_the_others(stage: stages.Stage) -> None:
    """Asked for one by one then; the dead one is left out."""
    names = ("page_impressions_unique", "page_follows", "page_fans")
    before = len(stage.http.sent)
    values = metrics.insights(stage.call, stage.page, names, period="day")
    assert set(values) == {"page_follows"}
    assert len(stage.http.sent) == before + 1 + len(names)


def test_another_refusal_is_not_taken_for_a_dead_name(stage: stages.Stage) -> None:
    """A missing permission is a missing permission."""
    body = b'{"error": {"message": "(#10) no", "code": 10}}'
    stage.http.intercept = lambda _: Response(403, {}, body)
    with pytest.raises(Refused) as refused:
        metrics.insights(stage.call, stage.page, metrics.PAGE_METRICS)
    assert refused.value.fate is Fate.REJECTED
    assert len(stage.http.sent) == 1
