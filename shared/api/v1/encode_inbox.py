"""From what the inbox's operations answer to this dialect's rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.api.v1 import views_inbox as views
from shared.api.v1.views_actions import CursorInfo, PersonInfo
from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.brands import brand_of
from shared.domain.errors import RostrumError
from shared.domain.inbox import Item
from shared.operations.inbox import comments, conversations, ids, mentions, posts, shown
from shared.operations.inbox.conversations import Row
from shared.operations.inbox.ids import Kind, Named
from shared.operations.inbox.reviews import Standing
from shared.platforms.contract_inbox import Comment, Mention, Message, Person, Review


def pagination(following: str) -> CursorInfo:
    """Whether and where it goes on."""
    return CursorInfo(has_more=bool(following), next_cursor=following or None)


def errors(told: Iterable[tuple[Account, RostrumError | None]]) -> list[views.AccountError] | None:
    """The accounts whose networks could not be asked, None where there is none."""
    found = [
        views.AccountError(account_id=one.id, platform=one.platform, code=error.code, message=error.message)
        for one, error in told
        if error
    ]
    return found or None


def id_of(kind: Kind, platform: str, thing: Any) -> str:
    """Our id of something that was read."""
    return ids.encode(kind, Named(platform, thing.id, "", getattr(thing, "handles", {})))


def new_id(kind: Kind, platform: str, platform_id: str) -> str:
    """Our id of something that was just made: its handles are found again by the id."""
    return ids.encode(kind, Named(platform, platform_id))


def person(one: Person) -> PersonInfo:
    """Somebody."""
    return PersonInfo(id=one.id, name=one.name, username=one.username, picture_url=one.picture_url)


def post(one: posts.Row) -> views.InboxPostRow:
    """A post that is live on an account; of one that was made elsewhere only its id and its comments are known."""
    live = one.target.first if one.target else None
    return views.InboxPostRow(
        id=new_id("post", one.account.platform, one.platform_id),
        post_id=one.post.id if one.post else None,
        platform_id=one.platform_id,
        platform=one.account.platform,
        account_id=one.account.id,
        page_id=one.account.platform_account_id,
        content=one.target.pieces[0].text if one.target else "",
        permalink=live.permalink if live else None,
        comment_count=one.comments,
        like_count=one.likes,
        created_at=one.at,
        published_at=one.target.published_at if one.target else None,
        updated_at=one.post.updated_at if one.post else one.at,
    )


def comment(platform: str, post_id: str, one: Comment) -> views.CommentWithCapabilities:
    """A comment with its flags."""
    return views.CommentWithCapabilities(
        id=id_of("comment", platform, one),
        platform_id=one.id,
        platform=platform,
        post_id=post_id,
        parent_id=one.parent_id if one.parent_id != post_id and one.parent_id else None,
        text=one.text,
        author_id=one.author.id,
        author_name=one.author.name,
        author_username=one.author.username or None,
        author_picture=one.author.picture_url or None,
        permalink=one.permalink or None,
        created_at=one.at,
        has_replies=None if one.replies is None else one.replies > 0,
        reply_count=one.replies,
        like_count=one.likes,
        liked_by_viewer=one.liked,
        is_hidden=one.hidden,
        is_owner=one.own,
        capabilities=views.CommentCapabilities(**comments.flags(platform, one)),
    )


def conversation(row: Row) -> views.ConversationRow:
    """A conversation; the first of several people is its participant."""
    talk, first = row.conversation, next(iter(row.conversation.people), None)
    return views.ConversationRow(
        id=row.id,
        account_id=row.account.id,
        page_id=row.account.platform_account_id,
        platform=row.account.platform,
        platform_id=talk.id,
        participant_id=first.id if first else None,
        participant_name=(first.name or first.username or None) if first else None,
        participant_picture=(first.picture_url or None) if first else None,
        participants=[person(one) for one in talk.people],
        last_message=talk.snippet or None,
        last_message_at=talk.updated_at,
        unread_count=row.unread,
        status=row.status,
        reply_until=talk.reply_until,
        updated_at=talk.updated_at,
    )


def message(account: Account, one: Message) -> views.MessageRow:
    """A message."""
    first = next(iter(one.attachments), None)
    return views.MessageRow(
        id=id_of("message", account.platform, one),
        platform_id=one.id,
        conversation_id=conversations.id_of(account, one.conversation_id),
        text=one.text,
        direction="outgoing" if one.own else "incoming",
        sender_id=one.sender.id,
        sender_name=one.sender.name or one.sender.username,
        attachment_type=first.type if first else None,
        attachment_url=(first.url or None) if first else None,
        attachments=[{"type": file.type, "url": file.url, "id": file.id} for file in one.attachments] or None,
        status="sent" if one.own else None,
        created_at=one.at,
    )


def standing(one: Standing) -> views.ReviewAccountRow:
    """An account's reviews in figures."""
    return views.ReviewAccountRow(
        account_id=one.account.id,
        name=one.account.name or one.account.username,
        platform=one.account.platform,
        status=one.status,
        average_rating=one.average,
        total_count=one.total,
        last_review_at=one.last_at,
    )


