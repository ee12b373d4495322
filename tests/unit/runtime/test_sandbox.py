"""The sandbox network over the embedded store: faults on demand, one consistent state, media with ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from shared.backends import indexes
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.store import EmbeddedStore
from shared.platforms import registry
from shared.platforms.contract import Delayed, Lost, World
from shared.ports.http import AnswerLost, BodyTooLarge, NotSent, Request, Response, Stream, whole
from shared.ports.store import Transaction, Unavailable, Write
from shared.runtime import sandbox
from shared.runtime.sandbox import MEDIA_HOST, SandboxHttp
from shared.runtime.sandbox_reach import Reach
from tests.support.faults import Faults
from tests.support.memory_http import Outside
from tests.support.memory_parts import ManualClock

T = TypeVar("T")
HOST = "network.test"
URL = f"https://{HOST}/x"


class Counting:
    """A simulator that counts its requests, and fails as the path says."""

    def handle(self, request: Request, world: World) -> Response:
        done = Response(200, {}, str(world.serial("requests")).encode())
        whole(request)
        path = request.url.removeprefix(f"https://{HOST}")
        if path == "/lost":
            raise Lost("on demand")
        if path.startswith("/slow"):
            raise Delayed(done, 3.0)
        if path == "/large":
            return Response(200, {}, b"x" * 2000)
        if path == "/fetch":
            got = world.fetch(f"https://{MEDIA_HOST}/media/photo.jpg?any=1")
            return Response(200, {}, str(len(got.body) if got else -1).encode())
        if path == "/outside":
            world.fetch("https://outside.test/file")
        if path == "/ids":
            world.put("kind", "a/b ü", {"n": [1, {"x": None}]})
            world.put("kind", "gone", {})
            world.delete("kind", "gone")
            assert world.get("kind", "a/b ü") == {"n": [1, {"x": None}]}
            assert world.get("kind", "gone") is None
        return done

    def seed(self, world: World, name: str) -> Mapping[str, str]:
        world.put("account", name, {"n": 1})
        return {"identifier": name}


class Eager(EmbeddedStore):
    """Runs every transaction's body twice, and drops the first run's writes: contention."""

    def transact(self, body: Callable[[Transaction], T]) -> T:
        def twice(txn: Transaction) -> T:
            body(_ReadOnly(txn))
            return body(txn)

        return super().transact(twice)


class _ReadOnly:
    def __init__(self, txn: Transaction) -> None:
        self.get, self.query = txn.get, txn.query

    def write(self, _write: Any) -> None:
        """Dropped: this run is repeated."""


@pytest.fixture(params=[EmbeddedStore, Eager], ids=["once", "re-run"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EmbeddedStore:
    made: EmbeddedStore = request.param(
        tmp_path / "sandbox.sqlite3", ManualClock(), indexes.load(), durability="normal"
    )
    return made


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def http(store: EmbeddedStore, waited: list[float], monkeypatch: pytest.MonkeyPatch) -> SandboxHttp:
    real = registry.for_host
    monkeypatch.setattr(
        registry, "for_host", lambda host, network="": "counting" if host == HOST else real(host, network)
    )
    monkeypatch.setattr(registry, "simulator", lambda name: Counting())
    return SandboxHttp(store, ManualClock(), lambda url: None, waited.append)


def test_a_transaction_that_runs_again_does_not_fetch_again(http: SandboxHttp, store: EmbeddedStore) -> None:
    """The last run may hold the store's lock: a slow address must not be asked while others wait for it."""
    asked: list[str] = []
    SandboxHttp(store, ManualClock(), asked.append).send(Request("GET", f"{URL[:-2]}/outside"))
    assert asked == ["https://outside.test/file"]


def test_what_is_sent_is_read_once_and_before_the_store_is_asked(http: SandboxHttp, store: EmbeddedStore) -> None:
    """A body may stream from another server: nothing waits for that server meanwhile."""
    read: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        store.transact(lambda txn: txn.write(Write("set", "elsewhere/one", {})))  # refused within a transaction
        for piece in (b"a", b"b"):
            read.append(piece)
            yield piece

    assert http.send(Request("PUT", URL, body=Stream(2, chunks))).status == 200
    assert read == [b"a", b"b"]


def get(http: SandboxHttp, path: str = "", **more: Any) -> Response:
    return http.send(Request("GET", f"https://{HOST}{path}", **more))


def test_requests_see_each_others_state(http: SandboxHttp) -> None:
    assert [get(http).body for _ in range(3)] == [b"1", b"2", b"3"]


def test_a_lost_answer_keeps_its_effect(http: SandboxHttp) -> None:
    with pytest.raises(AnswerLost):
        get(http, "/lost")
    assert get(http).body == b"2"


def test_a_slow_answer_waits_its_time(http: SandboxHttp, waited: list[float]) -> None:
    assert get(http, "/slow").body == b"1"
    assert waited == [3.0]


def test_slower_than_the_caller_waits_is_lost(http: SandboxHttp, waited: list[float]) -> None:
    """As on a real connection: the effect is there, the answer is not, and no more than the timeout has passed."""
    with pytest.raises(AnswerLost):
        get(http, "/slow", read_timeout=1.0)
    assert waited == [1.0]
    assert get(http).body == b"2"


