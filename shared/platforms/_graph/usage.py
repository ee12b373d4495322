"""Where Meta's answers say how much of an app's, a Page's or an account's calls is used: in percent of a rolling hour."""

from __future__ import annotations

from shared.platforms.manifest import Source, UsageHeaders


def usage(source: Source) -> tuple[UsageHeaders, ...]:
    """The headers, as the page about rate limits of the Graph API names them."""
    return (
        UsageHeaders("app", source, percent="x-app-usage"),
        UsageHeaders("account", source, percent="x-business-use-case-usage"),
        UsageHeaders("account", source, percent="x-page-usage"),
    )
