"""What is installed: pinned, hashed, from the index alone, no more than what runs, under licences that let it be shipped.

Whether a version has known vulnerabilities needs the internet: `make audit` asks.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import audit, requirements
from scripts.functions_manifest import FUNCTIONS, ROOT, Folder, folders

PINNED = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n?")
# May be shipped with what is ours, whatever licence that has; MPL-2.0 asks for the source of its own files only.
PERMISSIVE = {
    *(
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-CMU",
        "MIT-0",
        "PSF-2.0",
        "MPL-2.0",
        "Unlicense",
    ),
    *("0BSD", "CNRI-Python", "HPND"),
}
# Distributions that say it in their own words.
WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache-2.0 license": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def entries(text: str) -> list[str]:
    """The requirements of a file, each with its hashes."""
    lines = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
    return [one for one in re.split(r"^(?=\S)", lines, flags=re.MULTILINE) if one.strip()]


@pytest.mark.parametrize("path", audit.files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_requirement_is_pinned_and_hashed_and_names_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = entries(text)
    assert len(found) > 3
    assert [one for one in found if not PINNED.fullmatch(one)] == []
    assert "://" not in text
    assert " @ " not in text


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_a_bundle_installs_nothing_of_the_tests(folder: Folder) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    of_tests = {canonicalize_name(Requirement(line).name) for name in ("dev", "local") for line in groups[name]}
    installed = requirements.locked((FUNCTIONS / folder.name / "requirements.txt").read_text(encoding="utf-8"))
    named = {canonicalize_name(Requirement(one).name) for one in folder.requirements}
    assert of_tests & named == set(), "what only tests and one machine need is loaded by no function"
    assert installed.keys() == requirements.closure(folder.requirements)


@pytest.mark.parametrize(
    "name", sorted({name for folder in folders() for name in requirements.closure(folder.requirements)})
)
def test_what_a_bundle_ships_is_under_a_permissive_licence(name: str) -> None:
    said = licences(name)
    assert said, f"{name} names no licence: look, and say here what it is"
    assert said <= PERMISSIVE, f"{name}: {', '.join(sorted(said - PERMISSIVE))}"


def licences(name: str) -> set[str]:
    """The licences of an installed distribution, as SPDX calls them; of «A OR B» what may be chosen counts."""
    about: Any = metadata(name)  # typeshed knows no get
    expression = about.get("License-Expression", "")
    if expression:
        return {choices(one) for one in re.split(r"\s+AND\s+", expression.strip("()"))}
    classifiers = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    said = classifiers or ([about.get("License", "").strip().partition("\n")[0]])
    return {WORDS.get(one, one) for one in said if one and one != "OSI Approved"}


def choices(expression: str) -> str:
    """A permissive one of the licences between ORs, else the first."""
    given = [one.strip("() ") for one in re.split(r"\s+OR\s+", expression)]
    return next((one for one in given if one in PERMISSIVE), given[0])


def test_the_audit_reads_what_its_tool_reports() -> None:
    clean = {"name": "a", "version": "1", "vulns": []}
    known = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": []}]}
    assert audit.findings({"dependencies": [clean], "fixes": []}) == []
    (found,) = audit.findings({"dependencies": [clean, known], "fixes": []})
    assert str(found) == "b 2: PYSEC-1 (fixed in 2.1)"
    with pytest.raises(audit.NotAsked, match="not looked at: c"):
        audit.findings({"dependencies": [clean, {"name": "c", "skip_reason": "unknown"}], "fixes": []})


def test_what_could_not_be_asked_is_no_pass() -> None:
    with pytest.raises(audit.NotAsked, match="nobody answers"):
        audit.audit(audit.files()[0], ("sh", "-c", "echo nobody answers >&2; exit 1"))
