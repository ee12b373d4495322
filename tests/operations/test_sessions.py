"""Speaking for an account: one refresh at a time, whatever fails, and never an account lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.domain.accounts import Account, Tokens
from shared.domain.errors import Broken, Limited, Missing, Reconnect, RostrumError
from shared.operations import accounts, grants, sessions, tokens
from shared.platforms import registry
from shared.platforms.contract import Call
from shared.ports.http import AnswerLost, NotSent, Request, Response
from shared.ports.store import StoreError, Unavailable, Write
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import TEST, redirected, signed_in
from tests.support import faults, memory_ports
from tests.support.faults import Crash
from tests.support.memory_ports import Rig

TWO_HOURS = 7200


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


@pytest.fixture
def account(rig: Rig) -> Account:
    """An account whose refresh tokens are good for one use; using one again ends the grant."""
    return redirected(rig, "twitter")


def now(rig: Rig, account: Account) -> Account:
    return sessions.open_account(rig.ports, account.space, account.id)


def asked(rig: Rig) -> int:
    """How many refreshes the network has seen."""
    bodies = [r.body for r in rig.sandbox.sent if r.url.endswith("/oauth2/token") and isinstance(r.body, bytes)]
    return sum(b"grant_type=refresh_token" in body for body in bodies)


def failing(rig: Rig, answer: Response | Exception, times: int = 1) -> None:
    """The network answers the next refreshes like this, without looking at them."""
    left = times

    def intercept(request: Request) -> Response | None:
        nonlocal left
        if not request.url.endswith("/oauth2/token") or left == 0:
            return None
        left -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    rig.sandbox.intercept = intercept


def test_a_fresh_account_takes_one_read_and_one_opening(rig: Rig, account: Account) -> None:
    """The budget of each step of a post."""
    rig.faults.calls.clear()
    call = sessions.call(rig.ports, sessions.open_account(rig.ports, account.space, account.id))
    assert rig.faults.calls == ["store.get", "vault.open"]
    assert (call.who.username, call.who.platform_account_id) == (account.username, account.platform_account_id)
    assert call.app.client_id
    assert call.tokens.access not in repr(call)


@pytest.mark.parametrize("early", [0, 59])
def test_a_token_at_its_end_is_refreshed_first(rig: Rig, account: Account, early: int) -> None:
    """The new pair is sealed and stored before it is used, the old one destroyed."""
    before = sessions.call(rig.ports, account).tokens
    rig.clock.advance(TWO_HOURS - early)
    call = sessions.call(rig.ports, account)
    stored = now(rig, account)
    assert call.tokens.access != before.access
    assert tokens.unseal(rig.ports, stored) == call.tokens
    assert (stored.token_version, stored.status, stored.refresh_nonce) == (2, "active", "")
    assert stored.expires_at == call.tokens.expires_at
    assert len(rig.vault.secrets) == 1
    assert asked(rig) == 1


def test_a_token_with_time_left_is_not_refreshed(rig: Rig, account: Account) -> None:
    """A refresh token is spent by each use."""
    rig.clock.advance(TWO_HOURS - 61)
    sessions.call(rig.ports, account)
    assert asked(rig) == 0


def test_a_hundred_at_once_are_one_call_to_the_network(rig: Rig, account: Account) -> None:
    """Everybody else takes the new tokens, or is told to wait."""
    rig.clock.advance(TWO_HOURS)
    stale = now(rig, account)

    def one(_: int) -> str:
        try:
            return sessions.call(rig.ports, stale).tokens.access
        except Limited:
            return ""

    with ThreadPoolExecutor(100) as pool:
        got = list(pool.map(one, range(100)))
    assert asked(rig) == 1
    assert set(got) - {""} == {sessions.call(rig.ports, now(rig, account)).tokens.access}
    assert len(rig.vault.secrets) == 1


def test_a_hundred_at_once_on_the_store_of_one_machine_are_one_call_to_the_network(
    account: Account, rig: Rig, tmp_path: Path
) -> None:
    """Threads, and a file that they all write to: the compare-and-set is the store's."""
    store = EmbeddedStore(tmp_path / "rostrum.sqlite3", SystemClock(), indexes.load(), durability="normal")
    store.commit([Write("set", path, data) for path, data in rig.store.everything()])
    ports = replace(rig.ports, store=store)
    rig.clock.advance(TWO_HOURS)
    outcomes: list[str] = []
    others_came = Event()

    def one(_: int) -> None:
        try:
            outcomes.append(sessions.call(ports, account).tokens.access)
        except (Limited, Broken) as error:
            outcomes.append(error.code)
        if len(outcomes) == 99:
            others_came.set()

    def slow(request: Request) -> None:
        if request.url.endswith("/oauth2/token"):
            assert others_came.wait(30)

    rig.sandbox.intercept = slow

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(one, range(100)))
    after = sessions.open_account(ports, account.space, account.id)
    fresh = sessions.call(ports, after).tokens.access
    print(f"100 refreshes at once: {asked(rig)} call, {outcomes.count(fresh)} spoke, the others were told to wait")
    assert (asked(rig), after.token_version, len(rig.vault.secrets)) == (1, 2, 1)
    assert set(outcomes) - {"account.refreshing"} == {fresh}


