"""Publishing to the simulated Reddit: every kind, what communities refuse, and every way to lose an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.content import Kind, Piece
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Refused, Unsure, Wait
from shared.platforms.reddit import api, metrics, oauth, publish, simulator, uploads
from shared.platforms.reddit.tests.person import Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated

LINK = {"url": "https://example.com/a?b=1"}


@pytest.fixture
def person() -> Person:
    return Person()


def text(words: str = "Hello", **options: object) -> Piece:
    return simulated.piece(Kind.TEXT, words, options=options)


@pytest.mark.parametrize(
    ("subreddit", "kind", "code"),
    [
        ("missing_one", Kind.TEXT, "subreddit_unknown"),
        ("private_one", Kind.TEXT, "permission_denied"),
        ("linksonly", Kind.TEXT, "kind_not_allowed"),
        ("textonly", Kind.LINK, "kind_not_allowed"),
        ("flaired_news", Kind.TEXT, "flair_invalid"),
        ("u_nobody_there", Kind.TEXT, "subreddit_unknown"),
    ],
)
def test_a_community_refuses_in_a_200(person: Person, subreddit: str, kind: Kind, code: str) -> None:
    """Reddit lists its errors in a success: they are refusals all the same, and definite ones."""
    options = {"subreddit": subreddit, **(LINK if kind is Kind.LINK else {})}
    with pytest.raises(Refused) as refused:
        person.post(simulated.piece(kind, "Hello", options=options))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, code)
    assert refused.value.status == 200


def test_a_flaired_post_is_welcome(person: Person) -> None:
    """With one of the community's own flairs."""
    flair = api.get_list(person.call, "/r/flaired_news/api/link_flair_v2")[0]["id"]
    assert person.post(text(subreddit="flaired_news", flair_id=flair))[0].id.startswith("t3_")


def test_a_link_of_before_is_in_doubt_until_looked_at(person: Person) -> None:
    """ALREADY_SUB may be about an attempt of ours: only the list of one's own posts tells."""
    options = {"subreddit": "norepost", **LINK}
    piece = simulated.piece(Kind.LINK, "Look", options=options)
    first, armed = person.post(piece)
    with pytest.raises(Refused) as refused:
        person.post(piece)
    assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")
    found = person.find(piece, replace(armed, attempt=2))
    assert isinstance(found, Published)
    assert found.id == first.id
    assert isinstance(person.find(piece, replace(armed, attempt=2, taken=lambda post: post == first.id)), Absent)
    again = replace(piece, options={**options, "resubmit": True})
    assert person.post(again)[0].id != first.id


def test_an_image_is_accepted_before_it_is_a_post(person: Person) -> None:
    """Reddit answers with a websocket's address and no id: the list of one's own posts names it, a second later."""
    piece = simulated.piece(Kind.IMAGE, "A photo", (simulated.image(b"jpeg"),), options={"subreddit": "test"})
    state = person.prepare(piece)
    accepted = publish.commit(person.call, piece, state)
    assert isinstance(accepted, Accepted)
    assert not isinstance(publish.confirm(person.call, piece, accepted.state), Published)
    person.world.pass_time(2)
    found = publish.confirm(person.call, piece, accepted.state)
    assert isinstance(found, Published)
    assert found.permalink is not None
    assert "/r/test/comments/" in found.permalink


def test_a_lease_that_ran_out_is_taken_again(person: Person) -> None:
    """The storage service refuses the old one; nothing of the post is lost."""
    piece = simulated.piece(Kind.IMAGE, "A photo", (simulated.image(b"jpeg"),), options={"subreddit": "test"})
    leased = publish.prepare(person.call, piece, {})
    person.world.pass_time(7200)
    again = publish.prepare(person.call, piece, leased.state)
    assert again.state["media"][0]["count"] == 2
    assert person.post(piece)[0].id


def test_a_lease_for_a_stranger_s_host_is_not_used(person: Person) -> None:
    """A file goes to Reddit's storage and nowhere else."""
    body = (
        b'{"args": {"action": "//evil.example", "fields": [{"name": "key", "value": "k"}]}, "asset": {"asset_id": "a"}}'
    )
    person.http.intercept = lambda request: (
        Response(200, {"content-type": "application/json"}, body) if uploads.LEASE in request.url else None
    )
    piece = simulated.piece(Kind.IMAGE, "A photo", (simulated.image(b"jpeg"),))
    with pytest.raises(AnswerLost, match=r"evil\.example"):
        publish.prepare(person.call, piece, {})


