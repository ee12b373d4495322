"""Scenarios of what is no post: the same faults, the same promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from shared.domain.content import Act
from shared.domain.states import State
from shared.operations import idempotency
from shared.operations.engaging import acting, following
from shared.operations.engaging.commands import Order
from shared.operations.idempotency import AlreadyDone, Answer, Receipt
from shared.platforms import registry
from tests.contract.platforms import samples
from tests.simulation import staging
from tests.simulation.run import Run
from tests.simulation.scenarios import Action, Scenario, given, insist


def one(name: str, verb: str) -> Scenario:
    """One act, now."""
    return _scenario(name, verb, f"{name}: {verb} now", lambda run: _ask(run, name, verb, "now"))


def twins(name: str, verb: str) -> Scenario:
    """Two acts of one text on one thing, now."""

    def accept(run: Run) -> None:
        for key in ("the first", "the second"):
            _ask(run, name, verb, "twin", key=key)

    return replace(_scenario(name, verb, f"{name}: {verb} twins", accept), refusable=True)


def cancelled(name: str, verb: str, minute: int) -> Scenario:
    """Due in three minutes, called off in this one: before, or when it is done or in doubt."""
    made = _scenario(name, verb, f"{name}: {verb} cancelled in minute {minute}", partial(_later, name, verb))
    return replace(made, actions={minute: _cancel})


def wishes(name: str) -> Scenario:
    """A campaign shall be active; a few seconds later it shall be paused. Whatever happens, the last word counts."""

    def accept(run: Run) -> None:
        for number, status in enumerate(("active", "paused")):
            _wish(run, name, status, 5 * number)

    def check(run: Run) -> list[str]:
        told = [one for one in run.targets() if one.state is State.PUBLISHED]
        last = max(told, key=lambda one: (one.due_at or one.created_at, one.created_at), default=None)
        found = {one.on: one.text for one in run.done(name) if one.verb == "campaign.status"}
        if last is None or last.piece.deed is None or found.get(last.piece.deed.on) == last.piece.options["status"]:
            return []
        return [f"{name}: told {last.piece.options['status']} last, and the campaign is {found}"]

    return replace(_scenario(name, "campaign.status", f"{name}: two wishes", accept), check=check)


def catalogue(name: str, *, everything: bool = False) -> list[Scenario]:
    """What is tried on a network: its writes now, and one of them called off. ``everything``: each of its actions."""
    verbs = staging.verbs(name)
    made = [one(name, verb) for verb in verbs] + [twins(name, verb) for verb in verbs[:1]]
    made += [cancelled(name, verb, 3) for verb in verbs[:1]]
    return [*made, *others(name), cancelled(name, verbs[0], 4), wishes(name)] if everything else made


def others(name: str) -> list[Scenario]:
    """The network's other actions: the same engine sends them, each by its own adapter."""
    tried = staging.verbs(name)
    verbs = [action.verb for action in registry.manifest(name).actions if action.verb not in tried]
    return [replace(one(name, verb), name=f"{name}: {verb}, too") for verb in verbs]


def _scenario(name: str, verb: str, title: str, accept: Action) -> Scenario:
    def stage(run: Run) -> None:
        run.rig.sandbox.media.update(samples.served())
        run.acts[name] = staging.enter(run.rig, name, verb)

    return Scenario(title, (name,), accept, stage=stage)


def _later(name: str, verb: str, run: Run) -> None:
    _ask(run, name, verb, "later", minutes=3)


def _ask(run: Run, name: str, verb: str, text: str, *, minutes: int = 0, key: str = "the same key") -> None:
    """Ask as an SDK does: the same request under the same key until it is answered."""
    at = (run.ports.clock.now() + timedelta(minutes=minutes)).isoformat() if minutes else None
    order = _order(run, name, run.acts[name], text)
    run.asked[name, order.text or f"{verb} {order.on}"] += 1
    accepted = insist(run, lambda: _act(run, replace(order, scheduled_at=at), key), stubborn=True)
    assert accepted, f"the scenario asks for what is refused: {verb} on {name}"


def _wish(run: Run, name: str, status: str, seconds: int) -> None:
    at = (run.ports.clock.now() + timedelta(seconds=seconds)).isoformat()
    order = _order(run, name, run.acts[name], "")
    run.asked[name, f"campaign.status {order.on}"] += 1
    insist(run, lambda: _act(run, replace(order, arguments={"status": status}, scheduled_at=at), status))


def _order(run: Run, name: str, act: Act, text: str) -> Order:
    action = registry.manifest(name).action(act.verb)
    words = f"{text} {act.verb}" if action and action.text else ""
    media = tuple(given(file) for file in act.media)
    return Order(run.accounts[name].id, act.verb, act.on, words, act.arguments, media, act.handles)


def _act(run: Run, order: Order, name: str) -> str:
    key = idempotency.identify(run.caller, name, "POST /v1/actions", {"text": order.text})
    answer, stale = idempotency.find(run.ports, key)
    if answer is not None:
        return answer.body.decode()
    receipt = Receipt(run.ports, key, lambda made: Answer(202, made.id.encode()), stale)
    try:
        return acting.act(run.ports, run.caller, order, receipt).id
    except AlreadyDone as done:
        return done.answer.body.decode()


def _cancel(run: Run) -> None:
    for target in run.targets():
        if insist(run, partial(following.cancel, run.ports, run.caller, target.id)):
            run.confirmed_cancelled.add(target.id)
