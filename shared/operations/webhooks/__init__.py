"""Outbound webhooks: ``endpoints`` (register, change, remove), ``deliveries`` (test, list, retry), ``sending`` (one
signed attempt, and the task that makes it)."""
