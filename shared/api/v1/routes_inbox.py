"""The inbox: comments, conversations, reviews: the routes, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.api.engine.routes import Method, Route

_HANDLERS = "shared.api.v1.handlers_inbox:"
_ASKS = "shared.api.v1.models_inbox:"
_SAYS = "shared.api.v1.views_inbox:"
_COMMON = "shared.api.v1.models_common:"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_READ = (
    "validation.field_required",
    "validation.field_invalid",
    "account.not_found",
    "account.reconnection_required",
    "resource.not_supported",
    "platform.*",
)
FILES = (  # of what takes files: how an address, or a file of the library, may be wrong
    *("media.not_found", "media.not_ready", "media.empty", "media.broken", "media.busy", "media.too_large"),
    *(
        "media.too_many_pixels",
        "media.unsupported_type",
        "validation.media_unfetchable",
        "validation.media_url_invalid",
    ),
    "publishing.media.unsupported_source",
)
_PAGED = ("validation.cursor_invalid",)
_SINCE = ("validation.time_invalid", "validation.offset_missing")
_ACT = (
    *_READ,
    "post.not_found",
    "validation.field_unknown",
    "validation.option_unknown",
    "validation.text_too_long",
    "validation.media_count",
    "validation.body_too_large",
    "media.not_found",
    "action.state_invalid",
    "validation.interaction_limit_exhausted",
)
_TALK = ("conversation.not_found",)

# What this dialect's documents call a refusal, where a network's folder has another name for it.
SPELLED: Mapping[str, str] = {
    "platform.instagram.private_reply_refused": "platform.instagram.private_reply_ineligible",
    "platform.facebook.private_reply_refused": "platform.facebook.private_reply_ineligible",
    "platform.facebook.outside_window": "platform.facebook.window_closed",
    "platform.whatsapp.window_closed": "whatsapp.window_closed",
    "platform.whatsapp.frequency_cap": "whatsapp.frequency_cap",
    "platform.whatsapp.pair_rate_limit": "whatsapp.pair_rate_limit",
    "platform.whatsapp.throughput_exceeded": "whatsapp.throughput_exceeded",
    "platform.whatsapp.user_opted_out": "whatsapp.user_opted_out",
    "platform.whatsapp.undeliverable": "whatsapp.undeliverable",
    "platform.whatsapp.template_not_found": "whatsapp.template_not_found",
    "platform.whatsapp.template_paused": "whatsapp.template_paused",
    "platform.whatsapp.business_app_number": "whatsapp.business_app_number",
    "platform.whatsapp.no_account": "whatsapp.no_account",
}
MESSAGING = tuple(
    f"whatsapp.{code}"
    for code in (
        *("window_closed", "frequency_cap", "pair_rate_limit", "throughput_exceeded", "user_opted_out"),
        *("undeliverable", "template_not_found", "template_paused"),
    )
)

_PROMISE = (
    "It is an action, with the promise of posts: sent at most once, never lost in silence. The answer waits up to 8 seconds "
    "for it. What takes longer goes on: 202 names the action and where to ask for it, and sending the request again without "
    "the same `Idempotency-Key` would be a second one. Where the network cannot say whether it arrived, that action's "
    "status is `needs_review`."
)
_IDS = "Ids are ours (`rst_…`, as they were listed) or the network's own."


def _act(method: Method, path: str, handler: str, what: str, answer: str, **more: Any) -> Route:
    """Something that others will see."""
    keyed: dict[str, Any] = {"idempotency": "commit"} if method == "POST" else {}
    errors = (*more.pop("errors", _ACT), *(_KEYED if keyed else ()))
    return Route(
        method,
        f"/v1/inbox/{path}",
        f"{_HANDLERS}{handler}",
        what,
        {200: answer, 202: f"{_SAYS}PendingResponse"},
        errors=errors,
        description=f"{_PROMISE} {_IDS}",
        **keyed,
        **more,
    )


def _get(path: str, handler: str, what: str, answer: str, **more: Any) -> Route:
    return Route("GET", f"/v1/inbox/{path}", f"{_HANDLERS}{handler}", what, {200: f"{_SAYS}{answer}"}, **more)


def _toggle(path: str, on: str, off: str, what: str, back: str) -> tuple[Route, Route]:
    whole = f"comments/{{postId}}/{{commentId}}/{path}"
    success, scope = f"{_COMMON}SuccessResponse", "inbox:write"
    example = {"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"}
    return (
        _act("POST", whole, on, what, success, scope=scope, body=f"{_ASKS}AccountIdRequest", example=example),
        _act("DELETE", whole, off, back, success, scope=scope, query=f"{_ASKS}AccountQuery"),
    )


FEED = (
    Route(
        "GET",
        "/v1/inbox",
        f"{_HANDLERS}inbox",
        "All that people said to the accounts, as it was filed, newest first",
        {200: f"{_SAYS}InboxResponse"},
        scope="inbox:read",
        query=f"{_ASKS}InboxQuery",
        errors=("validation.field_invalid", "account.not_found", "account.unsupported_platform", *_PAGED, *_SINCE),
        description=(
            "What the networks push and what is polled, for 90 days. No network is asked. Messages are in it where the key has "
            "`dms:read`, too. What was said before the account was connected is not in it, or is read already."
        ),
    ),
    Route(
        "POST",
        "/v1/inbox/read",
        f"{_HANDLERS}mark_items_read",
        "Count items as read",
        {200: f"{_SAYS}MarkedReadResponse"},
        scope="inbox:read",
        body=f"{_ASKS}MarkReadRequest",
        errors=("validation.field_invalid", *_KEYED),
        idempotency="claim",
        description="In this workspace: the network knows nothing of it. Ids that are none of yours are passed over.",
        example={"item_ids": ["itm_8d969eef6ecad3c29a3a629280e686cf0c3f5d5a"]},
    ),
)

COMMENTS = (
    _get(
        "comments",
        "commented_posts",
        "Posts that are live, with how many comments each has, newest first",
        "CommentedPostsListResponse",
        scope="inbox:read",
        query=f"{_ASKS}CommentedPostsQuery",
        errors=("validation.field_invalid", "account.not_found", "account.unsupported_platform", *_PAGED, *_SINCE),
        description=(
            "Posts that were published here, and posts that were made elsewhere of which comments were filed. Counts are asked of "
            "the networks at this moment; where they do not say, the comments that were filed are counted."
        ),
    ),
    _get(
        "comments/{postId}",
        "comments",
        "The comments right below a post, and what may be done to each, live",
        "CommentsWithCapsListResponse",
        scope="inbox:read",
        query=f"{_ASKS}PostCommentsQuery",
        errors=(*_READ, *_PAGED, "post.not_found"),
        description=(
            f"{_IDS} `postId` may be a post's own id here (`post_…`), too. What the network answers at this moment, and what it "
            "pushed or was polled before: each comment once. Where it cannot be asked, `errors` says why, beside what was filed."
        ),
    ),
    _get(
        "comments/{postId}/{commentId}/replies",
        "replies",
        "The answers to a comment, live",
        "CommentsWithCapsListResponse",
        scope="inbox:read",
        query=f"{_ASKS}RepliesQuery",
        errors=(*_READ, *_PAGED, "post.not_found"),
    ),
    _act(
        "POST",
        "comments/{postId}",
        "comment",
        "Answer a comment, or comment on the post",
        f"{_SAYS}ReplyToCommentSuccessResponse",
        scope="inbox:write",
        body=f"{_ASKS}ReplyToCommentRequest",
        example={
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "comment_id": "122100000000000001_1150000000000002",
            "text": "Thank you!",
        },
    ),
    _act(
        "DELETE",
        "comments/{postId}/{commentId}",
        "delete_comment",
        "Delete a comment",
        f"{_COMMON}SuccessResponse",
        scope="inbox:write",
        query=f"{_ASKS}AccountQuery",
    ),
    *_toggle("hide", "hide", "unhide", "Hide a comment", "Show a hidden comment again"),
    *_toggle("like", "like", "unlike", "Like a comment", "Take back the like of a comment"),
    _act(
        "POST",
        "comments/{postId}/{commentId}/private-reply",
        "private_reply",
        "Write a message to who commented",
        f"{_COMMON}SuccessResponse",
        scope="inbox:write",
        body=f"{_ASKS}PrivateReplyRequest",
        example={"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5", "text": "We have sent you the list."},
    ),
)

CONVERSATIONS = (
    _get(
        "conversations",
        "conversations",
        "Conversations of all accounts, the last touched first, live",
        "ConversationsListResponse",
        scope="dms:read",
        query=f"{_ASKS}ConversationsQuery",
        errors=(*_READ, *_PAGED, "account.unsupported_platform"),
        description=(
            "Each account's network is asked at this moment and the answers are merged. An account that cannot be asked is named in "
            "`errors`, and does not keep the others from it. Archived ones are shown as they were when they were archived."
        ),
    ),
    _get(
        "conversations/{id}",
        "conversation",
        "One conversation, live",
        "ConversationResponse",
        scope="dms:read",
        errors=(*_READ, *_TALK),
    ),
    Route(
        "PATCH",
        "/v1/inbox/conversations/{id}",
        f"{_HANDLERS}update_conversation",
        "Put a conversation away, or back",
        {200: f"{_COMMON}SuccessResponse"},
        scope="dms:read",
        body=f"{_ASKS}UpdateConversationRequest",
        errors=(*_READ, *_TALK),
        description="In this workspace: the network knows nothing of it.",
        example={"status": "archived"},
    ),
    Route(
        "POST",
        "/v1/inbox/conversations/{id}/read",
        f"{_HANDLERS}mark_read",
        "Count a conversation as read until now",
        {200: f"{_COMMON}SuccessResponse"},
        scope="dms:read",
        errors=(*_READ, *_TALK, *_KEYED),
        idempotency="claim",
        description="In this workspace: the other person does not see it.",
    ),
    _get(
        "conversations/{id}/messages",
        "messages",
        "The messages of a conversation, newest first, live",
        "MessagesListResponse",
        scope="dms:read",
        query=f"{_ASKS}ConversationMessagesQuery",
        errors=(*_READ, *_TALK, *_PAGED),
    ),
    _act(
        "POST",
        "conversations/{id}/messages",
        "send_message",
        "Send a message",
        f"{_SAYS}SendMessageResponse",
        scope="dms:send",
        body=f"{_ASKS}SendMessageRequest",
        errors=(*_ACT, *_TALK, *MESSAGING, *FILES),
        example={"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5", "text": "Yes, we are open on Sunday."},
    ),
)

REVIEWS = (
    _get(
        "reviews",
        "review_accounts",
        "Accounts that have reviews, and how these stand",
        "ReviewAccountsResponse",
        scope="inbox:read",
        query=f"{_ASKS}ReviewAccountsQuery",
        errors=("account.unsupported_platform",),
    ),
    _get(
        "reviews/{account_id}",
        "account_reviews",
        "The reviews of an account, live",
        "ReviewsListResponse",
        scope="inbox:read",
        query=f"{_ASKS}ReviewsQuery",
        errors=(*_READ, *_PAGED, "account.platform_unsupported"),
    ),
    _act(
        "POST",
        "reviews/{id}/reply",
        "reply_to_review",
        "Answer a review in public",
        f"{_SAYS}ReplyToReviewResponse",
        scope="inbox:write",
        body=f"{_ASKS}ReplyReviewRequest",
        errors=(*_ACT, "account.platform_unsupported"),
        example={"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5", "text": "Thank you, come again!"},
    ),
)

MENTIONS = (
    Route(
        "GET",
        "/v1/accounts/{id}/mentions",
        f"{_HANDLERS}account_mentions",
        "Where others named the account, live",
        {200: f"{_SAYS}MentionsListResponse"},
        scope="inbox:read",
        query=f"{_ASKS}MentionsQuery",
        errors=(*_READ, *_PAGED, *_SINCE),
    ),
    Route(
        "POST",
        "/v1/accounts/{id}/mentions/reply",
        f"{_HANDLERS}reply_to_mention",
        "Answer a mention in public",
        {200: f"{_SAYS}ReplyToCommentSuccessResponse", 202: f"{_SAYS}PendingResponse"},
        scope="inbox:write",
        body=f"{_ASKS}ReplyToMentionRequest",
        errors=(*_ACT, *_KEYED),
        idempotency="commit",
        description=f"{_PROMISE} {_IDS}",
        example={"media_id": "17900000000000001", "text": "Thank you for the photo!"},
    ),
)

ROUTES: tuple[Route, ...] = (*FEED, *COMMENTS, *CONVERSATIONS, *REVIEWS)
