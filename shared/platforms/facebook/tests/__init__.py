"""Tests of the Facebook folder."""
