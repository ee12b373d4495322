"""What every dialect shares: routing, bodies, authentication's order, idempotency, errors' last line, headers, the log.

``handling.handle`` is the whole of it; a dialect brings routes (data), models, handlers and the spelling of errors.
"""
