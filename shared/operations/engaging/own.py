"""What an account has on its network, by the network's own ids: which account that is, its posts, their figures.

For callers that know ids of the network only. An id that was made through us keeps what its adapter noted about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Missing, RostrumError, Unsupported
from shared.operations import accounts, auditing, networks, tokens
from shared.operations.engaging import ids, origins, scopes
from shared.operations.engaging.reading import asked, offering
from shared.operations.posts import deleting
from shared.platforms import registry
from shared.platforms.contract import Call, Measurer, Metrics, Published
from shared.ports.http import AnswerLost, Http, Request, Response
from shared.ports.store import Op, Query
from shared.ports.vault import VaultError
from shared.ports.world import Ports

MOST_ALIKE = 10  # accounts of one network with one id: in several brands
MOST_ASKED = 10  # accounts that are asked for a thing that none of them is known to have
T = TypeVar("T")


def account(ports: Ports, caller: Caller, platform: str, given: str) -> Account:
    """The connected account of this network with this id, the network's or ours. Raises Missing (``account.not_found``)."""
    found = [codec.decode(Account, doc.data) for doc in ports.store.query(_alike(caller, platform, given))]
    candidates = [one.id for one in found if one.status != "disconnected"] or [given]
    for candidate in candidates:
        try:
            known = accounts.get(ports, caller, candidate)
        except Missing:
            continue
        if known.platform == platform:
            return known
    text = f"No account {given[:64]!r} of {networks.title(platform)} is connected here."
    raise Missing("account.not_found", text, resource="account", id=given[:128])


def owner(ports: Ports, caller: Caller, platform: str, platform_id: str) -> Account | None:
    """The account through which this was made, None when it was not made through us, or not by an account of the caller's."""
    target = origins.target(ports, caller, platform, platform_id)
    try:
        return accounts.get(ports, caller, target.account_id) if target else None
    except Missing:
        return None


def first(ports: Ports, among: Sequence[Account], question: Callable[[Account], T]) -> T:
    """The answer of the first account that can give one; the first refusal when none can. ``among`` has at least one."""
    refused: RostrumError | None = None
    for one in among[:MOST_ASKED]:
        try:
            return question(one)
        except RostrumError as error:
            refused = refused or error
    raise refused or TypeError("nobody to ask")


def post_figures(ports: Ports, caller: Caller, account_id: str, platform_id: str) -> Metrics:
    """The counts of a post of the account. Raises Unsupported, Missing, Reconnect, Limited, NetworkRefused, Broken."""
    known, measurer = _measured(ports, caller, account_id, "metrics.post")
    _check(platform_id)
    published = _published(ports, caller, known, platform_id)
    return asked(ports, known, lambda call: measurer.post(call, published))


def account_figures(ports: Ports, caller: Caller, account_id: str) -> Metrics:
    """The counts of the account itself. Raises as :func:`post_figures`."""
    known, measurer = _measured(ports, caller, account_id, "metrics.account")
    return asked(ports, known, measurer.account)


def delete_post(ports: Ports, caller: Caller, account_id: str, platform_id: str) -> None:
    """Take down a post of the account, whether or not it was made here. Of those made here, repeatable.

    An id that we do not know may as well be a comment's, on networks that delete both by one request: a key needs the right to
    delete comments for it. Raises Unsupported (with the network's reason), Missing (also where the network finds nothing of that
    id, or does not let the account delete it), Forbidden, Clash, Reconnect, Limited, NetworkRefused, Broken.
    """
    known = offering(ports, caller, account_id, "delete")
    _check(platform_id)
    target = origins.target(ports, caller, known.platform, platform_id)
    if target is None or not target.post_id:
        scopes.check(caller, "comment.delete")
    if target is not None and target.post_id and target.account_id == known.id:
        if target.unpublished_at is None:
            deleting.unpublish(ports, caller, target.post_id, known.id)
        return
    if platform_id in ("me", known.platform_account_id):
        text = "post_id: this is the account itself. Give the id of a post."
        raise Invalid("validation.field_invalid", text, field="post_id")
    if not asked(ports, known, lambda call: _removed(known.platform, call, platform_id)):
        text = f"{networks.title(known.platform)} knows no post {platform_id[:64]!r}, or does not let this account delete it."
        raise Missing(f"platform.{known.platform}.not_found", text, platform=known.platform, id=platform_id[:128])


def _removed(platform: str, call: Call, platform_id: str) -> bool:
    """Whether the network removed something. To an adapter, what is not found is gone, and fine: of a post that was made here
    it is; of an id that we only heard of, nobody knows what it was."""
    publisher, seen = registry.publisher(platform), _Seen(call.http)
    watched = replace(call, http=seen)
    try:
        publisher.delete(watched, Published(platform_id))
    except AnswerLost:
        publisher.delete(watched, Published(platform_id))
        return True  # the first request may have done it
    return seen.status is None or seen.status < HTTPStatus.BAD_REQUEST


@dataclass(slots=True)
class _Seen:
    """An http port that notes the last answer's status."""

    http: Http
    status: int | None = None

    def send(self, request: Request) -> Response:
        answer = self.http.send(request)
        self.status = answer.status
        return answer


def access_token(ports: Ports, caller: Caller, account: Account) -> str:
    """The token that speaks for the account, empty when it cannot be read. For callers who may see it; the audit tells
    that they did. Raises store.Unavailable."""
    auditing.commit(ports, caller, "token.shown", account.id, platform=account.platform)
    try:
        return tokens.unseal(ports, account).access
    except VaultError:
        return ""


def _check(platform_id: str) -> None:
    """Raise Invalid for what can be no post's id. A step of a path would be another request, with the account's token; only
    addresses (``at://…``) have any."""
    ids.check(post_id=platform_id)
    if "/" in platform_id and "://" not in platform_id:
        text = "post_id: no id has a / in it: give the id as it was answered."
        raise Invalid("validation.field_invalid", text, field="post_id")


def _alike(caller: Caller, platform: str, given: str) -> Query:
    where: tuple[tuple[str, Op, Any], ...] = (("platform", "==", platform), ("platform_account_id", "==", given))
    return Query(f"workspaces/{caller.space}/accounts", where=where, limit=MOST_ALIKE)


def _published(ports: Ports, caller: Caller, known: Account, platform_id: str) -> Published:
    target = origins.target(ports, caller, known.platform, platform_id)
    live = origins.live(target, platform_id) if target and target.account_id == known.id else None
    return Published(live.id, live.permalink, live.state, live.raw) if live else Published(platform_id)


def _measured(ports: Ports, caller: Caller, account_id: str, feature: str) -> tuple[Account, Measurer]:
    known = offering(ports, caller, account_id, feature)
    measurer = registry.measurer(known.platform)
    if measurer is None:
        text = f"{networks.title(known.platform)} offers no figures through its API."
        raise Unsupported("resource.not_supported", text, platform=known.platform)
    return known, measurer
