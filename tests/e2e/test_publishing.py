"""The main job on one machine, over HTTP: every kind of post to every sandbox account, now and later, and every fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind
from tests.e2e import live
from tests.e2e.posting import PHOTO, VIDEO, outcome, post, read, soon, taking, url
from tests.e2e.server import Server

pytestmark = pytest.mark.xdist_group("e2e-run")  # one worker starts one process
FAULTS = ("rate_limited", "token_expired", "lost_reply", "slow", "server_error")
Order = tuple[str, list[str], dict[str, Any]]


def orders(server: Server) -> dict[str, Order]:
    """One post of every kind, each to every account that takes it: text, accounts, the rest of the body."""
    everyone = list(server.accounts().values())
    words = taking(Kind.TEXT, server)
    album = {"media": [url(f"{PHOTO}?1"), url(f"{PHOTO}?2")]}
    kinds: dict[str, Order] = {
        "text": ("Good morning", words, {}),
        "image": ("Look at this", everyone, {"media": [url(PHOTO)]}),
        "carousel": ("Look at these", everyone, album),
        "video": ("Moving pictures", everyone, {"media": [url(VIDEO)]}),
        "thread": ("One", words, {"segments": [{"text": "Two"}, {"text": "Three"}]}),
        "comment": ("Read below", taking(Kind.REEL, server), {"media": [url(PHOTO)], "first_comment": "Below"}),
    }
    assert all(accounts for _, accounts, _ in kinds.values())
    return kinds


@pytest.fixture(scope="module")
def made(running: Server) -> Mapping[str, str]:
    """Post ids by what they are; all of them under way at once."""
    ids = {f"{kind}, now": post(running, text, to, **more) for kind, (text, to, more) in orders(running).items()}
    for kind, (text, to, more) in orders(running).items():
        later = {**more, "scheduled_at": soon(4)}
        ids[f"{kind}, scheduled"] = post(running, f"{text}, later", to, **later)
    everyone = list(running.accounts().values())
    for fault in (*FAULTS, "rejected"):
        ids[fault] = post(running, f"[[sandbox:{fault}]]", everyone, media=[url(PHOTO)])
    return ids


@pytest.mark.parametrize("when", ["now", "scheduled"])
@pytest.mark.parametrize("kind", ["text", "image", "carousel", "video", "thread", "comment"])
def test_every_kind_is_published_everywhere(running: Server, made: Mapping[str, str], kind: str, when: str) -> None:
    done = outcome(running, made[f"{kind}, {when}"])
    assert done["status"] == "published", done
    for target in done["targets"]:
        assert target["permalink"].startswith("https://"), target
        assert target["platform_post_id"], target
        assert "error" not in target, target
        assert len((target.get("metadata") or {}).get("thread_post_ids", ())) == (3 if kind == "thread" else 0), target


def test_what_is_scheduled_is_not_early(running: Server, made: Mapping[str, str]) -> None:
    for kind in orders(running):
        done = outcome(running, made[f"{kind}, scheduled"])
        for target in done["targets"]:
            assert target["published_at"] >= done["scheduled_at"], target


@pytest.mark.parametrize("fault", FAULTS)
def test_a_network_that_fails_once_is_got_over(running: Server, made: Mapping[str, str], fault: str) -> None:
    done = outcome(running, made[fault], 40)
    assert done["status"] == "published", done
    for target in done["targets"]:
        assert target["permalink"].startswith("https://"), target


def test_a_refusal_is_told_in_our_words_and_the_networks_own(running: Server, made: Mapping[str, str]) -> None:
    done = outcome(running, made["rejected"])
    assert done["status"] == "failed", done
    for target in done["targets"]:
        error = target["error"]
        assert all(error[name] for name in ("code", "message", "category", "caused_by")), target
        assert error["platform_code"] or error["platform_message"], target
        assert "permalink" not in target, target


def test_followers_see_each_of_them_once(running: Server, made: Mapping[str, str]) -> None:
    """By the networks' own account: what was sent twice would be there twice."""
    done = {name: outcome(running, post_id, 60) for name, post_id in made.items()}
    timelines = live.timelines(running)
    for name, told in done.items():
        for target in told["targets"]:
            found = [one for one in timelines[target["account_id"]] if one.text == told["text"]]
            assert len(found) == (0 if name == "rejected" else 1), (name, target, found)
            below = [one.text for one in timelines[target["account_id"]] if found and one.reply_to == found[0].id]
            expected = {"thread": ["Two"], "comment": ["Below"]}.get(name.split(",")[0], [])
            assert below == expected, (name, target["platform"])


def test_media_of_our_own_is_published(running: Server) -> None:
    """Uploaded through the API, and directly to the signed address: both are then posts by their ids."""
    photo = live.sandbox_file("photo.jpg")
    uploaded = _upload(running, photo)
    signed = running.call("GET", "/v1/media/upload-url?media_type=image/jpeg&filename=direct.jpg")
    assert running.put(signed["upload_url"], photo, "image/jpeg") in (200, 201, 204)
    assert running.call("POST", f"/v1/media/{signed['media_id']}/verify")["success"] is True
    for number, media_id in enumerate((uploaded, signed["media_id"])):
        item = {"source_type": "media_id", "source": media_id}
        text = f"A photo of our own, {number}"
        done = outcome(running, post(running, text, running.accounts().values(), media=[item]))
        assert done["status"] == "published", done
        for account, timeline in live.timelines(running).items():
            assert [one.media for one in timeline if one.text == text] == [1], account


def test_a_draft_stays_until_it_is_published(running: Server) -> None:
    accounts = taking(Kind.TEXT, running)
    body = {"text": "Not yet", "targets": [{"account_id": account} for account in accounts]}
    draft = running.call("POST", "/v1/posts", body)
    assert draft["status"] == "draft"
    running.call("POST", f"/v1/posts/{draft['id']}/publish")
    assert outcome(running, draft["id"])["status"] == "published"
    gone = running.call("DELETE", f"/v1/posts/{draft['id']}")
    assert gone["deleted"], gone
    assert read(running, draft["id"])["id"] == draft["id"]


def _upload(server: Server, photo: bytes) -> str:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="own.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = head + photo + b"\r\n--b--\r\n"
    answer = server.ask("POST", "/v1/media/upload", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status == 201, answer.body
    return str(answer.json["media_id"])
