"""Connections are looked after: renewed within their windows, warned of once, ended only when they are over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.chores import Chore, chore_path
from shared.domain.errors import Reconnect, RostrumError
from shared.operations import accounts, chores, grants, lifetimes, linking, refreshing, sessions, telling
from shared.platforms import registry
from shared.ports.http import AnswerLost, NotSent, Request, Response
from shared.ports.store import Write
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import TEST, begin, consent, redirected, signed_in
from tests.support import faults, memory_ports
from tests.support.faults import Crash
from tests.support.memory_ports import Rig

DAY = timedelta(days=1)


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def now(rig: Rig, account: Account) -> Account:
    return sessions.open_account(rig.ports, account.space, account.id)


def person(rig: Rig, platform: str, name: str, caller: Caller = TEST) -> Account:
    """An account of a simulated person who may be of a kind of their own."""
    query = consent(rig, begin(rig, platform, caller), sandbox_user=name)
    return accounts.get(rig.ports, caller, accounts.callback(rig.ports, platform, query).account_id)


def chore(rig: Rig, account: Account) -> Chore | None:
    doc = rig.store.get(chore_path(account.space, account.id, "refresh"))
    return codec.decode(Chore, doc.data) if doc else None


def worked(rig: Rig) -> list[str]:
    """The schedule calls, and the tasks that it hands out are done; what became of each."""
    refreshing.refresh_due(rig.ports)
    return [
        refreshing.refresh(rig.ports, dict(task.body))
        for task in rig.queue.take(rig.clock.now())
        if task.function == "refresh"
    ]


def passing(rig: Rig, until: datetime, step: timedelta = timedelta(minutes=5)) -> Iterator[str]:
    """Time passes, from one chore that is due to the next."""
    while rig.clock.now() < until:
        waiting = [data["wake_at"] for path, data in rig.store.everything() if path.endswith(".refresh")]
        rig.clock.move_to(min([until, *(max(at, rig.clock.now() + step) for at in waiting)]))
        yield from worked(rig)


def told(rig: Rig, kind: str) -> list[dict[str, Any]]:
    found = [data for path, data in rig.store.everything() if "/events/" in path and data["action"] == kind]
    return [dict(one["metadata"]) for one in sorted(found, key=lambda one: one["created_at"])]


def down(rig: Rig, how: type[NotSent | AnswerLost] = NotSent) -> list[datetime]:
    """From now on no network can be reached; when it was tried."""
    tried: list[datetime] = []

    def away(_: Request) -> Response:
        tried.append(rig.clock.now())
        raise how("down")

    rig.sandbox.intercept = away
    return tried


@pytest.mark.parametrize(
    ("platform", "first", "last"),
    [
        ("instagram", 30, 48),  # of 60 days
        ("threads", 30, 48),
        ("tiktok", 150, 168),  # of 180
        ("pinterest", 30, 48),  # of 60
        ("bluesky", 60, 78),  # of 90
        ("youtube", 90, 144),  # dies unused after six months
        ("google_business", 90, 144),
        ("twitter", 30, 48),  # has no end that anybody knows
        ("reddit", 30, 48),
        ("snapchat", 30, 48),
    ],
)
def test_each_network_has_a_window_and_its_accounts_are_spread_over_it(
    rig: Rig, platform: str, first: int, last: int
) -> None:
    account = signed_in(rig) if platform == "bluesky" else redirected(rig, platform)
    ats = [lifetimes.of(replace(account, id=f"acc_{number}")).renew_at for number in range(200)]
    days = [(at - account.created_at) / DAY for at in ats if at is not None]
    assert len(days) == 200
    assert first <= min(days) < first + (last - first) / 10
    assert last - (last - first) / 10 < max(days) <= last


def test_a_connection_is_renewed_in_its_window_for_ever_and_not_once_more_often(rig: Rig) -> None:
    """A year of a network whose tokens live 60 days, looked after every five minutes."""
    account = redirected(rig, "instagram")
    before = len(rig.sandbox.sent)
    assert set(passing(rig, rig.clock.now() + 365 * DAY)) == {"kept"}
    after, calls = now(rig, account), len(rig.sandbox.sent) - before
    assert 365 / 48 - 1 <= calls <= 365 / 30
    assert (after.token_version, after.status) == (calls + 1, "active")
    assert after.expires_at
    assert after.expires_at - rig.clock.now() >= 12 * DAY
    assert told(rig, "account.expiring") == []


def test_an_access_token_of_hours_beside_a_grant_that_lasts_is_renewed_on_demand_only(rig: Rig) -> None:
    """And whoever is in use needs no call in the background at all."""
    account = redirected(rig, "youtube")
    start = rig.clock.now()
    assert list(passing(rig, start + 80 * DAY)) == []
    sessions.call(rig.ports, now(rig, account))
    sent = len(rig.sandbox.sent)
    assert list(passing(rig, start + 150 * DAY)) == ["kept"]
    assert len(rig.sandbox.sent) == sent
    assert list(passing(rig, start + 240 * DAY)) == ["kept"]
    assert len(rig.sandbox.sent) == sent + 1


def test_what_only_a_person_can_put_off_is_said_a_week_and_a_day_before_once_each(rig: Rig) -> None:
    """Then it is over: the network is not asked, the account says so, and connecting it begins anew."""
    account = person(rig, "linkedin", "selfserve")
    sent, ends = len(rig.sandbox.sent), account.expires_at
    assert ends
    assert list(passing(rig, ends - 3 * DAY)) == ["kept"]
    worked(rig)
    assert list(passing(rig, ends - timedelta(hours=1))) == ["kept"]
    assert [one["days"] for one in told(rig, "account.expiring")] == [7, 1]
    assert told(rig, "account.expiring")[0]["expires_at"] == f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    assert list(passing(rig, ends + DAY)) == ["has come to its end"]
    assert (now(rig, account).status, now(rig, account).reconnect_reason) == ("reconnect_required", grants.EXPIRED)
    assert told(rig, "account.disconnected") == [{"reason": grants.EXPIRED, "reconnect_required": True}]
    assert (len(rig.sandbox.sent), chore(rig, account)) == (sent, None)
    person(rig, "linkedin", "selfserve")
    assert now(rig, account).status == "active"
    assert len(list(passing(rig, rig.clock.now() + 58 * DAY))) == 1
    assert [one["days"] for one in told(rig, "account.expiring")] == [7, 1, 7]


def test_what_nothing_renews_is_used_to_its_very_end_and_then_has_expired(rig: Rig) -> None:
    """Whoever speaks for it in its last minute is no reason to end it, nor to say that its person has."""
    account = person(rig, "linkedin", "selfserve")
    assert account.expires_at
    rig.clock.move_to(account.expires_at - timedelta(seconds=30))
    assert sessions.call(rig.ports, account).tokens.access
    assert now(rig, account).status == "active"
    rig.clock.move_to(account.expires_at)
    with pytest.raises(Reconnect):
        sessions.call(rig.ports, account)
    assert told(rig, "account.disconnected") == [{"reason": grants.EXPIRED, "reconnect_required": True}]


def test_a_grant_of_a_week_is_warned_of_on_its_last_day(rig: Rig) -> None:
    """A network whose app is in testing gives grants of seven days."""
    account = redirected(rig, "youtube")
    life = lifetimes.of(replace(account, refresh_expires_at=account.created_at + 7 * DAY))
    assert life.next_at(account.created_at) == account.created_at + 6 * DAY
    assert life.warnings(account.created_at + 6 * DAY) == [1]
    assert life.warnings(account.created_at + timedelta(hours=1)) == []


@pytest.mark.parametrize("how", [NotSent, AnswerLost])
def test_a_network_that_stays_away_ends_nothing_before_the_token_itself_has_ended(
    rig: Rig, how: type[NotSent | AnswerLost]
) -> None:
    """It is asked less and less often, a person hears of it in time, and its last word is the token's end."""
    account = redirected(rig, "instagram")
    ends = account.expires_at
    assert ends
    tried = down(rig, how)
    list(passing(rig, ends - timedelta(minutes=1)))
    assert now(rig, account).status == "active"
    assert 12 * 4 <= len(tried) <= 30 * 4 + 12
    assert [one["days"] for one in told(rig, "account.expiring")] == [7, 1]
    list(passing(rig, ends + DAY))
    assert now(rig, account).reconnect_reason == grants.EXPIRED
    assert len(told(rig, "account.disconnected")) == 1


