"""The routes of this dialect, as data."""

from __future__ import annotations

from shared.api.creator.routes_accounts import ACCOUNTS
from shared.api.creator.routes_analytics import ANALYTICS
from shared.api.creator.routes_media import MEDIA
from shared.api.creator.routes_posts import POSTS
from shared.api.engine.routes import Route

ROUTES: tuple[Route, ...] = (*POSTS, *MEDIA, *ACCOUNTS, *ANALYTICS)
