"""What `make check-terraform` needs: a provider that knows google's schema and nothing else, and the rules of our own."""
