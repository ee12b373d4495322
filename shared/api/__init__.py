"""How callers speak: the engine, and one folder per dialect."""