def test_a_video_brings_its_poster(person: Person) -> None:
    """The image beside it, else a plain one: two uploads either way."""
    for media in ((simulated.video(b"v" * 3_000_000),), (simulated.video(b"v"), simulated.image(b"i"))):
        piece = simulated.piece(Kind.VIDEO, f"Moving {len(media)}", media, options={"subreddit": "test"})
        assert len(person.prepare(piece)["media"]) == 2
        assert person.post(piece)[0].id


def test_a_pinned_post_does_not_prove_absence(person: Person) -> None:
    """It stands first in the list however old it is: reading goes on below it."""
    old, _ = person.post(text("Old"))
    person.world.pass_time(3600)
    piece = text("New")
    armed = person.post(piece)[1]
    real = person.http.world

    def pinned(request: Request) -> Response | None:
        if "/submitted" not in request.url:
            return None
        answer = simulator.handle(request, real)
        listing = json.loads(answer.body)
        children = listing["data"]["children"]
        children.sort(key=lambda child: child["data"]["name"] != old.id)
        children[0]["data"]["pinned"] = True
        return Response(200, answer.headers, json.dumps(listing).encode())

    person.http.intercept = pinned
    assert isinstance(person.find(piece, armed), Published)


def test_a_poll_is_found_below_its_link(person: Person) -> None:
    """Reddit adds a link to a poll's body, for who cannot show polls."""
    poll = {"options": ["Red", "Blue"], "duration_days": 2}
    for words in ("Which?", "Which?\nTell us"):
        piece = simulated.piece(Kind.POLL, words, options={"subreddit": "test", "poll": poll})
        made, armed = person.post(piece)
        assert "[View Poll]" in api.children(api.get(person.call, "/api/info", {"id": made.id}))[0]["selftext"]
        found = person.find(piece, armed)
        assert isinstance(found, Published)
        assert found.id == made.id


@pytest.mark.parametrize(
    "changes",
    [
        {"selftext": "Edited since"},
        {"is_self": False, "url": "https://example.com/else"},
        {"title": "[ Removed by Reddit ]", "selftext": "[ Removed by Reddit ]", "removed_by_category": "reddit"},
    ],
)
def test_what_may_be_it_in_other_words_is_no_absence(person: Person, changes: dict[str, object]) -> None:
    """Only what is known as another piece's, or is elsewhere, is passed over."""
    piece = text("Hello", subreddit="test")
    made, armed = person.post(piece)
    person.http.intercept = _changed(person, changes)
    assert isinstance(person.find(piece, armed), Unsure)
    assert isinstance(person.find(piece, replace(armed, taken=lambda one: one == made.id)), Absent)
    person.http.intercept = _changed(person, {**changes, "subreddit": "elsewhere"})
    assert isinstance(person.find(piece, armed), Absent)


@pytest.mark.parametrize("created", [None, "soon", True])
def test_a_thing_without_its_time_ends_nothing(person: Person, created: object) -> None:
    """Reading on stops at what is older, not at what does not say how old it is."""
    piece = text("Hello", subreddit="test")
    armed = person.post(piece)[1]
    person.http.intercept = _changed(person, {"created_utc": created})
    with pytest.raises(AnswerLost):
        person.find(piece, armed)


def test_of_two_equal_pictures_neither_is_chosen(person: Person) -> None:
    """The answers name none: which of two is this one cannot be told, and a guess would be another's id."""
    piece = simulated.piece(Kind.IMAGE, "A photo", (simulated.image(b"jpeg"),), options={"subreddit": "test"})
    accepted = [publish.commit(person.call, piece, person.prepare(piece)) for _ in range(2)]
    person.world.pass_time(2)
    for one in accepted:
        assert isinstance(one, Accepted)
        assert isinstance(publish.confirm(person.call, piece, one.state), Wait)


