"""Signing in and out: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ANY_KEY, Route

_HANDLERS = "shared.api.v1.handlers_auth:"
_MODELS = "shared.api.v1.models_auth:"
_USER: dict[str, Any] = {"id": "usr_0f1e2d3c4b5a69788796a5b4c3d2e1f0", "email": "ada@example.com", "name": "Ada"}
_WORKSPACE = "ws_01KB2J1K2M3N4P5Q6R7S8T9V0W"

ROUTES = (
    Route(
        "GET",
        "/v1/auth/google",
        f"{_HANDLERS}begin",
        "Sign in with Google: where a person's browser goes",
        {302: None},
        scope=None,
        query=f"{_MODELS}SignInQuery",
        errors=("resource.not_supported",),
        description="Authorization code with PKCE. The sign-in is good once, for ten minutes, in the browser that began it.",
    ),
    Route(
        "GET",
        "/v1/auth/google/callback",
        f"{_HANDLERS}callback",
        "Where Google sends the browser back",
        {302: None},
        scope=None,
        foreign_query=True,
        errors=(
            "auth.state_mismatch",
            "auth.invalid_token",
            "auth.not_provisioned",
            "validation.field_invalid",
            "resource.not_supported",
        ),
        description=(
            "Sets the session's cookie (HttpOnly, SameSite=Lax) and goes on to `return_to`. A first sign-in makes a "
            "workspace, for those whom `SIGNIN_ALLOWED` admits."
        ),
    ),
    Route(
        "POST",
        "/v1/auth/session",
        f"{_HANDLERS}exchange",
        "A session for a Google ID token, for people without a browser",
        {201: f"{_MODELS}SessionCreatedResponse"},
        scope=None,
        body=f"{_MODELS}CreateSessionRequest",
        errors=("auth.invalid_token", "auth.not_provisioned", "resource.not_supported"),
        secret=True,
        description="`session_token` is shown in this answer only: send it as `Authorization: Bearer …`.",
        example={"id_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6…"},
        answer_example={
            "session_token": "rst_session_…",
            "workspace_id": _WORKSPACE,
            "user": _USER,
            "expires_at": "2026-12-22T12:00:00Z",
        },
    ),
    Route(
        "GET",
        "/v1/auth/session",
        f"{_HANDLERS}session",
        "What this request's key, session or token may do",
        {200: f"{_MODELS}SessionResponse"},
        scope=ANY_KEY,
        answer_example={
            "kind": "session",
            "workspace_id": _WORKSPACE,
            "mode": "live",
            "full_access": True,
            "scopes": [],
            "brand_ids": [],
            "roles": [],
            "user_id": _USER["id"],
            "expires_at": "2026-12-22T12:00:00Z",
        },
    ),
    Route(
        "DELETE",
        "/v1/auth/session",
        f"{_HANDLERS}end",
        "Sign out: the session is refused from the next request on",
        {204: None},
        scope=ANY_KEY,
        errors=("auth.requires_dashboard_auth",),
    ),
)
