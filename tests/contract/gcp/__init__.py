"""What only the Google Cloud backends have: the requests that they send, their laziness, and lost answers."""
