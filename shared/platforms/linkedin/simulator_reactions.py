"""The simulated LinkedIn's reactions: one of each actor on each post or comment; another replaces the first.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/reactions-api, 2026-11-22.
"""

from __future__ import annotations

import re
from typing import Any, Final

from shared.platforms.linkedin import simulator_events
from shared.platforms.linkedin.simulator_access import check_author, check_reader
from shared.platforms.linkedin.simulator_social import REACTIONS, activity_of, all_comments, thread
from shared.platforms.linkedin.simulator_wire import Asked, Denied, answer, decoded, invalid, missing, ms
from shared.ports.http import Response

KEY: Final = re.compile(r"\(actor:([^,()]+),entity:([^,()]+)\)")


def create(asked: Asked) -> Response:
    """POST /rest/reactions?actor=."""
    body, actor = asked.json("root", "reactionType"), asked.query.get("actor", "")
    if body.get("reactionType") not in REACTIONS:
        return invalid("INVALID_VALUE_FOR_FIELD", "ERROR :: /reactionType :: not an enum symbol")
    check_author(asked, actor, "reactions")
    entity, post = _entity(asked, str(body.get("root") or ""))
    held: dict[str, Any] = asked.world.get("li.reactions", entity) or {"by": {}}
    given = {"type": body["reactionType"], "time": ms(asked.world.now)}
    asked.world.put("li.reactions", entity, {"by": {**held["by"], actor: given}})
    _remember(asked, actor, entity)
    if str(post["author"]).startswith("urn:li:organization:") and actor != post["author"]:
        simulator_events.happened(asked.world, str(post["author"]), "LIKE", post, None, actor)
    return answer(201, _shown(actor, entity, given), x_restli_id=f"urn:li:reaction:({actor},{entity})")


def show(asked: Asked, key: str) -> Response:
    """GET /rest/reactions/(actor:…,entity:…)."""
    actor, entity, post = _key(asked, key)
    check_reader(asked, str(post["author"]), "reactions.GET.NO_VERSION")
    given = (asked.world.get("li.reactions", entity) or {"by": {}})["by"].get(actor)
    return answer(200, _shown(actor, entity, given)) if given else missing("Reaction")


def delete(asked: Asked, key: str) -> Response:
    """DELETE /rest/reactions/(actor:…,entity:…)."""
    actor, entity, _post = _key(asked, key)
    check_author(asked, actor, "reactions")
    held: dict[str, Any] = asked.world.get("li.reactions", entity) or {"by": {}}
    if actor not in held["by"]:
        return missing("Reaction")
    asked.world.put("li.reactions", entity, {"by": {who: given for who, given in held["by"].items() if who != actor}})
    return answer(204)


def _key(asked: Asked, key: str) -> tuple[str, str, dict[str, Any]]:
    found = KEY.fullmatch(key)
    if not found:
        raise Denied(invalid("ILLEGAL_ARGUMENT", "The key must be (actor:urn,entity:urn), its URNs encoded"))
    entity, post = _entity(asked, decoded(found.group(2)))
    return decoded(found.group(1)), entity, post


def _entity(asked: Asked, urn: str) -> tuple[str, dict[str, Any]]:
    """What is reacted to, under the name that LinkedIn keeps it by. Raises Denied."""
    post, comment = thread(asked.world, urn)
    if not comment:
        return activity_of(post), post
    if all(one["id"] != comment for one in all_comments(asked.world, post)):
        raise Denied(missing(f"Comment {comment}"))
    return f"urn:li:comment:({activity_of(post)},{comment})", post


def _remember(asked: Asked, actor: str, entity: str) -> None:
    known = asked.world.get("li.reacted", actor) or {"entities": []}
    entities = [one for one in known["entities"] if one != entity]
    asked.world.put("li.reacted", actor, {"entities": [*entities, entity][-300:]})


def _shown(actor: str, entity: str, given: dict[str, Any]) -> dict[str, Any]:
    stamp = {"actor": actor, "time": given["time"]}
    return {
        "id": f"urn:li:reaction:({actor},{entity})",
        "reactionType": given["type"],
        "root": entity,
        "created": stamp,
        "lastModified": stamp,
    }
