"""The world, twice: ``embedded`` (SQLite, files, threads) and ``gcp`` (Google's clients); ``live`` serves both."""
