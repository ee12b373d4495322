"""The sandbox on demand: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_sandbox as models
from shared.operations import sandboxing
from shared.platforms.happenings import Happening


def happen(x: Exchange[models.SandboxEventRequest, None]) -> Reply:
    """POST /v1/sandbox/events"""
    body = x.body
    event = Happening(body.type, body.text, body.post_id or "", body.rating, body.deliveries)
    made = sandboxing.happen(x.ports, x.caller, sandboxing.Cause(body.account_id, event))
    answer = models.SandboxEventResponse(
        id=made.id,
        type=body.type,
        account_id=made.account.id,
        platform=made.account.platform,
        post_id=made.on or None,
        webhooks=made.webhooks,
    )
    return Reply(201, answer)
