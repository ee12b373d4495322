"""What a network's deliveries are verified with: the installation's secrets, those of before a rotation too, and public keys."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.operations import networks
from shared.platforms import registry
from shared.ports.http import HttpFailure, Request
from shared.ports.world import Ports

MEMORY = "webhook_keys"
KEYS_FOR = 3600.0  # seconds, where the answer does not say
KEYS_AT_LEAST = 300.0  # ... and never less: whoever shows a made-up key must not have us ask each time
KEYS_PAUSE = 5.0  # after they could not be had: strangers must not have us wait for each of theirs
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")
log = logging.getLogger(__name__)


class NotConfigured(Exception):
    """This installation has nothing to verify the network's deliveries with. The message names the settings."""


class KeysUnavailable(Exception):
    """The network's public keys could not be had: nobody can know who signed."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """``secrets``: what a delivery may be signed with, the present one first. ``tokens``: the words of handshakes."""

    secrets: tuple[str, ...]
    tokens: tuple[str, ...]


def signing(ports: Ports, platform: str, *, sandbox: bool) -> str:
    """The secret to subscribe with: what the network is to sign with from now on. Raises NotConfigured."""
    if sandbox:
        return networks.SANDBOX_APP.client_secret
    return _secrets(ports, platform)[0]


def trusted(ports: Ports, platform: str, *, anew: bool = False) -> Trusted:
    """What proves a delivery. ``anew``: ask for public keys again, unless that was just done.

    Raises NotConfigured, KeysUnavailable.
    """
    given, hooks = ports.apps.get(platform, {}), registry.manifest(platform).hooks
    found = _secrets(ports, platform)
    if hooks.keys_url:
        found = tuple(_with_keys(ports, hooks.keys_url, secret, anew=anew) for secret in found)
    tokens = (given.get("verify_token", ""), given.get("verify_token_previous", ""))
    return Trusted(found, tuple(token for token in tokens if token))


def _secrets(ports: Ports, platform: str) -> tuple[str, ...]:
    """A secret of the webhooks' own alone counts where there is one."""
    given, hooks = ports.apps.get(platform, {}), registry.manifest(platform).hooks
    own = _given(given, "webhook_secret", "webhook_secret_previous")
    app = () if hooks.own_secret else _given(given, "client_secret", "client_secret_previous", "webhook_secrets_also")
    if found := own or app:
        return found
    _, secret = networks.app_variables(platform)
    stem = networks.stems(platform)[0]
    wanted = f"{stem}_WEBHOOK_SECRET" if hooks.own_secret else f"{secret} or {stem}_WEBHOOK_SECRET"
    raise NotConfigured(f"{networks.title(platform)} cannot be believed: set {wanted} (docs/inbound-webhooks.md)")


def _given(given: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Each once, in order; one name may hold several, by lines."""
    lines = (line.strip() for name in names for line in given.get(name, "").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


# ------------------------------------------------------------------------------------------------- public keys


def _with_keys(ports: Ports, url: str, secret: str, *, anew: bool) -> str:
    """The JSON object that the adapter verifies by, with the network's present keys in it; any other text as it is."""
    try:
        config = json.loads(secret)
    except ValueError:
        return secret
    if not isinstance(config, dict):
        return secret
    return json.dumps({**config, "keys": _keys(ports, url, anew=anew)})


def _keys(ports: Ports, url: str, *, anew: bool) -> list[Any]:
    """The JWK set at ``url``, remembered as long as its answer allows."""
    known: dict[str, tuple[float, float, list[Any]]] = ports.memory.setdefault(MEMORY, {})
    now = ports.clock.monotonic()
    asked, until, keys = known.get(url, (0.0, 0.0, []))
    if keys and (now < asked + KEYS_AT_LEAST or (now < until and not anew)):
        return keys
    if not keys and now < until:
        raise KeysUnavailable(f"{url}: could not be had a moment ago")
    try:
        found, lasts = _fetched(ports, url)
    except KeysUnavailable:
        if not keys:
            known[url] = now, now + KEYS_PAUSE, []
        raise
    known[url] = now, now + lasts, found
    return found


def _fetched(ports: Ports, url: str) -> tuple[list[Any], float]:
    """The keys, and for how many seconds they are good."""
    try:
        answer = ports.http.send(Request("GET", url, read_timeout=5.0))
        keys = json.loads(answer.body)["keys"] if answer.status == 200 else []
    except (HttpFailure, ValueError, KeyError, TypeError) as error:
        raise KeysUnavailable(f"{url}: {type(error).__name__}") from error
    if not isinstance(keys, list) or not keys:
        raise KeysUnavailable(f"{url}: {answer.status} without keys")
    return keys, next(_ages(answer.headers), KEYS_FOR)


def _ages(headers: Mapping[str, str]) -> Iterator[float]:
    if found := _MAX_AGE.search(headers.get("cache-control", "")):
        yield float(found.group(1))
