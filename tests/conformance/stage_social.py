"""What the cases of the social dialect need: accounts on the simulated networks, and things on them.

``example.com`` serves the files that the document's examples name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.operations import accounts, tokens
from shared.platforms._graph.simulated import hashed
from shared.ports.http import Request, Response
from tests.api.client import Api
from tests.support import files
from tests.support.memory_http import serve

EXAMPLES = {
    "https://example.com/image.jpg": ("image/jpeg", files.jpeg()),
    "https://example.com/img1.jpg": ("image/jpeg", files.jpeg()),
    "https://example.com/img2.jpg": ("image/jpeg", files.jpeg()),
    "https://example.com/video.mp4": ("video/mp4", files.mp4()),
}
Values = Mapping[str, str]
TOKENS = ["accounts:read", "tokens:read"]


def examples(call: Api) -> Values:
    """The document's own files can be fetched, by us and by the networks."""
    call.rig.sandbox.media.update(EXAMPLES)

    def answer(request: Request) -> Response:
        return serve(EXAMPLES.get(request.url), request)

    call.rig.outside.hosts["example.com"] = answer
    return {}


def tokens_key(call: Api) -> Values:
    """A key that may see the Pages' tokens."""
    made = call("POST", "/v1/keys", {"name": "tokens", "mode": "test", "scopes": TOKENS})
    assert made.status == 201, made.json
    return {"tokens_key": str(made.json["raw_key"])}


def page(call: Api) -> Values:
    """A connected Page."""
    call.connect("facebook")
    return {"page_id": _first(call, "/v1/social/facebook/pages", "pages")["id"]}


def page_photo(call: Api) -> Values:
    """A Page with a photo."""
    return _page_post(call, "publish", {"message": "Look", "media_url": "https://example.com/image.jpg"}, "post_id")


def page_video(call: Api) -> Values:
    """A Page with a video."""
    body = {"title": "Summer Campaign 2025", "description": "Look", "video_url": "https://example.com/video.mp4"}
    return _page_post(call, "publish-video", body, "video_id")


def page_comment(call: Api) -> Values:
    """A Page with a post, and a comment on it."""
    known = page_photo(call)
    body = {"page_id": known["page_id"], "post_id": known["post_id"], "message": "Nice"}
    return {**known, "comment_id": _done(call, "/v1/social/facebook/comment", body)["comment_id"]}


def page_visitor(call: Api) -> Values:
    """A Page to which somebody wrote within the day."""
    return {**page(call), "recipient_id": _writer(call, call.accounts["facebook"])}


def instagram(call: Api) -> Values:
    """A connected Instagram account."""
    call.connect("instagram")
    return {"account_id": _first(call, "/v1/social/instagram/accounts", "accounts")["id"]}


def instagram_media(call: Api) -> Values:
    """… with a post."""
    examples(call)
    known = instagram(call)
    body = {**known, "image_url": "https://example.com/image.jpg", "caption": "Launch day!"}
    return {**known, "media_id": _done(call, "/v1/social/instagram/publish-post", body)["media_id"]}


def instagram_comment(call: Api) -> Values:
    """… and a comment on it."""
    known = instagram_media(call)
    body = {"account_id": known["account_id"], "media_id": known["media_id"], "message": "Nice"}
    return {**known, "comment_id": _done(call, "/v1/social/instagram/comment", body)["comment_id"]}


def instagram_visitor(call: Api) -> Values:
    """An account to which somebody wrote within the day."""
    return {**instagram(call), "recipient_id": _writer(call, call.accounts["instagram"])}


def instagram_denied(call: Api) -> Values:
    """The person took the app's permissions away again, in Instagram's settings."""
    known = instagram_visitor(call)
    _allow(call, ())
    return known


def instagram_dead(call: Api) -> Values:
    """The person removed the app: Instagram takes the token no longer."""
    known = instagram(call)
    world = call.rig.sandbox.world("instagram")
    token = _token(call)
    world.put("token", token, {**(world.get("token", token) or {}), "invalid": 458})
    return known


def instagram_ads(call: Api) -> Values:
    """A Page whose person may use an ad account, for Instagram's ads are made there."""
    page(call)
    return _ads(call, "instagram")


def instagram_ad(call: Api) -> Values:
    """… with a campaign, an ad set, a creative and an ad for Instagram."""
    known = instagram_ads(call)
    return {**known, **_made_ads(call, "instagram", known["ad_account_id"])}


