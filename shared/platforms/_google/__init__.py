"""What the networks behind a Google account share: OAuth, the error body of Google's APIs, and both in the simulators."""
