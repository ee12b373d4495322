"""Each bomb in a process of its own with a limit on memory and on processor time: what was answered, and what it took.

Run as a program by ``test_bombs``: a fresh interpreter that loads the API once, and forks for each bomb. The limit on
processor time is the kernel's (RLIMIT_CPU): a slow or busy machine changes nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CPU_SECONDS = 2
MOST_RSS = 300 * 1_000_000
ADDRESS_SPACE = 2_000 * 1_000_000  # so that a bomb that does go off cannot take the machine with it


@dataclass(frozen=True)
class Felt:
    """``status`` 0: no answer, ``why`` says what ended it. ``seconds`` of processor time, ``rss`` bytes at most."""

    status: int
    why: str
    seconds: float
    rss: int


def felt(act: Callable[[], tuple[int, str]], cpu_seconds: int = CPU_SECONDS) -> Felt:
    """``act`` in a fork of this process, within the limits."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inlet)
        _limited(cpu_seconds)
        _answer(outlet, act)
    os.close(outlet)
    with os.fdopen(inlet, "rb") as pipe:
        said = pipe.read()
    _, status, used = os.wait4(child, 0)
    seconds, rss = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    if not said:
        how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        return Felt(0, f"no answer: {how}", seconds, rss)
    code, why = json.loads(said)
    return Felt(code, why, seconds, rss)


def _limited(cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(outlet: int, act: Callable[[], tuple[int, str]]) -> None:
    try:
        said = act()
    except BaseException:  # noqa: BLE001 - whatever it is, it is what the bomb did
        said = (0, traceback.format_exc()[-600:])
    with suppress(OSError):
        os.write(outlet, json.dumps(said).encode()[:4096])
    os._exit(0)


def main() -> None:
    """``python -m tests.security.exploding FOLDER SERVER full|sample``: a JSON line for each bomb and each way."""
    from tests.security import ways

    folder, server, scale = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    for one in ways.everything(folder, server, full=scale == "full"):
        one.ready()
        row: dict[str, Any] = {"label": one.label, "harmless": one.harmless, **asdict(felt(one.act))}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
