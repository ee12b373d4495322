"""Connecting WhatsApp numbers by Embedded Signup: Facebook Login for Business with a configuration of the app's own.

The configuration (``WHATSAPP_APP_CONFIG``) says what is asked for, and whether the business's token ends after 60 days or
never. The code is traded for that token; ``debug_token`` tells which WhatsApp Business accounts were shared with the app,
and each of their numbers is an account of ours.
https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/overview and
https://developers.facebook.com/docs/facebook-login/facebook-login-for-business, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Candidates, Fate, Refused
from shared.platforms.whatsapp import errors
from shared.platforms.whatsapp.wire import GRAPH, number_id

AUTHORIZE = f"https://www.facebook.com/{GRAPH.version}/dialog/oauth"
TOKEN = f"{GRAPH.base}/oauth/access_token"
NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,messaging_limit_tier,status,code_verification_status"
)
KEPT = ("display_phone_number", "quality_rating", "messaging_limit_tier")
MOST = 100


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the business signs up. With a configuration the permissions are its own, without one ``scopes``."""
    query = {"client_id": app.client_id, "redirect_uri": redirect_uri, "response_type": "code", "state": state}
    if app.config:
        return _oauth2.authorize_url(
            AUTHORIZE, {**query, "config_id": app.config, "override_default_response_type": "true"}
        )
    return _oauth2.authorize_url(AUTHORIZE, {**query, "scope": ",".join(scopes)})


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
    """Trade the code for the business's numbers. Raises Refused, also when it shared none."""
    tokens = _trade(call, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
    known = replace(call, account=AccountView("", "", {}, tokens))
    info = _debug(known)
    scopes = tuple(str(scope) for scope in info.get("scopes") or ())
    found = [
        _connected(number, waba, replace(tokens, scopes=scopes))
        for waba in _shared(info)
        for number in _numbers(known, waba)
    ]
    if not found:
        raise errors.BOOK.refused(errors.NO_NUMBERS, "debug_token names no account with a number")
    return found[0] if len(found) == 1 else Candidates(tuple(found))


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """WhatsApp takes no passwords from apps."""
    raise Unsupported("platform.whatsapp.sign_in_not_offered", "Connect WhatsApp with the address from authorize_url.")


def refresh(call: Call) -> Tokens:
    """A token without an end: as it is, when it lives. One of 60 days: another. Raises Refused with ``row.reconnect``."""
    try:
        if call.tokens.expires_at is None:
            GRAPH.read(call, number_id(call), fields="id")
            return call.tokens
        wanted = {"grant_type": "fb_exchange_token", "set_token_expires_in_60_days": "true"}
        fresh = _trade(call, {**wanted, "fb_exchange_token": call.tokens.access})
        return replace(fresh, scopes=call.tokens.scopes)
    except Refused as refused:
        if refused.fate is Fate.UNAUTHORISED or refused.row.code == "code_invalid":
            raise errors.dead(refused) from refused
        raise


def revoke(call: Call) -> None:
    """Not through the API: the business ends the connection in its own settings (see the manifest)."""


def _trade(call: Call, fields: Mapping[str, str]) -> Tokens:
    form = {"client_id": call.app.client_id, "client_secret": call.app.client_secret, **fields}
    answer = _wire.ask(call, _wire.post_form(TOKEN, form), errors.code_refusal).json
    if not answer.get("access_token"):
        raise errors.BOOK.refused(errors.BOOK.common.unlisted, "a success without an access token")
    return Tokens(str(answer["access_token"]), expires_at=_oauth2.expiry(answer, call.now))


def _debug(call: Call) -> dict[str, Any]:
    """What the token is good for. It is asked for with the app's own token, which Graph takes in the header."""
    own = f"{call.app.client_id}|{call.app.client_secret}"
    url = f"{GRAPH.base}/debug_token"
    request = _wire.get(url, {"input_token": call.tokens.access}, Authorization=f"Bearer {own}")
    data = _wire.ask(call, request, errors.refusal).json.get("data")
    return data if isinstance(data, dict) else {}


def _shared(info: Mapping[str, Any]) -> list[str]:
    """The WhatsApp Business accounts that were shared with the app."""
    found: list[str] = []
    for granted in info.get("granular_scopes") or ():
        if granted.get("scope") == "whatsapp_business_management":
            found += [str(target) for target in granted.get("target_ids") or ()]
    return list(dict.fromkeys(found))


def _numbers(call: Call, waba: str) -> list[dict[str, Any]]:
    answer = GRAPH.read(call, f"{waba}/phone_numbers", fields=NUMBER_FIELDS, limit=MOST)
    return [row for row in answer.get("data") or () if row.get("id")]


def _connected(number: Mapping[str, Any], waba: str, tokens: Tokens) -> Connected:
    shown = str(number.get("display_phone_number") or number["id"])
    return Connected(
        platform_account_id=str(number["id"]),
        username=shown,
        name=str(number.get("verified_name") or shown),
        tokens=tokens,
        metadata={"waba_id": waba, **{name: number[name] for name in KEPT if number.get(name)}},
    )
