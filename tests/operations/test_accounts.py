"""Connecting and disconnecting accounts, by credentials and by consent."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

import pytest

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Limited, Missing, NetworkRefused, RostrumError
from shared.operations import accounts, consents, networks, sessions
from shared.operations.accounts import Connect, Exchange, Redirect
from shared.platforms import registry
from shared.platforms.contract import Call, ErrorRow, Fate, Refused
from shared.ports.http import AnswerLost, NotSent, Request, Response
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import LIVE, OTHER, TEST, begin, consent, query_of, redirected, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import PUBLIC_URL, Rig
from tests.support.simulated import START

REDIRECTS = ["instagram", "twitter"]


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def hosting(rig: Rig, platform: str, own: str) -> Redirect:
    """The first half of a consent whose callback is the caller's."""
    redirect = accounts.connect(rig.ports, TEST, Connect(platform, metadata={"redirect_uri": own}))
    assert isinstance(redirect, Redirect)
    return redirect


def secrets_in_store(rig: Rig) -> list[str]:
    """The secrets of the vault that stand in a document in plain text."""
    everything = json.dumps(list(rig.store.everything()), default=str)
    loose = [secret.decode() for _, secret in rig.vault.secrets.values()]
    values = [v for text in loose if text.startswith("{") for v in json.loads(text).values() if isinstance(v, str)]
    return [value for value in [*loose, *values] if len(value) > 12 and not value[:4].isdigit() and value in everything]


def test_credentials_connect_at_once(rig: Rig) -> None:
    """The account is in the list, its tokens in the vault only."""
    account = signed_in(rig)
    assert (account.platform, account.status, account.sandbox) == ("bluesky", "active", True)
    assert account.username
    assert accounts.list_(rig.ports, TEST) == [account]
    assert sessions.call(rig.ports, account).tokens.access
    assert secrets_in_store(rig) == []
    assert rig.outside.sent == []


def test_connecting_again_keeps_the_account_and_forgets_the_old_tokens(rig: Rig) -> None:
    """What is scheduled on it goes out."""
    first = signed_in(rig)
    until = rig.clock.now() + timedelta(hours=1)
    sessions.block(rig.ports, first, until)
    rig.clock.advance(60)
    again = signed_in(rig)
    assert again.blocked_until == until
    assert (again.id, again.created_at, again.token_version) == (first.id, first.created_at, 2)
    assert len(accounts.list_(rig.ports, TEST)) == 1
    assert len(rig.vault.secrets) == 1


def test_a_refused_password_names_its_field_and_the_networks_words(rig: Rig) -> None:
    """A 4xx, with the network's own code."""
    registry.simulator("bluesky").seed(rig.sandbox.world("bluesky"), "alice")
    seeded = registry.simulator("bluesky").seed(rig.sandbox.world("bluesky"), "alice")
    wrong = {"identifier": seeded["identifier"], "app_password": "aaaa-bbbb-cccc-dddd"}
    with pytest.raises((Invalid, NetworkRefused)) as caught:
        accounts.connect(rig.ports, TEST, Connect("bluesky", metadata=wrong))
    assert caught.value.meta["platform_code"] == "AuthenticationRequired"
    assert caught.value.meta["platform_message"]
    assert "aaaa-bbbb" not in f"{caught.value}{caught.value.meta}"
    assert accounts.list_(rig.ports, TEST) == []
    assert rig.vault.secrets == {}


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({"identifier": "alice.bsky.social"}, "metadata.app_password"),
        ({}, "metadata.identifier"),
        ({"identifier": "a", "app_passwort": "x"}, "metadata.app_passwort"),
        ({"identifier": 7}, "metadata.identifier"),
        ({"identifier": "a.b", "app_password": "x", "service": "https://10.0.0.1"}, "metadata.service"),
        ({"identifier": "a.b", "app_password": "x", "service": "https://pds.nowhere.example"}, "metadata.service"),
    ],
)
def test_wrong_credentials_name_the_field(rig: Rig, metadata: dict[str, object], field: str) -> None:
    """Missing, unknown, of a wrong type, private or unreachable."""
    with pytest.raises(Invalid) as caught:
        accounts.connect(rig.ports, LIVE if "service" in metadata else TEST, Connect("bluesky", metadata=metadata))
    assert caught.value.meta["field"] == field
    assert field in caught.value.message


