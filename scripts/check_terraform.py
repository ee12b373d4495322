"""`make check-terraform`: format, `terraform validate` against google's schema, and every rule on the plans of terraform/tests,
without the internet and without the provider. Where terraform is not installed, it says so and passes.

``--mistakes``: instead, make each mistake of ``scripts.terraform.mistakes`` by itself, and fail if one is not found.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

from scripts.terraform import mistakes, safety, workspace
from scripts.terraform.planned import Code, Plan, code
from scripts.terraform.workspace import Failed, Workspace

NEEDED = "REQUIRE_TERRAFORM"


def found(space: Workspace, known: Code, *names: str) -> Iterator[str]:
    """All that is wrong with the terraform of a copy; what does not validate is not planned. ``names``: of the files of
    terraform/tests to run, all by default."""
    unformatted = space.call("fmt", "-check", "-recursive").stdout.split()
    yield from (f"{path} is not formatted: terraform fmt -recursive terraform" for path in unformatted)
    faults = space.faults()
    yield from faults
    if faults:
        return
    yield from safety.undestroyable(space.root / "terraform")
    try:
        plans = space.plans(*names)
    except Failed as error:
        yield str(error)
        return
    for run, resources in plans.items():
        yield from (f"{run}: {text}" for text in safety.findings(Plan(resources), known))


def check() -> int:
    """As it is in the tree; 1 if anything is wrong."""
    known = code()
    with workspace.copied() as space:
        space.initialised()
        wrong = list(found(space, known))
    print("\n".join(wrong) or "terraform: validated and planned, every rule holds")
    return 1 if wrong else 0


def seeded() -> int:
    """Each mistake by itself; 1 if one stays unseen."""
    unseen, known = 0, code()
    for mistake in mistakes.MISTAKES:
        began = time.monotonic()
        with workspace.copied() as space:
            space.initialised()
            mistake.make(space.root)
            seen = [text for text in found(space, known, "production") if mistake.says in text]
        unseen += not seen
        print(
            f"{'found' if seen else 'UNSEEN':<7} {time.monotonic() - began:4.1f} s  {mistake.name}: {(seen or [''])[0][:110]}",
            flush=True,
        )
    print(f"{len(mistakes.MISTAKES)} mistakes, {unseen} unseen")
    return 1 if unseen else 0


def main(arguments: list[str]) -> int:
    """Whether terraform may be applied."""
    if workspace.binary() is None:
        print(f"warning: terraform is not installed: terraform/ was not checked ({NEEDED}=1 makes this an error)")
        return 1 if os.environ.get(NEEDED) == "1" else 0
    return seeded() if "--mistakes" in arguments else check()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
