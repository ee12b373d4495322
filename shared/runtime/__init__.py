"""Putting it together: settings, the one composition root, the edges of the functions, logging, the sandbox network."""

import gc
import sys

if "functions_framework" in sys.modules:
    # A function is starting. What its modules and the first request's clients make stays: looking for garbage among it costs
    # a seventh of a cold start (605 → 520 ms of CPU). ``bootstrap.ports`` ends it, with the second request.
    gc.disable()
