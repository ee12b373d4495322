"""Publishing for creators: ``/api/v1/creator/social/…``, with JWT roles."""
