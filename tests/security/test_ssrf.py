"""Goal 17: nothing that a caller writes makes this installation connect to an address that is not public.

Every spelling of ``addresses`` is sent to every place of ``places``, answered by resolvers, by redirects and by networks'
own documents, with the real http port and the interpreter's audit events as the witness of what was connected to. ``make
test`` tries each spelling and each place at least once, ``make security`` all of them together.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from shared.backends.live.http import LiveHttp
from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.domain.posts import MediaRef
from shared.domain.webhooks import secret_of
from shared.operations import media
from shared.operations.webhooks import fanning_out, sending
from shared.ports.http import Response
from shared.runtime.sandbox_reach import Reach
from tests.api.client import Answer, Api, api
from tests.contract.ports.http_server import Handler, Received, loopback
from tests.security import addresses, goals, places, scale
from tests.security.places import Place, url_fields
from tests.security.spying import Spy, spying
from tests.support import memory_ports
from tests.support.memory_ports import Rig

Resolver = Callable[[str, int], Sequence[str]]
GOAL = 17
PARTS = 4  # so that workers share what takes long
PUBLIC = addresses.PUBLIC[0]
FACTS = MediaFacts(MediaType.IMAGE, "image/jpeg", 1000, 10, 10)
NAMED = "https://files.example/a.jpg"
# Addresses of requests that nothing of ours ever asks for, by why. What the tests below send is found by itself.
NEVER_ASKED = {
    r"permalink": "shown to people",
    r"(cancel|success|return)_url": "the payment provider sends a browser there",
    r"network_url": "kept as text",
    r"websites\[\]|components\[\]\.buttons\[\]\.url|buttons\[\]\.url": "text that is handed to the network",
    r"\?redirect_uri|metadata\.redirect_uri": "compared with the one that the consent began with",
    r"\?url": "the sandbox's own consent pages",
    r"\?resource.*|.*(media_id|media_ids\[?\]?|media_type|alt_text|source_type|\.type|handle|\.title|\.description)": "no address",
}


def unknown(host: str, port: int) -> list[str]:
    raise OSError("no such name")


def resolving(*answers: str) -> Resolver:
    return lambda host, port: answers


class Switch:
    """A resolver that can be told to answer something else."""

    def __init__(self) -> None:
        self.now: Resolver = unknown
        self.asked = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.now(host, port)


def world_of(resolver: Resolver, *own: tuple[str, int]) -> Api:
    """A workspace in a world whose outside is the real one."""
    return api(outward(memory_ports.rig(), resolver, *own))


def outward(rig: Rig, resolver: Resolver, *own: tuple[str, int]) -> Rig:
    """The same world, from here on with the real http port."""
    return replace(rig, ports=replace(rig.ports, http=LiveHttp(frozenset(own), resolver=resolver)))


@pytest.fixture(scope="module")
def resolver() -> Switch:
    return Switch()


@pytest.fixture(scope="module")
def everywhere(resolver: Switch) -> list[Place]:
    return places.places(world_of(resolver))


@pytest.fixture(autouse=True)
def _nobody_answers(resolver: Switch) -> None:
    resolver.now, resolver.asked = unknown, 0


@contextmanager
def counted(what: str, *own: tuple[str, int]) -> Iterator[Spy]:
    """Whatever is connected to in the block is counted; the test fails when anything was astray."""
    with spying(addresses.PUBLIC, *own) as spy:
        yield spy
    assert spy.astray == [], what
    assert spy.looked_up == [], f"{what}: the system was asked for names"


def refused(answer: Answer) -> bool:
    """Whether the address was refused; a batch and a validation say so in their rows."""
    said = answer.json
    return 400 <= answer.status < 500 or (answer.status == 200 and bool(said.get("failed") or said.get("errors")))


def tried(what: str, pairs: Sequence[tuple[Place, str]]) -> list[str]:
    """What was not refused."""
    let_in = []
    with spying(addresses.PUBLIC) as spy:
        for place, url in pairs:
            before = len(spy.astray)
            answer = place.ask(url)
            assert answer.status != 429, "the limit of requests, not the guard"
            if answer.status >= 500 or (place.asked != "never" and not refused(answer)) or len(spy.astray) > before:
                let_in.append(f"{place.label}: {url!r} was answered {answer.status} {answer.json}")
    goals.count(GOAL, what, len(pairs), len(let_in))
    assert spy.looked_up == [], "the system was asked for names"
    return let_in


def some_of(rows: Sequence[str], number: int) -> Sequence[str]:
    """All of them, or so many spread over the whole."""
    return rows if scale.is_full() else rows[:: max(1, len(rows) // number)]


def crossed(some: Sequence[Place], urls: Sequence[str], part: int) -> list[tuple[Place, str]]:
    """A quarter of each with each; of a sample each place once in all."""
    if scale.is_full():
        return [(place, url) for place in some[part::PARTS] for url in urls]
    return list(zip(cycle(some), some_of(urls, len(some)), strict=False))[part::PARTS]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_an_address_that_is_not_public_is_refused_wherever_it_can_be_written(
    everywhere: list[Place], part: int
) -> None:
    told = [place for place in everywhere if place.asked == "never"]
    asked = [place for place in everywhere if place.asked != "never"]
    assert tried("URLs that say themselves where they lead", crossed(asked, addresses.urls(), part)) == []
    rest = addresses.urls()[::20]
    assert tried("URLs that are handed on as text", crossed(told, rest, part)) == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_name_that_leads_to_such_an_address_is_refused(everywhere: list[Place], resolver: Switch, part: int) -> None:
    asked = [place for place in everywhere if place.asked == "now"]
    what = "names that resolve to such an address, alone or among public ones"
    for number, (place, address) in enumerate(crossed(asked, addresses.answers(), part)):
        among = ((address,), (PUBLIC, address), (address, PUBLIC), (*addresses.PUBLIC, *[PUBLIC] * 40, address))
        resolver.now = resolving(*among[number % len(among)])
        assert tried(what, [(place, NAMED)]) == []


def test_a_resolver_that_changes_its_mind_is_asked_once_for_a_connection(
    everywhere: list[Place], resolver: Switch
) -> None:
    """Time to live 0: the first answer is public, each further one is not."""
    with counted("rebinding") as spy:
        for place in everywhere:
            answers = iter([(PUBLIC,)])
            resolver.now, resolver.asked = lambda host, port, left=answers: next(left, ("127.0.0.1",)), 0  # type: ignore[misc]
            if place.asked == "now":
                before = len(spy.connected)
                assert refused(place.ask(NAMED)), place.label
                assert resolver.asked <= 2, f"{place.label} asked {resolver.asked} times"
                assert set(spy.connected[before:]) <= {(PUBLIC, 443)}
                goals.count(GOAL, "names that resolve anew between check and connection")
    assert (PUBLIC, 443) in spy.connected, "the first answer is the one that is used"


def test_what_is_registered_today_is_checked_again_when_it_is_asked_tomorrow() -> None:
    """An endpoint, a post's file, an account's server: public when they were given, private when they are used."""
    call = _settled()
    call.post("Told", publish_now=True)
    before = call.rig
    for address in some_of(addresses.answers(), 12):
        used = outward(before, resolving(address))
        call.rig = used
        with counted("changed since"):
            pinged = call("POST", f"/v1/webhooks/{call.accounts['endpoint']}/test", {"event_type": "webhook.test"})
            assert "not public" in str(pinged.json), pinged.json
            file = media.file_for(used.ports, MediaRef("url", NAMED, FACTS), space=call.caller.space, sandbox=False)
            with pytest.raises(Invalid, match="not public"):
                file.read(0, 1)
            read = call("GET", f"/v1/accounts/{call.accounts['live']}/comments?post_id=x", key=call.live_key)
            assert read.error["code"] == "platform.unreachable", read.json
        goals.count(GOAL, "addresses that became private after they were given", 3)


def test_a_delivery_is_checked_again_each_time() -> None:
    call = _settled()
    call.post("Told", publish_now=True)
    call.settle()
    call.rig = outward(call.rig, resolving("169.254.169.254"))
    with counted("deliveries"):
        for message in call.rig.bus.messages:
            fanning_out.notify(call.rig.ports, message.data, message.attributes)
        call.settle(30 * 3600)
    tries = [one for doc in call.stored("deliveries") for one in doc.data["attempts"]]
    assert len(tries) > 3
    assert all("not public" in one["error_message"] for one in tries), tries
    goals.count(GOAL, "deliveries to an endpoint whose name moved", len(tries))


def test_a_redirect_is_checked_hop_by_hop_and_followed_three_times_at_most() -> None:
    """The one server is the operator's own; where it sends us is not."""
    urls = (*some_of(addresses.urls(), 60), *(f"https://{name}/" for name in ("files.example", "PUBLIC.example")))
    with loopback(_redirecting) as server:
        own = ("127.0.0.1", server.server_port)
        call = world_of(resolving("10.0.0.1"), own)
        account = call.connect("bluesky")
        for url, hops in zip(urls, cycle((0, 1, 2)), strict=False):
            call.rig.clock.advance(5)
            start = f"{server.url}/{hops}?{urlencode({'to': url})}"
            before = len(server.received)
            with counted("redirects", own):
                answer = call("POST", "/v1/posts/validate", _validated(account, start))
            assert answer.json["errors"][0]["field"] == "media[0].source", url
            assert hops < len(server.received) - before <= 4, url  # more where it leads back to the server itself
            goals.count(GOAL, "redirects to it, after one to three hops")
        before = len(server.received)
        far = call("POST", "/v1/posts/validate", _validated(account, f"{server.url}/9?{urlencode({'to': server.url})}"))
        assert "more than 3 redirects" in far.json["errors"][0]["message"]
        assert len(server.received) - before == 4


