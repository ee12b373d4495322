"""What every platform promises by being a folder: see ``shared/platforms/contract.py``."""

from __future__ import annotations

from contextlib import suppress

import pytest

from shared.domain.content import Kind, Role
from shared.domain.errors import Invalid, Unsupported
from shared.platforms import registry
from shared.platforms.contract import Absent, Accepted, Fate, Published, Refused, Unsure
from shared.ports.http import AnswerLost, HttpFailure, Request, Response
from tests.contract.platforms import samples
from tests.contract.platforms.harness import Network, parent_of

DEFINITE = {Fate.REJECTED, Fate.LIMITED, Fate.UNAUTHORISED}
EVERY_KIND = [(name, limit.kind) for name in registry.publishing_names() for limit in registry.manifest(name).kinds]
NOT_LIVE = (Absent, Unsure)
FAMILY = "\U0001f468‍\U0001f469‍\U0001f467‍\U0001f466"  # one grapheme, 25 bytes


@pytest.fixture(params=registry.publishing_names())
def name(request: pytest.FixtureRequest) -> str:
    """The networks that have posts (instead of all of them)."""
    return str(request.param)


def _marked(*names: str) -> str:
    return " ".join(["Something goes wrong", *(f"[[sandbox:{name}]]" for name in names)])


# -------------------------------------------------------------------------------------------------- publishing


@pytest.mark.parametrize(("name", "kind"), EVERY_KIND, ids=str)
class TestEveryKind:
    def test_is_live_once(self, network: Network, kind: Kind) -> None:
        """From piece to post: one more post than before, found again under the same id."""
        before = network.posts()
        piece = network.piece(kind)
        state = network.prepare(piece)
        at = network.world.now
        published = network.commit(piece, state)
        found = network.find(piece, state, at)
        assert isinstance(found, Published)
        assert found.id in {published.id, ""}
        if before is not None and samples.of_kind(network.manifest, kind).counted:
            assert network.posts() == before + 1

    def test_has_a_page(self, network: Network, kind: Kind) -> None:
        """Once live, a post has its address, at the latest from describe."""
        described = network.publisher.describe(network.call, network.publish(network.piece(kind)))
        assert described.permalink
        assert described.permalink.startswith("https://")

    def test_may_be_prepared_twice(self, network: Network, kind: Kind) -> None:
        """A step whose outcome was never saved is done again, and nobody sees it."""
        before = network.posts()
        piece = network.piece(kind)
        network.commit(piece, network.prepare(piece, twice=True))
        if before is not None and samples.of_kind(network.manifest, kind).counted:
            assert network.posts() == before + 1

    def test_prepares_invisibly(self, network: Network, kind: Kind) -> None:
        """Ready is not live."""
        before = network.posts()
        piece = network.piece(kind)
        assert isinstance(network.find(piece, network.prepare(piece)), NOT_LIVE)
        assert network.posts() == before

    def test_ready_again_asks_nothing(self, network: Network, kind: Kind) -> None:
        """What is ready stays ready: preparing it again prepares nothing anew."""
        piece = network.piece(kind)
        state = network.prepare(piece)
        again = network.fork()
        again.world.pass_time(10)
        assert again.prepare(piece, state) == state
        assert all(sent.method == "GET" for sent in again.http.sent)

    def test_commit_is_one_request(self, network: Network, kind: Kind) -> None:
        """A lost answer can only be the answer to the visible request."""
        piece = network.piece(kind)
        state = network.prepare(piece)
        before = len(network.http.sent)
        network.publisher.commit(network.call, piece, state)
        assert len(network.http.sent) == before + 1

    def test_repeats_itself_to_the_byte(self, network: Network, kind: Kind) -> None:
        """The same arm sends the same request, whoever sends it and when."""
        piece = network.piece(kind)
        state = network.prepare(piece)
        requests = []
        for later in (0, 7):
            copy = network.fork()
            copy.world.pass_time(later)
            copy.publisher.commit(copy.call, piece, state)
            requests.append((copy.http.sent[-1].url, copy.http.sent[-1].body))
        assert requests[0] == requests[1]

    def test_its_kind_is_chosen_from_its_media(self, network: Network, kind: Kind) -> None:
        """What the media and the sample's options make up is a kind that the manifest lists; with options of its own, its own."""
        sample = samples.of_kind(network.manifest, kind)
        facts = [file.facts for file in sample.media]
        chosen = network.publisher.choose_kind(sample.text, facts, sample.options)
        assert network.manifest.kind(chosen)
        assert chosen is kind or not sample.own_options

    def test_a_lost_answer_is_found(self, network: Network, kind: Kind) -> None:
        """The reply is lost, the effect is not: find names the very post that the answer would have named."""
        piece = network.piece(kind)
        state = network.prepare(piece)
        told = network.fork().commit(piece, state)
        at = network.world.now
        _lose_answers(network)
        with pytest.raises(AnswerLost):
            network.commit(piece, state)
        network.http.intercept = None
        found = network.find(piece, state, at)
        assert isinstance(found, Published)
        assert found.id in {told.id, ""}

    def test_followers_see_it_once(self, network: Network, kind: Kind) -> None:
        """``seen`` is what the explorer counts with: not before commit, once afterwards, under the published id."""
        simulator, who = registry.simulator(network.name), network.account.platform_account_id
        before = {post.id for post in simulator.seen(network.world, who)}
        piece = network.piece(kind)
        state = network.prepare(piece)
        assert {post.id for post in simulator.seen(network.world, who)} == before
        published = network.commit(piece, state)
        new = [post for post in simulator.seen(network.world, who) if post.id not in before]
        assert [post.id for post in new] == [published.id]
        assert new[0].text == (piece.text if samples.of_kind(network.manifest, kind).shown else "")
        assert new[0].media == len(piece.media)

    def test_can_be_deleted_twice(self, network: Network, kind: Kind) -> None:
        """Deleting what is gone succeeds; what was deleted is not live."""
        before = network.posts()
        piece = network.piece(kind)
        state = network.prepare(piece)
        published = network.commit(piece, state)
        if not network.manifest.deletes:
            with pytest.raises(Unsupported):
                network.publisher.delete(network.call, published)
            return
        network.publisher.delete(network.call, published)
        network.publisher.delete(network.call, published)
        assert network.posts() == before


