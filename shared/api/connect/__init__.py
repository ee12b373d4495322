"""Networks, pages, walls and channels: ``/api/…``, forms or JSON."""