def test_who_comes_while_another_refreshes_waits_or_goes_on(rig: Rig, account: Account) -> None:
    """Limited when the token has ended; the old token while it lives."""
    rig.clock.advance(TWO_HOURS - 30)
    begun, go_on = Event(), Event()

    def slow(_: Request) -> None:
        begun.set()
        assert go_on.wait(10)

    rig.sandbox.intercept = slow
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sessions.call, rig.ports, account)
        assert begun.wait(10)
        assert sessions.call(rig.ports, account).tokens.access
        rig.clock.advance(31)
        with pytest.raises(Limited) as caught:
            sessions.call(rig.ports, account)
        assert 1 <= caught.value.meta["retry_after_seconds"] <= 5
        go_on.set()
        first.result(10)
    assert asked(rig) == 1


def test_who_saw_older_tokens_gets_the_newer_ones(rig: Rig, account: Account) -> None:
    """A refused token is no reason to refresh what was refreshed since."""
    renewed = sessions.refresh(rig.ports, account)
    again = sessions.refresh(rig.ports, account)
    assert (again, asked(rig)) == (renewed, 1)


@pytest.mark.parametrize(
    "answer",
    [
        NotSent("down"),
        AnswerLost("cut off"),
        Response(503, {}, b""),
        Response(500, {}, b"<html>"),
        Response(404, {}, b"{}"),
        Response(200, {}, b"not json"),
        Response(401, {}, b'{"error":"unauthorized_client"}'),
    ],
)
def test_a_network_fault_never_disconnects(rig: Rig, account: Account, answer: Response | Exception) -> None:
    """Try later; after the pause it works again, with the tokens that are stored."""
    rig.clock.advance(TWO_HOURS)
    failing(rig, answer)
    with pytest.raises((Broken, Limited)) as caught:
        sessions.call(rig.ports, account)
    assert now(rig, account).status == "active"
    with pytest.raises(Limited):  # not at once: a pause
        sessions.call(rig.ports, account)
    assert asked(rig) == 1
    rig.clock.advance(caught.value.meta["retry_after_seconds"])
    assert sessions.call(rig.ports, now(rig, account)).tokens.access
    assert now(rig, account).refresh_note == ""


def test_a_rate_limit_is_waited_for(rig: Rig, account: Account) -> None:
    """As long as the network says."""
    rig.clock.advance(TWO_HOURS)
    until = int(rig.clock.now().timestamp()) + 300
    failing(
        rig,
        Response(
            429,
            {"x-rate-limit-reset": str(until), "content-type": "application/json"},
            b'{"title":"Too Many Requests","status":429}',
        ),
    )
    with pytest.raises(Limited) as caught:
        sessions.call(rig.ports, account)
    assert 290 <= caught.value.meta["retry_after_seconds"] <= 300
    rig.clock.advance(301)
    assert sessions.call(rig.ports, account).tokens.access


def test_a_lost_answer_is_tried_once_later_and_then_told(rig: Rig, account: Account) -> None:
    """The network had renewed the pair, so the stored token is spent: a reconnection, with its reason, and no loop."""
    rig.clock.advance(TWO_HOURS)

    def lose(call: str, phase: str) -> None:
        if (call, phase) == ("sandbox.send", "after"):
            raise AnswerLost("cut off")

    rig.faults.hook = lose
    with pytest.raises(Broken):
        sessions.call(rig.ports, account)
    rig.faults.hook = None
    assert now(rig, account).refresh_note
    rig.clock.advance(61)
    with pytest.raises(Reconnect):
        sessions.call(rig.ports, account)
    stored = now(rig, account)
    assert stored.status == "reconnect_required"
    assert "lost" in stored.reconnect_reason
    assert asked(rig) == 2
    for ask in (sessions.call, sessions.refresh):
        with pytest.raises(Reconnect):
            ask(rig.ports, stored)
    assert asked(rig) == 2
    assert redirected(rig, "twitter").id == account.id
    assert sessions.call(rig.ports, now(rig, account)).tokens.access