@pytest.mark.parametrize("given", ["t3_x,t1_y", "t3_X/..", "x", "t4_x"])
def test_an_id_that_is_none_is_not_sent(person: Person, given: str) -> None:
    """Ids come from callers too."""
    before = len(person.http.sent)
    for step in (publish.delete, publish.describe, metrics.post):
        with pytest.raises(Invalid):
            step(person.call, Published(given))
    assert len(person.http.sent) == before


def test_a_flair_s_text_needs_its_flair() -> None:
    """Reddit would pass over it in silence."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind("Hello", (), {"subreddit": "test", "flair_text": "News"})
    assert invalid.value.meta["field"] == "platform_data.flair_text"


def test_wrong_keys_of_the_app_are_the_installation_s_to_mend(person: Person) -> None:
    """Not the person's, whose connection is as good as before."""
    call = person.call
    person.http.intercept = lambda _: Response(401, {}, b'{"message": "Unauthorized", "error": 401}')
    with pytest.raises(Refused) as refused:
        oauth.refresh(call)
    assert (refused.value.row.code, refused.value.row.reconnect) == ("app_invalid", False)


@pytest.mark.parametrize(
    ("status", "body", "reconnect"),
    [
        (400, {"message": "Bad Request", "error": 400}, True),
        (200, {"error": "invalid_grant"}, True),
        (400, {}, False),
        (400, {"error": {"message": "what something in between answers", "code": 1}}, False),
        (400, {"error": "unsupported_grant_type"}, False),
        (429, {"message": "Too Many Requests", "error": 429}, False),
        (503, {}, False),
    ],
)
def test_only_a_dead_grant_ends_a_connection(
    person: Person, status: int, body: dict[str, object], *, reconnect: bool
) -> None:
    """Whatever else the token endpoint refuses is for us to mend, or passes."""
    person.http.intercept = lambda _: Response(status, {}, json.dumps(body).encode())
    with pytest.raises(Refused) as refused:
        oauth.refresh(person.call)
    assert refused.value.row.reconnect is reconnect


def test_a_list_that_does_not_reach_back_proves_nothing(person: Person) -> None:
    """Reddit lists the newest thousand only."""
    armed = Armed(1, person.world.now - timedelta(days=1), {"since": 0, "media": []})
    thing = {"kind": "t3", "data": {"created_utc": person.world.now.timestamp(), "title": "x", "subreddit": "y"}}
    body = {"kind": "Listing", "data": {"children": [thing] * 100, "after": "t3_x"}}
    answer = Response(200, {"content-type": "application/json"}, json.dumps(body).encode())
    person.http.intercept = lambda _: answer
    assert isinstance(person.find(text(), armed), Unsure)


def test_a_post_that_is_gone_has_no_figures(person: Person) -> None:
    """``not_found``, not zero."""
    published, _ = person.post(text())
    publish.delete(person.call, published)
    with pytest.raises(Refused) as refused:
        metrics.post(person.call, published)
    assert refused.value.row.code == "not_found"


def test_a_refresh_keeps_the_refresh_token(person: Person) -> None:
    """It has no end, until it is revoked."""
    person.world.pass_time(86_401)
    fresh = oauth.refresh(person.call)
    assert fresh.refresh == person.connected.tokens.refresh
    assert fresh.access != person.connected.tokens.access


def test_who_does_not_say_who_they_are_is_throttled(person: Person) -> None:
    """Reddit limits clients without a User-Agent of their own; ours always has one."""
    assert all("User-Agent" in sent.headers for sent in person.http.sent if "oauth.reddit.com" in sent.url)
    headers = {"Authorization": f"bearer {person.connected.tokens.access}", "User-Agent": "python-requests/2.34"}
    request = Request("GET", f"{api.API}/api/v1/me", headers)
    assert simulator.handle(request, person.world).status == 429


def _changed(person: Person, changes: Mapping[str, object]) -> Callable[[Request], Response | None]:
    """The list of what was submitted, each thing changed like that."""

    def listed(request: Request) -> Response | None:
        if "/submitted" not in request.url:
            return None
        answer = simulator.handle(request, person.world)
        listing = json.loads(answer.body)
        for child in listing["data"]["children"]:
            child["data"] |= changes
        return Response(200, answer.headers, json.dumps(listing).encode())

    return listed
