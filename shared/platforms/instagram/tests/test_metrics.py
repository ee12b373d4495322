"""Counts of posts, comments and the account."""

from __future__ import annotations

import pytest

from shared.domain.content import Kind
from shared.platforms.contract import Published, Refused
from shared.platforms.instagram import metrics, publish
from shared.platforms.instagram.tests import world as stages
from shared.platforms.instagram.tests.test_publish import comment_on


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_a_posts_counts_grow_with_its_age(kind: Kind) -> None:
    """The same at the same age, and never falling."""
    stage = stages.stage()
    published = stage.published(stages.pieces()[kind])
    seen = []
    for hours in (2, 4, 16):
        stage.world.pass_time(hours * 3600)
        seen.append(metrics.post(stage.call, published))
    views = [counts.views or 0 for counts in seen]
    assert 0 < views[0] < views[1] < views[2]
    assert seen[2] == metrics.post(stage.call, published)
    assert set(seen[2].raw) >= {"views", "reach"}


def test_the_kind_is_asked_when_it_was_not_kept() -> None:
    """A reel has metrics of its own."""
    stage = stages.stage()
    published = stage.published(stages.pieces()[Kind.REEL])
    stage.world.pass_time(3600)
    counts = metrics.post(stage.call, Published(published.id))
    assert "ig_reels_avg_watch_time" in counts.extra


def test_a_story_with_few_viewers_has_no_counts_yet() -> None:
    """Code 10 «Not enough viewers» is no missing permission."""
    stage = stages.stage()
    published = stage.published(stages.pieces()[Kind.STORY])
    assert metrics.post(stage.call, published).views is None


def test_comments_are_counted_as_they_are() -> None:
    """The first comment is one."""
    stage = stages.stage()
    published = stage.published(stages.pieces()[Kind.IMAGE])
    made = publish.commit(stage.call, comment_on(published), {})
    assert metrics.post(stage.call, published).comments == 1
    assert metrics.post(stage.call, made).likes == 0


def test_the_accounts_counts() -> None:
    """Followers, following, posts, and the day's insights."""
    stage = stages.stage()
    stage.published(stages.pieces()[Kind.IMAGE])
    stage.world.pass_time(86_400)
    counts = metrics.account(stage.call)
    assert (counts.extra["posts"], counts.extra["following"]) == (1, 42)
    assert counts.extra["followers"] > 100
    assert counts.views
    assert counts.extra["reach"]


def test_a_post_that_is_gone_is_refused() -> None:
    """100/33."""
    stage = stages.stage()
    with pytest.raises(Refused) as caught:
        metrics.post(stage.call, Published("1", state={"kind": "image"}))
    assert caught.value.row.code == "not_found"
