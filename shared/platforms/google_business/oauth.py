"""Connecting locations: one consent gives all that the Google account manages, and the person chooses.

https://developers.google.com/my-business/content/implement-oauth, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms._google import oauth as google
from shared.platforms.contract import App, Call, Candidates
from shared.platforms.google_business import MANIFEST, api, errors, wire

SCOPE: Final = "https://www.googleapis.com/auth/business.manage"
FIELDS: Final = "name,title,storefrontAddress,metadata"
_ACCOUNT_PAGES: Final = 5
_LOCATION_PAGES: Final = 10


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes."""
    return google.authorize_url(app, redirect_uri, state, challenge, scopes or MANIFEST.oauth.scopes)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
    """Trade the code and list the locations. Raises Refused, also when there is none or the box was unticked."""
    tokens = google.exchange(call, code, redirect_uri, verifier, errors.refusal)
    if tokens.scopes and SCOPE not in tokens.scopes:
        raise errors.scopes_missing()
    nobody = replace(call, account=AccountView("", "", {}, tokens))
    found: dict[str, Connected] = {}
    for account, location in _locations(nobody):
        connected = _connected(account, location, tokens)
        found.setdefault(connected.platform_account_id, connected)
    if not found:
        raise errors.no_location()
    candidates = tuple(found.values())
    return candidates[0] if len(candidates) == 1 else Candidates(candidates)


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not Google's way: it has no sign-in by credentials."""
    raise Unsupported(
        "platform.google_business.sign_in", "Locations are connected by Google's own page: start with connect."
    )


def refresh(call: Call) -> Tokens:
    """A new access token. Raises Refused."""
    return google.refresh(call, errors.refusal)


def revoke(call: Call) -> None:
    """Nothing is asked: the grant is the Google account's, and its other locations live by it too (README)."""


def _locations(call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every location with the account that it is listed under."""
    for page in api.pages(call, f"{api.ACCOUNTS}/accounts", _ACCOUNT_PAGES, pageSize=20):
        for account in api.items(page, "accounts"):
            name = api.name_of(account)
            url = f"{api.LOCATIONS}/{name}/locations"
            for listed in api.pages(call, url, _LOCATION_PAGES, pageSize=100, readMask=FIELDS):
                yield from ((name, location) for location in api.items(listed, "locations"))


def _connected(account: str, location: Mapping[str, Any], tokens: Tokens) -> Connected:
    found, title = wire.id_of(api.name_of(location)), str(location.get("title") or "")
    about = location.get("metadata") or {}
    town = str((location.get("storefrontAddress") or {}).get("locality") or "")
    metadata = {
        "account": account,
        "maps_url": about.get("mapsUri"),
        "place_id": about.get("placeId"),
        "can_post": about.get("canOperateLocalPost"),
        "verified": about.get("hasVoiceOfMerchant"),
    }
    return Connected(
        platform_account_id=found,
        username=title or found,
        name=f"{title}, {town}" if town and title else title or found,
        tokens=tokens,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )
