"""Outbound webhooks: ``endpoints`` and ``hooks`` (register, change, remove), ``rotating`` (another secret); ``fanning_out`` and
``payloads`` (from an event to its deliveries); ``delivering`` (the queue's tasks), ``sending`` (one signed attempt, and its record),
``crowding``, ``standing`` and ``tending`` (an endpoint that is slow or away); ``deliveries`` and ``recovering`` (look back, send again)."""
