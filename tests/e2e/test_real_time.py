"""What happens on a network reaches the caller within seconds, signed and once, and can be answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.domain import raw_events
from shared.platforms._graph.webhooks import SIGNATURE, signature
from shared.ports.store import Query
from tests.contract.emulators.process import free_port
from tests.e2e.live import network_ids
from tests.e2e.posting import PHOTO, outcome, post, url
from tests.e2e.receiving import Receiver, comment_pushed, receiver
from tests.e2e.server import Server, installed, until

pytestmark = pytest.mark.xdist_group("e2e-real-time")
SECRET = "the-real-app-secret"
SOON = 20.0  # seconds; it takes one, on a machine with nothing else to do


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver(free_port()) as made:
        yield made


@pytest.fixture
def server(tmp_path: Path, hook: Receiver) -> Iterator[Server]:
    """An installation that may send to the receiver."""
    with installed(tmp_path) as made:
        made.settings = {"ALLOW_PRIVATE_HOSTS": hook.url.removeprefix("http://").partition("/")[0]}
        made.settings |= {"FACEBOOK_APP_SECRET": SECRET, "FACEBOOK_VERIFY_TOKEN": "a-word"}
        made.start()
        yield made


def test_a_comment_arrives_once_by_a_signed_webhook_and_can_be_answered(server: Server, hook: Receiver) -> None:
    """Also when the network delivers it three times."""
    endpoint = server.call("POST", "/v1/webhooks", {"url": hook.url, "events": ["comment.received"]})
    account = server.accounts()["instagram"]
    live = outcome(server, post(server, "Ask me", [account], media=[url(PHOTO)]))["targets"][0]
    made = _commented(server, account, live["platform_post_id"])
    assert until(lambda: bool(_told(hook, endpoint["secret"])), SOON), server.words()

    rows = server.call("GET", "/v1/inbox/comments?platform=instagram")["data"]
    assert [one["platform_id"] for one in rows] == [live["platform_post_id"]]
    (comment,) = _below(server, rows[0]["id"], account)
    assert (comment["platform_id"], comment["text"]) == (made["id"], "Where is this?")

    answer = {"account_id": account, "comment_id": comment["id"], "text": "In the old town."}
    server.call("POST", f"/v1/inbox/comments/{rows[0]['id']}", answer)
    assert until(lambda: len(_replies(server, rows[0]["id"], comment["id"], account)) == 1, SOON)

    _settled(server)
    events = _told(hook, endpoint["secret"])
    assert len(events) == 1
    assert len(server.call("GET", f"/v1/webhooks/{endpoint['id']}/deliveries?event_type=comment.received")["data"]) == 1
    assert made["id"] in json.dumps(events)
    logged = [one for one in server.call("GET", "/v1/events")["events"] if one["action"] == "comment.received"]
    assert [one["id"] for one in logged] == [events[0]["id"]]


def test_the_real_network_is_believed_by_its_signature_alone(server: Server) -> None:
    """Over HTTP: the handshake, a delivery twice, a forged one, and one that a simulator's public secret signed."""
    asked = "/webhooks/facebook?hub.mode=subscribe&hub.challenge=1158&hub.verify_token="
    assert [server.ask("GET", asked + word, key="").status for word in ("a-word", "another")] == [200, 403]
    account = server.accounts()["facebook"]
    _, page, _ = network_ids(server)[account]
    body = comment_pushed(page, "1_2")
    signed = [(secret, signature(body, secret)) for secret in ("sandbox-secret", "another", SECRET, SECRET)]
    sent = [server.ask("POST", "/webhooks/facebook", body, {SIGNATURE: proof}, key="") for _, proof in signed]
    assert [answer.status for answer in sent] == [401, 401, 200, 200]

    assert until(lambda: _kept(server) == [("app", "done")], SOON), server.words()
    _settled(server)
    assert _kept(server) == [("app", "done")]
    found = server.call("GET", f"/v1/inbox/comments?account_id={account}")["data"]
    assert found == [], "a simulated account is told nothing of the real network's, whatever its id"


def _kept(server: Server) -> list[tuple[str, str]]:
    """Who signed each delivery that was taken, and what became of it."""
    with closing(EmbeddedStore(server.home / "rostrum.sqlite3", SystemClock(), indexes.load())) as store:
        docs = store.query(Query(raw_events.COLLECTION, limit=10))
    return [(doc.data["signed_by"], doc.data["state"]) for doc in docs if doc.data["signed_by"] == "app"]


def _commented(server: Server, account: str, on: str) -> Mapping[str, Any]:
    """Somebody's comment, delivered three times: the account is subscribed within seconds of the first start."""

    def told() -> bool:
        body = {"account_id": account, "type": "message", "text": "Anybody?"}
        return bool(server.call("POST", "/v1/sandbox/events", body)["webhooks"])

    assert until(told, SOON), server.words()
    body = {"account_id": account, "type": "comment", "text": "Where is this?", "post_id": on, "deliveries": 3}
    made: Mapping[str, Any] = server.call("POST", "/v1/sandbox/events", body)
    assert made["webhooks"] == 3
    return made


def _told(hook: Receiver, secret: str) -> list[Any]:
    """The comments that the receiver was told of; every delivery is verified."""
    verifier = Webhook(secret)
    said = [verifier.verify(body, dict(headers)) for headers, body in hook.got]
    return [one for one in said if "comment.received" in json.dumps(one)]


def _below(server: Server, on: str, account: str) -> list[Any]:
    found: list[Any] = server.call("GET", f"/v1/inbox/comments/{on}?account_id={account}")["data"]
    return found


def _replies(server: Server, on: str, comment: str, account: str) -> list[Any]:
    path = f"/v1/inbox/comments/{on}/{comment}/replies?account_id={account}"
    found: list[Any] = server.call("GET", path)["data"]
    return found


def _settled(server: Server) -> None:
    """Whatever the schedules would still find: they run twice."""
    token = (server.home / "internal.token").read_text().strip()
    for _ in range(2):
        for name in ("subscribe_due", "sweep"):
            assert server.ask("POST", f"/_functions/{name}", b"{}", key=token).status == 200
