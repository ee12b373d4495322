"""200 posts are scheduled into ten seconds, and the process is killed five times in the midst of it.

Afterwards every post is live on its network exactly once, by the network's own account, or says that it needs review;
none is stuck, and SQLite finds nothing wrong with its files.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.content import Kind
from shared.platforms.contract import Seen
from tests.e2e import live
from tests.e2e.posting import PHOTO, post, taking, url
from tests.e2e.server import Server, installed, settled, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200), pytest.mark.xdist_group("e2e-kill")]
POSTS = 200  # over the accounts in turn: 67 each, where the strictest network takes 100 (in 15 minutes, or a day)
WINDOW = 10.0  # seconds
AHEAD = 8.0  # creating 200 posts on two busy cores has to be over by then
KILLS = 5
SLOW = 7  # of so many posts one is live three seconds before its network answers: a kill in between is the worst one
SETTLED_WITHIN = 100.0  # the slowest way: armed at the last kill, swept up a minute later, absence to be proven
SEED = 20261122


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running installation."""
    with installed(tmp_path) as made:
        made.start()
        yield made


def test_killed_five_times_while_200_posts_are_due(server: Server) -> None:
    accounts = sorted(taking(Kind.IMAGE, server))
    begin = datetime.now(UTC) + timedelta(seconds=AHEAD)
    made = _schedule(server, accounts, begin)
    _until(begin)
    downs = _kill_again_and_again(server, random.Random(SEED))
    began = time.monotonic()
    until(lambda: all(settled(one) for one in _listed(server)), SETTLED_WITHIN, every=1.0)
    took = time.monotonic() - began
    told = {one["id"]: one for one in _listed(server)}
    timelines = live.timelines(server)
    server.kill()
    figures = Counter(told[post_id]["status"] for post_id in made)
    attempts = Counter(told[post_id]["targets"][0]["attempts"] for post_id in made)
    copies = _copies(told, timelines)
    lives = Counter(len(seen) for seen in copies.values())
    print(f"{len(made)} posts, {KILLS} kills, down {sum(downs):.1f} s: {dict(figures)}, attempts {dict(attempts)}")
    print(f"settled {took:.0f} s after the last start; copies that followers see: {dict(lives)}")
    assert set(told) == set(made)
    _check(told, copies)
    assert sum(map(len, timelines.values())) == sum(map(len, copies.values())), "something else is live, too"
    assert live.integrity(server.home) == dict.fromkeys(live.FILES, "ok")


def _schedule(server: Server, accounts: Sequence[str], begin: datetime) -> list[str]:
    def one(number: int) -> str:
        at = begin + timedelta(seconds=WINDOW * number / POSTS)
        account = accounts[number % len(accounts)]
        more = {"media": [url(f"{PHOTO}?{number}")], "scheduled_at": at.isoformat()}
        marker = "" if number % SLOW else "[[sandbox:slow]] "
        return post(server, f"{marker}Post {number} of {POSTS}", [account], **more)

    with ThreadPoolExecutor(4) as callers:
        return list(callers.map(one, range(POSTS)))


def _until(at: datetime) -> None:
    left = (at - datetime.now(UTC)).total_seconds()
    print(f"created {left:.1f} s before the first is due")
    assert left > 0, f"creating the posts took {-left:.1f} s too long: they were due before the first kill"
    threading.Event().wait(left)


def _kill_again_and_again(server: Server, chance: random.Random) -> list[float]:
    """Kills spread over the window, each somewhere in its part of it; how long each kept the process down."""
    began, downs = time.monotonic(), []
    for number in range(KILLS):
        at = WINDOW * (number + chance.uniform(0.2, 0.9)) / KILLS
        time.sleep(max(0.0, began + at - time.monotonic()))
        server.kill()
        downs.append(server.start())
    return downs


def _listed(server: Server) -> list[dict[str, Any]]:
    """Every post, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = server.call("GET", f"/v1/posts?limit=100{cursor}")
        found += page["data"]
        if not page["pagination"]["has_more"]:
            return found
        cursor = f"&cursor={page['pagination']['next_cursor']}"


def _copies(told: dict[str, dict[str, Any]], timelines: Any) -> dict[str, list[Seen]]:
    """By post: what its account's followers see of it."""
    return {
        post_id: [item for item in timelines[one["targets"][0]["account_id"]] if item.text == one["text"]]
        for post_id, one in told.items()
    }


def _check(told: dict[str, dict[str, Any]], copies: dict[str, list[Seen]]) -> None:
    twice = {post_id: seen for post_id, seen in copies.items() if len(seen) > 1}
    assert not twice, f"published twice: {twice}"
    stuck = [one for one in told.values() if one["status"] not in ("published", "needs_review")]
    assert not stuck, stuck
    for one in told.values():
        (target,), seen = one["targets"], copies[one["id"]]
        if one["status"] == "published":
            assert [item.id for item in seen] == [target["platform_post_id"]], (one, seen)
            assert target["permalink"] == seen[0].permalink, (one, seen)
