"""What networks push to us: proven and kept within the request, made of it what it means afterwards.

``receive`` keeps a delivery and answers; ``process`` reads it, files what it says into the inbox, wakes what waits for it and marks
accounts; ``sweeping`` hands out again what was left. docs/inbound-webhooks.md tells operators what to register where.
"""

from __future__ import annotations

from shared.operations.ingesting.receiving import challenge, receive, simulated

__all__ = ["challenge", "receive", "simulated"]
