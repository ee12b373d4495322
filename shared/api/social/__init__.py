"""Verbs per platform: ``/v1/social/{platform}/…``."""
