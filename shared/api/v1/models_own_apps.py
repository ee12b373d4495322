"""Own apps: what callers send, and what they are told of theirs."""

from __future__ import annotations

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class AppPairRequest(Body):
    """An app's id and secret, as the network's developer portal shows them."""

    client_id: str = Field(min_length=1, max_length=512)
    client_secret: str = Field(min_length=1, max_length=512, repr=False)


class CredentialsRequest(AppPairRequest):
    """An app of one's own. The secret is never shown again."""

    config: str = Field(
        "",
        max_length=512,
        description="What some networks call an app by beside its id (its number, or the id of a login configuration; the "
        "network's page in the docs says so). No secret.",
    )
    scopes: list[str] = Field(
        [],
        max_length=50,
        description="What to ask people for instead of all that Rostrum can use: where the network granted this app fewer "
        "permissions, for it refuses a consent that asks for one too many.",
    )


class OwnAppItem(View):
    """An own app: the first characters of its id. Without ``brand_id``: the one for all brands that have none."""

    platform: str
    brand_id: str | None = None
    client_id_hint: str
    created_at: Time
    updated_at: Time


class OwnAppsListResponse(View):
    """The own apps at a network."""

    data: list[OwnAppItem]
    count: int


class AppTestResponse(View):
    """Whether the network knows the pair; if not, why."""

    valid: bool
    reason: str | None = None
