"""Invites: one function per route; the last four are for the browser of whoever was invited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_brands as models
from shared.api.v1 import pages
from shared.api.v1.errors import status_of
from shared.domain.accounts import Account
from shared.domain.connections import Choice
from shared.domain.errors import Clash, Invalid, RostrumError
from shared.operations import invites, networks, redeeming
from shared.operations.consents import Redirect
from shared.platforms import registry


def list_(x: Exchange[None, models.ListInvitesQuery]) -> Reply:
    """GET /v1/invites"""
    found = [_shown(one) for one in invites.list_(x.ports, x.caller, x.query.brand_id)]
    return Reply(200, models.InviteListResponse(data=found, count=len(found)))


def create(x: Exchange[models.CreateInviteRequest, None]) -> Reply:
    """POST /v1/invites"""
    body = x.body
    try:
        made = invites.create(x.ports, x.caller, body.brand_id, body.platform, body.expires_in_days)
    except Clash as error:
        if error.code == "platform.app_missing":
            raise Clash("byok.credentials_missing", error.message, **error.meta) from error
        raise
    answer = models.InviteResponse(
        id=made.invite.id,
        brand_id=made.invite.brand_id,
        platform=made.invite.platform,
        token=made.token,
        url=made.url,
        expires_at=made.invite.expires_at,
    )
    return Reply(201, answer)


def revoke(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/invites/{id}"""
    invites.revoke(x.ports, x.caller, x.path["id"])
    return Reply(204)


def open_(x: Exchange[None, None]) -> Reply:
    """GET /invite/{token}"""
    return _for_people(x, lambda: _opened(x))


def sign_in(x: Exchange[models.RedeemRequest, None]) -> Reply:
    """POST /invite/{token}"""
    return _for_people(x, lambda: _signed_in(x))


def choice(x: Exchange[None, None]) -> Reply:
    """GET /invite/{token}/choices/{choice_id}"""
    return _for_people(x, lambda: _asked(x, redeeming.choice(x.ports, x.path["token"], x.path["choice_id"])))


def choose(x: Exchange[models.RedeemChoiceRequest, None]) -> Reply:
    """POST /invite/{token}/choices/{choice_id}"""
    return _for_people(x, lambda: _chosen(x))


def _opened(x: Exchange[Any, None], status: int = 200, why: str = "") -> Reply:
    token = x.path["token"]
    found = redeeming.open_(x.ports, token)
    if isinstance(found, Redirect):
        return Reply(302, headers={"Location": found.auth_url}, raw=b"")
    fields = registry.manifest(found.platform).oauth.fields
    title = f"Connect your {networks.title(found.platform)} account"
    text = why or "Somebody has asked you to connect your account, so that they can publish with it."
    return pages.page(status, title, text, pages.credentials(f"/invite/{token}", fields))


def _signed_in(x: Exchange[models.RedeemRequest, None]) -> Reply:
    try:
        made = redeeming.sign_in(x.ports, x.path["token"], x.body.metadata)
    except Invalid as error:  # a typo: the same form again
        return _opened(x, 400, error.message)
    return _connected([made])


def _asked(x: Exchange[Any, None], found: Choice, status: int = 200, why: str = "") -> Reply:
    action = f"/invite/{x.path['token']}/choices/{found.id}"
    text = why or "Your consent covers several accounts. Which of them shall be connected?"
    return pages.page(status, "One more step", text, pages.choices(action, found.candidates))


def _chosen(x: Exchange[models.RedeemChoiceRequest, None]) -> Reply:
    token, choice_id = x.path["token"], x.path["choice_id"]
    try:
        made = redeeming.choose(x.ports, token, choice_id, x.body.page_ids)
    except Invalid:
        found = redeeming.choice(x.ports, token, choice_id)
        return _asked(x, found, 400, "Choose at least one of these.")
    return _connected(made)


def _connected(made: list[Account]) -> Reply:
    names = ", ".join(one.name or one.username for one in made)
    return pages.page(200, "Connected", f"{names}: connected. You can close this page.")


def _for_people(x: Exchange[Any, None], act: Callable[[], Reply]) -> Reply:
    """It is a person who looks at this: nobody else would read JSON."""
    try:
        return act()
    except RostrumError as error:
        text = f"{error.message} ({error.code}, request {x.request_id})"
        return pages.page(status_of(error), "Not connected", text)


def _shown(one: invites.Link) -> models.InviteListItem:
    return models.InviteListItem(
        id=one.invite.id,
        brand_id=one.invite.brand_id,
        platform=one.invite.platform,
        token=one.token or None,
        url=one.url or None,
        is_active=one.active,
        account_id=one.invite.account_id or None,
        created_at=one.invite.created_at,
        expires_at=one.invite.expires_at,
    )
