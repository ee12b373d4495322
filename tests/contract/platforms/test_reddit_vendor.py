"""PRAW, the leading client, against our Reddit: it drives the simulator, and its requests are held against the adapter's.

Reddit publishes no specification. PRAW 8 is used by so many that what it sends is what Reddit takes; here it believes that it
speaks to Reddit, and every request goes to a loopback server instead.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import praw
import prawcore
import pytest
import requests
from praw.endpoints import API_PATH
from praw.exceptions import RedditAPIException
from praw.models import PostMedia

from shared.domain.content import Kind, Piece
from shared.platforms import registry
from shared.platforms.contract import Published
from shared.platforms.reddit import inbox, limits, metrics, publish, resources, uploads
from shared.platforms.reddit.simulator_wire import read
from shared.platforms.reddit.tests.person import Person
from shared.ports.http import Request, Response
from tests.contract.platforms import report
from tests.support import loopback, simulated
from tests.support.simulated import MemoryWorld, SimulatedHttp

REDIRECT = "https://rostrum.example/oauth/callback"
AGENT = "web:rostrum-tests:v1 (contract tests)"
SCOPES = [
    "identity",
    "read",
    "submit",
    "edit",
    "history",
    "flair",
    "vote",
    "privatemessages",
    "modposts",
    "mysubreddits",
]
WHICH = f"praw {praw.__version__}"


class Rerouted(requests.Session):
    """Whatever host is asked, the loopback server answers, and is told which host was meant."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        asked = urlsplit(str(url))
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Host": asked.netloc}
        path = f"{asked.path or '/'}{'?' + asked.query if asked.query else ''}"
        return super().request(method, self.base_url + path, *args, **kwargs)


@dataclass
class Reddit:
    """A simulated Reddit behind a loopback server, and every request that reached it."""

    world: MemoryWorld
    sent: list[Request] = field(default_factory=list)
    base_url: str = ""

    def handle(self, request: Request) -> Response:
        self.sent.append(request)
        return registry.simulator("reddit").handle(request, self.world)

    def client(self, **settings: Any) -> Any:
        """A PRAW that speaks to it; it keeps no pace of its own (``window_size``), for this time does not pass."""
        return praw.Reddit(
            client_id="client",
            client_secret="secret",
            user_agent=AGENT,
            redirect_uri=REDIRECT,
            check_for_updates=False,
            window_size=10**9,
            requestor_kwargs={"session": Rerouted(self.base_url)},
            **settings,
        )

    def connected(self) -> Any:
        """As the simulated person «rostrum»."""
        client = self.client()
        url = client.auth.url(scopes=SCOPES, state="s", duration="permanent")
        consent = registry.simulator("reddit").handle(Request("GET", url + "&sandbox_user=rostrum"), self.world)
        code = parse_qs(urlsplit(consent.headers["location"]).query)["code"][0]
        assert client.auth.authorize(code)
        return client


@pytest.fixture
def reddit() -> Iterator[Reddit]:
    made = Reddit(MemoryWorld())
    with loopback.serve(made.handle) as base_url:
        made.base_url = base_url
        yield made


# ------------------------------------------------------------------------------------- PRAW drives the simulator


def test_praw_connects_and_refreshes(reddit: Reddit) -> None:
    """Its consent page, its token exchange, and its refresh tokens are ours."""
    client = reddit.client()
    url = client.auth.url(scopes=SCOPES, state="s", duration="permanent")
    consent = registry.simulator("reddit").handle(Request("GET", url + "&sandbox_user=alice"), reddit.world)
    refresh = client.auth.authorize(parse_qs(urlsplit(consent.headers["location"]).query)["code"][0])
    assert refresh
    assert client.user.me().name == "alice"
    assert set(client.auth.scopes()) == set(SCOPES)
    later = reddit.client(refresh_token=refresh)
    reddit.world.pass_time(90_000)
    assert later.user.me().name == "alice"
    with pytest.raises(prawcore.exceptions.ResponseException):
        reddit.client(refresh_token="made-up").user.me()
    report.sdk("reddit", WHICH)


