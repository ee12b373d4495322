"""Every place of the four dialects where a caller can name an address, each as a function that sends one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.platforms import names
from shared.ports.http import Response
from tests.api.client import Answer, Api, document
from tests.api.matrix import SPOKEN, Spoken

Ask = Callable[[str], Answer]
When = Literal["now", "later", "never"]
WHEN = "2026-12-24T09:00:00Z"
CREATOR = "/api/v1/creator/social"


@dataclass(frozen=True)
class Place:
    """``asked``: we ask for the address ourselves, within the request or later, so it must be refused; never: it is shown to
    people or handed to a network as text, and must lead to no connection."""

    label: str
    asked: When
    ask: Ask


def places(call: Api) -> list[Place]:
    """All of them; the workspace has an account on every network."""
    for name in names.NAMES:
        call.connect(name)
    made = [*_posts(call), *_hooks(call), *_messages(call), *_creator(call), *_social(call), *_shown(call)]
    return [replace(one, ask=_later(call, one.ask)) for one in made]


def _later(call: Api, ask: Ask) -> Ask:
    """After a while, so that no limit of requests answers in the guard's place."""

    def asked(url: str) -> Answer:
        call.rig.clock.advance(5)
        return ask(url)

    return asked


def _sending(call: Api, method: str, path: str, made: Callable[[str], Any], **options: Any) -> Ask:
    return lambda url: call(method, path, made(url), **options)


def _file(url: str) -> dict[str, Any]:
    return {"source_type": "url", "source": url, "type": "image"}


def _posts(call: Api) -> Iterator[Place]:
    account = call.accounts["bluesky"]
    target = {"account_id": account}

    def post(**more: Any) -> dict[str, Any]:
        return {"text": "Look", "targets": [target], "skip_duplicate_check": True, "scheduled_at": WHEN, **more}

    at = ("POST", "/v1/posts", lambda url: post(media=[_file(url)]))
    mine = call("POST", "/v1/posts", {**post(), "text": "To be changed"}).json["id"]
    rows: list[tuple[str, str, Callable[[str], Any]]] = [
        at,
        ("POST", "/v1/posts", lambda url: post(targets=[{**target, "media": [_file(url)]}])),
        ("POST", "/v1/posts", lambda url: post(segments=[{"text": "Two", "media": [_file(url)]}])),
        ("POST", "/v1/posts/preview", lambda url: {"text": "x", "targets": [target], "media": [_file(url)]}),
        ("POST", "/v1/posts/validate", lambda url: {"text": "x", "targets": [target], "media": [_file(url)]}),
        ("PATCH", f"/v1/posts/{mine}", lambda url: {"media": [_file(url)]}),
        ("POST", "/v1/flat/posts", lambda url: {"account_ids": account, "text": "x", "media_urls": url}),
    ]
    for method, path, made in rows:
        yield Place(f"v1 {method} {path.replace(mine, '{pid}')}", "now", _sending(call, method, path, made))
    yield Place("v1 POST /v1/posts/import", "now", lambda url: _imported(call, account, url))
    bulk = _sending(call, "POST", "/v1/posts/bulk", lambda url: {"posts": [post(media=[_file(url)])]})
    yield Place("v1 POST /v1/posts/bulk", "now", bulk)


def _imported(call: Api, account: str, url: str) -> Answer:
    """A spreadsheet with one row."""
    out = io.StringIO()
    csv.writer(out).writerows([("text", "account_ids", "media_urls"), ("Look", account, url)])
    return call("POST", "/v1/posts/import", data={"file": (io.BytesIO(out.getvalue().encode()), "a.csv", "text/csv")})


def _hooks(call: Api) -> Iterator[Place]:
    events = ["post.published"]
    yield Place(
        "v1 POST /v1/webhooks",
        "now",
        _sending(call, "POST", "/v1/webhooks", lambda url: {"url": url, "events": events}),
    )
    mine = f"/v1/webhooks/{_endpoint(call)}"
    yield Place("v1 PATCH /v1/webhooks/{id}", "now", _sending(call, "PATCH", mine, lambda url: {"url": url}))
    yield Place(
        "v1 POST /v1/hooks", "later", _sending(call, "POST", "/v1/hooks", lambda url: {"url": url, "event": events[0]})
    )
    yield Place(
        "v1 POST /v1/accounts/connect redirect_uri",
        "never",
        _sending(call, "POST", "/v1/accounts/connect", lambda url: {"platform": "twitter", "redirect_uri": url}),
    )
    yield Place(
        "v1 POST /v1/oauth/redirect-uris",
        "never",
        _sending(call, "POST", "/v1/oauth/redirect-uris", lambda url: {"uri": url}),
    )
    yield Place(
        "v1 POST /v1/accounts/connect metadata.service",
        "now",
        _sending(call, "POST", "/v1/accounts/connect", service, key=call.live_key),
    )


def _endpoint(call: Api) -> str:
    """An endpoint that answered its ping in a world of its own."""
    outside = call.rig.outside
    outside.hosts["hooks.example"] = lambda request: Response(200, {}, b"")
    call.serve_on = replace(call.rig.ports, http=outside)
    try:
        made = call("POST", "/v1/webhooks", {"url": "https://hooks.example/", "events": ["post.published"]})
    finally:
        call.serve_on = None
    return str(made.json["id"])


def service(url: str) -> dict[str, Any]:
    """A network of many servers: the caller names the account's own."""
    bare = url.removesuffix("/a.jpg")
    metadata = {"identifier": "alice.example", "app_password": "aaaa-bbbb-cccc-dddd", "service": bare}
    return {"platform": "bluesky", "metadata": metadata}


