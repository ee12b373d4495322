"""The error tree.

    RostrumError                      code, message, meta; who must act; whether to retry
    ├── Invalid                       the caller: a field of the request is wrong (meta.field, and the remedy in words)
    │   └── TooLong                   ... a text is over a network's limit (limit, count, how it is counted)
    ├── Unauthenticated               the caller: no key, or not a live one
    ├── Forbidden                     the caller: the key lacks a scope
    ├── Missing                       the caller: no such thing here (also: another workspace's)
    ├── Clash                         the caller: the thing is in a state that does not allow this
    ├── Unsupported                   nobody: the network offers no such operation
    ├── Limited                       the caller: slow down (retry_after seconds)
    ├── Reconnect                     the account's owner: the stored token is dead
    ├── NetworkRefused                the network said no, in a way that an adapter understood
    └── Broken                        us: try again, it is safe

Codes are dot-separated and stable; a dialect decides which HTTP status and which spelling they get.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

Category = Literal["validation", "auth", "rate_limit", "platform", "system"]
CausedBy = Literal["user", "platform", "system"]


class RostrumError(Exception):
    """Root of every error that a caller can meet. ``meta`` is safe to show: it never carries a secret."""

    category: ClassVar[Category] = "system"
    caused_by: ClassVar[CausedBy] = "system"
    retryable: ClassVar[bool] = False

    def __init__(self, code: str, message: str, **meta: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.meta: Mapping[str, Any] = meta


class Invalid(RostrumError):
    """A field of the request is wrong. ``meta['field']`` names it; the message says what to do instead."""

    category = "validation"
    caused_by = "user"


class TooLong(Invalid):
    """A text over a network's limit: ``meta`` has field, platform, limit, count and counted_in."""


class Unauthenticated(RostrumError):
    """No key, or not a live one."""

    category = "auth"
    caused_by = "user"


class Forbidden(RostrumError):
    """The key may not do this: ``meta['required_scope']``."""

    category = "auth"
    caused_by = "user"


class Missing(RostrumError):
    """No such thing in this workspace: ``meta`` has resource and id."""

    category = "validation"
    caused_by = "user"


class Clash(RostrumError):
    """The thing exists, but its state does not allow this: the message says which state would."""

    category = "validation"
    caused_by = "user"


class Unsupported(RostrumError):
    """The network offers no such operation, whoever asks."""

    category = "platform"
    caused_by = "platform"


class Limited(RostrumError):
    """Too fast. ``meta['retry_after_seconds']``."""

    category = "rate_limit"
    caused_by = "user"
    retryable = True


class Reconnect(RostrumError):
    """The account's token is dead and cannot be refreshed: its owner must connect it again."""

    category = "auth"
    caused_by = "user"


class NetworkRefused(RostrumError):
    """A network's refusal outside publishing (connect, delete, metrics); ``meta`` has its own code and text."""

    category = "platform"
    caused_by = "platform"


class Broken(RostrumError):
    """Our own infrastructure failed; nothing was half-done. Try again."""

    retryable = True
