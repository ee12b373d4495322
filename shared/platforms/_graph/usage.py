"""Where Meta's answers say how much of an app's, a Page's or an account's calls is used: in percent of a rolling hour.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting, read 2026-11-22.
"""

from __future__ import annotations

from datetime import date

from shared.platforms.manifest import Source, UsageHeaders

_SOURCE = Source("https://developers.facebook.com/docs/graph-api/overview/rate-limiting", date(2026, 11, 22))
USAGE = (
    UsageHeaders("app", _SOURCE, percent="x-app-usage"),
    UsageHeaders("account", _SOURCE, percent="x-business-use-case-usage"),
    UsageHeaders("account", _SOURCE, percent="x-page-usage"),
)
