"""LinkedIn's comments, reactions and mentions: what is read, and what the account does with it.

LinkedIn names the people behind comments by their URNs only; it gives their names to few. Comments on a member's posts may
be read by few applications (r_member_social), those on a page's posts by its administrators'. Mentions of a page come out
of its notifications of the last 60 days; of a member's there is no list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Comment, Conversation, Mention, Message, Page, Person, Review
from shared.platforms.linkedin import comments as threads
from shared.platforms.linkedin import listing, reactions, wire

MOST: Final = 50  # comments of one page
_SIZE: Final = 20  # threads read at once: each may hold replies, which are asked for one by one
_CAN: Final = frozenset({"comment.reply", "comment.like", "comment.unlike", "comment.delete"})


# ----------------------------------------------------------------------------------------------------- reading


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """The comments on one post, each followed by its replies. Raises Refused, Invalid (the cursor).

    The cursor is a thread's place and, after a dot, how much of it was given: 1 the comment itself, then its replies.
    """
    start, given = _place(cursor)
    found, more = listing.read(call, f"{wire.comments_url(post.id)}?start={start}&count={_SIZE}", _SIZE)
    items: list[Comment] = []
    for place, one in enumerate(found, start):
        if len(items) >= MOST:
            return Page(tuple(items), f"{place}.0")
        if not given:
            items.append(_comment(call, post.id, one))
        replies, unread = _replies(call, post.id, one, max(0, given - 1), MOST - len(items))
        items += replies
        if unread:
            return Page(tuple(items), f"{place}.{max(1, given) + len(replies)}")
        given = 0
    return Page(tuple(items), f"{start + len(found)}.0" if more else "")


def _replies(call: Call, post: str, one: Mapping[str, Any], start: int, room: int) -> tuple[Sequence[Comment], bool]:
    """Replies to a comment from ``start`` on, as many as there is room for; and whether there are more."""
    count = int((one.get("commentsSummary") or {}).get("aggregatedTotalComments") or 0)
    if count <= start or room <= 0:
        return (), count > start
    url = f"{wire.comments_url(threads.urn_of(one))}?start={start}&count={room}"
    page, more = listing.read(call, url, room)
    return [_comment(call, post, reply) for reply in page], more


def _place(cursor: str) -> tuple[int, int]:
    number, _, given = (cursor or "0.0").partition(".")
    if not number.isdecimal() or not (given or "0").isdecimal():
        text = "cursor: pass the one of the page before, or none to begin again."
        raise Invalid("validation.cursor_invalid", text, field="cursor")
    return int(number), int(given or 0)


def _comment(call: Call, post: str, one: Mapping[str, Any]) -> Comment:
    likes, replies, urn = one.get("likesSummary") or {}, one.get("commentsSummary") or {}, threads.urn_of(one)
    actor, own = str(one.get("actor") or ""), one.get("actor") == call.who.platform_account_id
    may_delete = own or wire.is_organization(call.who.platform_account_id)
    return Comment(
        id=urn,
        post_id=post,
        text=str((one.get("message") or {}).get("text") or ""),
        author=Person(actor, call.who.username if own else ""),
        at=_instant((one.get("created") or {}).get("time")),
        parent_id=str(one.get("parentComment") or ""),
        own=own,
        liked=bool(likes.get("likedByCurrentUser")),
        likes=likes.get("aggregatedTotalLikes"),
        replies=replies.get("aggregatedTotalComments"),
        permalink=f"{wire.permalink(post)}?commentUrn={wire.encoded(urn)}",
        can=_CAN if may_delete else _CAN - {"comment.delete"},
        handles={"post": post, "parent": str(one.get("parentComment") or "")},
        raw=one,
    )


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Posts of others that name the page, newest first. Raises Refused, Unsupported (a member's account)."""
    who = call.who.platform_account_id
    if not wire.is_organization(who):
        raise Unsupported(
            "platform.linkedin.mentions", "LinkedIn lists mentions of organizations' pages, not of members."
        )
    start, _ = _place(cursor)
    query = f"q=criteria&actions=List(SHARE_MENTION)&organizationalEntity={wire.encoded(who)}"
    found, more = listing.read(
        call, f"{wire.API}/organizationalEntityNotifications?{query}&start={start}&count={_SIZE}"
    )
    return Page(tuple(_mention(one) for one in found), str(start + _SIZE) if more else "")


