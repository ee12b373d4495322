"""How errors are spelled in this dialect: ``AREA/REASON``.

What a platform's verb answers is in the platform's area (``INSTAGRAM/ACCOUNT_NOT_FOUND``; ads in ``INSTAGRAM_ADS``); a dead
connection in ``SOCIAL_CONNECT/INSTAGRAM``; what is wrong before any platform is looked at in the area of its own code
(``AUTH/INVALID_KEY``, ``VALIDATION/FIELD_UNKNOWN``). Statuses are those of the other dialects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.api.engine import statuses
from shared.api.engine.exchange import Reply
from shared.api.social.models_common import ErrorResponse
from shared.domain import errors
from shared.domain.posts import Failure
from shared.platforms.verbs import Says

ANY = "*"  # in a verb's refusals: whatever the content or the network is at fault for
_CONNECT = "SOCIAL_CONNECT"
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "account.not_found": "ACCOUNT_NOT_FOUND",
        "resource.not_supported": "NOT_SUPPORTED",
        "validation.media_": "INVALID_MEDIA",
        "media.broken": "INVALID_MEDIA",
        "media.unsupported_type": "INVALID_MEDIA",
        "publishing.media.": "INVALID_MEDIA",
        "validation.url_not_allowed": "INVALID_MEDIA",
    }
)
STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "ACCOUNT_NOT_FOUND": 404,
        "ACCOUNT_NOT_CONNECTED": 404,
        "NO_ACCOUNTS_FOUND": 404,
        "AD_ACCOUNT_NOT_FOUND": 404,
        "NOT_FOUND": 404,
        "MEDIA_ACCESS_DENIED": 403,
        "PERMISSION_DENIED": 403,
        "DM_RESTRICTED": 403,
        "DELETE_FORBIDDEN": 403,
        "INVALID_TOKEN": 403,
        "INVALID_MEDIA": 400,
        "INVALID_IMAGE": 400,
        "INVALID_VIDEO": 400,
        "REEL_UPLOAD_FAILED": 400,
        "TARGETING_INVALID": 400,
        "NOT_SUPPORTED": 501,
        "RATE_LIMITED": 429,
        "REFUSED": 502,
    }
)


class Said(errors.RostrumError):
    """An error in this dialect's words; ``cause`` is what it was, which decides the status of reasons without one.

    ``reason``: what exactly is wrong, where a document words the message for all cases of a kind.
    """

    def __init__(
        self, code: str, message: str, cause: errors.RostrumError, fields: Mapping[str, str], reason: str = ""
    ) -> None:
        meta = {name: _renamed(value, fields) if name == "field" else value for name, value in cause.meta.items()}
        named = fields.get(cause.message.partition(":")[0])
        meta |= {"field": named} if named and "field" not in meta else {}
        super().__init__(code, message, **(meta | ({"reason": reason} if reason else {})))
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Area:
    """Whose errors these are: ``name`` (``INSTAGRAM_ADS``), ``platform`` (``INSTAGRAM``), what the verb promises, what kind of file
    it takes, how our fields are called in its request, and the network whose accounts do it (``connection``, ``title``)."""

    name: str
    platform: str
    refusals: Mapping[str, Says] = field(default_factory=dict)
    media: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    connection: str = ""
    title: str = ""

    def said(self, error: errors.RostrumError) -> Said:
        """The error in this dialect's words."""
        if isinstance(error, Said):
            return error
        if _is_dead(error):
            text = f"Your {self.title} access token is invalid or expired. Please reconnect your account."
            reason = _worded(error, self.fields)
            return Said(f"{_CONNECT}/{self.connection}/INVALID_TOKEN", text, error, self.fields, reason=reason)
        documented = self._documented(error)
        code = f"{self.name}/{documented.reason}" if documented else self._code(error)
        worded = _worded(error, self.fields)
        if documented and documented.message:
            return Said(code, documented.message, error, self.fields, reason=worded)
        return Said(code, worded, error, self.fields)

    def _documented(self, error: errors.RostrumError) -> Says | None:
        """What the platform's document says in this case: by the longest code that fits, then by the rest."""
        fits = [name for name in self.refusals if name != ANY and _fits(error.code, name)]
        if fits:
            return self.refusals[max(fits, key=len)]
        return self.refusals.get(ANY) if _of_the_content(error) else None

    def _code(self, error: errors.RostrumError) -> str:
        code, own = error.code, f"platform.{self.platform.lower()}."
        fits = [name for name in _REASONS if _fits(code, name)]
        if fits:
            reason = _REASONS[max(fits, key=len)]
            return (
                f"{self.name}/{f'INVALID_{self.media.upper()}' if reason == 'INVALID_MEDIA' and self.media else reason}"
            )
        if code.startswith("platform."):
            reason = code.rpartition(".")[2].upper()
            return f"{self.name}/{'RATE_LIMITED' if reason == 'RATE_LIMIT' else reason}"
        return generic(code) if not code.startswith(own) else f"{self.name}/{code.removeprefix(own).upper()}"


