"""What every platform's reading functions promise: comments, conversations, mentions, reviews, ads and resources, in our words.

The simulated networks are alive: somebody has commented three hours after a post, conversations, mentions and reviews are
there from the start. ``fixtures/resources.json`` has the arguments that a resource is read with, where it needs any
(``{"flairs": {"subreddit": "…"}}``; references as in ``acting.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import Invalid, Unsupported
from shared.platforms import registry
from shared.platforms.contract import Published, Refused
from shared.platforms.contract_ads import Ads, Level
from shared.platforms.contract_inbox import Inbox, Page
from shared.ports.http import HttpFailure
from tests.contract.platforms import harness, samples
from tests.contract.platforms.acting import LATER, Acts
from tests.contract.platforms.test_actions import NAMES, _manifest, _plain_is_known

__all__ = ["_plain_is_known"]  # the fixture, for this module too
MOST_PAGES = 40
LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "creative", "ad")


def _offering(feature: str) -> list[str]:
    return [name for name in NAMES if _manifest(name).feature(feature) == "offered"]


COMMENTING, WRITING = _offering("comments.list"), _offering("messages.list")
MENTIONED, REVIEWED, ADVERTISING = _offering("mentions.list"), _offering("reviews.list"), _offering("ads")
LOOKED_UP = [(name, resource.name) for name in NAMES for resource in _manifest(name).resources]


@pytest.fixture
def acts(name: str) -> Acts:
    """The network with a connected account and its actions."""
    return Acts(harness.new_network(name))


def _inbox(acts: Acts) -> Inbox:
    inbox = registry.inbox(acts.network.name)
    assert inbox is not None
    return inbox


def _every(read: Callable[[str], Page[Any]]) -> list[Any]:
    """All pages of a reading function: at most 50 items each, no item twice, and an end."""
    found: list[Any] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        page = read(cursor)
        assert len(page.items) <= 50
        found += page.items
        cursor = page.next
        if not cursor:
            ids = [item.id for item in found]
            assert all(ids)
            assert len(set(ids)) == len(ids), "an item is on two pages"
            return found
    raise AssertionError("there is no last page")


def _dated(acts: Acts, items: Sequence[Any], field: str = "at") -> None:
    """Instants with a zone, none in the future."""
    for item in items:
        at = getattr(item, field)
        assert at.tzinfo is not None
        assert at <= acts.network.world.now


def _commented(acts: Acts) -> Published:
    """A post, three hours old."""
    published = acts.network.publish(acts.network.piece())
    acts.network.world.pass_time(LATER)
    acts.network.renew()
    return published


# ---------------------------------------------------------------------------------------------------- comments


@pytest.mark.parametrize("name", COMMENTING)
def test_people_comment(acts: Acts) -> None:
    """Soon somebody has, and later nobody has un-said it; the account itself has said nothing."""
    published = _commented(acts)
    early = acts.comments(published)
    assert early
    assert not any(comment.own for comment in early)
    assert all(comment.post_id and (comment.author.id or comment.author.name) for comment in early)
    _dated(acts, early)
    acts.network.world.pass_time(86_400)
    acts.network.renew()
    late = _every(lambda cursor: _inbox(acts).comments(acts.network.call, published, cursor))
    assert {one.id for one in early} <= {one.id for one in late}


@pytest.mark.parametrize("name", [name for name in COMMENTING if _manifest(name).action("comment.reply")])
def test_an_answer_of_one_s_own_is_marked(acts: Acts) -> None:
    """It is in the list as ours, under what it answers, and as often as it was given."""
    published = _commented(acts)
    asked = next(c for c in acts.comments(published) if not c.own and ("comment.reply" in c.can or not c.can))
    answer = acts.do(acts.on("comment.reply", asked.id, asked.handles))
    acts.network.world.pass_time(acts.network.manifest.timing.sandbox_settle)
    mine = [comment for comment in acts.comments(published) if comment.own]
    assert [comment.id for comment in mine] == [answer.id]
    assert mine[0].parent_id


@pytest.mark.parametrize("name", COMMENTING)
def test_comments_of_no_post_are_refused_or_none(acts: Acts) -> None:
    """An id that is none: the network's no, or an empty page; never a crash."""
    with suppress(Refused, Invalid, HttpFailure):
        assert not _inbox(acts).comments(acts.network.call, Published("no-such-post"), "").items


# ------------------------------------------------------------------------- messages, mentions, reviews, cursors


@pytest.mark.parametrize("name", WRITING)
def test_people_write(acts: Acts) -> None:
    """Conversations with somebody in them, and what was said; what the account sends is there as its own."""
    inbox, network = _inbox(acts), acts.network
    conversations = _every(lambda cursor: inbox.conversations(network.call, cursor))
    assert conversations
    assert all(conversation.people for conversation in conversations)
    _dated(acts, conversations, "updated_at")
    first = conversations[0]
    before = _every(lambda cursor: inbox.messages(network.call, first.id, cursor))
    _dated(acts, before)
    if network.manifest.action("message.send") is None:
        return
    sent = acts.do(acts.on("message.send", first.id, first.handles))
    network.world.pass_time(network.manifest.timing.sandbox_settle)
    after = _every(lambda cursor: inbox.messages(network.call, first.id, cursor))
    new = [message for message in after if message.id not in {one.id for one in before}]
    assert (sent.id, True) in {(message.id, message.own) for message in new}


