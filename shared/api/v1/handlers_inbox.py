"""The inbox: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import awaited
from shared.api.v1 import encode_inbox as encode
from shared.api.v1 import models_inbox as models
from shared.api.v1 import views_inbox as views
from shared.api.v1.models_common import SuccessResponse
from shared.domain.errors import Invalid, Unsupported
from shared.domain.posts import Target
from shared.operations.engaging.commands import Order
from shared.operations.inbox import comments as commenting
from shared.operations.inbox import conversations as talking
from shared.operations.inbox import feed, mentions, naming, posts, reviews, sending
from shared.operations.inbox.comments import Below
from shared.operations.inbox.sending import Bubble, Letter
from shared.operations.posts.commands import MediaInput

_ON = Exchange[models.AccountIdRequest, None]
_OFF = Exchange[None, models.AccountQuery]


def inbox(x: Exchange[None, models.InboxQuery]) -> Reply:
    """GET /v1/inbox"""
    q = x.query
    wanted = feed.Wanted(q.type, q.account_id, q.brand_id, q.platform, q.unread, q.own, q.since, q.limit, q.cursor)
    page = feed.list_(x.ports, x.caller, wanted)
    rows = [encode.item(*one) for one in page.items]
    return Reply(200, views.InboxResponse(data=rows, pagination=encode.pagination(page.next)))


def mark_items_read(x: Exchange[models.MarkReadRequest, None]) -> Reply:
    """POST /v1/inbox/read"""
    updated = feed.mark_read(x.ports, x.caller, x.body.item_ids)
    return Reply(200, views.MarkedReadResponse(updated=updated))


# ---------------------------------------------------------------------------------------------------- comments


def commented_posts(x: Exchange[None, models.CommentedPostsQuery]) -> Reply:
    """GET /v1/inbox/comments"""
    q = x.query
    wanted = posts.Wanted(
        q.account_id, q.brand_id, q.platform, q.min_comments, q.since, q.sort_order, q.limit, q.cursor
    )
    page = posts.list_(x.ports, x.caller, wanted)
    rows = [encode.post(one) for one in page.items]
    return Reply(200, views.CommentedPostsListResponse(data=rows, pagination=encode.pagination(page.next)))


def comments(x: Exchange[None, models.PostCommentsQuery]) -> Reply:
    """GET /v1/inbox/comments/{postId}"""
    q = x.query
    held = q.moderation_status == "held_for_review"
    if q.order != "recent" or q.moderation_status == "likely_spam":
        name = "order" if q.order != "recent" else "moderation_status"
        text = f"{name}: comments are read newest first, and all that are not spam to the network; leave it out."
        raise Unsupported("resource.not_supported", text, field=name)
    return _comments(x, Below(q.account_id, x.path["postId"], "", q.limit, q.cursor, q.q, held))


def replies(x: Exchange[None, models.RepliesQuery]) -> Reply:
    """GET /v1/inbox/comments/{postId}/{commentId}/replies"""
    q = x.query
    return _comments(x, Below(q.account_id, x.path["postId"], x.path["commentId"], q.limit, q.cursor))


def _comments(x: Exchange[Any, Any], wanted: Below) -> Reply:
    account, post, page = commenting.list_(x.ports, x.caller, wanted)
    rows = [encode.comment(account.platform, post, one) for one in page.items]
    errors = encode.errors([(account, page.error)])
    following = encode.pagination(page.next)
    return Reply(200, views.CommentsWithCapsListResponse(data=rows, pagination=following, errors=errors))


def comment(x: Exchange[models.ReplyToCommentRequest, None]) -> Reply:
    """POST /v1/inbox/comments/{postId}"""
    body = x.body
    if body.comment_id is None:
        order = commenting.on_the_post(x.ports, x.caller, body.account_id, x.path["postId"], body.text)
    else:
        order = commenting.order(x.ports, x.caller, body.account_id, "comment.reply", body.comment_id, body.text)
    return awaited.one(x, order, _commented)


def _commented(target: Target) -> Reply:
    made = target.first.id if target.first else ""
    shown = encode.new_id("comment", target.platform, made) if made else ""
    return Reply(200, views.ReplyToCommentSuccessResponse(comment_id=shown, platform_id=made))


def delete_comment(x: _OFF) -> Reply:
    """DELETE /v1/inbox/comments/{postId}/{commentId}"""
    return _done(x, x.query.account_id, "comment.delete")


def hide(x: _ON) -> Reply:
    """POST /v1/inbox/comments/{postId}/{commentId}/hide"""
    return _done(x, x.body.account_id, "comment.hide")


def unhide(x: _OFF) -> Reply:
    """DELETE /v1/inbox/comments/{postId}/{commentId}/hide"""
    return _done(x, x.query.account_id, "comment.unhide")


def like(x: _ON) -> Reply:
    """POST /v1/inbox/comments/{postId}/{commentId}/like"""
    return _done(x, x.body.account_id, "comment.like")


def unlike(x: _OFF) -> Reply:
    """DELETE /v1/inbox/comments/{postId}/{commentId}/like"""
    return _done(x, x.query.account_id, "comment.unlike")


def private_reply(x: Exchange[models.PrivateReplyRequest, None]) -> Reply:
    """POST /v1/inbox/comments/{postId}/{commentId}/private-reply"""
    if x.body.buttons:
        text = "buttons: private replies are sent without buttons here. Leave them out."
        raise Invalid("validation.field_invalid", text, field="buttons")
    return _done(x, x.body.account_id, "comment.private_reply", x.body.text)


def _done(x: Exchange[Any, Any], account_id: str, verb: str, text: str = "") -> Reply:
    order = commenting.order(x.ports, x.caller, account_id, verb, x.path["commentId"], text)
    return awaited.one(x, order, lambda _: Reply(200, SuccessResponse()))


# ----------------------------------------------------------------------------------------------- conversations


def conversations(x: Exchange[None, models.ConversationsQuery]) -> Reply:
    """GET /v1/inbox/conversations"""
    q = x.query
    wanted = talking.Wanted(q.account_id, q.brand_id, q.page_id, q.platform, q.status, q.limit, q.cursor)
    found = talking.list_(x.ports, x.caller, wanted)
    errors = encode.errors(found.errors)
    rows, following = [encode.conversation(row) for row in found.rows], encode.pagination(found.next)
    now = x.ports.clock.now()
    body = views.ConversationsListResponse(data=rows, pagination=following, errors=errors, last_synced_at=now)
    return Reply(200, body)


def conversation(x: Exchange[None, None]) -> Reply:
    """GET /v1/inbox/conversations/{id}"""
    row = talking.get(x.ports, x.caller, x.path["id"])
    return Reply(200, views.ConversationResponse(data=encode.conversation(row)))


def update_conversation(x: Exchange[models.UpdateConversationRequest, None]) -> Reply:
    """PATCH /v1/inbox/conversations/{id}"""
    talking.set_status(x.ports, x.caller, x.path["id"], x.body.status)
    return Reply(200, SuccessResponse())


def mark_read(x: Exchange[None, None]) -> Reply:
    """POST /v1/inbox/conversations/{id}/read"""
    talking.mark_read(x.ports, x.caller, x.path["id"])
    return Reply(200, SuccessResponse())


def messages(x: Exchange[None, models.ConversationMessagesQuery]) -> Reply:
    """GET /v1/inbox/conversations/{id}/messages"""
    account, page = talking.messages(x.ports, x.caller, x.path["id"], x.query.limit, x.query.cursor)
    rows = [encode.message(account, one) for one in page.items]
    following, now = encode.pagination(page.next), x.ports.clock.now()
    errors = encode.errors([(account, page.error)])
    return Reply(200, views.MessagesListResponse(data=rows, pagination=following, last_synced_at=now, errors=errors))


def send_message(x: Exchange[models.SendMessageRequest, None]) -> Reply:
    """POST /v1/inbox/conversations/{id}/messages"""
    account, platform_id = talking.opened(x.ports, x.caller, x.path["id"], x.body.account_id)
    for index, one in enumerate(x.body.attachments or ()):
        if one.voice:
            text = f"attachments[{index}].voice: recordings are not sent as voice messages here. Leave it out."
            raise Invalid("validation.field_invalid", text, field=f"attachments[{index}].voice")
    letter = _letter(x.body)
    if quoted := x.body.reply_to_message_id:
        named = naming.thing(account, "message", quoted, "reply_to_message_id")
        letter = Letter(letter.text, letter.attachments, {**letter.extras, "reply_to_message_id": named.id})
    return awaited.several(x, sending.orders(account, platform_id, letter), _sent)


def _letter(body: models.SendMessageRequest) -> Letter:
    bubbles = [Bubble(_file(one), one.caption) for one in body.attachments or ()]
    if body.attachment_url:
        bubbles.append(Bubble(MediaInput("url", body.attachment_url)))
    lists = {name: models.plain(getattr(body, name)) for name in ("quick_replies", "buttons", "cards", "list_sections")}
    extras = {**lists, "list_button": body.list_button, "message_tag": body.message_tag}
    return Letter(body.text, tuple(bubbles), {name: value for name, value in extras.items() if value is not None})


def _file(one: models.DMAttachmentInput) -> MediaInput:
    return MediaInput(one.source_type, one.source, "document" if one.type == "file" else one.type)


def _sent(sent: awaited.Sent) -> Reply:
    made = sent.ids
    return Reply(200, views.SendMessageResponse(message_ids=made, message_id=made[0] if made else ""))


# ------------------------------------------------------------------------------------------ reviews, mentions


def review_accounts(x: Exchange[None, models.ReviewAccountsQuery]) -> Reply:
    """GET /v1/inbox/reviews"""
    found = reviews.standings(x.ports, x.caller, x.query.platform)
    return Reply(200, views.ReviewAccountsResponse(data=[encode.standing(one) for one in found]))


def account_reviews(x: Exchange[None, models.ReviewsQuery]) -> Reply:
    """GET /v1/inbox/reviews/{account_id}"""
    q = x.query
    account, page, whole = reviews.of_account(x.ports, x.caller, x.path["account_id"], q.order, q.limit, q.cursor)
    summary = None
    if whole and whole.total is not None:
        summary = views.ReviewSummaryResponse(total_count=whole.total, average_rating=whole.average)
    rows = [encode.review(account.platform, one) for one in page.items]
    following = encode.pagination(page.next)
    errors = encode.errors([(account, page.error)])
    return Reply(200, views.ReviewsListResponse(data=rows, pagination=following, summary=summary, errors=errors))


def reply_to_review(x: Exchange[models.ReplyReviewRequest, None]) -> Reply:
    """POST /v1/inbox/reviews/{id}/reply"""
    order = reviews.order(x.ports, x.caller, x.body.account_id, x.path["id"], x.body.text)
    return awaited.one(x, order, _answered)


def _answered(target: Target) -> Reply:
    """A review has one answer, which the networks name by the review."""
    made = target.first.id if target.first else ""
    return Reply(200, views.ReplyToReviewResponse(reply_id=made))


def account_mentions(x: Exchange[None, models.MentionsQuery]) -> Reply:
    """GET /v1/accounts/{id}/mentions"""
    q = x.query
    account, page = mentions.list_(x.ports, x.caller, x.path["id"], q.since, q.limit, q.cursor)
    rows = [encode.mention(account, one) for one in page.items]
    following = encode.pagination(page.next)
    errors = encode.errors([(account, page.error)])
    body = views.MentionsListResponse(
        data=rows, count=len(rows), next_cursor=following.next_cursor, pagination=following, errors=errors
    )
    return Reply(200, body)


def reply_to_mention(x: Exchange[models.ReplyToMentionRequest, None]) -> Reply:
    """POST /v1/accounts/{id}/mentions/reply"""
    body = x.body
    order: Order = mentions.order(x.ports, x.caller, x.path["id"], body.media_id, body.comment_id or "", body.text)
    return awaited.one(x, order, _commented)
