"""One network as the contract suite sees it: its folder through the registry, its simulator, a clock that only we move.

Whatever a platform needs (an account, credentials, a code) comes from its own ``seed`` and connector, and what a content kind
needs beside that from its fixtures (see ``samples.py``), so that a new folder is tested without a
change here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.content import Kind, Parent, Piece, Role
from shared.operations.posts import storable
from shared.platforms import _oauth2, registry
from shared.platforms.contract import Absent, Accepted, App, Armed, Call, Published, Publisher, Ready, Unsure, Wait
from shared.platforms.manifest import Manifest
from shared.ports.http import Request
from tests.contract.platforms import samples
from tests.support.simulated import START, MemoryWorld, SimulatedHttp, call_for

APP = App("contract-client", "contract-secret")
REDIRECT = "https://rostrum.example/oauth/callback"
VERIFIER = "contract-verifier-" + "0123456789" * 5
MOST_STEPS = 80


def round_trip(state: Mapping[str, Any]) -> dict[str, Any]:
    """What an adapter hands over to be kept, as it comes back: JSON, and nothing that a store's documents cannot hold."""
    kept: dict[str, Any] = json.loads(json.dumps(state))
    assert not list(storable.faults(kept, "state")), [str(issue) for issue in storable.faults(kept, "state")]
    return kept


@dataclass
class Network:
    """A fresh simulated network with one connected account."""

    name: str
    world: MemoryWorld
    http: SimulatedHttp
    account: AccountView
    pieces: int = 0

    @property
    def manifest(self) -> Manifest:
        return registry.manifest(self.name)

    @property
    def publisher(self) -> Publisher:
        return registry.publisher(self.name)

    @property
    def call(self) -> Call:
        return call_for(self.http, self.account, APP)

    def with_tokens(self, tokens: Tokens) -> None:
        """The account after a refresh."""
        self.account = replace(self.account, tokens=tokens)

    def renew(self) -> None:
        """Refresh tokens that have run out, as the engine does."""
        expires = self.account.tokens.expires_at
        if expires and expires <= self.world.now:
            self.with_tokens(registry.connector(self.name).refresh(self.call))

    def fork(self) -> Network:
        """The same network in another world: what happens there does not happen here."""
        world = copy.deepcopy(self.world)
        return Network(self.name, world, SimulatedHttp(self.name, world), self.account, self.pieces)

    # ------------------------------------------------------------------------------------------- publishing

    def piece(self, kind: Kind | None = None, text: str | None = None, **fields: Any) -> Piece:
        """A piece of this kind (the network's plainest by default), with media and options as its sample has them."""
        chosen, role = kind or self.plainest, fields.pop("role", Role.POST)
        sample = samples.of_kind(self.manifest, chosen)
        self.pieces += 1
        made = fields.pop("media", None)
        return Piece(
            kind=chosen,
            role=role,
            text=sample.text if text is None else text,
            media=sample.media if made is None else made,
            options=fields.pop("options", sample.options if role is Role.POST else {}),
            key=f"{0x9E3779B97F4A7C15F39CC0605CEDC834 * self.pieces % (1 << 128):032x}",
            created_at=int(self.world.now.timestamp() * 1_000_000),
            **fields,
        )

    @property
    def plainest(self) -> Kind:
        return samples.plainest(self.manifest)

    def prepare(self, piece: Piece, state: Mapping[str, Any] | None = None, *, twice: bool = False) -> dict[str, Any]:
        """Prepare until Ready. ``twice``: each step runs again from the state before it, as after a lost save."""
        known = round_trip(state or {})
        for _ in range(MOST_STEPS):
            step = self.publisher.prepare(self.call, piece, round_trip(known))
            if twice:
                step = self.publisher.prepare(self.call, piece, round_trip(known))
            known = round_trip(step.state)
            if isinstance(step, Ready):
                return known
            assert isinstance(step, Wait)
            self.world.pass_time(step.seconds)
        raise AssertionError(f"{self.name} is not ready after {MOST_STEPS} steps")

    def commit(self, piece: Piece, state: Mapping[str, Any]) -> Published:
        """Commit once, and confirm until it is live."""
        outcome = self.publisher.commit(self.call, piece, round_trip(state))
        if isinstance(outcome, Accepted):
            outcome = self._confirm(piece, outcome)
        assert outcome.id, "published without an id"
        return replace(outcome, state=round_trip(outcome.state), raw=round_trip(outcome.raw))

    def _confirm(self, piece: Piece, accepted: Accepted) -> Published:
        state, seconds = accepted.state, accepted.seconds
        for _ in range(MOST_STEPS):
            self.world.pass_time(seconds)
            outcome = self.publisher.confirm(self.call, piece, round_trip(state))
            if isinstance(outcome, Published):
                return outcome
            state, seconds = outcome.state, outcome.seconds
        raise AssertionError(f"{self.name} does not confirm after {MOST_STEPS} steps")

    def publish(self, piece: Piece) -> Published:
        """The whole way of a piece."""
        return self.commit(piece, self.prepare(piece))

    def find(self, piece: Piece, state: Mapping[str, Any], at: Any = None) -> Published | Absent | Unsure:
        """Settle it, once the network's settling time is over."""
        armed = Armed(1, at or self.world.now, round_trip(state))
        self.world.pass_time(self.manifest.timing.sandbox_settle)
        return self.publisher.find(self.call, piece, armed)

    def posts(self) -> int | None:
        """How many posts the account has, as the network counts them; None where it does not tell."""
        measurer = registry.measurer(self.name)
        counted = measurer.account(self.call).extra.get("posts") if measurer else None
        return int(counted) if counted is not None else None


