"""``python -m scripts.operate``: its commands, and what each may be told.

Exit codes: 0 done; 1 it failed, or something was left undone (run it again); 2 the command or a setting is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from scripts.operate import installation, letters, pages, posts, sealing_keys
from scripts.operate.installation import NoInstallation
from scripts.operate.output import Output
from shared.backends.embedded.database import FileError
from shared.domain.errors import Missing, RostrumError
from shared.platforms import registry
from shared.ports.bus import BusError
from shared.ports.queue import QueueError
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports
from shared.runtime.settings import BadSetting, Settings

Command = Callable[[Ports, argparse.Namespace, Output], int]
EPILOG = """The settings of the environment name the installation (ROSTRUM_HOME; docs/settings.md); --project and --region one on
Google Cloud, with application default credentials. Every command may be run twice, and at once. docs/operating.md has
examples."""


def main(arguments: Sequence[str], env: Mapping[str, str], ports: Ports | None = None) -> int:
    """The exit code. ``ports``: in place of those of the settings."""
    given = _parser().parse_args(arguments)
    out = Output(as_json=given.json)
    if any(word == "" or (word.startswith("--") and word.endswith("=")) for word in arguments):
        out.problem(
            "An empty argument (a variable of the shell that is not set?) narrows nothing: leave it out where all are meant."
        )
        return 2
    try:
        if ports is not None:
            return int(given.run(ports, given, out))
        chosen = installation.chosen(env, given.project, given.region)
        if given.run is sealing_keys.rewrap:
            installation.refuse_unsaid_vault(chosen, env)
        return _run(chosen, given, out)
    except (BadSetting, NoInstallation, registry.UnknownPlatform, Missing) as problem:
        out.problem(f"{_named(problem)}")
        return 2
    except RostrumError as problem:
        out.problem(problem.message)
    except (StoreError, VaultError, QueueError, BusError, FileError) as problem:
        out.problem(f"It was not finished: run it again. {type(problem).__name__}: {problem}")
    except BrokenPipeError:  # whoever read has enough; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _run(chosen: Settings, given: argparse.Namespace, out: Output) -> int:
    with installation.opened(chosen) as ports:
        out.about(installation.named(chosen))
        if chosen.backend == "gcp" and given.run is pages.workspace:
            sealing_keys.init(chosen, out)
        return int(given.run(ports, given, out))


def _named(problem: Exception) -> str:
    if isinstance(problem, registry.UnknownPlatform):
        return f"--platform: there is no {problem}; known are {', '.join(registry.all_names())}."
    return problem.message if isinstance(problem, RostrumError) else str(problem)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    suppress = argparse.SUPPRESS  # a command's default would undo what was said before its name
    common.add_argument("--json", action="store_true", default=suppress, help="one JSON object a line")
    common.add_argument("--project", default=suppress, help="of an installation on Google Cloud: the project's id")
    common.add_argument("--region", default=suppress, help="and its region, as in terraform")
    parser = argparse.ArgumentParser(
        prog="python -m scripts.operate", description="Operate Rostrum.", epilog=EPILOG, parents=[common]
    )
    parser.set_defaults(json=False, project="", region="")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    adder = _Adder(commands, common)
    _on_posts(adder)
    _on_letters(adder)
    keys = adder.add("keys", sealing_keys.show, "the sealing keys, and how many secrets each holds")
    _on_keys(_Adder(keys.add_subparsers(dest="keys_command", metavar="command"), common))
    status = adder.add("status", pages.status, "one page about the installation")
    status.add_argument("--workspace", default="", help="of one only")
    first = adder.add("workspace", pages.workspace, "make a workspace, and show its API keys this once")
    first.add_argument("--name", default="First workspace", help="of the workspace")
    return parser


class _Adder:
    """Adds commands that share the common options."""

    def __init__(
        self, commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
    ) -> None:
        self._commands, self._common = commands, common

    def add(self, name: str, run: Command, what: str) -> argparse.ArgumentParser:
        """A command, with what it does in one line."""
        made = self._commands.add_parser(name, help=what, description=what, parents=[self._common])
        made.set_defaults(run=run)
        return made


def _on_posts(adder: _Adder) -> None:
    stuck = adder.add("stuck", posts.show_stuck, "what should have moved on and did not, and why")
    stuck.add_argument("--workspace", default="", help="of one only")
    either = stuck.add_mutually_exclusive_group()
    either.add_argument(
        "--push", nargs="+", metavar="ID", help="do for these posts, actions or targets what the sweeper does"
    )
    either.add_argument("--all", action="store_true", help="do all that the sweeper does each minute, now")
    for name, run, what in (
        ("hold", posts.hold, "let nothing out of what waits, until it is released"),
        ("release", posts.release, "let out what is held, each at its time"),
    ):
        made = adder.add(name, run, what)
        made.add_argument("ids", nargs="*", metavar="ID", help="of posts, actions or targets; without any: all")
        made.add_argument("--workspace", default="", help="of one only (ws_…, or ws_….live)")
        made.add_argument("--platform", default="", help="of one network only")


def _on_letters(adder: _Adder) -> None:
    made = adder.add(
        "dead-letters", letters.run, "deliveries that were given up: of networks, or to callers' endpoints"
    )
    made.add_argument("ids", nargs="*", metavar="ID", help="of networks' deliveries; without any: all")
    made.add_argument("--platform", default="", help="those of one network")
    made.add_argument("--outbound", action="store_true", help="those to callers' webhook endpoints")
    made.add_argument("--workspace", default="", help="with --outbound: of one only")
    made.add_argument("--replay", action="store_true", help="once more, instead of listing them")


def _on_keys(adder: _Adder) -> None:
    rotate = adder.add("rotate", sealing_keys.rotate, "add a key, which seals from now on")
    rotate.add_argument("--again", action="store_true", help="also where one was added lately")
    adder.add("rewrap", sealing_keys.rewrap, "seal with the newest key what older ones hold")
    retire = adder.add("retire", sealing_keys.retire, "forget a key that holds nothing any more")
    retire.add_argument("key", metavar="KEY", help="its id")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
