"""Exports of an account's posts with their figures: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_exports:"
_MODELS = "shared.api.v1.models_exports:"
_SCOPE = "analytics:read"
_ACCEPTED: dict[str, Any] = {
    "id": "exp_01KB2R1S2T3V4W5X6Y7Z8A9B0C",
    "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "platform": "bluesky",
    "status": "pending",
    "created_at": "2026-11-22T12:00:00Z",
}
_ITEM: dict[str, Any] = {
    **_ACCEPTED,
    "status": "completed",
    "processed_videos": 1,
    "total_videos": 1,
    "completed_at": "2026-11-22T12:00:09Z",
    "expires_at": "2026-12-22T12:00:09Z",
}
_VIDEO = {
    "platform": "bluesky",
    "platform_video_id": "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k43tv4rft22g",
    "share_url": "https://bsky.app/profile/alice.bsky.social/post/3k43tv4rft22g",
    "title": "",
    "description": "Good morning",
    "create_time": "2026-11-20T08:00:03Z",
    "like_count": 12,
    "comment_count": 2,
    "share_count": 1,
    "post_id": "post_01KB2M0QW3E4R5T6Y7U8V9W0X1",
}

ASK = Route(
    "POST",
    "/v1/accounts/{id}/export",
    f"{_HANDLERS}create",
    "Export an account's published posts with their figures",
    {202: f"{_MODELS}ExportAcceptedResponse"},
    scope=_SCOPE,
    body=f"{_MODELS}CreateExportRequest",
    body_optional=True,
    example={"include_transcript": False},
    errors=(
        "account.not_found",
        "billing.export_limit",
        "billing.export_concurrent",
        "billing.export_cooldown",
        "resource.not_supported",
        "idempotency.key_reused",
        "idempotency.in_progress",
    ),
    idempotency="claim",
    description=(
        "A job: ask for its state at `/v1/exports/{id}`. It lists the posts that were published here, the latest first, "
        "with the network's figures of the moment. Transcripts and descriptions of pictures are not offered (501)."
    ),
    answer_example=_ACCEPTED,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/exports",
        f"{_HANDLERS}list_",
        "The 50 latest exports",
        {200: f"{_MODELS}ExportsListResponse"},
        scope=_SCOPE,
        query=f"{_MODELS}ExportsQuery",
        errors=("validation.field_invalid",),
        answer_example={"exports": [_ITEM]},
    ),
    Route(
        "GET",
        "/v1/exports/{id}",
        f"{_HANDLERS}get",
        "How an export stands, and its files once it is completed",
        {200: f"{_MODELS}ExportStatusResponse"},
        scope=_SCOPE,
        errors=("resource.not_found",),
        answer_example={
            **_ITEM,
            "result": {
                "excel_url": "https://files.example.com/export.xlsx?…",
                "report_url": "https://files.example.com/report.html?…",
                "csv_url": "https://files.example.com/export.csv?…",
            },
        },
    ),
    Route(
        "GET",
        "/v1/exports/{id}/videos",
        f"{_HANDLERS}videos",
        "The rows of a finished export",
        {200: f"{_MODELS}ExportVideosResponse"},
        scope=_SCOPE,
        errors=("resource.not_found", "export.not_ready", "export.expired"),
        answer_example={"account_id": _ITEM["account_id"], "platform": "bluesky", "videos": [_VIDEO]},
    ),
)
