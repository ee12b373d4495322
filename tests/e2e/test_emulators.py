"""The main job on Google's emulators: what is stored, dispatched, sealed, fetched and announced goes through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from shared.domain.content import Kind
from shared.domain.posts import Status, Target
from shared.domain.states import State
from shared.operations import accounts, media, publishing
from shared.operations.posts import creating, reading
from shared.operations.posts.commands import CreatePost, MediaInput, TargetOrder
from shared.operations.posts.views import PostView
from shared.platforms import registry
from shared.platforms.contract import Seen
from shared.ports.http import Http, Request, Response
from shared.runtime import bootstrap
from shared.runtime.sandbox import StoreWorld
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.e2e import cloud as clouds
from tests.e2e import live
from tests.e2e.cloud import Cloud, Killed
from tests.e2e.posting import PHOTO
from tests.e2e.server import until

# One worker starts the emulators once.
pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulators"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module", params=["secret_manager", "store"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A workspace on the emulators, with each way of keeping tokens."""
    try:
        with clouds.running(request.param) as made:
            yield made
    except EmulatorMissing as missing:
        skip_or_fail(missing)


def test_text_and_media_are_published_now_and_on_time(cloud: Cloud) -> None:
    photo = _uploaded(cloud)
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    made = [
        _post(cloud, "A text", _taking(cloud, Kind.TEXT), publish_now=True),
        _post(cloud, "A text, later", _taking(cloud, Kind.TEXT), scheduled_at=soon),
        _post(cloud, "A file", cloud.accounts.values(), (MediaInput("media_id", photo),), publish_now=True),
        _post(cloud, "A file, later", cloud.accounts.values(), (MediaInput("media_id", photo),), scheduled_at=soon),
        _post(cloud, "From elsewhere", cloud.accounts.values(), (MediaInput("url", PHOTO),), publish_now=True),
    ]
    for view in made:
        done = _outcome(cloud, view)
        assert done.post.status == Status.PUBLISHED, done
        for target in done.targets:
            assert target.attempt == 1, target
            assert target.published_at is not None and target.due_at is not None
            assert target.published_at >= target.due_at - timedelta(seconds=1), target
            assert target.first is not None and target.first.permalink, target
            assert [one.id for one in _seen(cloud, target) if one.text == view.post.text] == [target.first.id]


def test_each_end_is_announced(cloud: Cloud) -> None:
    made = _outcome(cloud, _post(cloud, "To be told", _taking(cloud, Kind.TEXT), publish_now=True))
    wanted = {("target.published", target.id) for target in made.targets}

    def told() -> bool:
        return wanted <= {(event["type"], event.get("target_id")) for event in cloud.events()}

    assert until(told, 20), cloud.heard
    assert any(event["type"] == "post.published" and event.get("post_id") == made.post.id for event in cloud.heard)


def test_a_refusal_fails_with_the_networks_word(cloud: Cloud) -> None:
    text = "[[sandbox:rejected]]"
    done = _outcome(cloud, _post(cloud, text, cloud.accounts.values(), (MediaInput("url", PHOTO),), publish_now=True))
    assert done.post.status == Status.FAILED, done
    for target in done.targets:
        assert target.error is not None and (target.error.platform_code or target.error.platform_message), target


def test_an_expired_token_is_refreshed_and_sealed_anew(cloud: Cloud) -> None:
    before = {one.id: one.token_version for one in accounts.list_(cloud.ports, cloud.caller)}
    text = "[[sandbox:token_expired]] once"
    done = _outcome(cloud, _post(cloud, text, cloud.accounts.values(), (MediaInput("url", PHOTO),), publish_now=True))
    assert done.post.status == Status.PUBLISHED, done
    after = {one.id: one.token_version for one in accounts.list_(cloud.ports, cloud.caller)}
    assert all(after[id_] > before[id_] for id_ in before), (before, after)


