"""The simulated Facebook Login: codes of ten minutes, a person's tokens, and those of the Pages.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import DAY, HOUR, Ask, Document, Problem, answer, hashed, now
from shared.platforms.contract import World
from shared.platforms.facebook import simulator_read as reading
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

SCOPES = (
    "public_profile",
    "email",
    "business_management",
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_manage_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "pages_messaging",
    "pages_manage_ads",
    "read_insights",
    "ads_management",
    "ads_read",
    "leads_retrieval",
)
TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
CODE_SECONDS = 600
SHORT_SECONDS, LONG_SECONDS = HOUR, 60 * DAY
_NAME = re.compile(r"[A-Za-z0-9._]{1,30}")


def authorize(ask: Ask, world: World) -> Response:
    """The login dialog, with the simulated person deciding at once.

    ``sandbox_user`` names who logs in (default rostrum; «many» manages three Pages), ``sandbox_deny=1`` cancels.
    """
    redirect = ask.text("redirect_uri")
    ask.need("client_id", "redirect_uri", "scope")
    if ask.text("response_type") not in {"", "code"}:
        raise Problem(100, "Invalid response_type: only code is supported")
    scopes = [scope for scope in re.split(r"[,\s]+", ask.text("scope")) if scope]
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise Problem(100, f"Invalid Scopes: {', '.join(unknown)}")
    returned = {"state": ask.text("state")} if "state" in ask.params else {}
    if ask.flag("sandbox_deny"):
        denial = {
            "error": "access_denied",
            "error_code": "200",
            "error_description": "Permissions error",
            "error_reason": "user_denied",
        }
        return _redirect(redirect, denial | returned)
    name = ask.text("sandbox_user") or "rostrum"
    if not _NAME.fullmatch(name):
        raise Problem(100, "Invalid sandbox_user: up to 30 letters, digits, dots and underscores")
    code = make_code(world, name, ask.text("client_id"), redirect, scopes)
    return _redirect(redirect, {"code": code} | returned, "#_=_")


def make_code(world: World, name: str, client_id: str, redirect_uri: str, scopes: list[str]) -> str:
    """A single-use code. Empty ``client_id`` and ``redirect_uri`` bind it to none (a seeded account)."""
    user = state.person_named(world, name)
    code = simulated.fresh(world, "AQD", "facebook")
    values = {"user": user["id"], "client_id": client_id, "redirect_uri": redirect_uri, "scopes": scopes}
    world.put("code", hashed(code), values | {"expires": now(world) + CODE_SECONDS})
    return code


def token(ask: Ask, world: World) -> Response:
    """/oauth/access_token: a code, or a short token, for a token."""
    ask.need("client_id", "client_secret")
    if ask.text("grant_type") == "fb_exchange_token":
        ask.allow("grant_type", "client_id", "client_secret", "fb_exchange_token")
        return _long(ask, world)
    ask.allow("client_id", "client_secret", "redirect_uri", "code")
    return _short(ask, world)


def permissions(ask: Ask, who: Session) -> Response:
    """GET /me/permissions."""
    ask.allow("limit", "after", "permission", "status")
    return answer({"data": [{"permission": scope, "status": "granted"} for scope in who.token["scopes"]]})


def accounts(ask: Ask, who: Session, world: World) -> Response:
    """GET /me/accounts: the Pages that the person manages."""
    who.need("pages_show_list")
    ask.allow("limit", "after", "is_place", "is_promotable")
    pages = [found for id_ in who.user["pages"] if (found := world.get("page", id_))]

    def row(page: Document) -> Document:
        have = reading.page(page, world) | {
            "access_token": state.page_token(world, who, page["id"]),
            "tasks": list(TASKS),
        }
        return simulated.chosen(ask, have, "Page")

    return simulated.page(ask, pages, row, f"https://graph.facebook.com/{simulated.VERSION}/me/accounts")


def _short(ask: Ask, world: World) -> Response:
    ask.need("redirect_uri", "code")
    key = hashed(ask.text("code"))
    code = world.get("code", key)
    if code is None:
        raise Problem(100, "This authorization code has been used.", 36009)
    if code["expires"] <= now(world):
        raise Problem(100, "This authorization code has expired.", 36007)
    if code["client_id"] not in {"", ask.text("client_id")} or code["redirect_uri"] not in {
        "",
        ask.text("redirect_uri"),
    }:
        message = (
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used "
            "in the OAuth dialog request"
        )
        raise Problem(100, message, 36008)
    world.delete("code", key)
    made = state.issue(world, code["user"], code["scopes"], SHORT_SECONDS, kind="short", app=_app(ask))
    return answer({"access_token": made, "token_type": "bearer", "expires_in": SHORT_SECONDS})


def _long(ask: Ask, world: World) -> Response:
    old = state.token_of(world, ask.text("fb_exchange_token"))
    if old["client"] != hashed(ask.text("client_secret")):
        raise Problem(1, "Error validating client secret.")
    made = state.issue(world, old["user"], old["scopes"], LONG_SECONDS, kind="long", app=_app(ask))
    return answer({"access_token": made, "token_type": "bearer", "expires_in": LONG_SECONDS})


def _app(ask: Ask) -> dict[str, str]:
    secret = ask.text("client_secret")
    return {"id": ask.text("client_id"), "client": hashed(secret), "secret": secret}


def _redirect(uri: str, query: dict[str, str], fragment: str = "") -> Response:
    mark = "&" if "?" in uri else "?"
    return Response(302, {"location": f"{uri}{mark}{urlencode(query)}{fragment}"}, b"")
