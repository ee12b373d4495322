"""Reading what people said, ads and resources: asked of the network, refused with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from shared.domain.errors import Broken, Invalid, Limited, Missing, NetworkRefused, Unsupported
from shared.operations.engaging import ads, reading, resources
from shared.platforms import registry
from shared.platforms.contract_inbox import Page
from shared.platforms.manifest import Option, Resource
from shared.ports.http import AnswerLost, Request, Response
from tests.operations import engaged, flows
from tests.operations.engaged import CAMPAIGN, Stage
from tests.simulation import plain


@pytest.fixture
def stage() -> Iterator[Stage]:
    plain.install()
    yield engaged.stage()
    plain.uninstall()


def test_comments_of_a_post(stage: Stage) -> None:
    """One's own answers are marked."""
    target = stage.post()
    assert stage.comments(target) == ()
    stage.pass_time(120)
    (comment,) = stage.comments(target)
    stage.act("comment.reply", comment.id, text="Thank you")
    stage.pass_time(60)
    assert [(one.text, one.own) for one in stage.comments(target)] == [("Nice!", False), ("Thank you", True)]


def test_an_id_of_ours_is_not_the_network_s(stage: Stage) -> None:
    """No network could say what is wrong with it."""
    with pytest.raises(Invalid) as refused:
        reading.comments(stage.rig.ports, flows.TEST, stage.account.id, "post_01KB2M8Q4T9XWZ6V3H7N5R1C0D")
    assert refused.value.meta["field"] == "post_id"
    assert "platform_post_id" in refused.value.message


def test_conversations_and_their_messages(stage: Stage) -> None:
    """What was sent is there, once the network shows it."""
    (talk,) = reading.conversations(stage.rig.ports, flows.TEST, stage.account.id).items
    stage.act("message.send", talk.id, text="Hello")
    stage.pass_time(60)
    (message,) = reading.messages(stage.rig.ports, flows.TEST, stage.account.id, talk.id).items
    assert (message.text, message.own) == ("Hello", True)


@pytest.mark.parametrize("read", [reading.mentions, reading.reviews])
def test_what_is_not_offered_says_why(stage: Stage, read: Any) -> None:
    """The manifest's reason, and its source."""
    with pytest.raises(Unsupported) as refused:
        read(stage.rig.ports, flows.TEST, stage.account.id)
    assert refused.value.meta["reason"] == "a network for tests has none"
    assert refused.value.meta["source"].startswith("https://")


def test_a_refused_token_is_refreshed_once(stage: Stage) -> None:
    """The question is asked again; a second refusal is told."""
    answers = [Response(401, {}, b"{}")]
    stage.rig.sandbox.intercept = lambda _: answers.pop() if answers else None
    assert reading.messages(stage.rig.ports, flows.TEST, stage.account.id, "talk-1").items == ()
    answers[:] = [Response(401, {}, b"{}"), Response(401, {}, b"{}")]
    with pytest.raises(NetworkRefused):
        reading.messages(stage.rig.ports, flows.TEST, stage.account.id, "talk-1")


def test_a_network_s_trouble_is_told(stage: Stage) -> None:
    """Limits with their end; silence as our own «try again»."""

    def silent(_: Request) -> Response | None:
        raise AnswerLost("reset")

    stage.rig.sandbox.intercept = lambda _: Response(429, {}, b"{}")
    with pytest.raises(Limited) as limited:
        reading.messages(stage.rig.ports, flows.TEST, stage.account.id, "talk-1")
    assert limited.value.meta["retry_after_seconds"] == 2
    stage.rig.sandbox.intercept = silent
    with pytest.raises(Broken):
        reading.messages(stage.rig.ports, flows.TEST, stage.account.id, "talk-1")


def test_an_account_of_somebody_else_is_missing(stage: Stage) -> None:
    """As everywhere."""
    for read in (reading.conversations, ads.accounts):
        with pytest.raises(Missing):
            read(stage.rig.ports, flows.TEST, "acc_other")


def test_ads_are_read_level_by_level(stage: Stage) -> None:
    """A campaign that was made is there, paused."""
    (account,) = ads.accounts(stage.rig.ports, flows.TEST, stage.account.id).items
    stage.act("campaign.create", account.id, text="Spring", arguments=CAMPAIGN)
    stage.pass_time(60)
    found = ads.objects(stage.rig.ports, flows.TEST, stage.account.id, "campaign", account.id).items
    assert [(one.name, one.status) for one in found] == [("Spring", "paused")]
    day = date(2026, 11, 1)
    assert (
        ads.stats(stage.rig.ports, flows.TEST, stage.account.id, "account", account.id, ids=(), since=day, until=day)
        == ()
    )


@pytest.mark.parametrize(
    ("level", "ids", "since", "until", "field"),
    [
        ("creative", ("1",), 1, 2, "level"),
        ("campaign", (), 1, 2, "ids"),
        ("campaign", tuple(map(str, range(101))), 1, 2, "ids"),
        ("campaign", ("1",), 2, 1, "until"),
    ],
)
def test_figures_need_a_level_ids_and_days(
    stage: Stage, level: str, ids: tuple[str, ...], since: int, until: int, field: str
) -> None:
    """What makes no sense is refused before the network is asked."""
    days = {"since": date(2026, 11, since), "until": date(2026, 11, until)}
    with pytest.raises(Invalid) as refused:
        ads.stats(stage.rig.ports, flows.TEST, stage.account.id, level, "ads-1", ids=ids, **days)
    assert refused.value.meta["field"] == field


def test_an_unknown_level_is_refused(stage: Stage) -> None:
    """With the known ones."""
    with pytest.raises(Invalid, match="campaign, ad_group, creative, ad"):
        ads.objects(stage.rig.ports, flows.TEST, stage.account.id, "banner", "ads-1")  # type: ignore[arg-type]


def test_resources_are_looked_up_by_name(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A known one is read with its arguments; others are refused with the nearest name."""
    module = ModuleType("resources")
    module.read = lambda call, name, arguments, cursor: Page(({"id": name, **arguments},))  # type: ignore[attr-defined]
    boards = Resource("boards", "The account's boards", (Option("query", "string", "a part of the name"),))
    real = registry.manifest("plain")
    monkeypatch.setattr(registry, "manifest", lambda _: replace(real, resources=(boards,)))
    monkeypatch.setattr(registry, "resources", lambda _: module)
    page = resources.read(stage.rig.ports, flows.TEST, stage.account.id, "boards", {"query": "a"})
    assert page.items == ({"id": "boards", "query": "a"},)
    with pytest.raises(Invalid, match="Did you mean boards"):
        resources.read(stage.rig.ports, flows.TEST, stage.account.id, "bords")
    with pytest.raises(Invalid, match="Did you mean query"):
        resources.read(stage.rig.ports, flows.TEST, stage.account.id, "boards", {"querry": "a"})
