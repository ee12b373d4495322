"""Settings, from the environment. ``docs/settings.md`` lists them; unknown names are not an error, bad values are.

Nothing is read at import: :func:`load` is called once, by the composition root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from shared.operations import networks
from shared.platforms import registry
from shared.runtime import people, selling
from shared.runtime.people import People
from shared.runtime.selling import Selling

Backend = Literal["embedded", "gcp"]


EMULATORS = {
    "store": "FIRESTORE_EMULATOR_HOST",
    "bus": "PUBSUB_EMULATOR_HOST",
    "queue": "CLOUD_TASKS_EMULATOR_HOST",
    "blobs": "STORAGE_EMULATOR_HOST",
    "vault": "SECRET_MANAGER_EMULATOR_HOST",
}


READING = ("_READS", "_BUDGETS")  # how the names of settings end that say how much a network is read on schedule


MOST_PROCESSES = 4  # of one machine: each has a share of the four deliveries that a network gets at once


class BadSetting(ValueError):
    """A setting that cannot be used: the message names it and says what it may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can be told.

    * ``ROSTRUM_BACKEND``: ``embedded`` (default) or ``gcp``
    * ``ROSTRUM_HOME``: where the embedded backends keep everything (``.local``)
    * ``ROSTRUM_PROCESSES``: how many processes one machine has, 1 to 4 (2, or 1 where there is but one core)
    * ``PORT`` (8080) and ``PUBLIC_URL`` (http://127.0.0.1:PORT): where callers and networks reach us
    * ``WEBHOOKS_URL`` (``PUBLIC_URL``): where networks deliver, ``{WEBHOOKS_URL}/webhooks/{platform}``, where that is another address
    * ``ALLOW_PRIVATE_HOSTS``: ``host:port,…`` that may be reached although they are private, also by plain http
    * ``INTERNAL_TOKEN``: what the embedded queue shows to the functions (made on first start by ``make run``)
    * ``GOOGLE_CLOUD_PROJECT``, ``ROSTRUM_REGION``, ``ROSTRUM_FUNCTIONS_URL``, ``ROSTRUM_FUNCTION`` (which of them this one
      is: a caller's token must be for it), ``ROSTRUM_INVOKER`` (the service account that calls internal endpoints), ``ROSTRUM_BUCKET``, ``ROSTRUM_VAULT`` (``secret_manager`` or ``store``),
      ``ROSTRUM_KEYRING`` (the secret that holds the sealing keys, ``rostrum-keyring``): gcp only
    * ``OTEL_EXPORTER_OTLP_ENDPOINT`` (or ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT``): whom traces are sent to; without, there are none. All other
      variables of OpenTelemetry's SDK are its own (``shared.runtime.tracing``)
    * ``FIRESTORE_EMULATOR_HOST`` and the other names of ``EMULATORS``: Google's emulators, for tests
    * ``{PLATFORM}_CLIENT_ID`` and ``{PLATFORM}_CLIENT_SECRET`` (or the names that its manifest gives): app credentials;
      ``{PLATFORM}_APP_CONFIG`` what a few networks call the app by beside them (an application's number),
      ``{PLATFORM}_APP_SCOPES`` the scopes to ask for where the network granted the app fewer than all,
      ``{PLATFORM}_CALLBACK_URL`` the redirect URI that the app is registered with, where it is another address than
      ``PUBLIC_URL/oauth/callback/{platform}`` and leads there
    * ``{PLATFORM}_VERIFY_TOKEN``: the word of a network's handshakes; ``{PLATFORM}_WEBHOOK_SECRET``: what it signs its webhooks
      with, where that is not the app's secret; ``…_PREVIOUS`` of both, and of the app's secret: what counts beside them while
      they are being replaced
    * ``{PLATFORM}_READS``: ``often`` where the schedule may read a network that takes money for it as often as the others;
      ``{PLATFORM}_BUDGETS``: ``name=calls,…``, what the network granted the app beyond its documents (``YOUTUBE_BUDGETS=units=1000000``)
    * ``GOOGLE_SIGNIN_CLIENT_ID``, ``GOOGLE_SIGNIN_CLIENT_SECRET``, ``SIGNIN_ALLOWED``, ``JWT_ISSUER``, ``JWT_AUDIENCE``,
      ``JWT_JWKS_URL``, ``JWT_ROLES_CLAIM``, ``JWT_TENANT_CLAIM``: see ``people``
    * ``DEFAULT_PLAN``, ``STRIPE_SECRET_KEY``, ``STRIPE_WEBHOOK_SECRET``, ``STRIPE_PRICES``: see ``selling``
    """

    backend: Backend
    home: Path
    port: int
    public_url: str
    allow_private_hosts: frozenset[tuple[str, int]]
    internal_token: str
    project: str
    region: str
    functions_url: str
    function: str
    invoker: str
    bucket: str
    vault: Literal["secret_manager", "store"]
    keyring: str
    emulators: Mapping[str, str]
    apps: Mapping[str, Mapping[str, str]]
    selling: Selling = field(default_factory=Selling)
    people: People = field(default_factory=People)
    webhooks_url: str = ""
    traces_endpoint: str = ""
    processes: int = 1


def load(env: Mapping[str, str]) -> Settings:
    """Read the settings. Raises BadSetting."""
    env = {name: value for name, value in env.items() if value.strip()}  # set to nothing is not set
    port = _port(env.get("PORT", "8080"))
    backend = env.get("ROSTRUM_BACKEND", "embedded")
    if backend not in ("embedded", "gcp"):
        raise BadSetting(f"ROSTRUM_BACKEND is {backend!r}: it is embedded or gcp")
    vault = env.get("ROSTRUM_VAULT", "secret_manager")
    if vault not in ("secret_manager", "store"):
        raise BadSetting(f"ROSTRUM_VAULT is {vault!r}: it is secret_manager or store")
    for name in env:
        if name.endswith("_CALLBACK_URL"):
            _url(name, env[name])
    for platform in registry.all_names() if any(name.endswith(READING) for name in env) else ():
        _reading(env, platform)
    return Settings(
        backend="gcp" if backend == "gcp" else "embedded",
        home=Path(env.get("ROSTRUM_HOME", ".local")).absolute(),
        port=port,
        processes=_processes(env.get("ROSTRUM_PROCESSES", "")),
        public_url=_url("PUBLIC_URL", env.get("PUBLIC_URL", f"http://127.0.0.1:{port}")),
        allow_private_hosts=private_hosts(env.get("ALLOW_PRIVATE_HOSTS", "")),
        internal_token=env.get("INTERNAL_TOKEN", ""),
        project=env.get("GOOGLE_CLOUD_PROJECT", ""),
        region=env.get("ROSTRUM_REGION", ""),
        functions_url=_url("ROSTRUM_FUNCTIONS_URL", env.get("ROSTRUM_FUNCTIONS_URL", "")),
        function=env.get("ROSTRUM_FUNCTION", ""),
        invoker=env.get("ROSTRUM_INVOKER", ""),
        bucket=env.get("ROSTRUM_BUCKET", ""),
        vault="store" if vault == "store" else "secret_manager",
        keyring=env.get("ROSTRUM_KEYRING", "rostrum-keyring"),
        emulators={port: env[name] for port, name in EMULATORS.items() if env.get(name)},
        apps=EnvironmentApps(env),
        selling=_selling(env),
        people=_people(env),
        webhooks_url=_url("WEBHOOKS_URL", env.get("WEBHOOKS_URL", "")),
        traces_endpoint=_traces(env),
    )


def _processes(text: str) -> int:
    if not text:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(2, cores)
    if text not in map(str, range(1, MOST_PROCESSES + 1)):
        raise BadSetting(f"ROSTRUM_PROCESSES is {text!r}: it is a number from 1 to {MOST_PROCESSES}")
    return int(text)


def _traces(env: Mapping[str, str]) -> str:
    """Whom spans are sent to, by the names that every SDK of OpenTelemetry has for it. Raises BadSetting."""
    if env.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    whole = _url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""))
    found = whole or _url("OTEL_EXPORTER_OTLP_ENDPOINT", env.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""))
    protocol = env.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    if found and protocol != "http/protobuf":
        raise BadSetting(f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}: it is http/protobuf (a collector's port 4318)")
    return found


def _reading(env: Mapping[str, str], platform: str) -> None:
    """What says how much a network is read on schedule. Raises BadSetting."""
    for stem in networks.stems(platform):
        name, reads, granted = f"{stem}_READS", env.get(f"{stem}_READS", "often"), env.get(f"{stem}_BUDGETS", "")
        if reads not in ("often", "seldom"):
            raise BadSetting(f"{name} is {reads!r}: it is often or seldom")
        try:
            known, named = {one.name for one in registry.manifest(platform).budgets}, {*networks.granted(granted)}
        except ValueError as error:
            raise BadSetting(f"{stem}_BUDGETS is {granted!r}: {error}") from None
        if named - known:
            raise BadSetting(
                f"{stem}_BUDGETS has {min(named - known)!r}: it may name {', '.join(sorted(known)) or 'nothing'}"
            )


def required(chosen: Settings) -> None:
    """Refuse to run on Google Cloud without what cannot be guessed. Raises BadSetting naming the first one missing."""
    named = {
        "GOOGLE_CLOUD_PROJECT": chosen.project,
        "ROSTRUM_REGION": chosen.region,
        "ROSTRUM_FUNCTIONS_URL": chosen.functions_url,
        "ROSTRUM_FUNCTION": chosen.function,
        "ROSTRUM_INVOKER": chosen.invoker,
        "ROSTRUM_BUCKET": chosen.bucket,
    }
    for name, value in named.items():
        if not value:
            raise BadSetting(f"{name} is not set: ROSTRUM_BACKEND=gcp needs it (docs/settings.md)")


def _people(env: Mapping[str, str]) -> People:
    try:
        return people.load(env)
    except ValueError as error:
        raise BadSetting(str(error)) from None


def _selling(env: Mapping[str, str]) -> Selling:
    try:
        return selling.read(env)
    except ValueError as error:
        raise BadSetting(str(error)) from error


def private_hosts(value: str) -> frozenset[tuple[str, int]]:
    """``host:port,host:port`` as pairs. Raises BadSetting."""
    return frozenset(_host_port(item.strip()) for item in value.split(",") if item.strip())


class EnvironmentApps(Mapping[str, Mapping[str, str]]):
    """App credentials per platform, looked up when asked: a function that speaks to one network loads one manifest."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def __getitem__(self, platform: str) -> Mapping[str, str]:
        client_id, secret = self._first(platform, 0), self._first(platform, 1)
        callback, hooks = self._env.get(networks.callback_variable(platform), ""), self._hooks(platform)
        reads = {name[1:].lower(): value for name in READING if (value := self._stemmed(platform, name[1:]))}
        if not (client_id or secret or callback or hooks or reads):
            raise KeyError(platform)
        config_name, scopes_name = networks.further_variables(platform)
        return {
            "client_id": client_id,
            "client_secret": secret,
            "callback": callback,
            "config": self._env.get(config_name, ""),
            "scopes": self._env.get(scopes_name, ""),
            **hooks,
            **reads,
        }

    def __iter__(self) -> Iterator[str]:
        return (name for name in registry.all_names() if self._first(name, 0))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _first(self, platform: str, which: int, ending: str = "") -> str:
        """The app's id (0) or secret (1), under the first of its names that is set."""
        names = (networks.app_variables(platform)[which], networks.other_variables(platform)[which])
        return self._any(*(f"{name}{ending}" for name in names if name))

    def _hooks(self, platform: str) -> dict[str, str]:
        """What its webhooks are verified by, beside the app's secret; under its public name, or an alias of it."""
        also = (f"{name}{ending}" for name in networks.webhook_secrets(platform) for ending in ("", "_PREVIOUS"))
        found = {"client_secret_previous": self._first(platform, 1, "_PREVIOUS")}
        found["webhook_secrets_also"] = "\n".join(self._env[name] for name in also if self._env.get(name))
        for name in ("WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS", "VERIFY_TOKEN", "VERIFY_TOKEN_PREVIOUS"):
            found[name.lower()] = self._stemmed(platform, name)
        return {name: value for name, value in found.items() if value}

    def _stemmed(self, platform: str, name: str) -> str:
        """The first that is set of the variables that end so, under the network's public name or an alias of it."""
        return self._any(*(f"{stem}_{name}" for stem in networks.stems(platform)))

    def _any(self, *names: str) -> str:
        return next((self._env[name] for name in names if self._env.get(name)), "")


def _port(value: str) -> int:
    if not _is_port(value):
        raise BadSetting(f"PORT is {value!r}: it is a number from 1 to 65535")
    return int(value)


def _is_port(value: str) -> bool:
    return value.isdecimal() and len(value) <= 5 and 0 < int(value) < 65536


def _url(name: str, value: str) -> str:
    """Without a trailing slash; empty stays empty."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if value and (parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment):
        raise BadSetting(f"{name} is {value!r}: it is an absolute address, such as https://rostrum.example.com")
    return value.rstrip("/")


def _host_port(item: str) -> tuple[str, int]:
    host, colon, port = item.rpartition(":")
    if not colon or not host.strip("[]") or not _is_port(port):
        raise BadSetting(f"ALLOW_PRIVATE_HOSTS has {item!r}: each entry is host:port, separated by commas")
    return host.strip("[]").lower(), int(port)
