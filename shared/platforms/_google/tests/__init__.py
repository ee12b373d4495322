"""Tests of what the networks behind a Google account share."""
