"""Who people are, from the environment: Google's sign-in, a trusted issuer, and the simulated Google of one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from shared.backends.live.identity import LiveIdentity
    from shared.ports.clock import Clock
    from shared.ports.http import Http
    from shared.ports.ids import Ids
    from shared.ports.store import Store
    from shared.ports.world import Ports
    from shared.runtime.simulated_google import SimulatedGoogle

CALLBACK = "/v1/auth/google/callback"
SIMULATED = "/sandbox/google"  # where a browser of this machine finds the simulated Google
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class People:
    """``GOOGLE_SIGNIN_CLIENT_ID``, ``GOOGLE_SIGNIN_CLIENT_SECRET``, ``SIGNIN_ALLOWED``, ``JWT_*``; empty: not set."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    admitted: tuple[str, ...] = ()
    issuer: str = ""
    audience: str = ""
    jwks_url: str = ""
    roles_claim: str = "roles"
    tenant_claim: str = "tenant_id"


def load(env: Mapping[str, str]) -> People:
    """Read the settings. Raises ValueError naming the one that is wrong, or missing beside another."""
    _together(env, "GOOGLE_SIGNIN_CLIENT_ID", "GOOGLE_SIGNIN_CLIENT_SECRET")
    _together(env, "JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL")
    url = env.get("JWT_JWKS_URL", "")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"JWT_JWKS_URL is {url!r}: it is the https address of the issuer's JWK set")
    return People(
        client_id=env.get("GOOGLE_SIGNIN_CLIENT_ID", ""),
        client_secret=env.get("GOOGLE_SIGNIN_CLIENT_SECRET", ""),
        admitted=_admitted(env.get("SIGNIN_ALLOWED", "")),
        issuer=env.get("JWT_ISSUER", ""),
        audience=env.get("JWT_AUDIENCE", ""),
        jwks_url=url,
        roles_claim=env.get("JWT_ROLES_CLAIM", "roles"),
        tenant_claim=env.get("JWT_TENANT_CLAIM", "tenant_id"),
    )


def identity(people: People, http: Http, clock: Clock, google: SimulatedGoogle | None, public_url: str) -> LiveIdentity:
    """The identity port. ``google``: the simulated one, used where no client is registered at the real one."""
    from shared.backends.live.identity import GoogleClient, Issuer, LiveIdentity
    from shared.backends.live.identity_tokens import Names

    names = Names(people.roles_claim, people.tenant_claim)
    issuer = Issuer(people.issuer, people.audience, people.jwks_url, names) if people.issuer else None
    if people.client_id:
        client = GoogleClient(people.client_id, people.client_secret)
        return LiveIdentity(http, clock, client, issuer, people.admitted)
    if google is not None:
        from shared.runtime.simulated_google import CLIENT_ID, CLIENT_SECRET

        client = GoogleClient(CLIENT_ID, CLIENT_SECRET, f"{public_url}{SIMULATED}", google)
        return LiveIdentity(http, clock, client, issuer, ("*",))
    return LiveIdentity(http, clock, None, issuer, people.admitted)


def simulated(
    people: People, public_url: str, home: Path, store: Store, clock: Clock, ids: Ids
) -> SimulatedGoogle | None:
    """A Google for one machine: None where the real one is set, or where others can reach this installation.

    It asks no password: behind a public address, everybody could be everybody.
    """
    if people.client_id or urlsplit(public_url).hostname not in LOCAL_HOSTS:
        return None
    from shared.backends.embedded.secretfile import read_or_make
    from shared.runtime.simulated_google import SimulatedGoogle, new_key

    return SimulatedGoogle(
        store, clock, ids, f"{public_url}{CALLBACK}", lambda: read_or_make(home / "google.pem", new_key)
    )


def simulated_behind(ports: Ports) -> SimulatedGoogle | None:
    """The simulated Google that these ports sign in at, for whoever serves its page; None with the real one."""
    from shared.backends.live.identity import LiveIdentity
    from shared.runtime.simulated_google import SimulatedGoogle

    google = ports.identity.google_http if isinstance(ports.identity, LiveIdentity) else None
    return google if isinstance(google, SimulatedGoogle) else None


def _together(env: Mapping[str, str], *names: str) -> None:
    missing = [name for name in names if not env.get(name)]
    if missing and len(missing) < len(names):
        raise ValueError(f"{missing[0]} is not set: {', '.join(names)} go together")


def _admitted(value: str) -> tuple[str, ...]:
    entries = tuple(entry.strip().casefold() for entry in value.split(",") if entry.strip())
    for entry in entries:
        if entry != "*" and "@" not in entry:
            raise ValueError(f"SIGNIN_ALLOWED has {entry!r}: each entry is an address, an @domain, or *")
    return entries
