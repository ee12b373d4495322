"""Networks, pages, walls and channels: one function per route."""

from __future__ import annotations

from math import isfinite
from typing import Any

from shared.api.connect import models_networks as models
from shared.api.connect.models_common import StatusResponse
from shared.api.connect.routes_networks import CALLED
from shared.api.engine.exchange import Exchange, Reply
from shared.domain.listings import Sort, number_of
from shared.operations import adopting, listings, networks
from shared.operations.listings import Entry, Shown


def list_networks(x: Exchange[None, None]) -> Reply:
    """POST /api/get/networks/"""
    found = [_network(x, one) for one in listings.list_(x.ports, x.caller, "network")]
    return Reply(200, models.NetworksResponse(networks=found))


def list_pages(x: Exchange[None, None]) -> Reply:
    """POST /api/get/social-pages/"""
    found = [models.SocialPage(**_named(x, one, "page")) for one in listings.list_(x.ports, x.caller, "page")]
    return Reply(200, models.PagesResponse(pages=found))


def list_walls(x: Exchange[None, None]) -> Reply:
    """POST /api/get/social-walls/"""
    found = [models.SocialWall(**_named(x, one, "wall")) for one in listings.list_(x.ports, x.caller, "wall")]
    return Reply(200, models.WallsResponse(walls=found))


def list_channels(x: Exchange[None, None]) -> Reply:
    """POST /api/get/social-channels/"""
    shown = listings.list_(x.ports, x.caller, "channel")
    return Reply(200, models.ChannelsResponse(channels=[models.SocialChannel(**_channel(x, one)) for one in shown]))


def authenticate(x: Exchange[models.TokenRequest, None]) -> Reply:
    """POST /api/auth/{network}/"""
    body, platform = x.body, networks.resolved(CALLED.get(x.path["network"], x.path["network"]), "network")
    command = adopting.Adopt(platform, body.access_token, body.user_id, body.refresh_token or "", body.expires_in)
    made = [number_of(one.id) for one in adopting.adopt(x.ports, x.caller, command)]
    said = f"{x.path['network'].title()} account connected successfully"
    return Reply(200, models.ConnectedResponse(message=said, network_id=made[0], network_ids=made))


def extra(x: Exchange[models.NetworkExtraRequest, None]) -> Reply:
    """POST /api/action/network-extra/update/"""
    listings.keep(x.ports, x.caller, x.body.network_id, x.body.extra_data)
    return Reply(200, StatusResponse(message="Network extra information updated successfully"))


def approval(x: Exchange[models.ApprovalRequest, None]) -> Reply:
    """POST /api/action/network/approval/"""
    body = x.body
    entry = Entry(
        "network",
        body.network_type,
        body.network_id,
        body.network_url,
        body.network_id,
        body.followers,
        body.category or "",
        "network_type",
    )
    made = listings.enter(x.ports, x.caller, entry)
    return Reply(200, models.ApprovalResponse(message="Network submitted for approval", approval_id=made.number))


def review(x: Exchange[models.ReviewRequest, None]) -> Reply:
    """POST /api/action/network/review/"""
    listings.review(x.ports, x.caller, x.body.network_id, x.body.status, x.body.reason or "")
    return Reply(200, StatusResponse(message=f"Network {x.body.status}"))


def status(x: Exchange[models.NetworkRequest, None]) -> Reply:
    """POST /api/network/status/"""
    one = listings.find(x.ports, x.caller, x.body.network_id)
    answer = models.NetworkStatusResponse(
        status=one.standing,
        verified=one.verified,
        followers=one.followers,
        engagement_rate=_rate(one),
        last_updated=one.updated_at,
    )
    return Reply(200, answer)


def disconnect(x: Exchange[models.NetworkRequest, None]) -> Reply:
    """POST /api/network/disconnect/"""
    listings.disconnect(x.ports, x.caller, x.body.network_id)
    return Reply(200, StatusResponse(message="Network disconnected successfully"))


def add_page(x: Exchange[models.AddPageRequest, None]) -> Reply:
    """POST /api/add/social-page/"""
    b = x.body
    made = _entered(x, "page", (b.network, b.page_id, b.page_url, b.page_name, b.followers, b.category))
    return Reply(200, models.PageAddedResponse(message="Social page added successfully", page_id=made))


def add_wall(x: Exchange[models.AddWallRequest, None]) -> Reply:
    """POST /api/add/social-wall/"""
    b = x.body
    made = _entered(x, "wall", (b.network, b.wall_id, b.wall_url, b.wall_name, b.followers, b.category))
    return Reply(200, models.WallAddedResponse(message="Social wall added successfully", wall_id=made))


def add_channel(x: Exchange[models.AddChannelRequest, None]) -> Reply:
    """POST /api/add/social-channel/"""
    b = x.body
    made = _entered(x, "channel", (b.network, b.channel_id, b.channel_url, b.channel_name, b.subscribers, b.category))
    return Reply(200, models.ChannelAddedResponse(message="Social channel added successfully", channel_id=made))


# ------------------------------------------------------------------------------------------------ shapes


def _entered(x: Exchange[Any, None], sort: Sort, fields: tuple[str, str, str, str, int | None, str | None]) -> int:
    network, id_, url, name, followers, category = fields
    entry = Entry(sort, network, id_, url, name, followers, category or "", "network", f"{sort}_url")
    return listings.enter(x.ports, x.caller, entry).number


def _common(x: Exchange[None, None], one: Shown) -> dict[str, Any]:
    return {
        "id": one.number,
        "user_id": number_of(x.caller.workspace),
        "network": one.platform,
        "status": one.standing,
        "category": one.category or None,
        "engagement_rate": _rate(one),
        "connected_at": one.created_at,
        "last_updated": one.updated_at,
        "account_id": one.account_id or None,
        "extra_data": dict(one.extra) or None,
    }


def _network(x: Exchange[None, None], one: Shown) -> models.Network:
    own: dict[str, Any] = {
        "network_id": one.platform_id,
        "network_url": one.url,
        "followers": one.followers,
        "verified": one.verified,
    }
    return models.Network(**_common(x, one), **own)


def _named(x: Exchange[None, None], one: Shown, sort: Sort) -> dict[str, Any]:
    own = {f"{sort}_id": one.platform_id, f"{sort}_name": one.name, f"{sort}_url": one.url}
    return {**_common(x, one), **own, "followers": one.followers}


def _channel(x: Exchange[None, None], one: Shown) -> dict[str, Any]:
    made = _named(x, one, "channel")
    subscribers = made.pop("followers")
    return {**made, "subscribers": subscribers}


def _rate(one: Shown) -> float | None:
    """What its owner keeps as its engagement rate, in percent."""
    try:
        found = float(one.extra["engagement_rate"])
    except (KeyError, TypeError, ValueError):
        return None
    return found if isfinite(found) else None
