"""The networks. One folder each; the registry lists their names without importing them."""
