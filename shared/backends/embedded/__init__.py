"""The world on one machine: one SQLite file, a directory of blobs, a key file, and threads."""
