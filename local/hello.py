"""The first post that ``make run`` suggests: to every connected sandbox account, with their real ids."""

from __future__ import annotations

import json

from shared.operations import accounts, callers
from shared.runtime import bootstrap

PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"


def first_post(key: str) -> str:
    """The JSON body of a post that every network of the workspace takes."""
    ports = bootstrap.ports()
    connected = accounts.list_(ports, callers.authenticate(ports, key))
    body = {
        "text": "Hello from Rostrum",
        "media": [{"source_type": "url", "source": PHOTO, "type": "image"}],
        "targets": [{"account_id": account.id} for account in connected],
        "publish_now": True,
    }
    return json.dumps(body)