def test_praw_submits_every_kind(reddit: Reddit, tmp_path: Path) -> None:
    """Text, link, poll, gallery, image, video; and lists what it made."""
    client = reddit.connected()
    here = client.subreddit("test")
    photo, film = tmp_path / "photo.jpg", tmp_path / "film.mp4"
    photo.write_bytes(b"jpeg")
    film.write_bytes(b"mp4" * 1000)
    text = here.submit("A text", selftext="Its body", nsfw=True)
    link = here.submit("A link", url="https://example.com/a")
    poll = here.submit("A poll", poll={"options": ["this", "that"], "duration": 3}, selftext="")
    gallery = here.submit("A gallery", gallery=[PostMedia(str(photo)), PostMedia(str(photo))])
    assert here.submit("An image", image=PostMedia(str(photo)), without_websockets=True) is None
    video = {"media": PostMedia(str(film)), "thumbnail": PostMedia(str(photo))}
    assert here.submit("A film", video=video, without_websockets=True) is None
    reddit.world.pass_time(5)
    listed = list(client.user.me().submissions.new(limit=25))
    assert [post.title for post in listed] == ["A film", "An image", "A gallery", "A poll", "A link", "A text"]
    assert listed[0].is_video
    assert listed[1].domain == "i.redd.it"
    assert len(listed[2].gallery_data["items"]) == 2
    assert [option.text for option in listed[3].poll_data.options] == ["this", "that"]
    assert [post.id for post in listed[2:]] == [gallery.id, poll.id, link.id, text.id]
    assert (text.selftext, text.over_18, text.author.name, text.subreddit.display_name) == (
        "Its body",
        True,
        "rostrum",
        "test",
    )
    text.delete()
    assert text.id not in [post.id for post in client.user.me().submissions.new()]
    report.sdk("reddit", WHICH)


def test_praw_talks(reddit: Reddit) -> None:
    """Comments, votes, moderation, messages, mentions."""
    client = reddit.connected()
    post = client.subreddit("test").submit("A text", selftext="")
    reddit.world.pass_time(4 * 3600)
    theirs = next(comment for comment in post.comments if comment.author.name != "rostrum")
    mine = theirs.reply("Thank you")
    assert mine.parent_id == theirs.fullname
    theirs.upvote()
    theirs.mod.remove()
    assert next(client.info(fullnames=[theirs.fullname])).likes is True
    theirs.mod.approve()
    mine.delete()
    client.redditor("juniper_lake").message(subject="Hi", message="How are you?")
    assert [message.body for message in client.inbox.sent()] == ["How are you?"]
    letter = next(iter(client.inbox.messages()))
    answer = letter.reply("Good")
    assert answer.name.startswith("t4_")
    assert client.inbox.message(letter.id).replies[-1].body == "Good"
    assert "u/rostrum" in next(iter(client.inbox.mentions())).body
    report.sdk("reddit", WHICH)


def test_praw_reads_communities(reddit: Reddit) -> None:
    """Flairs, requirements, memberships."""
    client = reddit.connected()
    here = client.subreddit("flaired_news")
    assert {flair["text"] for flair in here.flair.link_templates} == {"News", "Question"}
    assert here.post_requirements()["is_flair_required"] is True
    assert "test" in [subreddit.display_name for subreddit in client.user.subreddits()]
    assert here.subscribers > 0
    report.sdk("reddit", WHICH)


@pytest.mark.parametrize(
    ("subreddit", "text", "code"),
    [
        ("private_one", "Hi", "SUBREDDIT_NOTALLOWED"),
        ("missing_one", "Hi", "SUBREDDIT_NOEXIST"),
        ("linksonly", "Hi", "NO_SELFS"),
        ("test", "Hi [[sandbox:rejected]]", "SUBREDDIT_NOTALLOWED"),
        ("test", "x" * 40_001, "TOO_LONG"),
    ],
)
def test_praw_understands_the_refusals(reddit: Reddit, subreddit: str, text: str, code: str) -> None:
    """Errors in a 200 are errors to it as well."""
    client = reddit.connected()
    with pytest.raises(RedditAPIException) as refused:
        client.subreddit(subreddit).submit("A text", selftext=text)
    assert refused.value.items[0].error_type == code


def test_praw_is_told_of_limits_and_scopes(reddit: Reddit) -> None:
    """A rate limit's seconds are read as ours are; a missing scope is what it takes for one."""
    client = reddit.connected()
    client.config.ratelimit_seconds = 0  # else it would wait
    with pytest.raises(RedditAPIException) as limited:
        client.subreddit("test").submit("Slow", selftext="[[sandbox:rate_limited]]")
    assert limited.value.items[0].error_type == "RATELIMIT"
    narrow = reddit.client()
    url = narrow.auth.url(scopes=["identity"], state="s", duration="permanent")
    consent = registry.simulator("reddit").handle(Request("GET", url), reddit.world)
    narrow.auth.authorize(parse_qs(urlsplit(consent.headers["location"]).query)["code"][0])
    with pytest.raises(prawcore.exceptions.InsufficientScope):
        narrow.subreddit("test").submit("Hi", selftext="")


