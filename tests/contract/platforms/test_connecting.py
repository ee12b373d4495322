"""Connecting, refreshing and revoking, the same for every platform whichever way its accounts connect."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.errors import Invalid
from shared.platforms import registry
from shared.platforms.contract import Fate, Refused
from tests.contract.platforms import acting, harness
from tests.contract.platforms.harness import APP, REDIRECT, Network
from tests.support.simulated import call_for

A_DAY_AND_AN_HOUR = 90_000.0  # some networks refresh no token that is younger than a day


def test_an_account_has_identity_and_tokens(network: Network) -> None:
    """Who it is, and what speaks for it; none of the secrets shows."""
    account = network.account
    assert account.platform_account_id
    assert account.username
    assert account.tokens.access
    assert account.tokens.access not in repr(account)
    assert account.tokens.access not in str(account.metadata)


def test_our_words_for_an_account_are_in_its_metadata(network: Network) -> None:
    """What callers are shown of it (followers, kind, …) is kept when it is connected, under the manifest's names."""
    manifest = registry.manifest(network.name)
    told = {word: manifest.told(network.account.metadata, word) for word in manifest.profile}
    assert [word for word, found in told.items() if found in (None, "")] == []


def test_connecting_again_is_the_same_account(network: Network) -> None:
    """An account's id does not depend on the session."""
    again = harness.connect(network.name, network.http)
    assert again.platform_account_id == network.account.platform_account_id
    assert harness.connect(network.name, network.http, "alice").platform_account_id != again.platform_account_id


def test_refreshed_tokens_work(network: Network) -> None:
    """Later than the old ones, and good for publishing."""
    network.world.pass_time(A_DAY_AND_AN_HOUR)
    old = network.account.tokens
    fresh = registry.connector(network.name).refresh(network.call)
    assert fresh.access
    if fresh.expires_at and old.expires_at:
        assert fresh.expires_at > old.expires_at
    assert fresh.refresh or not old.refresh, "the refresh token must come with every refresh"
    network.with_tokens(fresh)
    assert acting.visible(network)()


def test_an_expired_token_is_refused_and_refreshed(network: Network) -> None:
    """UNAUTHORISED, not a failure of the post; refreshing heals it, or says that only the owner can."""
    expires = network.account.tokens.expires_at
    if expires is None:
        pytest.skip(f"{network.name}'s tokens do not expire")
    send = acting.visible(network)
    network.world.pass_time((expires - network.world.now + timedelta(seconds=1)).total_seconds())
    with pytest.raises(Refused) as refused:
        send()
    assert refused.value.fate is Fate.UNAUTHORISED
    dead = _refresh(network)
    if dead:
        assert dead.fate is Fate.UNAUTHORISED
        assert dead.row.reconnect
    else:
        assert acting.visible(network)()


def _refresh(network: Network) -> Refused | None:
    try:
        network.with_tokens(registry.connector(network.name).refresh(network.call))
    except Refused as refused:
        return refused
    return None


def test_a_made_up_token_is_refused(network: Network) -> None:
    """The simulator knows the tokens that it issued, and no others."""
    send = acting.visible(network)
    real = network.account.tokens
    network.with_tokens(type(real)("made-up", "made-up"))
    with pytest.raises(Refused) as refused:
        send()
    assert refused.value.fate is Fate.UNAUTHORISED
    with pytest.raises(Refused) as dead:
        registry.connector(network.name).refresh(network.call)
    assert dead.value.fate is Fate.UNAUTHORISED
    assert dead.value.row.reconnect


def test_revoking_ends_the_grant(network: Network) -> None:
    """Twice is fine; afterwards no refresh brings it back."""
    connector = registry.connector(network.name)
    before = len(network.http.sent)
    connector.revoke(network.call)
    connector.revoke(network.call)
    if len(network.http.sent) == before:
        pytest.skip(f"{network.name} has no call that gives a grant back")
    network.world.pass_time(A_DAY_AND_AN_HOUR)
    with pytest.raises(Refused) as refused:
        connector.refresh(network.call)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert refused.value.row.reconnect


class TestCredentials:
    @pytest.fixture(autouse=True)
    def _only_credentials(self, name: str) -> None:
        if registry.manifest(name).oauth.style != "credentials":
            pytest.skip(f"{name} connects by redirect")

    def test_wrong_ones_are_refused(self, network: Network) -> None:
        """Every field but the identifying one spoiled: no session."""
        seeded = dict(registry.simulator(network.name).seed(network.world, "rostrum"))
        secret = registry.manifest(network.name).oauth.fields[1].name
        with pytest.raises(Refused) as refused:
            registry.connector(network.name).sign_in(call_for(network.http, None, APP), {**seeded, secret: "wrong"})
        assert refused.value.fate is Fate.UNAUTHORISED

    def test_missing_ones_are_named(self, network: Network) -> None:
        """An empty form is the caller's mistake, and no request is sent for it."""
        before = len(network.http.sent)
        with pytest.raises(Invalid) as invalid:
            registry.connector(network.name).sign_in(call_for(network.http, None, APP), {})
        assert invalid.value.meta["field"]
        assert len(network.http.sent) == before


class TestRedirects:
    @pytest.fixture(autouse=True)
    def _only_redirects(self, name: str) -> None:
        if registry.manifest(name).oauth.style != "redirect":
            pytest.skip(f"{name} connects by credentials")

    def test_a_refusing_person_comes_back_without_a_code(self, network: Network) -> None:
        """As RFC 6749 has it."""
        query = harness.authorize(network.name, network.http, "rostrum", sandbox_deny="1")
        assert query["error"] == "access_denied"
        assert "code" not in query

    def test_a_code_is_good_once(self, network: Network) -> None:
        """The second exchange is refused."""
        code = harness.authorize(network.name, network.http, "rostrum")["code"]
        call, exchange = call_for(network.http, None, APP), registry.connector(network.name).exchange
        exchange(call, code, REDIRECT, harness.VERIFIER)
        with pytest.raises(Refused):
            exchange(call, code, REDIRECT, harness.VERIFIER)

    def test_a_code_needs_its_redirect_and_its_verifier(self, network: Network) -> None:
        """A stolen code is worth nothing elsewhere."""
        exchange = registry.connector(network.name).exchange
        call = call_for(network.http, None, APP)
        code = harness.authorize(network.name, network.http, "rostrum")["code"]
        with pytest.raises(Refused):
            exchange(call, code, "https://evil.example/callback", harness.VERIFIER)
        if registry.manifest(network.name).oauth.pkce:
            code = harness.authorize(network.name, network.http, "rostrum")["code"]
            with pytest.raises(Refused):
                exchange(call, code, REDIRECT, "another-verifier-" + "0" * 40)

    def test_a_code_does_not_keep(self, network: Network) -> None:
        """After a day it is dead."""
        code = harness.authorize(network.name, network.http, "rostrum")["code"]
        network.world.pass_time(86_400)
        call = call_for(network.http, None, APP)
        with pytest.raises(Refused):
            registry.connector(network.name).exchange(call, code, REDIRECT, harness.VERIFIER)
