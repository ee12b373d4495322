"""Tests of the WhatsApp folder."""
