"""What callers can do, on the world in memory."""
