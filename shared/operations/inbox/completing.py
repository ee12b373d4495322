"""What a push leaves out, read from its network before it is filed: some tell of a thing by its id alone.

Where the network does not answer just now the delivery is to come again, for ``PATIENCE``. What it refuses, or knows nothing of,
is filed as far as it is known. Only the newest are looked through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.accounts import Account
from shared.domain.errors import Broken, Limited, RostrumError
from shared.domain.inbox import Kind, Person
from shared.operations.engaging import reading
from shared.operations.inbox import reports
from shared.operations.inbox.reports import Report, Thing
from shared.platforms import registry
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Inbox, Page
from shared.ports.vault import VaultError, VaultUnavailable
from shared.ports.world import Ports

FEATURES: Mapping[Kind, str] = {
    "comment": "comments.list",
    "message": "messages.list",
    "mention": "mentions.list",
    "review": "reviews.list",
}
PATIENCE = timedelta(minutes=25)  # less than a delivery is tried for: what it tells is filed before it is given up
log = logging.getLogger(__name__)


def completed(ports: Ports, account: Account, report: Report) -> Report:
    """The report with what the network says of the thing now, where the push said neither who nor what.

    Raises Broken, Limited, vault.VaultUnavailable, store.Unavailable: asking later may help.
    """
    if report.change not in ("new", "update") or not _is_bare(report):
        return report
    if registry.manifest(account.platform).feature(FEATURES[report.kind]) != "offered" or account.status != "active":
        return report
    try:
        found = _found(ports, account, report)
    except (RostrumError, VaultError) as error:
        passing = isinstance(error, Broken | Limited | VaultUnavailable)
        if passing and ports.clock.now() - report.at < PATIENCE:
            raise
        log.info("an id that was pushed could not be read", extra={"account_id": account.id, "error": str(error)[:200]})
        return report
    if found is None:
        return report
    said = {name: value for name, value in reports.read(report.kind, found).fields.items() if value not in ("", None)}
    return replace(report, at=found.at, fields={**said, **_known(report.fields, said)})


def _is_bare(report: Report) -> bool:
    return not report.fields.get("text") and report.fields.get("author", Person()) == Person()


def _known(pushed: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in pushed.items() if name not in said or name == "raw"}


def _found(ports: Ports, account: Account, report: Report) -> Thing | None:
    inbox = registry.inbox(account.platform)
    question = _question(inbox, report) if inbox else None
    if question is None:
        return None
    page = reading.asked(ports, account, question)
    return next((one for one in page.items if one.id == report.network_id), None)


def _question(inbox: Inbox, report: Report) -> Callable[[Call], Page[Any]] | None:
    post = str(report.fields.get("post_id") or "")
    if report.kind == "review":
        return lambda call: inbox.reviews(call, "")
    if report.kind == "mention":
        return lambda call: inbox.mentions(call, "")
    if report.kind == "comment" and post:
        return lambda call: inbox.comments(call, Published(post), "")
    return None
