"""Exports: ``asking`` (begin one), ``reading`` (lists, states, rows), ``processing`` (the task), ``rows`` (what a post's
row says), ``workbook``, ``report`` and ``table`` (the files), ``sweeping`` (what the queue forgot, and what has expired)."""
