"""The simulated Reddit's comments: said, answered, voted on, removed and approved by moderators."""

from __future__ import annotations

from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.reddit import limits, simulator_messages, simulator_oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit import simulator_view as view
from shared.platforms.reddit.simulator_wire import (
    Asked,
    answer,
    done,
    epoch,
    new_id,
    plain,
    rate_limited,
    refused,
)
from shared.ports.http import Response

_FIELDS: Final = "thing_id text return_rtjson richtext_json validate_on_submit"
_VOTES: Final = {"1": True, "-1": False, "0": None}


def create(asked: Asked) -> Response:
    """POST /api/comment: under a post, in answer to a comment, or in a thread of messages."""
    form = asked.form(_FIELDS)
    parent, text = form.get("thing_id", ""), form.get("text", "")
    if parent.startswith("t4_"):
        return simulator_messages.reply(asked, parent.removeprefix("t4_"), text)
    owner = _owner(asked, parent)
    if isinstance(owner, Response):
        return owner
    if problem := _problem(text):
        return problem
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


def vote(asked: Asked) -> Response:
    """POST /api/vote."""
    form = asked.form("id dir rank")
    name = form.get("id", "")
    if form.get("dir") not in _VOTES or not _known(asked, name):
        return plain(404, "Not Found")
    likes = _VOTES[form["dir"]]
    asked.world.put("reddit.vote", f"{asked.user_id}.{name}", {"likes": likes, "at": epoch(asked.world)})
    state.unlisted(asked.world, "reddit.voted", asked.user_id, name)
    if likes:
        state.listed(asked.world, "reddit.voted", asked.user_id, name)
    return answer({})


def remove(asked: Asked) -> Response:
    """POST /api/remove: a moderator's."""
    return _moderated(asked, asked.form("id spam mod_note reason_id").get("id", ""), removed=True)


def approve(asked: Asked) -> Response:
    """POST /api/approve: a moderator's."""
    return _moderated(asked, asked.form("id").get("id", ""), removed=False)


def more(asked: Asked) -> Response:
    """GET /api/morechildren: comments by their ids, out of their tree."""
    owner = state.post(asked.world, asked.query.get("link_id", "").removeprefix("t3_"))
    names = [name for name in asked.query.get("children", "").split(",") if name][:100]
    found = [one for name in names if (one := state.comment(asked.world, name))]
    things = [{"kind": "t1", "data": view.comment(asked.world, one, owner, asked.user)} for one in found if owner]
    return done({"things": things})


def _moderated(asked: Asked, name: str, *, removed: bool) -> Response:
    said = state.comment(asked.world, name.removeprefix("t1_"))
    owner = state.post(asked.world, str(said["post"])) if said else None
    if not said or not owner or not name.startswith("t1_"):
        return plain(404, "Not Found")
    if not state.moderates(asked.name, str(owner["sr"])):
        return plain(403, "Forbidden")
    changed = {
        **said,
        "removed": removed,
        "removed_by": asked.name if removed else "",
        "removed_at": epoch(asked.world),
    }
    state.save_comment(asked.world, changed)
    state.unlisted(asked.world, "reddit.removed", asked.user_id, str(said["id"]))
    if removed:
        state.listed(asked.world, "reddit.removed", asked.user_id, str(said["id"]))
    return answer({})


def _known(asked: Asked, name: str) -> bool:
    kind, _, known = name.partition("_")
    return bool(state.post(asked.world, known) if kind == "t3" else kind == "t1" and state.comment(asked.world, known))


def _problem(text: str) -> Response | None:
    if not text.strip():
        return refused("NO_TEXT", "text")
    if len(text) > limits.MAX_COMMENT:
        return refused("TOO_LONG", "text", f"This field must be under {limits.MAX_COMMENT} characters")
    return None


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
        "points": 1,
    }
    state.save_comment(world, one)
    state.listed(world, "reddit.said", asked.user_id, str(one["id"]))
    return done({"things": [{"kind": "t1", "data": view.comment(world, one, owner, asked.user)}]})
