"""Which error of the tree a code belongs to, for documents: only where the code's own words do not say it.

Dialects turn errors into statuses; a document has codes alone, and asks here what would be raised under each.
"""

from __future__ import annotations

from shared.api.engine.problems import Internal, Problem
from shared.domain import errors

_KINDS: dict[str, type[errors.RostrumError]] = {  # by how a code begins; the first that fits
    "auth.insufficient_scope": errors.Forbidden,
    "auth.state_mismatch": errors.Forbidden,
    "auth.origin_mismatch": errors.Forbidden,
    "auth.sandbox_only": errors.Forbidden,
    "auth.requires_dashboard_auth": errors.Forbidden,
    "auth.": errors.Unauthenticated,
    "network.limit_reached": errors.Forbidden,
    "network.connected": errors.Clash,
    "account.reconnection_required": errors.Reconnect,
    "idempotency.": errors.Clash,
    "post.state_invalid": errors.Clash,
    "post.approval_": errors.Clash,
    "publishing.duplicate_content": errors.Clash,
    "queue.no_free_slot": errors.Clash,
    "ambiguous_post_id": errors.Clash,
    "action.state_invalid": errors.Clash,
    "media.in_use": errors.Clash,
    "media.not_uploaded": errors.Clash,
    "media.busy": errors.Limited,
    "key.limit_reached": errors.Clash,
    "key.revoked": errors.Clash,
    "resource.conflict": errors.Clash,
    "brand.limit_reached": errors.Forbidden,
    "account.already_linked": errors.Clash,
    "invite.": errors.Missing,
    "byok.credentials_missing": errors.Clash,
    "byok.test_rate_limited": errors.Limited,
    "validation.redirect_uri_duplicate": errors.Clash,
    "webhook.busy": errors.Limited,
    "webhook.": errors.Clash,
    "account.platform_unsupported": errors.Unsupported,
    "resource.not_supported": errors.Unsupported,
    "ratelimit.": errors.Limited,
    "platform.rate_limited": errors.Limited,
    "validation.post_limit_exhausted": errors.Limited,
    "validation.interaction_limit_exhausted": errors.Limited,
    "billing.not_configured": errors.Unsupported,
    "billing.signature_invalid": errors.Invalid,
    "billing.no_subscription": errors.Clash,
    "billing.already_subscribed": errors.Clash,
    "billing.post_limit": errors.Limited,
    "billing.export_": errors.Limited,
    "billing.storage_quota": errors.Invalid,
    "billing.refused": errors.NetworkRefused,
    "billing.": errors.Forbidden,
    "system.": errors.Broken,
}
_ENDS: dict[str, type[errors.RostrumError]] = {  # by how a code ends, where the beginning says nothing
    ".frequency_cap": errors.Limited,
    ".pair_rate_limit": errors.Limited,
    ".throughput_exceeded": errors.Limited,
    ".user_opted_out": errors.Forbidden,
    ".template_paused": errors.Clash,
    ".template_exists": errors.Clash,
    ".business_app_number": errors.Clash,
    ".no_account": errors.Missing,
    ".template_not_found": errors.Missing,
}


def sample(code: str) -> errors.RostrumError:
    """An error as it would be raised under this code, without its words."""
    if code == "system.internal":
        return Internal()
    if code.startswith("http."):
        return Problem(int(code.removeprefix("http.")), "")
    kind = next((kind for prefix, kind in _KINDS.items() if code.startswith(prefix)), None)
    kind = kind or next((kind for end, kind in _ENDS.items() if code.endswith(end)), None)
    if kind is None:
        kind = errors.Missing if code.endswith(".not_found") else errors.Invalid
    return kind(code, "")
