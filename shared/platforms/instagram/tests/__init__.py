"""Tests of the Instagram folder."""
