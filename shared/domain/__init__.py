"""What things are: plain, total, free of I/O. Only the standard library is imported here."""
