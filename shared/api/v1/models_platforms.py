"""Networks: what callers send, and what they are told of their own apps."""

from __future__ import annotations

from pydantic import Field

from shared.api.engine.models import Body, View


class CredentialsRequest(Body):
    """An app of one's own, as the network's developer portal shows it. The secret is never shown again."""

    client_id: str = Field(min_length=1, max_length=512)
    client_secret: str = Field(min_length=1, max_length=512, repr=False)
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


class CredentialsResponse(View):
    """The app that new connections are made with: the first characters of its id."""

    platform: str
    client_id_preview: str
    created_at: str
    updated_at: str
