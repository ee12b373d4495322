"""The simulated X is as strict as X."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Kind
from shared.platforms._wire import post_json
from shared.platforms.contract import Refused
from shared.platforms.x import metrics, oauth, publish, simulator_oauth
from shared.platforms.x.tests.person import Person
from shared.ports.http import Request, Response
from tests.support import simulated

API = "https://api.x.com/2"


@pytest.fixture
def person() -> Person:
    return Person()


def ask(person: Person, method: str, path: str, body: Any = None, token: str | None = None) -> Response:
    bearer = person.connected.tokens.access if token is None else token
    if body is None:
        return person.http.send(Request(method, API + path, {"Authorization": f"Bearer {bearer}"}))
    return person.http.send(post_json(API + path, body, Authorization=f"Bearer {bearer}"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a", "mood": "good"},
        {"text": 5},
        {"text": "a", "reply": {}},
        {"text": "a", "reply": {"in_reply_to_tweet_id": "x"}},
        {"text": "a", "reply_settings": "everyone"},
        {"text": "a", "poll": {"options": ["a"], "duration_minutes": 5}},
        {"text": "a", "poll": {"options": ["a", "b"]}},
        {"text": "a", "media": {"media_ids": []}},
        {"text": "a", "media": {"media_ids": ["1", "2", "3", "4", "5"]}},
        {"text": "a", "media": {"media_ids": ["1"]}},
        {"text": "a", "media": {"media_ids": ["1"]}, "quote_tweet_id": "1"},
        {"text": "a", "quote_tweet_id": "1"},
    ],
)
def test_malformed_posts_are_refused(person: Person, body: dict[str, Any]) -> None:
    """400 with X's problem document, and nothing is published."""
    response = ask(person, "POST", "/tweets", body)
    assert response.status == 400
    problem = json.loads(response.body)
    assert problem["type"] == "https://api.x.com/2/problems/invalid-request"
    assert problem["errors"][0]["message"]
    assert person.stored() == []


@pytest.mark.parametrize("token", ["", "0" * 64, "../etc", "é"])
def test_strangers_are_refused(person: Person, token: str) -> None:
    """A token that was not issued here is a 401."""
    response = ask(person, "GET", "/users/me", token=token)
    assert response.status == 401
    assert json.loads(response.body)["title"] == "Unauthorized"


def test_a_scope_that_was_not_granted_is_refused(person: Person) -> None:
    """A token for reading cannot post, nor upload."""
    query = {"client_id": "", "redirect_uri": "r", "scope": "tweet.read users.read", "code_challenge_method": "plain"}
    who = simulator_oauth.person(person.world, "rostrum")
    code = simulator_oauth.grant_code(person.world, who, {**query, "code_challenge": "c"})
    reader = oauth.exchange(simulated.call_for(person.http, None), code, "r", "c").tokens.access
    assert ask(person, "GET", "/users/me", token=reader).status == 200
    assert ask(person, "POST", "/tweets", {"text": "a"}, token=reader).status == 403
    assert ask(person, "POST", "/media/upload/initialize", {}, token=reader).status == 403


def test_rate_limits_count_down_and_open_again(person: Person) -> None:
    """75 readings of one's own account in 15 minutes; the 76th is a 429 with the time to come back."""
    left = [ask(person, "GET", "/users/me").headers["x-rate-limit-remaining"] for _ in range(74)]
    assert left == [str(n) for n in range(73, -1, -1)]  # connecting was the first
    with pytest.raises(Refused) as refused:
        metrics.account(person.call)
    assert refused.value.retry_at == simulated.START + timedelta(minutes=15)
    person.world.pass_time(900)
    assert ask(person, "GET", "/users/me").headers["x-rate-limit-remaining"] == "74"


def test_posting_shows_the_apps_day_too(person: Person) -> None:
    """x-app-limit-24hour-* stand beside x-rate-limit-*."""
    headers = ask(person, "POST", "/tweets", {"text": "a"}).headers
    assert headers["x-app-limit-24hour-remaining"] == "9999"
    assert headers["x-rate-limit-remaining"] == "99"


