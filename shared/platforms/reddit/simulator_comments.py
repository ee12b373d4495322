"""The simulated Reddit's comments: said, answered, voted on."""

from __future__ import annotations

from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.reddit import limits, simulator_oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit import simulator_view as view
from shared.platforms.reddit.simulator_wire import Asked, done, epoch, new_id, plain, rate_limited, refused
from shared.ports.http import Response

_FIELDS: Final = "thing_id text return_rtjson richtext_json"


def create(asked: Asked) -> Response:
    """POST /api/comment: under a post, or in answer to a comment."""
    form = asked.form(_FIELDS)
    parent, text = form.get("thing_id", ""), form.get("text", "")
    owner = _owner(asked, parent)
    if isinstance(owner, Response):
        return owner
    if not text.strip():
        return refused("NO_TEXT", "text")
    if len(text) > limits.MAX_COMMENT:
        return refused("TOO_LONG", "text", f"This field must be under {limits.MAX_COMMENT} characters")
    return _faults.visible(
        asked.world,
        text=text,
        key=f"reddit.{asked.user_id}.{parent}.{text[:200]}",
        effect=lambda: _made(asked, owner, parent, text),
        limited=lambda: rate_limited(_faults.LIMITED_SECONDS),
        expired=simulator_oauth.unauthorized,
        rejected=lambda: refused("THREAD_LOCKED", "parent"),
        broken=lambda: plain(503, "Service Unavailable"),
    )


def _owner(asked: Asked, parent: str) -> dict[str, Any] | Response:
    """The post that is commented on, or what is wrong with the parent."""
    kind, _, known = parent.partition("_")
    if kind == "t3":
        found = state.post(asked.world, known)
        return found or refused("NO_THING_ID", "parent")
    said = state.comment(asked.world, known) if kind == "t1" else None
    if not said:
        return refused("NO_THING_ID", "parent")
    if said["deleted"]:
        return refused("DELETED_COMMENT", "parent")
    return state.post(asked.world, str(said["post"])) or refused("NO_THING_ID", "parent")


def _made(asked: Asked, owner: dict[str, Any], parent: str, text: str) -> Response:
    world = asked.world
    one = {
        "id": new_id(world),
        "post": owner["id"],
        "parent": parent,
        "author": asked.name,
        "author_id": asked.user_id,
        "body": text.strip(),
        "created": int(epoch(world)),
        "deleted": False,
        "removed": False,
        "likes": True,
        "points": 1,
    }
    state.save_comment(world, one)
    state.listed(world, "reddit.said", asked.user_id, str(one["id"]))
    return done({"things": [{"kind": "t1", "data": view.comment(one, owner)}]})
