"""Tests of what only TikTok has."""
