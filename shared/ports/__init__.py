"""What Rostrum needs of the world, as Protocols. The docstrings are the contract; one suite holds every backend to it."""