def parent_of(published: Published) -> Parent:
    """A published piece as the engine hands it to its replies."""
    return Parent(published.id, round_trip(published.state))


# -------------------------------------------------------------------------------------------------- connecting


def new_network(name: str) -> Network:
    """An empty network with one account, connected the way its manifest says."""
    world = MemoryWorld(START, samples.served())
    http = SimulatedHttp(name, world)
    connected = connect(name, http)
    return Network(name, world, http, as_account(connected))


def connect(name: str, http: SimulatedHttp, person: str = "rostrum") -> Connected:
    """Connect one person's account."""
    seeded = registry.simulator(name).seed(http.world, person)
    if registry.manifest(name).oauth.style == "credentials":
        return registry.connector(name).sign_in(call_for(http, None, APP), dict(seeded))
    query = authorize(name, http, person)
    given = registry.connector(name).exchange(call_for(http, None, APP), query["code"], REDIRECT, VERIFIER)
    assert isinstance(given, Connected), "the simulator's default person has one account"
    extra = {option.name: seeded[option.name] for option in registry.manifest(name).oauth.extra}
    return replace(given, tokens=replace(given.tokens, extra={**given.tokens.extra, **extra}))


def authorize(name: str, http: SimulatedHttp, person: str, **more: str) -> dict[str, str]:
    """Go to the network's consent page as a browser would; the query it sends us back with."""
    oauth = registry.manifest(name).oauth
    challenge = _oauth2.challenge(VERIFIER, oauth.challenge)
    url = registry.connector(name).authorize_url(APP, REDIRECT, "the-state", challenge, oauth.scopes)
    extra = "".join(f"&{key}={value}" for key, value in {"sandbox_user": person, **more}.items())
    answer = http.send(Request("GET", url + extra))
    assert answer.status in {302, 303}, answer.body
    location = urlsplit(answer.headers["location"])
    assert answer.headers["location"].startswith(REDIRECT)
    query = {key: values[0] for key, values in parse_qs(location.query).items()}
    assert query.pop("state") == "the-state"
    return query


def as_account(connected: Connected) -> AccountView:
    """The account as the engine hands it to adapters."""
    return AccountView(
        connected.platform_account_id, connected.username, round_trip(connected.metadata), connected.tokens
    )
