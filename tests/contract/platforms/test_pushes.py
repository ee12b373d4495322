"""What every simulated network sends to us: signed as the adapter wants it, of a kind that it knows, and of this account.

And nothing that nobody subscribed to, where a network has subscriptions of single accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from shared.domain.errors import Unsupported
from shared.operations import ingesting, networks
from shared.operations.ingesting import secrets
from shared.platforms import happenings, registry
from shared.platforms.contract import Call, Push, What
from shared.platforms.contract_webhooks import EventKind
from shared.platforms.happenings import Happening
from tests.contract.platforms import harness
from tests.contract.platforms.harness import Network
from tests.support import memory_ports
from tests.support.simulated import call_for

NAMES = registry.all_names()
KINDS: Mapping[What, EventKind] = {
    "comment": "comment.created",
    "message": "message.received",
    "mention": "mention.created",
    "review": "review.created",
}
PEOPLED = [name for name in NAMES if getattr(registry.simulator(name), "HAPPENINGS", ())]
PUSHING = [name for name in NAMES if registry.manifest(name).facets.get("webhooks") == "offered"]
# What the networks tell of nobody's doing: YouTube pushes videos, Instagram's tags and LinkedIn's members are polled.
UNTOLD = {("youtube", "comment"), ("instagram", "mention"), ("linkedin", "comment")}


def _call(network: Network) -> Call:
    return call_for(network.http, network.account, networks.SANDBOX_APP)


def _subscribed(name: str) -> Network:
    network, facet = harness.new_network(name), registry.webhooks(name)
    assert facet is not None
    try:
        facet.subscribe(_call(network), f"https://sandbox.rostrum.test/webhooks/{name}", secret_of(name))
    except Unsupported:
        assert name == "linkedin"  # of pages only
    return network


def secret_of(name: str) -> str:
    return secrets.signing(memory_ports.ports_for_tests(), name, sandbox=True)


def _happened(network: Network, what: What) -> list[Push]:
    """The deliveries of one thing that somebody does."""
    simulator = registry.simulator(network.name)
    if what == "comment":
        network.publish(network.piece())
    before = len(simulator.pushes(network.world))
    made = happenings.cause(simulator, network.world, network.account.platform_account_id, Happening(what, "Hello?"))
    assert made.id
    sent = list(simulator.pushes(network.world))[before:]
    assert len(sent) == made.webhooks
    return sent


@pytest.mark.parametrize("name", PEOPLED)
def test_people_do_what_the_inbox_can_be_read_for(name: str) -> None:
    """What a network tells nobody of at all cannot happen in the sandbox."""
    simulator, manifest = registry.simulator(name), registry.manifest(name)
    features = {
        "comment": "comments.list",
        "message": "messages.list",
        "mention": "mentions.list",
        "review": "reviews.list",
    }
    can = {what for what in get_args(What) if manifest.feature(features[what]) == "offered"}
    pushed = manifest.facets.get("webhooks") == "offered"
    offered = set(simulator.HAPPENINGS)  # type: ignore[attr-defined]  # simulators have it where anything can happen
    assert offered <= can or pushed


@pytest.mark.parametrize("name", [name for name in PEOPLED if name in PUSHING])
def test_what_people_do_is_delivered_signed_and_says_what_it_is(name: str) -> None:
    facet, secret = registry.webhooks(name), secret_of(name)
    assert facet is not None
    rig = memory_ports.rig()
    for what in registry.simulator(name).HAPPENINGS:  # type: ignore[attr-defined]
        network = _subscribed(name)
        if name == "linkedin" and what == "mention":
            continue  # a page's: its own tests
        pushes = _happened(network, what)
        kinds = []
        for push in pushes:
            headers = {key.lower(): value for key, value in push.headers.items()}
            assert facet.verify(headers, push.body, secret, network.world.now)
            assert not facet.verify(headers, push.body + b" ", secret + "x", network.world.now)
            events = facet.parse(headers, push.body)
            assert {event.platform_account_id for event in events} == {network.account.platform_account_id}
            kinds += [event.kind for event in events]
            ingesting.simulated(rig.ports, name, push)
        assert kinds == ([] if (name, what) in UNTOLD else [KINDS[what]])


@pytest.mark.parametrize(
    "name", [name for name in PEOPLED if name in PUSHING and name not in ("threads", "google_business")]
)
def test_nobody_is_told_of_an_account_that_is_not_subscribed(name: str) -> None:
    """Threads has the app's topics for all accounts, Google Business Profile the installation's one topic."""
    for what in registry.simulator(name).HAPPENINGS:  # type: ignore[attr-defined]
        network = harness.new_network(name)
        if name != "linkedin" or what == "comment":
            assert _happened(network, what) == []


def test_what_the_network_delivers_again_is_the_same_delivery() -> None:
    network = _subscribed("facebook")
    simulator = registry.simulator("facebook")
    event = Happening("message", "Hello?", deliveries=3)
    made = happenings.cause(simulator, network.world, network.account.platform_account_id, event)
    assert made.webhooks == 3
    waiting = [value for (kind, _), value in network.world.values.items() if kind == "sandbox_pushes"]
    assert len(waiting) == 3
    assert len({one["body"] for one in waiting}) == 1


def _told_comments(network: Network) -> dict[str, str]:
    """The comments that were delivered by now: their ids, and the posts that they are below."""
    facet = registry.webhooks(network.name)
    assert facet is not None
    said = [facet.parse(push.headers, push.body) for push in registry.simulator(network.name).pushes(network.world)]
    made = [event.data for events in said for event in events if event.kind == "comment.created"]
    return {one["comment_id"]: one["post_id"] for one in made}


@pytest.mark.parametrize("name", ["facebook", "instagram", "threads"])
def test_what_followers_say_with_time_is_delivered_when_they_say_it(name: str) -> None:
    """What can be read was told, at any time."""
    network, inbox = _subscribed(name), registry.inbox(name)
    assert inbox is not None
    post = network.publish(network.piece())
    assert _told_comments(network) == {}
    for _ in range(3):
        network.world.pass_time(3600)
        told = _told_comments(network)
        assert told
        assert {one.id for one in inbox.comments(_call(network), post, "").items} <= set(told)
        assert set(told.values()) == {post.id}


@pytest.mark.parametrize("name", ["facebook", "threads"])
def test_nothing_is_told_of_a_post_that_is_gone(name: str) -> None:
    network = _subscribed(name)
    kept, gone = (network.publish(network.piece(text=text)) for text in ("It stays", "It goes"))
    network.publisher.delete(_call(network), gone)
    waiting = sum(kind == "sandbox_pushes" for kind, _ in network.world.values)
    network.world.pass_time(3 * 86_400)
    told = _told_comments(network)
    assert set(told.values()) == {kept.id}
    assert waiting == len(registry.simulator(name).pushes(network.world))


def test_messages_that_come_with_time_are_delivered_without_anybody_looking() -> None:
    network = _subscribed("whatsapp")
    simulator, facet = registry.simulator("whatsapp"), registry.webhooks("whatsapp")
    assert facet is not None
    seen: list[int] = []
    for _ in range(4):
        pushes = simulator.pushes(network.world)
        said = [event for push in pushes for event in facet.parse(push.headers, push.body)]
        seen.append(sum(event.kind == "message.received" for event in said))
        network.world.pass_time(86_400)
    assert sorted(set(seen))[-3:] == seen[-3:]
    assert seen[0] > 0
