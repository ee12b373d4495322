"""The simulated Reddit's reading: who one is, what one submitted and said, things by id, communities and their rules."""

from __future__ import annotations

from typing import Any

from shared.platforms import _alive
from shared.platforms.reddit import simulator_oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit import simulator_view as view
from shared.platforms.reddit.simulator_submit import FLAIRS
from shared.platforms.reddit.simulator_wire import Asked, answer, plain, reasoned
from shared.ports.http import Response


def me(asked: Asked) -> Response:
    """GET /api/v1/me."""
    user, since = asked.user, state.at(asked.user["created"])
    followers = _alive.followers(f"reddit/{user['id']}", since, asked.world.now)
    points = sum(state.score(asked.world, one) for one in state.posts_of(asked.world, asked.user_id))
    profile = {
        "display_name": f"u_{user['name']}",
        "name": "t5_" + str(user["id"]),
        "title": str(user["name"]).replace("_", " ").title(),
        "subscribers": followers,
        "url": f"/user/{user['name']}/",
        "public_description": "",
    }
    return answer(
        {
            "id": user["id"],
            "name": user["name"],
            "created_utc": float(user["created"]),
            "link_karma": points,
            "comment_karma": 10,
            "total_karma": points + 10,
            "has_verified_email": True,
            "is_mod": True,
            "icon_img": "https://styles.redditmedia.com/t5_default/styles/profileIcon.png",
            "subreddit": profile,
        }
    )


def submitted(asked: Asked, username: str) -> Response:
    """GET /user/{name}/submitted: newest first."""
    user = simulator_oauth.named(asked.world, username)
    if not user:
        return plain(404, "Not Found")
    page = state.page(asked.query, state.posts_of(asked.world, str(user["id"])), "t3")
    shown = [view.post(asked.world, one, asked.user) for one in page["items"]]
    return answer(view.listing(asked.world, "t3", shown, page["after"]))


def said(asked: Asked, username: str) -> Response:
    """GET /user/{name}/comments: newest first."""
    user = simulator_oauth.named(asked.world, username)
    if not user:
        return plain(404, "Not Found")
    stored = [asked.world.get("reddit.comment", one) for one in state.ids(asked.world, "reddit.said", str(user["id"]))]
    own = [one for one in reversed(stored) if one and not one["deleted"]]
    page = state.page(asked.query, own, "t1")
    shown = [view.comment(asked.world, one, _owner(asked, one), asked.user) for one in page["items"]]
    return answer(view.listing(asked.world, "t1", shown, page["after"]))


def info(asked: Asked) -> Response:
    """GET /api/info: posts and comments by fullname, in no order; what is not there is left out."""
    children = []
    for name in asked.query.get("id", "").split(",")[:100]:
        kind, _, known = name.partition("_")
        if kind == "t3" and (one := state.post(asked.world, known)):
            children.append({"kind": "t3", "data": view.post(asked.world, one, asked.user)})
        if kind == "t1" and (said_ := state.comment(asked.world, known)):
            children.append({"kind": "t1", "data": view.comment(asked.world, said_, _owner(asked, said_), asked.user)})
    whole = view.listing(asked.world, "t3", [])
    whole["data"] |= {"children": children, "dist": len(children)}
    return answer(whole)


def comments(asked: Asked, post_id: str) -> Response:
    """GET /comments/{id}: the post, then the tree of its comments."""
    one = state.post(asked.world, post_id)
    if not one:
        return plain(404, "Not Found")
    post = view.listing(asked.world, "t3", [view.post(asked.world, one, asked.user)])
    return answer([post, view.tree(asked.world, one, asked.user)])


def about(asked: Asked, name: str) -> Response:
    """GET /r/{name}/about."""
    if name.lower().startswith("missing"):
        return plain(404, "Not Found")
    if name.lower().startswith("private"):
        return answer({"reason": "private", "message": "Forbidden", "error": 403}, 403)
    return answer({"kind": "t5", "data": _community(asked, name)})


def mine(asked: Asked) -> Response:
    """GET /subreddits/mine/subscriber."""
    names = ("test", "rostrum", "flaired_news", f"u_{asked.name}")
    whole = view.listing(asked.world, "t5", [_community(asked, name) for name in names])
    return answer(whole)


def flairs(asked: Asked, name: str) -> Response:
    """GET /r/{name}/api/link_flair_v2: a bare list."""
    if name.lower().startswith(("missing", "private")):
        return plain(403, "Forbidden")
    return answer(
        [
            {
                "id": key,
                "text": text,
                "type": "text",
                "text_editable": False,
                "text_color": "dark",
                "background_color": "",
                "css_class": "",
                "richtext": [],
                "mod_only": False,
                "allowable_content": "all",
                "max_emojis": 10,
                "override_css": False,
            }
            for key, text in FLAIRS
        ]
    )


def requirements(asked: Asked, name: str) -> Response:
    """GET /api/v1/{name}/post_requirements."""
    del asked
    lowered = name.lower()
    if lowered.startswith("missing"):
        return reasoned(404, "Not Found", "SUBREDDIT_NOEXIST")
    if lowered.startswith("private"):
        return reasoned(403, "Forbidden", "SUBREDDIT_NO_ACCESS", "you aren't allowed access to this subreddit")
    return answer(
        {
            "title_regexes": [],
            "body_blacklisted_strings": [],
            "title_blacklisted_strings": [],
            "title_required_strings": [],
            "body_required_strings": [],
            "title_text_max_length": None,
            "title_text_min_length": None,
            "body_text_max_length": None,
            "body_text_min_length": None,
            "body_regexes": [],
            "body_restriction_policy": "none",
            "domain_blacklist": [],
            "domain_whitelist": [],
            "gallery_captions_requirement": "none",
            "gallery_urls_requirement": "none",
            "gallery_max_items": None,
            "gallery_min_items": None,
            "guidelines_text": None,
            "guidelines_display_policy": None,
            "is_flair_required": lowered.startswith("flaired"),
            "link_restriction_policy": "blacklist",
            "link_repost_age": 30 if lowered.startswith("norepost") else None,
        }
    )


def _community(asked: Asked, name: str) -> dict[str, Any]:
    kind = "any"
    if name.lower().startswith("textonly"):
        kind = "self"
    elif name.lower().startswith("linksonly"):
        kind = "link"
    return {
        "display_name": name,
        "display_name_prefixed": view.prefixed(name),
        "name": f"t5_{_alive.luck('r/' + name.lower(), 10**6)}",
        "title": name.replace("_", " ").title(),
        "public_description": "",
        "subscribers": 1000 + _alive.luck("r/" + name.lower(), 10**6),
        "submission_type": kind,
        "over18": False,
        "subreddit_type": "user" if name.startswith("u_") else "public",
        "user_is_subscriber": True,
        "user_is_moderator": state.moderates(asked.name, name),
        "allow_images": True,
        "allow_videos": True,
        "allow_galleries": True,
        "allow_polls": True,
        "link_flair_enabled": True,
        "url": f"/{view.prefixed(name)}/",
    }


def _owner(asked: Asked, one: dict[str, Any]) -> dict[str, Any]:
    return state.post(asked.world, str(one["post"])) or {}
