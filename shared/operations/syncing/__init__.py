"""What networks have to be asked for on schedule: numbers of posts and accounts, and what they do not push."""
