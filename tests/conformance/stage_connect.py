"""What the connect dialect's cases need before they are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.domain import codec
from shared.domain.connections import Connection, connection_path
from shared.domain.listings import MAX_LISTINGS, Listing, listing_path
from shared.operations import consents
from shared.platforms.contract import Candidates
from shared.ports.store import Write
from tests.api.client import Api
from tests.operations import flows

Stage = Callable[[Api], Mapping[str, str]]


def token_of(call: Api, platform: str) -> dict[str, str]:
    """An access token of a simulated person, as an app of the caller's own would have it, and whose it is."""
    query = flows.consent(call.rig, flows.begin(call.rig, platform, call.caller))
    doc = call.rig.store.get(connection_path(query["state"]))
    assert doc is not None
    known = codec.decode(Connection, doc.data)
    made = consents.trade(call.rig.ports, known, query["code"], known.callback)
    one = made.accounts[0] if isinstance(made, Candidates) else made
    return {"token": one.tokens.extra.get("user_token", one.tokens.access), "user": one.platform_account_id}


def _connected(call: Api) -> Mapping[str, str]:
    account = call.connect("instagram")
    call.connect("facebook")
    number = next(one["id"] for one in _networks(call) if one["account_id"] == account)
    return {"network_id": str(number)}


def _rated(call: Api) -> Mapping[str, str]:
    names = _connected(call)
    body = {"network_id": int(names["network_id"]), "extra_data": {"engagement_rate": 3.5, "category": "fashion"}}
    assert call("POST", "/api/action/network-extra/update/", body).status == 200
    return names


def _networks(call: Api) -> Any:
    return call("POST", "/api/get/networks/").json["networks"]


def _held(platform: str) -> Stage:
    return lambda call: token_of(call, platform)


def _entered(path: str, body: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> Stage:
    def stage(call: Api) -> Mapping[str, str]:
        made = call("POST", path, dict(body))
        assert made.status == 200, made.json
        number = next(value for name, value in made.json.items() if name.endswith("_id"))
        _kept(call, number, extra)
        return {}

    return stage


def _kept(call: Api, number: int, extra: Mapping[str, Any] | None) -> None:
    if extra:
        body = {"network_id": number, "extra_data": dict(extra)}
        assert call("POST", "/api/action/network-extra/update/", body).status == 200


def _everything(call: Api) -> Mapping[str, str]:
    call.connect("instagram")
    extra = {"bio": "Fashion influencer", "website": "https://example.com", "verified_badge": True}
    _kept(call, _networks(call)[0]["id"], {**extra, "category": "fashion", "engagement_rate": 3.5})
    return {}


def _already(call: Api) -> Mapping[str, str]:
    names = token_of(call, "instagram")
    assert (
        call("POST", "/api/auth/instagram/", {"access_token": names["token"], "user_id": names["user"]}).status == 200
    )
    return names


def _read_only(call: Api) -> Mapping[str, str]:
    made = call("POST", "/v1/keys", {"name": "reads", "scopes": ["accounts:read"]})
    return {**_connected(call), "read_key": made.json["raw_key"]}


def _full(call: Api) -> Mapping[str, str]:
    """As many as fit."""
    now = call.rig.clock.now()
    one = Listing(
        "lst_0", call.caller.space, 1, "page", "facebook", "p", "P", "https://example.com", "pending", now, now
    )
    for start in range(0, MAX_LISTINGS, 100):
        rows = [replace(one, id=f"lst_{n}", number=n + 1) for n in range(start, start + 100)]
        call.rig.store.commit([Write("create", listing_path(row.space, row.id), codec.encode(row)) for row in rows])
    return {}


_PAGE = {
    "network": "facebook",
    "page_id": "page123",
    "page_name": "Fashion Blog",
    "page_url": "https://facebook.com/page123",
    "followers": 10000,
    "category": "fashion",
}
_WALL = {
    "network": "instagram",
    "wall_id": "wall123",
    "wall_name": "Fashion Wall",
    "wall_url": "https://instagram.com/wall123",
    "followers": 5000,
    "category": "fashion",
}
_CHANNEL = {
    "network": "youtube",
    "channel_id": "channel123",
    "channel_name": "Fashion Channel",
    "channel_url": "https://youtube.com/channel123",
    "subscribers": 15000,
    "category": "fashion",
}

STAGES: dict[str, Stage] = {
    "connected networks": _connected,
    "a network with figures": _rated,
    "a facebook token": _held("facebook"),
    "a google token": _held("youtube"),
    "an instagram token": _held("instagram"),
    "a twitter token": _held("twitter"),
    "an instagram account that is connected": _already,
    "a key that only reads": _read_only,
    "a page": _entered("/api/add/social-page/", _PAGE),
    "a wall": _entered("/api/add/social-wall/", _WALL),
    "a channel": _entered("/api/add/social-channel/", _CHANNEL),
    "a network with everything": _everything,
    "a page with everything": _entered(
        "/api/add/social-page/",
        _PAGE,
        {
            "description": "Fashion and lifestyle blog",
            "category": "Fashion",
            "verification_status": "verified",
            "engagement_rate": 2.8,
        },
    ),
    "a wall with everything": _entered(
        "/api/add/social-wall/",
        _WALL,
        {
            "description": "Curated fashion content",
            "posts_count": 150,
            "average_likes": 200,
            "engagement_rate": 4.2,
        },
    ),
    "a channel with everything": _entered(
        "/api/add/social-channel/",
        _CHANNEL,
        {
            "description": "Fashion and beauty videos",
            "videos_count": 50,
            "average_views": 5000,
            "engagement_rate": 5.1,
        },
    ),
    "no room": _full,
}
