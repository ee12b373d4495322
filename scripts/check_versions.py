"""Warn of every API version that its network retires within 60 days, and of those that are retired already.

It never fails: what was right when it was committed must not break because a day has passed. The manifests hold the
versions and their sunset dates.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shared.platforms import registry
from shared.platforms.manifest import Manifest

AHEAD = timedelta(days=60)


def warnings(manifests: Iterable[Manifest], today: date) -> list[str]:
    """A line per version that needs somebody's attention."""
    found = []
    for manifest in manifests:
        for api in (manifest.api, *manifest.apis):
            if api.sunset is None or api.sunset - today > AHEAD:
                continue
            when = f"is retired on {api.sunset}" if api.sunset >= today else f"was retired on {api.sunset}"
            found.append(
                f"warning: {manifest.title}'s API {api.name} {when}: move on to its successor ({api.source.url})"
            )
    return found


def main() -> int:
    """Print the warnings; always 0."""
    manifests = [registry.manifest(name) for name in registry.all_names()]
    for line in warnings(manifests, datetime.now(UTC).date()):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