def test_an_unknown_platform_names_the_nearest(rig: Rig) -> None:
    """An alias is fine."""
    with pytest.raises(Invalid) as caught:
        accounts.connect(rig.ports, TEST, Connect("bluski"))
    assert (caught.value.code, caught.value.meta["field"]) == ("account.unsupported_platform", "platform")
    assert "'bluesky'" in caught.value.message
    assert isinstance(accounts.connect(rig.ports, TEST, Connect("X")), Redirect)


@pytest.mark.parametrize("platform", REDIRECTS)
def test_a_consent_ends_at_the_callers_address(rig: Rig, platform: str) -> None:
    """With status, platform, the caller's own state and the account."""
    redirect = begin(rig, platform, redirect_uri="https://app.example/done?x=1", state="mine & yours")
    assert redirect.auth_url.startswith(f"{PUBLIC_URL}/sandbox/authorize?url=https%3A%2F%2F")
    landing = accounts.callback(rig.ports, platform, consent(rig, redirect))
    account = accounts.list_(rig.ports, TEST)[0]
    assert landing.location.startswith("https://app.example/done?x=1&")
    told = {"x": "1", "status": "success", "platform": platform, "state": "mine & yours", "account_id": account.id}
    assert query_of(landing.location) == told
    assert (account.platform, account.status, account.expires_at is not None) == (platform, "active", True)
    assert secrets_in_store(rig) == []
    assert len(rig.vault.secrets) == 1  # the verifier is gone
    assert not [path for path, _ in rig.store.everything() if path.startswith("connections/")]


@pytest.mark.parametrize("platform", REDIRECTS)
def test_a_denied_consent_is_told_to_the_caller(rig: Rig, platform: str) -> None:
    """As the network words it."""
    redirect = begin(rig, platform, redirect_uri="http://localhost:3000/done")
    landing = accounts.callback(rig.ports, platform, consent(rig, redirect, sandbox_deny="1"))
    told = query_of(landing.location)
    assert (told["status"], told["error"], landing.status) == ("error", "access_denied", "error")
    assert accounts.list_(rig.ports, TEST) == []


def test_without_an_address_of_the_callers_the_landing_says_it_all(rig: Rig) -> None:
    """For a page of ours."""
    landing = accounts.callback(rig.ports, "twitter", consent(rig, begin(rig, "twitter")))
    assert (landing.location, landing.status, landing.account_id[:4]) == ("", "success", "acc_")


def test_a_state_is_good_once(rig: Rig) -> None:
    """A replayed callback is refused."""
    query = consent(rig, begin(rig, "twitter"))
    accounts.callback(rig.ports, "twitter", query)
    with pytest.raises(Forbidden) as caught:
        accounts.callback(rig.ports, "twitter", query)
    assert caught.value.code == "auth.state_mismatch"


@pytest.mark.parametrize("query", [{}, {"state": ""}, {"state": "guess", "code": "x"}, {"state": "a/b", "error": "x"}])
def test_an_unknown_state_is_refused(rig: Rig, query: dict[str, str]) -> None:
    """Nobody knows whom to tell."""
    with pytest.raises(Forbidden):
        accounts.callback(rig.ports, "twitter", query)


def test_a_state_lives_ten_minutes(rig: Rig) -> None:
    """Then the consent starts again."""
    query = consent(rig, begin(rig, "instagram"))
    rig.clock.advance(601)
    with pytest.raises(Forbidden):
        accounts.callback(rig.ports, "instagram", query)


