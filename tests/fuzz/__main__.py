"""`make fuzz`. What the processes run lies in ``running``: a spawned process does not import a package's ``__main__``."""

from __future__ import annotations

import sys

from tests.fuzz.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