def _lose_answers(network: Network) -> None:
    """Every request reaches the network and has its effect; no answer comes back."""

    def lose(request: Request) -> Response | None:
        registry.simulator(network.name).handle(request, network.world)
        raise AnswerLost("the connection was reset")

    network.http.intercept = lose


def test_a_thread_hangs_together(network: Network) -> None:
    """Every reply is live and is a post of its own; the handles of one piece are enough for the next."""
    if network.manifest.thread == 0:
        pytest.skip(f"{network.name} has no threads")
    root = last = network.publish(network.piece())
    ids = [root.id]
    for number in (2, 3):
        piece = network.piece(text=f"Part {number}", role=Role.REPLY, root=parent_of(root), parent=parent_of(last))
        last = network.publish(piece)
        ids.append(last.id)
    assert len(set(ids)) == 3


def test_a_lost_reply_of_a_thread_is_found(network: Network) -> None:
    """Settling works for replies as it does for posts."""
    if network.manifest.thread == 0:
        pytest.skip(f"{network.name} has no threads")
    parent = parent_of(network.publish(network.piece()))
    piece = network.piece(text="Part 2", role=Role.REPLY, root=parent, parent=parent)
    state = network.prepare(piece)
    told, at = network.fork().commit(piece, state), network.world.now
    _lose_answers(network)
    with pytest.raises(AnswerLost):
        network.commit(piece, state)
    network.http.intercept = None
    found = network.find(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == told.id


def test_a_first_comment_is_made(network: Network) -> None:
    """One request, an id of its own."""
    if not network.manifest.first_comment:
        pytest.skip(f"{network.name} has no first comments")
    post = network.publish(network.piece())
    parent = parent_of(post)
    comment = network.piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, media=(), root=parent, parent=parent)
    state = network.prepare(comment)
    before = len(network.http.sent)
    published = network.commit(comment, state)
    assert len(network.http.sent) == before + 1
    assert published.id != post.id


