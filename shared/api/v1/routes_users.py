"""The person who calls: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, ANY_KEY, Route

_HANDLERS = "shared.api.v1.handlers_users:"
_MODELS = "shared.api.v1.models_users:"
_ME: dict[str, Any] = {
    "id": "usr_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "workspace_id": "ws_01KB2J1K2M3N4P5Q6R7S8T9V0W",
    "email": "ada@example.com",
    "name": "Ada",
    "role": "",
    "plan": "self_hosted",
    "onboarding": True,
    "use_case": "agency",
    "lock_accounts_to_brand": False,
    "billing_blocked": False,
    "allowed_platforms": ["bluesky", "instagram", "linkedin"],
}
_WHO = (
    "For a session or a Google ID token, the person; for a key, the workspace's owner. Where nobody ever signed in, `id` "
    "is the workspace's and there is no `email`."
)

ROUTES = (
    Route(
        "GET",
        "/v1/users/me",
        f"{_HANDLERS}me",
        "Who is calling",
        {200: f"{_MODELS}UserMeResponse"},
        scope=ANY_KEY,
        description=_WHO,
        answer_example=_ME,
    ),
    Route(
        "PATCH",
        "/v1/users/me",
        f"{_HANDLERS}update",
        "Change the profile, and what holds for all accounts",
        {200: f"{_MODELS}UserMeResponse"},
        scope=ADMIN,
        body=f"{_MODELS}PatchMeRequest",
        description="`lock_accounts_to_brand` is one of the mode that the caller works in.",
        example={"onboarding": True, "use_case": "agency"},
        answer_example=_ME,
    ),
    Route(
        "DELETE",
        "/v1/users/me",
        f"{_HANDLERS}delete",
        "Delete the person, and with an owner the workspace and everything in it, for good",
        {200: "shared.api.v1.models_common:OKResponse"},
        scope=ADMIN,
        errors=("billing.refused",),
        description=(
            "What is paid for ends at once, without refund. Keys and sessions end first, then what is scheduled, then "
            "accounts and their grants, files, and all else, in both modes. What a large workspace holds beyond that is removed within minutes. A test key may not."
        ),
        answer_example={"ok": True},
    ),
)