def test_a_dead_grant_is_told(rig: Rig, account: Account) -> None:
    """The network says that the grant has ended."""
    rig.clock.advance(TWO_HOURS)
    failing(
        rig,
        Response(400, {}, b'{"error":"invalid_request","error_description":"Value passed for the token was invalid."}'),
    )
    with pytest.raises(Reconnect) as caught:
        sessions.call(rig.ports, account)
    assert caught.value.meta["account_id"] == account.id
    assert now(rig, account).status == "reconnect_required"
    assert now(rig, account).reconnect_reason


def test_a_refusal_is_worth_nothing_once_somebody_else_has_refreshed(rig: Rig, account: Account) -> None:
    """Versions are compared before an account is given up."""
    stale = sessions.call(rig.ports, account).tokens

    def overtaken(request: Request) -> Response | None:
        if not request.url.endswith("/oauth2/token"):
            return None
        rig.sandbox.intercept = None
        rig.clock.advance(120)  # the claim has run out
        sessions.refresh(rig.ports, account)
        return None  # and now the network sees the spent token

    rig.clock.advance(TWO_HOURS)
    rig.sandbox.intercept = overtaken
    with_newer = sessions.refresh(rig.ports, account)
    assert with_newer.status == "active"
    assert with_newer.token_version == 2
    assert tokens.unseal(rig.ports, with_newer).access != stale.access
    assert asked(rig) == 2


def test_a_refusal_is_worth_nothing_while_somebody_else_is_refreshing(rig: Rig, account: Account) -> None:
    """Our claim ran out and another's holds: its answer decides, ours may be the second use of a token."""
    outcomes: list[str] = []

    def second(request: Request) -> None:
        rig.sandbox.intercept = None  # the second one's request goes through to the network after the first one's
        with pytest.raises(Limited):
            raise refused_meanwhile(request)

    def refused_meanwhile(_: Request) -> Exception:
        try:
            sessions._dead(rig.ports, first, "token_invalid")
        except Limited as error:
            outcomes.append("waits")
            return error
        return AssertionError("given up")

    first = sessions._claim(rig.ports, account)
    rig.clock.advance(120)
    rig.sandbox.intercept = second
    renewed = sessions.refresh(rig.ports, account)
    assert outcomes == ["waits"]
    assert (renewed.status, now(rig, account).status) == ("active", "active")


def test_of_two_that_saw_no_claim_one_asks(rig: Rig, account: Account) -> None:
    """The claim is a compare-and-set: who read before another's claim does not overwrite it."""

    def overtaken(call: str, phase: str) -> None:
        if (call, phase) == ("store.commit", "before"):
            rig.faults.hook = None
            sessions.refresh(rig.ports, account)

    rig.faults.hook = overtaken
    assert sessions.refresh(rig.ports, account).token_version == 2
    assert asked(rig) == 1


def test_connecting_again_meanwhile_wins(rig: Rig, account: Account) -> None:
    """The newer consent's tokens are not overwritten by an older refresh."""

    def reconnected(request: Request) -> Response | None:
        if b"refresh_token" in (request.body or b""):  # type: ignore[operator]
            rig.sandbox.intercept = None
            redirected(rig, "twitter")
        return None

    rig.sandbox.intercept = reconnected
    after = sessions.refresh(rig.ports, account)
    assert now(rig, account) == after
    assert after.token_version == 2
    assert len(rig.vault.secrets) == 1
    assert sessions.call(rig.ports, after).tokens.access


def test_disconnecting_meanwhile_leaves_nothing(rig: Rig, account: Account) -> None:
    """Neither an account nor a secret."""

    def disconnected(request: Request) -> Response | None:
        if b"grant_type=refresh_token" in (request.body or b""):  # type: ignore[operator]
            rig.sandbox.intercept = None
            accounts.disconnect(rig.ports, TEST, account.id)
        return None

    rig.sandbox.intercept = disconnected
    with pytest.raises((Missing, Reconnect)):
        sessions.refresh(rig.ports, account)
    assert accounts.list_(rig.ports, TEST) == []
    assert rig.vault.secrets == {}


def settled(rig: Rig, account: Account) -> str:
    """What becomes of the account when everything works again: it speaks, or it says that it must be connected again."""
    rig.faults.hook = None
    for _ in range(5):
        rig.clock.advance(100)
        try:
            return "speaks" if sessions.call(rig.ports, now(rig, account)).tokens.access else "silent"
        except Reconnect:
            return now(rig, account).status
        except (Limited, Broken):
            continue
    return "stuck"


