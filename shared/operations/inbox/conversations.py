"""Conversations of all of a workspace's accounts, asked of their networks at this moment and merged, newest first.

What the workspace itself noted of them (archived, read) is in ``shelf``. An account that does not answer does not keep the
others from it: it is told beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Missing, RostrumError
from shared.operations import accounts, lookup
from shared.operations.engaging import ids as network_ids
from shared.operations.engaging import reading
from shared.operations.fan_out import Told, asked_all
from shared.operations.inbox import cursors, ids, shelf
from shared.operations.inbox.cursors import Place
from shared.operations.inbox.ids import Named, NoId
from shared.operations.inbox.paging import filled
from shared.operations.inbox.shelf import Note, Status
from shared.platforms import registry
from shared.platforms.contract_inbox import Conversation, Message, Page
from shared.ports.world import Ports

MOST = 50  # accounts in one list
_LOOKED = 3  # pages of an account's conversations in which one is looked for before its messages are asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations. ``page_id``: the network's id of the account, or ours."""

    account_id: str = ""
    brand_id: str = ""
    page_id: str = ""
    platform: str = ""
    status: Status = "active"
    limit: int = 25
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation and whose it is. ``unread`` None: the network does not say, and nobody marked it read since."""

    account: Account
    conversation: Conversation
    status: Status
    unread: int | None

    @property
    def id(self) -> str:
        return id_of(self.account, self.conversation.id)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, and the accounts that could not be asked, with why."""

    rows: tuple[Row, ...]
    errors: tuple[tuple[Account, RostrumError], ...] = ()
    next: str = ""


def id_of(account: Account, platform_id: str) -> str:
    """Our id of a conversation."""
    return ids.encode("conversation", Named(account.platform, platform_id, account.id))


# ----------------------------------------------------------------------------------------------------- listing


def list_(ports: Ports, caller: Caller, wanted: Wanted) -> Listed:
    """A page of conversations. Raises Invalid; with an account named also what asking it alone raises."""
    chosen = _accounts(ports, caller, wanted)
    what = (wanted.account_id, wanted.brand_id, wanted.page_id, wanted.platform, wanted.status)
    of = cursors.bound("conversations", caller.space, *what)
    if wanted.status == "archived":
        return _archived(ports, caller, wanted, {one.id: one for one in chosen}, of)
    places = cursors.places(of, wanted.cursor)
    asked = [one for one in chosen if not wanted.cursor or one.id in places]

    def ask(one: Account) -> Page[Conversation]:
        return reading.conversations(ports, caller, one.id, places.get(one.id, ("", 0))[0])

    told = asked_all(asked, ask)
    if wanted.account_id and told and told[0].error:
        raise told[0].error
    merge = _Merge([_Lane.of(one, places) for one in told if one.answer is not None])
    rows = _active(ports, caller, merge, wanted.limit)
    following = merge.places()
    errors = tuple((one.of, one.error) for one in told if one.error)
    return Listed(rows, errors, cursors.write(of, following) if following else "")


def _accounts(ports: Ports, caller: Caller, wanted: Wanted) -> list[Account]:
    if wanted.account_id:
        found = [reading.offering(ports, caller, wanted.account_id, "messages.list")]
    else:
        every = accounts.list_(ports, caller, wanted.platform or None, wanted.brand_id or None)
        found = [one for one in every if registry.manifest(one.platform).feature("messages.list") == "offered"]
    named = [one for one in found if wanted.page_id in ("", one.id, one.platform_account_id)]
    if len(named) > MOST:
        text = f"account_id: {len(named)} accounts have conversations; name one, or a brand_id or platform of at most {MOST}."
        raise Invalid("validation.field_required", text, field="account_id", limit=MOST, count=len(named))
    return named


@dataclass(slots=True)
class _Lane:
    """One account's page: ``index`` is the next conversation of it to be taken."""

    account: Account
    page: Page[Conversation]
    at: str
    index: int

    @staticmethod
    def of(told: Told[Account, Page[Conversation]], places: Mapping[str, Place]) -> _Lane:
        at, skip = places.get(told.of.id, ("", 0))
        return _Lane(told.of, told.answer or Page(()), at, skip)

    @property
    def head(self) -> Conversation | None:
        return self.page.items[self.index] if self.index < len(self.page.items) else None


class _Merge:
    """Takes the newest of all lanes, until one lane's page has ended and the next of its pages would be needed."""

    def __init__(self, lanes: list[_Lane]) -> None:
        self._lanes = lanes

    def take(self, most: int) -> list[tuple[Account, Conversation]]:
        """The next ones, fewer at the end."""
        taken: list[tuple[Account, Conversation]] = []
        while len(taken) < most and (one := self._next()) is not None:
            taken.append(one)
        return taken

    def _next(self) -> tuple[Account, Conversation] | None:
        if any(lane.head is None and lane.page.next for lane in self._lanes):
            return None
        heads = [(lane.head.updated_at, -number) for number, lane in enumerate(self._lanes) if lane.head]
        if not heads:
            return None
        lane = self._lanes[-max(heads)[1]]
        talk = lane.page.items[lane.index]
        lane.index += 1
        return lane.account, talk

    def places(self) -> dict[str, Place]:
        """Where each lane goes on; lanes that have ended are left out."""
        found: dict[str, Place] = {}
        for lane in self._lanes:
            if lane.head is not None:
                found[lane.account.id] = lane.at, lane.index
            elif lane.page.next:
                found[lane.account.id] = lane.page.next, 0
        return found


