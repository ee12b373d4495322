"""Whatever meets a token that the network no longer takes renews it once and goes on; and finds out when the grant is dead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.domain.accounts import Account
from shared.domain.errors import NetworkRefused, Reconnect
from shared.domain.posts import Target
from shared.operations import publishing, sessions
from shared.operations.engaging import own, reading
from shared.operations.posts import creating, deleting, measuring
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.reading import find
from shared.ports.http import Request, Response
from tests.operations.flows import TEST, redirected
from tests.support import memory_ports
from tests.support.memory_ports import Rig

JSON = {"content-type": "application/json"}
Act = Callable[[Rig, Account, Target], object]


def posted(rig: Rig, account: Account, text: str = "Hello") -> Target:
    """A post, live."""
    command = CreatePost(text, targets=(TargetOrder(account.id),), publish_now=True)
    made = creating.create(rig.ports, TEST, command)
    for _ in range(10):
        for task in rig.queue.take(rig.clock.now()):
            publishing.advance(rig.ports, dict(task.body))
        rig.clock.advance(1)
    return find(rig.ports, TEST, made.post.id).targets[0]


def refusing(rig: Rig, token: str) -> list[Request]:
    """From now on the network does not take this token; what renewed it since."""
    renewals: list[Request] = []

    def answer(request: Request) -> Response | None:
        if request.url.endswith("/oauth2/token"):
            renewals.append(request)
        elif request.headers.get("Authorization") == f"Bearer {token}":
            return Response(401, JSON, b'{"title":"Unauthorized","type":"about:blank","status":401}')
        return None

    rig.sandbox.intercept = answer
    return renewals


ACTS: dict[str, Act] = {
    "a post's numbers": lambda rig, account, target: measuring.metrics(rig.ports, TEST, target.post_id),
    "an account's numbers": lambda rig, account, _: own.account_figures(rig.ports, TEST, account.id),
    "comments": lambda rig, account, target: reading.comments(
        rig.ports, TEST, account.id, target.first.id if target.first else ""
    ),
    "taking a post down": lambda rig, account, target: deleting.unpublish(rig.ports, TEST, target.post_id),
    "another post": lambda rig, account, _: posted(rig, account, "Hello again"),
}


@pytest.mark.parametrize("what", ACTS)
def test_a_token_that_the_network_no_longer_takes_is_renewed_once_and_the_work_goes_on(what: str) -> None:
    """Before its end, as far as anybody knew: its owner changed a password, or the network had its reasons."""
    rig = memory_ports.rig()
    account = redirected(rig, "twitter")
    target = posted(rig, account)
    assert target.first
    renewals = refusing(rig, sessions.call(rig.ports, account).tokens.access)
    answer = ACTS[what](rig, account, target)
    assert len(renewals) == 1
    assert not isinstance(answer, measuring.PostMetrics) or answer.measured[0].metrics
    assert not isinstance(answer, Target) or answer.first
    assert sessions.open_account(rig.ports, account.space, account.id).status == "active"


def test_who_reads_first_finds_out_that_a_grant_is_dead() -> None:
    """A Page's token has no end and no chore: nobody else would learn of it before the next post fails."""
    rig = memory_ports.rig()
    account = redirected(rig, "facebook")
    rig.clock.advance(2 * 3600)
    dead = b'{"error":{"message":"changed the password","type":"OAuthException","code":190,"error_subcode":460}}'
    rig.sandbox.intercept = lambda _: Response(400, JSON, dead)
    with pytest.raises(Reconnect):
        reading.conversations(rig.ports, TEST, account.id)
    assert sessions.open_account(rig.ports, account.space, account.id).status == "reconnect_required"
    said = [data for path, data in rig.store.everything() if "/events/" in path]
    assert [one["action"] for one in said if one["action"] == "account.disconnected"] == ["account.disconnected"]


def test_a_permission_that_is_missing_does_not_spend_refresh_tokens() -> None:
    """The network says «connect again» of a grant that was renewed within the hour: it is the permission that it means."""
    rig = memory_ports.rig()
    account = redirected(rig, "tiktok")
    missing = b'{"data":{},"error":{"code":"scope_not_authorized","message":"no","log_id":"1"}}'
    renewals = []

    def answer(request: Request) -> Response | None:
        if request.url.endswith("/oauth/token/"):
            renewals.append(request)
            return None
        return Response(401, JSON, missing)

    rig.sandbox.intercept = answer
    for _ in range(6):
        rig.clock.advance(1200)
        with pytest.raises(NetworkRefused):
            own.account_figures(rig.ports, TEST, account.id)
    assert 1 <= len(renewals) <= 2
    assert sessions.open_account(rig.ports, account.space, account.id).status == "active"
