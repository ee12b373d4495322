"""The canonical dialect: ``/v1/…``. Routes are data, models are pydantic, handlers translate; ``dialect.py`` ties them."""