def test_a_webhook_follows_no_redirect_at_all() -> None:
    with loopback(_redirecting) as server:
        own = ("127.0.0.1", server.server_port)
        call = world_of(resolving(PUBLIC), own)
        for url in (server.url, f"https://{PUBLIC}/", *some_of(addresses.urls(), 12)):
            before = len(server.received)
            with counted("a webhook's redirect", own) as spy:
                to = f"{server.url}/0?{urlencode({'to': url})}"
                body = {"url": to, "events": ["post.published"]}
                attempt = sending.attempt(call.rig.ports, to, (secret_of(7),), "evt_1", json.dumps(body))
            assert (attempt.status_code, attempt.succeeded) == (302, False)
            assert len(server.received) - before == 1
            assert set(spy.connected) <= {own}
            goals.count(GOAL, "redirects of webhook endpoints, followed never")


def test_a_server_that_names_another_one_for_the_account_leads_nowhere() -> None:
    """The DID document of a server that a caller chose says where all later calls of the account go."""
    for url in (*some_of(addresses.urls(), 12), "https://moved.example"):
        call = api()
        bare = url.removesuffix("/a.jpg")
        said = json.dumps(_session(bare)).encode()
        call.rig.outside.hosts["pds.example"] = lambda request, said=said: Response(200, {}, said)  # type: ignore[misc]
        made = call("POST", "/v1/accounts/connect", places.service("https://pds.example"), key=call.live_key)
        assert made.status < 300, made.json
        call.rig = outward(call.rig, resolving("fd20:ce::254"))
        with counted("a server's document"):
            body = {"text": "x", "targets": [{"account_id": made.json["id"]}], "publish_now": True}
            assert call("POST", "/v1/posts", body, key=call.live_key).status == 201
            call.settle(3600)
        goals.count(GOAL, "servers that an account's own document names")


