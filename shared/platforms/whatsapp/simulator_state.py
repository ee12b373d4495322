"""What the simulated WhatsApp knows: businesses, their accounts and numbers, tokens, and who wrote when.

People who write come with time (``_alive``): two have written when a business signs up, another does each day. The first
writes from 15550100000, the next from 15550100001, and so on.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import World

SCOPES: Final = ("whatsapp_business_management", "whatsapp_business_messaging")
WINDOW: Final = simulated.DAY
KEPT: Final = 300
_NAMES: Final = ("Fern Garden", "Fern Garden Support", "Fern Garden Orders")
TEMPLATES: Final = (
    {
        "name": "hello_world",
        "language": "en_US",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Welcome! This is a template that needs nothing."}],
    },
    {
        "name": "order_update",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} is on its way.",
                "example": {"body_text": [["Iris", "4711"]]},
            }
        ],
    },
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the app, the business's accounts that it may use."""

    client: str
    business: str
    wabas: tuple[str, ...]


def business(world: World, name: str) -> Document:
    """The business of this person, with its account and numbers; made at first sight. ``many`` has three numbers."""
    known = world.get("wa.business", name)
    if known:
        return known
    waba = _alive.digits(f"waba.{name}", 15)
    count = 3 if name.startswith("many") else 1
    numbers = [_number(world, waba, name, index) for index in range(count)]
    account = {"id": waba, "name": _NAMES[0], "numbers": numbers, "since": world.now.isoformat()}
    world.put("wa.waba", waba, account)
    rows = {_alive.digits(f"{waba}.{one['name']}", 15): {**one, "status": "APPROVED", "made": 0.0} for one in TEMPLATES}
    world.put("wa.templates", waba, {"rows": {key: {"id": key, **row} for key, row in rows.items()}})
    made = {"name": name, "waba": waba, "numbers": numbers}
    world.put("wa.business", name, made)
    return made


def _number(world: World, waba: str, name: str, index: int) -> str:
    number = _alive.digits(f"number.{name}.{index}", 15)
    digits = f"1555{int(sha256(number.encode()).hexdigest()[:8], 16) % 10_000_000:07}"
    shown = f"+{digits[0]} {digits[1:4]}-{digits[4:7]}-{digits[7:]}"
    row = {"id": number, "waba": waba, "display": shown, "digits": digits, "name": _NAMES[index]}
    world.put("wa.number", number, {**row, "since": world.now.isoformat(), "app": name.startswith("app")})
    world.put("wa.profile", number, {"about": "Hey there! I am using WhatsApp.", "vertical": "OTHER"})
    return number


def session(world: World, ask: Ask) -> Session:
    """Whose token this is. Raises Problem."""
    held = world.get("wa.token", simulated.hashed(ask.bearer)) if ask.bearer else None
    if not held:
        raise Problem(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    if held["until"] and held["until"] <= simulated.now(world):
        raise simulated.expired(simulated.stamp(held["until"]))
    known = business(world, str(held["person"]))
    return Session(str(held["client"]), str(held["person"]), (str(known["waba"]),))


def number_of(world: World, who: Session, number: str) -> Document:
    """The number, when it is the session's. Raises Problem."""
    known = world.get("wa.number", number)
    if not known or known["waba"] not in who.wabas:
        raise simulated.Problem(100, f"Unsupported post request. Object with ID '{number}' does not exist", 33)
    return known


def sent(world: World, number: str) -> list[Document]:
    """What the number sent, oldest first."""
    return list((world.get("wa.sent", number) or {}).get("rows", ()))


def keep_sent(world: World, number: str, rows: list[Document]) -> None:
    """The last of them."""
    world.put("wa.sent", number, {"rows": rows[-KEPT:]})


def lines(world: World, number: Mapping[str, Any]) -> list[Document]:
    """What people wrote to the number so far, oldest first: ``{id, from, name, text, at}``."""
    since = datetime.fromisoformat(str(number["since"]))
    found = [
        {
            "id": wamid(f"1555010{letter.number:04}", f"{number['id']}.{letter.number}.{line.number}"),
            "from": f"1555010{letter.number:04}",
            "name": letter.who.name,
            "text": line.text,
            "at": line.at.timestamp(),
        }
        for letter in _alive.letters(str(number["id"]), since, world.now)
        for line in letter.lines
    ]
    found += (world.get("wa.visits", str(number["id"])) or {}).get("rows", ())
    return sorted(found, key=lambda one: float(one["at"]))


def is_open(world: World, number: Mapping[str, Any], person: str) -> bool:
    """Whether the person wrote within the last 24 hours."""
    last = max((float(one["at"]) for one in lines(world, number) if one["from"] == person), default=0.0)
    return simulated.now(world) - last < WINDOW


def wamid(person: str, seed: str) -> str:
    """A message's id: it carries the person's number, as WhatsApp's do."""
    rest = sha256(seed.encode()).hexdigest()[:18].upper().encode()
    data = b"\x1c\x18" + bytes([len(person)]) + person.encode() + b"\x15\x02\x00\x11\x18\x12" + rest + b"\x00"
    return "wamid." + b64encode(data).decode()
