"""The inbox's ids and cursors: what was written is read, and nothing else is."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from threading import Event

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain import nesting
from shared.domain.errors import Invalid
from shared.operations import fan_out
from shared.operations.inbox import cursors, ids
from shared.operations.inbox.ids import Named, NoId

UNKEPT = (
    '["x", "1", "", {"a": "\\ud800"}]',
    '["x", "\\udfff"]',
    '["x", "1", "", {"a": NaN}]',
    '["x", "1", "", {"a": 1e999}]',
)
TEXT = st.text(min_size=1, max_size=60)
HANDLES = st.dictionaries(st.text(max_size=10), st.text(max_size=30) | st.integers(0, 9), max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(TEXT, TEXT, st.text(max_size=30), HANDLES)
def test_an_id_says_what_it_stands_for(platform: str, id_: str, account: str, handles: dict[str, object]) -> None:
    """The same thing has the same id, of characters that need no escaping in a path."""
    named = Named(platform, id_, account, handles)
    made = ids.encode("comment", named)
    assert made == ids.encode("comment", named)
    assert made.isascii()
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert ids.decode("comment", made) == named
    with pytest.raises(NoId):
        ids.decode("review", made)


def test_handles_that_make_an_id_too_long_are_left_out() -> None:
    made = ids.encode("comment", Named("x", "1", "", {"root": "y" * 3000}))
    assert ids.decode("comment", made) == Named("x", "1")


@given(st.text(max_size=60))
def test_what_is_no_id_of_ours_is_refused_or_the_networks(text: str) -> None:
    assert ids.decode("comment", f"1{text}") is None
    try:
        named = ids.decode("comment", f"rst_cmt_{text}")
    except NoId:
        return
    assert named is not None
    assert named.id


@pytest.mark.parametrize(
    "parts", ["[1, 2]", '["x"]', '["x", ""]', '["x", "1", "", []]', '{"a": 1}', "[" * 5000, *UNKEPT]
)
def test_an_id_of_another_form_is_none(parts: str) -> None:
    with pytest.raises(NoId):
        ids.decode("comment", "rst_cmt_" + urlsafe_b64encode(parts.encode()).decode().rstrip("="))


@example([None], 28, "0")  # other bytes, which unpack to the same
@given(JSON, st.integers(0, 200), st.characters(min_codepoint=48, max_codepoint=122))
def test_a_cursor_is_of_its_list_and_unchanged(state: object, at: int, letter: str) -> None:
    of = cursors.bound("comments", "ws", "acc", "1")
    made = cursors.write(of, state)
    assert cursors.read(of, made) == state
    at %= len(made)
    for other, cursor in (
        (cursors.bound("comments", "ws", "acc", "2"), made),
        (of, made[:at] + letter + made[at + 1 :]),
    ):
        if (other, cursor) != (of, made):
            with pytest.raises(Invalid) as refused:
                cursors.read(other, cursor)
            assert refused.value.code == "validation.cursor_invalid"


def test_a_cursor_that_unpacks_to_too_much_is_refused() -> None:
    of = cursors.bound("x")
    bomb = cursors.write(of, " " * 5_000_000)
    assert len(bomb) < cursors.MAX
    with pytest.raises(Invalid):
        cursors.read(of, bomb)


@given(JSON)
def test_lists_within_lists_come_back(value: object) -> None:
    """And no list lies directly within another while they are stored."""
    packed = nesting.packed(value)
    assert nesting.unpacked(packed) == value
    assert not _nested(packed)


def _nested(value: object) -> bool:
    if isinstance(value, dict):
        return any(_nested(item) for item in value.values())
    return isinstance(value, list) and any(isinstance(item, list) or _nested(item) for item in value)


def test_who_does_not_answer_in_time_is_told_beside_the_others() -> None:
    """And what was not begun by then is not begun any more."""
    asked, never = list[int](), Event()

    def ask(one: int) -> int:
        asked.append(one)
        return one if one == 0 else never.wait() + one

    try:
        told = fan_out.asked_all(range(20), ask, within=0.05)
        assert told[0] == fan_out.Told(0, 0)
        assert {one.error.code for one in told[1:] if one.error} == {"platform.no_answer"}
        assert len([one for one in told if one.error]) == 19
    finally:
        never.set()
    assert len(asked) <= fan_out.AT_ONCE + 1
