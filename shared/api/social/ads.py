"""Ads: whose account speaks for an ad account, money in smallest units, statuses, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shared.api.engine.exchange import Reply
from shared.api.social import spelling
from shared.api.social.asked import Asked
from shared.api.social.publishing import media, ordered
from shared.domain.accounts import Account
from shared.domain.errors import Broken, Invalid, Missing, RostrumError
from shared.operations import networks
from shared.operations.engaging import ads, own
from shared.operations.engaging.commands import Order
from shared.platforms.contract_ads import AdAccount, AdObject, Level
from shared.platforms.contract_inbox import Page

MOST_PAGES = 20  # of a listing that has to be read as a whole
_MICROS, _USUAL = 6, 2  # decimals: of what the operations take, and of most currencies
_LEVELS: Mapping[str, str] = {"adset": "ad_group"}
_HOLDERS: Mapping[str, tuple[Level, ...]] = {"ad": ("campaign", "ad_group"), "ad_group": ("campaign",)}


def accounts_(asked: Asked) -> Reply:
    """The ad accounts of all connected accounts, each once; an account that cannot be asked is passed over if another can."""
    try:
        found = list({one.id: one for one in _all_of_all(asked)}.values())
    except Missing as error:
        if not asked.verb.empty:
            raise
        raise spelling.promised(asked, asked.verb.empty, error) from error
    if not found and asked.verb.empty:
        raise spelling.promised(asked, asked.verb.empty, Missing("resource.not_found", ""))
    return spelling.listed(asked, Page(tuple(found)))


def objects(asked: Asked) -> Reply:
    """The campaigns, ad groups, creatives or ads of an ad account."""
    ad_account = asked.value("ad_account")
    account, cursor = speaker(asked, ad_account), asked.value("cursor", "")
    level: Any = asked.verb.level
    parent = asked.value("parent", "")
    page = ads.objects(asked.ports, asked.caller, account.id, level, ad_account, parent_id=parent, cursor=cursor)
    if asked.verb.placements:
        elsewhere = _shown_elsewhere(asked, account, ad_account)
        page = Page(tuple(one for one in page.items if one.id not in elsewhere), page.next)
    return spelling.listed(asked, page)


def create(asked: Asked) -> Reply:
    """A campaign, ad group, creative or ad: paused, as all that is created."""
    _demand(asked)
    asked.value("status")  # refused when it is none
    ad_account = asked.value("ad_account")
    account = speaker(asked, ad_account)
    arguments = {"ad_account_id": ad_account, **_money(asked, account, ad_account)}
    order = Order(
        account_id=account.id,
        verb=asked.verb.verb,
        on=asked.value("parent", "") or ad_account,
        text=asked.value("text", ""),
        arguments=arguments,
        media=media(asked),
    )
    return ordered(asked, order)


def status(asked: Asked) -> Reply:
    """Start, pause or delete an ad, an ad group or a campaign."""
    return _wish(asked, _level(asked), asked.value("on"), asked.value("status"))


def delete(asked: Asked) -> Reply:
    """Delete an ad."""
    return _wish(asked, asked.verb.level, asked.value("on"), "deleted")


def stats(asked: Asked) -> Reply:
    """The figures of one thing; what was never shown has zeros."""
    ad_account, on = asked.value("ad_account"), asked.value("on")
    account, until = speaker(asked, ad_account), _day(asked, "until") or asked.ports.clock.now().date()
    since = _day(asked, "since") or until - timedelta(days=asked.verb.days)
    found = ads.stats(
        asked.ports, asked.caller, account.id, _level(asked), ad_account, ids=[on], since=since, until=until
    )
    return spelling.figures(asked, next((one for one in found if one.id == on), None))


def speaker(asked: Asked, ad_account: str) -> Account:
    """The connected account that may use the ad account. Raises Missing."""
    among = asked.candidates()
    if len(among) == 1:
        return among[0]

    def mine(one: Account) -> Account:
        if any(_same(known.id, ad_account) for known in _accounts_of(asked, one)):
            return one
        raise _no_ad_account(ad_account)

    return own.first(asked.ports, among, mine)


def _wish(asked: Asked, level: str, on: str, wished: str) -> Reply:
    ad_account = asked.value("ad_account")
    arguments = {"ad_account_id": ad_account, "status": wished}
    account = speaker(asked, ad_account)
    if wished == "deleted":
        _refuse_larger(asked, account, level, (ad_account, on))
    order = Order(account_id=account.id, verb=f"{level}.status", on=on, arguments=arguments)
    return ordered(asked, order)


def _refuse_larger(asked: Asked, account: Account, level: str, named: tuple[str, str]) -> None:
    """Networks take the id of anything: who deletes an ad by its campaign's id would lose all that is in the campaign.

    Raises Invalid when ``named`` (the ad account, the id) is what holds things of this level.
    """
    ad_account, on = named
    for larger in _HOLDERS.get(level, ()):
        known = _every(
            lambda at, of=larger: ads.objects(asked.ports, asked.caller, account.id, of, ad_account, cursor=at)
        )
        if any(one.id == on for one in known):
            field = asked.verb.field_to("on")
            name = field.name if field else "on"
            text = f"{name}: {on[:64]} is a {larger.replace('_', ' ')}, not a {level.replace('_', ' ')}: nothing was deleted."
            raise Invalid("validation.field_invalid", text, field=name)


def _all_of_all(asked: Asked) -> Sequence[AdAccount]:
    found: list[AdAccount] = []
    refused: RostrumError | None = None
    answered = False
    for one in asked.candidates()[: own.MOST_ASKED]:
        try:
            found += _accounts_of(asked, one)
            answered = True
        except RostrumError as error:
            refused = refused or error
    if refused is not None and not answered:
        raise refused
    return found


def _accounts_of(asked: Asked, account: Account) -> Sequence[AdAccount]:
    return _every(lambda cursor: ads.accounts(asked.ports, asked.caller, account.id, cursor))


def _every(page: Any) -> list[Any]:
    """All items of a listing, as far as anybody reads on."""
    found: list[Any] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        got = page(cursor)
        found += got.items
        cursor = got.next
        if not cursor:
            break
    return found


def _shown_elsewhere(asked: Asked, account: Account, ad_account: str) -> set[str]:
    """The campaigns that have ad groups, none of which may be shown on the verb's placements."""

    def page(cursor: str) -> Page[AdObject]:
        return ads.objects(asked.ports, asked.caller, account.id, "ad_group", ad_account, cursor=cursor)

    groups: list[AdObject] = _every(page)
    here = {one.parent_id for one in groups if not one.placements or set(asked.verb.placements) & set(one.placements)}
    return {one.parent_id for one in groups} - here


