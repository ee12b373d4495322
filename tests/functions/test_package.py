"""A bundle is the same bytes wherever it is built, and holds what runs and nothing else."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import package
from scripts.functions_manifest import FUNCTIONS, ROOT, Folder, folders, rows
from scripts.requirements import TRACES, closure

EACH = pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)


def checkout(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another checkout of the same sources: other path, times and modes, and leftovers of running it."""
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, root / name, copy_function=shutil.copyfile)
    for path in root.rglob("*.py"):
        path.chmod(0o600)
    (root / "shared" / "domain" / "__pycache__").mkdir(exist_ok=True)
    (root / "shared" / "domain" / "__pycache__" / "left.pyc").write_bytes(b"left")
    (root / "shared" / "domain" / ".hidden").write_text("left")
    monkeypatch.setattr(package, "ROOT", root)
    monkeypatch.setattr(package, "SHARED", root / "shared")
    monkeypatch.setattr(package, "FUNCTIONS", root / "functions")


@EACH
def test_two_checkouts_build_the_same_bytes(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = package.build(folder, tmp_path / "here").read_bytes()
    checkout(tmp_path / "elsewhere", monkeypatch)
    assert package.build(folder, tmp_path / "there").read_bytes() == here


@EACH
def test_a_bundle_holds_what_runs_and_no_tests(folder: Folder, tmp_path: Path) -> None:
    with zipfile.ZipFile(package.build(folder, tmp_path)) as bundle:
        names = bundle.namelist()
    assert {"main.py", "requirements.txt", "shared/__init__.py", "shared/backends/indexes.json"} <= set(names)
    assert names == sorted(names)
    assert {name.split("/")[1] for name in names if name.startswith("shared/")} == {"__init__.py", *folder.rooms}
    assert not [name for name in names if {"tests", "fixtures", "__pycache__", "README.md"} & set(name.split("/"))]


@EACH
def test_a_folder_holds_the_two_files_that_a_bundle_takes(folder: Folder) -> None:
    found = {path.name for path in (FUNCTIONS / folder.name).iterdir()} - {"__pycache__"}
    assert found == {"main.py", "requirements.txt"}


def test_a_bundle_can_send_traces_where_that_is_wanted(tmp_path: Path) -> None:
    """All that it needs for it is pinned and hashed; nothing else of the bundle is another."""
    folder = folders()[0]
    plain, able = (
        dict(entries(package.build(folder, tmp_path / str(traces), traces=traces))) for traces in (False, True)
    )
    more = able.pop("requirements.txt").decode()
    assert "opentelemetry-exporter-otlp-proto-http==" not in plain.pop("requirements.txt").decode()
    assert plain == able
    assert more == package._with_traces(folder)


@EACH
def test_what_sends_traces_is_pinned_and_hashed_beside_what_a_folder_needs(folder: Folder) -> None:
    more = package._with_traces(folder)
    assert closure((*folder.requirements, *TRACES)) == {
        line.partition("==")[0] for line in more.splitlines() if "==" in line
    }
    assert more.count("==") <= more.count("--hash=sha256:")


def entries(bundle: Path) -> Iterator[tuple[str, bytes]]:
    """What a bundle holds."""
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def test_an_unknown_folder_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert package.main(["apple"]) == 2
    known = ", ".join(sorted({str(row["folder"]) for row in rows()}))
    assert f"no function folder apple; known are {known}" in capsys.readouterr().err
