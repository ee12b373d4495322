"""An account's conversations: those that were filed, and those that its network lists, each once.

A conversation of which messages were filed is where these put it; the network's own row of it is left out, and lends it
what the network knows better. A thread that was pushed by the person's id is the same as the network's conversation with
that person alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import RostrumError
from shared.operations import lookup
from shared.operations.engaging import reading
from shared.operations.inbox import cursors, interest, shelf, sources
from shared.operations.inbox.cursors import Place
from shared.operations.inbox.paging import PAGES
from shared.operations.inbox.shelf import Note
from shared.platforms import registry
from shared.platforms.contract_inbox import Conversation, Page
from shared.ports.store import NotFound, Unavailable, Write
from shared.ports.world import Ports

STEP = 50
FILED = "|filed"  # a filed lane's place in a cursor, after the account's id


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, and what is kept of it."""

    conversation: Conversation
    note: Note | None = None


@dataclass(slots=True)
class Lane:
    """A page of one account's: ``index`` is the next of it to be taken; None stands for what is not shown."""

    account: Account
    name: str
    items: Sequence[Thread | None]
    at: str
    index: int
    following: str = ""
    failed: bool = False

    @property
    def head(self) -> Thread | None:
        """The next that is shown; what is not is passed over."""
        while self.index < len(self.items) and self.items[self.index] is None:
            self.index += 1
        return self.items[self.index] if self.index < len(self.items) else None

    def place(self) -> Place | None:
        """Where it goes on, None where it has ended. What could not be asked is asked again where it was."""
        if self.failed or self.head is not None:
            return self.at, self.index
        return (self.following, 0) if self.following else None


@dataclass(frozen=True, slots=True)
class Told:
    """An account's lanes, and why its network could not be asked."""

    account: Account
    lanes: tuple[Lane, ...]
    error: RostrumError | None = None


def ask(ports: Ports, caller: Caller, account: Account, places: Mapping[str, Place], *, first: bool) -> Told:
    """A page of each of the account's lists that are not at their end. Raises Invalid (a cursor), store.Unavailable."""
    lanes: list[Lane] = []
    error: RostrumError | None = None
    known: list[Thread] = []
    interest.noted(ports, [account])
    if sources.answers(account.platform, "message") and (first or account.id in places):
        at, skip = places.get(account.id, ("", 0))
        try:
            lane, known = _listed(ports, caller, account, at, skip)
        except RostrumError as raised:
            if raised.code == "validation.cursor_invalid":
                raise
            error, lane = raised, Lane(account, account.id, (), at, skip, failed=True)
        lanes.append(lane)
    name = f"{account.id}{FILED}"
    if first or name in places:
        lanes.append(_filed(ports, account, name, places.get(name, ("", 0)), known))
    return Told(account, tuple(lanes), error)


def _listed(ports: Ports, caller: Caller, account: Account, at: str, skip: int) -> tuple[Lane, list[Thread]]:
    """The network's own page, and of those after it the first that has what was not filed; with all that was read."""
    known: list[Thread] = []
    lane = Lane(account, account.id, (), at, skip, at)
    for _ in range(PAGES):
        page = reading.conversations(ports, caller, account.id, at)
        noted = _noted(ports, account, page)
        known += noted
        lane = Lane(account, account.id, [None if _is_filed(one.note) else one for one in noted], at, skip, page.next)
        if lane.head or not page.next:
            break
        at, skip = page.next, 0
    return lane, known


def _is_filed(note: Note | None) -> bool:
    return note is not None and (note.heard or note.status == "archived")


def _noted(ports: Ports, account: Account, page: Page[Conversation]) -> list[Thread]:
    """The network's conversations with their notes, by their own ids or by the person's."""
    by_person = [one.people[0].id if len(one.people) == 1 else one.id for one in page.items]
    ids = [one.id for one in page.items] + by_person
    held = shelf.notes(ports, account.space, [(account.id, id_) for id_ in ids])
    found = []
    for number, talk in enumerate(page.items):
        own, persons = held[number], held[number + len(page.items)]
        found.append(Thread(talk, persons if persons and persons.heard else own or persons))
    return found


def _filed(ports: Ports, account: Account, name: str, place: Place, known: Sequence[Thread]) -> Lane:
    at, skip = place
    if at and not lookup.plain(at):
        raise cursors.refused()
    rows = shelf.threads(ports, account.space, account.id, at, STEP)
    live = {one.note.platform_id: one.conversation for one in known if one.note and one.note.heard}
    items = [of_note(note, live.get(note.platform_id)) for _, note in rows]
    for one in known:
        if one.note and one.note.heard and one.conversation.id not in (one.note.platform_id, one.note.talk_id):
            _linked(ports, account, one.note, one.conversation.id)
    return Lane(account, name, items, at, skip, rows[-1][0] if len(rows) == STEP else "")


def of_note(note: Note, live: Conversation | None = None) -> Thread:
    """A filed thread; ``live``: what the network says of it at this moment."""
    if live is None:
        shown = note.talk_id or note.platform_id
        until = window_end(note)
        return Thread(Conversation(shown, note.people, note.updated_at, note.snippet, reply_until=until), note)
    newer = note.updated_at > live.updated_at
    snippet, at = (note.snippet, note.updated_at) if newer else (live.snippet, live.updated_at)
    ends = [end for end in (live.reply_until, window_end(note)) if end]
    until = max(ends) if ends else None
    return Thread(replace(live, snippet=snippet, updated_at=at, reply_until=until), note)


def _linked(ports: Ports, account: Account, note: Note, talk_id: str) -> None:
    """Keep the conversation's id beside the person's: one write, once. Where it fails, the next reading keeps it."""
    with suppress(NotFound, Unavailable):
        path = shelf.path(account.space, account.id, note.platform_id)
        ports.store.commit([Write("update", path, {"talk_id": talk_id})])


def window_end(note: Note) -> datetime | None:
    """When the network takes no more answers, by the last message that was filed; None where it has no such end."""
    action = registry.manifest(note.platform).action("message.send")
    window = action.window if action else None
    return note.incoming_at + timedelta(hours=window.hours) if window and note.incoming_at else None


def merged(lanes: Sequence[Lane], most: int) -> list[tuple[Account, Thread]]:
    """The newest of all lanes, until one lane's page has ended and the next of its pages would be needed."""
    taken: list[tuple[Account, Thread]] = []
    while len(taken) < most:
        heads = [(one.conversation.updated_at, -number) for number, lane in enumerate(lanes) if (one := lane.head)]
        if not heads or any(lane.head is None and lane.following for lane in lanes):
            return taken
        lane = lanes[-max(heads)[1]]
        if lane.head is not None:
            taken.append((lane.account, lane.head))
        lane.index += 1
    return taken
