"""What the parts of the simulated Snapchat share: the request, its answers and refusals, people, profiles and tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.ports.http import Request, Response, whole

KEPT: Final = 300


class Fail(Exception):
    """A refusal, in Snapchat's envelope."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        body = {
            "request_status": "ERROR",
            "request_id": "5007083c-cef7-4638-bea7-1b8a6d5b7281",
            "debug_message": self.message,
            "display_message": "We're sorry, but something is not right with the data you sent.",
            "error_code": self.code,
        }
        return reply(self.status, body)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. ``user`` is set once it is known who asks."""

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: str = ""

    @property
    def now(self) -> datetime:
        return self.world.now

    def json(self, *known: str) -> dict[str, Any]:
        """The body as an object with no other fields. Raises Fail."""
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, dict) or "application/json" not in self.headers.get("content-type", ""):
            raise Fail(400, "E4001", "The request body is not a JSON object")
        strange = set(value) - set(known)
        if strange:
            raise Fail(400, "E4002", f"Unrecognized field {min(strange)}")
        return value

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def multipart(self) -> dict[str, bytes]:
        """The body's parts by name. Raises Fail."""
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        boundary = header.get_param("boundary")
        if header.get_content_type() != "multipart/form-data" or not boundary:
            raise Fail(400, "E4001", "The request must be multipart/form-data")
        pieces = self.body.split(b"--" + str(boundary).encode())
        return dict(_part(piece) for piece in pieces[1:-1])


def read(request: Request, world: World) -> Asked:
    """A request as the network receives it."""
    url = urlsplit(request.url)
    body = whole(request)
    return Asked(
        world=world,
        method=request.method.upper(),
        host=(url.hostname or "").lower(),
        path=url.path.rstrip("/"),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def reply(status: int, body: Mapping[str, Any]) -> Response:
    """A JSON answer."""
    return Response(status, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def success(asked: Asked, **body: Any) -> Response:
    """An answer in Snapchat's envelope."""
    request_id = uuid(f"request/{asked.world.serial('snap.request')}")
    return reply(200, {"request_status": "SUCCESS", "request_id": request_id, **body})


def wrapped(name: str, things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A batch or a listing: each thing with its own status."""
    return [{"sub_request_status": "SUCCESS", name: thing} for thing in things]


def page(asked: Asked, things: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One page of a listing and its ``paging``. Raises Fail."""
    limit, start = asked.query.get("limit", "50"), asked.query.get("cursor", "0")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1000 or not start.isdecimal():
        raise Fail(400, "E4002", "limit must be between 1 and 1000")
    end = int(start) + int(limit)
    if len(things) <= end:
        return things[int(start) : end], {}
    # As in the documentation's example, on a host that is not the one that was asked.
    link = f"https://adsapisc.appspot.com{asked.path}?limit={limit}&cursor={end}"
    return things[int(start) : end], {"next_link": link, "next_page_id": str(end)}


def uuid(seed: str) -> str:
    """An id in Snapchat's form that follows from the seed."""
    text = sha256(f"snapchat/{seed}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def stamp(at: datetime) -> str:
    """An instant as Snapchat writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


# ------------------------------------------------------------------------------------------ people and profiles


def person(world: World, name: str) -> dict[str, Any]:
    """Somebody with a public profile of their own; ``many`` has an organization with two more."""
    known = world.get("snap.person", name)
    if known:
        return known
    own, organization = uuid(f"profile/{name}"), uuid(f"organization/{name}")
    brands = [uuid(f"profile/{name}/{number}") for number in (1, 2)] if name == "many" else []
    made = {"name": name, "own": own, "organization": organization, "brands": brands}
    world.put("snap.person", name, made)
    for number, profile_id in enumerate((own, *brands)):
        username = name if number == 0 else f"{name}-brand-{number}"
        profile = {
            "id": profile_id,
            "organization_id": organization,
            "display_name": username.replace("-", " ").title(),
            "snap_user_name": username,
            "profile_type": "PUBLIC_PROFILE",
            "profile_tier": "TIER_PUBLIC",
            "internal_profile_category": "BUSINESS" if number else "PERSON",
            "logo_urls": {"manage_profile_logo_url": f"https://cf-st.sc-cdn.net/{profile_id}.png"},
            "created_at": world.now.isoformat(),
            "owner": name,
        }
        world.put("snap.profile", profile_id, profile)
    return made


def shown_profile(asked: Asked, profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile as Snapchat shows it."""
    hidden = {"owner", "created_at"}
    since = datetime.fromisoformat(str(profile["created_at"]))
    count = _alive.followers(str(profile["id"]), since, asked.now)
    return {**{name: value for name, value in profile.items() if name not in hidden}, "subscriber_count": str(count)}


def own_profile(asked: Asked, profile_id: str) -> dict[str, Any]:
    """A profile for which the person has a role. Raises Fail."""
    profile = asked.world.get("snap.profile", profile_id)
    if profile is None:
        raise Fail(404, "E3006", f"Public profile {profile_id} not found")
    if profile["owner"] != asked.user:
        raise Fail(403, "AUTHORIZATION_PERMISSION_DENIED", "Authorization permission denied")
    return profile


def account_of(organization_id: str) -> dict[str, Any]:
    """The organization's ad account."""
    return {
        "id": uuid(f"adaccount/{organization_id}"),
        "organization_id": organization_id,
        "name": "Main ad account",
        "type": "PARTNER",
        "status": "ACTIVE",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
    }


def own_account(asked: Asked, account_id: str) -> dict[str, Any]:
    """The ad account, where it is the person's. Raises Fail."""
    account = account_of(person(asked.world, asked.user)["organization"])
    if account["id"] != account_id:
        raise Fail(403, "AUTHORIZATION_PERMISSION_DENIED", "Authorization permission denied")
    return account


def _part(piece: bytes) -> tuple[str, bytes]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    return str(header.get_param("name", "", "content-disposition")), content.removesuffix(b"\r\n")
