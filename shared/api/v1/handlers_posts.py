"""Posts: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.engine.exchange import Exchange, Reply, kept
from shared.api.v1 import decode_posts as decode
from shared.api.v1 import encode_platforms, spelled
from shared.api.v1 import encode_posts as encode
from shared.api.v1.models_common import SuccessResponse
from shared.api.v1.models_posts import (
    ConstraintsQuery,
    CreatePostRequest,
    ListPostsQuery,
    ResolveRequest,
    UnpublishRequest,
    UpdatePostRequest,
    ValidatePostRequest,
)
from shared.api.v1.spelled import as_sent
from shared.api.v1.views_posts import PlatformConstraintsResponse
from shared.operations.analytics import measuring as analytics
from shared.operations.posts import actions, checking, creating, deleting, editing, listing, measuring, reading
from shared.operations.posts.views import PostView

_MEMO = "v1"


def create(x: Exchange[CreatePostRequest, None]) -> Reply:
    """POST /v1/posts"""
    said = kept(_created)
    with as_sent(x.body):
        return said(creating.create(x.ports, x.caller, decode.create(x.body), x.receipt(said)))


def list_(x: Exchange[None, ListPostsQuery]) -> Reply:
    """GET /v1/posts"""
    return Reply(200, encode.page(listing.list_(x.ports, x.caller, decode.listed(x.query))))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/{pid}"""
    found = reading.find(x.ports, x.caller, x.path["pid"])
    if _MEMO not in found.memo:
        found.memo[_MEMO] = _shown(found).encode()
    return Reply(200, raw=found.memo[_MEMO])


def update(x: Exchange[UpdatePostRequest, None]) -> Reply:
    """PATCH /v1/posts/{pid}"""
    with as_sent(x.body):
        return _shown(editing.update(x.ports, x.caller, x.path["pid"], decode.changes(x.body)))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/posts/{pid}"""
    return Reply(200, encode.deleted(deleting.delete(x.ports, x.caller, x.path["pid"])))


def publish(x: Exchange[None, None]) -> Reply:
    """POST /v1/posts/{pid}/publish"""
    return _created(actions.publish(x.ports, x.caller, x.path["pid"]))


def retry(x: Exchange[None, None]) -> Reply:
    """POST /v1/posts/{pid}/retry"""
    actions.retry(x.ports, x.caller, x.path["pid"])
    return Reply(200, SuccessResponse())


def unpublish(x: Exchange[UnpublishRequest, None]) -> Reply:
    """POST /v1/posts/{pid}/unpublish"""
    deleting.unpublish(x.ports, x.caller, x.path["pid"], x.body.account_id)
    return Reply(200, SuccessResponse())


def resolve(x: Exchange[ResolveRequest, None]) -> Reply:
    """POST /v1/posts/{pid}/resolve"""
    body = x.body
    verdict = actions.Verdict(body.outcome, body.target_id, body.account_id, body.platform_post_id, body.permalink)
    return _shown(actions.resolve(x.ports, x.caller, x.path["pid"], verdict))


def metrics(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/{pid}/metrics"""
    found = measuring.metrics(x.ports, x.caller, x.path["pid"])
    analytics.noted(x.ports, x.caller, found)  # whoever looks adds a reading to the post's series
    return Reply(200, encode.measured(found))


def validate(x: Exchange[ValidatePostRequest, None]) -> Reply:
    """POST /v1/posts/validate"""
    with as_sent(x.body):
        found = checking.validate(x.ports, x.caller, decode.check(x.body), x.body.platforms or ())
    return Reply(200, encode.findings(spelled.findings(x.body, found)))


def constraints(x: Exchange[None, ConstraintsQuery]) -> Reply:
    """GET /v1/posts/validate"""
    found = checking.constraints(x.query.platform)
    data = {name: encode_platforms.constraints(manifest) for name, manifest in found.items()}
    return Reply(200, PlatformConstraintsResponse(data=data))


def _created(made: Any) -> Reply:
    return Reply(201, encode.post(made))


def _shown(found: PostView) -> Reply:
    return Reply(200, encode.post(found))
