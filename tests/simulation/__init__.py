"""The whole system on a virtual clock, with every port call failing where a plan says: see ``explore``."""
