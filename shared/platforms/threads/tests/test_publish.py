"""Publishing step by step, and settling what is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from shared.domain.content import Kind, Parent, Piece, Role
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure, Wait
from shared.platforms.threads import publish, simulator
from shared.platforms.threads import simulator_oauth as oauth
from shared.platforms.threads.tests import world as stages
from shared.platforms.threads.tests.world import Stage
from shared.ports.http import Request, Response
from tests.support import simulated

EVERY = list(stages.pieces())


@pytest.fixture
def stage() -> Stage:
    return stages.stage()


def _sent(request: Request) -> dict[str, str]:
    body = request.body if isinstance(request.body, bytes) else b""
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_goes_live_and_comes_down(stage: Stage, kind: Kind) -> None:
    """With its address, once."""
    published = publish.describe(stage.call, stage.published(stages.pieces()[kind]))
    assert stage.live() == [published.id]
    assert published.permalink
    assert published.permalink.startswith("https://www.threads.com/@rostrum/post/")
    publish.delete(stage.call, published)
    assert stage.live() == []


def test_a_container_says_all_that_the_post_has(stage: Stage) -> None:
    """Option by option, and not one more."""
    options = {
        "reply_control": "followers_only",
        "topic_tag": "Tea",
        "link_attachment": "https://example.org",
        "quote_post_id": stages.SOMEBODYS,
        "location_id": "378002895391234",
        "enable_reply_approvals": True,
        "allowlisted_country_codes": ["NO", "PT"],
        "text_entities": [{"entity_type": "SPOILER", "offset": 0, "length": 2}],
    }
    stage.published(simulated.piece(Kind.TEXT, "Hi", options=options))
    made = next(_sent(sent) for sent in stage.http.sent if sent.url.endswith("/threads"))
    assert made.pop("text_entities") == '[{"entity_type":"SPOILER","offset":0,"length":2}]'
    plain = {"enable_reply_approvals": "true", "allowlisted_country_codes": "NO,PT", "media_type": "TEXT", "text": "Hi"}
    kept = ("reply_control", "topic_tag", "link_attachment", "quote_post_id", "location_id")
    assert made == plain | {name: str(options[name]) for name in kept}


def test_a_reply_of_a_thread_carries_no_options(stage: Stage) -> None:
    """A poll belongs to the first post; the rest are plain replies to the one before."""
    root = stage.published(stages.pieces()[Kind.POLL])
    parent = Parent(root.id, {})
    options = stages.pieces()[Kind.POLL].options
    reply = simulated.piece(Kind.TEXT, "Part 2", role=Role.REPLY, root=parent, parent=parent, options=options)
    made = stage.published(reply)
    fields = [_sent(sent) for sent in stage.http.sent if sent.url.endswith("/threads")][-1]
    assert fields == {"media_type": "TEXT", "text": "Part 2", "reply_to_id": root.id}
    live = {post.id: post for post in simulator.seen(stage.world, stage.account.platform_account_id)}
    assert live[made.id].reply_to == root.id


def test_a_used_up_quota_is_met_before_anything_is_made(stage: Stage) -> None:
    """Posts and replies have quotas of their own."""
    who = stage.account.platform_account_id
    account = stage.world.get("account", who) or {}
    account["used"]["post"] = [stage.world.now.timestamp()] * 250
    stage.world.put("account", who, account)
    with pytest.raises(Refused) as refused:
        publish.prepare(stage.call, stages.pieces()[Kind.TEXT], {})
    assert (refused.value.fate, refused.value.row.code) == (Fate.LIMITED, "quota")
    assert refused.value.retry_at == stage.world.now + timedelta(hours=1)
    assert stage.requests("POST", "/threads") == 0
    reply = simulated.piece(Kind.TEXT, "Yes", parent=Parent(stages.SOMEBODYS, {}))
    assert isinstance(publish.prepare(stage.call, reply, {}), Wait)


def test_a_post_needs_no_permission_for_replies(stage: Stage) -> None:
    """Who allowed publishing only can publish; an answer is refused in words."""
    code = oauth.make_code(stage.world, "modest", "", "", ["threads_basic", "threads_content_publish"])
    connected = stages.connect(stage.http, code)
    account = simulated.view(connected.platform_account_id, connected.username, connected.tokens)
    modest = Stage(stage.world, stage.http, account)
    published = modest.published(stages.pieces()[Kind.TEXT])
    reply = simulated.piece(Kind.TEXT, "Yes", parent=Parent(published.id, {}))
    with pytest.raises(Refused) as refused:
        modest.prepared(reply)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "permission_denied")


def test_another_s_thread_takes_a_permission_more(stage: Stage) -> None:
    """Below one's own post it is not needed."""
    own = ["threads_basic", "threads_content_publish", "threads_manage_replies", "threads_read_replies"]
    connected = stages.connect(stage.http, oauth.make_code(stage.world, "modest", "", "", own))
    account = simulated.view(connected.platform_account_id, connected.username, connected.tokens)
    modest = Stage(stage.world, stage.http, account)
    mine = modest.published(stages.pieces()[Kind.TEXT])
    assert modest.published(simulated.piece(Kind.TEXT, "More", parent=Parent(mine.id, {}))).id
    with pytest.raises(Refused) as refused:
        modest.prepared(simulated.piece(Kind.TEXT, "Hello", parent=Parent(stages.SOMEBODYS, {})))
    assert refused.value.row.code == "permission_denied"


