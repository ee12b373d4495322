"""Tests of the Google Business Profile folder."""
