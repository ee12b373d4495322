"""LinkedIn's notifications of what happens with a page's posts: the handshake, the signature, and what they say.

LinkedIn validates the address with a challenge when it is registered and every two hours, and signs each delivery with the
app's client secret. A subscription belongs to an application, a member who administers the page, and the page.
Source: learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation and
learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-social-action-notifications,
2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.errors import Unsupported
from shared.platforms import _wire
from shared.platforms.contract import Call, Refused
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.linkedin import errors, listing, wire
from shared.ports.http import Request

TYPE: Final = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_MOST_WORD: Final = 300  # characters
_CODE: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
PUSHES: Final = frozenset({"comment", "mention"})
_KINDS: Final[Mapping[str, EventKind]] = {
    "COMMENT": "comment.created",
    "ADMIN_COMMENT": "comment.created",
    "COMMENT_EDIT": "comment.updated",
    "COMMENT_DELETE": "comment.deleted",
    "LIKE": "reaction.created",
    "SHARE_MENTION": "mention.created",
}


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The answer to ``?challengeCode=``: the code and its HMAC, as JSON. None when there is no code.

    Anybody may ask, and a delivery is signed with the same secret over ``hmacsha256=`` and its bytes: so nothing is signed but
    what looks like LinkedIn's codes, which are UUIDs.
    """
    code = query.get("challengeCode", "")
    if not secret or not _CODE.fullmatch(code):
        return None
    digest = hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()
    body = json.dumps({"challengeCode": code, "challengeResponse": digest})
    return Reply(200, body, "application/json")


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether X-LI-Signature is the HMAC-SHA256 of ``hmacsha256=`` and the bytes, in hex. It carries no time."""
    expected = hmac.new(secret.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    given = headers.get("x-li-signature", "").lower()
    return bool(secret) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """Up to ten notifications. Raises ValueError."""
    try:
        payload = json.loads(body)
    except RecursionError as error:
        raise ValueError("the delivery is nested too deeply") from error
    notifications = payload.get("notifications") if isinstance(payload, dict) else None
    if not isinstance(notifications, list) or not all(isinstance(one, dict) for one in notifications):
        raise ValueError("a delivery without notifications")
    return [_event(one) for one in notifications]


def _event(one: Mapping[str, Any]) -> Event:
    decorated = _object(one.get("decoratedGeneratedActivity"))
    said = _object(decorated.get("comment")) or _object(decorated.get("share"))
    action = _word(one.get("action"))
    return Event(
        kind=_KINDS.get(action, "other"),
        id=_word(one.get("notificationId")) or hashlib.sha256(ascii(one).encode()).hexdigest(),
        platform_account_id=_word(one.get("organizationalEntity")),
        at=_instant(one.get("lastModifiedAt")),
        data={key: value for key, value in _data(one, said, action).items() if value != ""},
        raw=one,
    )


def _data(one: Mapping[str, Any], said: Mapping[str, Any], action: str) -> dict[str, Any]:
    made = _word(said.get("entity")) or _word(one.get("generatedActivity"))
    own = _word(_object(one.get("decoratedSourcePost")).get("entity")) or _word(one.get("sourcePost"))
    comment = "COMMENT" in action
    return {
        "post_id": made if action == "SHARE_MENTION" else own,
        "comment_id": made if comment else "",
        "mention_id": "" if comment else _word(one.get("notificationId")),
        "text": _text(said.get("text")),
        "author_id": _word(said.get("owner")),
        "own": comment and said.get("owner") == one.get("organizationalEntity"),
        "action": action,
    }


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Words as they are; half of a surrogate pair, which JSON may have, is what no store takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _word(value: Any) -> str:
    """An id or a name; empty for what is none, or is longer than any of LinkedIn's."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
    return text if len(text) <= _MOST_WORD else ""


def _instant(value: Any) -> datetime:
    """Epoch ms. Raises ValueError."""
    try:
        return datetime.fromtimestamp(float(value or 0) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise ValueError("a notification's time is a number of milliseconds") from error


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have the page's notifications delivered; again is fine. Raises Refused, Unsupported (a member's account)."""
    url = _address(call, _application(call))
    request = _wire.post_json(url, {"webhook": callback_url})
    _wire.ask(call, wire.authorised(call, Request("PUT", url, request.headers, request.body)), errors.refusal)
    found = next((one for one in _subscriptions(call) if one.get("webhook") == callback_url), None) or {}
    ends = found.get("expiresAt")
    return Subscription(datetime.fromtimestamp(float(ends) / 1000, UTC) if ends else None)


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Have them delivered no more; what is already gone is fine. Raises Refused."""
    request = Request("DELETE", _address(call, _application(call)))
    try:
        _wire.ask(call, wire.authorised(call, request, "DELETE"), errors.refusal)
    except Refused as refused:
        if refused.row.code != "not_found":
            raise


def _address(call: Call, application: str) -> str:
    who = call.who.platform_account_id
    if not wire.is_organization(who):
        said = "LinkedIn notifies of what happens on organizations' pages, not on members' profiles."
        raise Unsupported("platform.linkedin.webhooks", said)
    member = str(call.who.metadata.get("member") or "")
    app, user, entity = (wire.encoded(urn) for urn in (application, member, who))
    return f"{wire.API}/eventSubscriptions/(developerApplication:{app},user:{user},entity:{entity},eventType:{TYPE})"


def _subscriptions(call: Call) -> list[Mapping[str, Any]]:
    page, _ = listing.read(call, f"{wire.API}/eventSubscriptions?q=subscriberAndEventType&eventType={TYPE}")
    return [one for one in page if one.get("entity") == call.who.platform_account_id]


def _application(call: Call) -> str:
    """LinkedIn names the app by its number here, which it does not tell to the app itself."""
    if not call.app.config:
        said = (
            "LinkedIn subscribes by the application's number, which is in the app's address in LinkedIn's developer portal: set "
            "LINKEDIN_APP_CONFIG to it, or config where the workspace has an app of its own."
        )
        raise Unsupported("platform.linkedin.application_unknown", said)
    return f"urn:li:developerApplication:{call.app.config}"