def test_what_the_queue_forgot_is_swept_up(cloud: Cloud) -> None:
    """The task is never enqueued; a sweep after its grace is enough."""
    quiet = replace(cloud.ports, queue=_Deaf())
    command = CreatePost(text="Forgotten", targets=_orders(_taking(cloud, Kind.TEXT)), publish_now=True)
    made = creating.create(quiet, cloud.caller, command)
    assert publishing.sweep(cloud.ports).enqueued == 0  # not yet: it is the queue's for ten seconds
    assert _outcome(cloud, made).post.status == Status.PUBLISHED


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_instance_that_dies_while_sending_is_settled_by_looking(cloud: Cloud, when: str) -> None:
    """Killed between its arm and the request, or between the request's effect and its answer."""
    ports, killed = cloud.ports, cloud.killed
    text = f"Killed {when} sending"
    killer = _Killer(cloud, text, before=when == "before")
    cloud.ports = replace(ports, sandbox=killer)
    try:
        made = _post(cloud, text, _taking(cloud, Kind.TEXT), publish_now=True)
        done = _outcome(cloud, made, 90)
    finally:
        cloud.ports = ports
    assert cloud.killed - killed == len(done.targets), "every target's first sender was killed"
    for target in done.targets:
        assert target.state is State.PUBLISHED, target
        assert target.attempt == (2 if when == "before" else 1), target
        assert target.first is not None
        assert [one.id for one in _seen(cloud, target) if one.text == text] == [target.first.id]


class _Killer:
    """``ports.Http`` whose caller dies at the first request of each account that carries the text, which is the visible one."""

    def __init__(self, cloud: Cloud, text: str, *, before: bool) -> None:
        self._inner: Http = cloud.ports.sandbox
        self._text = text.encode()
        self._before = before
        self._hit: set[str] = set()

    def send(self, request: Request) -> Response:
        host = request.url.split("/")[2]
        if self._text not in (request.body or b"") or host in self._hit:
            return self._inner.send(request)
        self._hit.add(host)
        if not self._before:
            self._inner.send(request)
        raise Killed(host)


class _Deaf:
    """A queue that takes everything and delivers nothing."""

    def enqueue(self, task: object) -> bool:
        return True


def _taking(cloud: Cloud, kind: Kind) -> list[str]:
    return [account for name, account in cloud.accounts.items() if registry.manifest(name).kind(kind)]


def _orders(to: Iterable[str]) -> tuple[TargetOrder, ...]:
    return tuple(TargetOrder(account) for account in to)


def _post(
    cloud: Cloud,
    text: str,
    to: Iterable[str],
    items: tuple[MediaInput, ...] = (),
    *,
    publish_now: bool = False,
    scheduled_at: str | None = None,
) -> PostView:
    command = CreatePost(
        text=text, targets=_orders(to), media=items, publish_now=publish_now, scheduled_at=scheduled_at
    )
    return creating.create(cloud.ports, cloud.caller, command)


def _outcome(cloud: Cloud, view: PostView, seconds: float = 60) -> PostView:
    """The post when it is over; meanwhile the sweeper runs now and then, as its schedule has it each minute."""
    sweeps = 0

    def over() -> bool:
        nonlocal sweeps
        sweeps += 1
        if sweeps % 20 == 0:
            publishing.sweep(cloud.ports)
        return read().post.status not in (Status.SCHEDULED, Status.PUBLISHING)

    def linked() -> bool:
        """Some networks tell a permalink only when asked for it afterwards."""
        published = [one for one in read().targets if one.state is State.PUBLISHED]
        return all(target.first and target.first.permalink for target in published)

    def read() -> PostView:
        return reading.get(cloud.ports, cloud.caller, view.post.id)

    assert until(over, seconds), read()
    until(linked, 10)
    return read()


def _uploaded(cloud: Cloud) -> str:
    """A file that went to its signed address directly, and was verified."""
    photo = live.sandbox_file("photo.jpg")
    made = media.upload_url(cloud.ports, cloud.caller, filename="photo.jpg", media_type="image/jpeg")
    assert requests.put(made.url, photo, headers=dict(made.headers), timeout=30).status_code == 200
    assert media.verify(cloud.ports, cloud.caller, made.media.id).status == "ready"
    return made.media.id


def _seen(cloud: Cloud, target: Target) -> Sequence[Seen]:
    """What the followers of the target's account see."""
    found = next(one for one in accounts.list_(cloud.ports, cloud.caller) if one.id == target.account_id)
    network = bootstrap.sandbox(cloud.ports)

    def body(txn: object) -> Sequence[Seen]:
        world = StoreWorld(txn, found.platform, datetime.now(UTC), network.fetch)  # type: ignore[arg-type]
        return registry.simulator(found.platform).seen(world, found.platform_account_id)

    return cloud.ports.store.transact(body)
