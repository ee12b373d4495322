"""What README, CONTRIBUTING and docs/ say exists, exists, and what they must say, they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.platforms import names, registry
from shared.platforms._faults import Fault
from tests.docs.walkthrough import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
READMES = {name: ROOT / "shared" / "platforms" / folder / "README.md" for name, folder in names.NAMES.items()}
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_TARGET = re.compile(r"(?:`|^|&& |\s)make ([a-z]+(?: [a-z]+)*)", re.MULTILINE)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT")

# What every folder's README tells, under whatever words it likes best.
TOLD = {
    "how a post goes out, or where things are": r"post goes out|way of a post|where things are",
    "what the network really does": r"quirks|really does",
    "what is not offered": r"not offered",
    "the simulator": r"simulator",
}


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text("utf-8"))


def _anchor(heading: str) -> str:
    """As GitHub makes them."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", [*PAGES, *READMES.values()], ids=_short)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files and headings of this repository; other hosts are not asked."""
    for link in _LINK.findall(_prose(page)):
        if "://" in link:
            continue
        where, _, anchor = link.partition("#")
        aim = (page.parent / where).resolve() if where else page
        assert aim.exists(), f"{_short(page)} links to {link}, which is not there"
        assert aim.is_relative_to(ROOT), f"{_short(page)} links out of the repository: {link}"
        if anchor:
            known = {_anchor(heading) for heading in _HEADING.findall(aim.read_text("utf-8"))}
            assert anchor in known, f"{_short(page)}: {where or page.name} has no heading #{anchor}"


def test_every_decision_has_a_number_of_its_own_and_says_all_of_it() -> None:
    """Numbered without a gap, each with the template's headings."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(len(decisions)))
    wanted = _HEADING.findall(decisions[0].read_text("utf-8"))[1:]
    for path in decisions[1:]:
        title, *parts = _HEADING.findall(path.read_text("utf-8"))
        assert title.startswith(f"{path.name[:4]}: "), path.name
        assert parts == wanted, path.name


# ------------------------------------------------------------------------------------------------- settings


def _is_environment(node: ast.expr) -> bool:
    """``env`` and ``os.environ``, under any of the names that we give them."""
    return (isinstance(node, ast.Name) and node.id in {"env", "environ"}) or (
        isinstance(node, ast.Attribute) and node.attr in {"environ", "_env"}
    )


def _read_by(path: Path) -> Iterator[str]:
    """The names that a module reads from the environment, also through a table of names."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
            named = node.func.attr in {"get", "getenv", "pop"} and _is_environment(node.func.value)
            if named or node.func.attr == "getenv":
                yield from _literal(node.args[0])
        elif isinstance(node, ast.Subscript) and _is_environment(node.value):
            yield from _literal(node.slice)
        elif isinstance(node, ast.Dict) and path.name == "settings.py":
            for part in (*node.keys, *node.values):
                yield from (name for name in _literal(part) if _VARIABLE.fullmatch(name))


def _literal(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _settings_read() -> set[str]:
    paths = [*(ROOT / "shared" / "runtime").glob("*.py"), *(ROOT / "local").glob("*.py")]
    return {name for path in paths for name in _read_by(path)} - {"PYTHONPATH"}  # the interpreter's own, handed on


def _settings_told() -> set[str]:
    """The first column of the tables in docs/settings.md."""
    rows = re.findall(r"^\| (`.+?`(?:, `.+?`)*) \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    cells = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    return {name for name in cells if "{" not in name}


def test_settings_that_are_read_are_told_and_the_other_way_round() -> None:
    """Nothing hidden, nothing made up."""
    assert "PORT" in _settings_read()
    assert _settings_read() == _settings_told()


def test_every_app_s_variables_are_told() -> None:
    """The networks that need an app are named where live accounts are explained."""
    from shared.operations.networks import app_variables

    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name in registry.all_names():
        if registry.manifest(name).oauth.needs_app:
            assert app_variables(name)[0].removesuffix("CLIENT_ID") in text, name


# --------------------------------------------------------------------------------------- sandbox and commands


def test_every_marker_is_told() -> None:
    """A row each, and no row for a marker that no simulator knows."""
    rows = re.findall(
        r"^\| `\[\[sandbox:(\w+)\]\]` \|", (ROOT / "docs" / "sandbox.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(rows) == sorted(fault.value for fault in Fault)


def test_the_sandbox_s_media_are_there() -> None:
    """The files that the page names are the files that the sandbox serves."""
    from shared.runtime.sandbox import MEDIA, MEDIA_HOST

    told = re.findall(
        rf"https://{re.escape(MEDIA_HOST)}/media/([\w.]+)", (ROOT / "docs" / "sandbox.md").read_text("utf-8")
    )
    assert set(told) == set(MEDIA)


@pytest.mark.parametrize("page", PAGES, ids=_short)
def test_every_make_target_exists(page: Path) -> None:
    """``make x`` in a code span, a code block or a table."""
    targets = set(re.findall(r"^([a-z]+)\b[^:=\n]*:(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    targets |= {
        target
        for line in re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        for target in line.split()
    }
    for span in _code(page):
        for words in _TARGET.findall(span):
            missing = set(words.split()) - targets
            assert not missing, f"{_short(page)}: make {words}: the Makefile has no {missing}"


def _code(page: Path) -> Iterator[str]:
    """Inline code, and the lines of shell blocks without their comments."""
    text = page.read_text("utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield from (line.partition("#")[0].partition(" ARGS=")[0] for line in block.splitlines())
    yield from (span.partition(" ARGS=")[0] for span in re.findall(r"`(make [^`\n]*)`", _FENCE.sub("", text)))


# ------------------------------------------------------------------------------------------ platforms' READMEs


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("told", TOLD)
def test_a_platform_s_readme_has_its_sections(name: str, told: str) -> None:
    """What a reader comes for."""
    headings = " | ".join(_HEADING.findall(READMES[name].read_text("utf-8")))
    assert re.search(TOLD[told], headings, re.IGNORECASE), f"{name}: no heading about {told}"


@pytest.mark.parametrize("name", READMES)
def test_a_platform_s_readme_says_how_a_lost_answer_is_settled(name: str) -> None:
    """And when its facts were read."""
    text = READMES[name].read_text("utf-8")
    assert re.search(r"lost answer", text, re.IGNORECASE)
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", text)
