"""How errors are spelled in this dialect: a name of its own for each, and the field that is wrong."""

from __future__ import annotations

from shared.api.connect.models_common import ErrorResponse
from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.api.engine.problems import Internal, Problem
from shared.domain import errors

# By the beginning of a code, the first that fits; then by the error's class.
_BY_CODE = {
    "auth.missing_header": "authentication_required",
    "auth.empty_token": "authentication_required",
    "auth.not_authenticated": "authentication_required",
    "auth.insufficient_scope": "permission_denied",
    "auth.state_mismatch": "permission_denied",
    "auth.": "invalid_access_token",
    "account.already_linked": "network_already_connected",
    "account.verification_failed": "network_verification_failed",
    "account.not_found": "network_not_found",
    "network.not_found": "network_not_found",
    "network.limit_reached": "network_limit_reached",
    "network.connected": "network_already_connected",
    "billing.past_due": "payment_required",
    "billing.": "network_limit_reached",
    "platform.app_missing": "network_not_configured",
    "idempotency.": "idempotency_conflict",
    "system.internal": "internal_error",
}
_BY_CLASS: tuple[tuple[type[errors.RostrumError], str], ...] = (
    (errors.Invalid, "validation_error"),
    (errors.Unauthenticated, "invalid_access_token"),
    (errors.Forbidden, "permission_denied"),
    (errors.Missing, "not_found"),
    (errors.Clash, "conflict"),
    (errors.Unsupported, "not_supported"),
    (errors.Limited, "rate_limit_exceeded"),
    (errors.Reconnect, "network_reconnection_required"),
    (errors.NetworkRefused, "network_verification_failed"),
    (Internal, "internal_error"),
    (errors.Broken, "temporarily_unavailable"),
)
_PROBLEMS = {404: "not_found", 405: "method_not_allowed", 413: "request_too_large", 415: "unsupported_media_type"}


def status_of(error: errors.RostrumError) -> int:
    """The HTTP status of an error."""
    return statuses.status_of(error)


def name_of(error: errors.RostrumError) -> str:
    """What this dialect calls the error."""
    if isinstance(error, Problem):
        return _PROBLEMS.get(error.status, "validation_error")
    named = next((name for start, name in _BY_CODE.items() if error.code.startswith(start)), None)
    if named is None and error.code.startswith("platform.") and isinstance(error, errors.Invalid):
        return "network_verification_failed"  # the network refused the token that was sent
    return named or next((name for kind, name in _BY_CLASS if isinstance(error, kind)), "internal_error")


def spell(error: errors.RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None and name != "field"}
    body = ErrorResponse(
        error=name_of(error),
        message=error.message,
        field=error.meta.get("field"),
        code=error.code,
        request_id=request_id,
        meta=meta or None,
    )
    return Reply(status_of(error), body, statuses.headers(error))