FAULTS: dict[str, Callable[[], BaseException]] = {
    "crash": Crash,
    "store or vault down": lambda: Unavailable("down"),
    "vault down": lambda: VaultUnavailable("down"),
    "answer lost": lambda: AnswerLost("cut off"),
}


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_no_fault_at_any_port_call_loses_an_account_in_silence(kind: str, phase: faults.Phase) -> None:
    """One fault at each port call of a refresh, before and after it took effect: then it speaks or says why not."""
    outcomes: list[str] = []
    for at in range(40):
        rig = memory_ports.rig(seed=at)
        account = redirected(rig, "twitter")
        rig.clock.advance(TWO_HOURS)
        rig.faults.calls.clear()
        rig.faults.hook = fault_of(kind, at, phase)
        with_fault = True
        try:
            sessions.call(rig.ports, now(rig, account))
            with_fault = len(rig.faults.calls) > at
        except (Crash, StoreError, RostrumError):
            pass
        outcomes.append(settled(rig, account))
        assert now(rig, account).status in {"active", "reconnect_required"}
        if not with_fault:
            break
    assert len(outcomes) > 5
    assert set(outcomes) <= {"speaks", "reconnect_required"}, outcomes
    assert outcomes[-1] == "speaks"
    assert outcomes.count("reconnect_required") <= 3, outcomes  # only between the network's answer and its keeping


def fault_of(kind: str, at: int, phase: faults.Phase) -> faults.Hook:
    """The fault at that call, if it is one that this port can have."""
    fitting = {"store or vault down": "store.", "vault down": "vault.", "answer lost": "sandbox."}
    inner = faults.once(at, phase, FAULTS[kind])

    def hook(call: str, now: faults.Phase) -> None:
        try:
            inner(call, now)
        except BaseException:
            if call.startswith(fitting.get(kind, "")):
                raise

    return hook


def test_what_a_network_gives_once_is_kept_with_patience(rig: Rig, account: Account) -> None:
    """A store that fails twice after the network's answer costs nothing."""
    rig.clock.advance(TWO_HOURS)
    failures = 0

    def shaky(call: str, phase: str) -> None:
        nonlocal failures
        if asked(rig) and call in {"store.transact", "vault.seal"} and failures < 2:
            failures += 1
            raise Unavailable("down") if call == "store.transact" else VaultUnavailable("down")

    rig.faults.hook = shaky
    call = sessions.call(rig.ports, account)
    assert failures == 2
    assert tokens.unseal(rig.ports, now(rig, account)) == call.tokens


def test_a_refresh_beside_other_writes(rig: Rig, account: Account) -> None:
    """A block between claim and keeping is not undone, and does not stop it."""
    until = rig.clock.now() + timedelta(hours=9)

    def blocked(_: Request) -> None:
        rig.sandbox.intercept = None
        sessions.block(rig.ports, account, until)

    rig.sandbox.intercept = blocked
    assert sessions.refresh(rig.ports, account).blocked_until == until
    assert now(rig, account).blocked_until == until


def test_blocks_only_grow(rig: Rig, account: Account) -> None:
    """And an account that is gone needs none."""
    soon, late = (rig.clock.now() + timedelta(minutes=n) for n in (1, 9))
    sessions.block(rig.ports, account, late)
    sessions.block(rig.ports, now(rig, account), soon)
    assert now(rig, account).blocked_until == late
    accounts.disconnect(rig.ports, TEST, account.id)
    sessions.block(rig.ports, account, late)


def test_a_block_of_one_kind_does_not_lift_that_of_another(rig: Rig, account: Account) -> None:
    """Two calls that read the account at the same time are told to stay away from comments, and from ads."""
    until = rig.clock.now() + timedelta(minutes=9)
    for module in ("inbox", "ads"):
        sessions.block(rig.ports, account, until, module)
    sessions.block(rig.ports, account, until - timedelta(minutes=5), "inbox")
    assert dict(now(rig, account).limited) == {"inbox": until, "ads": until}


def test_a_secret_that_is_gone_is_told(rig: Rig, account: Account) -> None:
    """A destroyed key is a reconnection, not a crash."""
    rig.vault.secrets.clear()
    with pytest.raises(Reconnect):
        sessions.call(rig.ports, account)
    assert now(rig, account).reconnect_reason == "secret_unreadable"