def test_consents_that_nobody_finished_are_forgotten(rig: Rig) -> None:
    """With their verifiers; those still open are not."""
    begin(rig, "twitter")
    rig.clock.advance(400)
    query = consent(rig, begin(rig, "twitter"))
    assert consents.forget_expired(rig.ports) == 0
    rig.clock.advance(210)
    assert (consents.forget_expired(rig.ports), consents.forget_expired(rig.ports)) == (1, 0)
    assert len(rig.vault.secrets) == 1
    assert accounts.callback(rig.ports, "twitter", query).status == "error"  # the simulated code lived 30 s only
    assert rig.vault.secrets == {}


def test_a_state_belongs_to_its_platform_and_workspace(rig: Rig) -> None:
    """Somebody else's attempt leaves it as good as it was."""
    query = consent(rig, begin(rig, "twitter"))
    with pytest.raises(Forbidden):
        accounts.callback(rig.ports, "instagram", query)
    for caller in (OTHER, LIVE):
        with pytest.raises(Forbidden):
            accounts.exchange(rig.ports, caller, Exchange("twitter", query["code"], query["state"]))
    assert accounts.callback(rig.ports, "twitter", query).status == "success"


@pytest.mark.parametrize("platform", REDIRECTS)
def test_the_caller_may_host_the_callback(rig: Rig, platform: str) -> None:
    """It says so on connect: the network is given that address, and exchange takes that one."""
    own = "https://app.example/oauth?tenant=7"
    redirect = hosting(rig, platform, own)
    assert query_of(query_of(redirect.auth_url)["url"])["redirect_uri"] == own
    query = consent(rig, redirect)
    assert (query["tenant"], query["state"]) == ("7", redirect.state)
    account = accounts.exchange(rig.ports, TEST, Exchange(platform, query["code"], query["state"], own))
    assert accounts.list_(rig.ports, TEST) == [account]
    again = consent(rig, hosting(rig, platform, own))
    assert accounts.exchange(rig.ports, TEST, Exchange(platform, again["code"], again["state"])).id == account.id


@pytest.mark.parametrize("platform", REDIRECTS)
def test_another_callback_than_the_consents_is_refused(rig: Rig, platform: str) -> None:
    """The field is named, and the consent is as good as before; ours is no way round."""
    own = "https://app.example/oauth"
    query = consent(rig, hosting(rig, platform, own))
    for other in ("https://evil.example/", own + "/", accounts.callback_url(rig.ports, platform)):
        with pytest.raises(Invalid) as caught:
            accounts.exchange(rig.ports, TEST, Exchange(platform, query["code"], query["state"], other))
        assert caught.value.meta["field"] == "metadata.redirect_uri"
    with pytest.raises(Forbidden):
        accounts.callback(rig.ports, platform, query)
    assert accounts.exchange(rig.ports, TEST, Exchange(platform, query["code"], query["state"], own)).platform


def test_a_callback_of_the_callers_is_checked_on_connect(rig: Rig) -> None:
    """As any address; and the browser cannot go to two."""
    for given, address, field in (
        ("http://app.example/", "", "metadata.redirect_uri"),
        ("https://app.example/oauth", "https://app.example/done", "redirect_uri"),
    ):
        command = Connect("instagram", redirect_uri=address, metadata={"redirect_uri": given})
        with pytest.raises(Invalid) as caught:
            accounts.connect(rig.ports, TEST, command)
        assert caught.value.meta["field"] == field
    assert list(rig.store.everything()) == []


