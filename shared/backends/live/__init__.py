"""What is the same in both worlds: the network, the clock, randomness."""
