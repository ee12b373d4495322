"""The person who calls: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_users as models
from shared.api.v1.models_common import OKResponse
from shared.operations import user_deletion, users
from shared.operations.users import Changes, Me
from shared.platforms import registry
from shared.ports.world import Ports


def me(x: Exchange[None, None]) -> Reply:
    """GET /v1/users/me"""
    return Reply(200, _shown(x.ports, users.me(x.ports, x.caller)))


def update(x: Exchange[models.PatchMeRequest, None]) -> Reply:
    """PATCH /v1/users/me"""
    changes = Changes(x.body.onboarding, x.body.use_case, x.body.referral, x.body.lock_accounts_to_brand)
    return Reply(200, _shown(x.ports, users.update(x.ports, x.caller, changes)))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/users/me"""
    user_deletion.delete(x.ports, x.caller)
    return Reply(200, OKResponse())


def _shown(ports: Ports, known: Me) -> models.UserMeResponse:
    user, billing = known.user, known.workspace.billing
    blocked_at = billing.past_due_since if billing else None
    return models.UserMeResponse(
        id=user.id,
        workspace_id=user.workspace,
        email=user.email or None,
        name=user.name or None,
        avatar_url=user.picture or None,
        role=user.role,
        plan=known.workspace.tier or ports.default_plan,
        onboarding=user.onboarding,
        use_case=user.use_case or None,
        referral=user.referral or None,
        lock_accounts_to_brand=known.settings.lock_accounts_to_brand,
        billing_blocked=blocked_at is not None,
        billing_blocked_at=blocked_at,
        allowed_platforms=sorted(registry.all_names()),
    )
