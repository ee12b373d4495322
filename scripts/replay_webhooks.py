"""Have deliveries of networks worked off once more that were given up: with the settings of the installation.

python -m scripts.replay_webhooks --list
python -m scripts.replay_webhooks --platform instagram
python -m scripts.replay_webhooks 6523ad1f… 2a0ba481…
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from shared.operations.ingesting import sweeping
from shared.platforms import registry
from shared.ports.world import Ports


def main(arguments: Sequence[str], ports: Ports) -> int:
    """0, or 2 for a network that there is not."""
    parser = argparse.ArgumentParser(prog="replay_webhooks", description="Work off webhooks that were given up.")
    parser.add_argument("ids", nargs="*", help="of deliveries; without any: all that were given up")
    parser.add_argument("--platform", default="", help="those of one network")
    parser.add_argument("--list", action="store_true", help="only show them, with the reasons")
    chosen = parser.parse_args(arguments)
    try:
        platform = registry.resolve(chosen.platform) if chosen.platform else ""
    except registry.UnknownPlatform:
        print(f"there is no platform {chosen.platform}; known are {', '.join(registry.all_names())}", file=sys.stderr)
        return 2
    if chosen.list:
        for doc in sweeping.dead(ports, chosen.ids, platform):
            print(f"{doc.id} {doc.data['platform']} {doc.data['received_at']:%Y-%m-%dT%H:%M:%SZ} {doc.data['reason']}")
        return 0
    print(f"{sweeping.replay(ports, chosen.ids, platform)} handed out again")
    return 0


if __name__ == "__main__":
    from shared.runtime import bootstrap

    raise SystemExit(main(sys.argv[1:], bootstrap.ports()))
