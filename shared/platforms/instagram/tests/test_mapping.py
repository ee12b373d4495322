"""Paired fixtures: ``<mapping>.<case>.instagram.json`` maps to ``<mapping>.<case>.canonical.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.domain.content import Kind
from shared.platforms.instagram import errors, webhooks, wire
from shared.platforms.instagram.tests import world as stages
from shared.ports.http import Response
from tests.support import simulated

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _error(payload: dict[str, Any]) -> dict[str, Any]:
    refused = errors.refusal(Response(400, {}, json.dumps(payload).encode()), NOW)
    return {
        "fate": refused.fate.value,
        "code": refused.row.code,
        "platform_code": refused.platform_code,
        "platform_message": refused.platform_message,
    }


def _listed(payload: dict[str, Any]) -> dict[str, Any]:
    item = wire.listed(payload)
    assert item
    return asdict(item) | {"at": item.at.isoformat(), "kind": item.kind.value}


def _insights(payload: dict[str, Any]) -> dict[str, Any]:
    known = asdict(wire.metrics(wire.insights(payload)))
    return {name: value for name, value in known.items() if name != "raw"}


def _webhook(payload: dict[str, Any]) -> dict[str, Any]:
    (event,) = webhooks.parse({}, json.dumps(payload).encode())
    told = {"kind": event.kind, "id": event.id, "account": event.platform_account_id, "at": event.at.isoformat()}
    return told | {"data": dict(event.data)}


MAPPINGS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "error": _error,
    "listed": _listed,
    "insights": _insights,
    "webhook": _webhook,
}
CASES = sorted(path.name.removesuffix(".instagram.json") for path in FIXTURES.glob("*.instagram.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_real_payload_in_our_words(case: str) -> None:
    """The mapping that the fixture's name begins with."""
    theirs = json.loads((FIXTURES / f"{case}.instagram.json").read_text())
    ours = json.loads((FIXTURES / f"{case}.canonical.json").read_text())
    assert MAPPINGS[case.partition(".")[0]](theirs) == ours


def test_every_mapping_has_a_case() -> None:
    """And every pair is whole."""
    assert {case.partition(".")[0] for case in CASES} == set(MAPPINGS)
    assert len(list(FIXTURES.glob("*.canonical.json"))) == len(CASES)


@pytest.mark.parametrize("broken", [{}, {"id": "1"}, {"id": "1", "timestamp": "yesterday", "media_type": "IMAGE"}])
def test_an_item_that_cannot_be_recognised_is_left_out(broken: dict[str, Any]) -> None:
    """None, never a guess."""
    assert wire.listed(broken) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [("Hi @natgeo", "Hi natgeo", True), (" Hi \n", "Hi", True), ("Hi", "Hi there", False), ("", "", True)],
)
def test_captions_are_compared_as_instagram_shows_them(ours: str, theirs: str, same: bool) -> None:
    """Trimmed, and without @ for some callers."""
    assert wire.same_caption(ours, theirs) is same


def test_every_option_reaches_its_container() -> None:
    """Option by option, in Instagram's parameters."""
    options = {
        "collaborators": ["@one", "two"],
        "location_id": "7640348500",
        "share_to_feed": False,
        "cover_url": "https://example.test/c.jpg",
        "thumb_offset": 0,
        "audio_name": "Waves",
        "is_ai_generated": True,
        "user_tags": [{"username": "@natgeo", "x": 0.1, "y": 0.2}],
    }
    assert wire.single(simulated.piece(Kind.REEL, "Hi", (stages.video(),), options=options)) == {
        "media_type": "REELS",
        "video_url": stages.VIDEO,
        "caption": "Hi",
        "share_to_feed": "false",
        "cover_url": "https://example.test/c.jpg",
        "thumb_offset": "0",
        "audio_name": "Waves",
        "user_tags": '[{"username":"natgeo"}]',
        "is_ai_generated": "true",
        "collaborators": '["one","two"]',
        "location_id": "7640348500",
    }


def test_alt_text_and_tags_belong_to_their_item() -> None:
    """In a carousel they go with the item, and the caption with the whole."""
    tags = [{"username": "natgeo", "x": 0, "y": 1, "media_index": 1}]
    media = (stages.video(), stages.photo("A lake"))
    piece = simulated.piece(Kind.CAROUSEL, "Hi", media, options={"user_tags": tags, "location_id": "1"})
    assert wire.carousel_item(piece, 0) == {
        "video_url": stages.VIDEO,
        "is_carousel_item": "true",
        "media_type": "VIDEO",
    }
    assert wire.carousel_item(piece, 1) == {
        "image_url": stages.PHOTO,
        "is_carousel_item": "true",
        "alt_text": "A lake",
        "user_tags": '[{"username":"natgeo","x":0,"y":1}]',
    }
    assert wire.carousel(piece, ["1", "2"]) == {
        "media_type": "CAROUSEL",
        "children": "1,2",
        "caption": "Hi",
        "location_id": "1",
    }
