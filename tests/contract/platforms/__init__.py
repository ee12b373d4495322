"""Every platform folder against the contract, and against its vendor's own material."""
