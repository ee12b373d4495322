"""What a network says of an account itself, and its boards: one function per route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import awaited
from shared.api.v1 import models_account_details as models
from shared.domain.accounts import Account
from shared.domain.errors import Invalid
from shared.domain.posts import Target
from shared.operations import account_details
from shared.operations.engaging.commands import Order


def pages(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}/pages"""
    return Reply(200, models.PagesListResponse(data=[_page(account_details.page(x.ports, x.caller, x.path["id"]))]))


def update_page(x: Exchange[models.UpdatePageRequest, None]) -> Reply:
    """PATCH /v1/accounts/{id}/pages/{pageId}"""
    wished = {"active": x.body.is_active, "default": x.body.is_default}
    return Reply(200, _page(account_details.keep_page(x.ports, x.caller, x.path["id"], x.path["pageId"], **wished)))


def creator_info(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}/creator-info"""
    account, row = account_details.creator(x.ports, x.caller, x.path["id"])
    levels = [str(one) for one in row.get("privacy_level_options") or ()]
    names = ("comment_disabled", "duet_disabled", "stitch_disabled")
    answer = models.CreatorInfoResponse(
        platform=account.platform,
        nickname=row.get("creator_nickname"),
        avatar_url=row.get("creator_avatar_url"),
        can_post=bool(levels),
        privacy_level_options=levels,
        interaction_settings=models.InteractionSettings(**{name: bool(row.get(name)) for name in names}),
        max_video_duration_sec=row.get("max_video_post_duration_sec"),
    )
    return Reply(200, answer)


def limits(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}/limits"""
    return Reply(200, models.UsageLimitsResponse(account_details.limits(x.ports, x.caller, x.path["id"])))


def boards(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}/boards"""
    found = account_details.boards(x.ports, x.caller, x.path["id"])
    return Reply(200, models.BoardsResponse(data=[_board(row) for row in found.rows], has_more=found.more or None))


def create_board(x: Exchange[models.CreateBoardRequest, None]) -> Reply:
    """POST /v1/accounts/{id}/boards"""
    given = x.body.model_dump(exclude_none=True, exclude={"name"})
    return _acted(x, "board.create", lambda made: Reply(201, _made(made)), text=x.body.name, arguments=given)


def update_board(x: Exchange[models.UpdateBoardRequest, None]) -> Reply:
    """PATCH /v1/accounts/{id}/boards/{boardId}"""
    given = x.body.model_dump(exclude_none=True)
    if not given:
        text = "name: send a new name, a description or a privacy."
        raise Invalid("validation.field_required", text, field="name")
    return _acted(x, "board.update", lambda made: Reply(200, _made(made)), on=x.path["boardId"], arguments=given)


def delete_board(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/accounts/{id}/boards/{boardId}"""
    return _acted(x, "board.delete", lambda _: Reply(204), on=x.path["boardId"])


def _acted(x: Exchange[Any, None], verb: str, done: Any, **what: Any) -> Reply:
    account = account_details.with_boards(x.ports, x.caller, x.path["id"])
    return awaited.one(x, Order(account.id, verb, **what), done)


def _made(target: Target) -> models.BoardItem:
    """The board as the network answered it, else as it was asked for."""
    live, piece = target.first, target.piece
    said = {"name": piece.text, **piece.options, **(live.raw if live else {})}
    return _board({**said, "id": live.id if live else ""})


def _board(row: Mapping[str, Any]) -> models.BoardItem:
    board_id = str(row.get("id") or "")
    return models.BoardItem(
        id=board_id,
        board_id=board_id,
        name=str(row.get("name") or ""),
        description=row.get("description") or None,
        privacy=row.get("privacy") or None,
    )


def _page(account: Account) -> models.AccountPage:
    known = account.metadata
    return models.AccountPage(
        id=account.id,
        platform_page_id=account.platform_account_id,
        name=account.name,
        username=account.username or None,
        category=str(known["category"]) if known.get("category") else None,
        link=str(known["link"]) if known.get("link") else None,
        profile_picture_url=account.picture_url or None,
        followers_count=known["followers_count"] if isinstance(known.get("followers_count"), int) else None,
    )
