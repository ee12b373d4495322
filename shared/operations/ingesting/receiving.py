"""A delivery arrives: proven, kept, handed on. Nothing is read out of it here, so that the answer waits for nothing.

One store write and one message with ids. What was kept and not handed on is handed on by the sweeper, so that the answer is a
good one as soon as the delivery is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shared.domain import codec, raw_events
from shared.domain.raw_events import MAX_BODY, RawEvent, SignedBy, raw_path
from shared.operations.ingesting import secrets
from shared.platforms import registry
from shared.platforms.contract import Push
from shared.platforms.contract_webhooks import Callbacks, Reply, Webhooks
from shared.ports.bus import BusError
from shared.ports.store import AlreadyExists, Write
from shared.ports.world import Ports

TOPIC = "webhooks"
log = logging.getLogger(__name__)


class NoWebhooks(Exception):
    """There is no such network, it pushes nothing, or not to this path."""


class Forged(Exception):
    """The network did not sign these bytes, or not within its replay window."""


@dataclass(frozen=True, slots=True)
class Received:
    """``fresh``: it was not here before. ``id``: of the raw event."""

    id: str
    fresh: bool


def resolved(platform: str, path: str = "") -> str:
    """The public name of a network that pushes to this path. Raises NoWebhooks."""
    try:
        name = registry.resolve(platform)
    except registry.UnknownPlatform as error:
        raise NoWebhooks(platform[:60]) from error
    manifest = registry.manifest(name)
    if manifest.facets.get("webhooks") != "offered" or (path and path not in manifest.hooks.callbacks):
        raise NoWebhooks(f"{name}/{path[:60]}")
    return name


def challenge(ports: Ports, platform: str, query: Mapping[str, str]) -> Reply | None:
    """The answer to a handshake, None when it is none of ours.

    Raises NoWebhooks, secrets.NotConfigured, secrets.KeysUnavailable.
    """
    name = resolved(platform)
    trusted, facet = secrets.trusted(ports, name), _facet(name)
    pairs = [(secret, token) for secret in trusted.secrets for token in (trusted.tokens or ("",))]
    answers = (facet.challenge(query, secret, token) for secret, token in pairs)
    return next((answer for answer in answers if answer is not None), None)


def receive(ports: Ports, platform: str, headers: Mapping[str, str], body: bytes, path: str = "") -> Received:
    """Keep a delivery that the network signed; the same bytes again are the same delivery. ``headers``: lower case.

    Raises NoWebhooks, Forged, secrets.NotConfigured, secrets.KeysUnavailable, store.Unavailable: then it was perhaps not kept,
    and the network is to send it again.
    """
    name = resolved(platform, path)
    if len(body) > MAX_BODY or not _proven(ports, name, headers, body, path):
        raise Forged(name)
    return _kept(ports, name, "app", headers, body, path)


def simulated(ports: Ports, platform: str, push: Push, world: str = "") -> None:
    """Keep what a simulated network sends; it reaches the simulated accounts of its world only. Raises NoWebhooks,
    store.Unavailable."""
    name, path = registry.resolve(platform), push.path.strip("/")
    headers = {key.lower(): value for key, value in push.headers.items()}
    _kept(ports, resolved(name, path), "sandbox", headers, push.body, path, world=world)


def publish(ports: Ports, event_id: str, platform: str) -> bool:
    """Hand a kept delivery on: ids only. False when the bus did not take it; the sweeper goes on."""
    try:
        ports.bus.publish(TOPIC, {"id": event_id}, {"id": event_id, "platform": platform})
    except BusError:
        log.warning("webhook not handed on, left to the sweeper", extra={"raw_event": event_id, "platform": platform})
        return False
    return True


def _proven(ports: Ports, name: str, headers: Mapping[str, str], body: bytes, path: str) -> bool:
    known = secrets.trusted(ports, name)
    if _signed(ports, known, name, headers, body, path):
        return True
    if not registry.manifest(name).hooks.keys_url:
        return False
    anew = secrets.trusted(ports, name, anew=True)  # public keys are rotated
    return anew != known and _signed(ports, anew, name, headers, body, path)


def _signed(
    ports: Ports, trusted: secrets.Trusted, name: str, headers: Mapping[str, str], body: bytes, path: str
) -> bool:
    """Whether one of the secrets proves it; every one is tried, so that the time tells nothing of which."""
    now, found = ports.clock.now(), False
    for secret in trusted.secrets:
        try:
            if path:
                found |= cast(Callbacks, _facet(name)).verify_callback(body, secret)
            else:
                found |= _facet(name).verify(headers, body, secret, now)
        except Exception:  # whoever knows the address may send anything: what a verifier trips over is no proof
            log.warning("a verifier could not read a delivery", extra={"platform": name}, exc_info=True)
    return found


def _kept(
    ports: Ports, name: str, signed_by: SignedBy, headers: Mapping[str, str], body: bytes, path: str, *, world: str = ""
) -> Received:
    wanted = registry.manifest(name).hooks.headers
    needed = {key: headers[key] for key in wanted if key in headers}
    made = raw_events.received(name, path, signed_by, needed, body, ports.clock.now(), world=world)
    try:
        ports.store.commit([Write("create", raw_path(made.id), codec.encode(made))])
    except AlreadyExists:
        return _again(ports, made)
    publish(ports, made.id, name)
    return Received(made.id, fresh=True)


def _again(ports: Ports, made: RawEvent) -> Received:
    """Delivered before: handed on once more if nothing was made of it yet."""
    doc = ports.store.get(raw_path(made.id))
    if doc and doc.data["state"] == "waiting":
        publish(ports, made.id, made.platform)
    return Received(made.id, fresh=False)


def _facet(name: str) -> Webhooks:
    found = registry.webhooks(name)
    if found is None:
        raise NoWebhooks(name)
    return found
