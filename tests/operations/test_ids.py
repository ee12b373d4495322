"""An id that a caller gives becomes part of an address: what can be none never reaches an adapter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from shared.domain.errors import Broken, Invalid
from shared.operations.engaging import ads, following, ids, reading
from shared.operations.engaging.commands import Verdict
from shared.ports.http import Request, Response
from tests.operations import engaged, flows
from tests.operations.engaged import CAMPAIGN, Stage
from tests.simulation import plain

NO_IDS = ["me/feed?message=hi&x=", "1#", "a&b", "%2e%2e", "..", "../../me", "1/../me", "a\\b", "a\nb", "1" * 2049]
IDS = [
    "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k43tv4rft22g",
    "urn:li:comment:(urn:li:activity:1,2)",
    "wamid.HBgLMTY1MDU1NTE+/NA==",
    "accounts/1/locations/2/reviews/AbFvOq_x-",
    "+47 (22) 33-44.55",
    "UgxAbc.9d~e",
    "t1_x",
    "",
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """With the plain network, on which nothing may be sent."""
    plain.install()
    yield engaged.stage()
    plain.uninstall()


@pytest.mark.parametrize("given", NO_IDS)
def test_what_can_be_no_id_is_refused_everywhere(stage: Stage, given: str) -> None:
    """In acts, in their arguments, and in questions; the field is named."""
    who, day = (stage.rig.ports, flows.TEST, stage.account.id), date(2026, 11, 1)

    def unreachable(request: Request) -> Response:
        raise AssertionError(f"sent: {request.url}")

    stage.rig.sandbox.intercept = unreachable
    for field, ask in (
        ("on", lambda: stage.act("comment.like", on=given)),
        ("on", lambda: stage.act("message.send", on=given, text="x")),
        ("on", lambda: stage.act("campaign.create", on="", text="x", arguments={**CAMPAIGN, "ad_account_id": given})),
        ("post_id", lambda: reading.comments(*who, given)),
        ("conversation_id", lambda: reading.messages(*who, given)),
        ("ad_account_id", lambda: ads.objects(*who, "campaign", given)),
        ("parent_id", lambda: ads.objects(*who, "ad", "ads-1", parent_id=given)),
        ("ids", lambda: ads.stats(*who, "campaign", "ads-1", ids=["1", given], since=day, until=day)),
    ):
        with pytest.raises(Invalid) as refused:
            ask()
        assert refused.value.meta["field"] == field


@pytest.mark.parametrize("given", NO_IDS)
def test_a_verdict_names_a_real_id(stage: Stage, given: str) -> None:
    """It is what later questions are about."""
    with pytest.raises(Invalid) as refused:
        following.resolve(stage.rig.ports, flows.TEST, "act_1", Verdict("done", given))
    assert refused.value.meta["field"] == "platform_id"


@pytest.mark.parametrize("given", IDS)
def test_the_networks_own_ids_pass(given: str) -> None:
    """Each looks different."""
    assert list(ids.faults("on", given)) == []
    assert list(ids.named({"thing_id": given, "thing_ids": [given], "link": "https://x.example/?a=b#c"}, "at")) == []


def test_an_adapter_that_breaks_while_reading_is_no_mystery(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller hears which network it was, and what to do."""
    monkeypatch.setattr("tests.simulation.plain.inbox.conversations", lambda call, cursor: int(cursor))
    with pytest.raises(Broken) as broken:
        reading.conversations(stage.rig.ports, flows.TEST, stage.account.id, "not a number")
    assert (broken.value.code, broken.value.meta["platform"]) == ("platform.answer_unreadable", "plain")