def _active(ports: Ports, caller: Caller, merge: _Merge, limit: int) -> tuple[Row, ...]:
    rows: list[Row] = []
    while len(rows) < limit and (some := merge.take(limit - len(rows))):
        held = shelf.notes(ports, caller.space, [(account.id, talk.id) for account, talk in some])
        rows += [_row(*one, note) for one, note in zip(some, held, strict=True) if not note or note.status == "active"]
    return tuple(rows)


def _row(account: Account, talk: Conversation, note: Note | None) -> Row:
    unread = talk.unread
    if note and note.read_at and talk.updated_at <= note.read_at:
        unread = 0
    return Row(account, talk, note.status if note else "active", unread)


def _archived(ports: Ports, caller: Caller, wanted: Wanted, visible: Mapping[str, Account], of: str) -> Listed:
    def fetch(at: str) -> Page[Note]:
        if at and not lookup.plain(at):
            raise cursors.refused()
        found = shelf.archived(ports, caller.space, wanted.account_id, at, 100)
        return Page(tuple(note for _, note in found), found[-1][0] if len(found) == 100 else "")

    page = filled(fetch, of, wanted.limit, wanted.cursor, lambda note: note.account_id in visible)
    return Listed(tuple(_noted(visible[note.account_id], note) for note in page.items), next=page.next)


def _noted(account: Account, note: Note) -> Row:
    talk = Conversation(note.platform_id, note.people, note.updated_at, note.snippet)
    return _row(account, talk, note)


# ------------------------------------------------------------------------------------------------- one of them


def opened(ports: Ports, caller: Caller, conversation_id: str, account_id: str = "") -> tuple[Account, str]:
    """Whose conversation an id names, and the network's id of it. ``account_id`` is needed for the network's own ids.

    Raises Missing (``conversation.not_found``; also for another workspace's), Invalid.
    """
    try:
        named = ids.decode("conversation", conversation_id)
    except NoId:
        raise lookup.missing("conversation", conversation_id) from None
    owner = named.account_id if named else account_id
    try:
        account = accounts.get(ports, caller, owner)
    except Missing:
        raise lookup.missing("conversation", conversation_id) from None
    if named and (named.platform != account.platform or account_id not in ("", account.id)):
        raise lookup.missing("conversation", conversation_id)
    platform_id = named.id if named else conversation_id
    network_ids.check(id=platform_id)
    return account, platform_id


def get(ports: Ports, caller: Caller, conversation_id: str) -> Row:
    """One conversation as it is now. Raises Missing, Unsupported, and what asking the network raises."""
    account, platform_id = opened(ports, caller, conversation_id)
    talk = _looked_for(ports, caller, account, conversation_id, platform_id)
    (note,) = shelf.notes(ports, caller.space, [(account.id, platform_id)])
    return _row(account, talk, note)


def set_status(ports: Ports, caller: Caller, conversation_id: str, status: Status) -> None:
    """Put it away, or back. Raises as :func:`get`."""
    row = get(ports, caller, conversation_id)
    shelf.note(ports, caller.space, row.account.id, row.account.platform, row.conversation, status)


def mark_read(ports: Ports, caller: Caller, conversation_id: str) -> None:
    """Everything until now counts as read, in this workspace. Raises as :func:`get`."""
    row = get(ports, caller, conversation_id)
    shelf.note(ports, caller.space, row.account.id, row.account.platform, row.conversation, read=True)


def messages(
    ports: Ports, caller: Caller, conversation_id: str, limit: int, cursor: str = ""
) -> tuple[Account, Page[Message]]:
    """What was said, newest first. Raises as :func:`get`."""
    account, platform_id = opened(ports, caller, conversation_id)
    of = cursors.bound("messages", caller.space, account.id, platform_id)
    try:
        return account, filled(
            lambda at: reading.messages(ports, caller, account.id, platform_id, at), of, limit, cursor
        )
    except Missing:
        raise lookup.missing("conversation", conversation_id) from None


def _looked_for(ports: Ports, caller: Caller, account: Account, conversation_id: str, platform_id: str) -> Conversation:
    """Among the newest of the account's; else what its messages tell of it."""
    at = ""
    for _ in range(_LOOKED):
        page = reading.conversations(ports, caller, account.id, at)
        for talk in page.items:
            if talk.id == platform_id:
                return talk
        at = page.next
        if not at:
            break
    _, said = messages(ports, caller, conversation_id, 25)
    if not said.items:
        raise lookup.missing("conversation", conversation_id)
    people = {one.sender.id: one.sender for one in said.items if not one.own}
    newest: datetime = max(one.at for one in said.items)
    first = max(said.items, key=lambda one: one.at)
    return Conversation(platform_id, tuple(people.values()), newest, first.text)
