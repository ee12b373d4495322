"""What every platform promises of its actions: the writes that others see and that are not posts.

Each action of each manifest is done, lost, not sent and repeated against the simulator of its folder. What a folder gives the
suite: ``simulator.done`` (what others see), the reading functions of its ``inbox`` and ``ads`` (for something to act on), and
``fixtures/actions.json`` where defaults do not do; ``acting.py`` says how that is written.

* An action is done exactly once: ``commit`` is one request, the same to the byte whenever it is sent, and ``prepare`` is
  invisible. One that is not ``repeatable`` adds one entry to ``done``: with its verb, the id that ``Published`` has, and its
  text. A repeatable one adds at most one, however often it is done.
* After a lost answer ``find`` says Published (with that id) or Unsure, never Absent; when nothing was sent it says Absent or
  Unsure, never Published; when it cannot ask it says Unsure, or raises what the network or the http port raised.
* Two equal acts are told apart by ``armed.taken``; a 5xx, an unlisted refusal and an unreadable success are in doubt.
* The markers of ``_faults`` work in the text of every action that has one, with the fates that they have in posts.
* A caller may know no more than an id: without ``handles`` an action works, or is refused in words.

The plain network of the explorer is held to the same, so that the suite is never empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shared.domain.errors import Invalid
from shared.platforms import registry
from shared.platforms.contract import Absent, Fate, Published, Refused, Unsure
from shared.platforms.manifest import FEATURES, VERBS, Manifest, NotOffered
from shared.ports.http import AnswerLost, HttpFailure, Request, Response
from tests.contract.platforms import harness, samples
from tests.contract.platforms.acting import Acts
from tests.simulation import plain

DEFINITE = {Fate.REJECTED, Fate.LIMITED, Fate.UNAUTHORISED}
NAMES = (*registry.all_names(), "plain")


def _manifest(name: str) -> Manifest:
    return plain.MANIFEST if name == "plain" else registry.manifest(name)


EVERY = [(name, action.verb) for name in NAMES for action in _manifest(name).actions]
MAKING = [(name, action.verb) for name in NAMES for action in _manifest(name).actions if not action.repeatable]
REPEATABLE = [(name, action.verb) for name in NAMES for action in _manifest(name).actions if action.repeatable]
OPTIONED = [(name, action.verb) for name in NAMES for action in _manifest(name).actions if action.options]
WORDED = [(name, action.verb) for name in NAMES for action in _manifest(name).actions if action.text]


@pytest.fixture(autouse=True, scope="module")
def _plain_is_known() -> Iterator[None]:
    plain.install()
    yield
    plain.uninstall()


@pytest.fixture
def acts(name: str) -> Acts:
    """The network with a connected account and its actions."""
    return Acts(harness.new_network(name))


def _lose_answers(acts: Acts) -> None:
    """Every request reaches the network and has its effect; no answer comes back."""

    def lose(request: Request) -> Response | None:
        registry.simulator(acts.network.name).handle(request, acts.network.world)
        raise AnswerLost("the connection was reset")

    acts.network.http.intercept = lose


# ---------------------------------------------------------------------------------------------------- manifest


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_declared_completely(name: str) -> None:
    """Each verb once, in a module that has the four functions; common verbs belong to features that are offered."""
    manifest = _manifest(name)
    verbs = [action.verb for action in manifest.actions]
    assert len(set(verbs)) == len(verbs)
    for action in manifest.actions:
        assert action.verb in VERBS or action.module == "resources", action.verb
        actor = registry.actor(name, action.module)
        assert all(callable(getattr(actor, step, None)) for step in ("prepare", "commit", "confirm", "find"))
        if feature := VERBS.get(action.verb):
            assert manifest.feature(feature) == "offered", f"{action.verb} without {feature}"
        options = [option.name for option in action.options]
        assert len(set(options)) == len(options)
        assert bool(action.max_media) == bool(action.media), action.verb
    acted = {VERBS[verb] for verb in verbs if verb in VERBS}
    assert {feature for feature in VERBS.values() if manifest.feature(feature) == "offered"} == acted


@pytest.mark.parametrize("name", NAMES)
def test_every_feature_is_answered(name: str) -> None:
    """What is not offered says why; facets and features agree."""
    manifest = _manifest(name)
    for feature in FEATURES:
        answer = manifest.feature(feature)
        assert answer is not None, f"{name} does not answer for {feature}"
        assert not isinstance(answer, NotOffered) or len(answer.reason) > 10, feature
    reading = ("comments.list", "messages.list", "mentions.list", "reviews.list")
    inbox = any(manifest.feature(feature) == "offered" for feature in reading)
    inbox |= any(action.module == "inbox" for action in manifest.actions)
    assert inbox == (manifest.facets.get("inbox") == "offered")
    for facet, feature in (("ads", "ads"), ("webhooks", "webhooks")):
        assert (manifest.facets.get(facet) == "offered") == (manifest.feature(feature) == "offered"), facet


@pytest.mark.parametrize("name", NAMES)
def test_the_fixtures_name_actions(name: str) -> None:
    """An entry of ``fixtures/actions.json`` for no action is a slip."""
    assert set(samples.fixture(name, "actions")) <= {action.verb for action in _manifest(name).actions}


# ------------------------------------------------------------------------------------------------------- doing


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_is_done_once(acts: Acts, verb: str) -> None:
    """One more effect than before, under the id that was answered, and found again."""
    act = acts.act(verb)
    state, before = acts.prepare(act), acts.done()
    at = acts.network.world.now
    assert acts.done() == before, "preparing was seen"
    published = acts.commit(act, state)
    after = acts.done()
    new = [one for one in after if one not in before]
    found = acts.find(act, state, at)
    if acts.action(verb).repeatable:
        assert len(after) <= len(before) + 1
        assert isinstance(found, Published | Unsure)
        return
    assert [(one.verb, one.id) for one in new] == [(verb, published.id)]
    assert len(after) == len(before) + 1
    assert act.text in new[0].text, "its words are not to be seen"
    assert isinstance(found, Published | Unsure)
    if isinstance(found, Published):
        assert found.id in {published.id, ""}


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_commit_is_one_request(acts: Acts, verb: str) -> None:
    """A lost answer can only be the answer to the visible request; the same arm sends the same bytes."""
    act = acts.act(verb)
    state = acts.prepare(act, twice=True)
    requests = []
    for later in (0, 7):
        copy = Acts(acts.network.fork())
        copy.network.world.pass_time(later)
        copy.actor(verb).commit(copy.network.call, act, harness.round_trip(state))
        assert len(copy.network.http.sent) == 1
        requests.append((copy.network.http.sent[0].url, copy.network.http.sent[0].body))
    assert requests[0] == requests[1]


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_preparing_again_changes_nothing(acts: Acts, verb: str) -> None:
    """What is ready stays ready."""
    act = acts.act(verb)
    state = acts.prepare(act)
    again = Acts(acts.network.fork())
    assert again.prepare(act, state) == state


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_a_lost_answer_is_found(acts: Acts, verb: str) -> None:
    """The reply is lost, the effect is not: find names it, or says that it cannot know."""
    act = acts.act(verb)
    state = acts.prepare(act)
    told = Acts(acts.network.fork()).commit(act, state)
    at, before = acts.network.world.now, acts.done()
    _lose_answers(acts)
    with pytest.raises(AnswerLost):
        acts.actor(verb).commit(acts.network.call, act, harness.round_trip(state))
    acts.network.http.intercept = None
    assert acts.action(verb).repeatable or len(acts.done()) == len(before) + 1
    found = acts.find(act, state, at)
    assert isinstance(found, Published | Unsure), found
    if isinstance(found, Published):
        assert found.id in {told.id, ""}


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_what_was_not_sent_is_not_found(acts: Acts, verb: str) -> None:
    """Prepared, and nothing more: Absent or Unsure."""
    act = acts.act(verb)
    state, at = acts.prepare(act), acts.network.world.now
    assert isinstance(acts.find(act, state, at), Absent | Unsure)


@pytest.mark.parametrize(("name", "verb"), MAKING)
def test_two_equal_acts_are_told_apart(acts: Acts, verb: str) -> None:
    """The first one is another's, as ``armed.taken`` says: the second, which was never sent, is not found in it."""
    first = acts.act(verb)
    state, at = acts.prepare(first), acts.network.world.now
    published = acts.commit(first, state)
    second = acts.again(first)
    prepared = acts.prepare(second)
    found = acts.find(second, prepared, at, taken=lambda one: one == published.id)
    assert isinstance(found, Absent | Unsure), found


