"""Actions, and reading from the networks: one function per route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from shared.api.engine.exchange import Exchange, Reply
from shared.api.engine.models import View
from shared.api.v1 import models_actions as models
from shared.api.v1 import views_actions as views
from shared.api.v1.decode_posts import media_input
from shared.api.v1.encode_posts import failure
from shared.domain import codec, nesting, targets
from shared.domain.errors import Invalid
from shared.domain.posts import Target
from shared.operations.engaging import acting, ads, following, reading, resources, scopes
from shared.operations.engaging.commands import Order, Verdict
from shared.platforms.contract_inbox import Page

V = TypeVar("V", bound=View)


def act(x: Exchange[models.ActionRequest, None]) -> Reply:
    """POST /v1/actions"""
    body = x.body
    scopes.check(x.caller, body.verb)
    order = Order(
        account_id=body.account_id,
        verb=body.verb,
        on=body.on,
        text=body.text,
        arguments=body.arguments,
        media=tuple(media_input(one) for one in body.media or ()),
        handles=body.handles,
        scheduled_at=body.scheduled_at,
        timezone=body.timezone,
        max_lateness=body.max_lateness,
    )
    return _made(acting.act(x.ports, x.caller, order, x.receipt(_made)))


def list_(x: Exchange[None, models.ListActionsQuery]) -> Reply:
    """GET /v1/actions: of a page, what the key may see."""
    query = x.query
    found = following.list_(x.ports, x.caller, query.account_id, query.limit, query.cursor)
    data = [_shown(one) for one in found.actions if scopes.may_see(x.caller, _verb(one))]
    return Reply(200, views.ActionsListResponse(data=data, pagination=_cursor(found.next)))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/actions/{id}"""
    found = following.get(x.ports, x.caller, x.path["id"])
    scopes.check_seen(x.caller, _verb(found))
    return Reply(200, _shown(found))


def cancel(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/actions/{id}"""
    return Reply(200, _shown(following.cancel(x.ports, _allowed(x), x.path["id"])))


def retry(x: Exchange[None, None]) -> Reply:
    """POST /v1/actions/{id}/retry"""
    return Reply(200, _shown(following.retry(x.ports, _allowed(x), x.path["id"])))


def resolve(x: Exchange[models.ResolveActionRequest, None]) -> Reply:
    """POST /v1/actions/{id}/resolve"""
    verdict = Verdict(x.body.outcome, x.body.platform_id, x.body.permalink)
    return Reply(200, _shown(following.resolve(x.ports, _allowed(x), x.path["id"], verdict)))


def comments(x: Exchange[None, models.CommentsQuery]) -> Reply:
    """GET /v1/accounts/{id}/comments"""
    page = reading.comments(x.ports, x.caller, x.path["id"], x.query.post_id, x.query.cursor)
    return _page(page, views.CommentInfo, views.CommentsResponse)


def conversations(x: Exchange[None, models.CursorQuery]) -> Reply:
    """GET /v1/accounts/{id}/conversations"""
    page = reading.conversations(x.ports, x.caller, x.path["id"], x.query.cursor)
    return _page(page, views.ConversationInfo, views.ConversationsResponse)


def messages(x: Exchange[None, models.MessagesQuery]) -> Reply:
    """GET /v1/accounts/{id}/messages"""
    page = reading.messages(x.ports, x.caller, x.path["id"], x.query.conversation_id, x.query.cursor)
    return _page(page, views.MessageInfo, views.MessagesResponse)


def reviews(x: Exchange[None, models.CursorQuery]) -> Reply:
    """GET /v1/accounts/{id}/reviews"""
    page = reading.reviews(x.ports, x.caller, x.path["id"], x.query.cursor)
    return _page(page, views.ReviewInfo, views.ReviewsResponse)


def resource(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}/resources/{name}: the query is the resource's own arguments, and ``cursor``."""
    arguments = {name: value for name, value in x.args.items() if name != "cursor"}
    page = resources.read(x.ports, x.caller, x.path["id"], x.path["name"], arguments, x.args.get("cursor", ""))
    return Reply(200, views.ResourceResponse(data=codec.encode(list(page.items)), pagination=_cursor(page.next)))


def ad_accounts(x: Exchange[None, models.CursorQuery]) -> Reply:
    """GET /v1/accounts/{id}/ads/accounts"""
    return _page(
        ads.accounts(x.ports, x.caller, x.path["id"], x.query.cursor), views.AdAccountInfo, views.AdAccountsResponse
    )


def ad_objects(x: Exchange[None, models.AdObjectsQuery]) -> Reply:
    """GET /v1/accounts/{id}/ads"""
    query = x.query
    page = ads.objects(
        x.ports,
        x.caller,
        x.path["id"],
        query.level,
        query.ad_account_id,
        parent_id=query.parent_id,
        cursor=query.cursor,
    )
    return _page(page, views.AdObjectInfo, views.AdObjectsResponse)


def ad_stats(x: Exchange[None, models.AdStatsQuery]) -> Reply:
    """GET /v1/accounts/{id}/ads/stats"""
    query = x.query
    ids = [one for one in query.ids.split(",") if one]
    since, until = _day("since", query.since), _day("until", query.until)
    found = ads.stats(
        x.ports, x.caller, x.path["id"], query.level, query.ad_account_id, ids=ids, since=since, until=until
    )
    return Reply(200, views.AdStatsResponse(data=[_view(views.AdStatsInfo, one) for one in found]))


# ------------------------------------------------------------------------------------------------------- details


def _allowed(x: Exchange[Any, Any]) -> Any:
    """The caller, whose key must have the scope that the action itself needed."""
    found = following.get(x.ports, x.caller, x.path["id"])
    scopes.check(x.caller, _verb(found))
    return x.caller


def _made(target: Target) -> Reply:
    return Reply(201, _shown(target))


def _verb(target: Target) -> str:
    return target.piece.deed.verb if target.piece.deed else ""


def _shown(target: Target) -> views.ActionResponse:
    piece, live = target.piece, target.first
    return views.ActionResponse(
        id=target.id,
        account_id=target.account_id,
        platform=target.platform,
        verb=_verb(target),
        on=(piece.deed.on if piece.deed else "") or None,
        text=piece.text or None,
        arguments=nesting.unpacked(piece.options),
        status=targets.action_status(target),
        platform_id=live.id if live else None,
        permalink=live.permalink if live else None,
        scheduled_at=None if target.immediate else target.due_at,
        done_at=target.published_at,
        attempts=target.attempt,
        created_at=target.created_at,
        error=failure(target.error) if target.error else None,
    )


def _page(page: Page[Any], item: type[View], answer: Callable[..., View]) -> Reply:
    return Reply(200, answer(data=[_view(item, one) for one in page.items], pagination=_cursor(page.next)))


def _cursor(following: str) -> views.CursorInfo:
    return views.CursorInfo(has_more=bool(following), next_cursor=following or None)


def _view(of: type[V], value: Any) -> V:
    """A dataclass of the contract as its view: the same fields."""
    return of.model_validate({name: _plain(getattr(value, name)) for name in of.model_fields})


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value if isinstance(value, date) else codec.encode(value)  # a datetime is a date, too


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("validation.field_invalid", f"{field}: a day that exists, as 2026-11-22.", field=field) from None
