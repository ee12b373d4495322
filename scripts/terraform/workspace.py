"""A copy of what terraform reads, in a folder of its own, where `terraform` runs without the internet and leaves nothing behind
in the tree: neither its data, nor a lock file that has our provider's hash in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.functions_manifest import folders
from scripts.terraform.provider import SCHEMA

ROOT = Path(__file__).parents[2]
READ = (
    "functions/manifest.json",
    "shared/backends/indexes.json",
    "shared/backends/ttl.json",
    "shared/backends/unindexed.json",
)
NOT_COPIED = shutil.ignore_patterns(".terraform*", "*.tfstate*")
SOURCE = "registry.terraform.io/hashicorp/google"
SECONDS = 120
PLANNED = ("production", "small")  # the files whose plans are held against the rules; others assert by themselves


class Failed(Exception):
    """Terraform refused; the text is what it printed."""


def binary() -> str | None:
    """Where terraform is, if it is."""
    return shutil.which("terraform")


@dataclass(frozen=True)
class Workspace:
    """``root``: the copy. ``environment``: of every call."""

    root: Path
    environment: Mapping[str, str]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Terraform in the copy's terraform/."""
        return subprocess.run(
            [binary() or "terraform", *arguments],
            cwd=self.root / "terraform",
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def initialised(self) -> None:
        """Make it ready. Raises Failed."""
        done = self.call("init", "-backend=false", "-input=false", "-no-color")
        if done.returncode:
            raise Failed(done.stdout + done.stderr)

    def faults(self) -> list[str]:
        """What `terraform validate` finds, each as «file:line: what»."""
        said = json.loads(self.call("validate", "-json").stdout)
        return [_spelt(one) for one in said["diagnostics"] if one["severity"] == "error"]

    def plans(self, *names: str) -> dict[str, list[dict[str, Any]]]:
        """The resources that each of ``PLANNED`` plans, by its name; with names, only those files are run.

        Raises Failed, also where a run of another file fails.
        """
        chosen = [f"-filter=tests/{name}.tftest.hcl" for name in names]
        done = self.call("test", "-json", "-verbose", *chosen)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode:
            errors = [_spelt(line["diagnostic"]) for line in lines if line.get("type") == "diagnostic"]
            raise Failed("\n".join(errors) or done.stdout + done.stderr)
        return {
            line["@testrun"]: [
                _planned(one) for one in line["test_plan"]["resource_changes"] if one["mode"] == "managed"
            ]
            for line in lines
            if line.get("type") == "test_plan" and line["@testrun"] in PLANNED
        }


@contextmanager
def copied() -> Iterator[Workspace]:
    """A copy, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="rostrum-terraform-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "terraform", root / "terraform", ignore=NOT_COPIED)
        for name in READ:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        _bundles(root / "build" / "functions")
        config = root / "terraform.rc"
        config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{_mirror(root)}"\n  }}\n}}\n')
        ours = {"TF_CLI_CONFIG_FILE": str(config), "TF_DATA_DIR": str(root / "data"), "CHECKPOINT_DISABLE": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "GOOGLE_"))}
        yield Workspace(root, kept | ours | {"TF_IN_AUTOMATION": "1"})


def _bundles(target: Path) -> None:
    """An empty bundle for each folder: only their names and hashes are planned."""
    target.mkdir(parents=True)
    for folder in folders():
        with zipfile.ZipFile(target / f"{folder.name}.zip", "w"):
            pass


def _mirror(root: Path) -> Path:
    """A folder of providers with ours as google's."""
    version = json.loads(SCHEMA.read_text(encoding="utf-8"))["version"]
    told = subprocess.run([binary() or "terraform", "version", "-json"], capture_output=True, text=True, check=True)
    platform = json.loads(told.stdout[told.stdout.index("{") :])["platform"]
    plugin = root / "mirror" / SOURCE / version / platform / f"terraform-provider-google_v{version}"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m scripts.terraform.provider\n')
    plugin.chmod(0o755)
    return root / "mirror"


def _planned(change: Mapping[str, Any]) -> dict[str, Any]:
    """Type, address and values; what is known only once it is made is missing."""
    return {"type": change["type"], "address": change["address"], "values": change["change"]["after"]}


def _spelt(diagnostic: Mapping[str, Any]) -> str:
    where = diagnostic.get("range") or {}
    line = where.get("start", {}).get("line", 0)
    return f"{where.get('filename', '?')}:{line}: {diagnostic['summary']}: {diagnostic.get('detail', '')}"
