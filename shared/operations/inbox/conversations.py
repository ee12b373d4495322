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
from shared.operations.fan_out import asked_all
from shared.operations.inbox import cursors, ids, reading_marks, shelf, sources, threads, union
from shared.operations.inbox.ids import Named, NoId
from shared.operations.inbox.paging import filled
from shared.operations.inbox.shelf import Note, Status
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
    """A conversation and whose it is. ``unread`` None: the network does not say, and nobody marked it read since.

    ``key``: what its note is kept by: its id, or that of the person with whom it is.
    """

    account: Account
    conversation: Conversation
    status: Status
    unread: int | None
    key: str = ""

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
    places, first = cursors.places(of, wanted.cursor), not wanted.cursor
    open_ = {name.removesuffix(threads.FILED) for name in places}
    asked = [one for one in chosen if first or one.id in open_]
    told = asked_all(asked, lambda one: threads.ask(ports, caller, one, places, first=first))
    errors = [(one.of, error) for one in told if (error := one.error or (one.answer and one.answer.error))]
    lanes = [lane for one in told if one.answer for lane in one.answer.lanes]
    taken = threads.merged(lanes, wanted.limit)
    if wanted.account_id and errors and not taken:
        raise errors[0][1]
    rows = tuple(_row(account, one.conversation, one.note) for account, one in taken)
    following = {lane.name: place for lane in lanes if (place := lane.place())}
    on = following and not all(lane.failed for lane in lanes if lane.name in following)
    return Listed(rows, tuple(errors), cursors.write(of, following) if on else "")


def _accounts(ports: Ports, caller: Caller, wanted: Wanted) -> list[Account]:
    if wanted.account_id:
        found = [sources.offering(ports, caller, wanted.account_id, "message")]
    else:
        every = accounts.list_(ports, caller, wanted.platform or None, wanted.brand_id or None)
        found = [one for one in every if sources.has(one.platform, "message")]
    named = [one for one in found if wanted.page_id in ("", one.id, one.platform_account_id)]
    if len(named) > MOST:
        text = f"account_id: {len(named)} accounts have conversations; name one, or a brand_id or platform of at most {MOST}."
        raise Invalid("validation.field_required", text, field="account_id", limit=MOST, count=len(named))
    return named


def _row(account: Account, talk: Conversation, note: Note | None) -> Row:
    unread = 0 if note and note.read_at and talk.updated_at <= note.read_at else talk.unread
    if note and note.heard:
        unread = max(unread or 0, note.unread)
    key = note.platform_id if note else shelf.key_of(account.platform, talk)
    return Row(account, talk, note.status if note else "active", unread, key)


def _archived(ports: Ports, caller: Caller, wanted: Wanted, visible: Mapping[str, Account], of: str) -> Listed:
    def fetch(at: str) -> Page[Note]:
        if at and not lookup.plain(at):
            raise cursors.refused()
        found = shelf.archived(ports, caller.space, wanted.account_id, at, 100)
        return Page(tuple(note for _, note in found), found[-1][0] if len(found) == 100 else "")

    page = filled(fetch, of, wanted.limit, wanted.cursor, lambda note: note.account_id in visible)
    return Listed(tuple(_noted(visible[note.account_id], note) for note in page.items), next=page.next)


def _noted(account: Account, note: Note) -> Row:
    return _row(account, threads.of_note(note).conversation, note)


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
    account = sources.offering(ports, caller, account.id, "message")
    note = shelf.named(ports, caller.space, account.id, platform_id)
    try:
        talk = _looked_for(ports, caller, account, conversation_id, platform_id, note)
    except RostrumError:
        if note is None or not note.heard:
            raise
        return _row(account, threads.of_note(note).conversation, note)
    return _row(account, threads.of_note(note, talk).conversation if note and note.heard else talk, note)


def set_status(ports: Ports, caller: Caller, conversation_id: str, status: Status) -> None:
    """Put it away, or back. Raises as :func:`get`."""
    row = get(ports, caller, conversation_id)
    shelf.note(ports, caller.space, row.account.id, row.account.platform, row.conversation, status, key=row.key)


def mark_read(ports: Ports, caller: Caller, conversation_id: str) -> None:
    """Everything until now counts as read, in this workspace. Raises as :func:`get`."""
    row = get(ports, caller, conversation_id)
    shelf.note(ports, caller.space, row.account.id, row.account.platform, row.conversation, read=True, key=row.key)
    reading_marks.conversation(ports, row.account, {row.key, row.conversation.id})


def messages(
    ports: Ports, caller: Caller, conversation_id: str, limit: int, cursor: str = ""
) -> tuple[Account, union.Listed[Message]]:
    """What was said, newest first. Raises as :func:`get`."""
    account, platform_id = opened(ports, caller, conversation_id)
    account = sources.offering(ports, caller, account.id, "message")
    of = cursors.bound("messages", caller.space, account.id, platform_id)
    note = shelf.named(ports, caller.space, account.id, platform_id)
    talk = (note and note.talk_id) or platform_id
    names = dict.fromkeys([platform_id, talk, *([note.platform_id] if note else [])])
    asked = union.Asked(
        "message",
        Message,
        of,
        limit,
        cursor,
        (lambda at: reading.messages(ports, caller, account.id, talk, at)) if _is_asked(account, note, talk) else None,
        [{"conversation_id": name} for name in names],
    )
    try:
        return account, union.listed(ports, account, asked)
    except Missing:
        raise lookup.missing("conversation", conversation_id) from None


def _is_asked(account: Account, note: Note | None, talk: str) -> bool:
    """A thread that is known by the person alone has no id to ask its network by."""
    unnamed = note is not None and note.heard and not note.talk_id and talk in {one.id for one in note.people}
    return sources.answers(account.platform, "message") and not unnamed


def _looked_for(
    ports: Ports, caller: Caller, account: Account, conversation_id: str, platform_id: str, note: Note | None
) -> Conversation:
    """Among the newest of the account's; else what its messages tell of it."""
    at = ""
    for _ in range(_LOOKED if sources.answers(account.platform, "message") else 0):
        page = reading.conversations(ports, caller, account.id, at)
        for talk in page.items:
            if platform_id in (talk.id, *(one.id for one in talk.people if len(talk.people) == 1)):
                return talk
        at = page.next
        if not at:
            break
    if note and note.heard:
        return threads.of_note(note).conversation
    _, said = messages(ports, caller, conversation_id, 25)
    if not said.items:
        raise lookup.missing("conversation", conversation_id)
    people = {one.sender.id: one.sender for one in said.items if not one.own}
    newest: datetime = max(one.at for one in said.items)
    first = max(said.items, key=lambda one: one.at)
    return Conversation(platform_id, tuple(people.values()), newest, first.text)
