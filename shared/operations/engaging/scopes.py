"""Which scope of a key an act needs, and which to see it afterwards: by its verb, the same on every network."""

from __future__ import annotations

from shared.domain.callers import Caller
from shared.operations import permissions

_BY_SUBJECT = {
    "message": "dms:send",
    "comment": "inbox:write",
    "post": "inbox:write",
    "review": "inbox:write",
    "campaign": "ads:write",
    "ad_group": "ads:write",
    "creative": "ads:write",
    "ad": "ads:write",
}
_PRIVATE = "comment.private_reply"
_TO_SEE = {
    "dms:send": "dms:read",
    "inbox:write": "inbox:read",
    "ads:write": "ads:read",
    "accounts:manage": "accounts:read",
}


def needed(verb: str) -> str:
    """``message.send`` needs ``dms:send``; what is the network's own (a board, a playlist) ``accounts:manage``."""
    return "dms:send" if verb == _PRIVATE else _BY_SUBJECT.get(verb.partition(".")[0], "accounts:manage")


def check(caller: Caller, verb: str) -> None:
    """Raise Forbidden (``auth.insufficient_scope``) when the caller's key lacks it."""
    permissions.scope(caller, needed(verb), verb[:64])


def may_see(caller: Caller, verb: str) -> bool:
    """Whether the key may read what such acts said and did: it may do them, or read their like at the network."""
    return caller.may(needed(verb)) or caller.may(_TO_SEE[needed(verb)])


def check_seen(caller: Caller, verb: str) -> None:
    """Raise Forbidden (``auth.insufficient_scope``) when the caller's key may not see it."""
    if not may_see(caller, verb):
        permissions.scope(caller, _TO_SEE[needed(verb)], f"Seeing a {verb[:64]}")
