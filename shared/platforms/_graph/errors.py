"""Graph's refusals: one body, one set of codes for all of its networks, and a book of each network's own.

    BOOK = errors.Book("network", "Network", {(36000, 2207004): ErrorRow(…)}, strict_subcodes=range(2207000, 2208000))
    refusal, visible_refusal = BOOK.refusal, BOOK.visible_refusal     # for calls.Graph and _wire.ask

https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from shared.platforms._wire import parsed, retry_after
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

Code = tuple[int, int | None]

GONE: Code = (100, 33)
INVALID: Code = (100, None)
PERMISSIONS = range(200, 300)
APP_LIMITS = (4, 17, 32, 613)
# Business use cases, each with a code of its own; some come as HTTP 400.
BUSINESS_LIMITS = (*range(80000, 80010), 80014)
MOST_MINUTES = 30 * 24 * 60  # of a limit: beyond, it is no time that anybody could heed


def rejected(code: str, message: str) -> ErrorRow:
    """A definite refusal that its author can mend."""
    return ErrorRow(Fate.REJECTED, code, message, "validation", "user")


def transient(code: str, message: str) -> ErrorRow:
    """The network's own trouble."""
    return ErrorRow(Fate.TRANSIENT, code, message)


def unsettled(code: str, message: str) -> ErrorRow:
    """Says nothing definite of the effect."""
    return ErrorRow(Fate.UNKNOWN, code, message)


def auth(message: str, *, reconnect: bool) -> ErrorRow:
    """The token was refused before anything else was looked at."""
    return ErrorRow(Fate.UNAUTHORISED, "auth", message, "auth", "user", reconnect)


@dataclass(frozen=True, slots=True)
class Common:
    """The rows that every network of Graph has, in words that name it."""

    expired: ErrorRow
    dead: ErrorRow
    limited: ErrorRow
    denied: ErrorRow
    server: ErrorRow
    invalid: ErrorRow
    gone: ErrorRow
    unlisted: ErrorRow

    @staticmethod
    def named(title: str) -> Common:
        again = "connect the account again"
        return Common(
            expired=auth("The access token has expired.", reconnect=False),
            dead=auth(f"{title} no longer accepts this connection: {again}.", reconnect=True),
            limited=ErrorRow(Fate.LIMITED, "rate_limit", f"{title}'s rate limit is reached.", "rate_limit", "platform"),
            denied=ErrorRow(
                Fate.REJECTED,
                "permission_denied",
                f"The connection lacks a permission for this: {again} and allow everything that is asked.",
                "auth",
                "user",
            ),
            server=transient("server_error", f"{title} had trouble of its own."),
            invalid=rejected("invalid_parameter", f"{title} refused a value of this request."),
            gone=unsettled("not_found", f"{title} does not find this, or does not show it."),
            unlisted=unsettled("unlisted", f"{title} refused with a code that says nothing definite."),
        )

    def table(self) -> dict[Code, ErrorRow]:
        """By code and subcode. 200 to 299 are a range (:data:`PERMISSIONS`) and not listed one by one."""
        rows: dict[Code, ErrorRow] = {
            # An expired token may be renewed by us; the others are dead for good.
            (190, None): self.expired,
            (190, 463): self.expired,
            (102, None): self.expired,
            (190, 458): self.dead,  # the person removed the app
            (190, 459): self.dead,  # the person must log in to the network first (a checkpoint)
            (190, 460): self.dead,  # the password changed
            (190, 464): self.dead,  # the person is not confirmed
            (190, 467): self.dead,  # invalidated
            (190, 492): self.dead,  # the person has no role on what the token is for
            (3, None): self.denied,  # the app may not make this kind of call
            (10, None): self.denied,
            (1, None): self.server,
            (2, None): self.server,
            INVALID: self.invalid,
            GONE: self.gone,
        }
        return rows | {(code, None): self.limited for code in (*APP_LIMITS, *BUSINESS_LIMITS)}


