"""docs/adding-a-platform.md, followed to the letter: its example passes the contract suite, and needs no other file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import walkthrough
from tests.docs.walkthrough import NAME, PAGE, ROOT

pytestmark = pytest.mark.xdist_group("walkthrough")  # one worker builds the house
COPIED = (
    *("shared", "scripts", "pyproject.toml"),
    *("tests/__init__.py", "tests/support", "tests/contract", "tests/simulation/__init__.py", "tests/simulation/plain"),
)
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the example needs of the repository, with the folder from the page in it."""
    root = tmp_path_factory.mktemp("house")
    for name in COPIED:
        source, aim = ROOT / name, root / name
        aim.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, aim, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, aim)
    walkthrough.write(root)
    generated = _run(root, sys.executable, "-c", _GENERATE)
    assert generated.returncode == 0, generated.stderr
    return root


_GENERATE = "from scripts import generate_names as g; open(g.PATH, 'w').write(g.render())"


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_the_example_passes_its_tests_and_the_contract_suite(house: Path) -> None:
    """More than sixty of them: the selection is not empty."""
    folders = (f"shared/platforms/{NAME}", "tests/contract/platforms")
    done = _run(
        house, sys.executable, "-m", "pytest", *folders, "-k", NAME, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"
    )
    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0, done.stdout[-3000:]
    assert passed
    assert int(passed[1]) > 60


def test_the_example_is_written_as_the_house_writes(house: Path) -> None:
    """Format, lint, and no name of it elsewhere."""
    folder = f"shared/platforms/{NAME}"
    for command in (("ruff", "format", "--check"), ("ruff", "check", "--no-cache")):
        done = _run(house, str(BIN / command[0]), *command[1:], folder)
        assert done.returncode == 0, done.stdout
    found = _run(house, sys.executable, "-m", "scripts.check_names").stdout
    assert NAME not in found.lower()


@pytest.mark.slow
def test_the_example_is_typed(house: Path) -> None:
    """Strictly."""
    done = _run(house, str(BIN / "mypy"), "--no-error-summary", f"shared/platforms/{NAME}")
    assert done.returncode == 0, done.stdout


def test_the_page_shows_every_file_that_it_lists() -> None:
    """The table of the order of work and the blocks agree."""
    text, files = PAGE.read_text("utf-8"), walkthrough.files()
    listed = {"__init__.py", "wire.py", "errors.py", "simulator.py", "publish.py", "oauth.py", "README.md"}
    assert listed <= set(files)
    assert all(f"`{name}`" in text for name in listed)
    assert not (ROOT / "shared" / "platforms" / NAME).exists(), "the example stays on its page"
