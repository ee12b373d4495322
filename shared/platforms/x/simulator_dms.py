"""The simulated X's direct messages: listed for all conversations or one, and sent. Source: the OpenAPI document 2.167."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.x import simulator_checks, simulator_hooks, simulator_oauth, simulator_people, simulator_view
from shared.platforms.x.simulator_posts import limited
from shared.platforms.x.simulator_wire import Asked, Denied, answer, generic, invalid, missing, snowflake
from shared.ports.http import Response

_DAYS: Final = 30
_LONGEST: Final = 10_000
_FIELDS: Final = frozenset({"created_at", "dm_conversation_id"})


def events(asked: Asked) -> Response:
    """GET /2/dm_events."""
    return _listed(asked, _box(asked))


def conversation(asked: Asked, conversation_id: str) -> Response:
    """GET /2/dm_conversations/{id}/dm_events."""
    _takes_part(asked, conversation_id)
    return _listed(asked, [e for e in _box(asked) if e["dm_conversation_id"] == conversation_id])


def with_participant(asked: Asked, participant: str) -> Response:
    """GET /2/dm_conversations/with/{participant_id}/dm_events."""
    return conversation(asked, _between(asked, participant))


def send(asked: Asked, conversation_id: str) -> Response:
    """POST /2/dm_conversations/{dm_conversation_id}/messages."""
    _takes_part(asked, conversation_id)
    return _send(asked, conversation_id, "message.send")


def send_to(asked: Asked, participant: str) -> Response:
    """POST /2/dm_conversations/with/{participant_id}/messages."""
    if not asked.world.get("x.user", participant):
        return missing("user", "participant_id", participant)
    return _send(asked, _between(asked, participant), "comment.private_reply")


def _send(asked: Asked, conversation_id: str, verb: str) -> Response:
    body = asked.json()
    text = body.get("text")
    if len(str(text)) > _LONGEST:
        return invalid("The text of your direct message is over the max character limit.", text=text)
    if set(body) - {"text", "attachments"} or not isinstance(text, str) or not text or body.get("attachments"):
        return invalid("$.text: is missing but it is required")
    return _faults.visible(
        asked.world,
        text=text,
        key="x.dm." + sha256(f"{asked.user_id}/{conversation_id}/{text}".encode()).hexdigest()[:32],
        effect=lambda: _made(asked, conversation_id, text, verb),
        limited=lambda: limited(asked.world),
        expired=simulator_oauth.unauthorized,
        rejected=lambda: generic(403, "Forbidden", "You do not have permission to DM one or more participants."),
        broken=lambda: generic(503, "Service Unavailable"),
    )


def _made(asked: Asked, conversation_id: str, text: str, verb: str) -> Response:
    world, me = asked.world, asked.user_id
    other = next((one for one in conversation_id.split("-") if one != me), me)
    event = simulator_people.dm(snowflake(world), me, other, text, world.now, conversation=conversation_id)
    simulator_people.deliver(world, me, {**event, "verb": verb})
    simulator_people.deliver(world, other, event)
    simulator_hooks.message(world, me, "dm.sent", event)
    simulator_hooks.message(world, other, "dm.received", event)
    return answer(201, {"data": {"dm_conversation_id": conversation_id, "dm_event_id": event["id"]}})


def _box(asked: Asked) -> list[dict[str, Any]]:
    """The account's messages of the last 30 days, newest first."""
    simulator_checks.check_query(asked, simulator_checks.DM_QUERY)
    simulator_people.letters(asked.world, asked.user)
    oldest = int(simulator_people.id_at(asked.world.now, "")) - (_DAYS * 86_400_000 << 22)
    return [event for event in reversed(simulator_people.box(asked.world, asked.user_id)) if int(event["id"]) > oldest]


def _listed(asked: Asked, found: list[dict[str, Any]]) -> Response:
    size = simulator_checks.page_size(asked, least=1, otherwise=100)
    below = simulator_checks.position(asked.query.get("pagination_token"))
    wanted = [event for event in found if int(event["id"]) < below]
    shown = wanted[:size]
    body: dict[str, Any] = {"meta": {"result_count": len(shown)}}
    if shown:
        body["data"] = [_view(asked, event) for event in shown]
        if users := _senders(asked, shown):
            body["includes"] = {"users": users}
    if len(wanted) > size:
        body["meta"]["next_token"] = simulator_checks.token_at(shown[-1]["id"])
    return answer(200, body)


def _view(asked: Asked, event: Mapping[str, Any]) -> dict[str, Any]:
    fields = set(asked.query.get("dm_event.fields", "").split(",")) & _FIELDS
    shown = {name: event[name] for name in ("id", "event_type", "text", *sorted(fields))}
    if "sender_id" in asked.query.get("expansions", "").split(","):
        shown["sender_id"] = event["sender_id"]
    return shown


def _senders(asked: Asked, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if "sender_id" not in asked.query.get("expansions", "").split(","):
        return []
    people = [asked.world.get("x.user", sender) for sender in dict.fromkeys(event["sender_id"] for event in shown)]
    return [simulator_view.user(asked, person, 0) for person in people if person]


def _takes_part(asked: Asked, conversation_id: str) -> None:
    """Raises Denied where the conversation is none of the account's."""
    if asked.user_id not in conversation_id.split("-"):
        raise Denied(generic(403, "Forbidden", "You are not a participant of this conversation."))


def _between(asked: Asked, participant: str) -> str:
    return "-".join(sorted((asked.user_id, participant), key=int))