# ---------------------------------------------------------------------------- the same acts, by PRAW and by us


@dataclass(frozen=True)
class Said:
    """A request without what two clients may differ in: their tokens and names, the look of booleans, a last slash."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


def said(request: Request) -> Said:
    """A request as it can be compared."""
    asked = read(request, MemoryWorld())
    kind = asked.headers.get("content-type", "").partition(";")[0]
    body: dict[str, Any] = {}
    if kind == "application/json":
        body = json.loads(asked.body)
    elif kind == "multipart/form-data":
        body = {name: value.decode("latin-1") for name, value in asked.multipart().items()}
    elif asked.body:
        body = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
    alike = {
        name: value.lower() if str(value) in {"True", "False"} and isinstance(value, str) else value
        for name, value in body.items()
    }
    return Said(asked.method, asked.host, asked.path, dict(asked.query), alike)


PHOTO, FILM = b"jpeg bytes", b"mp4 bytes" * 100
POLL = {"options": ["this", "that"], "duration_days": 3}
FLAIR = "8f2c1e2a-5a1c-11ef-9d3b-0a1b2c3d4e5f"


def _piece(kind: Kind, *media: Any, text: str = "", **options: Any) -> Piece:
    return simulated.piece(kind, text, media, options={"subreddit": "test", "title": "The title", **options})


def _photo(alt_text: str = "") -> Any:
    return simulated.image(PHOTO, alt_text=alt_text)


def _media(name: str = "upload.jpg", content: bytes = PHOTO) -> PostMedia:
    return PostMedia(content, name)


def _submit(client: Any, **fields: Any) -> None:
    client.subreddit("test").submit("The title", resubmit=False, without_websockets=True, **fields)


POSTS: Mapping[str, tuple[Piece, Callable[[Any], None]]] = {
    "text": (_piece(Kind.TEXT, text="Body"), lambda client: _submit(client, selftext="Body")),
    "text with all options": (
        _piece(Kind.TEXT, text="Body", nsfw=True, spoiler=True, send_replies=False, flair_id=FLAIR, flair_text="News"),
        lambda client: _submit(
            client,
            selftext="Body",
            nsfw=True,
            spoiler=True,
            send_replies=False,
            flair_id=FLAIR,
            flair_text="News",
        ),
    ),
    "link": (
        _piece(Kind.LINK, url="https://example.com/a?b=1"),
        lambda client: _submit(client, url="https://example.com/a?b=1"),
    ),
    "poll": (
        _piece(Kind.POLL, text="Body", poll=POLL),
        lambda client: _submit(client, selftext="Body", poll={"options": ["this", "that"], "duration": 3}),
    ),
    "image": (_piece(Kind.IMAGE, _photo()), lambda client: _submit(client, image=_media())),
    "gallery": (
        _piece(Kind.CAROUSEL, _photo("First"), _photo()),
        lambda client: _submit(client, gallery=[{"media": _media(), "caption": "First"}, _media()]),
    ),
    "video": (
        _piece(Kind.VIDEO, simulated.video(FILM), _photo()),
        lambda client: _submit(client, video={"media": _media("upload.mp4", FILM), "thumbnail": _media()}),
    ),
}


@pytest.mark.parametrize("name", POSTS)
def test_a_post_goes_out_as_praw_sends_it(reddit: Reddit, name: str) -> None:
    """Leases, uploads and the form itself, field by field, in the same order."""
    piece, by_praw = POSTS[name]
    person = Person(http=SimulatedHttp("reddit", reddit.world))
    client = reddit.connected()
    twin = copy.deepcopy(reddit.world)
    person.http.sent.clear()
    reddit.sent.clear()
    state = person.prepare(piece)
    publish.commit(person.call, piece, state)
    reddit.world = twin
    by_praw(client)
    ours = [said(request) for request in person.http.sent]
    theirs = [said(request) for request in reddit.sent]
    assert ours == theirs
    report.requests("reddit", len(ours), f"what {WHICH} sends")


def test_what_is_said_and_done_goes_out_as_praw_sends_it(reddit: Reddit) -> None:
    """Comments, votes, removal, approval, deletion, messages: each request is PRAW's."""
    client = reddit.connected()
    person = Person(http=SimulatedHttp("reddit", reddit.world))
    post, _ = person.post(_piece(Kind.TEXT, text="Body"))
    reddit.world.pass_time(3 * 3600)
    theirs = next(one for one in inbox.comments(person.call, post, "").items if not one.own)
    thread = inbox.conversations(person.call, "").items[0]
    comment = client.comment(theirs.id.removeprefix("t1_"))
    letter = praw.models.Message(client, _data={"name": thread.handles["reply_to"], "id": "x"})
    letter.id = thread.handles["reply_to"].removeprefix("t4_")
    to, mine = theirs.author.username, person.act("comment.create", post.id, "Mine").id
    pairs: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
        (
            lambda: person.act("comment.create", post.id, "Hi"),
            lambda: client.submission(post.id.removeprefix("t3_")).reply("Hi"),
        ),
        (lambda: person.act("comment.reply", theirs.id, "Yes"), lambda: comment.reply("Yes")),
        (lambda: person.act("comment.like", theirs.id), comment.upvote),
        (lambda: person.act("comment.unlike", theirs.id), comment.clear_vote),
        (lambda: person.act("comment.hide", theirs.id), comment.mod.remove),
        (lambda: person.act("comment.unhide", theirs.id), comment.mod.approve),
        (lambda: person.act("comment.delete", mine), client.comment(mine.removeprefix("t1_")).delete),
        (
            lambda: person.act("message.send", thread.id, "Sure", handles=thread.handles),
            lambda: letter.reply("Sure"),
        ),
        (
            lambda: person.act(
                "comment.private_reply", theirs.id, "Hello", handles=theirs.handles, arguments={"subject": "Hi"}
            ),
            lambda: client.redditor(to).message(subject="Hi", message="Hello"),
        ),
        (
            lambda: publish.delete(person.call, Published(post.id)),
            lambda: client.submission(post.id.removeprefix("t3_")).delete(),
        ),
    ]
    for ours, theirs_ in pairs:
        person.http.sent.clear()
        reddit.sent.clear()
        ours()
        theirs_()
        written = next(request for request in person.http.sent if request.method == "POST")  # it may look before
        assert said(written) == said(reddit.sent[0])
    report.requests("reddit", len(pairs), f"what {WHICH} sends")