def test_tokens_of_another_account_do_not_open(rig: Rig, account: Account) -> None:
    """A sealed text moved to another account is refused."""
    other = signed_in(rig)
    path = f"workspaces/{other.space}/accounts/{other.id}"
    rig.store.commit([Write("update", path, {"sealed": account.sealed})])
    with pytest.raises(Reconnect):
        sessions.call(rig.ports, now(rig, other))
    assert sessions.call(rig.ports, account).tokens.access


def test_who_read_before_a_refresh_speaks_with_the_new_tokens(rig: Rig, account: Account) -> None:
    """The old secret is destroyed by then: one more read finds the new one."""
    renewed = sessions.refresh(rig.ports, account)
    assert sessions.call(rig.ports, account).tokens == sessions.call(rig.ports, renewed).tokens
    assert now(rig, account).status == "active"


def test_a_token_that_renews_itself_is_renewed_days_ahead(rig: Rig) -> None:
    """Once it has ended nothing can renew it; and a failure costs nothing while it lives."""
    account = redirected(rig, "instagram")
    assert account.expires_at
    rig.clock.advance((account.expires_at - rig.clock.now()).total_seconds() - 6 * 86_400)
    before = len(rig.sandbox.sent)

    def away(_: Request) -> Response:
        raise NotSent("down")

    rig.sandbox.intercept = away
    assert sessions.call(rig.ports, account).tokens.access
    assert len(rig.sandbox.sent) == before + 1
    rig.sandbox.intercept = None
    rig.clock.advance(60)
    sessions.call(rig.ports, now(rig, account))
    assert (now(rig, account).expires_at or rig.clock.now()) - rig.clock.now() > timedelta(days=50)


def test_an_end_of_the_day_account_is_brought_back_by_its_refresh_token(rig: Rig) -> None:
    """The network that takes credentials: the password is not needed again."""
    account = signed_in(rig)
    rig.clock.advance(6 * 3600)
    call = sessions.call(rig.ports, account)
    assert call.tokens.access != tokens.unseal(rig.ports, replace(now(rig, account))).refresh
    assert now(rig, account).token_version == 2


def test_an_adapter_that_breaks_counts_as_a_lost_answer(
    rig: Rig, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked hears an error that it knows, the claim is given back, and the account stays connected."""

    def broken(call: Call) -> Tokens:
        raise KeyError("expires_in")

    monkeypatch.setattr(registry.connector("twitter"), "refresh", broken)
    rig.clock.advance(TWO_HOURS)
    with pytest.raises(Broken) as caught:
        sessions.call(rig.ports, account)
    after = now(rig, account)
    assert (after.status, after.refresh_nonce, after.refresh_note) == ("active", "", sessions.UNANSWERED)
    monkeypatch.undo()
    rig.clock.advance(caught.value.meta["retry_after_seconds"])
    assert sessions.call(rig.ports, after).tokens.access


def ended(rig: Rig) -> list[dict[str, object]]:
    """What the log says of grants that have ended."""
    docs = [one for path, one in rig.store.everything() if "/events/" in path]
    return [dict(one["metadata"]) for one in docs if one["action"] == "account.disconnected"]


def test_what_the_network_tells_unasked_ends_the_grant_once_and_not_one_that_came_after(
    rig: Rig, account: Account
) -> None:
    """Told twice it is one event; told late, of a grant before the present one, it is none."""
    at = rig.clock.now()
    assert sessions.revoked(rig.ports, account)
    assert not sessions.revoked(rig.ports, now(rig, account))
    assert (now(rig, account).status, now(rig, account).reconnect_reason) == ("reconnect_required", grants.REVOKED)
    assert ended(rig) == [{"reason": grants.REVOKED, "reconnect_required": True}]
    rig.clock.advance(60)
    again = redirected(rig, "twitter")
    assert not sessions.revoked(rig.ports, account)
    assert not sessions.revoked(rig.ports, again, at=at)
    assert sessions.call(rig.ports, now(rig, account)).tokens.access
    assert sessions.revoked(rig.ports, again, at=rig.clock.now().replace(microsecond=0))
    assert len(ended(rig)) == 2


def test_a_refresh_that_was_under_way_does_not_bring_back_what_its_person_has_ended(rig: Rig, account: Account) -> None:
    """Whatever tokens it still got."""

    def overtaken(request: Request) -> Response | None:
        rig.sandbox.intercept = None
        assert sessions.revoked(rig.ports, account)
        return None

    rig.sandbox.intercept = overtaken
    with pytest.raises(Reconnect):
        sessions.refresh(rig.ports, account)
    assert now(rig, account).status == "reconnect_required"
