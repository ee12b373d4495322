"""What an installation costs on Google Cloud: operations counted on the real code, times prices that carry their dates."""
