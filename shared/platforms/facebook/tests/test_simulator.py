"""The simulated Facebook refuses what Facebook refuses, and looks alive."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.platforms.facebook import publish, simulator, simulator_state
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import Request, Response
from tests.support import files

BASE = "https://graph.facebook.com/v26.0"


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


def ask(stage: stages.Stage, method: str, path: str, body: str = "", token: str = "") -> Response:
    headers = {"Authorization": f"Bearer {token or stage.account.tokens.access}"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    return stage.http.send(Request(method, f"{BASE}/{path}", headers, body.encode() or None))


def error(response: Response) -> tuple[int, int, int | None]:
    said: dict[str, Any] = json.loads(response.body)["error"]
    return response.status, said["code"], said.get("error_subcode")


@pytest.mark.parametrize(
    ("method", "path", "body", "wanted"),
    [
        ("GET", "1", "", (400, 100, 33)),
        ("POST", "{page}/albums", "name=x", (400, 100, 33)),
        ("POST", "{page}/feed", "", (400, 100, None)),
        ("POST", "{page}/feed", "message=a&nonsense=1", (400, 100, None)),
        ("POST", "{page}/feed", "link=nowhere", (400, 100, 1609005)),
        ("POST", "{page}/feed", 'attached_media=[{"media_fbid":"5"}]', (400, 100, None)),
        ("POST", "{page}/photos", "url=https://nowhere.test/x.jpg&published=false", (400, 324, None)),
        ("POST", "{page}/photo_stories", "photo_id=5", (400, 100, None)),
        ("POST", "{page}/videos", "upload_phase=start&file_size=10", (400, 6000, 1363022)),
        ("POST", "{page}/videos", "upload_phase=start&file_size=2000000001", (400, 6000, 1363023)),
        ("POST", "{page}/videos", "upload_phase=finish&upload_session_id=5", (400, 6000, 1363030)),
        ("POST", "{page}/video_reels", "upload_phase=finish&video_id=5", (400, 100, 33)),
        ("POST", "{page}/video_reels", "upload_phase=later", (400, 100, None)),
        ("GET", "{page}?fields=nonsense", "", (400, 100, None)),
        ("GET", "{page}/insights?metric=page_fans&period=day", "", (400, 100, None)),
        ("GET", "{page}/conversations?platform=instagram", "", (400, 100, None)),
        ("POST", "{page}/messages", 'recipient={"id":"5"}&message={"text":"x"}', (400, 100, 2018001)),
        ("POST", "{page}/messages", 'recipient={"comment_id":"5"}&message={"text":"x"}', (400, 100, 33)),
        ("POST", "{page}/subscribed_apps", "subscribed_fields=nonsense", (400, 100, None)),
        ("DELETE", "{page}/feed", "", (400, 100, 33)),
    ],
)
def test_it_refuses_in_graph_s_words(
    stage: stages.Stage, method: str, path: str, body: str, wanted: tuple[int, int, int | None]
) -> None:
    """Unknown things, unknown parameters, wrong values, wrong order."""
    response = ask(stage, method, path.format(page=stage.page), body)
    assert error(response) == wanted
    assert json.loads(response.body)["error"]["fbtrace_id"]


def test_tokens_are_what_they_are(stage: stages.Stage) -> None:
    """None, made up, another Page's."""
    assert error(stage.http.send(Request("GET", f"{BASE}/me")))[1] == 104
    assert error(ask(stage, "GET", "me", token="made-up"))[1] == 190
    other = stages.connect(stage.http, simulator.seed(stage.world, "alice")["code"])[0]
    post = stage.published(stages.pieces()["text"])
    assert error(ask(stage, "DELETE", post.id, token=other.tokens.access)) == (400, 100, 33)
    assert stage.live() == [post.id]


def test_a_person_s_token_publishes_nothing(stage: stages.Stage) -> None:
    """It is not the Page's."""
    token = stage.account.tokens.extra["user_token"]
    assert error(ask(stage, "POST", f"{stage.page}/feed", "message=Hi", token=token)) == (400, 100, 33)