def test_two_posts_are_told_apart(network: Network) -> None:
    """find answers for its own piece, never for the newest post."""
    made = []
    for text in ("The first of two", "The second of two"):
        piece = network.piece(text=text)
        state = network.prepare(piece)
        at = network.world.now
        made.append((piece, state, at, network.commit(piece, state)))
        network.world.pass_time(30)
    for piece, state, at, published in made:
        found = network.find(piece, state, at)
        assert isinstance(found, Published)
        assert found.id in {published.id, ""}


def test_another_post_is_not_mistaken_for_ours(network: Network) -> None:
    """A piece that was never sent is not found because something else is live."""
    piece = network.piece(text="Never sent")
    state, at = network.prepare(piece), network.world.now
    network.publish(network.piece(text="Somebody else's post"))
    assert isinstance(network.find(piece, state, at), NOT_LIVE)


# ------------------------------------------------------------------------------------------------------ faults


def test_rejected_is_definite(network: Network) -> None:
    """The network refuses: nothing is live, and nothing will be."""
    piece = network.piece(text=_marked("rejected"))
    state, at, before = network.prepare(piece), network.world.now, network.posts()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            network.commit(piece, state)
        assert refused.value.fate is Fate.REJECTED
        assert refused.value.platform == network.name
    assert isinstance(network.find(piece, state, at), NOT_LIVE)
    assert network.posts() == before


def test_a_rate_limit_says_when(network: Network) -> None:
    """Refused with an instant to come back at; then accepted."""
    piece = network.piece(text=_marked("rate_limited"))
    state = network.prepare(piece)
    with pytest.raises(Refused) as refused:
        network.commit(piece, state)
    assert refused.value.fate is Fate.LIMITED
    assert refused.value.status == 429 or refused.value.platform_code
    if refused.value.retry_at is not None:
        assert refused.value.retry_at > network.world.now
        network.world.pass_time((refused.value.retry_at - network.world.now).total_seconds())
    assert network.commit(piece, network.prepare(piece, state)).id


def test_an_expired_token_is_told_before_anything_else(network: Network) -> None:
    """Refused without effect; accepted afterwards."""
    piece = network.piece(text=_marked("token_expired"))
    state, at = network.prepare(piece), network.world.now
    with pytest.raises(Refused) as refused:
        network.commit(piece, state)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert not refused.value.row.reconnect
    assert isinstance(network.find(piece, state, at), NOT_LIVE)
    assert network.commit(piece, network.prepare(piece, state)).id


def test_a_server_error_is_never_definite(network: Network) -> None:
    """A 5xx may have had its effect: only looking settles it."""
    piece = network.piece(text=_marked("server_error"))
    state, at = network.prepare(piece), network.world.now
    with pytest.raises((Refused, AnswerLost)) as refused:
        network.commit(piece, state)
    assert not isinstance(refused.value, Refused) or refused.value.fate not in DEFINITE
    assert isinstance(network.find(piece, state, at), NOT_LIVE)
    assert network.commit(piece, network.prepare(piece, state)).id


def test_a_lost_reply_is_never_definite(network: Network) -> None:
    """The effect is there; committing lets the loss through, and find sees the post."""
    before = network.posts()
    piece = network.piece(text=_marked("lost_reply"))
    state, at = network.prepare(piece), network.world.now
    with pytest.raises(AnswerLost):
        network.commit(piece, state)
    assert isinstance(network.find(piece, state, at), Published)
    if before is not None:
        assert network.posts() == before + 1