def review(platform: str, one: Review) -> views.ReviewItem:
    """A review with its answer. Networks tell one time: when it was written or last changed."""
    reply = None if one.reply is None else views.ReviewReplyInfo(text=one.reply, updated_at=one.reply_at)
    return views.ReviewItem(
        id=id_of("review", platform, one),
        platform_id=one.id,
        author=person(one.author),
        text=one.text,
        rating=one.stars,
        recommends=one.recommends,
        reply=reply,
        reply_url=one.permalink or None,
        created_at=one.at,
        updated_at=one.at,
    )


def mention(account: Account, one: Mention) -> views.MentionItem:
    """A mention."""
    who = one.author
    picture = {"avatar_url": who.picture_url, "picture_url": who.picture_url}
    return views.MentionItem(
        id=mentions.id_of(account, one),
        platform=account.platform,
        platform_id=one.id,
        account_id=account.id,
        page_id=account.platform_account_id,
        author=views.AuthorInfo(id=who.id, name=who.name, username=who.username, **picture),
        content=views.ContentInfo(text=one.text, media=[]),
        received_at=one.at,
        platform_post_id=one.post_id or None,
        permalink=one.permalink,
        metadata={"permalink_url": one.permalink, "comment_id": one.comment_id},
        text=one.text,
        at=one.at,
        post_id=one.post_id,
        comment_id=one.comment_id,
        handles=codec.encode(dict(one.handles)),
        raw=codec.encode(dict(one.raw)),
    )


def item(account: Account, one: Item) -> views.InboxItem:
    """Something that was filed."""
    who, thread = one.author, one.conversation_id
    media = [views.MediaInfo(type=file.type, url=file.url) for file in one.media]
    return views.InboxItem(
        item_id=one.id,
        id=ids.encode(one.kind, Named(one.platform, one.network_id, "", one.handles)),
        type=one.kind,
        platform=one.platform,
        platform_id=one.network_id,
        account_id=one.account_id,
        brand_id=brand_of(account),
        author=PersonInfo(id=who.id, name=who.name, username=who.username, picture_url=who.picture_url),
        content=views.ContentInfo(text=one.text, media=media),
        received_at=one.at,
        status=one.status,
        is_owner=one.own,
        is_hidden=one.hidden,
        post_id=one.our_post_id or None,
        platform_post_id=one.post_id or None,
        parent_id=one.parent_id or None,
        conversation_id=conversations.id_of(account, thread) if thread else None,
        permalink=one.permalink or None,
        rating=one.stars,
        recommends=one.recommends,
        delivery=one.delivery or None,
        actions=sorted(shown.can(one)),
    )
