"""An account's posts that are live: which went out, and which of them stand. For whoever reads them again on schedule."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.posts import PUBLISH, Target, target_path
from shared.ports.store import Doc, Query
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def went_out(account: Account, since: datetime, most: int, after: Doc | None = None) -> Query:
    """The account's posts that were published after ``since``, the newest first; ``after``: the last of the page before."""
    where = (("account_id", "==", account.id), ("module", "==", PUBLISH), ("published_at", ">", since))
    order = (("published_at", "desc"),)
    return Query(f"workspaces/{account.space}/targets", None, where, order, most, after)  # type: ignore[arg-type]


def standing(ports: Ports, space: str, ids: Sequence[str]) -> dict[str, Target]:
    """Those of the targets that are live still, by id. Raises store.Unavailable."""
    docs = ports.store.get_many([target_path(space, one) for one in ids]) if ids else []
    found = [one for doc in docs if doc and (one := _readable(doc))]
    return {one.id: one for one in found if one.first and one.first.id and one.unpublished_at is None}


def _readable(doc: Doc) -> Target | None:
    """None for a document that is no target: it keeps no other from being read."""
    try:
        return codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        log.exception("a target cannot be read", extra={"path": doc.path})
        return None
