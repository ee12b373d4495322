"""A workspace's own app: used for what is connected from then on, and remembered by each account."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.brands import DEFAULT_BRAND
from shared.domain.errors import Forbidden, Invalid, Limited, Missing, Unsupported
from shared.operations import accounts, apps, brand_deletion, brands, sessions
from shared.ports.http import Response
from tests.operations.flows import LIVE, OTHER, TEST, begin, consent, query_of, redirected
from tests.support import memory_ports
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def speakers(rig: Rig) -> list[str]:
    """The client ids that the token requests were made with."""
    sent = [request for request in rig.sandbox.sent if request.url.endswith("/oauth2/token")]
    basic = [request.headers["Authorization"].removeprefix("Basic ") for request in sent]
    return [b64decode(text).decode().partition(":")[0] for text in basic]


def asked(rig: Rig, platform: str) -> dict[str, str]:
    """What the network's consent page is asked for."""
    return query_of(query_of(begin(rig, platform).auth_url)["url"])


def test_an_account_keeps_the_app_that_it_was_connected_with(rig: Rig) -> None:
    """Also when the own app is gone or another one; the next account is connected with what there is then."""
    apps.keep(rig.ports, TEST, "x", "our-own", "hush")
    account = redirected(rig, "twitter")
    apps.forget(rig.ports, TEST, "twitter")
    rig.clock.advance(timedelta(hours=3).total_seconds())
    sessions.refresh(rig.ports, account)
    assert speakers(rig) == ["our-own", "our-own"]
    redirected(rig, "twitter")
    assert speakers(rig)[-1] == "sandbox-client"


def test_the_secret_is_sealed_and_replaced_whole(rig: Rig) -> None:
    """Only the first characters of the id are shown."""
    apps.keep(rig.ports, TEST, "twitter", "abcdefgh", "hush-hush")
    made = apps.keep(rig.ports, TEST, "twitter", "ijklmnop", "hush-again")
    assert (made.preview, made.platform) == ("ijklmn", "twitter")
    assert apps.list_(rig.ports, TEST) == [made] == apps.list_(rig.ports, TEST, "x")
    doc = rig.ports.store.get(f"workspaces/{TEST.space}/apps/twitter")
    assert doc is not None
    assert "hush" not in str(doc.data)
    assert len(rig.vault.secrets) == 1
    apps.forget(rig.ports, TEST, "twitter")
    apps.forget(rig.ports, TEST, "twitter")
    assert not rig.vault.secrets
    assert apps.list_(rig.ports, TEST) == []


def test_it_is_the_workspaces_own(rig: Rig) -> None:
    """Another workspace connects with the installation's."""
    apps.keep(rig.ports, TEST, "twitter", "our-own", "hush")
    assert apps.list_(rig.ports, OTHER) == []
    redirected(rig, "twitter", OTHER)
    assert speakers(rig) == ["sandbox-client"]


def test_a_change_in_the_middle_of_a_consent_ends_it(rig: Rig) -> None:
    """The code was given to another app: it would be refused, and nobody would know why."""
    begun = begin(rig, "twitter")
    apps.keep(rig.ports, TEST, "twitter", "our-own", "hush")
    landing = accounts.callback(rig.ports, "twitter", consent(rig, begun))
    assert (landing.status, landing.error) == ("error", "auth.state_mismatch")


def test_what_else_an_app_is_called_by_goes_with_it(rig: Rig) -> None:
    """A login's configuration instead of scopes, and fewer scopes; the account speaks as that app from then on."""
    apps.keep(rig.ports, TEST, "whatsapp", "our-own", "hush", config=" 4711 ")
    assert asked(rig, "whatsapp")["config_id"] == "4711"
    account = redirected(rig, "whatsapp")
    assert sessions.call(rig.ports, account).app.config == "4711"
    apps.keep(rig.ports, TEST, "linkedin", "our-own", "hush", scopes=["openid", "profile", "w_member_social"])
    assert asked(rig, "linkedin")["scope"] == "openid profile w_member_social"
    apps.keep(rig.ports, TEST, "linkedin", "our-own", "hush")
    assert "rw_organization_admin" in asked(rig, "linkedin")["scope"]


