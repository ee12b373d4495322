"""What a plan allows: counted from what is there, checked before anything is made, and free of reads where unlimited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Connected, Tokens
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Invalid, Limited, RostrumError
from shared.domain.plans import FREE, LIMITS, PLANS, SELF_HOSTED, SOLD, UNLIMITED
from shared.domain.workspaces import Billing, Workspace, period_at, workspace_path
from shared.operations import allowances, brands, linking, media, plans
from shared.ports.store import Write
from shared.ports.world import Ports
from tests.support import files, memory_ports
from tests.support.memory_ports import Rig

LIVE = Caller("ws", "live", "key_1")
TEST = Caller("ws", "test", "key_2")
MADE = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def rig() -> Rig:
    """A world whose workspaces are on the plan Free."""
    made = memory_ports.rig(now=MADE + timedelta(days=3))
    ports = replace(made.ports, default_plan="free")
    made.store.commit([Write("set", workspace_path("ws"), codec.encode(Workspace("ws", "Acme", MADE)))])
    return replace(made, ports=ports)


def connected(ports: Ports, number: int, space: str = "ws.live") -> str:
    who = Connected(f"did:plc:{number}", f"p{number}.bsky.social", "P", Tokens("access"))
    return linking.link(ports, linking.Owner(space, sandbox=True), "bluesky", who).id


def code(caught: pytest.ExceptionInfo[Any]) -> str:
    error = caught.value
    assert isinstance(error, RostrumError)
    return error.code


def test_accounts_of_a_plan(rig: Rig) -> None:
    """One too many is refused; connecting one again is not, and disconnecting makes room. The sandbox is free."""
    for number in range(FREE.accounts):
        connected(rig.ports, number)
    with pytest.raises(Forbidden) as caught:
        connected(rig.ports, 99)
    assert (code(caught), caught.value.meta) == ("billing.profile_units_limit", {"plan": "free", "max": FREE.accounts})
    assert connected(rig.ports, 0)
    gone = connected(rig.ports, 1)
    rig.store.commit([Write("update", f"workspaces/ws.live/accounts/{gone}", {"status": "disconnected"})])
    assert connected(rig.ports, 99)
    with pytest.raises(Forbidden):
        connected(rig.ports, 1)
    for number in range(FREE.accounts + 1):
        connected(rig.ports, number, "ws.test")


def test_brands_of_a_plan(rig: Rig) -> None:
    """The default one counts; deleting one makes room."""
    made = [brands.create(rig.ports, LIVE, f"brand {number}") for number in range(FREE.brands - 1)]
    with pytest.raises(Forbidden) as caught:
        brands.create(rig.ports, LIVE, "one more")
    assert code(caught) == "billing.brands_limit"
    rig.store.commit([Write("update", f"workspaces/ws.live/brands/{made[0].id}", {"deleted_at": rig.clock.now()})])
    brands.create(rig.ports, LIVE, "one more")


def test_storage_of_a_plan(rig: Rig) -> None:
    """A file that does not fit is not kept, also not half; deleting makes room. The sandbox's files count, too."""
    picture = files.jpeg()
    for caller in (LIVE, TEST):
        full = {"status": "ready", "size": FREE.storage_bytes - len(picture), "created_at": MADE}
        rig.store.commit([Write("set", f"workspaces/{caller.space}/media/med_big", full)])
        media.upload(rig.ports, caller, filename="a.jpg", content_type="image/jpeg", chunks=[picture])
        with pytest.raises(Invalid) as caught:
            media.upload(rig.ports, caller, filename="b.jpg", content_type="image/jpeg", chunks=[picture])
        assert code(caught) == "billing.storage_quota"
        with pytest.raises(Invalid):
            media.upload_url(rig.ports, caller, filename="c.jpg", media_type="image/jpeg")
        found = media.storage(rig.ports, caller)
        assert (found.count, found.used_bytes, found.limit_bytes) == (2, FREE.storage_bytes, FREE.storage_bytes)