def test_a_network_that_is_back_in_time_is_as_if_nothing_had_been(rig: Rig) -> None:
    account = redirected(rig, "instagram")
    assert account.expires_at
    down(rig)
    list(passing(rig, account.expires_at - 3 * DAY))
    rig.sandbox.intercept = None
    assert list(passing(rig, account.expires_at)) == ["kept"]
    assert now(rig, account).status == "active"
    assert told(rig, "account.disconnected") == []


def test_a_lost_answer_is_one_request_to_connect_again_and_no_loop(rig: Rig) -> None:
    """The stored refresh token was spent by the request whose answer was lost: found out within minutes, by itself."""
    account = redirected(rig, "twitter")
    rig.clock.advance(7200)

    def lose(call: str, phase: str) -> None:
        if (call, phase) == ("sandbox.send", "after"):
            rig.faults.hook = None
            raise AnswerLost("cut off")

    rig.faults.hook = lose
    with pytest.raises(Exception, match="did not answer"):
        sessions.call(rig.ports, account)
    sent = len(rig.sandbox.sent)
    list(passing(rig, rig.clock.now() + 90 * DAY))
    assert len(rig.sandbox.sent) == sent + 1
    assert now(rig, account).status == "reconnect_required"
    assert told(rig, "account.disconnected") == [{"reason": grants.REVOKED, "reconnect_required": True}]


