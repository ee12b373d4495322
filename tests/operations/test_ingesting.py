"""What networks push: kept before it is read, worked off once however often it comes, and never lost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scripts.operate import __main__ as operate
from shared.domain import codec, raw_events
from shared.domain.accounts import Account, account_path
from shared.domain.callers import Caller
from shared.domain.posts import Arm, target_path
from shared.domain.raw_events import KEPT, MAX_SENT, MAX_TRIES, PATIENCE
from shared.domain.states import State
from shared.operations import accounts, chores, ingesting, subscribing
from shared.operations.ingesting import deletions, processing, sweeping
from shared.operations.ingesting.receiving import Received
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.reading import find
from shared.platforms._graph.webhooks import signature
from shared.platforms.contract import Push
from shared.ports.bus import BusUnavailable
from shared.ports.store import Unavailable, Write
from tests.operations import flows
from tests.operations.flows import OTHER, TEST
from tests.security.signers import graph_form
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

SECRET = "the-app-secret"


@pytest.fixture
def rig() -> Rig:
    return new_rig()


def new_rig() -> Rig:
    given = {"client_id": "app", "client_secret": SECRET}
    return memory_ports.rig(apps=dict.fromkeys(("facebook", "whatsapp"), given))


def delivery(account_id: str, number: int = 1, **more: Any) -> bytes:
    """A comment on a Page's post."""
    value: dict[str, Any] = {
        "item": "comment",
        "verb": "add",
        "comment_id": f"1_{number}",
        "post_id": "1_0",
        "message": "Hello?",
    }
    value |= {"from": {"id": "77", "name": "Robin"}, "created_time": 1795348800, **more}
    entry = {"id": account_id, "time": 1795348800, "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def redirected(rig: Rig, platform: str, who: Caller = TEST) -> Account:
    """An account that was connected, on the real network: what it pushes reaches no simulated one."""
    account = flows.redirected(rig, platform, who)
    rig.store.commit([Write("update", account_path(account.space, account.id), {"sandbox": False, "world": ""})])
    return replace(account, sandbox=False, world="")


def deliver(rig: Rig, body: bytes, platform: str = "facebook") -> Received:
    return ingesting.receive(rig.ports, platform, {"x-hub-signature-256": signature(body, SECRET)}, body)


def work_off(rig: Rig, times: int = 2) -> list[str]:
    """Every message of the bus, twice, as a subscription may bring it; what was done each time."""
    messages = [one for one in rig.bus.messages if one.topic == "webhooks"]
    rig.bus.messages[:] = [one for one in rig.bus.messages if one.topic != "webhooks"]
    return [processing.process(rig.ports, one.data, one.attributes).did for one in messages for _ in range(times)]


def stored(rig: Rig, collection: str) -> list[Mapping[str, Any]]:
    return [data for path, data in rig.store.everything() if path.split("/")[-2] == collection]


def comments(rig: Rig) -> list[Mapping[str, Any]]:
    return [data for data in stored(rig, "inbox") if data["kind"] == "comment"]


def said(rig: Rig, action: str) -> list[Mapping[str, Any]]:
    return [data for data in stored(rig, "events") if data["action"] == action]


def kept(rig: Rig, received: Received) -> Mapping[str, Any]:
    doc = rig.store.get(raw_events.raw_path(received.id))
    assert doc is not None
    return doc.data


# ---------------------------------------------------------------------------------------------------- receiving


def test_the_answer_waits_for_one_write_and_one_message_whatever_the_delivery_says(rig: Rig) -> None:
    """So that its time does not depend on what follows: how many accounts, events, endpoints."""
    account = redirected(rig, "facebook")
    many = json.loads(delivery(account.platform_account_id))
    many["entry"] *= 500
    for body in (delivery(account.platform_account_id), json.dumps(many).encode(), b"no json"):
        rig.faults.calls.clear()
        deliver(rig, body)
        assert rig.faults.calls == ["store.commit", "bus.publish"]


def test_the_same_bytes_are_one_delivery_and_handed_on_again_only_while_nothing_was_made_of_them(rig: Rig) -> None:
    body = delivery(redirected(rig, "facebook").platform_account_id)
    assert [deliver(rig, body).fresh for _ in range(3)] == [True, False, False]
    assert len(rig.bus.messages) == 3
    work_off(rig)
    deliver(rig, body)
    assert [one.topic for one in rig.bus.messages] == []
    assert len(stored(rig, "webhook_events")) == len(comments(rig)) == len(said(rig, "comment.received")) == 1


def test_whose_it_is_is_looked_up_once_for_a_delivery_of_many_events(rig: Rig) -> None:
    account = redirected(rig, "facebook")
    many = json.loads(delivery(account.platform_account_id))
    more = (json.loads(delivery(account.platform_account_id, number)) for number in range(2, 41))
    many["entry"] += [one["entry"][0] for one in more]
    deliver(rig, json.dumps(many).encode())
    rig.faults.calls.clear()
    work_off(rig, 1)
    assert len(comments(rig)) == 40
    assert rig.faults.calls.count("store.query") <= 40 + 3, "of each comment its post, and once the account"


def test_an_account_that_several_workspaces_have_is_told_of_in_each(rig: Rig) -> None:
    account, other = redirected(rig, "facebook"), redirected(rig, "facebook", OTHER)
    assert account.platform_account_id == other.platform_account_id
    deliver(rig, delivery(account.platform_account_id))
    work_off(rig)
    assert {item["account_id"] for item in comments(rig)} == {account.id, other.id}


def test_what_a_simulator_signed_reaches_simulated_accounts_and_what_a_network_did_real_ones(rig: Rig) -> None:
    """And what the app's secret signed only real ones: everybody knows the simulators' secrets, and anybody can make a
    simulated account whose id is a real one's."""
    account, live = flows.redirected(rig, "facebook"), redirected(rig, "facebook", OTHER)
    body = delivery(account.platform_account_id)
    push = Push("1", rig.clock.now(), {"X-Odd": "1"}, body)
    for world in ("", live.space):  # others' worlds have the same page
        ingesting.simulated(rig.ports, "facebook", push, world)
    work_off(rig)
    assert comments(rig) == []
    ingesting.simulated(rig.ports, "facebook", push, account.world)
    work_off(rig)
    assert [item["account_id"] for item in comments(rig)] == [account.id]
    assert deliver(rig, body).fresh
    work_off(rig)
    assert [item["account_id"] for item in comments(rig)] == [account.id, live.id]


def test_what_nobody_here_has_is_taken_and_forgotten(rig: Rig) -> None:
    known = redirected(rig, "facebook")
    accounts.disconnect(rig.ports, TEST, known.id)
    received = [deliver(rig, delivery(one)) for one in ("404", known.platform_account_id)]
    assert set(work_off(rig)) == {"done", "known"}
    assert [kept(rig, one)["state"] for one in received] == ["done", "done"]
    assert comments(rig) == []


def test_people_s_words_are_kept_no_longer_than_they_are_needed(rig: Rig) -> None:
    received = deliver(rig, delivery(redirected(rig, "facebook").platform_account_id))
    assert b"Hello?" in kept(rig, received)["body"]
    work_off(rig)
    assert (kept(rig, received)["body"], kept(rig, received)["wake_at"]) == (b"", None)
    assert kept(rig, received)["expire_at"] == rig.clock.now() + KEPT


# -------------------------------------------------------------------------------------------------- nothing lost


def failing(wanted: int, phase: str, *, crash: bool) -> faults.Hook:
    """The ``wanted``-th call fails as its port fails, or the process dies there."""
    seen = -1

    def hook(call: str, at: str) -> None:
        nonlocal seen
        seen += at == "before"
        if seen != wanted or at != phase:
            return
        if crash:
            raise faults.Crash
        raise {"store": Unavailable, "bus": BusUnavailable}[call.partition(".")[0]]("down")

    return hook


def lived_through(rig: Rig, body: bytes) -> None:
    """The network repeats what was not answered, the bus what was not taken, the sweeper comes each minute."""
    for _ in range(3):
        try:
            deliver(rig, body)
            break
        except (Unavailable, faults.Crash):
            continue
    for _ in range(6):
        waiting = list(rig.bus.messages)
        try:
            work_off(rig)
        except (Unavailable, BusUnavailable, faults.Crash):
            rig.bus.messages[:] = waiting
        rig.clock.advance(90)
        try:
            sweeping.sweep(rig.ports)
        except (Unavailable, faults.Crash):
            continue


def test_whatever_fails_at_whichever_call_nothing_is_lost_and_nothing_is_told_twice() -> None:
    cases = 0
    for wanted, phase, crash in itertools.product(range(24), ("before", "after"), (False, True)):
        rig = new_rig()
        account = redirected(rig, "facebook")
        rig.faults.hook = failing(wanted, phase, crash=crash)
        lived_through(rig, delivery(account.platform_account_id))
        rig.faults.hook = None
        where = (wanted, phase, crash)
        assert len(rig.faults.calls) > wanted
        assert len(comments(rig)) == len(said(rig, "comment.received")) == 1, where
        assert [doc["state"] for doc in stored(rig, "webhook_events")] == ["done"], where
        assert sweeping.sweep(rig.ports) == 0
        cases += 1
    assert cases == 96


def test_what_the_bus_did_not_take_is_answered_well_and_handed_on_by_the_sweeper(rig: Rig) -> None:
    rig.faults.hook = failing(1, "before", crash=False)
    assert deliver(rig, delivery(redirected_before(rig))).fresh
    rig.faults.hook = None
    assert rig.bus.messages == []
    assert sweeping.sweep(rig.ports) == 0, "it is left to the bus for a while"
    rig.clock.advance(PATIENCE.total_seconds())
    assert sweeping.sweep(rig.ports) == 1
    assert work_off(rig) == ["done", "known"]


def redirected_before(rig: Rig) -> str:
    """An account that is connected while nothing fails."""
    hook, rig.faults.hook = rig.faults.hook, None
    account = redirected(rig, "facebook")
    rig.faults.hook = hook
    return account.platform_account_id


def test_what_is_handed_out_for_ever_is_given_up_at_last(rig: Rig) -> None:
    """A delivery that kills its process each time, say, could otherwise be tried until the end of days."""
    received = deliver(rig, b"kills")
    for _ in range(MAX_SENT + 1):
        rig.clock.advance(3601)
        sweeping.sweep(rig.ports)
    assert kept(rig, received)["state"] == "dead"
    assert sweeping.sweep(rig.ports) == 0


# ---------------------------------------------------------------------------------------------------------- dead


def test_what_cannot_be_read_is_dead_at_once_with_its_reason_and_told(rig: Rig) -> None:
    received = deliver(rig, b'{"object":"page","entry":7}')
    assert work_off(rig) == ["dead", "known"]
    assert kept(rig, received)["reason"].startswith("unreadable: ")
    assert [(one.topic, one.data) for one in rig.bus.messages] == [("webhooks-dead", {"id": received.id})]


def test_one_broken_account_keeps_nobody_waiting_and_what_is_repaired_is_replayed(rig: Rig) -> None:
    healthy, broken = redirected(rig, "facebook"), redirected(rig, "facebook", OTHER)
    path = account_path(broken.space, broken.id)
    whole = rig.store.get(path)
    assert whole is not None
    rig.store.commit([Write("set", path, {name: whole.data[name] for name in ("platform", "platform_account_id")})])
    received = deliver(rig, delivery(healthy.platform_account_id))
    waits = []
    for _ in range(MAX_TRIES - 1):
        assert work_off(rig, 1) == ["again"]
        assert [item["account_id"] for item in comments(rig)] == [healthy.id]
        waits.append(kept(rig, received)["wake_at"] - rig.clock.now())
        rig.clock.advance(waits[-1].total_seconds())
        assert sweeping.sweep(rig.ports) == 1
    assert work_off(rig) == ["dead", "known"]
    assert waits == sorted(waits)
    assert kept(rig, received)["reason"].startswith("TypeError")
    rig.store.commit([Write("set", path, whole.data)])
    assert sweeping.replay(rig.ports, platform="tiktok") == 0
    assert sweeping.replay(rig.ports, [received.id, "none"]) == 1
    assert work_off(rig) == ["done", "known"]
    assert {item["account_id"] for item in comments(rig)} == {healthy.id, broken.id}
    assert len(said(rig, "comment.received")) == 2
    assert sweeping.replay(rig.ports) == 0


# ----------------------------------------------------------------------------------------------------- accounts


def callback(rig: Rig, path: str, account: Account) -> Received:
    body = graph_form({"user_id": account.known_as[0], "issued_at": int(rig.clock.now().timestamp())}, SECRET)
    return ingesting.receive(rig.ports, "facebook", {}, body, path)


def test_a_grant_that_the_person_ended_asks_for_a_new_connection_once(rig: Rig) -> None:
    account = redirected(rig, "facebook")
    rig.clock.advance(60)
    callback(rig, "deauthorize", account)
    work_off(rig)
    now = accounts.get(rig.ports, TEST, account.id)
    assert (now.status, now.reconnect_reason) == ("reconnect_required", "access_revoked")
    assert [entry["metadata"]["reason"] for entry in said(rig, "account.disconnected")] == ["access_revoked"]


def test_who_wants_to_be_forgotten_is_and_can_look_what_became_of_it(rig: Rig) -> None:
    account = redirected(rig, "facebook")
    rig.clock.advance(60)
    received = callback(rig, "data-deletion", account)
    confirmed = deletions.confirmation(rig.ports, "facebook", "data-deletion", received.id)
    assert confirmed
    assert confirmed["url"].endswith(f"/webhooks/facebook/data-deletion?code={confirmed['confirmation_code']}")
    code = confirmed["confirmation_code"]
    looked = [deletions.status(rig.ports, "facebook", "data-deletion", code)]
    work_off(rig)
    looked.append(deletions.status(rig.ports, "facebook", "data-deletion", code))
    assert ["being carried out" in str(looked[0]), "was carried out" in str(looked[1])] == [True, True]
    assert deletions.status(rig.ports, "threads", "data-deletion", code) is None
    stranger = graph_form({"user_id": "404", "issued_at": 1795348800}, SECRET)
    code = ingesting.receive(rig.ports, "facebook", {}, stranger, "data-deletion").id
    work_off(rig)
    assert "no account" in str(deletions.status(rig.ports, "facebook", "data-deletion", code))
    doc = rig.store.get(account_path(account.space, account.id))
    assert doc is not None
    assert (doc.data["status"], doc.data["name"], doc.data["known_as"]) == ("disconnected", "", [])


@pytest.mark.parametrize("phase", ["before", "after"])
def test_who_wants_to_be_forgotten_is_whatever_fails_at_whichever_call(phase: str) -> None:
    """Between the disconnecting and the forgetting lie the network, the vault and the store."""
    for wanted in itertools.count():
        rig = new_rig()
        account = redirected(rig, "facebook")
        rig.clock.advance(60)
        received = callback(rig, "data-deletion", account)
        rig.faults.calls.clear()
        rig.faults.hook = failing(wanted, phase, crash=True)
        with suppress(faults.Crash):
            work_off(rig, 1)
        if len(rig.faults.calls) <= wanted:
            break
        rig.faults.hook = None
        processing.process(rig.ports, {"id": received.id}, {})
        doc = rig.store.get(account_path(account.space, account.id))
        assert doc is not None
        left = [doc.data[name] for name in ("status", "sealed", "name")]
        assert (left, kept(rig, received)["state"]) == (["disconnected", "", ""], "done"), wanted
    assert wanted > 8


def test_what_was_connected_after_the_person_said_so_stays(rig: Rig) -> None:
    """A network repeats; and so may who has seen it."""
    account = redirected(rig, "facebook")
    said_at = graph_form({"user_id": account.known_as[0], "issued_at": int(rig.clock.now().timestamp()) + 60}, SECRET)
    rig.clock.advance(120)
    account = redirected(rig, "facebook")
    for path in ("deauthorize", "data-deletion"):
        ingesting.receive(rig.ports, "facebook", {}, said_at, path)
    work_off(rig)
    assert accounts.get(rig.ports, TEST, account.id).status == "active"


def test_an_account_of_an_older_installation_learns_what_deliveries_call_it_when_its_subscription_is_looked_at(
    rig: Rig,
) -> None:
    """Else nobody could be forgotten who connected before."""
    account = flows.redirected(rig, "facebook")
    rig.store.commit([Write("update", account_path(account.space, account.id), {"known_as": []})])
    chores.hand_out(rig.ports, "subscribe")
    (task,) = (one for one in rig.queue.take(rig.clock.now()) if one.queue == "subscribe")
    assert subscribing.subscribe(rig.ports, task.body) == "subscribed"
    assert accounts.get(rig.ports, TEST, account.id).known_as == account.known_as != ()


def test_what_a_business_s_account_is_told_of_reaches_its_numbers_and_is_said_once(rig: Rig) -> None:
    """Templates belong to the business, by whose id WhatsApp speaks of them."""
    account = redirected(rig, "whatsapp")
    value = {
        "message_template_id": 5,
        "message_template_name": "hello",
        "event": "REJECTED",
        "reason": "INVALID_FORMAT",
    }
    entry = {"id": account.known_as[0], "time": 1795348800}
    for more in ("", " "):  # delivered in other bytes: another delivery, the same thing
        changes = [{"field": "message_template_status_update", "value": value}]
        body = json.dumps({"object": "whatsapp_business_account", "entry": [{**entry, "changes": changes}]}) + more
        deliver(rig, body.encode(), "whatsapp")
    work_off(rig)
    (entry_said,) = said(rig, "account.updated")
    assert entry_said["account_id"] == account.id
    assert (entry_said["metadata"]["name"], entry_said["metadata"]["status"]) == ("hello", "REJECTED")


# -------------------------------------------------------------------------------------------------------- hints


def waiting_post(rig: Rig, account: Account, state: State, next_in: int = 300) -> str:
    """A post whose network took it, or may have, a minute ago, and that is to be looked at again later."""
    command = CreatePost("Hello", targets=(TargetOrder(account.id),), publish_now=True)
    target = find(rig.ports, TEST, creating.create(rig.ports, TEST, command).post.id).targets[0]
    at = rig.clock.now()
    arm = Arm(1, "nonce", at, "f", at + timedelta(seconds=10), at + timedelta(minutes=10))
    rig.queue.take(at)
    rig.clock.advance(60)
    known = replace(target, state=state, arm=arm, attempt=1, next_at=rig.clock.now() + timedelta(seconds=next_in))
    rig.store.commit([Write("set", target_path(target.space, target.id), codec.encode(known))])
    return target.id


@pytest.mark.parametrize("state", [State.CONFIRMING, State.UNKNOWN, State.RECONCILING])
def test_a_post_that_waits_to_hear_is_looked_at_now_and_the_push_decides_nothing(rig: Rig, state: State) -> None:
    account = redirected(rig, "facebook")
    target_id = waiting_post(rig, account, state)
    body = delivery(account.platform_account_id, item="status", created_time=int(rig.clock.now().timestamp()))
    body = body.replace(b'"77"', f'"{account.platform_account_id}"'.encode())
    deliver(rig, body)
    work_off(rig)
    doc = rig.store.get(target_path(account.space, target_id))
    assert doc is not None
    assert (doc.data["state"], doc.data["next_at"]) == (str(state), rig.clock.now())
    assert [task.body["target_id"] for task in rig.queue.take(rig.clock.now())] == [target_id]


@pytest.mark.parametrize("state", [State.ARMED, State.SCHEDULED, State.NEEDS_REVIEW])
def test_who_is_sending_or_has_no_question_is_left_alone(rig: Rig, state: State) -> None:
    account = redirected(rig, "facebook")
    target_id = waiting_post(rig, account, state)
    before = rig.store.get(target_path(account.space, target_id))
    body = delivery(account.platform_account_id, item="status", created_time=int(rig.clock.now().timestamp()))
    deliver(rig, body.replace(b'"77"', f'"{account.platform_account_id}"'.encode()))
    work_off(rig)
    assert rig.store.get(target_path(account.space, target_id)) == before


def test_an_operator_sees_what_was_given_up_and_hands_it_out_again(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    received = deliver(rig, b"no json")
    work_off(rig)
    assert operate.main(["dead-letters", "--platform", "facebook"], {}, rig.ports) == 0
    assert f"{received.id}  facebook  2026-" in capsys.readouterr().out
    assert operate.main(["dead-letters", "--replay", "--platform", "x"], {}, rig.ports) == 0
    assert operate.main(["dead-letters", "--replay"], {}, rig.ports) == 0
    assert capsys.readouterr().out == "0 handed out again\n1 handed out again\n"
    assert operate.main(["dead-letters", "--platform", "nobody"], {}, rig.ports) == 2
