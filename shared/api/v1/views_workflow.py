"""Import, bulk, approval, preview, history, cost: what callers are sent."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import Time, View
from shared.api.v1.models_common import ErrorBody
from shared.api.v1.views_posts import PostResponse, ValidationIssue


class ImportRowError(View):
    """A row that was not made. ``row``: as a spreadsheet shows it; the header is row 1."""

    row: int
    message: str
    code: str
    column: str | None = None


class ImportPostsResponse(View):
    """What became of the rows. ``created`` and ``posts`` also have those that the same request made before."""

    created: int
    errors: list[ImportRowError]
    failed: int
    posts: list[PostResponse]
    total_rows: int
    dry_run: bool
    """True: nothing was made; rows without an error would have been."""


class BulkPostResult(View):
    """One post: what POST /v1/posts would have answered."""

    index: int
    status: int
    post: PostResponse | None = None
    error: ErrorBody | None = None


class BulkPostsResponse(View):
    """In the order of the request."""

    created: int
    failed: int
    results: list[BulkPostResult]


class HistoryEntry(View):
    """One thing that happened. ``actor``: a person or a key; left out for what publishing did by itself."""

    at: Time
    actor: str | None = None
    action: str
    detail: dict[str, Any] | None = None


class PostHistoryResponse(View):
    """Oldest first."""

    data: list[HistoryEntry]


class PreviewMedia(View):
    """A file as it goes with the piece, in order."""

    source_type: Literal["url", "media_id", "platform_attachment_id"]
    source: str
    type: str
    content_type: str
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    alt_text: str | None = None


class PreviewPiece(View):
    """The post itself, a further item of a thread, or the first comment: as it is handed to the network."""

    role: str
    kind: str | None = None
    text: str
    length: int
    """Counted as the network counts, in ``counted_in``."""
    limit: int
    counted_in: str
    media: list[PreviewMedia]
    link: str | None = None
    """The address that becomes a card."""


class PreviewTarget(View):
    """One account, or a network as such (without ``account_id``)."""

    platform: str
    account_id: str | None = None
    scheduled_at: Time | None = None
    pieces: list[PreviewPiece]
    options: dict[str, Any]


class PreviewResponse(View):
    """What is sent; ``errors`` would be refused, ``warnings`` are advice."""

    targets: list[PreviewTarget]
    errors: list[ValidationIssue]
    warnings: list[ValidationIssue]


class CostAmount(View):
    """US dollars, as decimal texts."""

    estimated_usd: str
    counted_usd: str


class PriceSource(View):
    """Where a price stands, and when it was read there."""

    url: str
    read_on: str


class TargetCostResponse(View):
    """One account's part."""

    target_id: str
    account_id: str
    platform: str
    vendor: CostAmount
    reading: CostAmount
    infrastructure: CostAmount
    vendor_sources: list[PriceSource]


class CostResponse(View):
    """List prices, without quotas and discounts; not a bill."""

    post_id: str
    currency: Literal["USD"]
    total: CostAmount
    targets: list[TargetCostResponse]
    infrastructure_sources: list[PriceSource]


class PostSettingsResponse(View):
    """What the workspace has decided, in this mode."""

    approval: Literal["none", "required"]
