"""What Meta's amounts of money are in: hundredths of a currency, or whole units of those listed here."""

from __future__ import annotations

# https://developers.facebook.com/docs/marketing-api/currencies, read 2026-11-22: Meta's own list, and not ISO's.
WHOLE_UNITS = frozenset(["CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"])
