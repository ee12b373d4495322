"""What holds for every backend of a port, and for every platform."""
