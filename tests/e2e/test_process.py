"""The process itself: what it leaves, how it ends, what a kill at any moment of it does."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.domain.content import Kind
from tests.e2e import live
from tests.e2e.posting import PHOTO, outcome, post, read, soon, taking, url
from tests.e2e.server import Answer, Server, group_members, installed, settled, until

pytestmark = pytest.mark.xdist_group("e2e-process")
SWEPT = 95.0  # seconds; what a kill left to the sweeper waits for the next minute, and what it left armed for a proof
# When a first start is killed: so many seconds after this file of its folder appeared.
MOMENTS = (
    ("internal.token", 0.0),
    ("blobs.key", 0.0),
    ("rostrum.sqlite3-wal", 0.02),
    ("env", 0.0),
    ("env", 0.05),
    ("env", 0.1),
    ("env", 0.2),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An installation that is not started yet."""
    with installed(tmp_path) as made:
        yield made


def test_the_env_file_is_the_owners_and_says_all(running: Server) -> None:
    assert running.env_mode() == 0o600
    values = running.env()
    assert set(values) == {"ROSTRUM_URL", "ROSTRUM_API_KEY", "ROSTRUM_LIVE_KEY"}
    assert values["ROSTRUM_URL"] == running.url
    assert values["ROSTRUM_API_KEY"].startswith("rst_test_")
    assert values["ROSTRUM_LIVE_KEY"].startswith("rst_live_")
    assert running.ask("GET", "/v1/accounts").status == 200
    assert running.ask("GET", "/v1/accounts", key=values["ROSTRUM_LIVE_KEY"]).json["data"] == []
    assert running.ask("GET", "/v1/accounts", key="").status == 401