def test_an_answer_over_the_cap_is_lost(http: SandboxHttp) -> None:
    assert len(get(http, "/large", max_bytes=2000).body) == 2000
    with pytest.raises(BodyTooLarge):
        get(http, "/large", max_bytes=1999)


@pytest.mark.parametrize("url", ["https://example.com/", "https://sandbox.rostrum.test.evil.example/", "https:///x"])
def test_unknown_hosts_get_nothing(http: SandboxHttp, url: str) -> None:
    with pytest.raises(NotSent):
        http.send(Request("GET", url))


def test_any_id_can_be_kept(http: SandboxHttp) -> None:
    assert get(http, "/ids").status == 200


def test_simulators_fetch_the_sandboxs_media(http: SandboxHttp) -> None:
    assert int(get(http, "/fetch").body) > 1000
    assert http.fetch(f"https://{MEDIA_HOST}/media/none.jpg") is None
    assert http.fetch("https://example.com/a.jpg") is None


def test_seeding(http: SandboxHttp) -> None:
    assert http.seed("counting", "alice") == {"identifier": "alice"}


def test_each_workspace_has_a_world_of_its_own_beside_the_one_that_all_shared_before(http: SandboxHttp) -> None:
    asked = ["", "ws_1.test", "ws_2.test", "ws_1.test", ""]
    assert [int(http.send(Request("GET", URL, world=one)).body) for one in asked] == [1, 1, 1, 2, 2]


def test_a_store_that_fails_is_a_lost_answer(
    http: SandboxHttp, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The http port raises nothing else: whether the effect is there is unknown."""

    def down(_body: Any) -> Any:
        raise Unavailable("disk")

    monkeypatch.setattr(store, "transact", down)
    with pytest.raises(AnswerLost):
        get(http)


# ------------------------------------------------------------------------------------------------------ media

PHOTO = sandbox.media("GET", "/media/photo.jpg")


@pytest.mark.parametrize(("name", "kind"), list(sandbox.MEDIA.items()))
def test_whole_files(name: str, kind: str) -> None:
    got, head = sandbox.media("GET", f"/media/{name}"), sandbox.media("HEAD", f"/media/{name}")
    assert (got.status, got.headers["content-type"], got.headers["accept-ranges"]) == (200, kind, "bytes")
    assert (head.status, head.body, head.headers) == (200, b"", got.headers)
    assert int(head.headers["content-length"]) == len(got.body)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=5-5", 5, 6), ("bytes=10-99999999", 10, None)],
)
def test_a_range(asked: str, start: int, end: int | None) -> None:
    got = sandbox.media("GET", "/media/photo.jpg", {"Range": asked})
    size = len(PHOTO.body)
    assert (got.status, got.body) == (206, PHOTO.body[start:end])
    assert got.headers["content-range"] == f"bytes {start}-{(end or size) - 1}/{size}"
    assert int(got.headers["content-length"]) == len(got.body)


def test_a_range_beyond_the_end() -> None:
    got = sandbox.media("GET", "/media/photo.jpg", {"range": "bytes=9999999-"})
    assert (got.status, got.body, got.headers["content-range"]) == (416, b"", f"bytes */{len(PHOTO.body)}")


@pytest.mark.parametrize("asked", ["bytes=-5", "bytes=0-1,3-4", "items=0-1", "bytes=x"])
def test_other_ranges_are_ignored(asked: str) -> None:
    assert sandbox.media("GET", "/media/photo.jpg", {"Range": asked}).body == PHOTO.body


def test_through_the_port(http: SandboxHttp) -> None:
    """Whatever the query; the cap holds for media, too; other paths are not there."""
    url = f"https://{MEDIA_HOST}/media/photo.jpg?size=1"
    part = http.send(Request("GET", url, {"Range": "bytes=0-9"}, max_bytes=10))
    assert (part.status, part.body) == (206, PHOTO.body[:10])
    with pytest.raises(BodyTooLarge):
        http.send(Request("GET", url, max_bytes=10))
    assert http.send(Request("HEAD", url, max_bytes=0)).status == 200
    assert http.send(Request("GET", f"https://{MEDIA_HOST}/media/../secret")).status == 404


# ------------------------------------------------------------------------------------------------------ reach


def test_what_a_simulated_network_can_pull(tmp_path: Path) -> None:
    """Our own files by their signed address, the outside through the guarded port; nothing else, and never an error."""
    clock, base = ManualClock(), "http://127.0.0.1:8080"
    blobs = EmbeddedBlobs(tmp_path / "blobs", base, tmp_path / "key", clock)
    blobs.put("ws/a b".replace(" ", "-"), [b"bytes"], "image/png", 100)
    outside = Outside(Faults())
    outside.hosts["public.example"] = lambda request: Response(200 if request.url.endswith("ok") else 404, {}, b"there")
    reach = Reach(blobs, base, outside)
    own = reach(blobs.download_url("ws/a-b", timedelta(hours=1)))
    assert own is not None
    assert (own.status, own.body, own.headers["content-type"]) == (200, b"bytes", "image/png")
    found = reach("https://public.example/ok")
    assert found is not None
    assert found.body == b"there"
    for url in (
        f"{base}/_blobs/ws/none",
        f"{base}/_blobs/../../etc/passwd",
        f"{base}/_blobs/",
        f"{base}/v1/posts",
        "https://public.example/none",
        "https://nowhere.example/",
        "http://127.0.0.1/",
    ):
        assert reach(url) is None, url
