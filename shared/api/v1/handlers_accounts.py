"""Accounts and the ways to connect them: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_accounts as models
from shared.api.v1.errors import status_of
from shared.api.v1.pages import page
from shared.domain.accounts import Account
from shared.domain.brands import brand_of
from shared.domain.connections import Choice
from shared.domain.errors import Clash, RostrumError
from shared.domain.instants import rfc3339
from shared.operations import accounts, choosing, networks


def list_(x: Exchange[None, models.ListAccountsQuery]) -> Reply:
    """GET /v1/accounts"""
    found = [_shown(one) for one in accounts.list_(x.ports, x.caller, x.query.platform, x.query.brand_id)]
    return Reply(200, models.AccountsListResponse(data=found, count=len(found)))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/{id}"""
    return Reply(200, _shown(accounts.get(x.ports, x.caller, x.path["id"])))


def update(x: Exchange[models.UpdateAccountRequest, None]) -> Reply:
    """PATCH /v1/accounts/{id}"""
    return Reply(200, _shown(accounts.move(x.ports, x.caller, x.path["id"], x.body.brand_id)))


def connect(x: Exchange[models.ConnectRequest, None]) -> Reply:
    """POST /v1/accounts/connect"""
    body = x.body
    command = accounts.Connect(
        body.platform, body.redirect_uri or "", body.state or "", body.metadata or {}, body.brand_id or ""
    )
    try:
        made = accounts.connect(x.ports, x.caller, command)
    except Clash as error:
        raise _without_app(error) from error
    if isinstance(made, Account):
        return _connected(made)
    message = f"Open auth_url in the browser of whoever owns the {_title(body.platform)} account."
    return Reply(202, models.ConnectOAuthResponse(auth_url=made.auth_url, state=made.state, message=message))


def exchange(x: Exchange[models.ExchangeRequest, None]) -> Reply:
    """POST /v1/oauth/exchange"""
    body = x.body
    command = accounts.Exchange(body.platform, body.code, body.metadata.state, body.metadata.redirect_uri or "")
    made = accounts.exchange(x.ports, x.caller, command)
    return _connected(made) if isinstance(made, Account) else Reply(200, _pending(made))


def pending(x: Exchange[None, None]) -> Reply:
    """GET /v1/accounts/pending/{connection_id}"""
    return Reply(200, _pending(choosing.get(x.ports, x.caller, x.path["connection_id"])))


def select(x: Exchange[models.SelectProfileRequest, None]) -> Reply:
    """POST /v1/accounts/pending/{connection_id}/select"""
    body = x.body
    one = [body.platform_account_id] if body.platform_account_id else []
    wanted = [*one, *(body.page_ids or [])]
    field = "page_ids" if body.page_ids is not None else "platform_account_id"
    made = choosing.select(x.ports, x.caller, x.path["connection_id"], wanted, field)
    shown = [_shown(account) for account in made]
    first = {**shown[0].model_dump(), "account_id": made[0].id, "display_name": made[0].name}
    return Reply(201, models.SelectedResponse(**first, accounts=shown))


def disconnect(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/accounts/{id}"""
    accounts.disconnect(x.ports, x.caller, x.path["id"])
    return Reply(204)


def callback(x: Exchange[None, None]) -> Reply:
    """GET /oauth/callback/{platform}: the network sends the browser here."""
    try:
        landing = accounts.callback(x.ports, x.path["platform"], x.args)
    except RostrumError as error:  # it is a person who looks at this: nobody else would read JSON
        status = status_of(error)
        return page(status, "Not connected", f"{error.message} (Request {x.request_id})")
    if landing.location:
        return Reply(302, headers={"Location": landing.location}, raw=b"")
    if landing.status == "success":
        return page(200, "Connected", f"Your {_title(landing.platform)} account is connected. You can close this page.")
    if landing.status == "selection_required":
        text = (
            f"Your consent covers several accounts. Whoever sent you here chooses among them: {landing.connection_id}."
        )
        return page(200, "One more step", text)
    why = landing.error_description or landing.error
    return page(
        400, "Not connected", f"{_title(landing.platform)} was not connected: {why}. Start again where you came from."
    )


def authorize(x: Exchange[None, models.AuthorizeQuery]) -> Reply:
    """GET /sandbox/authorize: a simulated person consents at a simulated network."""
    location = accounts.sandbox_authorize(x.ports, x.query.url, user=x.query.sandbox_user, deny=x.query.sandbox_deny)
    return Reply(302, headers={"Location": location}, raw=b"")


def _without_app(error: Clash) -> Clash:
    """What the reference calls it when there is no app to connect as: neither one's own nor this installation's."""
    if error.code != "platform.app_missing":
        return error
    path = f"PUT /v1/platforms/{error.meta['platform']}/credentials"
    return Clash("byok.credentials_missing", f"{error.message} Or bring your own app: {path}.", **error.meta)


def _title(platform: str) -> str:
    return networks.title(networks.resolved(platform))


def _connected(account: Account) -> Reply:
    shown = _shown(account).model_dump()
    both = models.ConnectAccountResponse(**shown, account_id=account.id, display_name=account.name)
    return Reply(201, both)


def _pending(choice: Choice) -> models.PendingConnectionResponse:
    pages = [
        models.PendingPage(
            platform_page_id=one.platform_account_id,
            name=one.name or one.username,
            picture_url=one.picture_url or None,
            category=networks.told(choice.platform, one.metadata, "category"),
        )
        for one in choice.candidates
    ]
    profiles = [
        models.PendingProfile(
            platform_account_id=one.platform_account_id,
            username=one.username,
            display_name=one.name,
            profile_picture_url=one.picture_url or None,
        )
        for one in choice.candidates
    ]
    return models.PendingConnectionResponse(
        connection_id=choice.id,
        platform=choice.platform,
        expires_at=rfc3339(choice.expires_at),
        pages=pages,
        profiles=profiles,
    )


def _shown(account: Account) -> models.Account:
    return models.Account(
        id=account.id,
        platform=account.platform,
        username=account.username,
        name=account.name,
        status=account.status,
        reconnect_reason=account.reconnect_reason or None,
        profile_picture_url=account.picture_url or None,
        bio=networks.told(account.platform, account.metadata, "bio"),
        page_name=account.name if networks.holds_pages(account.platform) else None,
        brand_id=brand_of(account),
        scopes=list(account.scopes),
        created_at=account.created_at,
        updated_at=account.updated_at,
        metadata=dict(account.metadata),
    )
