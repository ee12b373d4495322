"""One request for a verb: what its fields mean, and whose account it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.api.engine.exchange import Exchange
from shared.api.social import rows
from shared.api.social.errors import Area
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Missing
from shared.operations import accounts, networks
from shared.operations.engaging import own
from shared.operations.hurrying import hurried
from shared.platforms import names
from shared.platforms.verbs import Field, Verb
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb and the exchange that asks for it. ``platform``: the public name of the network whose accounts do it."""

    prefix: str
    verb: Verb
    x: Exchange[Any, Any]
    platform: str
    area: Area

    @staticmethod
    def of(prefix: str, verb: Verb, x: Exchange[Any, Any]) -> Asked:
        """The request of this prefix."""
        platform = verb.through or names.ALIASES.get(prefix, prefix)
        asks = x if verb.does in ("publish", "act") else replace(x, ports=hurried(x.ports))  # the others read meanwhile
        return Asked(prefix, verb, asks, platform, rows.area(prefix, verb))

    @property
    def ports(self) -> Ports:
        return self.x.ports

    @property
    def caller(self) -> Caller:
        return self.x.caller

    def value(self, to: str, default: Any = None) -> Any:
        """What the request says of this meaning, in our words. Raises Invalid for a word that is none."""
        one = self.verb.field_to(to)
        given = self._given(one) if one else None
        return default if one is None or given is None else _in_our_words(one, given)

    def options(self) -> dict[str, Any]:
        """The options that the request carries, and those that the verb always has; money is left to whoever knows the currency."""
        found = dict(self.verb.sets)
        for one in self.verb.fields:
            kind, _, name = one.to.partition(".")
            given = self._given(one) if kind == "option" else None
            if given is not None:
                _put(found, name, _in_our_words(one, given))
        return found

    def account(self, on: str = "") -> Account:
        """The account that the request names; without a name the one that made ``on``, or the only one there is.

        Raises Missing (``account.not_found``), Invalid (several could be meant).
        """
        found = self.candidates(on)
        if len(found) > 1:
            named = self.verb.field_to("account")
            name = named.name if named else "account"
            text = f"{name}: several accounts of {networks.title(self.platform)} are connected. Name the one that is meant."
            raise Invalid("validation.field_required", text, field=name)
        return found[0]

    def candidates(self, on: str = "") -> Sequence[Account]:
        """The accounts that the request may mean, at least one. Raises Missing."""
        given = self.value("account")
        if given:
            return (own.account(self.ports, self.caller, self.platform, given),)
        maker = own.owner(self.ports, self.caller, self.platform, on) if on else None
        if maker is not None:
            return (maker,)
        found = accounts.list_(self.ports, self.caller, self.platform)
        if not found:
            text = f"No account of {networks.title(self.platform)} is connected here."
            raise Missing("account.not_found", text, resource="account")
        return found

    def _given(self, one: Field) -> Any:
        if one.name in self.x.path:
            return self.x.path[one.name]
        source = self.x.query if self.verb.method == "GET" else self.x.body
        return getattr(source, one.name, None)


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    """``targeting.network`` is ``network`` within ``targeting``."""
    outer, _, inner = name.partition(".")
    found[outer] = {**found.get(outer, {}), inner: value} if inner else value


def _in_our_words(one: Field, given: Any) -> Any:
    if one.without and isinstance(given, dict):
        return {name: value for name, value in given.items() if name not in one.without}
    if not one.words or not isinstance(given, str):
        return given
    known: Mapping[str, str] = {theirs.lower(): ours for theirs, ours in one.words.items()}
    known = {**{ours.lower(): ours for ours in one.words.values()}, **known}
    if given.lower() not in known and one.words_only:
        text = f"{one.name}: one of {', '.join(one.words)}."
        raise Invalid("validation.field_invalid", text, field=one.name, accepted=list(one.words))
    return known.get(given.lower(), given)
