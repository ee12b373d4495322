"""Putting it together: settings, the one composition root, the edges of the functions, logging, the sandbox network."""
