"""The people of the simulated networks: followers who comment, write, review and mention, and how a post does.

Everything follows from a seed (an id) and two instants, so that a simulator need not store it: asked twice, the same
people said the same things, and the later it is the more of it there is. Nothing here is random, nothing is real.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

_FIRST = ("Amber", "Basil", "Cedar", "Dahlia", "Elder", "Fern", "Ginger", "Hazel", "Iris", "Juniper", "Laurel", "Moss")
_LAST = ("Brook", "Cliff", "Dale", "Field", "Glen", "Heath", "Lake", "Marsh", "Moor", "Ridge", "Shore", "Vale")
_PRAISE = (
    "Love this!",
    "Exactly what I needed today.",
    "Where can I get this?",
    "Does it come in other colours?",
    "Great shot 😍",
    "We were there last year, wonderful.",
    "How long did this take you?",
    "Sharing this with my team.",
    "Not convinced yet. What about the price?",
    "More of these, please!",
    "Is it open on Sundays?",
    "This made my morning 🙌",
)
_ANSWERS = ("Same here!", "I asked myself that too.", "Agreed 👍", "It does, I have one.", "Good question.")
_LETTERS = (
    ("Hi! Are you open on Saturday?", "And is there parking?"),
    ("Hello, my order has not arrived yet.", "The number is 4711."),
    ("Do you ship abroad?", "To Norway, that is."),
    ("Could we use one of your photos with credit?", "It would be for our newsletter."),
    ("Thank you for the quick help yesterday!", "You made my week."),
)
_REVIEWS = (
    (5, "Friendly people and quick service. Will come again."),
    (4, "Very good, only the waiting time could be shorter."),
    (5, "The best in town."),
    (2, "Nobody answered the phone."),
    (3, "It was all right."),
    (5, ""),
    (1, "Closed although the website said open."),
)
_MENTIONS = (
    "Thanks to {name} for the idea!",
    "Look what {name} made.",
    "Has anybody tried {name} yet?",
    "With {name} today",
)


ROUND_AFTER = timedelta(hours=3)  # until a post that goes round begins to


@dataclass(frozen=True, slots=True)
class Someone:
    """A simulated person: ``id`` is 15 digits, ``username`` is lower case with one dot."""

    id: str
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was said: ``number`` counts from 0 within its seed, ``parent`` is the number of what it answers."""

    number: int
    who: Someone
    text: str
    at: datetime
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a conversation that somebody began: all are from ``who``."""

    number: int
    who: Someone
    lines: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review; ``text`` may be empty."""

    number: int
    who: Someone
    stars: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reception:
    """How a post does. Counts never fall as time passes."""

    views: int
    reach: int
    likes: int
    shares: int
    saves: int
    clicks: int


def luck(seed: str, below: int) -> int:
    """A number from 0 to ``below`` - 1 that follows from the seed."""
    return int(sha256(seed.encode()).hexdigest()[:12], 16) % below


def digits(seed: str, length: int) -> str:
    """An id of so many decimal digits (at most 30), not beginning with 0."""
    number = str(int(sha256(seed.encode()).hexdigest(), 16))
    return str(1 + luck(seed, 9)) + number[: length - 1]


def someone(seed: str) -> Someone:
    """A person."""
    first, last = _FIRST[luck(f"{seed}/first", len(_FIRST))], _LAST[luck(f"{seed}/last", len(_LAST))]
    return Someone(digits(f"{seed}/id", 15), f"{first} {last}", f"{first}.{last}".lower())


def grown(seed: str, since: datetime, now: datetime, *, least: int, most: int, half_life: timedelta) -> int:
    """A count that begins at 0 and reaches its whole (``least`` to ``most``) slowly: half of it after ``half_life``."""
    whole = least + luck(f"{seed}/whole", most - least + 1)
    age = max(0.0, (now - since).total_seconds())
    return int(whole * (1 - 0.5 ** (age / half_life.total_seconds())))


def interest(at: datetime) -> float:
    """How many look at what goes out at this instant, against the usual: the simulated people's week, which whoever learns
    from them has to find. They look most from 19:00 to 22:00 UTC, some more at noon, little at night, less at weekends."""
    at = at.astimezone(UTC)
    hour = 2.0 if 19 <= at.hour < 22 else 1.2 if at.hour in (11, 12) else 0.5 if at.hour < 6 else 1.0
    return hour * (0.8 if at.weekday() >= 5 else 1.0)


def goes_round(seed: str) -> bool:
    """Whether a post is passed on by everybody: one in forty is, from its third hour on."""
    return luck(f"{seed}/round", 40) == 0


