"""The inbox: what callers send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.api.v1.models_posts import MAX_TEXT, Id
from shared.operations.inbox.cursors import MAX as MAX_CURSOR

ThingId = Annotated[str, Field(min_length=1, max_length=2048)]
"""Our id of something (``rst_cmt_…``), or the network's."""
Cursor = Annotated[str, Field(max_length=MAX_CURSOR)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Since = Annotated[str, Field(max_length=64)]
"""RFC 3339."""


class AccountQuery(Body):
    """Whose."""

    account_id: Id


class InboxQuery(Body):
    """Which items. ``since``: said then or later. ``unread``: only those. ``own``: what the accounts said themselves, too."""

    type: Literal["comment", "message", "mention", "review"] | None = None
    account_id: str = Field("", max_length=128)
    brand_id: str = Field("", max_length=128)
    platform: str = Field("", max_length=64)
    unread: bool = False
    own: bool = False
    since: Since = ""
    limit: int = Field(25, ge=1, le=100)
    cursor: Cursor = ""


class MarkReadRequest(Body):
    """Which items, by their ``item_id``."""

    item_ids: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(min_length=1, max_length=100)


class CommentedPostsQuery(Body):
    """Which posts. ``brand_id`` and ``platform`` narrow it; ``since`` is about when they were published."""

    account_id: str = Field("", max_length=128)
    brand_id: str = Field("", max_length=128)
    platform: str = Field("", max_length=64)
    min_comments: int = Field(0, ge=0, le=1_000_000)
    since: Since = ""
    sort_by: Literal["date"] = "date"
    sort_order: Literal["desc", "asc"] = "desc"
    limit: int = Field(25, ge=1, le=100)
    cursor: Cursor = ""


class PostCommentsQuery(AccountQuery):
    """Whose post, and which page. ``q``: only those that have these words. ``moderation_status`` ``held_for_review``: only
    those that are hidden."""

    limit: int = Field(25, ge=1, le=100)
    cursor: Cursor = ""
    moderation_status: Literal["published", "held_for_review", "likely_spam"] = "published"
    order: Literal["recent", "relevance"] = "recent"
    q: str = Field("", max_length=256)


class RepliesQuery(AccountQuery):
    """Whose post, and which page."""

    limit: int = Field(10, ge=1, le=100)
    cursor: Cursor = ""


class AccountIdRequest(Body):
    """Whose."""

    account_id: Id


class ReplyToCommentRequest(Body):
    """An answer to a comment; without ``comment_id`` a comment on the post."""

    account_id: Id
    text: Text
    comment_id: ThingId | None = None


class MessageButton(Body):
    """A button: an address, or a word that comes back (``payload``)."""

    type: Literal["url", "postback"]
    title: str = Field(min_length=1, max_length=20)
    url: str | None = Field(None, max_length=2048)
    payload: str | None = Field(None, max_length=1000)


class PrivateReplyRequest(Body):
    """A message to who commented."""

    account_id: Id
    text: Text
    buttons: list[MessageButton] | None = Field(None, min_length=1, max_length=3)


class ConversationsQuery(Body):
    """Which conversations."""

    account_id: str = Field("", max_length=128)
    brand_id: str = Field("", max_length=128)
    page_id: str = Field("", max_length=128)
    platform: str = Field("", max_length=64)
    status: Literal["active", "archived"] = "active"
    limit: int = Field(25, ge=1, le=100)
    cursor: Cursor = ""


class UpdateConversationRequest(Body):
    """Put a conversation away, or back."""

    status: Literal["active", "archived"]


class ConversationMessagesQuery(Body):
    """Which page."""

    limit: int = Field(25, ge=1, le=200)
    cursor: Cursor = ""


class DMAttachmentInput(Body):
    """A file to send. ``type`` is read off the file where it is left out; a PDF is a ``file``."""

    source_type: Literal["url", "media_id", "platform_attachment_id"]
    source: str = Field(min_length=1, max_length=4096)
    type: Literal["image", "video", "audio", "file"] | None = None
    caption: str = Field("", max_length=1024)
    voice: bool = False


class MessageQuickReply(Body):
    """A ready answer that the person may touch."""

    title: str = Field(min_length=1, max_length=20)
    payload: str | None = Field(None, max_length=1000)


class MessageCard(Body):
    """One card of several side by side."""

    title: str = Field(min_length=1, max_length=80)
    subtitle: str | None = Field(None, max_length=80)
    image_url: str | None = Field(None, max_length=2048)
    buttons: list[MessageButton] | None = Field(None, max_length=3)


class MessageListRow(Body):
    """A line to choose."""

    id: str = Field(min_length=1, max_length=200)
    title: str = Field(min_length=1, max_length=24)
    description: str | None = Field(None, max_length=72)


class MessageListSection(Body):
    """Some lines under a heading."""

    title: str | None = Field(None, max_length=24)
    rows: list[MessageListRow] = Field(min_length=1, max_length=10)


class SendMessageRequest(Body):
    """A message: text, then a bubble for each attachment. At most one of quick_replies, buttons, cards, list_sections."""

    account_id: Id
    text: str = Field("", max_length=MAX_TEXT)
    attachments: list[DMAttachmentInput] | None = Field(None, max_length=10)
    attachment_url: str | None = Field(None, min_length=1, max_length=4096)
    """Deprecated: the same as one attachment of source_type url."""
    quick_replies: list[MessageQuickReply] | None = Field(None, min_length=1, max_length=13)
    buttons: list[MessageButton] | None = Field(None, min_length=1, max_length=3)
    cards: list[MessageCard] | None = Field(None, min_length=1, max_length=10)
    list_button: str | None = Field(None, min_length=1, max_length=20)
    list_sections: list[MessageListSection] | None = Field(None, min_length=1, max_length=10)
    message_tag: str | None = Field(None, min_length=1, max_length=64)
    reply_to_message_id: ThingId | None = None


class ReviewAccountsQuery(Body):
    """On which network."""

    platform: str = Field("", max_length=64)


class ReviewsQuery(Body):
    """Which reviews. Those by rating are the newest 250 or so, sorted."""

    limit: int = Field(20, ge=1, le=50)
    cursor: Cursor = ""
    order: Literal["newest", "rating_asc", "rating_desc"] = "newest"


class ReplyReviewRequest(Body):
    """An answer in public."""

    account_id: Id
    text: Text


class MentionsQuery(Body):
    """Which page; ``since``: mentions of then or later."""

    since: Since = ""
    limit: int = Field(20, ge=1, le=100)
    cursor: Cursor = ""


class ReplyToMentionRequest(Body):
    """A public comment under a mention. ``comment_id``: only for a mention in a comment, with the network's own ``media_id``."""

    media_id: ThingId
    text: Text
    comment_id: ThingId | None = None


def plain(items: list[Any] | None) -> list[dict[str, Any]] | None:
    """Models as the JSON that was sent."""
    return None if items is None else [one.model_dump(exclude_none=True) for one in items]
