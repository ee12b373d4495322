"""What a caller, a queue or a schedule can ask for: one typed function each, free of HTTP and of any cloud."""
