"""Accounts and the ways to connect them: one function per route."""

from __future__ import annotations

from collections.abc import Mapping

from shared.api.creator import models_accounts as models
from shared.api.engine.exchange import Exchange, Reply
from shared.domain.accounts import Account, AccountStatus
from shared.domain.callers import Caller
from shared.domain.connections import CONNECTION_AGE
from shared.domain.errors import Invalid
from shared.operations import accounts, networks
from shared.operations.accounts import Connect, Redirect
from shared.operations.analytics import readings
from shared.ports.world import Ports

_STATUS: Mapping[AccountStatus, str] = {"active": "connected"}


def list_(x: Exchange[None, None]) -> Reply:
    """GET /accounts"""
    found = accounts.list_(x.ports, x.caller)
    followers = readings.followers(x.ports, found)
    return Reply(200, models.AccountsResponse(accounts=[_shown(one, followers.get(one.id)) for one in found]))


def connect(x: Exchange[models.ConnectRequest, None]) -> Reply:
    """POST /accounts/connect"""
    return _authorization(_begun(x.ports, x.caller, x.body.platform, x.body.redirect_uri or ""))


def disconnect(x: Exchange[None, None]) -> Reply:
    """DELETE /accounts/{account_id}"""
    accounts.disconnect(x.ports, x.caller, x.path["account_id"])
    return Reply(204)


def oauth(x: Exchange[None, models.OAuthQuery]) -> Reply:
    """GET /api/v1/auth/oauth/{platform}"""
    made = _begun(x.ports, x.caller, x.path["platform"], x.query.redirect_uri)
    if x.query.format == "json":
        return _authorization(made)
    return Reply(302, headers={"Location": made.auth_url}, raw=b"")


def _begun(ports: Ports, caller: Caller, platform: str, redirect_uri: str) -> Redirect:
    """Where to send the person. Raises Invalid: a network that has no such page, and what connecting raises."""
    name = networks.resolved(platform)
    if not networks.has_consent_page(name):
        text = f"platform: {networks.title(name)} has no page to send anybody to. Use POST /v1/accounts/connect."
        raise Invalid("validation.field_invalid", text, field="platform")
    made = accounts.connect(ports, caller, Connect(name, redirect_uri=redirect_uri))
    assert isinstance(made, Redirect)  # noqa: S101 - only credentials make an account at once
    return made


def _authorization(made: Redirect) -> Reply:
    seconds = int(CONNECTION_AGE.total_seconds())
    answer = models.AuthorizationResponse(authorization_url=made.auth_url, state=made.state, expires_in=seconds)
    return Reply(200, answer)


def _shown(account: Account, followers: int | None) -> models.AccountView:
    kind = networks.told(account.platform, account.metadata, "kind")
    return models.AccountView.model_validate(
        {
            "id": account.id,
            "platform": account.platform,
            "username": account.username,
            "display_name": account.name or account.username,
            "profile_image": account.picture_url or None,
            "followers": followers,
            "status": _STATUS.get(account.status, account.status),
            "connected_at": account.created_at,
            "permissions": networks.permissions(account),
            "account_type": kind.lower() if kind else None,
        }
    )
