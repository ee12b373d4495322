"""REST hooks and the flat form: one function per route."""

from __future__ import annotations

import json
from typing import Any

from shared.api.engine import decoding
from shared.api.engine.exchange import Exchange, Reply, kept
from shared.api.v1 import decode_posts as decode
from shared.api.v1 import encode_posts as encode
from shared.api.v1 import models_hooks as models
from shared.api.v1 import models_posts
from shared.api.v1.flat_names import addresses, as_sent_flat, listed
from shared.domain.accounts import Account
from shared.domain.errors import Invalid
from shared.domain.flat import flattened
from shared.domain.webhooks import Endpoint
from shared.operations import accounts, brands
from shared.operations.posts import creating
from shared.operations.webhooks import hooks

_SAME = (
    "text",
    "title",
    "first_comment",
    "visibility",
    "publish_now",
    "queue",
    "scheduled_at",
    "timezone",
    "campaign_id",
    "skip_duplicate_check",
)


def subscribe(x: Exchange[models.SubscribeRequest, None]) -> Reply:
    """POST /v1/hooks"""
    body = x.body
    if (body.event is None) == (body.events is None):
        raise Invalid("validation.field_required", "event: send one of event and events.", field="event")
    names = tuple(body.events or ()) if body.event is None else (body.event,)
    wanted = hooks.Subscribe(body.url, names, body.flat, body.brand_id or "", body.account_id or "")
    made = hooks.subscribe(x.ports, x.caller, wanted)
    return Reply(201, models.HookCreatedResponse(**_fields(made.endpoint), secret=made.secret or None))


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/hooks"""
    found = [models.HookResponse(**_fields(one)) for one in hooks.list_(x.ports, x.caller)]
    return Reply(200, models.HooksListResponse(data=found, count=len(found)))


def unsubscribe(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/hooks/{id}"""
    hooks.unsubscribe(x.ports, x.caller, x.path["id"])
    return Reply(204)


def samples(x: Exchange[None, models.SamplesQuery]) -> Reply:
    """GET /v1/hooks/samples/{event}"""
    return _json(200, hooks.samples(x.ports, x.caller, x.path["event"], flat=x.query.flat))


def account_choices(x: Exchange[None, None]) -> Reply:
    """GET /v1/flat/accounts"""
    found = accounts.list_(x.ports, x.caller)
    return _json(200, [{"id": one.id, "name": f"{_called(one)} ({one.platform})"} for one in found])


def brand_choices(x: Exchange[None, None]) -> Reply:
    """GET /v1/flat/brands"""
    found = brands.list_(x.ports, x.caller)
    return _json(200, [{"id": one.brand.id, "name": one.brand.name} for one in found])


def create_post(x: Exchange[models.FlatPostRequest, None]) -> Reply:
    """POST /v1/flat/posts"""
    said = kept(_flat_post)
    with as_sent_flat(x.body):
        return said(creating.create(x.ports, x.caller, decode.create(_nested(x.body)), x.receipt(said)))


def _flat_post(made: Any) -> Reply:
    return _json(201, flattened(encode.post(made).model_dump(mode="json", by_alias=True, exclude_none=True)))


def _nested(body: models.FlatPostRequest) -> models_posts.CreatePostRequest:
    """The request of ``POST /v1/posts`` that says the same. Raises Invalid."""
    targets = [{"account_id": account} for account in dict.fromkeys(listed(body.account_ids))]
    if not targets:
        text = "account_ids: at least one account, separated by commas; GET /v1/flat/accounts lists them."
        raise Invalid("validation.field_required", text, field="account_ids")
    media = [{"source_type": "url", "source": url} for url in addresses(body)]
    media += [{"source_type": "media_id", "source": file} for file in listed(body.media_ids)]
    if media and body.alt_text:
        media[0]["alt_text"] = body.alt_text
    given = {name: value for name in _SAME if (value := getattr(body, name)) not in (None, "", False)}
    lists = {"targets": targets, "media": media, "tags": listed(body.tags)}
    given |= {name: one for name, one in lists.items() if one}
    made: models_posts.CreatePostRequest = decoding.decode(models_posts.CreatePostRequest, given)
    return made


def _json(status: int, value: Any) -> Reply:
    """As it is: nothing of it is left out, because deliveries leave nothing out."""
    return Reply(status, raw=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _called(account: Account) -> str:
    return account.name or account.username or account.platform_account_id


def _fields(hook: Endpoint) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "events": list(hook.events),
        "flat": hook.flat,
        "brand_id": hook.brand_id or None,
        "account_id": hook.account_id or None,
        "is_active": hook.is_active,
        "created_at": hook.created_at,
    }
