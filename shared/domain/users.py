"""People: who signed in, and whose workspace is whose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from shared.domain.roles import UserRole

MAX_TEXT = 200  # characters of use_case and referral


@dataclass(frozen=True, slots=True)
class User:
    """A person: ``users/{id}``. ``role`` is theirs in their one ``workspace``, empty for its owner.

    A workspace that nobody signed in to has a stand-in under its own id, with what its keys said of its owner: no
    ``subject``, no ``email``.
    """

    id: str
    workspace: str
    created_at: datetime
    updated_at: datetime
    issuer: str = ""
    subject: str = ""
    email: str = ""
    name: str = ""
    picture: str = ""
    role: UserRole = ""
    onboarding: bool = False
    use_case: str = ""
    referral: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all people and keys of a space: ``workspaces/{space}/settings/people``.

    ``lock_accounts_to_brand``: an account of one brand cannot be connected to another as well.
    """

    lock_accounts_to_brand: bool = False


def user_id(issuer: str, subject: str) -> str:
    """The id of the person whom this issuer calls so: the same at every sign-in, so that two at once make one person."""
    named = f"{issuer}\0{subject}".encode()
    return f"usr_{hashlib.sha256(named).hexdigest()[:32]}"


def user_path(id: str) -> str:
    """``users/{id}``"""
    return f"users/{id}"


def settings_path(space: str) -> str:
    """``workspaces/{space}/settings/people``"""
    return f"workspaces/{space}/settings/people"