@pytest.mark.parametrize("platform", REDIRECTS)
@pytest.mark.parametrize("fault", ["wrong", "late", "another app's address"])
def test_a_code_that_is_not_accepted_names_its_field(rig: Rig, platform: str, fault: str) -> None:
    """By exchange as an error with remedy and the network's words, by callback as a landing."""
    query = consent(rig, hosting(rig, platform, "https://app.example/oauth"))
    code, state = query["code"], query["state"]
    if fault == "late":
        rig.clock.advance(4000)
        state = hosting(rig, platform, "https://app.example/oauth").state
    elif fault == "wrong":
        code = "wrong"
    else:
        state = hosting(rig, platform, "https://other.example/oauth").state
    with pytest.raises(Invalid) as caught:
        accounts.exchange(rig.ports, TEST, Exchange(platform, code, state))
    assert (caught.value.code, caught.value.meta["field"]) == (f"platform.{platform}.code_invalid", "code")
    assert "onnect" in caught.value.message
    assert "post" not in caught.value.message
    assert caught.value.meta["platform_message"]
    landing = accounts.callback(rig.ports, platform, {"state": begin(rig, platform).state, "code": "wrong"})
    assert (landing.status, landing.error) == ("error", f"platform.{platform}.code_invalid")
    assert accounts.list_(rig.ports, TEST) == []


@pytest.mark.parametrize(
    ("fate", "caused_by", "raised"),
    [
        (Fate.REJECTED, "platform", Invalid),
        (Fate.UNAUTHORISED, "platform", Invalid),
        (Fate.UNKNOWN, "platform", Invalid),
        (Fate.TRANSIENT, "platform", Broken),
        (Fate.LIMITED, "platform", Limited),
        (Fate.REJECTED, "system", NetworkRefused),
    ],
)
def test_what_a_refused_trade_means(fate: Fate, caused_by: str, raised: type[RostrumError]) -> None:
    """The code's fault, the network's trouble, a limit, or our own app's."""
    row = ErrorRow(fate, "words_for_posts", "The post was refused.", "platform", caused_by)  # type: ignore[arg-type]
    with pytest.raises(raised) as caught, networks.trading("instagram", START):
        raise Refused(row, platform="instagram", status=400, platform_message="no")
    assert type(caught.value) is raised
    if raised is Invalid:
        assert (caught.value.code, caught.value.meta["field"]) == ("platform.instagram.code_invalid", "code")
        assert "Instagram" in caught.value.message
        assert "connect" in caught.value.message


@pytest.mark.parametrize("platform", REDIRECTS)
def test_the_simulated_person_is_chosen_by_plain_parameters(rig: Rig, platform: str) -> None:
    """Who it is, and whether they refuse."""
    url = query_of(begin(rig, platform).auth_url)["url"]
    query = query_of(accounts.sandbox_authorize(rig.ports, url, user="ada").replace("#_", ""))
    account = accounts.get(rig.ports, TEST, accounts.callback(rig.ports, platform, query).account_id)
    assert account.username == "ada"
    url = query_of(begin(rig, platform).auth_url)["url"]
    denied = query_of(accounts.sandbox_authorize(rig.ports, url, deny=True))
    assert accounts.callback(rig.ports, platform, denied).error == "access_denied"


@pytest.mark.parametrize("platform", ["bluesky", *REDIRECTS])
def test_a_brand_that_is_not_there_is_missing(rig: Rig, platform: str) -> None:
    """Before anybody is asked."""
    with pytest.raises(Missing) as caught:
        accounts.connect(rig.ports, TEST, Connect(platform, brand_id="br_1"))
    assert caught.value.code == "brand.not_found"
    assert list(rig.store.everything()) == []


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/x",
        "ftp://a",
        "javascript:alert(1)",
        "https://u@a.b/",
        "https://a/#f",
        "//a.b",
        "https://a b",
        "http://localhost.evil.example/",
        "https://" + "a" * 5000,
    ],
)
def test_redirect_addresses_are_https_or_local(rig: Rig, uri: str) -> None:
    """The field is named, and nothing is stored."""
    with pytest.raises(Invalid) as caught:
        accounts.connect(rig.ports, TEST, Connect("twitter", redirect_uri=uri))
    assert caught.value.meta["field"] == "redirect_uri"
    assert list(rig.store.everything()) == []


