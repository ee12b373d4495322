"""Posts as a caller makes them, and the accounts that they go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.content import Kind
from shared.platforms import registry
from tests.contract.platforms import samples
from tests.e2e.server import Spoken, settled, until

PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"
VIDEO = "https://sandbox.rostrum.test/media/video.mp4"
# Nothing says when its limit ends, so its account waits for a sliding minute: the contract's tests do on a virtual clock.
A_MINUTE = ("tiktok",)


def url(source: str) -> dict[str, str]:
    """A media item by its address."""
    return {"source_type": "url", "source": source}


def taking(kind: Kind, server: Spoken) -> list[str]:
    """The accounts whose network takes this kind of post, and wants nothing beside a text and media."""
    return [account for name, account in server.accounts().items() if _takes(name, kind)]


def _takes(name: str, kind: Kind) -> bool:
    manifest = registry.manifest(name)
    return manifest.kind(kind) is not None and not any(option.required for option in manifest.options)


def target(server: Spoken, name: str, kind: Kind | None = None, account: str = "") -> dict[str, Any]:
    """A target on a network: a post of this kind (its plainest by default) with the sample's own media and options."""
    manifest = registry.manifest(name)
    sample = samples.of_kind(manifest, kind or samples.plainest(manifest))
    media = [url(f"{file.url}") | {"alt_text": file.facts.alt_text} for file in sample.media]
    made: dict[str, Any] = {"account_id": account or server.accounts()[name]}
    made |= {} if sample.text == samples.TEXT else {"text": sample.text}
    made |= {"media": media} if media else {}
    return made | ({"platform_data": dict(sample.options)} if sample.options else {})


def post(server: Spoken, text: str, accounts: Iterable[str], **more: Any) -> str:
    """Make a post, now unless ``more`` says when; its id."""
    return post_to(server, text, [{"account_id": account} for account in accounts], **more)


def post_to(server: Spoken, text: str, targets: Sequence[Mapping[str, Any]], **more: Any) -> str:
    """As :func:`post`, with targets that differ."""
    when = {} if "scheduled_at" in more else {"publish_now": True}
    body = {"text": text, "targets": list(targets), **when, **more}
    return str(server.call("POST", "/v1/posts", body)["id"])


def soon(seconds: float) -> str:
    """So many seconds from now, as a caller writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def read(server: Spoken, post_id: str) -> dict[str, Any]:
    """The post as the API tells it."""
    found: dict[str, Any] = server.call("GET", f"/v1/posts/{post_id}")
    return found


def pages(server: Spoken, path: str, name: str = "data") -> list[dict[str, Any]]:
    """Everything of a list, page by page. ``path``: with its query, but for limit and cursor."""
    found: list[dict[str, Any]] = []
    path = f"{path}{'&' if '?' in path else '?'}limit=100"
    cursor = ""
    while True:
        page = server.call("GET", path + cursor)
        found += page[name]
        if not page["pagination"]["has_more"]:
            return found
        cursor = f"&cursor={page['pagination']['next_cursor']}"


def outcome(server: Spoken, post_id: str, seconds: float = 45) -> dict[str, Any]:
    """The post once nothing more happens to it by itself; fails when that takes longer than ``seconds``.

    Some networks tell a permalink only when asked for it afterwards: it is waited for, but not insisted on.
    """
    assert until(lambda: settled(read(server, post_id)), seconds), (
        f"not settled after {seconds:.0f} s: {read(server, post_id)}\n{server.words()}"
    )
    until(lambda: _linked(read(server, post_id)), 10)
    return read(server, post_id)


def _linked(told: dict[str, Any]) -> bool:
    return all(target.get("permalink") for target in told["targets"] if target["status"] == "published")
