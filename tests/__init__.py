"""Tests that cross rooms; unit and mapping tests stand beside the code."""
