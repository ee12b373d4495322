"""The main job on Google's emulators: what is stored, dispatched, sealed, fetched and announced goes through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests

from shared.domain import codec
from shared.domain.content import Kind
from shared.domain.posts import Target
from shared.domain.states import State, Status
from shared.operations import accounts, media, publishing
from shared.operations.posts import creating, reading
from shared.operations.posts.commands import CreatePost, MediaInput, TargetOrder
from shared.operations.posts.views import PostView
from shared.platforms import registry
from shared.ports.http import Request, Response
from shared.ports.queue import Queue
from shared.ports.store import Query
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.e2e import cloud as clouds
from tests.e2e import live
from tests.e2e.cloud import Cloud, Killed
from tests.e2e.posting import PHOTO
from tests.e2e.server import until

# One worker starts the emulators once.
pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulators"), pytest.mark.timeout(180)]
BEFORE, AFTER = "Killed before the request", "Killed after its effect"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A workspace on the emulators."""
    with _cloud("secret_manager") as made:
        yield made


@contextmanager
def _cloud(vault: str) -> Iterator[Cloud]:
    try:
        with clouds.running(vault) as made:
            yield made
    except EmulatorMissing as missing:
        skip_or_fail(missing)


def test_text_and_media_are_published_now_and_on_time(cloud: Cloud) -> None:
    assert {one.sealed[:4] for one in accounts.list_(cloud.ports, cloud.caller)} == {"sm1:"}
    _check_main_job(cloud)


def test_so_they_are_where_tokens_lie_in_the_store() -> None:
    with _cloud("store") as cloud:
        assert {one.sealed[:3] for one in accounts.list_(cloud.ports, cloud.caller)} == {"v1."}
        _check_main_job(cloud)
        _check_refresh(cloud)


def test_an_expired_token_is_refreshed_and_sealed_anew(cloud: Cloud) -> None:
    _check_refresh(cloud)


def test_each_end_is_announced(cloud: Cloud) -> None:
    made = _outcome(cloud, _post(cloud, "To be told", _taking(cloud, Kind.TEXT), publish_now=True))
    wanted = {("target.published", target.id) for target in made.targets}

    def told() -> bool:
        return wanted <= {(event["type"], event.get("target_id")) for event in cloud.events()}

    assert until(told, 20), cloud.heard
    assert any(event["type"] == "post.published" and event.get("post_id") == made.post.id for event in cloud.heard)


def test_a_refusal_fails_with_the_networks_word(cloud: Cloud) -> None:
    text = "[[sandbox:rejected]]"
    done = _outcome(cloud, _photo(cloud, text, _taking(cloud, Kind.IMAGE)))
    assert done.post.status == Status.FAILED, done
    for target in done.targets:
        assert target.error is not None
        assert target.error.platform_code or target.error.platform_message, target


def test_what_the_queue_forgot_is_swept_up(cloud: Cloud) -> None:
    """The task is never enqueued; a sweep after its grace is enough."""
    quiet = replace(cloud.ports, queue=_Deaf())
    command = CreatePost(text="Forgotten", targets=_orders(_taking(cloud, Kind.TEXT)), publish_now=True)
    made = creating.create(quiet, cloud.caller, command)
    assert publishing.sweep(cloud.ports).enqueued == 0  # not yet: it is the queue's for ten seconds
    assert _outcome(cloud, made).post.status == Status.PUBLISHED


def test_an_instance_that_dies_while_sending_is_settled_by_looking(cloud: Cloud) -> None:
    """Killed between its arm and the request, and between the request's effect and its answer: on every network."""
    ports, killer = cloud.ports, _Killer(cloud)
    cloud.ports = replace(ports, sandbox=killer)
    try:
        made = {text: _photo(cloud, text, _taking(cloud, Kind.IMAGE)) for text in (BEFORE, AFTER)}
        done = {text: _outcome(cloud, view, 90) for text, view in made.items()}
    finally:
        cloud.ports = ports
    names = [target.platform for target in done[BEFORE].targets]
    assert killer.killed == {(text, name) for text in done for name in names}
    assert cloud.killed == len(killer.killed)
    for text, view in done.items():
        for target in view.targets:
            assert target.state is State.PUBLISHED, target
            assert target.attempt == (2 if text == BEFORE else 1), target
            assert target.first is not None
            assert [one.id for one in clouds.seen(cloud, target.account_id) if one.text == text] == [target.first.id]