def _money(asked: Asked, account: Account, ad_account: str) -> dict[str, Any]:
    """The options, with money in millionths: what the smallest unit of a currency is, the ad account's currency says."""
    found = asked.options()
    minor = [one.to.partition(".")[2] for one in asked.verb.fields if one.minor]
    given = [name for name in minor if name in found]
    if given:
        factor = 10 ** (_MICROS - asked.verb.decimals.get(_currency(asked, account, ad_account), _USUAL))
        found |= {name: found[name] * factor for name in given}
    return found


def _currency(asked: Asked, account: Account, ad_account: str) -> str:
    """Never assumed: an amount in the unit of another currency is a hundred times too much. Raises Missing, Broken."""
    known = next((one for one in _accounts_of(asked, account) if _same(one.id, ad_account)), None)
    if known is None:
        raise _no_ad_account(ad_account)
    if not known.currency:
        text = f"{networks.title(asked.platform)} does not say which currency the ad account has. Send it again later."
        raise Broken("platform.answer_unreadable", text, platform=asked.platform)
    return known.currency


def _demand(asked: Asked) -> None:
    """What the platform's document insists on within an object. Raises Said."""
    for path, wanted, says in asked.verb.demands:
        lies = [spelling.found_at(_body(asked), one) for one in path.split("|")]
        if not any(wanted == one or (isinstance(one, Sequence) and wanted in one) for one in lies if one is not None):
            raise spelling.promised(
                asked, says, Invalid("validation.field_invalid", says.message, field=path.split("|")[0])
            )


def _body(asked: Asked) -> Mapping[str, Any]:
    found: Mapping[str, Any] = asked.x.body.model_dump()
    return found


def _level(asked: Asked) -> str:
    given = str(asked.value("level"))
    return _LEVELS.get(given, given)


def _day(asked: Asked, to: str) -> date | None:
    given = asked.value(to)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid("validation.field_invalid", f"{to}: a day that exists, as 2026-11-22.", field=to) from None


def _no_ad_account(ad_account: str) -> Missing:
    text = f"No connected account may use the ad account {ad_account[:64]!r}."
    return Missing("platform.ad_account_not_found", text)


def _same(one: str, other: str) -> bool:
    """Some networks write an ad account's id with and without a prefix (``act_1``)."""
    return one == other or one.rpartition("_")[2] == other.rpartition("_")[2]
