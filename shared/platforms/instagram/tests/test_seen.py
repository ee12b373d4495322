"""What followers see, also of what an earlier version of the simulator stored."""

from __future__ import annotations

from shared.platforms.instagram import simulator
from tests.support.simulated import MemoryWorld

OLD = {"id": "1", "account": "a", "at": 1000.0, "product": "FEED", "caption": "hi", "permalink": "https://p"}


def test_documents_of_an_earlier_version_are_read() -> None:
    """They know no number of items, and may lack comments and stories."""
    world = MemoryWorld()
    world.put("account", "a", {"id": "a", "media": ["1", "2"]})
    world.put("media", "1", OLD | {"comments": []})
    world.put(
        "media", "2", {name: value for name, value in OLD.items() if name != "caption"} | {"id": "2", "at": 2000.0}
    )
    posts = simulator.seen(world, "a")
    assert [(post.id, post.text, post.media) for post in posts] == [("1", "hi", 1), ("2", "", 1)]


def test_an_account_that_nobody_knows_has_nothing() -> None:
    """No error: the page shows what there is."""
    assert simulator.seen(MemoryWorld(), "nobody") == []
