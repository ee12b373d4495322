"""Having the networks' events delivered: a subscription per account, made when it is connected and kept alive.

The chore ``subscribe`` asks the adapter, which may be asked again at any time; what it answers is kept in the chore's state,
for its end. Every subscription is looked at once a week, sooner where it has a lease: networks forget some, and an address
may have moved. What nobody here can mend (a refusal, a setting that is missing) is said once, and looked at again as seldom.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain import chores as planning
from shared.domain import codec
from shared.domain.accounts import Account, AccountView, account_path
from shared.domain.chores import Chore, chore_path
from shared.domain.errors import Broken, Limited, Missing, Reconnect, RostrumError, Unsupported
from shared.operations import chores, linking, networks, sessions
from shared.operations.ingesting import secrets
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.contract_webhooks import Subscription
from shared.ports.http import HttpFailure
from shared.ports.store import Query, StoreError, Transaction, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports

EVERY = timedelta(days=7)
SPREAD = timedelta(days=1)  # so that what was connected together is not looked at together
EARLY = timedelta(hours=6)  # ... nor renewed together, where there is a lease
SANDBOX_URL = "https://sandbox.rostrum.test"  # where simulated networks would deliver, if they could
TRIES = 9  # in a row, over some nine hours: a refusal that nobody knows is taken for a final one by then
log = logging.getLogger(__name__)


class OutOfReach(Exception):
    """No network could deliver to this installation."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The chore's state. ``url``: where deliveries go, empty where there is no subscription; ``kept``: the adapter's own.

    ``why``: what was said of why there is none.
    """

    url: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


def subscribe(ports: Ports, body: Mapping[str, Any]) -> str:
    """One chore: subscribe the account, or see that its subscription stands. Answers what came of it. Raises StoreError."""
    chore = chores.taken(ports, "subscribe", body)
    if chore is None:
        return "taken by another"
    try:
        account = sessions.open_account(ports, chore.space, chore.account_id)
    except Missing:
        return _ended(ports, chore)
    try:
        made, url = _subscribed(ports, account)
    except (Missing, Reconnect):  # planned anew when it is connected again
        return _ended(ports, chore)
    except (OutOfReach, secrets.NotConfigured, Unsupported) as error:
        return _said(ports, chore, account, str(error))
    except Refused as refused:
        return _refused(ports, chore, account, refused)
    except (HttpFailure, Limited, Broken, secrets.KeysUnavailable) as error:
        return _later(ports, chore, error)
    except RostrumError as error:  # a setting of ours that is missing
        return _said(ports, chore, account, error.message)
    except (StoreError, VaultError):
        raise
    except Exception as error:  # an adapter that breaks over an answer would be called for it again and again
        log.exception("adapter failed while subscribing", extra={"account_id": account.id})
        return _later(ports, chore, error)
    state = codec.encode(Standing(url, dict(made.state)))
    chores.done(ports, chore, _again(ports, chore, made.renew_at), state)
    return "subscribed"


def standing(ports: Ports, account: Account) -> Standing:
    """The account's subscription, as it is known. Raises StoreError."""
    doc = ports.store.get(chore_path(account.space, account.id, "subscribe"))
    return codec.decode(Standing, codec.decode(Chore, doc.data).state) if doc and doc.data.get("state") else Standing()


def end(ports: Ports, account: Account) -> None:
    """Have nothing delivered any more, while the account's tokens still live. Best effort: the grant ends with it anyway.

    Where the same account is connected in another workspace, the subscription is also theirs, and stays.
    """
    facet = registry.webhooks(account.platform)
    if facet is None:
        return
    try:
        with suppress(RostrumError, Refused, HttpFailure, VaultError, StoreError, secrets.NotConfigured):
            known = standing(ports, account)
            if known.url and not _shared(ports, account):
                secret = secrets.signing(ports, account.platform, sandbox=account.sandbox)
                facet.unsubscribe(sessions.open_call(ports, account), secret, known.kept)
    except Exception:  # an adapter that breaks would do so at each repetition, and the tokens would stay for ever
        log.exception("adapter failed while unsubscribing", extra={"account_id": account.id})