@pytest.mark.parametrize("name", MENTIONED)
def test_people_mention(acts: Acts) -> None:
    """There are some, with who and when."""
    try:
        found = _every(lambda cursor: _inbox(acts).mentions(acts.network.call, cursor))
    except Unsupported as error:  # some networks have mentions for one kind of account only
        pytest.skip(error.message)
    assert found
    assert all(one.text and (one.author.id or one.author.name or one.author.username) for one in found)
    _dated(acts, found)


@pytest.mark.parametrize("name", REVIEWED)
def test_people_review(acts: Acts) -> None:
    """Stars or a recommendation; an answer shows."""
    network = acts.network
    found = _every(lambda cursor: _inbox(acts).reviews(network.call, cursor))
    assert found
    assert all(one.stars in {1, 2, 3, 4, 5} or one.recommends is not None for one in found)
    _dated(acts, found)
    if network.manifest.action("review.reply") is None:
        return
    act = acts.act("review.reply")
    acts.do(act)
    network.world.pass_time(network.manifest.timing.sandbox_settle)
    answered = [one for one in _every(lambda cursor: _inbox(acts).reviews(network.call, cursor)) if one.reply]
    assert act.text in {one.reply for one in answered}


@pytest.mark.parametrize("name", sorted({*WRITING, *MENTIONED, *REVIEWED}))
def test_a_cursor_of_nothing_is_refused_or_harmless(acts: Acts) -> None:
    """Cursors come back from callers: a made-up one must not crash an adapter."""
    manifest, inbox, call = acts.network.manifest, _inbox(acts), acts.network.call
    reads = {"messages.list": "conversations", "mentions.list": "mentions", "reviews.list": "reviews"}
    for feature, function in reads.items():
        if manifest.feature(feature) == "offered":
            for cursor in ("made-up", "e30=", "999999"):
                with suppress(Refused, Invalid, Unsupported, HttpFailure):
                    assert isinstance(getattr(inbox, function)(call, cursor), Page)


# --------------------------------------------------------------------------------------------- ads and resources


def _ads(acts: Acts) -> Ads:
    ads = registry.ads(acts.network.name)
    assert ads is not None
    return ads


@pytest.mark.parametrize("name", ADVERTISING)
def test_what_was_made_is_listed_and_paused(acts: Acts) -> None:
    """Each level that can be made: there once, with its name, not running; a status that was set is read back."""
    ads, network = _ads(acts), acts.network
    account = _every(lambda cursor: ads.accounts(network.call, cursor))[0].id
    for level in LEVELS:
        if network.manifest.action(f"{level}.create") is None:
            continue
        act = acts.act(f"{level}.create")
        made = acts.do(act)
        network.world.pass_time(network.manifest.timing.sandbox_settle)
        acts.network.renew()
        found = _object(acts, level, account, made.id)
        assert found.level == level
        assert act.text in found.name
        assert level == "creative" or found.status == "paused", found.status
        if network.manifest.action(f"{level}.status"):
            acts.do(acts.on(f"{level}.status", made.id, made.state))
            network.world.pass_time(network.manifest.timing.sandbox_settle)
            assert _object(acts, level, account, made.id).status == "active"


def _object(acts: Acts, level: Level, account: str, wanted: str) -> Any:
    rows = _every(lambda cursor: _ads(acts).objects(acts.network.call, level, account, "", cursor))
    (found,) = [row for row in rows if row.id == wanted]
    return found


@pytest.mark.parametrize("name", ADVERTISING)
def test_figures_are_figures(acts: Acts) -> None:
    """Of a running campaign and of the account: of what was asked, within the days that were asked, never negative."""
    ads, network = _ads(acts), acts.network
    account = ads.accounts(network.call, "").items[0].id
    campaign = acts.do(acts.act("campaign.create"))
    network.world.pass_time(3 * 86_400)
    acts.network.renew()
    until = network.world.now.date()
    since = until - timedelta(days=2)
    for level, ids in (("campaign", (campaign.id,)), ("account", ())):
        for row in ads.stats(network.call, level, account, ids, since, until):
            assert (row.level, row.since, row.until) == (level, since, until)
            assert level == "account" or row.id in ids
            counts = (row.impressions, row.clicks, row.spend_micros, row.conversions, row.video_views)
            assert all(count is None or count >= 0 for count in counts)


@pytest.mark.parametrize(("name", "resource"), LOOKED_UP)
def test_a_resource_is_read(acts: Acts, resource: str) -> None:
    """With the fixture's arguments: a page of objects; a made-up cursor is refused or harmless."""
    module = registry.resources(acts.network.name)
    assert module is not None
    declared = next(one for one in acts.network.manifest.resources if one.name == resource)
    known = samples.fixture(acts.network.name, "resources")
    arguments = {name: acts.resolved(value) for name, value in known.get(resource, {}).items()}
    assert {option.name for option in declared.arguments if option.required} <= set(arguments), (
        "fixtures/resources.json"
    )
    page = module.read(acts.network.call, resource, arguments, "")
    assert all(isinstance(dict(item), dict) for item in page.items)
    with suppress(Refused, Invalid, HttpFailure):
        assert isinstance(module.read(acts.network.call, resource, arguments, "made-up"), Page)


def test_the_plain_network_is_read_too() -> None:
    """The suite is never empty."""
    assert "plain" in {*COMMENTING} & {*WRITING} & {*ADVERTISING}