@pytest.mark.parametrize(("name", "verb"), REPEATABLE)
def test_a_repeatable_one_is_one_effect(acts: Acts, verb: str) -> None:
    """Done twice, it stands once; and it stands."""
    act = acts.act(verb)
    state, before, at = acts.prepare(act), len(acts.done()), acts.network.world.now
    acts.commit(act, state)
    once = len(acts.done())
    acts.commit(act, state)
    assert len(acts.done()) == once <= before + 1
    assert isinstance(acts.find(act, state, at), Published | Unsure)


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_an_id_is_enough(acts: Acts, verb: str) -> None:
    """Without handles it works all the same, or is refused in words; it never crashes."""
    act = replace(acts.act(verb), handles={})
    with suppress(Invalid, Refused):
        assert acts.do(act).id


# ------------------------------------------------------------------------------------------------------ faults


IN_DOUBT = (
    *(Response(status, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>") for status in (500, 503)),
    *(
        Response(status, {"content-type": "application/json"}, b'{"what": "is this"}')
        for status in (400, 403, 404, 409, 418)
    ),
)
UNREADABLE = tuple(Response(200, {"content-type": "application/json"}, body) for body in (b"", b"{}", b"<html>"))


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_trouble_and_what_is_on_no_list_are_in_doubt(acts: Acts, verb: str) -> None:
    """A 5xx may have had its effect; only what the folder's table lists is definite."""
    _assert_in_doubt(acts, verb, IN_DOUBT)


@pytest.mark.parametrize(("name", "verb"), MAKING)
def test_a_success_without_an_id_is_in_doubt(acts: Acts, verb: str) -> None:
    """A 200 that does not say what was made proves nothing."""
    _assert_in_doubt(acts, verb, UNREADABLE)


def _assert_in_doubt(acts: Acts, verb: str, answers: Sequence[Response]) -> None:
    act = acts.act(verb)
    state = acts.prepare(act)
    for answer in answers:
        acts.network.http.intercept = lambda _, answer=answer: answer
        with pytest.raises((Refused, AnswerLost)) as raised:
            acts.actor(verb).commit(acts.network.call, act, harness.round_trip(state))
        assert not isinstance(raised.value, Refused) or raised.value.fate not in DEFINITE, answer


MUTE = (
    Response(502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>"),
    Response(429, {"content-type": "application/json"}, b"{}"),
    Response(403, {"content-type": "application/json"}, b"{}"),
    Response(200, {"content-type": "text/html"}, b"<html>"),
    Response(200, {"content-type": "application/json"}, b"{}"),
)


@pytest.mark.parametrize("live", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_find_never_guesses(acts: Acts, verb: str, live: bool) -> None:
    """A network that cannot be asked proves nothing, whatever the truth is."""
    act = acts.act(verb)
    state, at = acts.prepare(act), acts.network.world.now
    if live:
        acts.commit(act, state)
    for answer in MUTE:
        acts.network.http.intercept = lambda _, answer=answer: answer
        with suppress(HttpFailure, Refused):
            assert isinstance(acts.find(act, state, at), Unsure), answer


@pytest.mark.parametrize(("name", "verb"), WORDED)
def test_rejected_is_definite(acts: Acts, verb: str) -> None:
    """The network refuses: nothing is to be seen, and nothing will be."""
    act = acts.act(verb, "No [[sandbox:rejected]]")
    state, before = acts.prepare(act), acts.done()
    with pytest.raises(Refused) as refused:
        acts.commit(act, state)
    assert refused.value.fate is Fate.REJECTED
    assert acts.done() == before


@pytest.mark.parametrize(("name", "verb"), WORDED)
def test_a_rate_limit_says_when(acts: Acts, verb: str) -> None:
    """Refused with an instant to come back at; then done."""
    act = acts.act(verb, "Slowly [[sandbox:rate_limited]]")
    state, before = acts.prepare(act), acts.done()
    with pytest.raises(Refused) as refused:
        acts.commit(act, state)
    assert refused.value.fate is Fate.LIMITED
    assert refused.value.retry_at is not None
    assert acts.done() == before
    acts.network.world.pass_time((refused.value.retry_at - acts.network.world.now).total_seconds() + 1)
    assert acts.commit(act, state).id


@pytest.mark.parametrize(("name", "verb"), WORDED)
def test_a_refused_token_is_told_apart(acts: Acts, verb: str) -> None:
    """A refresh helps."""
    act = acts.act(verb, "Late [[sandbox:token_expired]]")
    state = acts.prepare(act)
    with pytest.raises(Refused) as refused:
        acts.commit(act, state)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert acts.commit(act, state).id


@pytest.mark.parametrize(("name", "verb"), WORDED)
def test_a_marked_loss_and_a_marked_error(acts: Acts, verb: str) -> None:
    """First a 5xx without effect, which proves nothing; then the effect, of which nobody hears."""
    act = acts.act(verb, "Oh [[sandbox:server_error]] [[sandbox:lost_reply]]")
    state, before, at = acts.prepare(act), len(acts.done()), acts.network.world.now
    with pytest.raises((Refused, AnswerLost)) as raised:
        acts.commit(act, state)
    assert not isinstance(raised.value, Refused) or raised.value.fate not in DEFINITE
    assert len(acts.done()) == before
    with pytest.raises(AnswerLost):
        acts.commit(act, state)
    assert len(acts.done()) == before + 1
    assert isinstance(acts.find(act, state, at), Published | Unsure)


# ------------------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize(("name", "verb"), WORDED)
def test_the_longest_text_is_accepted_and_no_longer_one(acts: Acts, verb: str) -> None:
    """Our limit is the network's."""
    limit = acts.action(verb).text
    assert limit is not None
    assert acts.do(acts.act(verb, "a" * limit.max_length)).id
    act = acts.act(verb, "a" * (limit.max_length + 1))
    with pytest.raises(Refused) as refused:
        acts.do(act)
    assert refused.value.fate is Fate.REJECTED


VALUES: Mapping[str, Sequence[object]] = {
    "string": ("x", "", "2026-13-45"),
    "boolean": (True, False),
    "integer": (5, 0, -1, 10**15),
    "number": (1.5, -1),
    "array": ([], [5], [None], [{"x": 1}], ["x"]),
    "object": ({}, {"x": 1}, {"x": [None]}),
}


@pytest.mark.parametrize(("name", "verb"), OPTIONED)
def test_an_argument_of_any_value_is_judged(acts: Acts, verb: str) -> None:
    """Names, types and enums are checked before; what is left is refused in words or by the network, never by a crash."""
    act = acts.act(verb)
    for option in acts.action(verb).options:
        for value in option.enum or VALUES[option.type]:
            with suppress(Invalid, Refused, HttpFailure):
                acts.do(replace(act, arguments={**act.arguments, option.name: value}))


@pytest.mark.parametrize(("name", "verb"), EVERY)
def test_a_made_up_id_names_no_other_request(acts: Acts, verb: str) -> None:
    """Ids and handles are a caller's to invent: none leads to an edge that is not the verb's, to another path or host."""
    places: list[tuple[str, dict[str, object]]] = [("17/permissions", {}), ("me/permissions", {"of": "me/permissions"})]
    known = acts.act(verb)
    wrongs: tuple[object, ...] = (
        "17/permissions",
        "https://elsewhere.example/permissions",
        "..",
        "../permissions",
        7,
        {"uri": []},
    )
    own = {"of": known.on, "uri": known.on}
    places += [(known.on, {**dict.fromkeys(known.handles, wrong), **own}) for wrong in wrongs]
    before = len(acts.network.http.sent)
    for on, handles in places:
        with suppress(Invalid, Refused, HttpFailure):
            acts.do(acts.on(verb, on, handles))
    for request in acts.network.http.sent[before:]:
        parts = urlsplit(request.url)
        assert not {"permissions", ".."} & set(parts.path.split("/")), request.url
        assert registry.for_host(parts.hostname or "", acts.network.name) == acts.network.name, request.url