@pytest.mark.parametrize(
    ("field", "given"),
    [("config", "c" * 513), ("scopes", ["one two"]), ("scopes", [""]), ("scopes", ["x"] * 51)],
)
def test_what_no_app_can_have_is_named(rig: Rig, field: str, given: object) -> None:
    """As the other fields."""
    with pytest.raises(Invalid) as refused:
        apps.keep(rig.ports, TEST, "linkedin", "i", "s", **{field: given})  # type: ignore[arg-type]
    assert refused.value.meta["field"] == field


@pytest.mark.parametrize(("client_id", "secret"), [("", "s"), ("i", " "), ("i" * 513, "s"), ("i", "s" * 513)])
def test_what_cannot_be_credentials_is_refused(rig: Rig, client_id: str, secret: str) -> None:
    """Naming the field."""
    with pytest.raises(Invalid) as caught:
        apps.keep(rig.ports, TEST, "twitter", client_id, secret)
    assert caught.value.meta["field"] in ("client_id", "client_secret")


def test_who_may(rig: Rig) -> None:
    """A key of full access, and only where the network wants an app."""
    with pytest.raises(Forbidden):
        apps.keep(rig.ports, replace(TEST, scopes=("posts:read",)), "twitter", "i", "s")
    with pytest.raises(Invalid):
        apps.keep(rig.ports, TEST, "bluesky", "i", "s")


def test_a_brands_own_app_wins_over_the_workspaces(rig: Rig) -> None:
    """Over the installation's, too; without it the workspace's is used again. It goes with its brand."""
    acme, other = (brands.create(rig.ports, TEST, name).id for name in ("Acme", "Other"))
    apps.keep(rig.ports, TEST, "twitter", "everybodys", "hush")
    apps.keep(rig.ports, TEST, "twitter", "acmes-own", "hush", brand_id=acme)
    apps.keep(rig.ports, TEST, "twitter", "defaults", "hush", brand_id=DEFAULT_BRAND)
    for brand_id, wanted in ((acme, "acmes-own"), (other, "everybodys"), ("", "defaults")):
        begun = accounts.connect(rig.ports, TEST, accounts.Connect("twitter", brand_id=brand_id))
        assert isinstance(begun, accounts.Redirect)
        assert query_of(query_of(begun.auth_url)["url"])["client_id"] == wanted
        landing = accounts.callback(rig.ports, "twitter", consent(rig, begun, sandbox_user=f"of{wanted[:4]}"))
        assert landing.status == "success", landing
        assert speakers(rig)[-1] == wanted
    assert [one.brand_id for one in apps.list_(rig.ports, TEST, "twitter")] == ["", acme, DEFAULT_BRAND]
    brand_deletion.delete(rig.ports, TEST, acme)
    apps.forget(rig.ports, TEST, "twitter", DEFAULT_BRAND)
    assert [one.preview for one in apps.list_(rig.ports, TEST)] == ["everyb"]
    with pytest.raises(Missing):
        apps.keep(rig.ports, TEST, "twitter", "late", "hush", brand_id=acme)


@pytest.mark.parametrize(
    ("status", "code", "valid"),
    [(401, "unauthorized_client", False), (401, "invalid_client", False), (400, "invalid_request", True)],
)
def test_a_pair_is_tested_by_asking_the_network(rig: Rig, status: int, code: str, valid: bool) -> None:
    """Which of the two it refuses, the app or the code; nothing is stored but that somebody asked."""
    body = json.dumps({"error": code, "error_description": "as the network says"}).encode()
    rig.outside.hosts["api.x.com"] = lambda _: Response(status, {"content-type": "application/json"}, body)
    why = apps.check(rig.ports, LIVE, "x", "an-id", "a-secret")
    assert why == ("" if valid else "as the network says")
    assert apps.list_(rig.ports, LIVE) == []
    assert "a-secret" not in str(list(rig.store.everything()))


def test_pairs_cannot_be_guessed(rig: Rig) -> None:
    """Five a minute; of a network that does not tell, none."""
    for _ in range(apps.CHECKS):
        assert apps.check(rig.ports, TEST, "twitter", "an-id", "a-secret") == ""
    with pytest.raises(Limited) as caught:
        apps.check(rig.ports, TEST, "twitter", "an-id", "a-secret")
    assert (caught.value.code, caught.value.meta["retry_after_seconds"]) == ("byok.test_rate_limited", 60)
    rig.clock.advance(60)
    assert apps.check(rig.ports, TEST, "twitter", "an-id", "a-secret") == ""
    with pytest.raises(Unsupported, match="connect an account"):
        apps.check(rig.ports, OTHER, "facebook", "an-id", "a-secret")
