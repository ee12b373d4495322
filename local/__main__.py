"""``make run``: everything on one machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local import server
from shared.runtime.settings import BadSetting

BANNER = """
  Rostrum is ready.

    URL   {url}
    key   {key}   (sandbox: simulated networks, one account on each is connected)
    docs  {url}/docs
    what followers see  {url}/sandbox

  Try it:

    . {home}/env
    curl -s "$ROSTRUM_URL/v1/accounts" -H "Authorization: Bearer $ROSTRUM_API_KEY"

    curl -s "$ROSTRUM_URL/v1/posts" -H "Authorization: Bearer $ROSTRUM_API_KEY" -H "Content-Type: application/json" \\
      -d '{body}'

  Ctrl-C ends it; everything is kept in {home}.
"""


def main() -> int:
    """Start, say so, and run until a signal."""
    print("Starting Rostrum …", flush=True)
    try:
        running = server.start(os.environ)
    except (server.CannotStart, BadSetting) as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    print(BANNER.format(**_said(running)), flush=True)
    server.wait_for_signal()
    print("Stopping …", flush=True)
    running.stop()
    return 0


def _said(running: server.Server) -> dict[str, str]:
    from local.hello import first_post

    home = running.settings.home
    return {
        "url": running.values["ROSTRUM_URL"],
        "key": running.values["ROSTRUM_API_KEY"],
        "home": os.path.relpath(home) if home.is_relative_to(Path.cwd()) else str(home),
        "body": first_post(running.values["ROSTRUM_API_KEY"]),
    }


if __name__ == "__main__":
    sys.exit(main())
