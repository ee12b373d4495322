"""The house rules that scripts hold: each finds what it forbids, and leaves the rest alone."""

from __future__ import annotations

import textwrap
from pathlib import Path

import grimp
import pytest

from scripts import check_names, check_sizes, import_contracts

WANTED = check_names.pattern(["murmur", "graph_gram"])


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_a_function_of_51_lines_is_too_long_and_one_of_50_is_not(tmp_path: Path) -> None:
    body = "    x = 1\n"
    long = tmp_path / "long.py"
    long.write_text("def fits():\n" + body * 49 + "\n\ndef too_long():\n" + body * 50, encoding="utf-8")
    assert [line.split(": ")[1] for line in check_sizes.too_long(long)] == [
        "too_long has 51 lines; a function has at most 50"
    ]


def test_a_file_of_501_lines_is_too_long(tmp_path: Path) -> None:
    assert list(check_sizes.too_long(written(tmp_path / "a.py", "x = 1\n" * 500))) == []
    assert "501 lines" in next(check_sizes.too_long(written(tmp_path / "a.py", "x = 1\n" * 501)))


def test_tests_beside_the_code_are_not_measured(tmp_path: Path) -> None:
    written(tmp_path / "shared" / "a" / "tests" / "test_a.py", "x = 1\n")
    code = written(tmp_path / "shared" / "a" / "a.py", "x = 1\n")
    assert list(check_sizes.sources(("shared",), tmp_path)) == [code]


@pytest.mark.parametrize(
    "line",
    [
        "if name == 'murmur': pass",
        "murmur_limit = 3",
        "class MurmurLimits: pass",
        "call(host='api.murmur.example')",
        "from shared.platforms.murmur import publish",
        "import shared.platforms.murmur as network",
        "limits = {'GRAPH_GRAM': 5}",
        "x = f'publish-murmur-{n}'",
        "def f(murmur): pass",
    ],
)
def test_a_platforms_name_in_code_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(check_names, "ROOT", tmp_path)
    assert list(check_names.named(written(tmp_path / "a.py", line), WANTED))


@pytest.mark.parametrize("line", ["'''As murmur does.'''", "x = 1  # murmur says so", "murmuring = 'murmurs'"])
def test_documentation_and_other_words_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(check_names, "ROOT", tmp_path)
    assert not list(check_names.named(written(tmp_path / "a.py", line), WANTED))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = 'threads'", True),
        ("x = 'https://graph.threads.net/v1.0'", True),
        ("x = 'takes no threads'", False),
        ("serve(threads=THREADS)", False),
    ],
)
def test_a_name_that_is_a_word_of_programs_is_meant_alone_or_in_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, found: bool
) -> None:
    monkeypatch.setattr(check_names, "ROOT", tmp_path)
    assert bool(list(check_names.named(written(tmp_path / "a.py", line), check_names.pattern(["threads"])))) is found


def test_the_examples_of_a_route_table_are_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_names, "ROOT", tmp_path)
    text = "Route(example={'platform': 'murmur'})\n"
    assert not list(check_names.named(written(tmp_path / "shared/api/v1/routes_posts.py", text), WANTED))
    assert list(check_names.named(written(tmp_path / "shared/api/v1/handlers_posts.py", text), WANTED))
    assert list(check_names.named(written(tmp_path / "shared/api/v1/routes_posts.py", "murmur = 1"), WANTED))


def test_a_platforms_folder_is_its_own_and_a_shared_sibling_is_not() -> None:
    assert check_names.inside_a_platform(check_names.PLATFORMS / "murmur" / "publish.py")
    assert check_names.inside_a_platform(check_names.GENERATED)
    assert not check_names.inside_a_platform(check_names.PLATFORMS / "_oauth2.py")
    assert not check_names.inside_a_platform(check_names.PLATFORMS / "_graph" / "wire.py")
    assert not check_names.inside_a_platform(check_sizes.ROOT / "shared" / "operations" / "posts.py")


def graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    """A graph of two platforms, a shared sibling and the tests of one of them."""
    built = grimp.ImportGraph()
    modules = (
        "",
        ".a",
        ".a.publish",
        ".a.tests.test_a",
        ".b",
        ".b.publish",
        ".b.tests",
        ".a.tests",
        "._graph",
        ".registry",
    )
    for module in (*modules, "._graph.wire"):
        built.add_module(f"nets{module}")
    for importer, imported in imports:
        built.add_import(importer=f"nets.{importer}", imported=f"nets.{imported}")
    return built


@pytest.mark.parametrize(
    ("imports", "kept"),
    [
        ([], True),
        ([("a.publish", "_graph.wire"), ("b.publish", "_graph.wire")], True),
        ([("a.tests.test_a", "b.publish")], True),
        ([("a.publish", "b.publish")], False),
        ([("a.publish", "_graph.wire"), ("_graph.wire", "b.publish")], False),
        ([("b", "a")], False),
    ],
)
def test_platforms_may_share_siblings_but_not_know_each_other(imports: list[tuple[str, str]], kept: bool) -> None:
    contract = import_contracts.IndependentPackages("names", {}, {"container": "nets"})
    assert contract.check(graph(*imports), verbose=False).kept is kept


@pytest.mark.parametrize(("imports", "kept"), [([("a.publish", "b.publish")], True), ([("b.publish", "a")], False)])
def test_a_common_package_is_imported_and_imports_none(imports: list[tuple[str, str]], kept: bool) -> None:
    contract = import_contracts.IndependentPackages("names", {}, {"container": "nets", "common": ["b"]})
    assert contract.check(graph(*imports), verbose=False).kept is kept
