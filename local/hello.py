"""The first post that ``make run`` suggests: to every connected sandbox account, with their real ids."""

from __future__ import annotations

import json

from shared.domain.content import Kind
from shared.operations import accounts, callers
from shared.platforms import registry
from shared.runtime import bootstrap

PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"


def first_post(key: str) -> str:
    """The JSON body of a post to every account whose network takes a photo, and wants nothing beside it."""
    ports = bootstrap.ports()
    connected = accounts.list_(ports, callers.authenticate(ports, key))
    body = {
        "text": "Hello from Rostrum",
        "media": [{"source_type": "url", "source": PHOTO, "type": "image"}],
        "targets": [{"account_id": one.id} for one in connected if _takes_a_photo(one.platform)],
        "publish_now": True,
    }
    return json.dumps(body)


def _takes_a_photo(platform: str) -> bool:
    manifest = registry.manifest(platform)
    return manifest.kind(Kind.IMAGE) is not None and not any(option.required for option in manifest.options)
