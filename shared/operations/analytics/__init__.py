"""What the numbers say: a post, a period, the times at which an account's posts do best. Only what was read, never guessed."""
