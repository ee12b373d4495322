"""Own app credentials, for a workspace and for a brand: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import ADMIN, Route

_HANDLERS = "shared.api.v1.handlers_own_apps:"
_MODELS = "shared.api.v1.models_own_apps:"
_PATH = "/v1/platforms/{platform}/credentials"
_FIND = ("account.unsupported_platform", "validation.field_invalid")
_OWN = (
    "By default accounts are connected as the installation's app. A workspace can bring its own, for all brands or for one "
    "(which wins): it is used for every account that is connected from then on, in the mode of the key. Accounts that are "
    "connected already keep theirs, because a grant belongs to the app that got it."
)
_TEST = (
    "Nothing is stored. A code that nobody was given is traded as this app: the network refuses the app, or the code. "
    "Networks that do not tell these apart answer 501. At most five pairs a minute. Test keys ask the sandbox, which takes "
    "any pair."
)
_PAIR = {"client_id": "aBcDeF123456", "client_secret": "from the developer portal"}

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _PATH,
        f"{_HANDLERS}list_",
        "One's own apps at a network: for all brands, and for single ones",
        {200: f"{_MODELS}OwnAppsListResponse"},
        scope=ADMIN,
        errors=_FIND,
        answer_example={
            "data": [
                {
                    "platform": "twitter",
                    "client_id_hint": "aBcDeF",
                    "created_at": "2026-11-22T12:00:00Z",
                    "updated_at": "2026-11-22T12:00:00Z",
                }
            ],
            "count": 1,
        },
    ),
    Route(
        "PUT",
        _PATH,
        f"{_HANDLERS}keep",
        "Bring an app of one's own, or replace it",
        {204: None},
        scope=ADMIN,
        body=f"{_MODELS}CredentialsRequest",
        errors=(*_FIND, "system.vault_unavailable"),
        description=_OWN,
        example=_PAIR,
    ),
    Route(
        "DELETE",
        _PATH,
        f"{_HANDLERS}forget",
        "Go back to the installation's app",
        {204: None},
        scope=ADMIN,
        errors=_FIND,
    ),
    Route(
        "PUT",
        f"{_PATH}/brand/{{brand_id}}",
        f"{_HANDLERS}keep",
        "Bring an app for one brand, or replace it",
        {204: None},
        scope=ADMIN,
        body=f"{_MODELS}CredentialsRequest",
        errors=(*_FIND, "brand.not_found", "system.vault_unavailable"),
        description=_OWN,
        example=_PAIR,
    ),
    Route(
        "DELETE",
        f"{_PATH}/brand/{{brand_id}}",
        f"{_HANDLERS}forget",
        "Let a brand go back to the workspace's app",
        {204: None},
        scope=ADMIN,
        errors=(*_FIND, "brand.not_found"),
    ),
    Route(
        "POST",
        f"{_PATH}/test",
        f"{_HANDLERS}check",
        "Ask the network whether it knows a pair",
        {200: f"{_MODELS}AppTestResponse"},
        scope=ADMIN,
        body=f"{_MODELS}AppPairRequest",
        errors=(
            *_FIND,
            "resource.not_supported",
            "byok.test_rate_limited",
            "platform.unreachable",
            "platform.no_answer",
            "idempotency.key_reused",
            "idempotency.in_progress",
        ),
        idempotency="claim",
        description=_TEST,
        example=_PAIR,
        answer_example={"valid": True},
    ),
)
