"""The edge where networks deliver: which answer each of them gets, and how much of a body is read."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.domain.raw_events import MAX_BODY
from shared.platforms._graph.webhooks import signature
from shared.platforms.youtube import webhooks as websub
from shared.ports.store import Unavailable
from shared.runtime import webhook_edge
from shared.runtime.settings import load
from tests.security.signers import graph_form
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

ENV = {
    "FACEBOOK_APP_ID": "app",
    "FACEBOOK_APP_SECRET": "fb-secret",
    "FACEBOOK_APP_SECRET_PREVIOUS": "fb-before",
    "FACEBOOK_VERIFY_TOKEN": "fb-word",
    "INSTAGRAM_VERIFY_TOKEN": "ig-word",
    "X_WEBHOOK_SECRET": "key:x-secret",
    "LINKEDIN_CLIENT_SECRET": "li-secret",
    "YOUTUBE_WEBHOOK_SECRET": "yt-secret",
    "TIKTOK_CLIENT_KEY": "key",
    "TIKTOK_CLIENT_SECRET": "tt-secret",
}
PAGE = b'{"object":"page","entry":[]}'


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig(apps=load(ENV).apps)


def ask(rig: Rig, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Response:
    path, _, query = path.partition("?")
    builder = EnvironBuilder(method=method, path=path, query_string=query, data=body, headers=list(headers.items()))
    return webhook_edge.run(Request(builder.get_environ()), rig.ports)


def deliver(rig: Rig, path: str = "/webhooks/facebook", body: bytes = PAGE, secret: str = "fb-secret") -> Response:
    return ask(rig, path, "POST", body, **{"X-Hub-Signature-256": signature(body, secret)})


def mac(secret: str, text: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


# --------------------------------------------------------------------------------------------------- handshakes


@pytest.mark.parametrize(("name", "word"), [("facebook", "fb-word"), ("instagram", "ig-word")])
def test_graph_s_handshake_is_answered_to_whoever_knows_the_word(rig: Rig, name: str, word: str) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "<b>1158", "hub.verify_token": word}
    answer = ask(rig, f"/webhooks/{name}?{urlencode(query)}")
    assert (answer.status_code, answer.get_data(as_text=True), answer.mimetype) == (200, "<b>1158", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for wrong in ({"hub.verify_token": ""}, {"hub.verify_token": word + "x"}, {"hub.mode": "unsubscribe"}):
        assert ask(rig, f"/webhooks/{name}?{urlencode({**query, **wrong})}").status_code == 403
    assert ask(rig, f"/webhooks/{name}").status_code == 403


def test_a_handshake_without_a_word_of_ours_is_never_answered(rig: Rig) -> None:
    """The secret is there (another app's), the word is not: an empty one must not do."""
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""})
    assert ask(rig, f"/webhooks/threads?{query}").status_code == 403


@pytest.mark.parametrize("name", ["x", "twitter", "X"])
def test_x_s_challenge_is_answered_under_each_of_its_names(rig: Rig, name: str) -> None:
    answer = ask(rig, f"/webhooks/{name}?crc_token=abc")
    assert json.loads(answer.data) == {"response_token": "sha256=" + b64encode(mac("x-secret", "abc")).decode()}
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert ask(rig, f"/webhooks/{name}?crc_token={{}}").status_code == 403  # would be a delivery's signature


def test_linkedin_s_challenge(rig: Rig) -> None:
    answer = json.loads(ask(rig, "/webhooks/linkedin?challengeCode=890e4665").data)
    assert answer == {"challengeCode": "890e4665", "challengeResponse": mac("li-secret", "890e4665").hex()}


def test_a_hub_is_answered_for_the_callback_that_we_gave_it(rig: Rig) -> None:
    topic = f"{websub.TOPIC}UC1"
    proof = mac("yt-secret", f"websub:{topic}").hex()[:40]
    query = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": "c1", "hub.lease_seconds": "9"}
    assert ask(rig, f"/webhooks/youtube?{urlencode({**query, 'websub': proof})}").get_data(as_text=True) == "c1"
    assert (
        ask(rig, f"/webhooks/youtube?{urlencode({**query, 'websub': proof, 'hub.topic': topic + '2'})}").status_code
        == 403
    )
    assert ask(rig, f"/webhooks/youtube?{urlencode(query)}").status_code == 403


# --------------------------------------------------------------------------------------------------- deliveries


