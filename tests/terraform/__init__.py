"""What terraform/ plans, held against the code, and the check that holds it."""