def test_what_is_read_is_asked_as_praw_asks(reddit: Reddit) -> None:
    """The same endpoints with the same parameters."""
    client = reddit.connected()
    person = Person(http=SimulatedHttp("reddit", reddit.world))
    post, armed = person.post(_piece(Kind.TEXT, text="Body"))
    me = client.redditor("rostrum")
    pairs: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
        (
            lambda: person.find(_piece(Kind.TEXT, text="Body"), armed),
            lambda: list(me.submissions.new(limit=100, params={"sort": "new"})),
        ),
        (lambda: metrics.post(person.call, post), lambda: list(client.info(fullnames=[post.id]))),
        (lambda: inbox.conversations(person.call, ""), lambda: list(client.inbox.messages(limit=50))),
        (lambda: inbox.mentions(person.call, ""), lambda: list(client.inbox.mentions(limit=50))),
        (
            lambda: resources.read(person.call, "flairs", {"subreddit": "test"}, ""),
            lambda: list(client.subreddit("test").flair.link_templates),
        ),
        (
            lambda: resources.read(person.call, "post_requirements", {"subreddit": "test"}, ""),
            lambda: client.subreddit("test").post_requirements(),
        ),
        (lambda: resources.read(person.call, "subreddits", {}, ""), lambda: list(client.user.subreddits(limit=50))),
    ]
    for ours, theirs in pairs:
        person.http.sent.clear()
        reddit.sent.clear()
        ours()
        theirs()
        assert said(person.http.sent[0]) == said(reddit.sent[0])
    report.requests("reddit", len(pairs), f"what {WHICH} sends")


def test_our_limits_are_praw_s() -> None:
    """Where PRAW checks before it sends, so do we, by the same number."""
    assert praw.models.Subreddit.MAX_CAPTION_LENGTH == limits.MAX_CAPTION
    assert API_PATH["media_asset"] == uploads.LEASE.removeprefix("/")
