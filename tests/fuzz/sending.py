"""Sending what was generated: with a good key and with ids that exist, mostly, so that requests get past the door."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from schemathesis import Case

from shared.platforms import names
from tests.api.client import PHOTO, VIDEO, Api, api
from tests.support import files

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_SOCIAL = "/v1/social/"
_MADE = ("post_id", "media_id", "video_id", "pin_id", "tweet_id", "thread_id", "message_id")
NETWORKS = ("bluesky", "instagram", "facebook", "whatsapp", "pinterest")
_HEADER = re.compile(r"[\x21-\x7e]{1,255}")
_BY_NAME = {"pid": "posts", "post_id": "posts", "account_id": "accounts", "brand_id": "brands", "media_id": "media"}

statuses: Counter[int] = Counter()


class World:
    """A workspace with one of each thing."""

    def __init__(self) -> None:
        self.call: Api = api()
        self._networks: dict[str, dict[str, str]] = {}
        for name in NETWORKS:
            self.call.connect(name)
        upload = {"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")}
        entered = {"network": "facebook", "page_id": "p", "page_name": "P", "page_url": "https://example.com/p"}
        self.ids: dict[str, list[str]] = {
            "accounts": list(self.call.accounts.values()),
            "posts": [self.call.post()["id"], self.call.post(publish_now=True)["id"]],
            "media": [self.call("POST", "/v1/media/upload", data=upload).json["media_id"]],
            "keys": [self.call("POST", "/v1/keys", {"name": "k"}).json["id"]],
            "brands": ["default", self.call("POST", "/v1/brands", {"name": "B"}).json["id"]],
            "platforms": ["twitter", "whatsapp"],
            "network_id": [str(self.call("POST", "/api/add/social-page/", entered).json["page_id"])],
        }
        self.call.settle()

    def id_for(self, path: str, name: str, pick: int) -> str | None:
        """An id that a parameter or field of this name means: by its own name, else by what comes before it in the path."""
        before = re.search(rf"/([a-z-]+)/\{{{re.escape(name)}\}}", path)
        found = self.ids.get(_BY_NAME.get(name, name)) or self.ids.get(before[1] if before else "")
        return found[pick % len(found)] if found else None

    def on_network(self, path: str, name: str) -> str | None:
        """What a parameter or field of this name means on the network that the path is about, in its own words."""
        prefix = path.removeprefix(_SOCIAL).partition("/")[0] if path.startswith(_SOCIAL) else ""
        known = self._known(names.ALIASES.get(prefix, prefix)) if prefix else {}
        return known.get(name) or (known.get("made") if name in _MADE else None)

    def _known(self, network: str) -> dict[str, str]:
        """The account of the network and something that it published, made when it is first asked for."""
        if network not in self._networks:
            account = self.call.connect(network)
            stored = next(doc for doc in self.call.stored("accounts") if doc.data["id"] == account)
            theirs = str(stored.data["platform_account_id"])
            known = dict.fromkeys(("page_id", "user_id", "account_id"), theirs)
            self._networks[network] = known | self._published(network, account)
        return self._networks[network]

    def _published(self, network: str, account: str) -> dict[str, str]:
        body = {"text": "Hello", "targets": [{"account_id": account}], "publish_now": True}
        given = {"source_type": "url"}
        kinds: tuple[dict[str, Any], ...] = (
            {},
            {"media": [{**given, "source": PHOTO}]},
            {"media": [{**given, "source": VIDEO}]},
        )
        for more in kinds:  # some networks take no text without a picture, or nothing but videos
            if (made := self.call("POST", "/v1/posts", {**body, **more, "skip_duplicate_check": True})).status == 201:
                self.call.settle()
                targets = [doc.data for doc in self.call.stored("targets") if doc.data["post_id"] == made.json["id"]]
                live = [one for target in targets for one in target.get("live_ids", ())]
                return {"made": live[-1]} if live else {}
        return {}


def send(case: Case, world: World, number: int) -> None:
    """Send it; ``tests.api.client`` holds the answer against the document. Raises AssertionError."""
    path = _path(case, world, number)
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    if number % 4:
        query |= {name: known for name in query if (known := world.on_network(case.operation.path, str(name)))}
    address = path + (f"?{urlencode(query, doseq=True, errors='replace')}" if query else "")
    key = "" if number % 10 else _header(case.headers or {}, "Authorization").removeprefix("Bearer ")
    idempotency = _header(case.headers or {}, "Idempotency-Key")
    headers = {"Idempotency_Key": idempotency} if idempotency and number % 3 == 0 else {}
    data, kind = _body(case, world, number)
    if kind:
        headers["Content_Type"] = kind
    answer = world.call(case.method, address, key=key, data=data, **headers)
    statuses[answer.status] += 1
    assert answer.status < 500 or answer.status == 501, (answer.status, answer.data[:300])
    assert str(answer.status) in case.operation.definition.raw["responses"], f"undocumented status {answer.status}"


def _path(case: Case, world: World, number: int) -> str:
    parameters: Mapping[str, Any] = case.path_parameters or {}
    made = case.operation.path
    for name, value in parameters.items():
        known = (world.on_network(made, name) or world.id_for(made, name, number)) if number % 4 else None
        made = made.replace(f"{{{name}}}", quote(str(known or value), safe="", errors="replace"))
    return made


def _header(headers: Mapping[str, Any], name: str) -> str:
    value = str(headers.get(name, ""))
    return value if _HEADER.fullmatch(value) else ""


def _body(case: Case, world: World, number: int) -> tuple[Any, str]:
    body, kind = case.body, case.media_type
    if not kind or type(body).__name__ == "NotSet":
        return None, ""
    if isinstance(body, dict):
        body = _with_ids(body, case.operation.path, world, number)
    if kind == JSON:
        return (body if isinstance(body, bytes) else json.dumps(body, default=str).encode()), kind
    if kind == FORM and isinstance(body, dict):
        return urlencode(
            {k: v if isinstance(v, str) else json.dumps(v, default=str) for k, v in body.items()}, errors="replace"
        ).encode(), kind
    if kind == MULTIPART and isinstance(body, dict):
        return {name: _part(value) for name, value in body.items()}, ""
    return str(body).encode("utf-8", "replace"), kind


def _part(value: Any) -> Any:
    if isinstance(value, bytes):
        return io.BytesIO(value), "a.bin", "application/octet-stream"
    return str(value).encode("utf-8", "replace").decode()


def _with_ids(body: Any, path: str, world: World, number: int) -> Any:
    """The body with ids that exist, in most cases, wherever a field is named for one."""
    if isinstance(body, list):
        return [_with_ids(item, path, world, number) for item in body]
    if not isinstance(body, dict):
        return body
    made = {}
    for name, value in body.items():
        known = world.on_network(path, name) or world.id_for("", name, number)
        known = known if isinstance(value, str | int) and number % 4 else None
        made[name] = known if known is not None else _with_ids(value, path, world, number)
    return made