def _mention(one: Mapping[str, Any]) -> Mention:
    share = (one.get("decoratedGeneratedActivity") or {}).get("share") or {}
    post = str(share.get("entity") or one.get("generatedActivity") or one.get("sourcePost") or "")
    return Mention(
        id=str(one.get("notificationId")),
        author=Person(str(share.get("owner") or "")),
        text=str(share.get("text") or ""),
        at=_instant(one.get("lastModifiedAt")),
        post_id=post,
        permalink=wire.permalink(post) if post else "",
        raw=one,
    )


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """Not offered: see the manifest."""
    raise _closed()


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """Not offered: see the manifest."""
    raise _closed()


def reviews(call: Call, cursor: str) -> Page[Review]:
    """Not offered: LinkedIn has no reviews."""
    raise Unsupported("platform.linkedin.reviews", "LinkedIn pages have no reviews.")


def _closed() -> Unsupported:
    return Unsupported("platform.linkedin.messages", "LinkedIn opens its messages to its own partners only.")


def _instant(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(float(milliseconds or 0) / 1000, UTC)


# ------------------------------------------------------------------------------------------------------- doing


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing needs preparing; what is acted on must be LinkedIn's. Raises Invalid."""
    kind = _ACTED_ON.get(act.verb, "a post or a comment")
    fits = wire.is_urn(act.on) and (kind != "a comment" or wire.is_comment(act.on))
    if not fits:
        text = f"on: {act.on[:64]!r} is not the URN of {kind} at LinkedIn (urn:li:…): give the id as it was answered."
        raise Invalid("platform.linkedin.id_invalid", text, field="on", platform="linkedin")
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request of the act. Raises Refused, AnswerLost, NotSent."""
    return _COMMITS[act.verb](call, act)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: LinkedIn answers when it is done."""
    raise TypeError("commit never answers Accepted here: LinkedIn acts before it answers")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """What became of the act, read from the thread. Raises Refused."""
    return _FINDS[act.verb](call, act, armed)


def _create(call: Call, act: Act) -> Published:
    return threads.write(call, act.on, act.text)


def _reply(call: Call, act: Act) -> Published:
    post, parent = _thread(act)
    return threads.write(call, post, act.text, parent)


def _delete(call: Call, act: Act) -> Published:
    threads.delete(call, act.on)
    return Published(act.on)


def _find_created(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    return threads.settle(call, act.on, act.text, armed.at - threads.CLOCK_SKEW, armed.taken)


def _find_reply(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    post, parent = _thread(act)
    return threads.settle(call, post, act.text, armed.at - threads.CLOCK_SKEW, armed.taken, parent)


def _find_deleted(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    return threads.find_deleted(call, act.on)


def _thread(act: Act) -> tuple[str, str]:
    """The post of the thread, and the first-level comment that a reply hangs on: LinkedIn's threads are one level deep."""
    post, parent = str(act.handles.get("post") or ""), str(act.handles.get("parent") or "")
    return (
        post if wire.is_urn(post) else wire.thread_of(act.on)[0],
        parent if wire.is_comment(parent) else act.on,
    )


_ACTED_ON: Final = {"comment.reply": "a comment", "comment.delete": "a comment"}
_COMMITS: Final[Mapping[str, Callable[[Call, Act], Published]]] = {
    "comment.create": _create,
    "comment.reply": _reply,
    "comment.delete": _delete,
    "comment.like": reactions.like,
    "comment.unlike": reactions.unlike,
    "post.like": reactions.like,
    "post.unlike": reactions.unlike,
}
_FINDS: Final[Mapping[str, Callable[[Call, Act, Armed], Published | Absent | Unsure]]] = {
    "comment.create": _find_created,
    "comment.reply": _find_reply,
    "comment.delete": _find_deleted,
    "comment.like": reactions.find_liked,
    "comment.unlike": reactions.find_unliked,
    "post.like": reactions.find_liked,
    "post.unlike": reactions.find_unliked,
}
