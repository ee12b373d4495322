"""What every network promises that tells of several posts in one answer: the same as one by one, in fewer requests, and one
post that is gone spoils nothing for the others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.platforms import registry
from shared.platforms.contract import Metrics, Published, Refused
from shared.ports.http import Request, Response
from tests.contract.platforms import harness

ONE_BY_ONE = {"linkedin"}  # a member's posts; a page's are told together (see its folder's tests)
BATCHING = [name for name in registry.all_names() if registry.batch_measurer(name) is not None]


@pytest.mark.parametrize("name", BATCHING)
def test_several_posts_are_told_as_each_alone_in_fewer_requests(name: str) -> None:
    network = harness.new_network(name)
    batch, single = registry.batch_measurer(name), registry.measurer(name)
    assert batch is not None
    assert single is not None
    made = [network.publish(network.piece(text=f"Number {number}")) for number in range(3)]
    network.world.pass_time(3 * 86_400)
    network.renew()
    network.http.sent.clear()
    alone = {one.id: single.post(network.call, one) for one in made}
    apart = len(network.http.sent)
    network.http.sent.clear()
    assert dict(batch.posts(network.call, made)) == alone
    assert len(network.http.sent) * 3 <= apart or name in ONE_BY_ONE
    assert batch.MOST_POSTS >= 10


@pytest.mark.parametrize("name", BATCHING)
def test_a_post_that_is_gone_is_refused_alone(name: str) -> None:
    network = harness.new_network(name)
    batch = registry.batch_measurer(name)
    assert batch is not None
    kept, gone = (network.publish(network.piece(text=f"Number {number}")) for number in range(2))
    network.world.pass_time(3 * 86_400)
    network.renew()
    if network.manifest.deletes:
        network.publisher.delete(network.call, gone)
    else:
        gone = _elsewhere(gone)
    told = batch.posts(network.call, [gone, kept])
    assert isinstance(told[kept.id], Metrics)
    answer = told[gone.id]
    assert (
        isinstance(answer, Refused) or answer.views == 0
    )  # LinkedIn documents a page's post without activity as zeros
    assert not isinstance(answer, Refused) or answer.row.code


def _elsewhere(published: Published) -> Published:
    """A post of the same looks that the network does not have."""
    last = published.id[-1]
    return replace(published, id=published.id[:-1] + ("1" if last != "1" else "2"))


def test_what_a_batch_leaves_unanswered_is_asked_alone() -> None:
    network = harness.new_network("facebook")
    batch = registry.batch_measurer("facebook")
    assert batch is not None
    made = [network.publish(network.piece(text=f"Number {number}")) for number in range(2)]
    whole, batches = dict(batch.posts(network.call, made)), list[Request]()

    def slow(request: Request) -> Response | None:
        if request.method != "POST":
            return None
        batches.append(request)
        network.http.intercept = None
        answer = network.http.send(request)
        network.http.intercept = slow
        return Response(answer.status, answer.headers, json.dumps([None, *json.loads(answer.body)[1:]]).encode())

    network.http.intercept = slow
    assert dict(batch.posts(network.call, made)) == whole
    assert 1 < len(batches) <= 4
