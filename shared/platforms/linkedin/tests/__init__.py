"""Tests of the LinkedIn folder."""