def callback_url(ports: Ports, account: Account) -> str:
    """Where the network delivers to. Raises OutOfReach where it could not."""
    base = SANDBOX_URL if account.sandbox else ports.delivered_to
    if not base.startswith("https://"):
        name = "WEBHOOKS_URL" if ports.webhooks_url else "PUBLIC_URL"
        text = f"{name} is {base}: networks deliver webhooks to a public https address only, so this account is polled."
        raise OutOfReach(text)
    return f"{base}/webhooks/{account.platform}"


def _subscribed(ports: Ports, account: Account) -> tuple[Subscription, str]:
    """Raises what the adapter and the session raise, OutOfReach, secrets.NotConfigured."""
    facet = registry.webhooks(account.platform)
    if facet is None:
        raise Unsupported("resource.not_supported", f"{networks.title(account.platform)} sends no webhooks.")
    url = callback_url(ports, account)
    secret = secrets.signing(ports, account.platform, sandbox=account.sandbox)

    def asked(call: Call) -> Subscription:
        _named(ports, account, call.who)
        return facet.subscribe(call, url, secret)

    return sessions.insisted(ports, account, asked), url


def _named(ports: Ports, account: Account, who: AccountView) -> None:
    """Accounts of older installations learn here by which ids deliveries speak of them: their tokens are open anyway."""
    known = networks.known_as(account.platform, who)
    if not known or known == account.known_as:
        return

    def body(txn: Transaction) -> None:
        doc = txn.get(account_path(account.space, account.id))
        if doc is not None and doc.data["status"] != "disconnected":
            txn.write(Write("update", doc.path, {"known_as": list(known)}))

    ports.store.transact(body)


def _again(ports: Ports, chore: Chore, renew_at: datetime | None) -> datetime:
    """The next look: within the week, before the lease has to be renewed, never at once."""
    now = ports.clock.now()
    at = now + EVERY - planning.spread(chore.account_id, "subscribe", SPREAD)
    if renew_at is not None:
        at = min(at, renew_at - planning.spread(chore.account_id, "subscribe", EARLY))
    return max(at, now + planning.FIRST)


def _ended(ports: Ports, chore: Chore) -> str:
    chores.done(ports, chore, None)
    return "ended"


def _said(ports: Ports, chore: Chore, account: Account, why: str) -> str:
    """Nothing to be done here: said once to whoever runs this, and looked at again in a week."""
    known = codec.decode(Standing, chore.state) if chore.state else Standing()
    if known.why != why:
        level = logging.INFO if account.sandbox else logging.WARNING
        log.log(level, "no webhooks for an account", extra={"account_id": chore.account_id, "reason": why})
    chores.done(ports, chore, _again(ports, chore, None), codec.encode(Standing(why=why)))
    return why


def _refused(ports: Ports, chore: Chore, account: Account, refused: Refused) -> str:
    """The network said no. A final word is said once in the account's log; any other may be another one later."""
    final = refused.fate is Fate.REJECTED or refused.row.reconnect or chore.failures >= TRIES
    if not final:
        return _later(ports, chore, refused, refused.retry_at)
    known = codec.decode(Standing, chore.state) if chore.state else Standing()
    why = f"{refused.row.code}: {refused.row.message}"[:300]
    if known.why != why:
        text = f"{networks.title(account.platform)} does not deliver its events: {refused.row.message}"[:300]
        ports.store.commit([linking.said(ports, account, "webhooks_refused", text)])
    chores.done(ports, chore, _again(ports, chore, None), codec.encode(Standing(why=why)))
    return why


def _later(ports: Ports, chore: Chore, error: Exception, until: datetime | None = None) -> str:
    seconds = error.meta.get("retry_after_seconds") if isinstance(error, RostrumError) else None
    if seconds is not None:
        until = ports.clock.now() + timedelta(seconds=float(seconds))
    log.info("subscribing put off", extra={"account_id": chore.account_id, "reason": str(error)[:200]})
    chores.failed(ports, chore, until)
    return "put off"


def _shared(ports: Ports, account: Account) -> bool:
    """Whether somebody else here has connected the same account of the network."""
    who = account.platform_account_id
    query = Query(group="accounts", where=(("platform", "==", account.platform), ("platform_account_id", "==", who)))
    found = ports.store.query(query)
    others = (doc.data for doc in found if doc.data["id"] != account.id and doc.data["status"] != "disconnected")
    return any((one["sandbox"], one.get("world", "")) == (account.sandbox, account.world) for one in others)
