"""Tests of the YouTube folder."""