def test_a_video_that_cannot_be_had_is_tried_four_times_and_given_up(stage: Stage) -> None:
    """An ERROR proves that nothing was published; the container is made anew."""
    gone = replace(stages.video(), url="https://sandbox.rostrum.test/media/gone.mp4")
    with pytest.raises(Refused) as refused:
        stage.prepared(simulated.piece(Kind.VIDEO, "", (gone,)))
    assert refused.value.row.code == "media_processing_failed"
    assert refused.value.platform_message == "FAILED_DOWNLOADING_VIDEO"
    assert stage.requests("POST", "/threads") == 4


def test_a_container_of_yesterday_is_made_anew(stage: Stage) -> None:
    """EXPIRED after 24 hours, and never published."""
    piece = stages.pieces()[Kind.TEXT]
    state = stage.prepared(piece)
    stage.world.pass_time(86_400)
    assert stage.prepared(piece, state)["container"] != state["container"]


def test_settling_reads_the_container_and_then_the_listing(stage: Stage) -> None:
    """PUBLISHED with one new post alike: that one; FINISHED: absent, and the same container is sent again."""
    piece = stages.pieces()[Kind.TEXT]
    state, at = stage.prepared(piece), stage.world.now
    assert isinstance(stage.found(piece, state, at), Absent)
    made = publish.commit(stage.call, piece, state)
    found = stage.found(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == made.id
    with pytest.raises(Refused) as refused:
        publish.commit(stage.call, piece, stage.prepared(piece, state))
    assert refused.value.fate is Fate.UNKNOWN
    assert len(stage.live()) == 1


def test_two_alike_are_published_without_a_name(stage: Stage) -> None:
    """Never «the newest»: other tools post too."""
    piece = stages.pieces()[Kind.TEXT]
    state, at = stage.prepared(piece), stage.world.now
    publish.commit(stage.call, piece, state)
    stage.published(replace(piece, key="f" * 32))
    found = stage.found(piece, state, at)
    assert isinstance(found, Published)
    assert found.id == ""


def test_a_container_that_is_not_shown_proves_nothing(stage: Stage) -> None:
    """100/33 on the container's read: unsure."""
    piece = stages.pieces()[Kind.TEXT]
    state = stage.prepared(piece) | {"container": "17"}
    assert isinstance(stage.found(piece, state, stage.world.now), Unsure)


def test_a_lost_repost_is_found_in_the_listing(stage: Stage) -> None:
    """By what it reposts; one from before the arm is not ours."""
    piece = stages.pieces()[Kind.REPOST]
    at = stage.world.now
    assert isinstance(stage.found(piece, {}, at), Absent)
    made = stage.published(piece)
    found = stage.found(piece, {}, at)
    assert isinstance(found, Published)
    assert found.id == made.id
    later = at + timedelta(minutes=5)
    assert isinstance(publish.find(stage.call, piece, Armed(2, later, {})), Absent)


def test_a_post_without_a_name_cannot_be_answered(stage: Stage) -> None:
    """Published, id unknown: the thread ends there, in words."""
    nameless = Parent("", {})
    reply = simulated.piece(Kind.TEXT, "Part 2", role=Role.REPLY, root=nameless, parent=nameless)
    with pytest.raises(Refused) as refused:
        publish.prepare(stage.call, reply, {})
    assert refused.value.row.code == "post_unknown"


def test_a_publish_that_came_too_early_waits(stage: Stage) -> None:
    """24/4279009, as production meets it: refused without effect, the same container again."""
    piece: Piece = stages.pieces()[Kind.TEXT]
    state = stage.prepared(piece)
    body = {"error": {"message": "The requested resource does not exist", "code": 24, "error_subcode": 4279009}}
    stage.http.intercept = lambda _: Response(400, {}, json.dumps(body).encode())
    with pytest.raises(Refused) as refused:
        publish.commit(stage.call, piece, state)
    assert refused.value.fate is Fate.LIMITED
    stage.http.intercept = None
    assert publish.commit(stage.call, piece, state).id


def test_a_repost_that_does_not_say_of_what_proves_nothing(stage: Stage) -> None:
    """Reposting twice makes two: so one of the account's, since the arm, that may be ours is never absence."""
    piece, at = stages.pieces()[Kind.REPOST], stage.world.now
    commit = publish.commit(stage.call, piece, {})

    def silent(request: Request) -> Response | None:
        answer = simulator.handle(request, stage.world)
        body = json.loads(answer.body)
        for item in body["data"]:
            item.pop("reposted_post", None)
        return Response(answer.status, answer.headers, json.dumps(body).encode())

    stage.http.intercept = silent
    assert isinstance(stage.found(piece, {}, at), Unsure)
    assert isinstance(publish.find(stage.call, piece, Armed(1, at, {}, lambda one: one == commit.id)), Absent)