def test_live_accounts_need_the_installations_app(rig: Rig) -> None:
    """The error names the settings; with them the person is sent to the network itself."""
    with pytest.raises(Clash) as caught:
        accounts.connect(rig.ports, LIVE, Connect("twitter"))
    assert caught.value.code == "platform.app_missing"
    assert "no app for X:" in caught.value.message
    assert all(name in caught.value.message for name in caught.value.meta["settings"])
    able = memory_ports.rig(apps={"twitter": {"client_id": "our-app", "client_secret": "s3cret"}})
    url = begin(able, "twitter", LIVE).auth_url
    assert query_of(url)["client_id"] == "our-app"
    assert not url.startswith(PUBLIC_URL)
    assert "s3cret" not in url


def test_test_keys_reach_simulators_only_and_live_keys_the_network_only(rig: Rig) -> None:
    """A test key's call never leaves, a live key's never meets a simulator."""
    redirected(rig, "twitter")
    assert rig.outside.sent == []
    before = len(rig.sandbox.sent)
    with pytest.raises(Broken):
        accounts.connect(rig.ports, LIVE, Connect("bluesky", metadata={"identifier": "a.b", "app_password": "x"}))
    assert (len(rig.outside.sent), len(rig.sandbox.sent)) == (1, before)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://x.com/i/oauth2/authorize",
        "https://x.com/i/oauth2/authorize",
        "nonsense",
        "https://[x",
    ],
)
def test_the_simulated_consent_page_redirects_nobody_elsewhere(rig: Rig, url: str) -> None:
    """Only to where an open connection leads."""
    with pytest.raises((Invalid, Forbidden)):
        accounts.sandbox_authorize(rig.ports, url)
    assert rig.sandbox.sent == [], "strangers make the simulators do nothing"
    real = query_of(begin(rig, "twitter").auth_url)["url"]
    ours = quote(accounts.callback_url(rig.ports, "twitter"), safe="")
    with pytest.raises(Forbidden):
        accounts.sandbox_authorize(rig.ports, real.replace(ours, quote("https://evil.example/", safe="")))


@pytest.mark.parametrize("error", [NotSent("down"), AnswerLost("cut off")])
def test_a_network_that_is_away_breaks_nothing(rig: Rig, error: Exception) -> None:
    """Broken, which is safe to try again."""

    def away(_: Request) -> Response:
        raise error

    rig.sandbox.intercept = away
    with pytest.raises(Broken) as caught:
        accounts.connect(rig.ports, TEST, Connect("bluesky", metadata={"identifier": "a.b", "app_password": "x"}))
    assert caught.value.retryable
    assert (rig.vault.secrets, list(rig.store.everything())) == ({}, [])


def test_a_disconnected_account_is_gone(rig: Rig) -> None:
    """From the list, from the vault, from the network; then it is missing."""
    account = redirected(rig, "twitter")
    token = sessions.call(rig.ports, account).tokens
    accounts.disconnect(rig.ports, TEST, account.id)
    assert accounts.list_(rig.ports, TEST) == []
    assert rig.vault.secrets == {}
    revoked = [request for request in rig.sandbox.sent if request.url.endswith("/oauth2/revoke")]
    assert len(revoked) == 2
    assert token.access.encode() in (revoked[0].body or b"") + (revoked[1].body or b"")  # type: ignore[operator]
    for ask in (accounts.get, accounts.disconnect):
        with pytest.raises(Missing) as caught:
            ask(rig.ports, TEST, account.id)
        assert caught.value.code == "account.not_found"
    with pytest.raises(Missing):
        sessions.open_account(rig.ports, TEST.space, account.id)