def generic(code: str) -> str:
    """A code of ours that belongs to no platform: ``validation.field_unknown`` is ``VALIDATION/FIELD_UNKNOWN``."""
    return code.upper().replace(".", "/")


def failed(failure: Failure, platform: str) -> errors.RostrumError:
    """Why something was not done, as an error: what can be mended by the caller is told as such."""
    meta = {
        "platform_code": failure.platform_code or None,
        "platform_message": failure.platform_message or None,
        "platform": platform,
    }
    kind: type[errors.RostrumError] = errors.NetworkRefused
    if failure.category == "rate_limit":
        kind = errors.Limited
    elif failure.category == "system":
        kind = errors.Broken
    elif failure.category == "auth":
        kind = errors.Reconnect if failure.code.endswith((".auth", "reconnection_required")) else errors.Forbidden
    elif failure.category == "validation" or failure.caused_by == "user":
        kind = errors.Invalid
    return kind(failure.code, failure.message, **meta)


def status_of(error: errors.RostrumError) -> int:
    """The HTTP status of an error: of its reason where that has one, else of what it was."""
    known = STATUSES.get(error.code.rpartition("/")[2]) if "/" in error.code else None
    if known is not None:
        return known
    return statuses.status_of(error.cause if isinstance(error, Said) else error)


def spell(error: errors.RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorResponse(
        success=False,
        error_code=error.code if "/" in error.code else generic(error.code),
        message=error.message,
        request_id=request_id,
        meta=meta or None,
    )
    return Reply(status_of(error), body, statuses.headers(error.cause if isinstance(error, Said) else error))


def _fits(code: str, name: str) -> bool:
    return (
        code == name
        or (name.endswith((".", "_")) and code.startswith(name))
        or (name[0] == "." and code.endswith(name))
    )


def _is_dead(error: errors.RostrumError) -> bool:
    """Whether the account must be connected again."""
    return isinstance(error, errors.Reconnect) or error.code.endswith(".auth")


def _of_the_content(error: errors.RostrumError) -> bool:
    """Whether what was sent, or the network, is at fault; not the account, the key, or we."""
    if isinstance(error, errors.Missing | errors.Unsupported | errors.Limited | errors.Reconnect | errors.Broken):
        return False
    wrong_request = error.code.startswith("validation.field_") or error.code.endswith((".auth", ".permission_denied"))
    return not wrong_request


def _renamed(named: object, fields: Mapping[str, str]) -> object:
    return fields.get(str(named), named)


def _worded(error: errors.RostrumError, fields: Mapping[str, str]) -> str:
    """The message, with the field as it is called here: messages begin with it."""
    named, colon, rest = error.message.partition(":")
    return f"{fields[named]}:{rest}" if colon and named in fields else error.message
