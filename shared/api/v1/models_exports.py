"""Exports: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from shared.api.engine.models import Body, Time, View

ExportStatusName = Literal["pending", "processing", "completed", "failed"]


class CreateExportRequest(Body):
    """What to put in beside the figures. Neither is offered: leave them out, or send false."""

    include_transcript: bool = False
    include_vision: bool = False


class ExportsQuery(Body):
    """Which exports, the latest first."""

    status: ExportStatusName | None = None


class ExportAcceptedResponse(View):
    """The export has begun: ask for its state."""

    id: str
    account_id: str
    platform: str
    status: ExportStatusName
    created_at: Time


class ExportItem(ExportAcceptedResponse):
    """An export. A «video» is any published post."""

    processed_videos: int
    """Published posts that were looked at; those that were taken down since have no row."""
    total_videos: int
    completed_at: Time | None = None
    expires_at: Time | None = None
    """Until then the files are kept."""
    error: str | None = None


class ExportsListResponse(View):
    """The 50 latest."""

    exports: list[ExportItem]


class ExportResultURLs(View):
    """Where the files are; the links live a day at most: ask again for fresh ones."""

    excel_url: str
    report_url: str
    csv_url: str | None = None


class ExportStatusResponse(ExportItem):
    """An export, with its files once it is completed."""

    result: ExportResultURLs | None = None


class ExportVideoItem(View):
    """One published post. What the network does not offer is left out."""

    platform: str
    platform_video_id: str
    share_url: str | None = None
    title: str
    description: str
    create_time: Time
    duration_seconds: int | None = None
    width: int | None = None
    height: int | None = None
    view_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    save_count: int | None = None
    post_id: str
    error: str | None = None
    """Why there are no figures."""


class ExportVideosResponse(View):
    """The rows of a finished export, the latest post first."""

    account_id: str
    platform: str
    videos: list[ExportVideoItem]