def test_nobody_else_may_read_what_it_keeps(running: Server) -> None:
    open_to_others = [path for path in running.home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    shut = running.home.stat().st_mode & 0o077 == 0
    assert shut or not open_to_others, open_to_others


def test_the_banner_shows_a_post_that_works_as_it_stands(running: Server) -> None:
    assert until(lambda: "-d '" in running.log.read_text(), 10), "the banner comes after the first answers"
    words = running.log.read_text()
    body = words.split("-d '", 1)[1].split("'", 1)[0]
    answer = running.ask("POST", "/v1/posts", body.encode(), {"Content-Type": "application/json"})
    assert answer.status == 201, answer.body
    assert outcome(running, answer.json["id"])["status"] == "published"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked_with_all_that_it_started(server: Server, how: signal.Signals) -> None:
    server.start()
    assert server.process is not None
    group = server.process.pid
    accounts = taking(Kind.IMAGE, server)
    left = post(server, "Interrupted", accounts, media=[url(PHOTO)], scheduled_at=soon(1))
    assert server.stop(how) == 0, server.words()
    assert group_members(group) == []
    assert "Traceback" not in server.words()
    server.start()
    assert outcome(server, left, SWEPT)["status"] == "published"


def test_a_request_and_a_delivery_under_way_are_finished_before_it_ends(server: Server) -> None:
    """The network takes three seconds; meanwhile the process is asked to end."""
    server.start()
    body = {"account_id": server.accounts()["bluesky"], "text": "Under way [[sandbox:slow]]"}
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(server.call, "POST", "/v1/social/bluesky/publish", body)
        time.sleep(1)  # a real process: the request is in it by then, and the network's answer is not
        assert server.stop(signal.SIGTERM) == 0, server.words()
        assert answer.result()["success"] is True
    assert set(live.integrity(server.home).values()) == {"ok"}
    server.start()
    (kept,) = server.call("GET", "/v1/posts")["data"]
    assert kept["status"] == "published"
    timeline = live.timelines(server)[str(body["account_id"])]
    assert [one.text for one in timeline] == [body["text"]]


def test_a_taken_port_is_named_with_its_remedy(running: Server, tmp_path: Path) -> None:
    with installed(tmp_path) as second:
        second.port = running.port
        assert second.launch().wait(30) == 1
        assert str(running.port) in second.words()
        assert "PORT=" in second.words()
        assert "Traceback" not in second.words()
    assert running.healthy()


@pytest.mark.parametrize(("file", "seconds"), MOMENTS)
def test_a_first_start_killed_at_any_moment_is_finished_by_the_next(
    running: Server, server: Server, file: str, seconds: float
) -> None:
    server.launch()
    assert until((server.home / file).exists, 30, every=0.001), server.words()
    time.sleep(seconds)  # where in its work the real process is after that, nobody can say: hence several
    server.kill()
    done = live.connected(server) if (server.home / "env").exists() else []
    print(f"killed {seconds} s after {file}: {len(done)} accounts were connected")
    server.start()
    assert live.connected(server) == live.connected(running)
    assert len(server.accounts()) == len(live.connected(server))
    assert server.env_mode() == 0o600
    assert set(live.integrity(server.home).values()) == {"ok"}
    made = post(server, "After the kill", taking(Kind.IMAGE, server), media=[url(PHOTO)])
    assert outcome(server, made)["status"] == "published"


def test_the_keys_stay_the_same_from_start_to_start(server: Server) -> None:
    server.start()
    before = server.env()
    server.kill()
    server.start()
    assert server.env() == before


def test_a_repeated_request_gets_the_same_bytes_after_a_kill(server: Server) -> None:
    server.start()
    accounts = taking(Kind.IMAGE, server)
    first = _keyed(server, accounts)
    assert first.status == 201, first.body
    server.kill()
    server.start()
    again = _keyed(server, accounts)
    assert (again.status, again.body) == (first.status, first.body)
    other = _keyed(server, accounts, text="Another text")
    assert other.status == 409, other.body
    done = outcome(server, first.json["id"], SWEPT)
    assert done["status"] == "published", done
    for account in accounts:
        assert [one.text for one in live.timelines(server)[account]] == ["Said once"]


@pytest.mark.parametrize("seconds", [0.01, 0.03, 0.04, 0.06])
def test_a_request_cut_off_by_a_kill_can_be_repeated(server: Server, seconds: float) -> None:
    """The caller never learns whether it was done: with the same key it is done once."""
    server.start()
    accounts = taking(Kind.IMAGE, server)
    with ThreadPoolExecutor(1) as caller:
        cut_off = caller.submit(_keyed, server, accounts)
        time.sleep(seconds)  # how far the real process has come by then, nobody can say: hence several
        server.kill()
        answered = cut_off.exception() is None
    server.start()
    kept = len(server.call("GET", "/v1/posts")["data"])
    again = _keyed(server, accounts)
    print(f"killed after {seconds} s: {'answered' if answered else 'cut off'}, {kept} post kept")
    assert kept or not answered, "answered, and then lost"
    assert again.status == 201, again.body
    assert not answered or cut_off.result().body == again.body
    assert [one["id"] for one in server.call("GET", "/v1/posts")["data"]] == [again.json["id"]]
    assert until(lambda: _swept(server, again.json["id"]), SWEPT, every=1.0), server.words()
    assert outcome(server, again.json["id"])["status"] == "published"
    for account in accounts:
        assert [one.text for one in live.timelines(server)[account]] == ["Said once"]


def test_what_was_due_while_it_was_down_is_published_by_the_next_start(server: Server) -> None:
    server.start()
    made = post(server, "Due meanwhile", taking(Kind.IMAGE, server), media=[url(PHOTO)], scheduled_at=soon(1.5))
    server.kill()
    time.sleep(2)  # the real process has a real clock: its time has to pass while it is down
    server.start()
    done = outcome(server, made, SWEPT)
    assert done["status"] == "published", done
    timelines = live.timelines(server)
    assert [len(timelines[one["account_id"]]) for one in done["targets"]] == [1] * len(done["targets"])


def test_it_says_what_is_wrong_with_a_setting(server: Server) -> None:
    server.port = 0
    assert server.launch().wait(30) == 1
    assert "PORT" in server.words()
    assert "Traceback" not in server.words()


def _swept(server: Server, post_id: str) -> bool:
    """One more run of the sweeper, which would otherwise come with the minute; whether the post is over."""
    server.sweep()
    return settled(read(server, post_id))


def _keyed(server: Server, accounts: list[str], text: str = "Said once") -> Answer:
    body = {
        "text": text,
        "media": [url(PHOTO)],
        "targets": [{"account_id": account} for account in accounts],
        "publish_now": True,
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": "e2e-1"}
    return server.ask("POST", "/v1/posts", json.dumps(body).encode(), headers)