def tiktok(call: Api) -> Values:
    """A connected TikTok account."""
    call.connect("tiktok")
    return {"user_id": _first(call, "/v1/social/tiktok/accounts", "accounts")["id"]}


def tiktok_video(call: Api) -> Values:
    """… with a video."""
    examples(call)
    known = tiktok(call)
    body = {**known, "video_url": "https://example.com/video.mp4", "caption": "Behind the scenes"}
    return {**known, "video_id": _done(call, "/v1/social/tiktok/publish-video", body)["video_id"]}


def page_ads(call: Api) -> Values:
    """A Page whose person may use an ad account."""
    return {**page(call), **_ads(call, "facebook")}


def page_ad(call: Api) -> Values:
    """… with a campaign, an ad set, a creative and an ad."""
    return {**page_ads(call), **_made_ads(call, "facebook", _ads(call, "facebook")["ad_account_id"])}


STAGES: dict[str, Callable[[Api], Values]] = {
    "examples": examples,
    "tokens_key": tokens_key,
    "page": page,
    "page_photo": page_photo,
    "page_video": page_video,
    "page_comment": page_comment,
    "page_visitor": page_visitor,
    "page_ads": page_ads,
    "page_ad": page_ad,
    "instagram": instagram,
    "instagram_media": instagram_media,
    "instagram_comment": instagram_comment,
    "instagram_visitor": instagram_visitor,
    "instagram_denied": instagram_denied,
    "instagram_dead": instagram_dead,
    "instagram_ads": instagram_ads,
    "instagram_ad": instagram_ad,
    "tiktok": tiktok,
    "tiktok_video": tiktok_video,
}


def _page_post(call: Api, verb: str, body: Mapping[str, Any], name: str) -> Values:
    examples(call)
    known = page(call)
    return {**known, name: _done(call, f"/v1/social/facebook/{verb}", {**known, **body})[name]}


def _token(call: Api) -> str:
    """The name under which the simulated Instagram keeps the account's token."""
    account = accounts.get(call.rig.ports, call.caller, call.accounts["instagram"])
    return hashed(tokens.unseal(call.rig.ports, account).access)


def _allow(call: Api, scopes: tuple[str, ...]) -> None:
    world, token = call.rig.sandbox.world("instagram"), _token(call)
    world.put("token", token, {**(world.get("token", token) or {}), "scopes": list(scopes)})


def _writer(call: Api, account: str) -> str:
    """Somebody whose last message is younger than the network's window."""
    found = call("GET", f"/v1/accounts/{account}/conversations").json["data"]
    return str(found[0]["people"][0]["id"])


def _ads(call: Api, platform: str) -> Values:
    return {"ad_account_id": _first(call, f"/v1/social/{platform}/ads/accounts", "accounts")["id"]}


def _made_ads(call: Api, platform: str, ad_account: str) -> Values:
    examples(call)
    at, common = f"/v1/social/{platform}/ads", {"ad_account_id": ad_account}
    campaign = _done(call, f"{at}/campaigns", {**common, "name": "Spring Promo", "objective": "LINK_CLICKS"})[
        "campaign_id"
    ]
    targeting = {"geo_locations": {"countries": ["US"]}, "publisher_platforms": [platform]}
    group = {"campaign_id": campaign, "name": "Set", "daily_budget": 1500, "targeting": targeting}
    adset = _done(call, f"{at}/adsets", {**common, **group})["adset_id"]
    shown = {"name": "Look", "image_url": "https://example.com/image.jpg", "link_url": "https://example.com/"}
    creative = _done(call, f"{at}/creatives", {**common, **shown})["creative_id"]
    ad = _done(call, f"{at}/ads", {**common, "adset_id": adset, "creative_id": creative, "name": "Ad"})["ad_id"]
    return {"campaign_id": campaign, "adset_id": adset, "creative_id": creative, "ad_id": ad}


def _first(call: Api, path: str, key: str) -> dict[str, Any]:
    answer = call("GET", path)
    assert answer.status == 200, answer.json
    found: dict[str, Any] = answer.json[key][0]
    return found


def _done(call: Api, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = call("POST", path, dict(body))
    assert answer.status == 200, answer.json
    found: dict[str, Any] = answer.json
    return found
