"""Tests of the Bluesky folder."""
