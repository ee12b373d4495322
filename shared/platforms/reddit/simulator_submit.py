"""The simulated Reddit's new posts: the form, the gallery, the poll, and what each community allows.

A community's name says what it is like: ``missing…`` does not exist, ``private…`` admits nobody, ``textonly…`` and
``linksonly…`` take one kind, ``flaired…`` wants a flair, ``norepost…`` takes a link once. Every other name just exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.reddit import limits, simulator_media, simulator_oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit.simulator_view import SITE, path
from shared.platforms.reddit.simulator_wire import (
    Asked,
    Denied,
    base36,
    done,
    epoch,
    new_id,
    plain,
    rate_limited,
    refused,
    secret,
)
from shared.ports.http import Response

FLAIRS: Final = (("8f2c1e2a-5a1c-11ef-9d3b-0a1b2c3d4e5f", "News"), ("a07d4b90-5a1c-11ef-8a77-0a1b2c3d4e5f", "Question"))
_COMMON: Final = "sr title nsfw spoiler sendreplies validate_on_submit flair_id flair_text text resubmit"
_FORM: Final = f"{_COMMON} kind url video_poster_url"
_LATE: Final = {"image": 1.0, "video": 2.0}  # seconds until an accepted file is a post
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{1,20}|u_[A-Za-z0-9_-]{3,20}")


def submit(asked: Asked) -> Response:
    """POST /api/submit: a text, a link, an image or a video."""
    form = asked.form(_FORM)
    draft = _draft(asked, form)
    kind = form.get("kind", "link")
    if kind not in _KINDS:
        return refused("INVALID_OPTION", "kind")
    draft |= {"kind": kind, **_KINDS[kind](asked, form)}
    _check_community(asked.world, draft, resubmit=form.get("resubmit") == "true")
    return _visible(asked, draft, _as_submitted)


def gallery(asked: Asked) -> Response:
    """POST /api/submit_gallery_post.json."""
    body = asked.json(f"{_COMMON} items show_error_list")
    draft = _draft(asked, body)
    items = body.get("items")
    if not isinstance(items, list) or len(items) < 2:
        return refused("placeholder", "items", "List is too short.")
    assets = [str(item.get("media_id")) for item in items if isinstance(item, dict)]
    if len(set(assets)) != len(items):
        return plain(500, "Internal Server Error")
    if len(items) > 20 or any(not simulator_media.stored(asked.world, asked.user_id, one, "image") for one in assets):
        return refused("placeholder", "items", "Invalid media.")
    if any(len(str(item.get("caption") or "")) > limits.MAX_CAPTION for item in items):
        return refused("TOO_LONG", "items", f"This field must be under {limits.MAX_CAPTION} characters")
    draft |= {"kind": "gallery", "assets": assets, "domain": "reddit.com"}
    _check_community(asked.world, draft, resubmit=True)
    return _visible(asked, draft, _as_made)


def poll(asked: Asked) -> Response:
    """POST /api/submit_poll_post."""
    body = asked.json(f"{_COMMON} options duration")
    draft = _draft(asked, body)
    options, duration = body.get("options"), body.get("duration")
    if not isinstance(options, list) or not all(isinstance(text, str) and text for text in options):
        return refused("ARRAY_PARSE_ERROR", "options", "unable to parse array data")
    if not 2 <= len(options) <= 6:
        return refused("TOO_FEW_OPTIONS", "options")
    if isinstance(duration, bool) or not isinstance(duration, int):
        return refused("placeholder", "duration", "Missing value")
    clamped = min(max(duration, 1), 7)
    draft |= {"kind": "poll", "poll": {"options": options, "duration": clamped}, "domain": f"self.{draft['sr']}"}
    _check_community(asked.world, draft, resubmit=True)
    return _visible(asked, draft, _as_made)


def delete(asked: Asked) -> Response:
    """POST /api/del: a post or a comment of one's own; anything else is left alone, with the same answer."""
    name = asked.form("id").get("id", "")
    kind, _, known = name.partition("_")
    world = asked.world
    if kind == "t3" and (one := state.post(world, known)) and one["author_id"] == asked.user_id:
        world.put("reddit.post", known, {**one, "deleted": True})
        state.unlisted(world, "reddit.posts", asked.user_id, known)
    elif kind == "t1" and (said := world.get("reddit.comment", known)) and said["author_id"] == asked.user_id:
        world.put("reddit.comment", known, {**said, "deleted": True})
        state.unlisted(world, "reddit.said", asked.user_id, known)
    return Response(200, {"content-type": "application/json; charset=UTF-8"}, b"{}")


# ------------------------------------------------------------------------------------------------------ checks


def _draft(asked: Asked, form: Mapping[str, Any]) -> dict[str, Any]:
    """What every kind has. Raises Denied."""
    name = str(form.get("sr") or "").removeprefix("/").removeprefix("r/")
    title, text = str(form.get("title") or ""), str(form.get("text") or "")
    if not _NAME.fullmatch(name):
        raise Denied(refused("BAD_SR_NAME", "sr"))
    if not title.strip():
        raise Denied(refused("NO_TEXT", "title"))
    for field, value, most in (("title", title, limits.MAX_TITLE), ("text", text, limits.MAX_TEXT)):
        if len(value) > most:
            raise Denied(refused("TOO_LONG", field, f"This field must be under {most} characters"))
    return {
        "sr": name,
        "sr_id": base36(36**4 + _alive.luck(f"r/{name.lower()}", 36**4)),
        "title": title.strip(),
        "selftext": text.strip(),
        "nsfw": _flag(form.get("nsfw")),
        "spoiler": _flag(form.get("spoiler")),
        "sendreplies": _flag(form.get("sendreplies", True)),
        "flair_id": str(form.get("flair_id") or ""),
        "flair_text": str(form.get("flair_text") or ""),
        "url": "",
        "assets": [],
        "poll": {},
    }


