"""A network without mercy, for the explorer: no idempotency key, no duplicate refusal, and a listing that lags.

Real networks are kinder (a native key, a container, a duplicate refusal), and their kindness hides a scheduler's bugs.
The promise must hold without it.
"""

from __future__ import annotations

import sys
from datetime import date
from importlib import import_module

from shared.domain.content import Kind
from shared.platforms import names
from shared.platforms.manifest import (
    FEATURES,
    Action,
    ApiVersion,
    KindLimit,
    Manifest,
    NotOffered,
    OAuth,
    Option,
    Source,
    TextLimit,
    Timing,
)

HOST = "api.plain.test"
LAG = 30  # seconds until a new post shows in the listing
_SOURCE = Source("https://plain.test/docs", date(2026, 11, 22))
_NOT_HERE = NotOffered("a network for tests has none", _SOURCE)
_OFFERED = (
    "refresh",
    "delete",
    "comments.list",
    "comments.reply",
    "comments.like",
    "messages.list",
    "messages.send",
    "ads",
)
_WORDS = TextLimit(500, "chars", "", _SOURCE, required=True)
_FACETS = ("oauth", "publish", "inbox", "ads", "simulator")

MANIFEST = Manifest(
    name="plain",
    title="Plain",
    folder="plain",
    hosts=(HOST,),
    api=ApiVersion("1", None, _SOURCE),
    oauth=OAuth("credentials", (), False, (Option("name", "string", "the account's name"),), needs_app=False),
    text=TextLimit(500, "chars", "", _SOURCE),
    kinds=(KindLimit(Kind.TEXT, 0, 0),),
    # 5 s window + 30 s deadline + 120 s until a late effect + 30 s lag, and a margin
    timing=Timing(30, 300, 60, 300, 300, native_key=False, source=_SOURCE),
    facets={
        "publish": "offered",
        "inbox": "offered",
        "ads": "offered",
        "metrics": _NOT_HERE,
        "webhooks": _NOT_HERE,
    },
    features={name: "offered" if name in _OFFERED else _NOT_HERE for name in FEATURES},
    actions=(
        Action("comment.reply", "inbox", text=_WORDS),
        Action("comment.like", "inbox", repeatable=True),
        Action("message.send", "inbox", text=_WORDS),
        Action(
            "campaign.create",
            "ads",
            text=TextLimit(100, "chars", "", _SOURCE, required=True),
            options=(
                Option("ad_account_id", "string", "who pays", required=True),
                Option("objective", "string", "what for", enum=("awareness", "traffic")),
                Option("daily_budget_micros", "integer", "millionths of the currency"),
            ),
        ),
        Action(
            "campaign.status",
            "ads",
            options=(Option("status", "string", "what is wished", enum=("active", "paused"), required=True),),
            repeatable=True,
        ),
    ),
    thread=10,
)


def install() -> None:
    """Make the network known to the registry, as a folder would be."""
    sys.modules["shared.platforms.plain"] = sys.modules[__name__]
    for facet in _FACETS:
        sys.modules[f"shared.platforms.plain.{facet}"] = import_module(f"tests.simulation.plain.{facet}")
    names.NAMES["plain"] = "plain"
    names.HOSTS[HOST] = ("plain",)


def uninstall() -> None:
    """Forget it again, so that no other test meets it."""
    names.NAMES.pop("plain", None)
    names.HOSTS.pop(HOST, None)
    sys.modules.pop("shared.platforms.plain", None)
    for facet in _FACETS:
        sys.modules.pop(f"shared.platforms.plain.{facet}", None)