def test_an_answer_that_comes_after_another_was_refused_brings_the_account_back_with_all_that_it_had(rig: Rig) -> None:
    """The first took longer than its claim; the chore asked with the token that it had spent. Afterwards the account is
    renewed and read as before, and who heard of its end hears of its return."""
    account = redirected(rig, "tiktok")
    due = chore(rig, account)
    assert due is not None
    rig.clock.move_to(due.wake_at)

    def late(call: str, phase: str) -> None:
        if (call, phase) == ("sandbox.send", "after"):
            rig.faults.hook = None
            rig.clock.advance(120)
            assert worked(rig) == ["has to be connected again"]

    rig.faults.hook = late
    assert sessions.refresh(rig.ports, account).status == "active"
    assert [one["reason"] for one in told(rig, "account.disconnected")] == [grants.REVOKED]
    assert len(told(rig, "account.connected")) == 2
    assert list(passing(rig, rig.clock.now() + 200 * DAY)) != []
    assert now(rig, account).token_version == 3


def test_what_becomes_of_accounts_goes_out_to_who_listens(rig: Rig) -> None:
    """Connected, expiring, disconnected: each in the commit that makes it so, with ids and small facts only."""
    rig.store.commit([Write("set", f"workspaces/{TEST.space}/webhooks/whk_1", {"is_active": True})])
    account = person(rig, "linkedin", "selfserve")
    assert account.expires_at
    list(passing(rig, account.expires_at + DAY))
    accounts.disconnect(rig.ports, TEST, account.id)
    sent = [one for one in rig.bus.messages if one.topic == telling.TOPIC]
    names = ["connected", "expiring", "expiring", "disconnected", "disconnected"]
    assert [one.attributes["type"] for one in sent] == [f"account.{name}" for name in names]
    assert {one.data["account_id"] for one in sent} == {account.id}
    assert [one.data.get("reconnect_required") for one in sent] == [None, True, True, True, None]
    assert all(account.username not in str(one.data) for one in sent)


def test_an_account_of_before_is_looked_at_to_learn_whether_it_can_be_renewed(rig: Rig) -> None:
    """It was not noted then whether there is a refresh token: nothing is asked of the network for that."""
    account = person(rig, "linkedin", "selfserve")
    path = f"workspaces/{account.space}/accounts/{account.id}"
    rig.store.commit([Write("update", path, {"refreshable": None, "renewed_at": None, "connected_at": None})])
    rig.store.commit([chores.planned(account, "refresh", rig.clock.now())])
    sent = len(rig.sandbox.sent)
    assert worked(rig) == ["kept"]
    assert (now(rig, account).refreshable, len(rig.sandbox.sent)) == (False, sent)
    left = chore(rig, account)
    assert left is not None
    assert account.expires_at
    assert left.wake_at == account.expires_at - 7 * DAY