def _check_community(world: World, draft: Mapping[str, Any], *, resubmit: bool) -> None:
    """What the community allows. Raises Denied."""
    name, kind, flair = str(draft["sr"]).lower(), draft["kind"], draft["flair_id"]
    if name.startswith("missing"):
        raise Denied(refused("SUBREDDIT_NOEXIST", "sr"))
    if name.startswith("u_") and not simulator_oauth.named(world, name[2:]):
        raise Denied(refused("SUBREDDIT_NOEXIST", "sr"))
    if name.startswith("private"):
        raise Denied(refused("SUBREDDIT_NOTALLOWED", "sr"))
    if name.startswith("textonly") and kind not in {"self", "poll"}:
        raise Denied(refused("NO_LINKS", "sr"))
    if name.startswith("linksonly") and kind in {"self", "poll"}:
        raise Denied(refused("NO_SELFS", "sr"))
    if name.startswith("flaired") and not flair:
        raise Denied(refused("SUBMIT_VALIDATION_FLAIR_REQUIRED", "flair"))
    if flair and flair not in dict(FLAIRS):
        raise Denied(refused("BAD_FLAIR_TEMPLATE_ID", "flair"))
    if name.startswith("norepost") and not resubmit and draft["url"] in state.ids(world, "reddit.links", name):
        raise Denied(refused("ALREADY_SUB", "url"))


def _self(asked: Asked, form: Mapping[str, str]) -> dict[str, Any]:
    del asked
    return {"domain": f"self.{form['sr']}"}


def _link(asked: Asked, form: Mapping[str, str]) -> dict[str, Any]:
    del asked
    url = form.get("url", "")
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        raise Denied(refused("NO_URL", "url"))
    return {"url": url, "domain": url.split("/")[2]}


def _image(asked: Asked, form: Mapping[str, str]) -> dict[str, Any]:
    asset = simulator_media.at_url(asked.world, asked.user_id, form.get("url", ""), "image")
    if not asset:
        raise Denied(refused("NO_URL", "url"))
    extension = "jpeg" if asset["type"] == "image/jpeg" else str(asset["type"]).rpartition("/")[2]
    shown = secret(asked.world, "shown")[:13]  # Reddit's own copy has a name of its own
    return {"url": f"https://i.redd.it/{shown}.{extension}", "domain": "i.redd.it", "assets": [shown]}


def _video(asked: Asked, form: Mapping[str, str]) -> dict[str, Any]:
    poster = simulator_media.at_url(asked.world, asked.user_id, form.get("video_poster_url", ""), "image")
    if not poster or not simulator_media.at_url(asked.world, asked.user_id, form.get("url", ""), "video"):
        raise Denied(refused("MISSING_VIDEO_URLS", "url"))
    shown = secret(asked.world, "shown")[:13]
    return {"url": f"https://v.redd.it/{shown}", "domain": "v.redd.it", "assets": [shown]}


_KINDS: Final[Mapping[str, Callable[[Asked, Mapping[str, str]], dict[str, Any]]]] = {
    "self": _self,
    "link": _link,
    "image": _image,
    "video": _video,
    "videogif": _video,
}


# ------------------------------------------------------------------------------------------------------ effect


def _visible(asked: Asked, draft: dict[str, Any], shape: Callable[[Asked, Mapping[str, Any]], Response]) -> Response:
    mark = sha256(f"{draft['sr']}\n{draft['title']}\n{draft['selftext']}\n{asked.body!r}".encode()).hexdigest()[:32]
    return _faults.visible(
        asked.world,
        text=f"{draft['title']} {draft['selftext']}",
        key=f"reddit.{asked.user_id}.{mark}",
        effect=lambda: shape(asked, _made(asked, draft)),
        limited=lambda: rate_limited(_faults.LIMITED_SECONDS),
        expired=simulator_oauth.unauthorized,
        rejected=lambda: refused("SUBREDDIT_NOTALLOWED", "sr"),
        broken=lambda: plain(503, "Service Unavailable"),
    )


def _made(asked: Asked, draft: Mapping[str, Any]) -> dict[str, Any]:
    world, post_id = asked.world, new_id(asked.world)
    now = epoch(world)
    one = {
        **draft,
        "id": post_id,
        "author": asked.name,
        "author_id": asked.user_id,
        "created": int(now + _LATE.get(str(draft["kind"]), 0.0)),
        "live_at": now + _LATE.get(str(draft["kind"]), 0.0),
        "deleted": False,
    }
    if draft["kind"] == "gallery":
        one["url"] = f"{SITE}/gallery/{post_id}"
    world.put("reddit.post", post_id, one)
    state.listed(world, "reddit.posts", asked.user_id, post_id)
    if draft["kind"] == "link":
        state.listed(world, "reddit.links", str(draft["sr"]).lower(), str(draft["url"]))
    return one


def _as_submitted(asked: Asked, one: Mapping[str, Any]) -> Response:
    if one["kind"] in _LATE:
        socket = f"wss://ws-0a1b2c3d.wss.redditmedia.com/{one['assets'][0]}?m=AQAA"
        return done({"user_submitted_page": f"{SITE}/user/{asked.name}/submitted/", "websocket_url": socket})
    return done({"url": SITE + path(one), "drafts_count": 0, "id": one["id"], "name": f"t3_{one['id']}"})


def _as_made(asked: Asked, one: Mapping[str, Any]) -> Response:
    del asked
    return done({"url": SITE + path(one), "id": f"t3_{one['id']}"})


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