@pytest.mark.parametrize("connect", [signed_in, redirected])
def test_an_account_comes_back_as_itself(rig: Rig, connect: Callable[[Rig], Account]) -> None:
    """With its id, so that what is scheduled on it goes out; of the person nothing is kept meanwhile."""
    account = connect(rig)
    for _ in range(2):
        accounts.disconnect(rig.ports, TEST, account.id)
        (kept,) = [data for path, data in rig.store.everything() if path.endswith(f"/accounts/{account.id}")]
        assert (kept["sealed"], kept["metadata"], kept["status"]) == ("", {}, "disconnected")
        assert account.username not in json.dumps(kept, default=str)
        rig.clock.advance(60)
        again = connect(rig)
        assert (again.id, again.created_at, again.username) == (account.id, account.created_at, account.username)
        assert again.token_version > account.token_version
        assert accounts.list_(rig.ports, TEST) == [again]
        assert accounts.get(rig.ports, TEST, account.id) == again
        assert sessions.call(rig.ports, again).tokens.access
        assert len(rig.vault.secrets) == 1


def test_connecting_while_a_disconnect_ends_is_not_undone(rig: Rig) -> None:
    """The later wish stands: the account is there, with the tokens of the second connect."""
    account = signed_in(rig)
    back: list[Account] = []

    def meanwhile(call: str, _: str) -> None:
        if call == "vault.destroy" and not back:
            back.append(account)
            back[0] = signed_in(rig)

    rig.faults.hook = meanwhile
    accounts.disconnect(rig.ports, TEST, account.id)
    rig.faults.hook = None
    assert back[0].id == account.id
    assert accounts.list_(rig.ports, TEST) == back
    assert sessions.call(rig.ports, back[0]).tokens.access


def test_a_network_that_is_away_does_not_keep_an_account(rig: Rig) -> None:
    """Revoking is best effort."""
    account = redirected(rig, "twitter")

    def away(_: Request) -> Response:
        raise NotSent("down")

    rig.sandbox.intercept = away
    accounts.disconnect(rig.ports, TEST, account.id)
    assert accounts.list_(rig.ports, TEST) == []
    assert rig.vault.secrets == {}


def test_a_disconnect_that_died_can_be_repeated(rig: Rig) -> None:
    """The account is gone from the first moment; its tokens go with the repetition."""
    account = signed_in(rig)

    def die(call: str, _: str) -> None:
        if call == "vault.destroy":
            raise KeyboardInterrupt

    rig.faults.hook = die
    with pytest.raises(KeyboardInterrupt):
        accounts.disconnect(rig.ports, TEST, account.id)
    rig.faults.hook = None
    assert accounts.list_(rig.ports, TEST) == []
    accounts.disconnect(rig.ports, TEST, account.id)
    assert rig.vault.secrets == {}
    with pytest.raises(Missing):
        accounts.disconnect(rig.ports, TEST, account.id)


@pytest.mark.parametrize("meanwhile", ["renewed", "disconnected"])
def test_what_happens_between_looking_and_disconnecting_is_seen(rig: Rig, meanwhile: str) -> None:
    """Tokens that were renewed are given back and forgotten, too; of two that disconnect, one does it and says so."""
    account = redirected(rig, "twitter")

    def overtaken(call: str, phase: str) -> None:
        if (call, phase) == ("store.transact", "before"):
            rig.faults.hook = None
            if meanwhile == "renewed":
                sessions.refresh(rig.ports, account)
            else:
                accounts.disconnect(rig.ports, TEST, account.id)

    rig.faults.hook = overtaken
    with suppress(Missing):
        accounts.disconnect(rig.ports, TEST, account.id)
    assert rig.faults.hook is None
    assert rig.vault.secrets == {}
    assert len([request for request in rig.sandbox.sent if request.url.endswith("/oauth2/revoke")]) == 2
    assert len([one for path, one in rig.store.everything() if one.get("action") == "account.disconnected"]) == 1
    assert len([one for path, one in rig.store.everything() if one.get("act") == "account.disconnected"]) == 1


