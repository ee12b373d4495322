"""What an operator sees of what is stuck, and what pushing it does: nothing that the state machine would not do."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.operate import __main__ as operate
from shared.domain import codec
from shared.domain.chores import chore_path
from shared.domain.states import State
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import audits, idempotency
from shared.operations.operating import letters, spaces, stuck
from shared.operations.operating.stuck import Finding
from shared.ports.http import AnswerLost
from shared.ports.store import Unavailable, Write
from shared.runtime import bootstrap, settings
from tests.operations.flows import OTHER, TEST
from tests.operations.webhook_world import Machine, Receiver, happened
from tests.support.memory_ports import Rig
from tests.unit.publishing import scripted
from tests.unit.publishing.scripted import Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return scripted.stage(monkeypatch)


@pytest.fixture(autouse=True)
def known(stage: Stage) -> None:
    """Their workspaces are the installation's."""
    for name in (TEST.workspace, OTHER.workspace):
        made = Workspace(name, "Ours", stage.rig.clock.now())
        stage.rig.store.commit([Write("create", workspace_path(name), codec.encode(made))])


def found(rig: Rig, workspace: str = "") -> list[Finding]:
    return list(stuck.find(rig.ports, workspace))


def run(rig: Rig, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    """A command's exit code, and what it says to machines."""
    code = operate.main([*words, "--json"], {}, rig.ports)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def overdue(stage: Stage, seconds: float = 300) -> None:
    """A post that is due and that neither queue nor sweeper has moved."""
    at = stage.rig.clock.now() + timedelta(seconds=60)
    stage.post("one", scheduled_at=at.isoformat())
    stage.rig.clock.advance(60 + seconds)


def test_nothing_is_stuck_where_everything_is_on_time(stage: Stage) -> None:
    at = stage.rig.clock.now() + timedelta(seconds=60)
    stage.post("one", scheduled_at=at.isoformat())
    assert found(stage.rig) == []


def test_what_is_overdue_is_shown_with_its_age_and_pushed_once(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    overdue(stage)
    code, rows = run(stage.rig, capsys, "stuck")
    assert [(row["kind"], row["state"], row["post_id"], code) for row in rows] == [
        ("target", "scheduled", stage.post_id, 0)
    ]
    assert "does its schedule run?" in rows[0]["by_itself"]
    assert found(stage.rig, "ws_2") == []
    assert run(stage.rig, capsys, "stuck", "--push", stage.post_id)[1][0]["outcome"] == "enqueued"
    stage.deliver()
    stage.ended(State.PUBLISHED)
    code, rows = run(stage.rig, capsys, "stuck", "--push", stage.post_id, "post_none")
    assert (code, rows[0]["outcome"]) == (1, "is published: nothing is left to do")
    noted = audits.list_(stage.rig.ports, TEST, audits.Wanted(act="publishing.pushed")).entries
    assert [(one.actor, one.resource_id) for one in noted] == [(spaces.OPERATOR, stage.target().id)]
    assert len(stage.network.committed) == 1


def test_pushing_a_target_in_doubt_sends_nothing_again(stage: Stage) -> None:
    """Its next step is to look, whoever asks for it and however often."""
    stage.network.commits = [AnswerLost("x")]
    stage.post("one")
    stage.deliver()
    stage.rig.clock.advance(600)
    assert [one.state for one in found(stage.rig)] == ["unknown"]
    for _ in range(3):
        assert [one.outcome for one in stuck.push(stage.rig.ports, [stage.target().id])] == ["enqueued"]
    stage.deliver()
    assert len(stage.network.committed) == 1


def test_what_a_person_must_do_is_named(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    overdue(stage)
    assert run(stage.rig, capsys, "hold")[1] == [{"held": 1, "absent": []}]
    (held,) = found(stage.rig)
    assert (held.kind, held.by_itself) == ("held", "nothing: release it")
    assert run(stage.rig, capsys, "stuck", "--push", held.id)[1][0]["outcome"] == "is held: release it"
    assert run(stage.rig, capsys, "status")[1][0]["held"] == 1
    assert run(stage.rig, capsys, "release", stage.post_id)[1] == [{"released": 1, "absent": []}]
    stage.network.commits = [AnswerLost("x")]
    stage.pass_time(7_200)
    stage.ended(State.NEEDS_REVIEW)
    (review,) = [one for one in found(stage.rig) if one.kind != "chore"]
    assert (review.kind, stage.post_id in review.by_itself) == ("review", True)


def test_chores_claims_and_events_that_do_not_move_are_shown(stage: Stage) -> None:
    rig = stage.rig
    claim = idempotency.claim(rig.ports, idempotency.identify(TEST, "key", "POST /v1/posts", {}))
    assert isinstance(claim, idempotency.Claim)
    path = chore_path(TEST.space, stage.account.id, "refresh")
    rig.store.commit([Write("update", path, {"failures": 7, "wake_at": rig.clock.now() + timedelta(hours=3)})])
    assert {one.kind for one in found(rig)} == {"chore"}
    rig.clock.advance(300)
    assert {one.kind for one in found(rig)} == {"chore", "claim"}
    assert "POST /v1/posts" in next(one.why for one in found(rig) if one.kind == "claim")


def test_the_whole_minute_is_done_when_asked(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    overdue(stage)
    code, rows = run(stage.rig, capsys, "stuck", "--all")
    assert (code, rows[0]["pushed"] >= 1) == (0, True)
    for task in stage.rig.queue.take(stage.rig.clock.now()):
        if task.function == "publish":
            stage.advance(task)
    assert stage.target().state is State.PUBLISHED


@pytest.mark.parametrize(
    "wrong",
    [
        ("dead-letters", "--replay", "--workspace", "ws_1"),
        ("dead-letters", "--replay", "--outbound", "--platform", "x"),
        ("dead-letters", "--replay", "--outbound", "evt_1"),
        ("dead-letters", "--replay", "--outbound", "--workspace", ""),
        ("release", "--workspace="),
        ("hold", "--platform", ""),
        ("release", ""),
    ],
)
def test_what_would_not_narrow_a_command_is_refused(
    stage: Stage, wrong: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or more would be moved than was asked for: the installation is not even asked."""
    monkeypatch.setattr(stage.rig.ports.store, "query", None)
    assert operate.main(wrong, {}, stage.rig.ports) == 2
    assert "leave it out" in (said := capsys.readouterr().err) or "--outbound" in said


@pytest.mark.parametrize("words", [["status"], ["--json", "status"], ["status", "--json"]])
def test_every_command_says_where_it_is(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the error stream: what is read by machines stays as it is."""
    bootstrap.embedded(settings.load({"ROSTRUM_HOME": str(tmp_path)}))
    assert operate.main(words, {"ROSTRUM_HOME": str(tmp_path)}) == 0
    said = capsys.readouterr()
    assert str(tmp_path) in said.err
    assert str(tmp_path) not in said.out


def test_what_an_endpoint_did_not_take_is_sent_again(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    rig = stage.rig
    receiver = Receiver(rig)
    endpoint, machine = receiver.register(("engagement.spike",)), Machine(rig)
    receiver.status = 500
    happened(rig)
    machine.run(timedelta(days=4))
    code, rows = run(rig, capsys, "dead-letters", "--outbound")
    assert [(row["endpoint_id"], row["event_type"], code) for row in rows] == [(endpoint.id, "engagement.spike", 0)]
    assert run(rig, capsys, "dead-letters", "--outbound", "--workspace", "ws_2")[1] == [{"found": 0}]
    receiver.status = 200
    again = list(letters.recover(rig.ports))
    assert [(one.endpoint_id, one.problem) for one in again] == [(endpoint.id, "")]
    machine.run(timedelta(hours=2))
    assert len(receiver.got) == 1
    assert list(letters.failed(rig.ports)) == []


def test_a_store_that_is_away_and_a_workspace_that_there_is_not_are_told_apart(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rows = run(stage.rig, capsys, "stuck", "--workspace", "ws_none")
    assert (code, "ws_none" in rows[0]["error"]) == (2, True)
    stage.rig.faults.hook = lambda call, phase: (
        (_ for _ in ()).throw(Unavailable("down")) if phase == "before" else None
    )
    code, rows = run(stage.rig, capsys, "status")
    assert (code, "run it again" in rows[0]["error"]) == (1, True)
