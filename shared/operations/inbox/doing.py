"""Answering people: an action, and a short wait for what became of it. What was refused is told as the error that it is.

An action is sent at most once, whoever waits for it (docs/architecture.md, Actions); what takes longer than anybody waits
goes on, and the caller is told where to look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.domain.errors import (
    Broken,
    Clash,
    Forbidden,
    Invalid,
    Limited,
    Missing,
    NetworkRefused,
    Reconnect,
    RostrumError,
    Unsupported,
)
from shared.domain.posts import Failure, Target
from shared.domain.states import State

_FIELD = re.compile(r"([a-z_]+(?:[.\[][\w.\]]+)?): ")
_BY_END: tuple[tuple[str, type[RostrumError]], ...] = (  # how a refusal's code ends, where its kind does not say it
    ("not_found", Missing),
    ("permission_denied", Forbidden),
    ("scope_missing", Forbidden),
    ("opted_out", Forbidden),
    ("frequency_cap", Limited),
    ("template_paused", Clash),
    ("template_exists", Clash),
    ("business_app_number", Clash),
    ("window_closed", Invalid),
    ("undeliverable", Invalid),
    ("not_supported", Unsupported),
    ("not_offered", Unsupported),
)
_BY_CATEGORY: Mapping[str, type[RostrumError]] = {
    "validation": Invalid,
    "auth": Reconnect,
    "rate_limit": Limited,
    "platform": NetworkRefused,
    "system": Broken,
}
RETRY_SECONDS = 60


def is_over(target: Target) -> bool:
    """Whether it is known how it ended. Raises the error of what was refused, missed or called off."""
    if target.first is not None:
        return True
    if target.state in (State.FAILED, State.MISSED, State.CANCELLED):
        raise refusal(target)
    return False


def refusal(target: Target) -> RostrumError:
    """Why an action was not done."""
    failure = target.error or target.piece.error
    if failure is None:
        return Clash("action.state_invalid", f"The action is {target.state.value}.", action_id=target.id)
    return as_error(failure, target)


def as_error(failure: Failure, target: Target) -> RostrumError:
    """A target's failure as the error that it would have been, had somebody asked directly."""
    return error_of(failure, target.platform, target.id)


def error_of(failure: Failure, platform: str, action_id: str = "") -> RostrumError:
    """A failure as an error of the tree: by how its code ends, else by whose it is."""
    kind = next((kind for end, kind in _BY_END if failure.code.endswith(end)), _BY_CATEGORY[failure.category])
    named = _FIELD.match(failure.message) if kind is Invalid else None
    meta = {
        "field": named[1] if named else None,
        "platform": platform,
        "platform_code": failure.platform_code or None,
        "platform_message": failure.platform_message or None,
        "action_id": action_id or None,
        "retry_after_seconds": RETRY_SECONDS if kind is Limited else None,
    }
    return kind(failure.code, failure.message, **{name: value for name, value in meta.items() if value is not None})