def _messages(call: Api) -> Iterator[Place]:
    account = call.accounts["facebook"]
    talks = call("GET", f"/v1/accounts/{account}/conversations").json["data"]
    path = f"/v1/inbox/conversations/{talks[0]['id']}/messages"
    card = {"title": "x", "buttons": [{"type": "url", "title": "x", "url": "https://example.com/"}]}
    shapes: Mapping[str, Callable[[str], Any]] = {
        "attachment_url": lambda url: {"account_id": account, "attachment_url": url},
        "cards[].image_url": lambda url: {"account_id": account, "text": "x", "cards": [{**card, "image_url": url}]},
    }
    for name, made in shapes.items():
        yield Place(f"v1 POST /v1/inbox/conversations/…/messages {name}", "now", _sending(call, "POST", path, made))
    handles = talks[0]["handles"]
    say = {"account_id": account, "verb": "message.send", "on": talks[0]["id"], "handles": handles, "text": "x"}
    yield Place(
        "v1 POST /v1/actions",
        "now",
        _sending(call, "POST", "/v1/actions", lambda url: {**say, "media": [_file(url)]}),
    )
    button = {"type": "url", "title": "x"}
    yield Place(
        "v1 POST /v1/inbox/conversations/…/messages buttons[].url",
        "never",
        _sending(
            call, "POST", path, lambda url: {"account_id": account, "text": "x", "buttons": [{**button, "url": url}]}
        ),
    )


def _creator(call: Api) -> Iterator[Place]:
    draft = {"title": "x", "content": {"text": "x"}, "platforms": ["facebook"]}
    mine = call("POST", f"{CREATOR}/posts", draft).json["id"]
    sent = {"platform": "facebook"}

    def image(url: str) -> list[Any]:
        return [{"type": "image", "url": url}]

    def thread(url: str) -> dict[str, Any]:
        return {"platform": "bluesky", "posts": [{"text": "a", "media": image(url)}, {"text": "b"}]}

    rows: list[tuple[When, str, str, Callable[[str], Any]]] = [
        ("now", "POST", "/posts", lambda url: {**draft, "media": image(url)}),
        ("now", "PUT", f"/posts/{mine}", lambda url: {"media": image(url)}),
        ("now", "POST", "/publish", lambda url: {**sent, "content": {"text": "x", "media": image(url)}}),
        ("now", "POST", "/threads", thread),
        ("never", "POST", "/posts", lambda url: {**draft, "content": {"text": "x", "link": {"url": url}}}),
        ("never", "POST", "/accounts/connect", lambda url: {"platform": "twitter", "redirect_uri": url}),
    ]
    for asked, method, path, body in rows:
        label = f"creator {method} {path.replace(mine, '{post_id}')}{'' if asked == 'now' else ' (a link)'}"
        yield Place(label, asked, _sending(call, method, CREATOR + path, body))


def _social(call: Api) -> Iterator[Place]:
    for spoken in SPOKEN:
        if spoken.verb.method == "GET":
            continue
        account = _account_of(call, spoken)
        if spoken.of("media"):
            yield Place(f"social {spoken.label}", "now", _spoken(call, spoken, {"account": account}, "media"))
        for one in spoken.verb.fields:
            if one.to.startswith("option.") and ("url" in one.name or "link" in one.name) and one.type == "string":
                told = _spoken(call, spoken, {"account": account}, one.to)
                yield Place(f"social {spoken.label} {one.name}", "never", told)


def _spoken(call: Api, spoken: Spoken, known: Mapping[str, Any], to: str) -> Ask:
    return lambda url: spoken.ask(call, {**known, to: url})


def _account_of(call: Api, spoken: Spoken) -> str:
    return call.accounts[spoken.verb.through or names.ALIASES.get(spoken.prefix, spoken.prefix)]


def _shown(call: Api) -> Iterator[Place]:
    """The register of networks, walls and channels: addresses are kept as text."""
    count = {"page": "followers", "wall": "followers", "channel": "subscribers"}
    for kind, counted in count.items():
        fields = {"network": "facebook", f"{kind}_id": "1", f"{kind}_name": "x", counted: "1", "category": "x"}

        def ask(url: str, kind: str = kind, fields: Mapping[str, str] = fields) -> Answer:
            return call("POST", f"/api/add/social-{kind}/", data={**fields, f"{kind}_url": url})

        yield Place(f"connect POST /api/add/social-{kind}/", "never", ask)


_LIKE_URL = re.compile(
    r"ur[il]|link|host|server|instance|domain|website|image|avatar|media|handle|source", re.IGNORECASE
)


def url_fields(dialect: str) -> Iterator[tuple[str, str]]:
    """(``POST /v1/posts``, ``media[].source``) of every field in requests that by its name or format may be an address."""
    spoken = document(dialect)
    for path, operations in spoken["paths"].items():
        for method, said in operations.items():
            where = f"{method.upper()} {path}"
            for content in said.get("requestBody", {}).get("content", {}).values():
                for field in _fields(content["schema"], spoken["components"]["schemas"]):
                    yield where, field
            for one in said.get("parameters", []):
                if one.get("in") == "query" and _LIKE_URL.search(one["name"]):
                    yield where, f"?{one['name']}"


def _fields(
    schema: Mapping[str, Any], known: Mapping[str, Any], at: str = "", inside: tuple[str, ...] = ()
) -> Iterator[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        if name not in inside:
            yield from _fields(known[name], known, at, (*inside, name))
        return
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _fields(one, known, at, inside)
    if "items" in schema:
        yield from _fields(schema["items"], known, f"{at}[]", inside)
    for field, one in schema.get("properties", {}).items():
        yield from _fields(one, known, f"{at}.{field}".lstrip("."), inside)
    if schema.get("type") == "string" and (schema.get("format") in ("uri", "url") or _LIKE_URL.search(at)):
        yield at
