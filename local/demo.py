"""``make demo``: the story that a program would tell, over HTTP alone.

Connect, upload, publish everywhere, schedule, watch a network fail and recover, measure, take down. It speaks to the
installation of ``ROSTRUM_URL`` and ``ROSTRUM_API_KEY`` where they are set, else it starts one of its own for the time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from local import home as home_folder
from local.client import Client, Refused, free_port

PHOTO = {"source_type": "url", "source": "https://sandbox.rostrum.test/media/photo.jpg", "type": "image"}
CLIP = {"source_type": "url", "source": "https://sandbox.rostrum.test/media/video.mp4", "type": "video"}
OVER = {"published", "partial", "failed", "missed", "cancelled", "needs_review"}
PATIENCE = 90.0


def main() -> int:
    """Tell the story; 0 when it went as it should."""
    with _installation() as client:
        try:
            _story(client)
        except Refused as refused:
            print(f"\n  Unexpected refusal: {refused}", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"\n  {client.url} does not answer ({error}): `make run`, or unset ROSTRUM_URL.", file=sys.stderr)
            return 1
    print("\nThat is all. `make run` starts an installation to play with.")
    return 0


def _story(client: Client) -> None:
    accounts = _connect(client)
    media = _upload(client)
    everywhere = _everywhere(client, accounts)
    _say("Publish to every network, now: a picture, or a clip where a network takes no pictures")
    first = _post(client, text="Hello from Rostrum", title="Hello", media=[media], targets=everywhere, publish_now=True)
    _watch(client, first)
    _answer(client, accounts)
    _schedule(client, [{"account_id": accounts[name]["id"]} for name in _threaded(client, accounts)])
    _failures(client, [target for target in everywhere if len(target) == 1])
    _measure(client, first)


def _connect(client: Client) -> dict[str, dict[str, Any]]:
    """One account per network: those that are connected, and one more by consent, as a person's browser gives it."""
    offered = client.get("/v1/platforms")["data"]
    row = next(row for row in offered if row["connect"]["style"] == "redirect")
    _say(f"Connect an account of {row['title']}: the person consents in the browser")
    begun = client.post("/v1/accounts/connect", {"platform": row["name"]})
    for step in client.browse(begun["auth_url"]):
        print(f"  {step}")
    accounts: dict[str, dict[str, Any]] = {}
    for account in client.get("/v1/accounts")["data"]:
        accounts.setdefault(account["platform"], account)
        print(f"  {account['platform']:10} @{account['username']}")
    return accounts


def _upload(client: Client) -> dict[str, Any]:
    _say("Upload a picture")
    picture = (files("shared.runtime") / "sandbox_media" / "photo.jpg").read_bytes()
    media_id = client.upload("picture.jpg", "image/jpeg", picture)["media_id"]
    print(f"  {len(picture):,} bytes are {media_id}")
    return {"source_type": "media_id", "source": media_id}


def _schedule(client: Client, targets: list[dict[str, str]]) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=5)).isoformat(timespec="seconds")
    _say(f"Schedule a thread for {at}")
    segments = [{"text": "It is published once."}, {"text": "And when nobody can know, Rostrum says so."}]
    made = _post(client, text="A thread has a time, too.", segments=segments, targets=targets, scheduled_at=at)
    _watch(client, made)


def _failures(client: Client, targets: list[dict[str, str]]) -> None:
    stories = {
        "rate_limited": "the networks say «too many requests»",
        "token_expired": "the tokens have expired",
        "lost_reply": "the posts go live, but the answers are lost",
        "server_error": "the networks answer 500, and nobody knows whether the posts are live",
        "rejected": "the networks refuse the content",
    }
    for marker, story in stories.items():
        _say(f"Now {story}")
        text = f"Failing on demand: [[sandbox:{marker}]]"
        _watch(client, _post(client, text=text, media=[PHOTO], targets=targets, publish_now=True))


def _measure(client: Client, post: dict[str, Any]) -> None:
    _say("Measure the first post, then take it down where the network allows it")
    for target in client.get(f"/v1/posts/{post['id']}/metrics")["data"]["targets"]:
        print(f"  {target['platform']:10} {target.get('metrics') or target.get('error')}")
    for result in client.delete(f"/v1/posts/{post['id']}")["results"]:
        print(f"  {result['platform']:10} {result['outcome']}: {result.get('message', '')}")