def test_the_simulated_networks_fetch_nothing_that_we_would_not(resolver: Switch) -> None:
    rig = memory_ports.rig()
    reach = Reach(rig.blobs, rig.ports.public_url, LiveHttp(resolver=resolver))
    with counted("simulated networks"):
        for url in some_of(addresses.urls(), 200):
            assert reach(url) is None
        for address in some_of(addresses.answers(), 100):
            resolver.now = resolving(address)
            assert reach(NAMED) is None
    goals.count(GOAL, "files that simulated networks pull", len(some_of(addresses.urls(), 200)))


def test_the_spy_sees_what_goes_astray() -> None:
    """The witness itself: without the guard, each of these would have been a connection."""
    with spying(addresses.PUBLIC) as spy:
        for to in (("127.0.0.1", 443), ("169.254.169.254", 80), (PUBLIC, 443), (PUBLIC, 22)):
            with socket.socket() as one, pytest.raises(ConnectionRefusedError):
                one.connect(to)
    assert spy.astray == [("127.0.0.1", 443), ("169.254.169.254", 80), (PUBLIC, 22)]


@pytest.mark.parametrize("dialect", ["v1", "social", "creator", "connect"])
def test_every_field_that_could_be_an_address_is_tried_or_said_never_to_be_asked(
    dialect: str, everywhere: list[Place]
) -> None:
    """A new field of a new route is in the lists, or fails here."""
    labels = {re.sub(r"\{\w+\}|…", "*", place.label) for place in everywhere}
    for operation, field in url_fields(dialect):
        excused = any(re.fullmatch(pattern, field) for pattern in NEVER_ASKED)
        shown = re.sub(r"\{\w+\}", "*", f"{dialect} {operation.replace('/v1/social/', '')}")
        shown = shown.replace(places.CREATOR, "").replace("/api/v1/auth", "")
        assert excused or any(label.startswith(shown) for label in labels), f"{operation}: {field} is tried nowhere"


