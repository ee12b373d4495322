"""What the simulated LinkedIn tells of pages: subscriptions, the notifications of the last 60 days, signed deliveries.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-social-action-notifications,
2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive, _pushes
from shared.platforms.contract import Push, World
from shared.platforms.linkedin.simulator_access import check_admin
from shared.platforms.linkedin.simulator_wire import Asked, answer, decoded, invalid, missing, ms, page, window
from shared.ports.http import Response

APP_SECRET: Final = "sandbox-secret"
EVENT: Final = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
KEY: Final = re.compile(
    r"\(developerApplication:([^,()]+),user:([^,()]+),entity:([^,()]+),eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS\)"
)
_A_YEAR: Final = timedelta(days=365)
_KEPT: Final = 300


def subscribe(asked: Asked, key: str) -> Response:
    """PUT /rest/eventSubscriptions/(…)."""
    body, found = asked.json("webhook"), KEY.fullmatch(key)
    if not found or not str(body.get("webhook", "")).startswith("https://"):
        return invalid("ILLEGAL_ARGUMENT", "The key or the webhook is not valid: only HTTPS URLs are supported")
    application, user, entity = (decoded(part) for part in found.groups())
    check_admin(asked, entity, "eventSubscriptions.UPDATE.NO_VERSION")
    if user != asked.member:
        return invalid("ILLEGAL_ARGUMENT", "user is not the member of the token")
    kept = {
        "developerApplication": application,
        "user": user,
        "entity": entity,
        "eventType": EVENT,
        "webhook": body["webhook"],
        "expiresAt": ms(asked.world.now + _A_YEAR),
    }
    asked.world.put("li.subscription", entity, kept)
    mine = asked.world.get("li.subscriptions", user) or {"entities": []}
    entities = [one for one in mine["entities"] if one != entity]
    asked.world.put("li.subscriptions", user, {"entities": [*entities, entity]})
    return answer(204)


def unsubscribe(asked: Asked, key: str) -> Response:
    """DELETE /rest/eventSubscriptions/(…)."""
    found = KEY.fullmatch(key)
    entity = decoded(found.group(3)) if found else ""
    check_admin(asked, entity, "eventSubscriptions.DELETE.NO_VERSION")
    if not asked.world.get("li.subscription", entity):
        return missing("Subscription")
    asked.world.delete("li.subscription", entity)
    return answer(204)


def subscriptions(asked: Asked) -> Response:
    """GET /rest/eventSubscriptions?q=subscriberAndEventType."""
    if asked.query.get("q") != "subscriberAndEventType" or asked.query.get("eventType") != EVENT:
        return invalid("MISSING_FIELD", "q=subscriberAndEventType and eventType are required")
    entities = (asked.world.get("li.subscriptions", asked.member) or {"entities": []})["entities"]
    found = [one for entity in entities if (one := asked.world.get("li.subscription", entity))]
    return page(found, 0, 100, "")


def notifications(asked: Asked) -> Response:
    """GET /rest/organizationalEntityNotifications?q=criteria: newest first, what others did with the page."""
    entity = asked.query.get("organizationalEntity", "")
    if asked.query.get("q") != "criteria" or not entity:
        return invalid("MISSING_FIELD", "q=criteria and organizationalEntity are required")
    check_admin(asked, entity, "organizationalEntityNotifications.FINDER-criteria.NO_VERSION")
    wanted = re.search(r"actions=List\(([A-Z_,]*)\)", asked.raw_query)
    actions = set(wanted.group(1).split(",")) if wanted else set()
    kept = (asked.world.get("li.notifications", entity) or {"entries": []})["entries"]
    every = [one for one in (*_mentions(asked, entity), *kept) if not actions or one["action"] in actions]
    start, count = window(asked, most=50)
    ordered = sorted(every, key=lambda one: -int(one["lastModifiedAt"]))
    return page(
        ordered, start, count, f"/rest/organizationalEntityNotifications?q=criteria&organizationalEntity={entity}"
    )


def _mentions(asked: Asked, entity: str) -> list[dict[str, Any]]:
    known = asked.world.get("li.page", entity) or {}
    since = datetime.fromisoformat(str(known["since"]))
    return [
        _mention(entity, asked.member, remark.text, f"urn:li:person:{remark.who.id}", ms(remark.at), remark.number)
        for remark in _alive.mentions(entity, str(known["name"]), since, asked.world.now)
    ]


def _mention(entity: str, subscriber: str, text: str, owner: str, at: int, number: int) -> dict[str, Any]:
    share = f"urn:li:share:{at << 22 | number + 1}"
    return {
        "notificationId": at * 1000 + number % 1000,
        "organizationalEntity": entity,
        "action": "SHARE_MENTION",
        "sourcePost": share,
        "generatedActivity": share,
        "decoratedGeneratedActivity": {
            "share": {"entity": share, "owner": owner, "text": text, "mediaCategory": "NONE"}
        },
        "lastModifiedAt": at,
        "subscriber": subscriber,
    }


def mentioned(world: World, entity: str, text: str, owner: str) -> dict[str, Any]:
    """Somebody names the page in a post of theirs."""
    made = _mention(entity, _subscriber(world, entity), text, owner, ms(world.now), world.serial("li.notification"))
    return _tell(world, entity, made)


def happened(
    world: World,
    entity: str,
    action: str,
    post: Mapping[str, Any],
    comment: Mapping[str, Any] | None,
    actor: str = "",
) -> dict[str, Any]:
    """Somebody did something with a post of the page."""
    activity = f"urn:li:activity:{str(post['id']).rpartition(':')[2]}"
    made: dict[str, Any] = {
        "notificationId": ms(world.now) * 1000 + world.serial("li.notification") % 1000,
        "organizationalEntity": entity,
        "action": action,
        "sourcePost": activity,
        "decoratedSourcePost": {
            "entity": post["id"],
            "owner": post["author"],
            "text": post["commentary"],
            "mediaCategory": "NONE",
        },
        "lastModifiedAt": ms(world.now),
        "subscriber": _subscriber(world, entity),
    }
    if comment is None:
        made["generatedActivity"] = f"urn:li:like:({actor},{activity})"
    else:
        urn = f"urn:li:comment:({activity},{comment['id']})"
        made["generatedActivity"] = urn
        decorated = {"entity": urn, "owner": comment["actor"], "object": activity, "text": comment["text"]}
        made["decoratedGeneratedActivity"] = {"comment": decorated}
    return _tell(world, entity, made)


def _subscriber(world: World, entity: str) -> str:
    return str((world.get("li.subscription", entity) or {}).get("user", ""))


def _tell(world: World, entity: str, made: dict[str, Any]) -> dict[str, Any]:
    kept = (world.get("li.notifications", entity) or {"entries": []})["entries"]
    world.put("li.notifications", entity, {"entries": [*kept, made][-_KEPT:]})
    if world.get("li.subscription", entity):
        body = json.dumps({"type": EVENT, "notifications": [made]}, ensure_ascii=False).encode()
        _pushes.append(world, Push(str(made["notificationId"]), world.now, {"X-LI-Signature": signed(body)}, body))
    return made


def signed(body: bytes, secret: str = APP_SECRET) -> str:
    """LinkedIn's signature of a delivery."""
    return hmac.new(secret.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
