"""Every request that the documents of our four dialects show, sent as shown, and answered as shown."""
