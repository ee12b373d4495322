"""Cuts ``schema.json`` out of a full extract of google's schema: only what terraform/ names.

The extract comes from the PyPI package cdktn-provider-google 21.1.0 (google 8.7.0), whose generated code says of each
argument its type, whether it is required, optional or computed, its choices, and how blocks nest. Its form is kept:
``{"a": {attribute: [type, r|o|oc|c, choices?]}, "b": {block: [nesting, least, most, {…}]}}``.

Usage: ``python -m scripts.terraform.schema EXTRACT`` after a resource of a new kind was written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.terraform.provider import SCHEMA

TERRAFORM = Path(__file__).parents[2] / "terraform"
_NAMED = re.compile(r'^(resource|data)\s+"(google_\w+)"', re.MULTILINE)
PROVIDER = ("project", "region", "zone", "user_project_override", "billing_project", "default_labels", "credentials")


def named(root: Path = TERRAFORM) -> Iterator[tuple[str, str]]:
    """``resource`` or ``data``, and the type, of each block of google's."""
    for path in sorted(root.rglob("*.tf")):
        yield from _NAMED.findall(path.read_text(encoding="utf-8"))


def cut(extract: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the extract that is named. Raises KeyError for a type that it lacks."""
    resources = {name: extract["resources"][name] for kind, name in sorted(set(named())) if kind == "resource"}
    sources = {name: extract["data_sources"][name] for kind, name in sorted(set(named())) if kind == "data"}
    whole = extract["provider_block"]
    provider = {"a": {name: whole["a"][name] for name in PROVIDER}, "b": {}}
    version = extract["provider_version"]
    return {"version": version, "provider": provider, "resources": resources, "data_sources": sources}


if __name__ == "__main__":
    made = cut(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    rows = [f'"{name}":\n{json.dumps(value, separators=(",", ":"), sort_keys=True)}' for name, value in made.items()]
    SCHEMA.write_text("{" + ",\n".join(rows) + "}\n", encoding="utf-8")
