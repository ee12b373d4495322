"""Tests of what only Threads has."""
