"""From imports, previews, histories and costs to this dialect's answers."""

from __future__ import annotations

from decimal import Decimal

from shared.api.engine import statuses
from shared.api.v1 import views_workflow as views
from shared.api.v1.encode_posts import issue
from shared.api.v1.models_common import ErrorBody
from shared.api.v1.views_posts import PostResponse
from shared.domain import prices
from shared.domain.errors import RostrumError
from shared.domain.posts import MediaRef
from shared.operations.posts.batching import Outcome
from shared.operations.posts.costing import Amount, PostCost, TargetCost
from shared.operations.posts.histories import Line
from shared.operations.posts.importing import Imported, column
from shared.operations.posts.previewing import PiecePreview, Preview, TargetPreview
from shared.platforms.manifest import Source


def imported(found: Imported) -> views.ImportPostsResponse:
    """The rows' outcomes."""
    posts = [PostResponse.model_validate_json(one.answer.body) for one in found.outcomes if one.answer]
    errors = [_row(one.place, one.error) for one in found.outcomes if one.error]
    return views.ImportPostsResponse(
        created=len(posts),
        errors=errors,
        failed=len(errors),
        posts=posts,
        total_rows=found.rows,
        dry_run=found.dry_run,
    )


def bulk(outcomes: list[Outcome]) -> views.BulkPostsResponse:
    """The posts' outcomes."""
    results = [_result(one) for one in outcomes]
    created = sum(one.post is not None for one in results)
    return views.BulkPostsResponse(created=created, failed=len(results) - created, results=results)


def history(lines: list[Line]) -> views.PostHistoryResponse:
    """Oldest first."""
    entries = [
        views.HistoryEntry(
            at=line.at,
            actor=line.actor or None,
            action=line.action,
            detail={name: value for name, value in line.detail.items() if value is not None} or None,
        )
        for line in lines
    ]
    return views.PostHistoryResponse(data=entries)


def preview(found: Preview) -> views.PreviewResponse:
    """Per account."""
    return views.PreviewResponse(
        targets=[_target(one) for one in found.targets],
        errors=[issue(one) for one in found.found.errors],
        warnings=[issue(one) for one in found.found.warnings],
    )


def cost(found: PostCost) -> views.CostResponse:
    """Per account, and in all."""
    listed = {price.url: price.on for price, _ in (*prices.PER_TARGET, *prices.PER_SEND)}
    return views.CostResponse(
        post_id=found.post_id,
        currency="USD",
        total=_amount(found.total()),
        targets=[_cost(one) for one in found.targets],
        infrastructure_sources=[
            views.PriceSource(url=url, read_on=on.isoformat()) for url, on in sorted(listed.items())
        ],
    )


def _row(number: int, error: RostrumError) -> views.ImportRowError:
    name, message = column(error)
    return views.ImportRowError(row=number, message=message, code=error.code, column=name or None)


def _result(one: Outcome) -> views.BulkPostResult:
    if one.answer:
        post = PostResponse.model_validate_json(one.answer.body)
        return views.BulkPostResult(index=one.place, status=one.answer.status, post=post)
    error = one.error
    assert error is not None  # noqa: S101  an outcome is an answer or an error
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorBody(code=error.code, message=error.message, meta=meta or None)
    return views.BulkPostResult(index=one.place, status=statuses.status_of(error), error=body)


def _target(one: TargetPreview) -> views.PreviewTarget:
    return views.PreviewTarget(
        platform=one.platform,
        account_id=one.account_id,
        scheduled_at=one.due_at,
        pieces=[_piece(piece) for piece in one.pieces],
        options=dict(one.options),
    )


def _piece(one: PiecePreview) -> views.PreviewPiece:
    return views.PreviewPiece(
        role=str(one.role),
        kind=str(one.kind) if one.kind else None,
        text=one.text,
        length=one.length,
        limit=one.limit,
        counted_in=one.counted_in,
        media=[_media(ref) for ref in one.media],
        link=one.link,
    )


def _media(ref: MediaRef) -> views.PreviewMedia:
    facts = ref.facts
    return views.PreviewMedia(
        source_type=ref.source_type,
        source=ref.source,
        type=str(facts.type),
        content_type=facts.content_type,
        bytes=facts.size or None,
        width=facts.width or None,
        height=facts.height or None,
        duration_seconds=facts.duration or None,
        alt_text=facts.alt_text or None,
    )


def _cost(one: TargetCost) -> views.TargetCostResponse:
    return views.TargetCostResponse(
        target_id=one.target.id,
        account_id=one.target.account_id,
        platform=one.target.platform,
        vendor=_amount(one.vendor),
        reading=_amount(one.reading),
        infrastructure=_amount(one.infrastructure),
        vendor_sources=[_source(source) for source in one.sources],
    )


def _amount(amount: Amount) -> views.CostAmount:
    return views.CostAmount(estimated_usd=_usd(amount.estimated), counted_usd=_usd(amount.counted))


def _usd(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.00000001')).normalize():f}"


def _source(source: Source) -> views.PriceSource:
    return views.PriceSource(url=source.url, read_on=source.on.isoformat())
