"""Sign-in, refresh and revocation against the simulated PDS, and the simulator's own manners."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.domain.content import Kind
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.bluesky import oauth, simulator
from shared.platforms.contract import App, Fate, Refused
from shared.ports.http import NotSent, Request, Response
from tests.contract.platforms.harness import Network, new_network
from tests.contract.platforms.samples import image

PDS = "https://amanita.us-east.host.bsky.network"


@pytest.fixture
def network() -> Network:
    return new_network("bluesky")


def test_calls_go_to_the_account_s_pds(network: Network) -> None:
    """The entryway is for signing in only."""
    assert network.account.metadata == {"service": PDS}
    before = len(network.http.sent)
    network.publish(network.piece())
    oauth.refresh(network.call)
    assert all(request.url.startswith(f"{PDS}/") for request in network.http.sent[before:])


@pytest.mark.parametrize("identifier", ["@rostrum.bsky.social", " rostrum.bsky.social\u202c", "ROSTRUM.bsky.social"])
def test_an_identifier_may_be_pasted(network: Network, identifier: str) -> None:
    """With its ``@``, and with the marks that a browser copies along."""
    credentials = {**simulator.seed(network.world, "rostrum"), "identifier": identifier}
    assert oauth.sign_in(network.call, credentials).username == "rostrum.bsky.social"


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [({"identifier": ""}, "identifier"), ({"app_password": " "}, "app_password"), ({"service": "ftp://x"}, "service")],
)
def test_a_field_that_cannot_be_is_named(network: Network, spoiled: dict[str, str], field: str) -> None:
    """Before anything is sent."""
    with pytest.raises(Invalid) as invalid:
        oauth.sign_in(network.call, {**simulator.seed(network.world, "rostrum"), **spoiled})
    assert invalid.value.meta["field"] == f"metadata.{field}"


def test_anyone_may_try_the_sandbox(network: Network) -> None:
    """A well-formed app password makes a newcomer; anything else is refused."""
    newcomer = {"identifier": "newcomer.example.org", "app_password": "abcd-efgh-ijkl-mnop"}
    assert oauth.sign_in(network.call, newcomer).username == "newcomer.example.org"
    with pytest.raises(Refused) as refused:
        oauth.sign_in(network.call, {**newcomer, "app_password": "hunter2"})
    assert (refused.value.fate, refused.value.row.reconnect) == (Fate.UNAUTHORISED, True)


def test_a_missing_profile_does_not_fail_a_sign_in(network: Network) -> None:
    """The AppView is a nicety: without it the handle is the name."""

    def no_appview(request: Request) -> Response | None:
        if "getProfile" in request.url:
            raise NotSent("no such host")
        return None

    network.http.intercept = no_appview
    connected = oauth.sign_in(network.call, simulator.seed(network.world, "rostrum"))
    assert connected.name == "rostrum.bsky.social"


def test_there_is_no_redirect(network: Network) -> None:
    """Accounts connect by credentials."""
    with pytest.raises(Unsupported):
        oauth.authorize_url(App(), "https://x.example", "state", "challenge", ())
    with pytest.raises(Unsupported):
        oauth.exchange(network.call, "code", "https://x.example", "verifier")


def test_a_lost_refresh_can_be_repeated(network: Network) -> None:
    """For two hours the old token leads to the same successor; then it is dead, and the successor is not."""
    oauth.refresh(network.call)
    again = oauth.refresh(network.call)
    network.world.pass_time(2 * 3600 + 1)
    with pytest.raises(Refused) as refused:
        oauth.refresh(network.call)
    assert refused.value.row.reconnect
    network.with_tokens(again)
    assert oauth.refresh(network.call).refresh


def test_a_refresh_token_dies_after_ninety_days(network: Network) -> None:
    """If nobody used it in between."""
    expires = network.account.tokens.refresh_expires_at
    assert expires
    network.world.pass_time((expires - network.world.now).total_seconds() + 1)
    with pytest.raises(Refused) as refused:
        oauth.refresh(network.call)
    assert refused.value.row.reconnect


def test_a_network_in_trouble_ends_no_session(network: Network) -> None:
    """A 502 to a refresh must not disconnect anybody."""
    network.http.intercept = lambda _: Response(502, {}, b"")
    with pytest.raises(Refused) as refused:
        oauth.refresh(network.call)
    assert not refused.value.row.reconnect
    with pytest.raises(Refused):
        oauth.revoke(network.call)


# -------------------------------------------------------------------------------------------------- the simulator


def _ask(network: Network, method: str, nsid: str, body: object = None, token: str | None = None) -> Response:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or network.account.tokens.access}"}
    data = json.dumps(body).encode() if body is not None else None
    return simulator.handle(Request(method, f"{PDS}/xrpc/{nsid}", headers, data), network.world)


def test_tokens_are_for_their_purpose(network: Network) -> None:
    """A refresh token opens no repository, an access token no session."""
    tokens = network.account.tokens
    assert _ask(network, "GET", "com.atproto.server.getSession", token=tokens.refresh).status == 400
    assert _ask(network, "POST", "com.atproto.server.refreshSession", token=tokens.access).status == 400


def test_another_s_repository_is_closed(network: Network) -> None:
    """A token speaks for its own account only."""
    alice = new_alice(network)
    body = {"repo": alice, "collection": "app.bsky.feed.post", "rkey": "3k2a4b5c6d7e2", "record": {}}
    assert _ask(network, "POST", "com.atproto.repo.putRecord", body).status == 401


def new_alice(network: Network) -> str:
    return oauth.sign_in(network.call, simulator.seed(network.world, "alice")).platform_account_id


def test_writes_are_counted_in_points(network: Network) -> None:
    """Two points a putRecord, five thousand an hour; the headers tell how many are left."""
    network.publish(network.piece())
    assert network.http.answers[-1].headers["ratelimit-remaining"] == "4998"
    network.world.put("bluesky.limit", f"writes.{network.account.platform_account_id}", _spent(network))
    with pytest.raises(Refused) as refused:
        network.publish(network.piece(text="One too many"))
    assert refused.value.fate is Fate.LIMITED
    assert refused.value.retry_at
    network.world.pass_time((refused.value.retry_at - network.world.now).total_seconds())
    assert network.publish(network.piece(text="An hour later")).id


def _spent(network: Network) -> dict[str, object]:
    now = int(network.world.now.timestamp())
    return {"3600": [now, 4999], "86400": [now, 4999]}


def test_a_key_that_is_no_tid_is_refused(network: Network) -> None:
    """Posts lie under TIDs."""
    record = {"text": "x", "createdAt": "2026-11-22T12:00:00Z"}
    body = {"repo": network.account.username, "collection": "app.bsky.feed.post", "rkey": "self", "record": record}
    assert _ask(network, "POST", "com.atproto.repo.putRecord", body).status == 400


def test_blobs_over_the_pds_cap_are_too_large(network: Network) -> None:
    """50 MiB, whatever they are."""
    data = b"\xff\xd8\xff" + bytes(52_428_800)
    headers = {"Content-Type": "image/jpeg", "Authorization": f"Bearer {network.account.tokens.access}"}
    answer = simulator.handle(Request("POST", f"{PDS}/xrpc/com.atproto.repo.uploadBlob", headers, data), network.world)
    assert (answer.status, json.loads(answer.body)["error"]) == (413, "PayloadTooLarge")


def test_a_file_is_what_its_bytes_say(network: Network) -> None:
    """A video declared as a photo is refused with the record, as the network does."""
    liar = replace(image(1), read=lambda start, length: b"\x00\x00\x00\x18ftypisom"[start : start + length])
    with pytest.raises(Refused) as refused:
        network.publish(network.piece(Kind.IMAGE, media=(liar,)))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_invalid")


@pytest.mark.parametrize(
    ("method", "nsid", "status"),
    [("GET", "com.atproto.repo.putRecord", 400), ("GET", "com.example.unheardOf", 501)],
)
def test_an_unknown_question_is_refused(network: Network, method: str, nsid: str, status: int) -> None:
    """Wrong verb, wrong name."""
    assert _ask(network, method, nsid).status == status


@pytest.mark.parametrize(
    ("service", "kept"), [("https://pds.example.org", PDS), ("http://pds.lan:2583", "http://pds.lan:2583")]
)
def test_a_service_by_plain_http_is_kept(network: Network, service: str, kept: str) -> None:
    """The DID document names the PDS; only a private host, which alone can be given by plain http, stays as it was given."""
    session = {"did": "did:plc:x", "handle": "x.example.org", "accessJwt": "a", "refreshJwt": "r"}
    document = {"service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS}]}
    body = json.dumps({**session, "didDoc": document}).encode()

    def pds(request: Request) -> Response | None:
        return Response(200, {}, body) if request.url.startswith(f"{service}/xrpc/") else None

    network.http.intercept = pds
    given = {"identifier": "x.example.org", "app_password": "abcd-efgh-ijkl-mnop", "service": service}
    assert oauth.sign_in(network.call, given).metadata == {"service": kept}
