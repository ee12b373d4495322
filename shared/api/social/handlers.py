"""What a verb does: one function per word of ``Verb.does``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.social import ads, spelling
from shared.api.social.asked import Asked
from shared.api.social.models_common import DoneResponse
from shared.api.social.publishing import act, publish
from shared.domain.accounts import Account
from shared.domain.errors import Forbidden, Missing, RostrumError
from shared.operations import accounts
from shared.operations.engaging import origins, own, reading, resources
from shared.platforms.contract_inbox import Page
from shared.platforms.verbs import Verb


def run(prefix: str, verb: Verb, x: Exchange[Any, Any]) -> Reply:
    """Do it; an error is said as the platform's. Raises errors.Said, and what says that it was done before."""
    asked = Asked.of(prefix, verb, x)
    try:
        return _DOES[verb.does](asked)
    except RostrumError as error:
        raise asked.area.said(error) from error


def _accounts(asked: Asked) -> Reply:
    """The accounts as they are stored; a token only for who may see it."""
    found = accounts.list_(asked.ports, asked.caller, asked.platform)
    if not found and asked.verb.empty:
        raise spelling.promised(asked, asked.verb.empty, Missing("account.not_found", "", platform=asked.platform))
    secret = {one.scope for one in asked.verb.columns if one.scope and spelling.shown_to(asked.caller, one)}
    shown = [_with_token(asked, one) if secret else one for one in found]
    return spelling.listed(asked, Page(tuple(shown)))


def _with_token(asked: Asked, account: Account) -> Mapping[str, Any]:
    plain = {
        name: getattr(account, name)
        for name in ("platform_account_id", "username", "name", "picture_url", "metadata", "id")
    }
    return {**plain, "access_token": own.access_token(asked.ports, asked.caller, account)}


def _resource(asked: Asked) -> Reply:
    account = asked.account()
    found = resources.read(
        asked.ports, asked.caller, account.id, asked.verb.resource, asked.options(), asked.value("cursor", "")
    )
    return spelling.figures(asked, next(iter(found.items), {})) if asked.verb.single else spelling.listed(asked, found)


def _comments(asked: Asked) -> Reply:
    on, cursor = asked.value("on", ""), asked.value("cursor", "")
    account = asked.account(on)
    return spelling.listed(asked, reading.comments(asked.ports, asked.caller, account.id, on, cursor))


def _conversations(asked: Asked) -> Reply:
    found = reading.conversations(asked.ports, asked.caller, asked.account().id, asked.value("cursor", ""))
    return spelling.listed(asked, found)


def _messages(asked: Asked) -> Reply:
    on, cursor = asked.value("on", ""), asked.value("cursor", "")
    return spelling.listed(asked, reading.messages(asked.ports, asked.caller, asked.account().id, on, cursor))


def _mentions(asked: Asked) -> Reply:
    found = reading.mentions(asked.ports, asked.caller, asked.account().id, asked.value("cursor", ""))
    return spelling.listed(asked, found)


def _post_stats(asked: Asked) -> Reply:
    on = asked.value("on", "")
    found = own.first(
        asked.ports,
        asked.candidates(on),
        lambda one: own.post_figures(asked.ports, asked.caller, one.id, on),
    )
    return spelling.figures(asked, found)


def _account_stats(asked: Asked) -> Reply:
    return spelling.figures(asked, own.account_figures(asked.ports, asked.caller, asked.account().id))


def _delete_post(asked: Asked) -> Reply:
    on, foreign = asked.value("on", ""), asked.verb.only_ours
    if foreign and origins.target(asked.ports, asked.caller, asked.platform, on) is None:
        raise spelling.promised(asked, foreign, Forbidden("platform.not_ours", foreign.message))
    own.delete_post(asked.ports, asked.caller, asked.account(on).id, on)
    return Reply(200, DoneResponse(message=asked.verb.says))


_DOES: Mapping[str, Callable[[Asked], Reply]] = {
    "accounts": _accounts,
    "publish": publish,
    "act": act,
    "delete_post": _delete_post,
    "post_stats": _post_stats,
    "account_stats": _account_stats,
    "resource": _resource,
    "comments": _comments,
    "conversations": _conversations,
    "messages": _messages,
    "mentions": _mentions,
    "ad_accounts": ads.accounts_,
    "ad_objects": ads.objects,
    "ad_create": ads.create,
    "ad_status": ads.status,
    "ad_delete": ads.delete,
    "ad_stats": ads.stats,
}
