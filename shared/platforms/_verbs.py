"""Verbs that most networks share, for their ``verbs.py``: the same thing is called the same on every network.

Each function answers one row; what a network spells differently it gives as an argument, or it writes the row itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.platforms.verbs import Column, Field, Says, Verb

CURSOR = Field("cursor", "cursor", required=False, description="A page's next_cursor; none for the first page.")
_PERSON_COLUMNS = (
    Column("from_id", "author.id"),
    Column("from_username", "author.username"),
    Column("from_name", "author.name"),
)
COMMENT_COLUMNS = (
    Column("id", "id"),
    Column("post_id", "post_id"),
    Column("parent_id", "parent_id"),
    Column("message", "text"),
    *_PERSON_COLUMNS,
    Column("likes", "likes", "integer"),
    Column("created_at", "at", "time"),
)
ACCOUNT_COLUMNS = (
    Column("id", "platform_account_id"),
    Column("username", "username"),
    Column("name", "name"),
    Column("profile_picture_url", "picture_url"),
)
CONVERSATION_COLUMNS = (
    Column("id", "id"),
    Column("recipient_id", "people.0.id"),
    Column("recipient_username", "people.0.username"),
    Column("recipient_name", "people.0.name"),
    Column("snippet", "snippet"),
    Column("updated_at", "updated_at", "time"),
)
MENTION_COLUMNS = (
    Column("id", "id"),
    Column("message", "text"),
    Column("post_id", "post_id"),
    Column("comment_id", "comment_id"),
    *_PERSON_COLUMNS,
    Column("permalink", "permalink"),
    Column("created_at", "at", "time"),
)
TEXTS = Field(
    "texts",
    "segments",
    type="strings",
    description="The texts, in order; the first is the post.",
    example=["One", "Two"],
)
POST_FIGURES = (
    Column("likes", "likes", "integer"),
    Column("comments", "comments", "integer"),
    Column("shares", "shares", "integer"),
    Column("saves", "saves", "integer"),
    Column("views", "views", "integer"),
)


def account(name: str = "account_id", *, required: bool = True, example: str | None = "17841400000000000") -> Field:
    """The account, by the network's id (or ours)."""
    text = "The connected account: the network's id of it, or ours (acc_…)."
    return Field(name, "account", required=required, description=text, example=example if required else None)


def on(name: str, example: str | None = None, to: str = "on") -> Field:
    """What is done to, by the network's id."""
    return Field(name, to, description="The network's id of it.", example=example)


def text(name: str, *, required: bool = True, example: str | None = None) -> Field:
    """The words."""
    return Field(name, "text", required=required, example=example)


def file(name: str, kind: str = "", *, required: bool = True, example: str | None = None) -> Field:
    """One file."""
    told = "A public address of the file, or the id of a file of the media library (med_…)."
    return Field(name, "media", required=required, description=told, media=kind, example=example)


def files(name: str, kind: str = "", *, required: bool = True, example: list[str] | None = None) -> Field:
    """Several files."""
    told = "Public addresses of the files, or ids of files of the media library (med_…)."
    return Field(name, "media", required=required, type="strings", description=told, media=kind, example=example)


def option(name: str, to: str = "", *, required: bool = False, **more: Any) -> Field:
    """One of the network's own options."""
    return Field(name, f"option.{to or name}", required=required, **more)


def accounts(path: str, columns: tuple[Column, ...], summary: str, *, key: str = "", empty: Says | None = None) -> Verb:
    """The connected accounts."""
    return Verb("GET", path, "accounts", summary, key=key or path, columns=columns, empty=empty)


def listing(
    path: str,
    columns: tuple[Column, ...],
    summary: str,
    *,
    resource: str = "",
    key: str = "",
    fields: tuple[Field, ...] = (),
    refusals: Mapping[str, Says] | None = None,
    single: bool = False,
) -> Verb:
    """One of the network's own listings; ``single``: of one entry."""
    return Verb(
        "GET",
        path,
        "resource",
        summary,
        fields if single else (*fields, CURSOR),
        key=key or path,
        columns=columns,
        resource=resource or path,
        single=single,
        refusals=refusals or {},
    )


def publish(
    path: str,
    key: str,
    summary: str,
    *fields: Field,
    sets: Mapping[str, Any] | None = None,
    refusals: Mapping[str, Says] | None = None,
) -> Verb:
    """A post, now; the answer has its id under ``key``."""
    return Verb("POST", path, "publish", summary, fields, key=key, sets=sets or {}, refusals=refusals or {})


