"""How posts and profiles do on Snapchat: lifetime figures of one asset, in its own field names.

Sources: developers.snap.com/api/marketing-api/Public-Profile-API (stats), as others quote it: see README.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call, Metrics, Published
from shared.platforms.snapchat import publish, wire
from shared.ports.http import AnswerLost

_POST: Final = ("VIEWS", "VIEWERS", "SHARES", "INTERACTIONS", "AVG_VIEW_TIME_MILLIS")
_PROFILE: Final = ("SUBSCRIBERS", "SUBSCRIBERS_GAINED", "VIEWS", "VIEWERS", "STORY_VIEWS", "SHARES", "INTERACTIONS")


def post(call: Call, published: Published) -> Metrics:
    """The figures of one post over its life. Raises Refused."""
    asset = str(published.state.get("asset") or "spotlights")
    counts = _read(call, wire.profile_url(call, f"/{asset}/{wire.segment(published.id)}/stats"), _POST, {})
    return Metrics(
        shares=_whole(counts.get("SHARES")),
        views=_whole(counts.get("VIEWS")),
        extra={
            name.lower(): counts[name] for name in ("VIEWERS", "INTERACTIONS", "AVG_VIEW_TIME_MILLIS") if name in counts
        },
        raw=counts,
    )


def account(call: Call) -> Metrics:
    """Subscribers and views of the profile; ``posts`` are its Spotlights. Raises Refused."""
    counts = _read(call, wire.profile_url(call, "/stats"), _PROFILE, {"assetType": "PROFILE"})
    spotlights = publish.listed(call, "spotlights").items
    live = [item for item in spotlights if str(item.get("status") or "LIVE").upper() == "LIVE"]
    extra = {"followers": _whole(counts.get("SUBSCRIBERS")) or 0, "posts": len(live)}
    rest = {name.lower(): counts[name] for name in _PROFILE[1:] if name in counts}
    return Metrics(
        views=_whole(counts.get("VIEWS")), shares=_whole(counts.get("SHARES")), extra={**extra, **rest}, raw=counts
    )


def _read(call: Call, url: str, fields: tuple[str, ...], query: Mapping[str, str]) -> dict[str, int | float]:
    """Each field's lifetime value: ``assets[].timeseries[].fields[].stats[]``, summed where there are several."""
    asked = {"granularity": "LIFETIME", "fields": ",".join(fields), **query}
    said = wire.ask(call, _wire.get(url, asked))
    if not isinstance(said.get("assets"), list):
        raise AnswerLost("statistics without assets")
    found: dict[str, int | float] = {}
    for series in (one for asset in said["assets"] for one in asset.get("timeseries") or ()):
        for field in series.get("fields") or ():
            name, values = str(field.get("field") or field.get("name") or ""), field.get("stats") or ()
            found[name] = found.get(name, 0) + sum(_value(value) for value in values)
    return found


def _value(given: Any) -> int | float:
    value = given.get("value", 0) if isinstance(given, Mapping) else given
    return value if isinstance(value, int | float) else 0


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
