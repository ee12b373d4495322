"""The inbox: what callers are sent. What a network does not say is left out."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import Time, View
from shared.api.v1.views_actions import CursorInfo, PersonInfo


class PendingResponse(View):
    """Accepted, and not over yet: it is sent at most once. Ask at ``poll`` what became of it; do not send it again.

    Of a message of several bubbles: what was sent already, and how many were ``not_begun`` and need a request of their own.
    """

    action_id: str
    status: str
    poll: str
    message_ids: list[str] | None = None
    sent_count: int | None = None
    not_begun: int | None = None


class AccountError(View):
    """An account that could not be asked, and why."""

    account_id: str
    platform: str
    code: str
    message: str


class InboxPostRow(View):
    """A post that is live on one account. Counts are left out where the network does not give them now."""

    id: str
    """For ``/v1/inbox/comments/{postId}``; so are ``platform_id`` (if it has no slash) and ``post_id``."""
    post_id: str | None = None
    """Ours; posts that were made elsewhere have none."""
    platform_id: str
    platform: str
    account_id: str
    page_id: str
    """The network's id of the account (a Page is an account of its own here)."""
    content: str
    permalink: str | None = None
    comment_count: int | None = None
    like_count: int | None = None
    created_at: Time
    published_at: Time | None = None
    updated_at: Time


class CommentedPostsListResponse(View):
    """Posts, the newest first unless asked otherwise."""

    data: list[InboxPostRow]
    pagination: CursorInfo


class CommentCapabilities(View):
    """What may be done to a comment now."""

    can_reply: bool
    can_delete: bool
    can_hide: bool
    can_like: bool
    can_private_reply: bool


class CommentWithCapabilities(View):
    """A comment, and what may be done to it. ``id`` or ``platform_id`` name it."""

    id: str
    platform_id: str
    platform: str
    post_id: str
    parent_id: str | None = None
    text: str
    author_id: str
    author_name: str
    author_username: str | None = None
    author_picture: str | None = None
    permalink: str | None = None
    created_at: Time
    has_replies: bool | None = None
    reply_count: int | None = None
    like_count: int | None = None
    liked_by_viewer: bool
    is_hidden: bool
    is_owner: bool
    capabilities: CommentCapabilities


class CommentsWithCapsListResponse(View):
    """Comments."""

    data: list[CommentWithCapabilities]
    pagination: CursorInfo
    errors: list[AccountError] | None = None
    """The account's network could not be asked: these are the ones that were filed here."""


class ReplyToCommentSuccessResponse(View):
    """It is there. ``comment_id``: ours; ``platform_id``: the network's."""

    success: bool = True
    comment_id: str
    platform_id: str


class ConversationRow(View):
    """A conversation of one account."""

    id: str
    account_id: str
    page_id: str
    """The network's id of the account."""
    platform: str
    platform_id: str
    participant_id: str | None = None
    participant_name: str | None = None
    participant_picture: str | None = None
    participants: list[PersonInfo]
    last_message: str | None = None
    last_message_at: Time
    unread_count: int | None = None
    status: Literal["active", "archived"]
    reply_until: Time | None = None
    """When the network's window for answers closes, where it has one and it is known."""
    updated_at: Time


class ConversationsListResponse(View):
    """Conversations, the last touched first, as the networks had them at ``last_synced_at``: just now. ``errors``: the
    accounts that are missing in it."""

    data: list[ConversationRow]
    pagination: CursorInfo
    sync_state: Literal["idle"] = "idle"
    last_synced_at: Time
    errors: list[AccountError] | None = None


class ConversationResponse(View):
    """One conversation."""

    data: ConversationRow


class MessageRow(View):
    """One message. Of several attachments the first is named in ``attachment_url``."""

    id: str
    platform_id: str
    conversation_id: str
    text: str
    direction: Literal["incoming", "outgoing"]
    sender_id: str
    sender_name: str
    attachment_type: str | None = None
    attachment_url: str | None = None
    attachments: list[dict[str, str]] | None = None
    status: Literal["sent"] | None = None
    """Of one's own: the network has it."""
    created_at: Time


class MessagesListResponse(View):
    """The messages of a conversation, newest first, as the network had them at ``last_synced_at``: just now."""

    data: list[MessageRow]
    pagination: CursorInfo
    sync_state: Literal["idle"] = "idle"
    last_synced_at: Time
    errors: list[AccountError] | None = None
    """The account's network could not be asked: these are the ones that were filed here."""