def reception(seed: str, since: datetime, now: datetime) -> Reception:
    """The figures of a post that went live at ``since``: most of it within its first day."""
    usual = grown(seed, since, now, least=300, most=2400, half_life=timedelta(hours=8))
    views = int(usual * interest(since))
    if goes_round(seed) and now > since + ROUND_AFTER:
        views += 12 * grown(
            f"{seed}/all", since + ROUND_AFTER, now, least=1500, most=2400, half_life=timedelta(hours=4)
        )
    ratio = 8 + luck(f"{seed}/ratio", 20)  # one like in so many views
    return Reception(
        views, views * 4 // 5, views // ratio, views // (ratio * 6), views // (ratio * 9), views // (ratio * 3)
    )


def followers(seed: str, since: datetime, now: datetime) -> int:
    """How many follow the account: some hundred from the start, and a few more each day."""
    base = 200 + luck(f"{seed}/followers", 2000)
    days = max(0.0, (now - since).total_seconds()) / 86400
    return base + int(days * (1 + luck(f"{seed}/daily", 9)))


def comments(seed: str, since: datetime, now: datetime, most: int = 8) -> Sequence[Remark]:
    """What others said under a post so far, oldest first: the first within minutes, later ones over its first day."""
    count = 2 + luck(f"{seed}/comments", max(1, most - 1))
    said = [_remark(seed, number, since) for number in range(count)]
    return [remark for remark in said if remark.at <= now]


def _remark(seed: str, number: int, since: datetime) -> Remark:
    mine = f"{seed}/comment/{number}"
    parent = luck(f"{mine}/parent", number) if number and luck(f"{mine}/answers", 4) == 0 else None
    texts = _PRAISE if parent is None else _ANSWERS
    minutes = 4 * 2.2**number + luck(f"{mine}/minutes", 3)
    at = since + timedelta(minutes=min(minutes, 60 * 30 + number))
    return Remark(number, someone(mine), texts[luck(f"{mine}/text", len(texts))], at, parent)


def letters(seed: str, since: datetime, now: datetime) -> Sequence[Letter]:
    """The conversations that others began with the account: two wait at ``since``, another comes every day."""
    begun = 2 + max(0, (now - since).days)
    found = [_letter(seed, number, since) for number in range(min(begun, 20))]
    shown = [Letter(one.number, one.who, tuple(line for line in one.lines if line.at <= now)) for one in found]
    return [letter for letter in shown if letter.lines]


def _letter(seed: str, number: int, since: datetime) -> Letter:
    mine = f"{seed}/letter/{number}"
    who, texts = someone(mine), _LETTERS[luck(f"{mine}/text", len(_LETTERS))]
    begin = since - timedelta(minutes=20 + luck(mine, 90)) + timedelta(days=max(0, number - 1))
    lines = tuple(Remark(i, who, text, begin + timedelta(minutes=2 * i)) for i, text in enumerate(texts))
    return Letter(number, who, lines)


def reviews(seed: str, since: datetime, now: datetime) -> Sequence[Opinion]:
    """What customers think, oldest first: some from before ``since``, another about every second day."""
    count = 4 + int(max(0.0, (now - since).total_seconds()) // (2 * 86400))
    found = []
    for number in range(min(count, 60)):
        mine = f"{seed}/review/{number}"
        stars, text = _REVIEWS[luck(mine, len(_REVIEWS))]
        at = since + timedelta(days=2 * (number - 4), hours=luck(f"{mine}/hour", 20))
        found.append(Opinion(number, someone(mine), stars, text, at))
    return [opinion for opinion in found if opinion.at <= now]


def mentions(seed: str, name: str, since: datetime, now: datetime) -> Sequence[Remark]:
    """Where others named the account (``name``, as one would write it), oldest first: two wait, one more every day."""
    count = 2 + max(0, (now - since).days)
    found = []
    for number in range(min(count, 60)):
        mine = f"{seed}/mention/{number}"
        text = _MENTIONS[luck(mine, len(_MENTIONS))].format(name=name)
        at = since + timedelta(days=number - 1) - timedelta(hours=luck(f"{mine}/hour", 20))
        found.append(Remark(number, someone(mine), text, at))
    return [remark for remark in found if remark.at <= now]


def daily(seed: str, day: int, *, least: int, most: int) -> int:
    """One day's figure of a series (``day``: days since any fixed date): a weekly rhythm with some noise."""
    rhythm = 1 + 0.3 * math.sin(2 * math.pi * day / 7)
    return int((least + luck(f"{seed}/{day}", most - least + 1)) * rhythm)
