"""Signing in and out: one function per route."""

from __future__ import annotations

from shared.api.engine import authentication
from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_auth as models
from shared.api.v1.errors import status_of
from shared.api.v1.pages import page
from shared.domain.errors import RostrumError
from shared.domain.signins import SESSION_AGE, SIGN_IN_AGE
from shared.operations import signing_in

BROWSER = "signin"  # the cookie of a browser that is on its way to Google


def begin(x: Exchange[None, models.SignInQuery]) -> Reply:
    """GET /v1/auth/google"""
    begun = signing_in.begin(x.ports, x.query.return_to)
    seconds = int(SIGN_IN_AGE.total_seconds())
    cookie = authentication.set_cookie(x.ports, BROWSER, begun.browser, seconds)
    return Reply(302, headers={"Location": begun.url, "Set-Cookie": cookie}, raw=b"")


def callback(x: Exchange[None, None]) -> Reply:
    """GET /v1/auth/google/callback"""
    browser = x.cookies.get(authentication.cookie_name(x.ports, BROWSER), "")
    try:
        made = signing_in.finish(x.ports, x.args, browser)
    except RostrumError as error:  # it is a person who looks at this: nobody else would read JSON
        return page(status_of(error), "Not signed in", f"{error.message} (Request {x.request_id})")
    cookie = authentication.set_cookie(x.ports, "session", made.token, int(SESSION_AGE.total_seconds()))
    return Reply(302, headers={"Location": made.return_to, "Set-Cookie": cookie}, raw=b"")


def exchange(x: Exchange[models.CreateSessionRequest, None]) -> Reply:
    """POST /v1/auth/session"""
    made = signing_in.by_id_token(x.ports, x.body.id_token)
    user = models.SessionUser(id=made.user.id, email=made.user.email or None, name=made.user.name or None)
    answer = models.SessionCreatedResponse(
        session_token=made.token,
        workspace_id=made.user.workspace,
        user=user,
        expires_at=made.session.expires_at,
    )
    return Reply(201, answer)


def session(x: Exchange[None, None]) -> Reply:
    """GET /v1/auth/session"""
    caller, kept = x.caller, signing_in.session_of(x.ports, x.caller)
    answer = models.SessionResponse(
        kind=caller.kind,
        workspace_id=caller.workspace,
        mode=caller.mode,
        full_access=not caller.restricted,
        scopes=list(caller.scopes),
        brand_ids=list(caller.brand_ids),
        roles=list(caller.roles),
        key_id=caller.key_id if caller.kind == "key" else None,
        user_id=caller.user_id or None,
        expires_at=kept.ends_at() if kept else None,
    )
    return Reply(200, answer)


def end(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/auth/session"""
    signing_in.end(x.ports, x.caller)
    return Reply(204, headers={"Set-Cookie": authentication.set_cookie(x.ports, "session", "", 0)})