def act(
    path: str,
    verb: str,
    summary: str,
    *fields: Field,
    key: str = "",
    says: str = "",
    sets: Mapping[str, Any] | None = None,
    refusals: Mapping[str, Says] | None = None,
) -> Verb:
    """One of the network's actions, now; the answer has an id under ``key``, or a message."""
    return Verb(
        "POST",
        path,
        "act",
        summary,
        fields,
        key=key,
        says=says,
        verb=verb,
        sets=sets or {},
        refusals=refusals or {},
    )


def interactions(
    who: Field, post: str = "post_id", *, like: bool = True, delete: bool = True, in_body: bool = False
) -> tuple[Verb, ...]:
    """Comment, reply, like and their opposites, with the list of comments, as most networks have them."""
    wanted = [
        Verb(
            "GET",
            "comments",
            "comments",
            "The comments on a post",
            (who, on(post, "POST_ID"), CURSOR),
            key="comments",
            columns=COMMENT_COLUMNS,
        ),
        comment(who, post),
        reply(who),
    ]
    if like:
        wanted += [
            act("like", "post.like", "Like a post", who, on(post, "POST_ID"), says="Post liked."),
            act("unlike", "post.unlike", "Take a like back", who, on(post, "POST_ID"), says="Like removed."),
        ]
    if delete:
        wanted.append(delete_post(who, post, in_body=in_body))
    return tuple(wanted)


def comment(who: Field, post: str = "post_id") -> Verb:
    """A comment on a post."""
    words = text("message", example="This is awesome!")
    return act("comment", "comment.create", "Comment on a post", who, on(post, "POST_ID"), words, key="comment_id")


def reply(who: Field) -> Verb:
    """An answer to a comment."""
    fields = (who, on("comment_id", "COMMENT_ID"), text("message", example="Thanks for the feedback!"))
    return act("reply", "comment.reply", "Reply to a comment", *fields, key="reply_id")


def message(who: Field, *, refusals: Mapping[str, Says] | None = None, summary: str = "Send a direct message") -> Verb:
    """A direct message."""
    fields = (who, on("recipient_id", "USER_ID"), text("message", example="Hi there! How can we help you today?"))
    return act("message", "message.send", summary, *fields, key="message_id", refusals=refusals)


def conversation_message(who: Field) -> Verb:
    """A message to a conversation, on networks that write to those only."""
    words = text("message", example="Hi there! How can we help you today?")
    fields = (who, on("conversation_id", "CONVERSATION_ID"), words)
    return act("message", "message.send", "Send a message to a conversation", *fields, key="message_id")


def conversations(who: Field) -> Verb:
    """The conversations of an account."""
    summary = "The conversations of an account"
    return Verb("GET", "conversations", "conversations", summary, (who, CURSOR), "conversations", CONVERSATION_COLUMNS)


def mentions(who: Field) -> Verb:
    """Where others named an account."""
    summary = "Where others named the account"
    return Verb("GET", "mentions", "mentions", summary, (who, CURSOR), "mentions", MENTION_COLUMNS)


def delete_post(
    who: Field,
    name: str = "post_id",
    *,
    path: str = "post",
    says: str = "Post deleted successfully.",
    only_ours: Says | None = None,
    summary: str = "Delete a post",
    in_body: bool = False,
) -> Verb:
    """Take a post down. ``in_body``: the network's ids have slashes, and cannot be part of a path."""
    at = path if in_body else f"{path}/{{{name}}}"
    return Verb(
        "DELETE",
        at,
        "delete_post",
        summary,
        (on(name, "POST_ID"), replace(who, required=False)),
        says=says,
        only_ours=only_ours,
    )


def post_stats(
    name: str,
    columns: tuple[Column, ...] = POST_FIGURES,
    *,
    who: str = "account_id",
    path: str = "stats",
    refusals: Mapping[str, Says] | None = None,
) -> Verb:
    """The figures of a post; the account only needs a name where several are connected and the post is not ours."""
    fields = (on(name), account(who, required=False))
    return Verb(
        "GET",
        path,
        "post_stats",
        "The figures of a post",
        fields,
        key="stats",
        columns=columns,
        refusals=refusals or {},
    )


def account_stats(
    columns: tuple[Column, ...], *, who: str = "account_id", path: str = "stats", summary: str = ""
) -> Verb:
    """The figures of an account."""
    told = summary or "The figures of an account"
    return Verb("GET", path, "account_stats", told, (account(who),), key="stats", columns=columns)
