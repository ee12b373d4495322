"""What an export says of a post: what we know of it, and its figures as the network gives them at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.errors import Forbidden, Invalid, Limited, Reconnect, RostrumError, Unsupported
from shared.domain.exports import MAX_TEXT, STEP, Export, Row
from shared.domain.posts import PUBLISH, Live, Target, post_path, target_path
from shared.operations.engaging import reading
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Measurer, Metrics, Published, Refused
from shared.ports.store import Direction, Doc, Query
from shared.ports.world import Ports

_ORDER: tuple[tuple[str, Direction], ...] = (("published_at", "desc"),)


def published(export: Export) -> Query:
    """The account's published targets as of the export's beginning, the latest first, from where it stands."""
    last = None
    if export.last_at is not None:
        last = Doc(target_path(export.space, export.last_id), {"published_at": export.last_at}, "")
    return Query(
        f"workspaces/{export.space}/targets",
        where=(
            ("account_id", "==", export.account_id),
            ("module", "==", PUBLISH),
            ("published_at", "<=", export.created_at),
        ),
        order_by=_ORDER,
        limit=STEP,
        start_after=last,
    )


def known(ports: Ports, targets: list[Target]) -> Iterator[tuple[Target, Row | None]]:
    """Each target with its row, without figures; None for what was taken down."""
    paths = [post_path(target.space, target.post_id) for target in targets]
    posts = ports.store.get_many(paths) if paths else []
    for target, post in zip(targets, posts, strict=True):
        live = target.first
        yield target, _row(target, live, post) if live and target.unpublished_at is None else None


def measured(ports: Ports, account: Account, target: Target, row: Row) -> Row:
    """With its figures; a network's refusal or trouble over this post is the row's ``error``.

    Raises Limited (the network wants a pause), Reconnect and Missing (the account), Broken and Clash (ours).
    """
    measurer, live = registry.measurer(target.platform), target.first
    if measurer is None:
        return replace(row, error="The network offers no figures of posts.")
    if live is None or not live.id:
        return replace(row, error="The network did not say which post it is.")
    published = Published(live.id, live.permalink, live.state, live.raw)
    try:
        found = reading.asked(ports, account, lambda call: _asked(call, measurer, published))
    except RostrumError as error:
        of_the_post = error.code.startswith("platform.") or isinstance(error, Invalid | Forbidden | Unsupported)
        if isinstance(error, Limited) or not of_the_post:
            raise
        return replace(row, error=error.message[:500])
    return replace(
        row, views=found.views, likes=found.likes, comments=found.comments, shares=found.shares, saves=found.saves
    )


def _asked(call: Call, measurer: Measurer, published: Published) -> Metrics:
    """A network that wants the account connected again says so of every post: once is enough."""
    try:
        return measurer.post(call, published)
    except Refused as refused:
        if refused.fate is Fate.UNAUTHORISED and refused.row.reconnect:
            raise Reconnect("account.reconnection_required", refused.row.message) from refused
        raise


def _row(target: Target, live: Live, post: Doc | None) -> Row:
    piece = target.pieces[0]
    facts = piece.media[0].facts if piece.media else None
    data: Mapping[str, Any] = post.data if post else {}
    duration = facts.duration if facts else None
    return Row(
        post_id=target.post_id,
        platform=target.platform,
        platform_post_id=live.id,
        permalink=live.permalink or "",
        published_at=_when(target, live),
        title=str(target.overrides.get("title") or data.get("title") or "")[:MAX_TEXT],
        text=piece.text[:MAX_TEXT],
        duration_seconds=round(duration) if duration is not None else None,
        width=facts.width if facts else None,
        height=facts.height if facts else None,
    )


def _when(target: Target, live: Live) -> datetime:
    return target.published_at or live.at


def decoded(docs: list[Doc]) -> list[Target]:
    """The targets in the documents."""
    return [codec.decode(Target, doc.data) for doc in docs]