def test_calls_are_counted(stage: stages.Stage) -> None:
    """In percent, and at last refused."""
    assert json.loads(ask(stage, "GET", "me").headers["x-app-usage"])["call_count"] == 0
    hour = int(stage.world.now.timestamp()) // 3600
    stage.world.put("usage", stage.page, {"hour": hour, "calls": simulator_state.CALLS_PER_HOUR})
    response = ask(stage, "GET", "me")
    assert error(response)[1] == 4
    usage = json.loads(response.headers["x-business-use-case-usage"])
    assert usage[stage.page][0]["estimated_time_to_regain_access"] == 60


def test_photos_are_looked_at(stage: stages.Stage) -> None:
    """What is no picture, what is too large."""
    for data, code in ((b"GIF no", 324), (b"\xff\xd8\xff" + bytes(10_000_001), 1), (files.png(), 0)):
        stage.world.media[stages.PHOTO] = ("image/jpeg", data)
        response = ask(stage, "POST", f"{stage.page}/photos", f"url={stages.PHOTO}&published=false")
        assert (error(response)[1] if response.status != 200 else 0) == code


def test_a_photo_knows_the_post_that_took_it(stage: stages.Stage) -> None:
    """Unpublished, then shown; the Page reads it all the while, others do not."""
    piece = stages.pieces()["image"]
    state = stage.prepared(piece)
    path = f"{state['photos'][0]}?fields=alt_text_custom,page_story_id"
    assert json.loads(ask(stage, "GET", path).body) == {"alt_text_custom": "A lake", "id": state["photos"][0]}
    post = stage.committed(piece, state)
    assert json.loads(ask(stage, "GET", path).body)["page_story_id"] == post.id
    other = stages.connect(stage.http, simulator.seed(stage.world, "alice")["code"])[0]
    assert error(ask(stage, "GET", path, token=other.tokens.access)) == (400, 100, 33)


def test_stories_leave_after_a_day(stage: stages.Stage) -> None:
    """Followers no longer see them; the Page's list says ARCHIVED."""
    story = stage.published(stages.pieces()["photo story"])
    assert stage.live() == [story.id]
    stage.world.pass_time(86_401)
    assert stage.live() == []
    rows = json.loads(ask(stage, "GET", f"{stage.page}/stories?fields=status,media_id").body)["data"]
    assert [row["status"] for row in rows] == ["ARCHIVED"]


def test_a_finished_video_is_live_only_when_processed(stage: stages.Stage) -> None:
    """Not before: neither in the listing nor to followers."""
    piece = stages.pieces()["video"]
    publish.commit(stage.call, piece, stage.prepared(piece))
    assert stage.live() == []
    assert json.loads(ask(stage, "GET", f"{stage.page}/published_posts").body)["data"] == []
    stage.world.pass_time(5)
    assert len(stage.live()) == 1
    assert len(json.loads(ask(stage, "GET", f"{stage.page}/published_posts").body)["data"]) == 1


def test_it_looks_alive(stage: stages.Stage) -> None:
    """Conversations, reviews and mentions wait; comments come with the hours; the same question has the same answer."""
    post = stage.published(stages.pieces()["text"])
    for path in ("conversations", "ratings?fields=created_time", "tagged"):
        assert len(json.loads(ask(stage, "GET", f"{stage.page}/{path}").body)["data"]) >= 2
    counts = []
    for _ in range(3):
        stage.world.pass_time(3600)
        counts.append(len(json.loads(ask(stage, "GET", f"{post.id}/comments?filter=stream").body)["data"]))
    assert counts == sorted(counts)
    assert counts[-1] > 0
    again = ask(stage, "GET", f"{post.id}/comments?filter=stream").body
    assert again == ask(stage, "GET", f"{post.id}/comments?filter=stream").body


@pytest.mark.parametrize("what", ["comment", "message", "mention", "review", "like"])
def test_visits_need_somewhere_to_go(stage: stages.Stage, what: str) -> None:
    """An unknown Page is a slip of the test."""
    with pytest.raises(KeyError):
        simulator.visit(stage.world, "5", what)


def test_an_unknown_place_is_404(stage: stages.Stage) -> None:
    """Of the hosts, too."""
    assert stage.http.send(Request("GET", "https://www.facebook.com/nowhere")).status == 404
