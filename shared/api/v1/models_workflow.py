"""Import, bulk, approval, settings: what callers send."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.api.v1.models_posts import CreatePostRequest


class ImportQuery(Body):
    """How to import."""

    dry_run: Literal["true", "false"] = "false"
    """Judge the rows, make nothing."""
    skip_duplicate_check: Literal["true", "false"] = "false"
    """Otherwise a row that says the same on the same account as another post within 24 hours is refused."""


class BulkPostsRequest(Body):
    """Posts to make, each by itself."""

    posts: list[CreatePostRequest] = Field(min_length=1, max_length=50)


class ApproveRequest(Body):
    """How to agree: at the post's own time if nothing is said."""

    publish_now: bool = False
    scheduled_at: str | None = Field(None, max_length=64)
    """Another time, for all its accounts."""
    timezone: str | None = Field(None, max_length=64)
    updated_at: str | None = Field(None, max_length=64)
    """``updated_at`` of the post that you looked at: if it was changed since, the answer is 409."""
    skip_duplicate_check: bool = False
    """Otherwise a post that says the same on the same account as another one within 24 hours is refused (409), unless its
    author has turned the check off."""


class RejectRequest(Body):
    """Why not."""

    reason: str = Field("", max_length=1000)


class PostSettingsRequest(Body):
    """What to decide; what is left out stays."""

    approval: Literal["none", "required"] | None = None