def test_a_slow_answer_is_an_answer(network: Network) -> None:
    """Three seconds are nothing."""
    piece = network.piece(text=_marked("slow"))
    state, before = network.prepare(piece), network.world.now
    assert network.commit(piece, state).id
    assert (network.world.now - before).total_seconds() >= 3


def test_markers_fire_one_after_the_other(network: Network) -> None:
    """Two faults in one text: a limit first, then the loss."""
    piece = network.piece(text=_marked("rate_limited", "lost_reply"))
    state = network.prepare(piece)
    with pytest.raises(Refused) as refused:
        network.commit(piece, state)
    assert refused.value.fate is Fate.LIMITED
    network.world.pass_time(60)
    with pytest.raises(AnswerLost):
        network.commit(piece, network.prepare(piece, state))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_any_5xx_is_in_doubt(network: Network, status: int) -> None:
    """Also one without a body that we could read."""
    piece = network.piece()
    state = network.prepare(piece)
    network.http.intercept = lambda _: Response(status, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>")
    with pytest.raises((Refused, AnswerLost)) as refused:
        network.publisher.commit(network.call, piece, state)
    assert not isinstance(refused.value, Refused) or refused.value.fate not in DEFINITE


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"data"'])
def test_a_success_without_an_id_is_in_doubt(network: Network, body: bytes) -> None:
    """A 200 that does not say what was made proves nothing."""
    piece = network.piece()
    state = network.prepare(piece)
    network.http.intercept = lambda _: Response(200, {"content-type": "application/json"}, body)
    with pytest.raises((AnswerLost, Refused)) as raised:
        network.publisher.commit(network.call, piece, state)
    assert not isinstance(raised.value, Refused) or raised.value.fate not in DEFINITE


@pytest.mark.parametrize("status", [400, 403, 404, 409, 418, 451])
def test_an_unlisted_refusal_is_in_doubt(network: Network, status: int) -> None:
    """Only what the folder's table lists is definite."""
    piece = network.piece()
    state = network.prepare(piece)
    network.http.intercept = lambda _: Response(status, {"content-type": "application/json"}, b'{"what": "is this"}')
    with pytest.raises(Refused) as refused:
        network.publisher.commit(network.call, piece, state)
    assert refused.value.fate in {Fate.UNKNOWN, Fate.TRANSIENT}


ANSWERS = {
    "trouble": Response(502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>"),
    "limited": Response(429, {"content-type": "application/json"}, b"{}"),
    "refused": Response(403, {"content-type": "application/json"}, b"{}"),
    "unreadable": Response(200, {"content-type": "text/html"}, b"<html>"),
    "empty": Response(200, {"content-type": "application/json"}, b"{}"),
    "lost": None,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("live", [True, False], ids=["live", "not live"])
def test_find_never_guesses(network: Network, answer: Response | None, live: bool) -> None:
    """A network that cannot be asked proves nothing, whatever the truth is."""
    piece = network.piece()
    state, at = network.prepare(piece), network.world.now
    if live:
        network.commit(piece, state)

    def instead(request: Request) -> Response:
        if answer is None:
            raise AnswerLost("the connection was reset")
        return answer

    network.http.intercept = instead
    with suppress(HttpFailure, Refused):
        assert isinstance(network.find(piece, state, at), Unsure)


def test_a_native_key_makes_repetition_harmless(network: Network) -> None:
    """Where a manifest claims that a repeated commit is one effect, it is."""
    if not network.manifest.timing.native_key:
        pytest.skip(f"{network.name} claims no native key")
    before = network.posts()
    piece = network.piece()
    state = network.prepare(piece)
    first = network.commit(piece, state)
    network.world.pass_time(5)
    assert network.commit(piece, state).id == first.id
    if before is not None:
        assert network.posts() == before + 1


def test_describe_may_fail_without_harm(network: Network) -> None:
    """It answers the same post, or fails with nothing but the network's failures."""
    published = network.publish(network.piece())

    def down(request: Request) -> Response:
        raise AnswerLost("the network is down")

    network.http.intercept = down
    with suppress(HttpFailure, Refused):
        assert network.publisher.describe(network.call, published).id == published.id


# ------------------------------------------------------------------------------------------------------ limits


def test_the_longest_text_is_accepted(network: Network) -> None:
    """The limit itself is not over the limit."""
    assert network.publish(network.piece(text="a" * network.manifest.text.max_length)).id


def test_one_more_is_refused_by_the_network_too(network: Network) -> None:
    """Our limit is the network's: it refuses the next character, and says so in a way that we know."""
    _assert_too_long(network, "a" * (network.manifest.text.max_length + 1))


def test_the_limit_in_bytes_is_the_network_s(network: Network) -> None:
    """Where a network counts bytes too, few long characters are too many."""
    limit = network.manifest.text.max_bytes
    if limit is None:
        pytest.skip(f"{network.name} counts no bytes")
    most = FAMILY * (limit // len(FAMILY.encode()))
    assert network.publish(network.piece(text=most)).id
    _assert_too_long(network, most + FAMILY)


@pytest.mark.parametrize("value", [5, True, 1.5, "x", [5], [None], [[]], {"x": 1}, [{"x": 1}], None, [], {}], ids=repr)
def test_an_option_of_any_shape_is_judged(network: Network, value: object) -> None:
    """``platform_data`` is the caller's: whatever it holds, the kind is chosen or refused in words, never by a crash."""
    kind = network.manifest.kinds[-1].kind
    facts = [file.facts for file in samples.of_kind(network.manifest, kind).media]
    for option in network.manifest.options:
        with suppress(Invalid):
            assert isinstance(network.publisher.choose_kind("Hello", facts, {option.name: value}), Kind)


def _assert_too_long(network: Network, text: str) -> None:
    before = network.posts()
    with pytest.raises(Refused) as refused:
        network.publish(network.piece(text=text))
    assert refused.value.fate is Fate.REJECTED
    assert refused.value.row.code == "text_too_long"
    assert network.posts() == before


# ----------------------------------------------------------------------------------------------------- metrics


def test_counts_are_numbers_that_grow(network: Network) -> None:
    """The same question later has the same answer or a larger one."""
    measurer = registry.measurer(network.name)
    if measurer is None:
        pytest.skip(f"{network.name} declares no metrics")
    published = network.publish(network.piece())
    early = measurer.post(network.call, published)
    network.world.pass_time(3600)
    network.renew()
    late = measurer.post(network.call, published)
    pairs = [
        (getattr(early, count), getattr(late, count)) for count in ("likes", "comments", "shares", "saves", "views")
    ]
    known = [(old, new) for old, new in pairs if new is not None]
    assert known
    assert all(isinstance(new, int) and 0 <= (old or 0) <= new for old, new in known)
    assert late.raw


def test_the_account_has_counts_too(network: Network) -> None:
    """Posts, by our name, and followers where there are any: a place on a map has none."""
    measurer = registry.measurer(network.name)
    if measurer is None:
        pytest.skip(f"{network.name} declares no metrics")
    counts = measurer.account(network.call).extra
    assert "posts" in counts
    assert counts.keys() & {"followers", "reviews"}
    assert all(isinstance(count, int) and count >= 0 for count in counts.values())


def test_accepted_is_confirmed_by_reading_only(network: Network) -> None:
    """confirm has no effect: asking it often changes nothing that others see (a network may read by POST)."""
    piece = network.piece()
    simulator, who = registry.simulator(network.name), network.account.platform_account_id
    outcome = network.publisher.commit(network.call, piece, network.prepare(piece))
    if not isinstance(outcome, Accepted):
        pytest.skip(f"{network.name} answers commit at once")
    before, seen = len(network.http.sent), simulator.seen(network.world, who)
    for _ in range(3):
        network.publisher.confirm(network.call, piece, outcome.state)
    assert simulator.seen(network.world, who) == seen
    assert len({(request.method, request.url, request.body) for request in network.http.sent[before:]}) <= 1
