"""After the last kill: whether everything that was asked for came to an end, as it is told, and once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from shared.platforms.contract import Seen
from tests.e2e import live
from tests.e2e.posting import pages, read
from tests.e2e.receiving import Receiver
from tests.e2e.server import Server, Spoken, settled, until
from tests.torture.bout import Bout
from tests.torture.callers import Asked, Ledger

# What still waits (for a network's limit to end, for absence to be proven) is put forward to its time by so many seconds:
# longer than a target may stay in doubt, and less than a post may be late.
LATER_SECONDS = 2100
SETTLED_WITHIN = 90.0  # seconds from there
TOLD_WITHIN = 90.0  # seconds until log and endpoint have it: a delivery that failed is tried again after half a minute
ENDED = ("published", "failed", "partial", "cancelled", "needs_review")
Told = Mapping[str, Mapping[str, Any]]


@dataclass
class Account:
    """What was found. ``ends``: targets by status."""

    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


def settle(bout: Bout, server: Server, hook: Receiver) -> Account:
    """Wait until nothing moves, then hold every promise against what followers see."""
    found = Account(lies=[*bout.lies, *(f"refused: {one}" for one in bout.ledger.refused)])
    if not until(lambda: _still(server), bout.patience, every=1.0):
        server.kill()
        # Further processes would have the machine's own clock.
        server.settings = {**server.settings, "ROSTRUM_PROCESSES": "1"}
        server.start("tests.torture.later", str(LATER_SECONDS))
        until(lambda: _still(server), SETTLED_WITHIN, every=1.0)
    told = {asked.id: read(server, asked.id) for asked in bout.ledger.posts}
    found.lies += accepted_once(bout.ledger, server, told)
    until(lambda: not [*_silences(server, told), *_undelivered(bout, hook, told)], TOLD_WITHIN, every=0.5)
    found.lies += [*_silences(server, told), *_undelivered(bout, hook, told), *_pushed_once(bout, hook)]
    server.kill()
    timelines = live.timelines(server, ahead=timedelta(seconds=LATER_SECONDS))
    for asked in bout.ledger.posts:
        follow(asked, told[asked.id], timelines, found)
    found.lies += aliens(bout.seed, bout.ledger, timelines)
    wrong = {name: verdict for name, verdict in live.integrity(server.home).items() if verdict != "ok"}
    found.lies += [f"integrity: {wrong}"] if wrong else []
    return found


def _still(server: Server) -> bool:
    """Whether nothing moves any more; the sweeper need not wait for its schedule."""
    server.sweep()
    return all(map(settled, pages(server, "/v1/posts")))


def accepted_once(ledger: Ledger, server: Spoken, told: Told) -> Iterator[str]:
    """One post per key, and the same answer whenever it is asked for."""
    listed = {one["id"] for one in pages(server, "/v1/posts")}
    for post_id in listed - set(told):
        yield f"{post_id} exists, and nobody was answered with it"
    for asked in ledger.posts:
        if asked.id not in listed and told[asked.id]["status"] != "cancelled":
            yield f"{asked.key}: {asked.id} is in no list, and {told[asked.id]['status']}"
        now = server.call("POST", "/v1/posts", asked.body, Idempotency_Key=asked.key)
        for again in (asked.again, json.dumps(now)):
            if again is not None and json.loads(again) != json.loads(asked.answer):
                yield f"{asked.key}: answered {asked.answer!r}, and then {again!r}"


def _silences(server: Server, told: Told) -> list[str]:
    """Ends that the log does not tell, or tells under several ids. A live post that was taken down is told for its post."""
    log = pages(server, "/v1/events?category=post", "events")
    down = {one.get("resource_id") for one in log if one["action"] == "post.unpublished"}
    logged = Counter((one.get("resource_id"), one.get("account_id"), one["action"]) for one in log)
    wanted = [
        (post_id, target["account_id"], f"target.{target['status']}")
        for post_id, one in told.items()
        for target in one["targets"]
        if target["status"] in ENDED and not (target["status"] == "cancelled" and post_id in down)
    ]
    return [f"{one} is logged {logged[one]} times" for one in wanted if logged[one] != 1]


def _undelivered(bout: Bout, hook: Receiver, told: Told) -> list[str]:
    """Posts' ends that the webhook endpoint was not told of, or under several ids."""
    ids = _delivered(bout, hook, "post_id")
    forged = [f"a delivery's signature is wrong: {one}" for one in ids.pop("forged", ())]
    return forged + [
        f"{post_id} ended {one['status']}, the endpoint was told under {len(ids[post_id])} ids"
        for post_id, one in told.items()
        if settled(one) and one["status"] != "cancelled" and len(ids[post_id]) != 1
    ]