def test_an_adapter_that_breaks_does_not_keep_an_account(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tokens would stay for ever: each repetition would break at the same answer."""
    account = redirected(rig, "twitter")

    def broken(call: Call) -> None:
        raise KeyError("token")

    monkeypatch.setattr(registry.connector("twitter"), "revoke", broken)
    accounts.disconnect(rig.ports, TEST, account.id)
    assert rig.vault.secrets == {}


@pytest.mark.parametrize("caller", [OTHER, LIVE])
@pytest.mark.parametrize("operation", [accounts.get, accounts.disconnect])
def test_another_workspaces_account_is_missing(rig: Rig, caller: Caller, operation: object) -> None:
    """Also the other mode's."""
    account = signed_in(rig)
    for account_id in (account.id, "acc_none", f"../ws_1.test/accounts/{account.id}", "a/b/c", ""):
        with pytest.raises(Missing):
            operation(rig.ports, caller, account_id)  # type: ignore[operator]
    assert accounts.list_(rig.ports, caller) == []
    assert isinstance(accounts.get(rig.ports, TEST, account.id), Account)


def test_the_list_can_be_narrowed(rig: Rig) -> None:
    """By platform, alias included."""
    one = signed_in(rig)
    two = redirected(rig, "twitter")
    assert accounts.list_(rig.ports, TEST) == [one, two] or accounts.list_(rig.ports, TEST) == [two, one]
    assert accounts.list_(rig.ports, TEST, "x") == [two]
    with pytest.raises(Invalid):
        accounts.list_(rig.ports, TEST, "myspace")


def test_what_was_handed_over_beside_the_consent_is_kept_with_the_tokens(rig: Rig) -> None:
    """Sealed with the consent, merged into the account's tokens, and still there after a refresh and after connecting again without it."""
    seeded = registry.simulator("tiktok").seed(rig.sandbox.world("tiktok"), "rostrum")
    extra = {option.name: seeded[option.name] for option in registry.manifest("tiktok").oauth.extra}
    begun = accounts.connect(rig.ports, TEST, Connect("tiktok", metadata=extra))
    assert isinstance(begun, Redirect)
    assert extra["ads_access_token"] not in json.dumps(list(rig.store.everything()), default=str)
    landing = accounts.callback(rig.ports, "tiktok", consent(rig, begun))
    account = accounts.get(rig.ports, TEST, landing.account_id)
    assert sessions.call(rig.ports, account).tokens.extra == extra
    renewed = sessions.refresh(rig.ports, account)
    assert sessions.call(rig.ports, renewed).tokens.extra == extra
    assert sessions.call(rig.ports, redirected(rig, "tiktok")).tokens.extra == extra
    with pytest.raises(Invalid) as invalid:
        accounts.connect(rig.ports, TEST, Connect("tiktok", metadata={"ads_token": "x"}))
    assert invalid.value.meta["field"] == "metadata.ads_token"


def test_what_was_handed_over_before_outlives_a_vault_that_is_away_while_connecting_again(rig: Rig) -> None:
    seeded = registry.simulator("tiktok").seed(rig.sandbox.world("tiktok"), "rostrum")
    extra = {option.name: seeded[option.name] for option in registry.manifest("tiktok").oauth.extra}
    begun = accounts.connect(rig.ports, TEST, Connect("tiktok", metadata=extra))
    assert isinstance(begun, Redirect)
    account_id = accounts.callback(rig.ports, "tiktok", consent(rig, begun)).account_id
    again = consent(rig, begin(rig, "tiktok"))
    opened: list[str] = []

    def hook(call: str, at: str) -> None:
        if (call, at) == ("vault.open", "before"):
            opened.append(call)
            if len(opened) == 2:  # the first is the consent's own
                raise VaultUnavailable("down")

    rig.faults.hook = hook
    assert accounts.callback(rig.ports, "tiktok", again).status == "error"
    rig.faults.hook = None
    assert len(opened) == 2
    assert sessions.call(rig.ports, accounts.get(rig.ports, TEST, account_id)).tokens.extra == extra