def test_what_the_network_signed_is_kept_and_what_it_did_not_is_not(rig: Rig) -> None:
    assert [deliver(rig, secret=secret).status_code for secret in ("fb-secret", "other", "")] == [200, 401, 401]
    assert [deliver(rig, body=b"{}", secret=secret).status_code for secret in ("fb-before", "fb-secret")] == [200, 200]
    assert ask(rig, "/webhooks/facebook", "POST", PAGE).status_code == 401
    assert len(list(rig.store.everything())) == 2


def test_an_installation_with_one_app_of_meta_s_has_one_secret(rig: Rig) -> None:
    """Facebook's signs for Instagram, too, where the app was set up so; never the other way round."""
    body = b'{"object":"instagram","entry":[]}'
    assert deliver(rig, "/webhooks/instagram", body).status_code == 200
    own = memory_ports.rig(apps=load({"INSTAGRAM_CLIENT_ID": "i", "INSTAGRAM_CLIENT_SECRET": "ig"}).apps)
    assert deliver(own, "/webhooks/instagram", body, "ig").status_code == 200
    assert deliver(own, "/webhooks/facebook", PAGE, "ig").status_code == 503


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/webhooks/bluesky", "POST", 404),
        ("/webhooks/bluesky", "GET", 404),
        ("/webhooks/nobody", "POST", 404),
        ("/webhooks/", "POST", 404),
        ("/webhooks", "GET", 404),
        ("/elsewhere/facebook", "POST", 404),
        ("/webhooks/facebook/other", "POST", 404),
        ("/webhooks/tiktok/deauthorize", "POST", 404),
        ("/webhooks/facebook/deauthorize", "GET", 404),
        ("/webhooks/facebook", "PUT", 405),
        ("/webhooks/facebook", "DELETE", 405),
        ("/webhooks/google_business", "POST", 503),
        ("/webhooks/gbp", "GET", 503),
        ("/webhooks/whatsapp/", "POST", 401),
    ],
)
def test_what_is_nobody_s_and_what_is_not_set_up(rig: Rig, path: str, method: str, status: int) -> None:
    assert ask(rig, path, method, b"{}" if method == "POST" else b"").status_code == status
    assert not list(rig.store.everything())


def test_when_nothing_can_be_kept_the_network_is_to_send_it_again(rig: Rig) -> None:
    rig.faults.hook = faults.once(0, "before", lambda: Unavailable("down"))
    assert [deliver(rig).status_code for _ in range(2)] == [503, 200]


class Counted(io.RawIOBase):
    """A body without an end; how much of it was read."""

    def __init__(self) -> None:
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self.count += len(buffer)
        return len(buffer)


def test_no_more_is_read_than_a_delivery_may_have(rig: Rig) -> None:
    """Neither of what says its length, nor of what comes in chunks without end."""
    whole = b"x" * MAX_BODY
    assert deliver(rig, body=whole).status_code == 200
    assert deliver(rig, body=whole + b"x").status_code == 413
    for told in (True, False):
        endless, environ = Counted(), EnvironBuilder(method="POST", path="/webhooks/facebook").get_environ()
        environ |= {"wsgi.input": endless, "wsgi.input_terminated": True}
        environ |= {"CONTENT_LENGTH": str(10**12)} if told else {"HTTP_TRANSFER_ENCODING": "chunked"}
        if not told:
            environ.pop("CONTENT_LENGTH", None)
        assert webhook_edge.run(Request(environ), rig.ports).status_code == 413
        assert endless.count <= (0 if told else MAX_BODY + 1 + io.DEFAULT_BUFFER_SIZE)


def test_who_wants_to_be_forgotten_is_told_where_to_look(rig: Rig) -> None:
    rig = replace(rig, ports=replace(rig.ports, webhooks_url="https://rostrum.test/ingest"))
    form = graph_form({"user_id": "7", "issued_at": 1795348800}, "fb-secret")
    answer = json.loads(ask(rig, "/webhooks/facebook/data-deletion", "POST", form).data)
    assert answer["url"].endswith(f"?code={answer['confirmation_code']}")
    assert answer["url"].startswith("https://rostrum.test/ingest/webhooks/")
    page = ask(rig, answer["url"].removeprefix("https://rostrum.test/ingest"))
    assert (page.status_code, page.mimetype) == (200, "text/plain")
    assert ask(rig, "/webhooks/facebook/data-deletion?code=../x").status_code == 404
    assert ask(rig, "/webhooks/facebook/deauthorize", "POST", form).data == b""