def _no_other_form(body: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Book:
    """A network's refusals. ``rows``: its own codes, added to (and winning over) the common ones.

    ``strict_subcodes``: subcodes that never fall back to their code's row when they are not listed. ``waits``: rows that
    name their own time to come back in. ``also``: turns further forms of a refusal's body into Graph's ``error`` object.
    """

    platform: str
    title: str
    rows: Mapping[Code, ErrorRow]
    strict_subcodes: range = range(0)
    waits: Mapping[Code, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    also: Callable[[Mapping[str, Any]], dict[str, Any]] = _no_other_form

    def __post_init__(self) -> None:
        common = Common.named(self.title)
        object.__setattr__(self, "common", common)
        object.__setattr__(self, "table", MappingProxyType(common.table() | dict(self.rows)))

    common: Common = field(init=False)
    table: Mapping[Code, ErrorRow] = field(init=False)

    def refusal(self, response: Response, now: datetime) -> Refused:
        """An answer that is no success, in our words."""
        error = self._error(response)
        code, subcode = number(error.get("code")), number(error.get("error_subcode"))
        row = self.row_for(response.status, code, subcode, transient=error.get("is_transient") is True)
        return Refused(
            row,
            platform=self.platform,
            status=response.status,
            platform_code=spelt(code, subcode),
            platform_message=str(error.get("error_user_msg") or error.get("message") or ""),
            retry_at=self._retry_at(response, row, now),
            raw={"error": error} if error else {},
        )

    def visible_refusal(self, response: Response, now: datetime) -> Refused:
        """As :meth:`refusal`, for a visible request: «invalid parameter» without a subcode proves nothing there."""
        refused = self.refusal(response, now)
        if refused.row is self.common.invalid:
            refused.row = self.common.unlisted
        return refused

    def row_for(self, status: int, code: int | None, subcode: int | None, *, transient: bool = False) -> ErrorRow:
        """The row of an error by HTTP status, code and subcode."""
        row = self._listed(code, subcode)
        if status >= 500:
            return row if row and row.fate in {Fate.TRANSIENT, Fate.UNKNOWN} else self.common.server
        if transient and (row is None or row.fate is Fate.REJECTED):  # «temporary» is not definite
            return self.common.server
        if row:
            return row
        return self.common.limited if status == 429 else self.common.unlisted

    def refused(self, row: ErrorRow, message: str, code: str = "", retry_at: datetime | None = None) -> Refused:
        """A refusal that the network gave inside a success."""
        said = {"platform_code": code, "platform_message": message, "retry_at": retry_at}
        return Refused(row, platform=self.platform, status=200, **said)  # type: ignore[arg-type]

    def _listed(self, code: int | None, subcode: int | None) -> ErrorRow | None:
        if code is None:
            return None
        exact = self.table.get((code, subcode))
        if exact or (subcode and subcode in self.strict_subcodes):
            return exact
        return self.table.get((code, None)) or (self.common.denied if code in PERMISSIONS else None)

    def _error(self, response: Response) -> dict[str, Any]:
        body = parsed(response)
        error = body.get("error")
        return error if isinstance(error, dict) else self.also(body)

    def _retry_at(self, response: Response, row: ErrorRow, now: datetime) -> datetime | None:
        for code, wait in self.waits.items():
            if row is self.table[code]:
                return now + wait
        return regained(response, now) if row.fate is Fate.LIMITED else None


def is_gone(refused: Refused) -> bool:
    """Whether the network says that the object does not exist (or is not shown to us)."""
    return refused.platform_code == "100/33"


def regained(response: Response, now: datetime) -> datetime | None:
    """When a limit's headers say that calls are taken again: X-Business-Use-Case-Usage, else Retry-After, else None."""
    minutes = max(_minutes(response), default=0)
    return now + timedelta(minutes=minutes) if minutes else retry_after(response, now)


def usage(response: Response) -> int:
    """The highest percentage of X-App-Usage (call_count, total_time, total_cputime), 0 where it says nothing."""
    found = [value for value in _json(response, "x-app-usage").values() if isinstance(value, int | float)]
    return int(max(found, default=0))


def number(value: object) -> int | None:
    """A code as Graph writes it (a number, or its text), None when it is none."""
    return int(value) if isinstance(value, int | str) and re.fullmatch(r"-?[0-9]{1,18}", str(value)) else None


def spelt(code: int | None, subcode: int | None) -> str:
    """``190/463``."""
    return "" if code is None else f"{code}/{subcode}" if subcode else str(code)


def _minutes(response: Response) -> Iterator[float]:
    """``{account: [{type, estimated_time_to_regain_access, …}]}``, in minutes."""
    for entries in _json(response, "x-business-use-case-usage").values():
        for entry in entries if isinstance(entries, Sequence) else ():
            minutes = entry.get("estimated_time_to_regain_access") if isinstance(entry, dict) else None
            if isinstance(minutes, int | float) and 0 < minutes < MOST_MINUTES:
                yield minutes


def _json(response: Response, header: str) -> dict[str, Any]:
    try:
        value = json.loads(response.headers.get(header, "{}"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
