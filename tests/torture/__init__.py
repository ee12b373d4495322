"""``make torture``: the publishing promise, tried where it hurts, with figures."""
