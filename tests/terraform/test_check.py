"""`make check-terraform` passes on the tree, finds each of the seeded mistakes, and says when it could not look."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from scripts import check_terraform
from scripts.terraform import msgpack, provider, safety, workspace
from scripts.terraform.mistakes import MISTAKES, Mistake
from scripts.terraform.planned import Plan, code
from scripts.terraform.schema import named

pytestmark = pytest.mark.xdist_group("terraform")
needs_terraform = pytest.mark.skipif(workspace.binary() is None, reason="terraform is not installed")


def seen(mistakes: Sequence[Mistake]) -> list[str]:
    """What is found where all of these were made at once."""
    with workspace.copied() as space:
        space.initialised()
        for mistake in mistakes:
            mistake.make(space.root)
        return list(check_terraform.found(space, code(), "production"))


@pytest.fixture(scope="module")
def planned() -> Sequence[str]:
    """Of all that only a plan shows: each breaks a rule of its own."""
    return seen([mistake for mistake in MISTAKES if not mistake.early])


@needs_terraform
@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one.early], ids=lambda mistake: mistake.name)
def test_terraform_finds_what_the_schema_forbids(mistake: Mistake) -> None:
    """Each by itself: after an unknown reference it looks no further."""
    found = seen([mistake])
    assert any(mistake.says in text for text in found), "\n".join(found)


@needs_terraform
@pytest.mark.parametrize("mistake", [one for one in MISTAKES if not one.early], ids=lambda mistake: mistake.name)
def test_the_rules_find_what_a_plan_may_not_hold(planned: Sequence[str], mistake: Mistake) -> None:
    """By the words of its own rule."""
    assert any(mistake.says in text for text in planned), "\n".join(planned)


def test_without_a_mistake_nothing_is_found(plans: Mapping[str, Plan]) -> None:
    known = code()
    assert set(plans) == {"small", "production"}
    assert [text for plan in plans.values() for text in safety.findings(plan, known)] == []
    assert list(safety.undestroyable(workspace.ROOT / "terraform")) == []


def test_without_terraform_it_warns_and_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workspace, "binary", lambda: None)
    monkeypatch.delenv(check_terraform.NEEDED, raising=False)
    assert check_terraform.main([]) == 0
    assert capsys.readouterr().out.startswith("warning: terraform is not installed")
    monkeypatch.setenv(check_terraform.NEEDED, "1")
    assert check_terraform.main([]) == 1


def test_the_schema_knows_every_resource() -> None:
    known = json.loads(provider.SCHEMA.read_text())
    assert {name for kind, name in named() if kind == "resource"} == set(known["resources"])
    assert {name for kind, name in named() if kind == "data"} == set(known["data_sources"])


PACKED: list[tuple[bytes, Any]] = [
    (b"\x82\xa1a\x01\xa1b\xc0", {"a": 1, "b": None}),
    (b"\x93\xc3\xc2\xff", [True, False, -1]),
    (b"\xd9\x03abc", "abc"),
    (b"\xcb?\xf8\x00\x00\x00\x00\x00\x00", 1.5),
    (b"\xcd\x01\x00", 256),
    (b"\xd1\xff\x00", -256),
    (b"\xc4\x02hi", b"hi"),
    (b"\xdc\x00\x01\x05", [5]),
]


@pytest.mark.parametrize(("packed", "value"), PACKED)
def test_values_are_read_as_terraform_packs_them(packed: bytes, value: Any) -> None:
    assert msgpack.unpacked(packed) == value


@pytest.mark.parametrize("packed", [b"\xd4\x00\x00", b"\xc7\x02\x0cab"])
def test_what_is_unknown_stays_unknown(packed: bytes) -> None:
    assert msgpack.unpacked(packed) is msgpack.UNKNOWN
    assert msgpack.unpacked(b"\x92" + packed + b"\x07") == [msgpack.UNKNOWN, 7]


def test_no_messagepack_is_refused() -> None:
    with pytest.raises(ValueError, match="0xc1"):
        msgpack.unpacked(b"\xc1")


BLOCK: dict[str, Any] = {
    "a": {"mode": ["string", "o", ["ON", "OFF"]], "id": ["string", "c"]},
    "b": {"inner": ["list", 0, 1, {"a": {"id": ["string", "c"]}, "b": {}}]},
}
SAID: list[tuple[dict[str, Any], list[list[Any]]]] = [
    ({"mode": "ON", "id": None, "inner": []}, []),
    ({"mode": msgpack.UNKNOWN, "id": msgpack.UNKNOWN}, []),
    ({"mode": "MAYBE"}, [["mode"]]),
    ({"id": "x"}, [["id"]]),
    ({"inner": [{"id": "x"}]}, [["inner", 0, "id"]]),
]


@pytest.mark.parametrize(("values", "places"), SAID)
def test_the_provider_says_where_a_value_cannot_be(values: dict[str, Any], places: list[list[Any]]) -> None:
    assert [steps for _, _, steps in provider.diagnoses(values, BLOCK)] == places


def test_every_block_of_the_schema_can_be_told() -> None:
    """In protobuf's own bytes, and back."""
    known = json.loads(provider.SCHEMA.read_text())
    answer: Callable[[Any], Any] = provider.Provider(known).schemas
    told = answer(None)
    back = type(told).FromString(told.SerializeToString())
    assert {one.key for one in back.resources} == set(known["resources"])
    queue = next(one.value.block for one in back.resources if one.key == "google_cloud_tasks_queue")
    assert {one.name for one in queue.attributes if one.required} == {"location", "name"}