class SendMessageResponse(View):
    """All of it was sent: the network's ids, in order."""

    success: bool = True
    message_ids: list[str]
    message_id: str
    """Deprecated: the first of them."""


class ReviewAccountRow(View):
    """How an account's reviews stand; figures only where all of them could be read."""

    account_id: str
    name: str
    platform: str
    status: Literal["ok", "reconnection_required", "error"]
    average_rating: float | None = None
    total_count: int | None = None
    last_review_at: Time | None = None


class ReviewAccountsResponse(View):
    """Accounts that have reviews."""

    data: list[ReviewAccountRow]


class ReviewReplyInfo(View):
    """The answer that stands below a review."""

    text: str
    updated_at: Time | None = None


class ReviewItem(View):
    """A review: stars (``rating``), or yes and no (``recommends``)."""

    id: str
    platform_id: str
    author: PersonInfo
    text: str
    rating: int | None = None
    recommends: bool | None = None
    reply: ReviewReplyInfo | None = None
    reply_url: str | None = None
    created_at: Time
    updated_at: Time


class ReviewSummaryResponse(View):
    """How the reviews stand, where all of them were read."""

    total_count: int
    average_rating: float | None = None


class ReviewsListResponse(View):
    """Reviews of one account."""

    data: list[ReviewItem]
    pagination: CursorInfo
    summary: ReviewSummaryResponse | None = None
    errors: list[AccountError] | None = None
    """The account's network could not be asked: these are the ones that were filed here."""


class ReplyToReviewResponse(View):
    """The answer stands."""

    success: bool = True
    reply_id: str


class AuthorInfo(View):
    """Somebody on the network, as far as it says."""

    id: str
    name: str
    username: str
    avatar_url: str
    picture_url: str


class MediaInfo(View):
    """A file of what was said."""

    type: str
    url: str


class ContentInfo(View):
    """What was said."""

    text: str
    media: list[MediaInfo]


class MentionItem(View):
    """Where somebody named the account. ``id`` is ours and answers it (``media_id``); the network's is ``platform_id``."""

    id: str
    type: Literal["mention"] = "mention"
    platform: str
    platform_id: str
    account_id: str
    page_id: str
    """The network's id of the account."""
    author: AuthorInfo
    content: ContentInfo
    received_at: Time
    platform_post_id: str | None = None
    permalink: str
    metadata: dict[str, Any]
    text: str
    at: Time
    post_id: str
    """The network's id of the post."""
    comment_id: str
    handles: dict[str, Any]
    raw: dict[str, Any]


class MentionsListResponse(View):
    """Mentions of the account; ``count`` of this page."""

    data: list[MentionItem]
    count: int
    next_cursor: str | None = None
    pagination: CursorInfo
    errors: list[AccountError] | None = None
    """The account's network could not be asked: these are the ones that were filed here."""


class InboxItem(View):
    """Something that was said to an account, or by it (``is_owner``), as it was filed here."""

    item_id: str
    """For ``POST /v1/inbox/read``."""
    id: str
    """For the inbox's other routes."""
    type: Literal["comment", "message", "mention", "review"]
    platform: str
    platform_id: str
    account_id: str
    brand_id: str
    author: PersonInfo
    content: ContentInfo
    received_at: Time
    status: Literal["unread", "read", "archived"]
    is_owner: bool
    is_hidden: bool
    post_id: str | None = None
    """Ours, where the post was made here."""
    platform_post_id: str | None = None
    parent_id: str | None = None
    """The network's id of the comment that is answered, or that names the account."""
    conversation_id: str | None = None
    permalink: str | None = None
    rating: int | None = None
    recommends: bool | None = None
    delivery: Literal["sent", "delivered", "read", "failed"] | None = None
    """Of one's own message, how far it came, where the network tells."""
    actions: list[str]
    """What may be done to it, by the names of ``POST /v1/actions``."""


class InboxResponse(View):
    """Items of all accounts, the newest first. A page may hold fewer than ``limit`` and still have a next one."""

    data: list[InboxItem]
    pagination: CursorInfo


class MarkedReadResponse(View):
    """How many were unread before."""

    success: bool = True
    updated: int
