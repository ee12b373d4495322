"""terraform/rostrum.json: the names that terraform has from the code: queues, topics, and settings, with who is told secrets.

``secrets`` maps the name of a setting that is a secret to its kind: ``apps`` (functions that speak to networks),
``webhooks`` (those that prove what networks deliver), ``identity``, ``payments``, ``all`` (each function). ``stems``: what names of the networks'
settings begin with.
"""

from __future__ import annotations

import json
from typing import Any

from scripts.functions_manifest import rows
from shared.operations import networks
from shared.platforms import registry
from shared.runtime.bootstrap import SUBSCRIBERS

PATH = "terraform/rostrum.json"
SIGNIN = {"GOOGLE_SIGNIN_CLIENT_SECRET": "identity"}
PAYMENTS = {"STRIPE_SECRET_KEY": "payments", "STRIPE_WEBHOOK_SECRET": "payments"}
COLLECTOR = {"OTEL_EXPORTER_OTLP_HEADERS": "all"}  # by which whoever collects traces knows us; the SDK reads it
PROOFS = ("WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "VERIFY_TOKEN", "VERIFY_TOKEN_PREVIOUS")


def queues() -> list[str]:
    """Every queue of the manifest, those of platforms once for each. A queue's name has no underscores."""
    patterns = {str(row["queue"]) for row in rows() if row["trigger"] == "task"}
    platforms = [name.replace("_", "-") for name in registry.all_names()]
    return sorted({pattern.format(platform=name) for pattern in patterns for name in platforms})


def topics() -> list[str]:
    """Every topic that is published to. Raises ValueError where the manifest subscribes to another."""
    subscribed = {str(row["topic"]) for row in rows() if row["trigger"] == "event"}
    if unknown := subscribed - set(SUBSCRIBERS):
        raise ValueError(f"functions/manifest.json: nobody publishes to {', '.join(sorted(unknown))}")
    return sorted(SUBSCRIBERS)


def secrets() -> dict[str, str]:
    """The kind of each setting that is a secret."""
    found = dict(SIGNIN | PAYMENTS | COLLECTOR)
    for platform in registry.all_names():
        app = networks.app_variables(platform)[1]
        if registry.manifest(platform).oauth.needs_app:
            found |= {app: "apps", f"{app}_PREVIOUS": "webhooks"}
        if registry.manifest(platform).facets.get("webhooks") == "offered":
            found |= {f"{networks.stems(platform)[0]}_{name}": "webhooks" for name in PROOFS}
        found = dict.fromkeys(networks.webhook_secrets(platform), "webhooks") | found
    return dict(sorted(found.items()))


def stems() -> list[str]:
    """What the names of the networks' settings begin with."""
    return sorted({stem for platform in registry.all_names() for stem in networks.stems(platform)})


def render() -> str:
    """The file's text."""
    made: dict[str, Any] = {
        "queues": queues(),
        "topics": topics(),
        "secrets": secrets(),
        "stems": stems(),
    }
    return json.dumps(made, indent=1) + "\n"
