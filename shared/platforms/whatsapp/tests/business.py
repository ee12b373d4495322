"""A connected number of the simulated WhatsApp, and the ways that its tests go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.domain.accounts import AccountView, Connected
from shared.domain.content import Act, MediaFile
from shared.platforms.contract import App, Armed, Candidates, Published, Ready
from shared.platforms.whatsapp import inbox, oauth, resources, simulator, webhooks
from shared.platforms.whatsapp.wire import account_id
from shared.ports.http import Request
from tests.support.simulated import MemoryWorld, SimulatedHttp, call_for

APP = App("client", "sandbox-secret", "4711")
REDIRECT = "https://rostrum.example/callback"
CUSTOMER = "15550100000"  # has written when the business signs up


class Business:
    """Somebody's business; its first number is connected."""

    def __init__(self, name: str = "rostrum") -> None:
        self.world = MemoryWorld()
        self.http = SimulatedHttp("whatsapp", self.world)
        url = oauth.authorize_url(APP, REDIRECT, "state", "", ())
        location = self.http.send(Request("GET", f"{url}&sandbox_user={name}")).headers["location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        given = oauth.exchange(call_for(self.http, None, APP), code, REDIRECT, "")
        self.candidates: tuple[Connected, ...] = given.accounts if isinstance(given, Candidates) else (given,)
        one = self.candidates[0]
        self.account = AccountView(one.platform_account_id, one.username, one.metadata, one.tokens)
        self.acts = 0

    @property
    def call(self) -> Any:
        return call_for(self.http, self.account, APP)

    @property
    def number(self) -> str:
        return self.account.platform_account_id

    @property
    def waba(self) -> str:
        return account_id(self.call)

    def act(
        self, verb: str, on: str = CUSTOMER, text: str = "", media: tuple[MediaFile, ...] = (), **arguments: Any
    ) -> Act:
        """An act with a key of its own."""
        self.acts += 1
        return Act(verb, on, text, arguments, media, {}, f"{self.acts:032x}", 0)

    def prepare(self, act: Act, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All steps."""
        module = inbox if act.verb == "message.send" else resources
        known = dict(state or {})
        for _ in range(10):
            step = module.prepare(self.call, act, known)
            known = dict(step.state)
            if isinstance(step, Ready):
                return known
        raise AssertionError("never ready")

    def do(self, act: Act) -> Published:
        """The whole way."""
        module = inbox if act.verb == "message.send" else resources
        return module.commit(self.call, act, self.prepare(act))

    def send(self, text: str = "Hello", to: str = CUSTOMER, **arguments: Any) -> Published:
        """A message."""
        return self.do(self.act("message.send", to, text, **arguments))

    def armed(self, state: Mapping[str, Any] | None = None, **more: Any) -> Armed:
        """Armed now."""
        return Armed(1, self.world.now, state or {}, **more)

    def subscribed(self) -> Business:
        """With webhooks."""
        webhooks.subscribe(self.call, "https://rostrum.example/hook", "")
        return self

    def told(self) -> list[Any]:
        """The events of all deliveries so far."""
        return [event for push in simulator.pushes(self.world) for event in webhooks.parse({}, push.body)]
