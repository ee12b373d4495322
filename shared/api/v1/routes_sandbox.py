"""The sandbox on demand: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_sandbox:"
_MODELS = "shared.api.v1.models_sandbox:"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")

ROUTES = (
    Route(
        "POST",
        "/v1/sandbox/events",
        f"{_HANDLERS}happen",
        "Have somebody comment, write, mention or review in the sandbox, now",
        {201: f"{_MODELS}SandboxEventResponse"},
        scope="inbox:write",
        body=f"{_MODELS}SandboxEventRequest",
        errors=(
            "validation.field_required",
            "validation.field_invalid",
            "auth.sandbox_only",
            "account.not_found",
            "post.not_found",
            "resource.not_supported",
            *_KEYED,
        ),
        idempotency="claim",
        description=(
            "For test keys only. A simulated person does it, and the network tells of it as the real one would: by a signed webhook, "
            "or not at all where the inbox is polled. What nobody can do on a network answers 501 with what they can."
        ),
        example={
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "type": "comment",
            "text": "Where can I get this?",
        },
        answer_example={
            "id": "17858893269000001",
            "type": "comment",
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "platform": "instagram",
            "post_id": "17900000000000001",
            "webhooks": 1,
        },
    ),
)