def test_what_is_learnt_of_an_account_of_before_is_of_the_tokens_that_were_looked_at(rig: Rig) -> None:
    """Connected again meanwhile, it may be renewed: taken for what cannot be, it would be ended with its first hour. And a
    vault that is away puts the look off."""
    account = person(rig, "linkedin", "selfserve")
    path = f"workspaces/{account.space}/accounts/{account.id}"
    rig.store.commit(
        [Write("update", path, {"refreshable": None}), chores.planned(account, "refresh", rig.clock.now())]
    )

    def away(call: str, phase: str) -> None:
        if call == "vault.open":
            rig.faults.hook = None
            raise VaultUnavailable("down")

    def again(call: str, phase: str) -> None:
        if (call, phase) == ("vault.open", "after"):
            rig.faults.hook = None
            rig.store.commit([Write("update", path, {"refreshable": True, "sealed": "others"})])

    rig.faults.hook = away
    assert worked(rig) == ["put off"]
    rig.clock.advance(120)
    rig.faults.hook = again
    assert worked(rig) == ["kept"]
    assert now(rig, account).refreshable is True


def test_a_task_of_an_account_that_is_gone_or_of_before_finds_nothing_to_do(rig: Rig) -> None:
    account = redirected(rig, "instagram")
    body = {"space": account.space, "account_id": account.id, "ticket": 1}
    assert refreshing.refresh(rig.ports, body) == "nothing to do"
    path = f"workspaces/{account.space}/accounts/{account.id}"
    rig.store.commit([Write("update", path, {"status": "disconnected"})])
    chores.hurry(rig.ports, account.space, account.id, "refresh")
    assert worked(rig) == ["not connected"]
    assert chore(rig, account) is None
    linking.forget(rig.ports, account)


def test_every_network_says_what_keeps_its_connections_alive() -> None:
    """Or has tokens without an end."""
    without = [name for name in registry.all_names() if registry.manifest(name).oauth.renewal is None]
    assert without == [name for name in without if registry.manifest(name).feature("refresh") != "offered"]


def _oauth(error: str, status: int = 400) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps({"error": error}).encode())


def _graph(code: int) -> Response:
    said = {"error": {"message": "no", "type": "OAuthException", "code": code}}
    return Response(400, {"content-type": "application/json"}, json.dumps(said).encode())


OURS = [
    *(_oauth(name) for name in ("invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type")),
    *(_oauth(name, 401) for name in ("invalid_client", "unauthorized_client")),
    *(_graph(code) for code in (1, 2, 4, 10, 100, 101, 200)),
    *(Response(status, {"content-type": "text/html"}, b"<html>no") for status in (200, 302, 400, 401, 403, 404, 503)),
]


@pytest.mark.parametrize("platform", registry.all_names())
def test_nothing_but_the_word_that_the_grant_is_dead_ends_an_account(platform: str) -> None:
    """A mistake in a request of ours, an app's secret that is wrong, what something in between answers: it would end all
    accounts of the network within a day."""
    rig = memory_ports.rig()
    account = signed_in(rig) if platform == "bluesky" else redirected(rig, platform)
    rig.clock.advance(2 * 86_400)
    for answer in OURS:
        rig.sandbox.intercept = lambda _, said=answer: said
        with suppress(RostrumError):
            sessions.refresh(rig.ports, now(rig, account))
        assert now(rig, account).status == "active", (answer.status, answer.body)
        rig.clock.advance(3600)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_crash_at_each_step_of_the_chore_never_loses_an_account_in_silence(phase: faults.Phase) -> None:
    """The process dies at each port call, before and after it took effect. What is due comes again: then the account is
    active with tokens that the network takes, or says that it has to be connected again, with one event."""
    outcomes: list[str] = []
    for at in range(60):
        rig = memory_ports.rig(seed=at)
        account = redirected(rig, "tiktok")
        due = chore(rig, account)
        assert due is not None
        rig.clock.move_to(due.wake_at)
        rig.faults.calls.clear()
        rig.faults.hook = faults.once(at, phase, Crash)
        with suppress(Crash):
            worked(rig)
        over = len(rig.faults.calls) <= at
        rig.faults.hook = None
        list(passing(rig, rig.clock.now() + 2 * DAY))
        outcomes.append(now(rig, account).status)
        ended = len(told(rig, "account.disconnected"))
        if outcomes[-1] == "active":
            assert sessions.insisted(rig.ports, now(rig, account), lambda call: call.tokens.access)
            assert lifetimes.of(now(rig, account)).renew_at != lifetimes.of(account).renew_at
        assert ended == (outcomes[-1] == "reconnect_required")
        if over:
            break
    lost = outcomes.count("reconnect_required")
    print(f"{len(outcomes)} crashes {phase} a step: {lost} had to be connected again, none was lost in silence")
    assert len(outcomes) > 10
    assert set(outcomes) <= {"active", "reconnect_required"}
    assert lost <= 3  # between the network's answer and its keeping
