"""A thousand ``kill -9`` of the real process on SQLite, while it is used.

Several installations are killed in turn, two at a time, a hundred times each: at boundaries (``dying``), at any moment of the
unmodified process, and of its main process alone. Callers insist on their answers meanwhile (``callers``), and afterwards all
that was asked for is held against what followers see (``accounting``). What chance decides follows from the seed; what the
machine's clock decides does not: a broken promise keeps the installation's folder, with all that it did and said.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.torture.accounting import Account, settle
from tests.torture.bout import Bout
from tests.torture.figures import Figures, Options

KILLS, AT_ONCE, EACH = 1000, 2, 100
QUICK = 20


def torture(options: Options) -> Figures:
    """Kill, settle, account."""
    count, each = (1, QUICK) if options.quick else (KILLS // EACH, EACH)
    folder = Path(tempfile.mkdtemp(prefix="rostrum-torture-"))
    names = {number: f"s{options.seed}b{number}" for number in range(1, count + 1)}
    bouts = [Bout(folder / str(number), name, each, options.say) for number, name in names.items()]
    for number, bout in enumerate(bouts):
        bout.processes = 2 - number % 2  # as it comes on two cores, and as on one
        bout.patience = 3.0 if options.quick else bout.patience
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(_fought, bouts))
    figures = _figures(bouts, found, folder)
    if figures.kept:
        shutil.rmtree(folder)
    return figures


def _fought(bout: Bout) -> Account:
    bout.folder.mkdir(parents=True)
    try:
        with bout.fought() as (server, hook):
            found = settle(bout, server, hook)
    except Exception as problem:  # noqa: BLE001 - it does not start any more, say: the others' kills are not to be lost for it
        found = Account(lies=[*bout.lies, f"could not go on: {type(problem).__name__}: {str(problem)[-2000:]}"])
    broken = [*found.duplicates, *found.losses, *found.lies]
    bout.say(f"{bout.seed}: {dict(found.ends)}, {len(broken)} promises broken")
    for one in broken[:3]:
        bout.say(f"{bout.seed}: {one}")
    if not broken:
        shutil.rmtree(bout.folder)
    return found


def _figures(bouts: Sequence[Bout], found: Sequence[Account], folder: Path) -> Figures:
    kills, ends = Counter[str](), Counter[str]()
    for bout, account in zip(bouts, found, strict=True):
        kills += bout.kills
        ends += account.ends
    told = [
        f"{bout.seed}: {what} (kept in {folder / bout.folder.name})"
        for bout, account in zip(bouts, found, strict=True)
        for what in (*account.duplicates, *account.losses, *account.lies)
    ]
    did = {"kills": kills.total(), **{f"of them {manner}": count for manner, count in kills.most_common()}}
    did |= {"posts": sum(len(bout.ledger.posts) for bout in bouts), "targets": ends.total()}
    did |= {"requests asked again": sum(bout.again for bout in bouts)}
    did |= {"pushes": sum(len(bout.ledger.pushed) for bout in bouts)}
    duplicates, losses = (sum(len(getattr(one, kind)) for one in found) for kind in ("duplicates", "losses"))
    lies = tuple(told) if any(one.lies for one in found) or duplicates or losses else ()
    return Figures(did, duplicates, losses, lies, dict(ends.most_common()))
