"""Subscriptions: made with the account, kept alive, given up in words, ended with the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from shared.domain import chores as planning
from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.chores import Chore
from shared.operations import accounts, chores, subscribing
from shared.platforms import registry
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.store import Write
from tests.operations import flows
from tests.support import memory_ports
from tests.support.memory_ports import Rig

OFFERED = [name for name in registry.all_names() if registry.manifest(name).facets.get("webhooks") == "offered"]


def chore_of(rig: Rig, account: Account) -> Chore | None:
    doc = rig.store.get(planning.chore_path(account.space, account.id, "subscribe"))
    return codec.decode(Chore, doc.data) if doc else None


def subscribe(rig: Rig, account: Account) -> str:
    """What the next run of the account's chore comes to."""
    chore = chore_of(rig, account)
    assert chore is not None
    rig.clock.move_to(max(rig.clock.now(), chore.wake_at))
    chores.hand_out(rig.ports, "subscribe")
    chore = chore_of(rig, account)
    assert chore is not None
    return subscribing.subscribe(
        rig.ports, {"space": chore.space, "account_id": chore.account_id, "ticket": chore.ticket}
    )


def planned(rig: Rig, platform: str, caller: Any = flows.TEST) -> Account:
    account = flows.redirected(rig, platform, caller)
    rig.store.commit([chores.planned(account, "subscribe", rig.clock.now())])
    return account


@pytest.mark.parametrize("name", OFFERED)
def test_every_network_that_pushes_is_subscribed_and_looked_at_within_the_week(name: str) -> None:
    """Or says why not: LinkedIn tells of pages only. Nothing stays due, and the second look changes nothing."""
    rig = memory_ports.rig()
    account = planned(rig, name)
    outcomes = {subscribe(rig, account) for _ in range(2)}
    assert len(outcomes) == 1
    assert outcomes == {"subscribed"} or "members" in outcomes.pop()
    chore = chore_of(rig, account)
    assert chore is not None
    assert timedelta(hours=1) < chore.wake_at - rig.clock.now() <= subscribing.EVERY


def test_a_lease_is_renewed_before_it_ends() -> None:
    rig = memory_ports.rig()
    account = planned(rig, "youtube")
    world, leases = rig.sandbox.world("youtube"), []
    for _ in range(4):
        subscribe(rig, account)
        leases.append((world.get("yt.hub", account.platform_account_id) or {})["until"])
        chore = chore_of(rig, account)
        assert chore is not None
        assert chore.wake_at.timestamp() < leases[-1]
    assert sorted(set(leases)) == leases


def test_disconnecting_ends_the_subscription_unless_another_workspace_has_the_account() -> None:
    rig = memory_ports.rig()
    world = rig.sandbox.world("youtube")
    first, other = planned(rig, "youtube"), planned(rig, "youtube", flows.OTHER)
    for one in (first, other):  # one world for both, as the real one is
        rig.store.commit([Write("update", account_path(one.space, one.id), {"world": ""})])
    assert first.platform_account_id == other.platform_account_id
    for account in (first, other):
        subscribe(rig, account)
    accounts.disconnect(rig.ports, flows.TEST, first.id)
    assert world.get("yt.hub", first.platform_account_id)
    accounts.disconnect(rig.ports, flows.OTHER, other.id)
    assert world.get("yt.hub", first.platform_account_id) is None
    forms = [parse_qs(bytes(one.body).decode()) for one in rig.sandbox.sent if "pubsubhubbub" in one.url]  # type: ignore[arg-type]
    assert [one["hub.mode"] for one in forms] == [["subscribe"], ["subscribe"], ["unsubscribe"]]
    assert forms[-1]["hub.callback"] == forms[0]["hub.callback"]


def test_a_fault_is_tried_again_with_growing_pauses_and_then_stands() -> None:
    rig = memory_ports.rig()
    account = planned(rig, "facebook")

    def lost(request: Request) -> Response | None:
        if "subscribed_apps" in request.url:
            raise AnswerLost("no answer")
        return None

    rig.sandbox.intercept = lost
    pauses = []
    for _ in range(3):
        assert subscribe(rig, account) == "put off"
        chore = chore_of(rig, account)
        assert chore is not None
        pauses.append(chore.wake_at - rig.clock.now())
    assert pauses == [timedelta(minutes=one) for one in (1, 2, 4)]
    rig.sandbox.intercept = None
    assert subscribe(rig, account) == "subscribed"


def test_a_final_refusal_is_logged_once_and_looked_at_again_in_a_week() -> None:
    rig = memory_ports.rig()
    account = planned(rig, "facebook")
    refusal = b'{"error": {"message": "(#200) denied", "type": "OAuthException", "code": 200}}'
    rig.sandbox.intercept = lambda request: Response(403, {}, refusal) if "subscribed_apps" in request.url else None
    for _ in range(12):
        subscribe(rig, account)
    said = [doc for path, doc in rig.store.everything() if doc.get("action") == "account.webhooks_refused"]
    assert len(said) == 1
    assert said[0]["account_id"] == account.id


def test_an_installation_that_no_network_can_reach_says_so() -> None:
    """For live accounts; simulated ones need no public address."""
    unreachable = memory_ports.rig()
    account = flows.redirected(unreachable, "youtube")
    with pytest.raises(subscribing.OutOfReach, match="PUBLIC_URL"):
        subscribing.callback_url(_http(unreachable), _live(account))
    assert subscribing.callback_url(_http(unreachable), account).startswith("https://")


def test_networks_are_told_where_they_deliver_where_that_is_not_where_callers_call() -> None:
    """Two functions without a load balancer are two addresses."""
    rig = memory_ports.rig()
    account = flows.redirected(rig, "youtube")
    ports = replace(rig.ports, webhooks_url="https://rostrum.test/ingest")
    assert subscribing.callback_url(ports, _live(account)) == "https://rostrum.test/ingest/webhooks/youtube"
    assert subscribing.callback_url(ports, account) == subscribing.callback_url(rig.ports, account)
    with pytest.raises(subscribing.OutOfReach, match="WEBHOOKS_URL"):
        subscribing.callback_url(replace(ports, webhooks_url="http://10.0.0.1"), _live(account))


def test_an_adapter_that_breaks_is_put_off_and_keeps_no_account_from_being_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both would break again at each repetition: the task would be delivered for ever, the tokens would stay."""
    rig = memory_ports.rig()
    account = planned(rig, "facebook")
    assert subscribe(rig, account) == "subscribed"

    def broken(*_: object) -> None:
        raise KeyError("data")

    facet = registry.webhooks("facebook")
    assert facet is not None
    monkeypatch.setattr(facet, "subscribe", broken)
    monkeypatch.setattr(facet, "unsubscribe", broken)
    assert subscribe(rig, account) == "put off"
    accounts.disconnect(rig.ports, flows.TEST, account.id)
    assert rig.vault.secrets == {}


def test_a_chore_of_an_account_that_is_gone_ends() -> None:
    rig = memory_ports.rig()
    account = planned(rig, "facebook")
    accounts.disconnect(rig.ports, flows.TEST, account.id)
    rig.store.commit([chores.planned(account, "subscribe", rig.clock.now())])
    assert subscribe(rig, account) == "ended"
    assert chore_of(rig, account) is None


def _http(rig: Rig) -> Any:
    return replace(rig.ports, public_url="http://127.0.0.1:8080")


def _live(account: Account) -> Account:
    return replace(account, sandbox=False)