def test_interactions_of_a_month(rig: Rig) -> None:
    """Replies, messages and answers to reviews cost one; likes and private replies nothing; the next period begins anew."""
    for number in range(FREE.interactions):
        allowances.check_interactions(rig.ports, LIVE, "message.send")
        at = {"metered_at": allowances.metered(rig.ports, "message.send")}
        rig.store.commit([Write("set", f"workspaces/ws.live/targets/act_{number}", at)])
    waits = set()
    for verb in allowances.INTERACTIONS:
        with pytest.raises(Limited) as caught:
            allowances.check_interactions(rig.ports, LIVE, verb)
        assert code(caught) == "validation.interaction_limit_exhausted"
        assert (caught.value.meta["plan"], caught.value.meta["max"]) == ("free", FREE.interactions)
        waits.add(caught.value.meta["retry_after_seconds"])
    for verb in ("comment.like", "comment.hide", "comment.private_reply"):
        allowances.check_interactions(rig.ports, LIVE, verb)
        assert allowances.metered(rig.ports, verb) is None
    allowances.check_interactions(rig.ports, TEST, "message.send")
    (wait,) = waits
    rig.clock.advance(wait)
    allowances.check_interactions(rig.ports, LIVE, "message.send")


def test_many_posts_fit_together_or_none_does(rig: Rig) -> None:
    """An import asks for all of its rows at once."""
    allowances.check_posts(rig.ports, LIVE, FREE.posts)
    with pytest.raises(Limited) as caught:
        allowances.check_posts(rig.ports, LIVE, FREE.posts + 1)
    assert code(caught) == "validation.post_limit_exhausted"


def test_exports_of_a_month(rig: Rig) -> None:
    """As many as the plan has, in the period."""
    for number in range(FREE.exports):
        allowances.check_exports(rig.ports, LIVE)
        rig.store.commit([Write("set", f"workspaces/ws.live/exports/{number}", {"created_at": rig.clock.now()})])
    with pytest.raises(Limited) as caught:
        allowances.check_exports(rig.ports, LIVE)
    assert code(caught) == "billing.export_limit"


def test_an_unlimited_plan_costs_no_read(rig: Rig) -> None:
    """Once the plan is known, which the request's own counting has seen to."""
    ports = replace(rig.ports, default_plan="self_hosted", memory={})
    plans.of(ports, "ws")
    rig.faults.calls.clear()
    allowances.check_posts(ports, LIVE, 1000)
    allowances.posts_meter(ports, LIVE)
    allowances.check_interactions(ports, LIVE, "message.send")
    allowances.check_accounts(ports, LIVE)
    allowances.check_brands(ports, LIVE)
    allowances.check_exports(ports, LIVE)
    assert allowances.storage_limit(ports, LIVE) == UNLIMITED
    assert rig.faults.calls == []


def test_periods_begin_with_the_subscription_or_every_thirty_days() -> None:
    """A month that is paid for; months within a year that is paid for; else counted from the workspace's first day."""
    start, day = MADE, timedelta(days=1)
    plain = Workspace("ws", "Acme", start)
    assert period_at(plain, start) == (start, start + 30 * day)
    assert period_at(plain, start + 30 * day) == (start + 30 * day, start + 60 * day)
    paid = start + 10 * day
    monthly = replace(plain, billing=Billing(period_start=paid, period_end=paid + 31 * day))
    assert period_at(monthly, paid + 30 * day) == (paid, paid + 31 * day)
    yearly = replace(plain, billing=Billing(period_start=paid, period_end=paid + 365 * day))
    assert period_at(yearly, paid + 65 * day) == (paid + 60 * day, paid + 90 * day)
    for workspace in (plain, monthly, yearly):
        begin, end = period_at(workspace, start + 200 * day)
        assert begin <= start + 200 * day < end


def test_the_plans_grow_with_their_price() -> None:
    """The catalogue is cheapest first, and no dearer plan has less of anything."""
    assert [plan.name for plan in SOLD] == ["Free", "Starter", "Pro", "Agency"]
    for less, more in pairwise(SOLD):
        assert more.monthly_price_usd > less.monthly_price_usd
        assert more.annual_price_usd < 12 * more.monthly_price_usd
        for name in LIMITS:
            small, large = getattr(less, name), getattr(more, name)
            assert large == UNLIMITED or UNLIMITED != small <= large, name
    unlimited = [name for name in LIMITS if name != "event_retention_days"]
    assert {getattr(SELF_HOSTED, name) for name in unlimited} == {UNLIMITED}
    assert len(LIMITS) == 9
    assert set(PLANS) == {"free", "starter", "pro", "agency", "self_hosted"}
