"""A plan, and what the code says that it must hold: the two sides of every rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts import functions_manifest, generate_terraform

ROOT = Path(__file__).parents[2]
KINDS = {"apps": "apps", "webhooks": "apps", "identity": "identity", "payments": "payments"}  # secrets: which port's


@dataclass(frozen=True)
class Plan:
    """Resources of one run: ``type``, ``address``, ``values``."""

    resources: Sequence[Mapping[str, Any]]

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The values of every ``google_{kind}``."""
        return [one["values"] for one in self.resources if one["type"] == f"google_{kind}"]

    def names(self, kind: str, field: str = "name") -> set[str]:
        """What all of that kind are called."""
        return {str(one[field]) for one in self.of(kind)}

    @cached_property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """Each function's service, by the function's name."""
        return {one["name"]: one["service_config"][0] | one for one in self.of("cloudfunctions2_function")}

    @cached_property
    def project(self) -> str:
        """Its id."""
        return str(next(iter(self.functions.values()))["project"])

    def account(self, name: str) -> str:
        """A function's service account as IAM spells it."""
        service = self.functions.get(name, {})
        return f"serviceAccount:{service.get('service_account_email')}"

    def rights(self) -> Iterator[tuple[str, str, str]]:
        """Who, in which role, on what: every grant of the plan."""
        fields = ("service_account_id", "bucket", "secret_id", "topic", "subscription", "name")
        for one in self.resources:
            if one["type"].endswith("_iam_member"):
                values = one["values"]
                what = next((str(values[field]) for field in fields if values.get(field)), "project")
                yield str(values["member"]), str(values["role"]), what.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Code:
    """What the code says."""

    rows: Mapping[str, Mapping[str, Any]]
    queues: frozenset[str]
    topics: frozenset[str]
    secrets: Mapping[str, str]
    indexes: Sequence[Mapping[str, Any]]
    expiring: frozenset[tuple[str, str]]
    unindexed: frozenset[tuple[str, str]]

    def triggered(self, trigger: str) -> set[str]:
        """The functions with that trigger."""
        return {name for name, row in self.rows.items() if row["trigger"] == trigger}

    def using(self, port: str) -> set[str]:
        """The functions that use a port."""
        return {name for name, row in self.rows.items() if port in row["ports"]}

    def told(self, secret: str) -> set[str]:
        """The functions that may be given a secret."""
        kind = self.secrets[secret]
        if kind == "all":
            return set(self.rows)
        who = self.using(KINDS[kind])
        return {name for name in who if self.rows[name]["folder"] == "webhook_ingest"} if kind == "webhooks" else who


def code() -> Code:
    """From the tree, and not from what was generated for terraform: that may be stale."""

    def declared(name: str) -> Any:
        return json.loads((ROOT / "shared" / "backends" / f"{name}.json").read_text(encoding="utf-8"))

    return Code(
        rows={row["name"]: row for row in functions_manifest.rows()},
        queues=frozenset(generate_terraform.queues()),
        topics=frozenset(generate_terraform.topics()),
        secrets=generate_terraform.secrets(),
        indexes=declared("indexes"),
        expiring=frozenset((row["group"], row["field"]) for row in declared("ttl")),
        unindexed=frozenset((row["group"], row["field"]) for row in declared("unindexed")),
    )
