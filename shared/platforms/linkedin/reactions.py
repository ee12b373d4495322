"""Reactions on LinkedIn: one of an account on a post or a comment. Ours are LIKE.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/reactions-api, 2026-11-22.
"""

from __future__ import annotations

from shared.domain.content import Act
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Refused, Unsure
from shared.platforms.linkedin import errors, wire
from shared.ports.http import Request


def like(call: Call, act: Act) -> Published:
    """POST /rest/reactions. Another reaction of the account would be replaced. Raises Refused."""
    actor = wire.encoded(call.who.platform_account_id)
    request = _wire.post_json(f"{wire.API}/reactions?actor={actor}", {"root": act.on, "reactionType": "LIKE"})
    _wire.ask(call, wire.authorised(call, request), errors.refusal)
    return Published(act.on)


def unlike(call: Call, act: Act) -> Published:
    """DELETE /rest/reactions/(actor,entity); where there is none, that is what was wished. Raises Refused."""
    try:
        _wire.ask(call, wire.authorised(call, Request("DELETE", _address(call, act.on)), "DELETE"), errors.refusal)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise
    return Published(act.on)


def find_liked(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether the reaction stands. Raises Refused."""
    stands = _stands(call, act.on)
    if stands is None:
        return _blind()
    return Published(act.on) if stands else Absent("the account has no reaction there")


def find_unliked(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether the reaction is gone. Raises Refused."""
    stands = _stands(call, act.on)
    if stands is None:
        return _blind()
    return Absent("the account's reaction still stands there") if stands else Published(act.on)


def _stands(call: Call, entity: str) -> bool | None:
    """None: this app may not read it."""
    try:
        answer = _wire.ask(call, wire.authorised(call, _wire.get(_address(call, entity))), errors.refusal).json
    except Refused as refused:
        if refused.row.code == "not_found":
            return False
        if refused.row.code == "permission_denied":
            return None
        raise
    return answer.get("reactionType") is not None or None


def _address(call: Call, entity: str) -> str:
    actor = wire.encoded(call.who.platform_account_id)
    return f"{wire.API}/reactions/(actor:{actor},entity:{wire.encoded(entity)})"


def _blind() -> Unsure:
    return Unsure("LinkedIn lets this app write reactions for the member, but not read them (r_member_social)")
