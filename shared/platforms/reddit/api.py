"""One request to Reddit: who asks, in which form, and what counts as a refusal.

Every request names this installation in its User-Agent, as Reddit's API rules demand
(https://github.com/reddit-archive/reddit/wiki/API, 2026-11-22), and asks for unescaped JSON (``raw_json=1``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.reddit import MANIFEST, errors
from shared.ports.http import AnswerLost, Request

API: Final = "https://oauth.reddit.com"
PAGE: Final = 100  # the most that a listing gives at once
_MOST_PAGES: Final = 10  # Reddit lists the newest thousand things and no more
_BARE: Final = re.compile(r"[0-9a-z]{1,20}")
_WHAT: Final = {"t1": "a comment", "t3": "a post", "t4": "a message"}


def user_agent(call: Call) -> str:
    """``platform:app:version`` as Reddit asks for it."""
    return f"web:{call.app.client_id or 'rostrum'}:v1 (Rostrum)"


def get(call: Call, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A GET that answers an object. Raises Refused, AnswerLost, NotSent."""
    return _object(send(call, _wire.get(API + path, {**(query or {}), "raw_json": 1})))


def get_list(call: Call, path: str, query: Mapping[str, Any] | None = None) -> list[Any]:
    """A GET that answers an array. Raises Refused, AnswerLost, NotSent."""
    found = send(call, _wire.get(API + path, {**(query or {}), "raw_json": 1}))
    if not isinstance(found, list):
        raise AnswerLost("an answer that is no list")
    return found


def post(call: Call, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form POST; booleans as Reddit writes them. Raises Refused, AnswerLost, NotSent."""
    form = {name: _text(value) for name, value in sorted({**fields, "api_type": "json"}.items())}
    return _object(send(call, _wire.post_form(f"{API}{path}?raw_json=1", form, read_timeout=_deadline())))


def post_json(call: Call, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON POST (galleries and polls). Raises Refused, AnswerLost, NotSent."""
    whole = {**body, "api_type": "json"}
    return _object(send(call, _wire.post_json(f"{API}{path}?raw_json=1", whole, read_timeout=_deadline())))


def send(call: Call, request: Request) -> Any:
    """Send it as the account; the parsed answer. Raises Refused (also for errors in a 200), AnswerLost, NotSent."""
    headers = {**request.headers, "Authorization": f"bearer {call.tokens.access}", "User-Agent": user_agent(call)}
    response = call.http.send(replace(request, headers=headers))
    if not 200 <= response.status < 300:
        raise errors.refusal(response, call.now)
    try:
        body = json.loads(response.body) if response.body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise AnswerLost(f"a {response.status} answer that is not JSON") from error
    if isinstance(body, dict) and errors.lists_errors(body):
        raise errors.refusal(response, call.now)
    return body


def fullname(given: object, *kinds: str, field: str = "on") -> str:
    """The id of a thing of one of these kinds (``t1``, ``t3``, ``t4``), as it is. Raises Invalid, naming ``field``.

    Ids come from callers: one with a comma would be several things, one with a slash another request.
    """
    kind, _, bare = given.partition("_") if isinstance(given, str) else ("", "", "")
    if kind not in kinds or not _BARE.fullmatch(bare):
        known = " or ".join(f"{_WHAT[one]}'s ({one}_ and what follows)" for one in kinds)
        raise Invalid("validation.field_invalid", f"{field} is no id of Reddit's here: it is {known}.", field=field)
    return str(given)


def data(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A form's ``json.data``, empty where there is none."""
    inner = answer.get("json")
    found = inner.get("data") if isinstance(inner, dict) else None
    return found if isinstance(found, dict) else {}


def children(listing: Any) -> list[dict[str, Any]]:
    """The things of a listing. Raises AnswerLost when it is none, or has others: an unreadable list proves nothing."""
    inner = listing.get("data") if isinstance(listing, dict) else None
    found = inner.get("children") if isinstance(inner, dict) else None
    if not isinstance(found, list):
        raise AnswerLost("an answer that is no listing")
    things = [child.get("data") if isinstance(child, dict) else None for child in found]
    if not all(isinstance(thing, dict) for thing in things):
        raise AnswerLost("a listing with what is no thing")
    return [thing for thing in things if thing is not None]


def newest_since(call: Call, path: str, since: float) -> Iterator[dict[str, Any] | None]:
    """A listing's things from ``since`` (epoch s) on, newest first; None at the end when it was not read to there.

    Raises AnswerLost for a thing without its time: it would end the reading, and prove what it does not.
    """
    after: str | None = None
    for number in range(_MOST_PAGES):
        page = get(call, path, {"sort": "new", "limit": PAGE, "after": after})
        for thing in children(page):
            if _created(thing) >= since:
                yield thing
            elif not (thing.get("pinned") or thing.get("stickied")):  # those stand first, however old
                return
        after = page["data"].get("after")
        if not after and number < _MOST_PAGES - 1:
            return
    yield None


def _created(thing: Mapping[str, Any]) -> float:
    given = thing.get("created_utc")
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise AnswerLost("a listed thing without its time")
    return float(given)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AnswerLost("an answer that is no object")
    return value


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _deadline() -> float:
    return MANIFEST.timing.send_deadline
