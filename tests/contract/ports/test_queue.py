"""The queue port: what is accepted, what is refused. Delivery itself is in ``test_embedded_worker``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.ports.queue import HORIZON, Queue, Task, TaskRefused


def task(**changes: object) -> Task:
    given: dict[str, object] = {
        "queue": "publish-one",
        "name": f"t{uuid4().hex}",
        "function": "publish",
        "body": {"id": "x"},
    }
    return Task(**{**given, **changes})  # type: ignore[arg-type]


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def test_a_name_is_accepted_once(queue: Queue, backend: str) -> None:
    made = task(at=soon())
    assert queue.enqueue(made) is True
    assert queue.enqueue(made) is False


def test_names_belong_to_their_queue(queue: Queue) -> None:
    made = task(at=soon())
    assert queue.enqueue(made)
    assert queue.enqueue(task(name=made.name, queue="publish-two", at=soon()))


def test_tasks_for_now_and_for_the_past_are_accepted(queue: Queue) -> None:
    assert queue.enqueue(task())
    assert queue.enqueue(task(at=datetime(2020, 1, 1, tzinfo=UTC)))


def test_the_horizon_is_thirty_days(queue: Queue) -> None:
    assert queue.enqueue(task(at=datetime.now(UTC) + HORIZON - timedelta(minutes=5)))
    with pytest.raises(TaskRefused, match="30 days"):
        queue.enqueue(task(at=datetime.now(UTC) + HORIZON + timedelta(minutes=5)))


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "a b", "ü", "x" * 501, "a\n"])
def test_malformed_names_are_refused(queue: Queue, name: str) -> None:
    with pytest.raises(TaskRefused):
        queue.enqueue(task(name=name, at=soon()))


def test_names_may_have_500_signs(queue: Queue) -> None:
    assert queue.enqueue(task(name=f"{uuid4().hex}_-".ljust(500, "x"), at=soon()))


def test_bodies_over_100_kb_are_refused(queue: Queue) -> None:
    with pytest.raises(TaskRefused):
        queue.enqueue(task(body={"text": "x" * 103_000}, at=soon()))
    assert queue.enqueue(task(body={"text": "x" * 90_000}, at=soon()))


def test_tasks_are_accepted_with_the_commit_that_they_belong_to(queue: Queue) -> None:
    made, done = [task(at=soon()), task(at=soon())], list[str]()
    queue.enqueue_with(made, lambda: done.append("committed"))
    assert done == ["committed"]
    assert [queue.enqueue(one) for one in made] == [False, False]


def test_of_a_commit_that_failed_no_task_is_accepted(queue: Queue) -> None:
    made = task(at=soon())

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        queue.enqueue_with([made], fail)
    assert queue.enqueue(made) is True
