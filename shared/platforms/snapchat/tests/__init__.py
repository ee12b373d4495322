"""Tests of what only Snapchat has."""
