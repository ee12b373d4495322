"""Brands: a workspace's accounts in groups, one for each business, client or project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.accounts import Account

DEFAULT_BRAND = "default"  # every workspace has it, whether or not its document was ever written
MAX_BRAND_NAME = 100


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand: ``workspaces/{space}/brands/{id}``. ``timezone`` (IANA) is where its queue's slots are read.

    ``deleted_at``: it is gone for everybody, and what was in it is being taken apart; then its document goes, too.
    """

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    timezone: str = "UTC"
    deleted_at: datetime | None = None


def brand_path(space: str, brand_id: str) -> str:
    """``workspaces/{space}/brands/{brand_id}``"""
    return f"workspaces/{space}/brands/{brand_id}"


def brand_of(account: Account) -> str:
    """The brand that the account is in; the default one for those that were connected before there were brands."""
    return account.brand_id or DEFAULT_BRAND
