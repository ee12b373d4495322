"""The networks, and a workspace's own apps with them: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import ADMIN, ANY_KEY, Route
from shared.api.v1 import routes_messaging, routes_own_apps

_HANDLERS = "shared.api.v1.handlers_platforms:"
_MODELS = "shared.api.v1.models_platforms:"
_OWN = (
    "By default accounts are connected as the installation's app. A workspace can bring its own: it is used for every "
    "account that is connected from then on, in the mode of the key. Accounts that are connected already keep theirs, "
    "because a grant belongs to the app that got it."
)

ROUTES = (
    Route(
        "GET",
        "/v1/platforms",
        f"{_HANDLERS}platforms",
        "The networks: what each offers, takes and limits, and where that is documented",
        {200: "shared.api.v1.views_platforms:PlatformsListResponse"},
        scope=ANY_KEY,
    ),
    Route(
        "GET",
        "/v1/platforms/{platform}/credentials",
        f"{_HANDLERS}get_app",
        "The workspace's own app at a network",
        {200: f"{_MODELS}CredentialsResponse"},
        scope=ADMIN,
        errors=("byok.credentials_missing", "account.unsupported_platform", "validation.field_invalid"),
        answer_example={
            "platform": "twitter",
            "client_id_preview": "aBcDeF…",
            "created_at": "2026-11-22T12:00:00+00:00",
            "updated_at": "2026-11-22T12:00:00+00:00",
        },
    ),
    Route(
        "PUT",
        "/v1/platforms/{platform}/credentials",
        f"{_HANDLERS}keep_app",
        "Bring an app of one's own, or replace it",
        {204: None},
        scope=ADMIN,
        body=f"{_MODELS}CredentialsRequest",
        errors=("account.unsupported_platform", "validation.field_invalid", "system.vault_unavailable"),
        description=_OWN,
        example={"client_id": "aBcDeF123456", "client_secret": "from the developer portal"},
    ),
    Route(
        "DELETE",
        "/v1/platforms/{platform}/credentials",
        f"{_HANDLERS}forget_app",
        "Go back to the installation's app",
        {204: None},
        scope=ADMIN,
        errors=("account.unsupported_platform", "validation.field_invalid"),
    ),
)

PLATFORMS = (*ROUTES, *routes_messaging.ROUTES, *routes_own_apps.ROUTES)
