"""Tests of the X folder."""