def test_foreign_uploads_cannot_be_attached(person: Person) -> None:
    """Another person's media id is as good as none."""
    other = Person("other", person.http)
    photo = simulated.piece(Kind.IMAGE, "", (simulated.image(b"p"),))
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, photo, other.prepare(photo))
    assert refused.value.row.code == "media_invalid"


def test_an_unfinished_upload_cannot_be_attached(person: Person) -> None:
    """Neither before finalize nor during processing."""
    clip = simulated.piece(Kind.VIDEO, "", (simulated.video(b"v" * 10),))
    state: Any = {}
    for _ in range(3):  # initialize, append, finalize
        state = publish.prepare(person.call, clip, state).state
        with pytest.raises(Refused):
            publish.commit(person.call, clip, state)


def test_segments_must_add_up(person: Person) -> None:
    """Finalize refuses a file with a hole or a wrong size."""
    body = {"media_category": "tweet_video", "media_type": "video/mp4", "total_bytes": 4}
    media_id = json.loads(ask(person, "POST", "/media/upload/initialize", body).body)["data"]["id"]
    assert ask(person, "POST", f"/media/upload/{media_id}/finalize").status == 400
    ask(person, "POST", f"/media/upload/{media_id}/append", {"media": "AAAAAA==", "segment_index": 1})
    assert ask(person, "POST", f"/media/upload/{media_id}/finalize").status == 400
    assert ask(person, "POST", f"/media/upload/{media_id}/append", {"media": "AAAAAA=="}).status == 400


@pytest.mark.parametrize(
    "path",
    ["?max_results=4", "?max_results=101", "?since_id=x", "?mood=good", "?pagination_token=zzz"],
)
def test_bad_queries_are_refused(person: Person, path: str) -> None:
    """A listing wants X's own parameters."""
    who = person.connected.platform_account_id
    assert ask(person, "GET", f"/users/{who}/tweets{path}").status == 400


def test_pages_follow_each_other(person: Person) -> None:
    """Newest first, each post once, until there is no next token."""
    for number in range(12):
        person.world.pass_time(1)
        person.post(simulated.piece(Kind.TEXT, f"Post {number}"))
    path = f"/users/{person.connected.platform_account_id}/tweets?max_results=5"
    seen: list[str] = []
    token = ""
    for _ in range(4):
        page = json.loads(ask(person, "GET", path + token).body)
        seen += [post["id"] for post in page["data"]]
        if "next_token" not in page["meta"]:
            break
        token = f"&pagination_token={page['meta']['next_token']}"
    assert seen == person.stored()[::-1]


def test_counts_grow_with_age_and_never_fall(person: Person) -> None:
    """The same instant gives the same counts; later ones are at least as high."""
    published, _ = person.post(simulated.piece(Kind.TEXT, "Counted"))
    views = []
    for _ in range(20):
        first, second = metrics.post(person.call, published), metrics.post(person.call, published)
        assert first == second
        views.append(first.views or 0)
        person.world.pass_time(300)
    assert views == sorted(views)
    assert views[-1] > views[0]


def test_private_counts_end_after_thirty_days(person: Person) -> None:
    """Clicks are for the author, for a month; the public counts stay."""
    published, _ = person.post(simulated.piece(Kind.TEXT, "https://example.com"))
    person.world.pass_time(3600)
    assert "link_clicks" in metrics.post(person.call, published).extra
    person.world.pass_time(31 * 86_400)
    person.refresh()
    late = metrics.post(person.call, published)
    assert "link_clicks" not in late.extra
    assert late.views


def test_a_deleted_post_has_no_counts(person: Person) -> None:
    """X answers 200 with errors in the place of data: that is «not found»."""
    published, _ = person.post(simulated.piece(Kind.TEXT, "Gone soon"))
    publish.delete(person.call, published)
    with pytest.raises(Refused) as refused:
        metrics.post(person.call, published)
    assert refused.value.row.code == "not_found"


def test_unknown_paths_are_not_found(person: Person) -> None:
    """Only what is simulated answers."""
    assert ask(person, "GET", "/tweets/search/all").status == 404
    assert person.http.send(Request("GET", "https://x.com/rostrum/status/1")).status == 404
