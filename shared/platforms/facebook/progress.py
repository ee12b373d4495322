"""How far a post's preparation has come: JSON as the engine keeps it between steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

UPLOADS_KEEP = timedelta(hours=20)  # unpublished photos and unfinished upload sessions are dropped after about a day


@dataclass(frozen=True, slots=True)
class Progress:
    """``since``: when it was first ready (epoch seconds). ``photos``: the ids of uploaded photos, in order. ``made_at``:
    when the first photo was uploaded, or the video begun (epoch seconds). ``video``: its id, known before anything is visible; ``session``, ``start`` and ``end``: of a
    resumable upload; ``upload_url``: where a hosted file is handed over; ``uploaded``: Facebook has it all.
    ``handed``: whether it was. ``polls``: how often the upload was looked at.
    """

    since: int = 0
    photos: tuple[str, ...] = ()
    made_at: int = 0
    video: str = ""
    session: str = ""
    start: int = 0
    end: int = 0
    upload_url: str = ""
    handed: bool = False
    uploaded: bool = False
    polls: int = 0

    @staticmethod
    def of(state: Mapping[str, Any]) -> Progress:
        """Read a saved state."""
        known = {name: state[name] for name in Progress.__dataclass_fields__ if name in state}
        return Progress(**{**known, "photos": tuple(state.get("photos") or ())})

    def state(self) -> dict[str, Any]:
        """To be saved: JSON, without what is at its beginning."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in {**values, "photos": list(self.photos)}.items() if value}

    def stale(self, now: datetime) -> bool:
        """Whether what was uploaded may be gone."""
        return self.made_at > 0 and now.timestamp() - self.made_at > UPLOADS_KEEP.total_seconds()