def _redirecting(handler: Handler, received: Received) -> None:
    """``/n?to=…``: n more hops here, then there."""
    parts = urlsplit(received.path)
    if not received.path[1:2].isdecimal() or not parts.query.startswith("to="):
        return handler.reply(404)
    left = int(parts.path.strip("/"))
    to = parse_qs(parts.query, keep_blank_values=True)["to"][0]
    there = to.encode("ascii", "backslashreplace").decode().translate({10: None, 13: None})
    return handler.reply(302, b"", Location=f"/{left - 1}?{parts.query}" if left else there)


def _validated(account: str, url: str) -> dict[str, Any]:
    return {"text": "x", "targets": [{"account_id": account}], "media": [{"source_type": "url", "source": url}]}


def _settled() -> Api:
    """A workspace with an endpoint and a live account of a server, all of them outside and public."""
    call = api()
    hosts = call.rig.outside.hosts
    hosts["hooks.example"] = lambda request: Response(200, {}, b"")
    made = call("POST", "/v1/webhooks", {"url": "https://hooks.example/in", "events": ["post.published"]})
    assert made.status == 201, made.json
    hosts["pds.example"] = lambda request: Response(200, {}, json.dumps(_session("https://pds.example")).encode())
    signed_in = call("POST", "/v1/accounts/connect", places.service("https://pds.example"), key=call.live_key)
    assert signed_in.status < 300, signed_in.json
    call.accounts |= {"endpoint": made.json["id"], "live": signed_in.json["id"]}
    return call


def _session(home: str) -> dict[str, Any]:
    """What a server of that network answers who signs in; the document names where all later calls go."""
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": home}
    said = {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "alice.example", "didDoc": {"service": [service]}}
    return {**said, "accessJwt": "e30.e30.e30", "refreshJwt": "e30.e30.e30", "active": True}
