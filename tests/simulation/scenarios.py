"""What the callers of a run ask for. Every text of a run is different, so that a duplicate shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from shared.domain.content import Kind, MediaFile
from shared.domain.errors import RostrumError
from shared.operations import idempotency
from shared.operations.idempotency import AlreadyDone, Answer, Receipt
from shared.operations.posts import creating, deleting, editing
from shared.operations.posts.commands import CreatePost, MediaInput, Segment, TargetOrder
from shared.platforms import registry
from shared.ports.store import StoreError
from tests.contract.platforms import samples
from tests.simulation.run import Run
from tests.support.faults import Crash

PHOTO = MediaInput("url", "https://sandbox.rostrum.test/media/photo.jpg", "image")
VIDEO = MediaInput("url", "https://sandbox.rostrum.test/media/video.mp4", "video")
Action = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """``accept`` makes the posts; ``actions`` happen later, at the given minute. ``refusable``: a network may
    refuse some of them even without a fault. ``stage`` prepares the networks before accounts and faults. ``check``:
    what must hold at the end beside the invariants; a word per fault."""

    name: str
    platforms: tuple[str, ...]
    accept: Action
    actions: dict[int, Action] = field(default_factory=dict)
    refusable: bool = False
    stage: Action | None = None
    check: Callable[[Run], list[str]] | None = None


def one_now(name: str) -> Scenario:
    """One post on one network, now: with an image where the network wants one."""
    return Scenario(f"{name}: one post now", (name,), lambda run: create(run, "now", [name], publish_now=True))


def thread(name: str) -> Scenario:
    """A thread of three, or a post with a first comment: whichever the network has."""
    if registry.manifest(name).thread:
        return Scenario(
            f"{name}: a thread", (name,), lambda run: create(run, "thread", [name], segments=2, publish_now=True)
        )
    return commented(name)


def twins(name: str) -> Scenario:
    """Two posts of one text on one account, now: a network may refuse the second, and neither is the other."""

    def accept(run: Run) -> None:
        for key in ("the first", "the second"):
            create(run, "twin", [name], key=key, publish_now=True)

    return Scenario(f"{name}: twins", (name,), accept, refusable=True)


def of_kind(name: str, kind: Kind) -> Scenario:
    """One post of this kind, now, with the files and options that make it one."""
    sample = samples.of_kind(registry.manifest(name), kind)
    text = f"{sample.text} {kind}" if sample.text and sample.shown else ""

    def accept(run: Run) -> None:
        media = tuple(given(file) for file in sample.media)
        order = TargetOrder(run.accounts[name].id, media=media, platform_data=dict(sample.options))
        run.asked[name, text] += 1
        insist_on(run, CreatePost(text=text, targets=(order,), publish_now=True), "the same key")

    return Scenario(f"{name}: {kind} now, too", (name,), accept, stage=_with_files)


def commented(name: str) -> Scenario:
    """A post with a first comment, where :func:`thread` tries a thread."""
    return Scenario(
        f"{name}: a first comment", (name,), lambda run: create(run, "post", [name], comment=True, publish_now=True)
    )


def given(file: MediaFile) -> MediaInput:
    """A file of the samples as a caller gives it."""
    return MediaInput("url", file.url, str(file.facts.type))


def _with_files(run: Run) -> None:
    run.rig.sandbox.media.update(samples.served())


def everywhere(names: tuple[str, ...]) -> Scenario:
    """One post on every network, in two minutes."""
    return Scenario("everywhere, scheduled", names, lambda run: create(run, "everywhere", list(names), minutes=2))


def rescheduled(name: str) -> Scenario:
    """Scheduled in three minutes, moved to five at the third: the race of a reschedule with its own dispatch."""
    return Scenario(
        f"{name}: rescheduled",
        (name,),
        lambda run: create(run, "moved", [name], minutes=3),
        {3: lambda run: _move(run, 5)},
    )


def cancelled(name: str, minute: int = 3) -> Scenario:
    """Scheduled in three minutes; cancelled right then, or a minute later when it is live or in doubt."""
    named = f"{name}: cancelled in minute {minute}"
    return Scenario(named, (name,), lambda run: create(run, "dropped", [name], minutes=3), {minute: _cancel})


def create(
    run: Run,
    text: str,
    names: list[str],
    *,
    minutes: int = 0,
    segments: int = 0,
    comment: bool = False,
    publish_now: bool = False,
    key: str = "the same key",
) -> None:
    """Ask for a post as an SDK does: the same request under the same key until it is answered."""
    at = None if publish_now else (run.ports.clock.now() + timedelta(minutes=minutes)).isoformat()
    command = CreatePost(
        text=f"{text} 0",
        targets=tuple(order(run, name) for name in names),
        segments=tuple(Segment(f"{text} {number}") for number in range(1, segments + 1)),
        first_comment=f"{text} comment" if comment else "",
        publish_now=publish_now,
        scheduled_at=at,
    )
    texts = [command.text, *(segment.text for segment in command.segments), command.first_comment]
    run.asked.update((name, text) for name in names for text in texts if text)
    insist_on(run, command, key)


def insist_on(run: Run, command: CreatePost, key: str) -> None:
    """Ask for this post as an SDK does, until it is accepted."""
    accepted = insist(run, lambda: _create(run, command, key), stubborn=True)
    assert accepted, f"the scenario asks for what is refused: {sorted(run.accounts)}"


def _create(run: Run, command: CreatePost, name: str) -> str:
    key = idempotency.identify(run.caller, name, "POST /v1/posts", {"text": command.text})
    answer, stale = idempotency.find(run.ports, key)
    if answer is not None:
        return answer.body.decode()
    receipt = Receipt(run.ports, key, lambda made: Answer(201, made.post.id.encode()), stale)
    try:
        return creating.create(run.ports, run.caller, command, receipt).post.id
    except AlreadyDone as done:
        return done.answer.body.decode()


def insist(run: Run, ask: Callable[[], object], *, stubborn: bool = False) -> bool:
    """As a client with retries does: ask again while the answer is a crash or a fault of ours.

    ``stubborn``: also when it is refused, because a fault may look like the request's (media that could not be fetched).
    """
    for _ in range(8):
        try:
            ask()
        except Crash:
            run.crashes += 1
        except StoreError:
            pass
        except RostrumError as error:
            if not (error.retryable or stubborn):
                return False
        else:
            return True
        run.rig.clock.advance(5)
    return False


def _move(run: Run, minutes: int) -> None:
    at = (run.ports.clock.now() + timedelta(minutes=minutes)).isoformat()
    for post in run.posts():
        insist(run, partial(editing.update, run.ports, run.caller, post.id, {"scheduled_at": at}))


def _cancel(run: Run) -> None:
    for post in run.posts():
        done = insist(run, partial(_delete, run, post.id))
        if done:
            run.confirmed_cancelled.update(
                t.id for t in run.targets() if t.post_id == post.id and t.state == "cancelled"
            )


def _delete(run: Run, post_id: str) -> None:
    """A copy that could not be deleted for now is in the answer, not an exception: a client asks again."""
    for result in deleting.delete(run.ports, run.caller, post_id).results:
        if result.error is not None and result.error.retryable:
            raise result.error


def order(run: Run, name: str) -> TargetOrder:
    """The network's plainest kind: with the options that it needs, and with a photo or video where it takes no text alone."""
    manifest = registry.manifest(name)
    kind = samples.plainest(manifest)
    limit, options = manifest.kind(kind), samples.options(manifest, kind)
    wanted = (
        () if limit is None or not limit.min_items else (PHOTO if limit.media and limit.media.image_types else VIDEO,)
    )
    return TargetOrder(run.accounts[name].id, media=wanted, platform_data=options)
