"""Exports: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_exports as models
from shared.domain.exports import Export, Row
from shared.operations.exports import asking, files, reading
from shared.operations.exports.asking import AskExport


def create(x: Exchange[models.CreateExportRequest, None]) -> Reply:
    """POST /v1/accounts/{id}/export"""
    command = AskExport(x.path["id"], x.body.include_transcript, x.body.include_vision)
    return Reply(202, models.ExportAcceptedResponse(**_accepted(asking.ask(x.ports, x.caller, command))))


def list_(x: Exchange[None, models.ExportsQuery]) -> Reply:
    """GET /v1/exports"""
    found = reading.list_(x.ports, x.caller, x.query.status)
    return Reply(200, models.ExportsListResponse(exports=[models.ExportItem(**_item(one)) for one in found]))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/exports/{id}"""
    export = reading.get(x.ports, x.caller, x.path["id"])
    urls = files.urls(x.ports, export)
    result = models.ExportResultURLs(excel_url=urls.excel, report_url=urls.report, csv_url=urls.table) if urls else None
    return Reply(200, models.ExportStatusResponse(**_item(export), result=result))


def videos(x: Exchange[None, None]) -> Reply:
    """GET /v1/exports/{id}/videos"""
    export, rows = reading.rows(x.ports, x.caller, x.path["id"])
    answer = models.ExportVideosResponse(
        account_id=export.account_id, platform=export.platform, videos=[_video(row) for row in rows]
    )
    return Reply(200, answer)


def _accepted(export: Export) -> dict[str, Any]:
    return {
        "id": export.id,
        "account_id": export.account_id,
        "platform": export.platform,
        "status": export.status,
        "created_at": export.created_at,
    }


def _item(export: Export) -> dict[str, Any]:
    return {
        **_accepted(export),
        "processed_videos": export.looked,
        "total_videos": export.total,
        "completed_at": export.completed_at,
        "expires_at": export.expires_at if export.status == "completed" else None,
        "error": export.error or None,
    }


def _video(row: Row) -> models.ExportVideoItem:
    return models.ExportVideoItem(
        platform=row.platform,
        platform_video_id=row.platform_post_id,
        share_url=row.permalink or None,
        title=row.title,
        description=row.text,
        create_time=row.published_at,
        duration_seconds=row.duration_seconds,
        width=row.width,
        height=row.height,
        view_count=row.views,
        like_count=row.likes,
        comment_count=row.comments,
        share_count=row.shares,
        save_count=row.saves,
        post_id=row.post_id,
        error=row.error or None,
    )
