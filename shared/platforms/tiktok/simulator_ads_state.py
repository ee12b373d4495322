"""What the simulated TikTok for Business keeps of an ad account, and how it complains.

State: ``ads/{advertiser}.{level}`` (ids), ``{level}/{id}`` (things: ads_campaign, ads_adgroup, ads_ad, ads_video, ads_image),
``ads_log/{advertiser}`` (what was done). Instants in things are UTC texts, as TikTok's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_state import KEPT, Ask, Document, epoch
from shared.ports.http import Response

LEVELS: Final = {"campaign": ("campaign", "CAMPAIGN"), "adgroup": ("ad_group", "ADGROUP"), "ad": ("ad", "AD")}


class Complaint(Exception):
    """A refusal: a code other than 0, with status 200."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    def response(self, world: World) -> Response:
        return answer(world, {}, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of somebody's, and which ad account is theirs."""

    world: World
    ask: Ask
    account: Document
    advertiser: str

    def text(self, name: str) -> str:
        """A parameter of the query."""
        return self.ask.query.get(name, "")

    def number(self, name: str, otherwise: int) -> int:
        given = self.text(name)
        if given and not given.isdecimal():
            raise Complaint(40002, f"{name}: Not a valid integer.")
        return int(given or otherwise)

    def list(self, name: str) -> list[Any]:
        """A list in the query, which is JSON."""
        return _json(self.text(name), list, name) or []

    def object(self, name: str) -> dict[str, Any]:
        return _json(self.text(name), dict, name) or {}

    def need_advertiser(self, body: Mapping[str, Any] | None = None) -> None:
        """The ad account that is named must be theirs. Raises Complaint."""
        named = self.text("advertiser_id") if body is None else body.get("advertiser_id")
        if named != self.advertiser:
            raise Complaint(40001, f"No permission to operate advertiser {named}.")

    def body(self, **types: type | tuple[type, ...]) -> Document:
        """The body, field by field: JSON, or the form that TikTok's SDK sends for files. Raises Complaint."""
        try:
            body = (
                self._form() if self.ask.headers.get("content-type", "").startswith("multipart/") else self.ask.json()
            )
            state.only(body, "body", **types)
        except state.Problem as problem:
            raise Complaint(40002, problem.message) from problem
        self.need_advertiser(body)
        return body

    def _form(self) -> Document:
        head = f"Content-Type: {self.ask.headers['content-type']}\r\n\r\n".encode()
        parts: Any = message_from_bytes(head + self.ask.body).get_payload()
        found = parts if isinstance(parts, list) else []
        return {part.get_param("name", header="content-disposition"): _text_of(part) for part in found}


def _text_of(part: Any) -> str:
    return bytes(part.get_payload(decode=True)).decode("utf-8", "replace")


def missing(level: str) -> Complaint:
    """Something that is not there, or not theirs."""
    return Complaint(40002, f"{level}_id: does not exist.")


def answer(world: World, data: Any, code: int = 0, message: str = "OK") -> Response:
    """The envelope of everything."""
    request_id = world.now.strftime("%Y%m%d%H%M%S") + state.digest(f"ads.{world.serial('ads.log')}")[:20].upper()
    return state.answer({"code": code, "message": message, "request_id": request_id, "data": data})


def stamp(world: World) -> str:
    """Now, as TikTok writes it."""
    return world.now.strftime("%Y-%m-%d %H:%M:%S")


def new_id(world: World) -> str:
    """Ids are numbers of 16 digits, rising."""
    return str(1_800_000_000_000_000 + world.serial("ads.id"))


def kept(asked: Asked, level: str, id_: str) -> Document | None:
    """A thing of this ad account, None where there is none."""
    found = asked.world.get(f"ads_{level}", id_ or "-")
    return found if found and found["advertiser_id"] == asked.advertiser else None


def keep(asked: Asked, level: str, thing: Document) -> None:
    """Keep a new thing, or a changed one."""
    id_, key = thing[f"{level}_id"], f"{asked.advertiser}.{level}"
    ids = (asked.world.get("ads", key) or {"ids": []})["ids"]
    if id_ not in ids:
        asked.world.put("ads", key, {"ids": [*ids, id_][-KEPT:]})
    asked.world.put(f"ads_{level}", id_, thing)


def listed(asked: Asked, level: str) -> list[Document]:
    """All things of a level, oldest first."""
    ids = (asked.world.get("ads", f"{asked.advertiser}.{level}") or {"ids": []})["ids"]
    return [thing for id_ in ids if (thing := asked.world.get(f"ads_{level}", id_))]


def log_of(world: World, advertiser: str) -> Document:
    """What was done in an ad account and stands."""
    return world.get("ads_log", advertiser) or {"entries": []}


def noted(asked: Asked, verb: str, id_: str, on: str, text: str) -> None:
    """One more act."""
    entry = {"verb": verb, "id": id_, "on": on, "text": text, "at": epoch(asked.world.now)}
    entries = [*log_of(asked.world, asked.advertiser)["entries"], entry]
    asked.world.put("ads_log", asked.advertiser, {"entries": entries[-KEPT:]})


def struck(asked: Asked, verb: str, id_: str) -> None:
    """An act that does not stand any more."""
    entries = log_of(asked.world, asked.advertiser)["entries"]
    left = [entry for entry in entries if (entry["verb"], entry["id"]) != (verb, id_)]
    asked.world.put("ads_log", asked.advertiser, {"entries": left})


def _json(text: str, wanted: type, name: str) -> Any:
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, wanted):
        raise Complaint(40002, f"{name}: Not a valid {wanted.__name__}.")
    return value
