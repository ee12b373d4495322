"""What `make` calls, on small inputs of its own."""
