"""Rostrum's shared code: copied beside every function's ``main.py`` when it is packaged."""
