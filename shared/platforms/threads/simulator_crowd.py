"""The others on the simulated Threads: who answers, mentions and posts. Nothing of it is stored: it follows from ids.

A reply of the crowd has the id of the post with two digits more, a mention that of the account with two digits more; so
whoever knows an id can look it up. ``STRANGERS`` are posts of others that are always there, to quote, repost and answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.platforms import _alive as alive
from shared.platforms._pushes import Later
from shared.platforms.contract import World
from shared.platforms.threads import simulator_state as state
from shared.platforms.threads.simulator_state import Document

MOST_REPLIES = 8
STRANGERS = tuple(f"1800000000000000{number}" for number in range(1, 6))


def post(id_: str, who: alive.Someone, text: str, at: datetime, **more: object) -> Document:
    """A text post or reply of somebody."""
    return {
        "id": id_,
        "account": "",
        "username": who.username,
        "at": at.timestamp(),
        "text": text,
        "type": "TEXT_POST",
        "items": 0,
        "permalink": state.permalink(who.username, id_),
        **more,
    }


def replies(world: World, of: Document) -> list[Document]:
    """What the crowd has answered to an account's own post so far, oldest first."""
    if not of["account"] or of.get("root") or of["type"] == "REPOST_FACADE":
        return []
    remarks = alive.comments(of["id"], datetime.fromtimestamp(of["at"], UTC), world.now, MOST_REPLIES)
    found = []
    for remark in remarks:
        id_ = reply_id(of["id"], remark.number)
        parent = of["id"] if remark.parent is None else reply_id(of["id"], remark.parent)
        document = post(id_, remark.who, remark.text, remark.at, root=of["id"], parent=parent)
        found.append(document | (world.get("hidden", id_) or {}))
    return found


def will_reply(world: World, of: Document) -> list[Document]:
    """What the crowd will have answered in the end."""
    return replies(Later(world, datetime.fromtimestamp(of["at"], UTC) + timedelta(days=3)), of)


def mentions(world: World, account: Document) -> list[Document]:
    """Where the crowd has named the account so far, oldest first."""
    since = datetime.fromtimestamp(account["made"], UTC)
    remarks = alive.mentions(account["id"], f"@{account['username']}", since, world.now)
    return [post(f"{account['id']}{one.number:02d}", one.who, one.text, one.at) for one in remarks]


def known(world: World, id_: str) -> Document | None:
    """Something of the crowd's by its id, None when there is none (yet)."""
    if id_ in STRANGERS:
        who = alive.someone(f"threads/{id_}")
        return post(id_, who, "Good morning from the mountains.", datetime(2026, 1, 1, tzinfo=UTC))
    of, account = world.get("media", id_[:-2]), world.get("account", id_[:-2])
    rows = replies(world, of) if of else mentions(world, account) if account else []
    return next((row for row in rows if row["id"] == id_), None)


def reply_id(post_id: str, number: int) -> str:
    """The id of the crowd's reply of this number."""
    return f"{post_id}{number:02d}"