def _pushed_once(bout: Bout, hook: Receiver) -> list[str]:
    ids = _delivered(bout, hook, "platform_id")
    return [f"push {one} was told under {len(ids[one])} ids" for one in bout.ledger.pushed if len(ids[one]) != 1]


def _delivered(bout: Bout, hook: Receiver, name: str) -> dict[str, set[str]]:
    """By what events are about (a field of their ``data``): the ids under which they came; each is verified."""
    verifier, found = Webhook(bout.secret), defaultdict[str, set[str]](set)
    for headers, body in list(hook.got):
        told = json.loads(body)
        if told["event"] == "webhook.test":
            continue
        if not _signed(verifier, headers, body):
            found["forged"].add(headers["webhook-id"])
        if name in told["data"] and (name == "post_id") == told["event"].startswith("post."):
            found[str(told["data"][name])].add(headers["webhook-id"])
    return found


def _signed(verifier: Webhook, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the signature is right; its library's own check refuses what came some minutes ago."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    proof = verifier.sign(headers["webhook-id"], at, body.decode())
    return proof in headers["webhook-signature"].split()


def follow(asked: Asked, told: Mapping[str, Any], timelines: Mapping[str, Sequence[Seen]], found: Account) -> None:
    """Hold what a post is told to be against what followers see of it."""
    for target in told["targets"]:
        status, who = target["status"], f"{asked.key} on {target['platform']}"
        found.ends[status] += 1
        if status not in ENDED:
            found.losses.append(f"{who} is {status}: {target}")
        ids = [target.get("platform_post_id")] if len(asked.texts) == 1 else _pieces(target)
        for place, text in enumerate(asked.texts):
            seen = [one.id for one in timelines[target["account_id"]] if text.partition(" ")[0] in one.text]
            if len(seen) > 1:
                found.duplicates.append(f"{who}: {text!r} is live {len(seen)} times, and {status}")
            elif status == "published" and seen != ids[place : place + 1]:
                found.lies.append(f"{who}: {text!r} is published as {ids}, followers see {seen}")
            elif status == "partial" and seen and seen[0] not in ids:
                found.lies.append(f"{who}: {text!r} is live as {seen}, told are {ids}")
            elif status in ("failed", "cancelled") and seen:
                found.lies.append(f"{who}: {text!r} is {status}, followers see {seen}")
    if asked.cancelled is not None and asked.cancelled.get("deleted") and told["status"] != "cancelled":
        found.lies.append(f"{asked.key}: answered as deleted, and it is {told['status']}")


def _pieces(target: Mapping[str, Any]) -> list[str]:
    return list((target.get("metadata") or {}).get("thread_post_ids", ()))


def aliens(seed: str, ledger: Ledger, timelines: Mapping[str, Sequence[Seen]]) -> Iterator[str]:
    """What is live under our words, and nobody asked for."""
    wanted = {
        (target["account_id"], text.partition(" ")[0])
        for asked in ledger.posts
        for target in asked.body["targets"]
        for text in asked.texts
    }
    for account, seen in timelines.items():
        for one in seen:
            word = next((word for word in one.text.split() if word.startswith(f"{seed}-")), None)
            if word is not None and (account, word) not in wanted:
                yield f"{word} is live on {account}, where nobody asked for it"