def _everywhere(client: Client, accounts: dict[str, Any]) -> list[dict[str, Any]]:
    """A target on every network that has posts, with what it wants beside a text and a picture, by its own word."""
    made = []
    for row in client.get("/v1/platforms")["data"]:
        if row["publishes"] and row["name"] in accounts:
            target: dict[str, Any] = {"account_id": accounts[row["name"]]["id"]}
            if "image" not in {kind["kind"] for kind in row["kinds"]}:
                target["media"] = [CLIP]
            if wanted := {name: _looked_up(client, target, row, name) for name in _required(row)}:
                print(f"  {row['name']:10} wants {', '.join(f'{name}={value}' for name, value in wanted.items())}")
                target["platform_data"] = wanted
            made.append(target)
    return made


def _required(row: dict[str, Any]) -> list[str]:
    return [option["name"] for option in row["options"] if option["required"]]


def _looked_up(client: Client, target: dict[str, Any], row: dict[str, Any], option: str) -> str:
    """A value for an option that a network wants: ``board_id`` is the id of the first of its ``boards``."""
    stem = option.removesuffix("_id")
    resource = next(one["name"] for one in row["resources"] if one["name"].startswith(stem))
    first = client.get(f"/v1/accounts/{target['account_id']}/resources/{resource}")["data"][0]
    names = ("id",) if option.endswith("_id") else (option, "name", "display_name")
    return str(next(first[name] for name in names if first.get(name)))


def _answer(client: Client, accounts: dict[str, Any]) -> None:
    """Somebody wrote: answer the first conversation that there is, by the same promise as a post."""
    rows = client.get("/v1/platforms")["data"]
    able = [
        row["name"] for row in rows if all(row["features"][f"messages.{one}"]["offered"] for one in ("list", "send"))
    ]
    name = next(one for one in able if one in accounts)
    account = accounts[name]["id"]
    talk = client.get(f"/v1/accounts/{account}/conversations")["data"][0]
    _say(f"{talk['people'][0]['name']} wrote on {name}: «{talk['snippet']}». Answer")
    body = {"account_id": account, "verb": "message.send", "on": talk["id"], "handles": talk["handles"], "text": "Yes!"}
    made = client.post("/v1/actions", body)
    while made["status"] == "sending":
        time.sleep(0.25)
        made = client.get(f"/v1/actions/{made['id']}")
    print(f"  {made['id']} is {made['status']}: {made.get('platform_id')}")


def _threaded(client: Client, accounts: dict[str, Any]) -> list[str]:
    """The networks that have threads, by their own word: no network is named here."""
    rows = client.get("/v1/platforms")["data"]
    return [row["name"] for row in rows if row["name"] in accounts and row["thread_max_items"] > 2]


def _post(client: Client, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/v1/posts", body | {"skip_duplicate_check": True})  # shown as often as wanted
    print(f"  {made['id']} is {made['status']}")
    return made


def _watch(client: Client, post: dict[str, Any]) -> None:
    """Ask until it is over, and tell every change on the way."""
    told: dict[str, str] = {}
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        now = client.get(f"/v1/posts/{post['id']}")
        for target in now["targets"]:
            _tell(told, target, time.monotonic() - began)
        if now["status"] in OVER:
            print(f"  → {now['status']} after {time.monotonic() - began:.1f} s")
            return
        time.sleep(0.25)
    raise Refused(f"{post['id']} was not over after {PATIENCE:.0f} s")


def _tell(told: dict[str, str], target: dict[str, Any], seconds: float) -> None:
    error = target.get("error") or {}
    line = f"{target['status']:12} {target.get('permalink') or error.get('code', '')}"
    if told.get(target["id"]) != line:
        told[target["id"]] = line
        print(f"  {seconds:5.1f} s  {target['platform']:10} {line}", flush=True)


def _say(what: str) -> None:
    print(f"\n{what}", flush=True)


@contextmanager
def _installation() -> Iterator[Client]:
    """The running installation, or one of our own in a temporary folder."""
    url, key = os.environ.get("ROSTRUM_URL"), os.environ.get("ROSTRUM_API_KEY")
    if url and key:
        if not key.startswith("rst_test_"):
            raise SystemExit("The demo publishes for show: ROSTRUM_API_KEY must be a sandbox key (rst_test_…).")
        print(f"Speaking to {url}")
        yield Client(url, key)
        return
    folder, port = Path(tempfile.mkdtemp(prefix="rostrum-demo-")), free_port()
    print("Starting an installation of our own …", flush=True)
    process = _start(folder, port)
    try:
        base = f"http://127.0.0.1:{port}"
        Client(base, "").wait_until_ready(process)
        yield Client(base, home_folder.read_env(folder / "home")["ROSTRUM_API_KEY"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    env = os.environ | {"ROSTRUM_HOME": str(folder / "home"), "PORT": str(port)}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "local"], env=env, stdout=log, stderr=subprocess.STDOUT)


if __name__ == "__main__":
    sys.exit(main())
