"""``make run``: everything on one machine; and its backups."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from local import server
from shared.runtime import settings
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


EPILOG = """Settings are environment variables (docs/settings.md); ROSTRUM_HOME names the state folder (.local).
docs/self-hosting.md says how to run this for real."""


def main(args: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code (2: bad arguments)."""
    asked = _parser().parse_args(args)
    return serve() if asked.command == "serve" else _keep(asked.command, asked.file, hold=getattr(asked, "hold", False))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Rostrum on one machine.", epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", metavar="command")
    parser.set_defaults(command="serve")
    commands.add_parser("serve", help="run the server until Ctrl-C or SIGTERM (what happens without a command, too)")
    backup = "copy the state folder into the new FILE (.tar.gz), also while the server runs; it holds all keys"
    _on_a_file(commands.add_parser("backup", help=backup, description=backup))
    restore = commands.add_parser("restore", help=(what := "fill the empty state folder from FILE"), description=what)
    _on_a_file(restore)
    hold = "publish nothing of it before somebody releases it (for an old backup); docs/self-hosting.md"
    restore.add_argument("--hold", action="store_true", help=hold)
    return parser


def _on_a_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", type=Path)


def _keep(command: str, file: Path, *, hold: bool) -> int:
    """``backup`` or ``restore``."""
    from local import backup, restore

    say = partial(print, flush=True)
    try:
        home = settings.load(os.environ).home
        if command == "backup":
            backup.make(home, file, say)
        else:
            restore.take(os.environ, home, file, say, hold=hold)
    except (backup.CannotBackUp, restore.CannotRestore, BadSetting, OSError, sqlite3.Error) as problem:
        print(f"Cannot {command}: {problem}", file=sys.stderr)
        return 1
    return 0


def serve() -> int:
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
