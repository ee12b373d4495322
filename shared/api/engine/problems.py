"""What can be wrong with a request before any operation sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.errors import Invalid, RostrumError


class Problem(Invalid):
    """A refusal that has an HTTP status of its own (404 for an unknown path, 405, 413, 415)."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, **meta: Any) -> None:
        super().__init__(f"http.{status}", message, **meta)
        self.status = status
        self.headers = headers or {}


class Internal(RostrumError):
    """Something that should not happen. Callers learn the request's id and nothing else."""

    def __init__(self) -> None:
        super().__init__(
            "system.internal", "Something went wrong on our side. Tell us the request_id if it happens again."
        )
