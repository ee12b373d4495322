"""The requirements of a function: complete, pinned, hashed, and only what it loads."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement

from scripts import requirements
from scripts.functions_manifest import BadManifest, Folder, check, folders, rows

ENTRIES = requirements.locked(requirements.LOCK.read_text(encoding="utf-8"))


def folder(*names: str) -> Folder:
    return Folder("some", ("some",), (), names)


def test_each_entry_of_the_lock_has_one_version_and_a_hash() -> None:
    assert len(ENTRIES) > 50
    for name, entry in ENTRIES.items():
        assert re.fullmatch(r"[a-z0-9._-]+==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", entry), name


def test_the_lock_names_no_address_and_no_path() -> None:
    text = requirements.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|# via|/work|/home|/tmp", text)


def test_what_a_requirement_needs_in_turn_is_there_too() -> None:
    text = requirements.render(folder("requests"), ENTRIES)
    assert set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)) == {
        "certifi", "charset-normalizer", "idna", "requests", "urllib3",
    }  # fmt: skip


def test_an_extra_brings_its_own_needs() -> None:
    plain = {r.name for r in requirements.needed(Requirement("google-api-core"))}
    assert {r.name for r in requirements.needed(Requirement("google-api-core[grpc]"))} >= plain | {"grpcio"}
    assert "grpcio" not in plain


def test_markers_are_those_of_the_target_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        requirements, "requires", lambda _: ['a; sys_platform == "win32"', 'b; sys_platform == "linux"']
    )
    assert [r.name for r in requirements.needed(Requirement("c"))] == ["b"]


def test_what_the_lock_lacks_is_named_with_the_remedy() -> None:
    with pytest.raises(requirements.NotLocked, match=r"functions/some needs urllib3.*make lock"):
        requirements.render(folder("requests"), {k: v for k, v in ENTRIES.items() if k != "urllib3"})
    with pytest.raises(requirements.NotLocked, match=r"no-such-thing is not installed.*pyproject"):
        requirements.render(folder("no-such-thing"), ENTRIES)


def test_no_function_ships_the_tools_of_tests() -> None:
    for shipped in folders():
        assert not {"pytest", "hypothesis", "mypy", "uv", "waitress"} & requirements.closure(shipped.requirements)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trigger": "magic"}, r"api: trigger is 'magic'; use one of \['event', 'http', 'schedule', 'task'\]"),
        ({"trigger": "task"}, r"api: add queue"),
        ({"colour": "red"}, r"api: remove colour"),
    ],
)
def test_a_bad_row_is_refused_with_its_remedy(change: dict[str, str], message: str) -> None:
    api = next(row for row in rows() if row["name"] == "api")
    with pytest.raises(BadManifest, match=message):
        check(api | change)


def test_entry_points_of_one_folder_are_one_bundle() -> None:
    publish = next(f for f in folders() if f.name == "publish")
    assert publish.entry_points == ("publish", "sweep")
