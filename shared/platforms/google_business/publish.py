"""Publishing local posts: one POST, and then Google's review of it.

There is no key of our own: what settles a lost answer is the location's list of posts, read whole. The one that looks like
ours (``likeness``), made since the arming and known for no other piece, is ours.
https://developers.google.com/my-business/content/posts-data, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, Piece
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Accepted, Armed, Call, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.google_business import api, checks, errors, likeness, wire
from shared.platforms.google_business.likeness import Likeness

PAGE: Final = 100
MAX_PAGES: Final = 10
_FIRST_LOOK: Final = 5.0
_SLOWEST_LOOK: Final = 300.0
_LOOKED_AT: Final = timedelta(minutes=30)  # how long Google is waited for to look at a post that was found


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """An offer or an event where the options have one; else a text, with or without a photo. Raises Invalid."""
    checks.check(media, options)
    if options.get("offer") is not None:
        return Kind.OFFER
    if options.get("event") is not None:
        return Kind.EVENT
    if not text.strip() and not media:
        raise Invalid("validation.field_required", "A local post needs a text or a photo: give one.", field="text")
    return Kind.IMAGE if media else Kind.TEXT


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing to prepare: Google fetches the photo itself."""
    return Ready(state)


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """Make the post: the one visible request."""
    made = api.write(call, "POST", f"{api.V4}/{api.place(call)}/localPosts", wire.post_body(piece))
    return _judged(made) or Accepted({**state, "name": api.name_of(made)}, _FIRST_LOOK)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Whether Google has let it through. Raises Refused where it was rejected.

    A question that is refused (not found, for a moment or for good) says nothing of the post, which Google has taken: it
    is asked again.
    """
    try:
        shown = api.read(call, f"{api.V4}/{state['name']}")
    except Refused as refused:
        if refused.fate is not Fate.REJECTED:
            raise
        shown = {"name": state["name"]}
    looks = int(state.get("looks", 0)) + 1
    again = Wait({**state, "looks": looks}, min(_SLOWEST_LOOK, _FIRST_LOOK * 1.5 ** min(looks, 12)))
    return _judged(shown) or again


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look through all of the location's posts."""
    alike: dict[Likeness, list[dict[str, Any]]] = {kind: [] for kind in Likeness}
    more, listed = "", False
    for page in api.pages(call, f"{api.V4}/{api.place(call)}/localPosts", MAX_PAGES, pageSize=PAGE):
        listed = listed or "localPosts" in page
        for post in api.items(page, "localPosts"):
            if not armed.taken(wire.id_of(str(post.get("name")))):
                alike[likeness.of(piece, armed.at, post)].append(post)
        more = str(page.get("nextPageToken") or "")
    found = alike[Likeness.OURS]
    if len(found) == 1:
        return _found(call, armed, found[0])
    if found or alike[Likeness.PERHAPS]:
        return Unsure("several posts look like it" if found else "a post of that time may be it")
    if more:
        return Unsure("the location has more posts than can be read")
    if not listed and not _is_answering(call):
        return Unsure("Google's empty answer may be no list of posts")
    return Absent("none of the location's posts is it")


def describe(call: Call, published: Published) -> Published:
    """With its address on Google, which there is once it is live."""
    if published.permalink:
        return published
    shown = api.read(call, f"{api.V4}/{_name(call, published)}")
    return Published(published.id, _link(shown) or published.permalink, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Take it down; what is gone already is fine. Raises Refused."""
    api.remove(call, f"{api.V4}/{_name(call, published)}")


def _found(call: Call, armed: Armed, post: Mapping[str, Any]) -> Published | Unsure:
    """Our post: published unless Google rejected it, or may reject it yet."""
    if post.get("state") == "REJECTED":
        return Unsure("Google rejected the post")
    if post.get("state") != "LIVE" and call.now - armed.at < _LOOKED_AT:
        return Unsure("Google is still looking at the post")
    return _published(post)


def _is_answering(call: Call) -> bool:
    """Whether Google answers for the location as it should: it leaves empty lists out, so ``{}`` alone proves nothing."""
    name = f"locations/{call.who.platform_account_id}"
    return bool(api.read(call, f"{api.LOCATIONS}/{name}", readMask="name").get("name") == name)


def _judged(post: Mapping[str, Any]) -> Published | None:
    """What Google says of the post: live, still looked at (None), or rejected (raises Refused)."""
    api.name_of(post)
    if post.get("state") == "REJECTED":
        raise errors.post_rejected(dict(post))
    return _published(post) if post.get("state") == "LIVE" else None


def _published(post: Mapping[str, Any]) -> Published:
    name = api.name_of(post)
    return Published(wire.id_of(name), _link(post), {"name": name}, dict(post))


def _name(call: Call, published: Published) -> str:
    return str(published.state.get("name") or api.part_of(call, "localPosts", published.id))


def _link(post: Mapping[str, Any]) -> str | None:
    link = post.get("searchUrl")
    return str(link) if link else None
