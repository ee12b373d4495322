"""Mapping by example: what goes in (``case.canonical.json``), the record that comes out (``case.<name>.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Parent, Piece, Role
from shared.platforms.bluesky import wire
from shared.ports.http import AnswerLost

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = sorted(path.name.removesuffix(".canonical.json") for path in FIXTURES.glob("*.canonical.json"))


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / name).read_text("utf-8"))
    return loaded


def _piece(canonical: dict[str, Any]) -> Piece:
    media = tuple(
        MediaFile(MediaFacts(**{**facts, "type": MediaType(facts["type"])}), "https://media.example/x", lambda *_: b"")
        for facts in canonical.get("media", ())
    )
    parents = {name: Parent(one["id"], one["handles"]) for name, one in canonical.get("parents", {}).items()}
    return Piece(
        kind=Kind(canonical["kind"]),
        role=Role(canonical["role"]),
        text=canonical["text"],
        media=media,
        options=canonical.get("options", {}),
        key=canonical["key"],
        created_at=canonical["created_at"],
        root=parents.get("root"),
        parent=parents.get("parent"),
    )


@pytest.mark.parametrize("case", CASES)
def test_a_piece_becomes_this_record(case: str) -> None:
    """Field by field, and not one more."""
    canonical = _read(f"{case}.canonical.json")
    assert wire.put("did:plc:vwzwgnygau7ed7b7wt5ux7y2", _piece(canonical), canonical["state"]) == _read(
        f"{case}.bluesky.json"
    )


def test_there_are_cases() -> None:
    """An empty folder would pass everything."""
    assert len(CASES) >= 4


@pytest.mark.parametrize("answer", [{}, {"uri": "at://x"}, {"cid": "b"}, {"uri": 1, "cid": 2}])
def test_an_answer_without_uri_and_cid_is_no_success(answer: dict[str, Any]) -> None:
    """What cannot be referred to later was not understood."""
    with pytest.raises(AnswerLost):
        wire.published(answer, "alice.bsky.social")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://pds.example.org", "https://pds.example.org"),
        ("https://pds.example.org/", "https://pds.example.org"),
        (" pds.example.org ", "https://pds.example.org"),
        ("http://localhost:2583", "http://localhost:2583"),
        ("https://[2001:db8::1]:2583", "https://[2001:db8::1]:2583"),
        ("https://pds.example.org/xrpc", None),
        ("https://user:pass@pds.example.org", None),
        ("ftp://pds.example.org", None),
        ("https://pds.example.org:port", None),
        ("https://", None),
    ],
)
def test_a_service_is_an_origin(given: str, expected: str | None) -> None:
    """No path, no password, no other scheme."""
    assert wire.origin(given) == expected


@pytest.mark.parametrize(
    ("given", "rkey"),
    [
        ("https://bsky.app/profile/alice.bsky.social/post/3k2a4b5c6d7e2", "3k2a4b5c6d7e2"),
        ("https://bsky.app/profile/did:plc:abc/post/3k2a4b5c6d7e2?ref=x", "3k2a4b5c6d7e2"),
        ("at://did:plc:abc/app.bsky.feed.post/3k2a4b5c6d7e2", "3k2a4b5c6d7e2"),
        ("https://bsky.app/profile/alice.bsky.social", None),
        ("https://evil.example/profile/a/post/3k2a4b5c6d7e2", None),
    ],
)
def test_a_post_s_address_is_read(given: str, rkey: str | None) -> None:
    """Links as people copy them, and the protocol's own URIs."""
    found = wire.address(given)
    assert (found["rkey"] if found else None) == rkey


def test_a_pds_is_read_from_the_session() -> None:
    """From the DID document; without one there is nothing to read."""
    service = {"id": "did:plc:abc#atproto_pds", "serviceEndpoint": "https://morel.us-east.host.bsky.network"}
    assert wire.pds({"didDoc": {"service": [service]}}) == "https://morel.us-east.host.bsky.network"
    assert wire.pds({"didDoc": {"service": [{"id": "#other", "serviceEndpoint": "https://x.example"}]}}) is None
    assert wire.pds({}) is None


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.e30.c", "a.eyJleHAiOiJ4In0.c"])
def test_a_token_that_is_no_jwt_has_no_expiry(token: str) -> None:
    """A session without a readable end is used until it is refused."""
    assert wire.jwt_expiry(token) is None
