"""What ads have in common on networks that keep no key for us: the mark in a name, and reading our arguments.

A new campaign, ad group, creative or ad carries the beginning of our key at the end of its name; a lost answer is settled by
looking for it. Amounts, instants and targeting are checked here in our words; each network's own are in its ``ads_wire``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Published, Unsure
from shared.platforms.contract_ads import MARK

TARGETS: Final = frozenset(("countries", "age_min", "age_max", "genders", "network"))
_MOST_MICROS: Final = 10**15


# ---------------------------------------------------------------------------------------------------- the mark


def marked(act: Act) -> str:
    """The new thing's name with our key at its end, by which it is found again."""
    return f"{act.text} {mark(act)}"


def mark(act: Act) -> str:
    """The beginning of our key, as it stands in a name."""
    return f"[{MARK}-{act.key[:12]}]"


def settled(
    act: Act, armed: Armed, account: str, listed: Iterable[Mapping[str, Any] | None]
) -> Published | Absent | Unsure:
    """What ``find`` answers for something new, from the listing that it would be in; None there: more than was read.

    The mark in another name is no proof of anything: a thing that was renamed, or a copy that somebody made of it.
    """
    whole, renamed = True, False
    for one in listed:
        if one is None:
            whole = False
        elif mark(act) in str(one.get("name") or "") and not armed.taken(str(one.get("id"))):
            if str(one["name"]).split() == marked(act).split() and one.get("id"):  # spaces are the network's to keep
                return Published(str(one["id"]), None, {"ad_account_id": account}, dict(one))
            renamed = True
    if renamed:
        return Unsure("something in the ad account carries the mark under another name")
    return (
        Absent("nothing in the ad account carries the mark") if whole else Unsure("not all of the ad account was read")
    )


# --------------------------------------------------------------------------------------------------- arguments


def micros(act: Act, name: str) -> int | None:
    """An amount in millionths of the account's currency. Raises Invalid."""
    value = act.arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MOST_MICROS:
        raise invalid(name, f"{name} is a whole amount in millionths of the account's currency, above 0.")
    return value


def instant(act: Act, name: str) -> datetime | None:
    """An instant, with its offset. Raises Invalid."""
    value = act.arguments.get(name)
    at = parsed(value)
    if value is not None and (at is None or at.tzinfo is None):
        raise invalid(name, f"{name} is an instant such as 2026-12-01T08:00:00Z.")
    return at


def word(act: Act, name: str, words: Mapping[str, str], otherwise: str = "") -> str:
    """A network's word for one of ours. Raises Invalid."""
    found = words.get(str(act.arguments.get(name) or otherwise))
    if found is None:
        raise invalid(name, f"{name} is one of {', '.join(words)}.")
    return found


def number(value: Any, name: str, network: str) -> str:
    """An id of digits, as it is: it may become part of an address. Raises Invalid."""
    if not isinstance(value, str) or not (value.isdecimal() and value.isascii()) or len(value) > 25:
        raise invalid(name, f"{name} is an id of {network}: digits.")
    return value


def targeting(act: Act) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """(what was given in our words, a copy of the network's own object). Raises Invalid."""
    given = act.arguments.get("targeting") or {}
    if not isinstance(given, Mapping) or not set(given) <= TARGETS:
        raise invalid("targeting", "targeting takes countries, age_min, age_max, genders and network.")
    network = given.get("network") or {}
    if not isinstance(network, Mapping):
        raise invalid("targeting", "targeting.network is the network's own targeting object.")
    return given, dict(network)


def strings(given: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts of a targeting. Raises Invalid."""
    value = given.get(name) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise invalid("targeting", f"targeting.{name} is a list of texts.")
    return list(value)


def age(given: Mapping[str, Any], name: str) -> int | None:
    """One end of the ages of a targeting. Raises Invalid."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 18 <= value <= 65:
        raise invalid("targeting", f"targeting.{name} is a whole number from 18 to 65.")
    return value


def present(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without what was not given."""
    return {name: value for name, value in body.items() if value is not None}


def parsed(value: Any) -> datetime | None:
    """A text as an instant, None where it is none."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def invalid(name: str, message: str) -> Invalid:
    """An argument (or ``on``) that makes no sense, named."""
    return Invalid("validation.field_invalid", message, field=name if name == "on" else f"arguments.{name}")
