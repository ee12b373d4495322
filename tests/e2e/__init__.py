"""The product as a process: over HTTP, on emulators, and killed."""
