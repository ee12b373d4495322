"""Import, bulk, approval, preview, history, cost, settings: one function per route."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import decode_posts as decode
from shared.api.v1 import encode_posts as encode
from shared.api.v1 import encode_workflow, spelled
from shared.api.v1.models_posts import CreatePostRequest, ValidatePostRequest
from shared.api.v1.models_workflow import (
    ApproveRequest,
    BulkPostsRequest,
    ImportQuery,
    PostSettingsRequest,
    RejectRequest,
)
from shared.api.v1.spelled import as_sent
from shared.api.v1.views_workflow import PostSettingsResponse
from shared.domain.errors import RostrumError
from shared.operations.idempotency import Answer
from shared.operations.posts import approvals, batching, costing, histories, importing, previewing
from shared.operations.posts import settings as decided
from shared.operations.posts.batching import Batch, Item, Outcome
from shared.operations.posts.views import PostView
from shared.ports.store import StoreError

_IMPORT = "POST /v1/posts/import"
_BULK = "POST /v1/posts/bulk"


def import_(x: Exchange[None, ImportQuery]) -> Reply:
    """POST /v1/posts/import"""
    raw = b"".join(x.file.chunks()) if x.file else b""
    key = x.key.hash if x.key else hashlib.sha256(raw).hexdigest()
    dry_run, unchecked = x.query.dry_run == "true", x.query.skip_duplicate_check == "true"
    batch = Batch(f"import-{key}", _IMPORT, _answer)
    found = importing.import_(x.ports, x.caller, raw, batch, dry_run=dry_run, skip_duplicate_check=unchecked)
    reply = Reply(200, encode_workflow.imported(found))
    return _kept(x, reply) if found.settled and not dry_run else reply


def bulk(x: Exchange[BulkPostsRequest, None]) -> Reply:
    """POST /v1/posts/bulk"""
    items = [Item(index, _sent(one), decode.create(one)) for index, one in enumerate(x.body.posts)]
    batch = Batch(f"bulk-{x.key.hash}" if x.key else "", _BULK, _answer)
    outcomes = [_spelled(x.body.posts[one.place], one) for one in batching.make(x.ports, x.caller, batch, items)]
    reply = Reply(200, encode_workflow.bulk(outcomes))
    return _kept(x, reply) if all(one.settled for one in outcomes) else reply


def submit(x: Exchange[None, None]) -> Reply:
    """POST /v1/posts/{pid}/submit"""
    return _shown(approvals.submit(x.ports, x.caller, x.path["pid"]))


def approve(x: Exchange[ApproveRequest, None]) -> Reply:
    """POST /v1/posts/{pid}/approve"""
    body = x.body
    how = approvals.Agreement(
        body.publish_now, body.scheduled_at, body.timezone, body.updated_at, body.skip_duplicate_check
    )
    return _shown(approvals.approve(x.ports, x.caller, x.path["pid"], how))


def reject(x: Exchange[RejectRequest, None]) -> Reply:
    """POST /v1/posts/{pid}/reject"""
    return _shown(approvals.reject(x.ports, x.caller, x.path["pid"], x.body.reason))


def history(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/{pid}/history"""
    return Reply(200, encode_workflow.history(histories.history(x.ports, x.caller, x.path["pid"])))


def preview(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/{pid}/preview"""
    return Reply(200, encode_workflow.preview(previewing.of_post(x.ports, x.caller, x.path["pid"])))


def preview_request(x: Exchange[ValidatePostRequest, None]) -> Reply:
    """POST /v1/posts/preview"""
    with as_sent(x.body):
        found = previewing.of_request(x.ports, x.caller, decode.check(x.body), x.body.platforms or ())
    named = previewing.Preview(found.targets, spelled.findings(x.body, found.found))
    return Reply(200, encode_workflow.preview(named))


def cost(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/{pid}/cost"""
    return Reply(200, encode_workflow.cost(costing.cost(x.ports, x.caller, x.path["pid"])))


def settings(x: Exchange[None, None]) -> Reply:
    """GET /v1/posts/settings"""
    return Reply(200, PostSettingsResponse(approval=decided.read(x.ports, x.caller).approval))


def change_settings(x: Exchange[PostSettingsRequest, None]) -> Reply:
    """PATCH /v1/posts/settings"""
    return Reply(200, PostSettingsResponse(approval=decided.change(x.ports, x.caller, x.body.approval).approval))


def _shown(found: PostView) -> Reply:
    return Reply(200, encode.post(found))


def _answer(made: PostView) -> Answer:
    return Answer(201, Reply(201, encode.post(made)).encode())


def _kept(x: Exchange[Any, Any], reply: Reply) -> Reply:
    """Everything is settled, so that the whole answer can be kept. Where it cannot (it may be larger than a document),
    the posts' own receipts answer a repetition."""
    same: Callable[[Any], Reply] = lambda _: reply  # noqa: E731
    if receipt := x.receipt(same):
        with suppress(StoreError):
            receipt.commit([], None)
    return reply


def _sent(body: CreatePostRequest) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_unset=True)


def _spelled(body: CreatePostRequest, one: Outcome) -> Outcome:
    """The error in the words of the post's own body."""
    if one.error is None:
        return one
    try:
        with as_sent(body):
            raise one.error
    except RostrumError as error:
        return Outcome(one.place, error=error)