class _Killer:
    """``ports.Http`` whose caller dies at the visible request of two posts, once for each of their targets.

    A target is armed while its visible request is made, and the tasks of a network arrive one at a time.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._ports = cloud.ports
        self._targets = f"workspaces/{cloud.caller.space}/targets"
        self.killed: set[tuple[str, str]] = set()

    def send(self, request: Request) -> Response:
        armed = self._armed(registry.for_host(urlsplit(request.url).hostname or "") or "")
        if armed is None:
            return self._ports.sandbox.send(request)
        self.killed.add(armed)
        if armed[0] == AFTER:
            self._ports.sandbox.send(request)
        raise Killed(request.url)

    def _armed(self, platform: str) -> tuple[str, str] | None:
        """Text and network of the target that is sending, unless it was killed before."""
        query = Query(self._targets, where=(("state", "==", str(State.ARMED)), ("platform", "==", platform)))
        found = [codec.decode(Target, doc.data) for doc in self._ports.store.query(query)]
        sending = [(one.piece.text, platform) for one in found if one.piece.text in (BEFORE, AFTER)]
        return next((one for one in sending if one not in self.killed), None)


class _Deaf(Queue):
    """A queue that takes everything and delivers nothing."""

    def enqueue(self, task: object) -> bool:
        return True


def _check_main_job(cloud: Cloud) -> None:
    """Text and media, uploaded and from elsewhere, now and later, on every simulated network."""
    photo = (MediaInput("media_id", _uploaded(cloud)),)
    words, photos = _taking(cloud, Kind.TEXT), _taking(cloud, Kind.IMAGE)
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    made = [
        _post(cloud, "A text", words, publish_now=True),
        _post(cloud, "A text, later", words, scheduled_at=soon),
        _post(cloud, "A file", photos, photo, publish_now=True),
        _post(cloud, "A file, later", photos, photo, scheduled_at=soon),
        _photo(cloud, "From elsewhere", photos),
    ]
    for view in made:
        done = _outcome(cloud, view)
        assert done.post.status == Status.PUBLISHED, done
        for target in done.targets:
            _check_live(cloud, target)


def _check_live(cloud: Cloud, target: Target) -> None:
    assert target.attempt == 1, target
    assert target.published_at is not None
    assert target.due_at is not None
    assert target.published_at >= target.due_at - timedelta(seconds=1), target
    assert target.first is not None
    assert target.first.permalink, target
    assert [one.id for one in clouds.seen(cloud, target.account_id) if one.text == target.pieces[0].text] == [
        target.first.id
    ]


def _check_refresh(cloud: Cloud) -> None:
    photos = _taking(cloud, Kind.IMAGE)
    before = {one.id: one.token_version for one in accounts.list_(cloud.ports, cloud.caller) if one.id in photos}
    text = "[[sandbox:token_expired]] once"
    done = _outcome(cloud, _photo(cloud, text, photos))
    assert done.post.status == Status.PUBLISHED, done
    after = {one.id: one.token_version for one in accounts.list_(cloud.ports, cloud.caller)}
    assert all(after[id_] > before[id_] for id_ in before), (before, after)


def _photo(cloud: Cloud, text: str, to: Iterable[str]) -> PostView:
    return _post(cloud, text, to, (MediaInput("url", PHOTO),), publish_now=True)


def _taking(cloud: Cloud, kind: Kind) -> list[str]:
    """The accounts whose network takes this kind of post, and wants no options beside it."""
    manifests = {name: registry.manifest(name) for name in cloud.accounts}
    plain = {
        name for name, one in manifests.items() if one.kind(kind) and not any(option.required for option in one.options)
    }
    return [account for name, account in cloud.accounts.items() if name in plain]


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
