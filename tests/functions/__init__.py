"""Each packaged function, started as the cloud starts it."""
