"""Connecting and renewing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from shared.domain.errors import Unsupported
from shared.platforms.contract import Fate, Refused
from shared.platforms.threads import MANIFEST, oauth
from shared.platforms.threads.tests import world as stages

HOUR, DAY = 3600, 86_400


def test_the_account_knows_what_it_was_allowed() -> None:
    """The exchange does not say: debug_token does."""
    stage = stages.stage()
    assert set(MANIFEST.oauth.scopes) <= set(stage.account.tokens.scopes)
    assert stage.account.tokens.refresh is None
    assert stage.account.tokens.expires_at is not None
    assert (stage.account.tokens.expires_at - stage.world.now).days == 60


def test_a_young_token_is_only_looked_at() -> None:
    """Threads renews none that is younger than a day."""
    stage = stages.stage()
    assert oauth.refresh(stage.call) == stage.call.tokens
    assert [urlsplit(sent.url).path for sent in stage.http.sent] == ["/v1.0/me"]
    stage.world.pass_time(DAY + HOUR)
    fresh = oauth.refresh(stage.call)
    assert fresh.access != stage.call.tokens.access
    assert fresh.scopes == stage.call.tokens.scopes


def test_an_expired_token_needs_its_owner() -> None:
    """There is no refresh token: 60 days without renewal are the end."""
    stage = stages.stage()
    stage.world.pass_time(60 * DAY)
    with pytest.raises(Refused) as refused:
        oauth.refresh(stage.call)
    assert refused.value.fate is Fate.UNAUTHORISED
    assert refused.value.row.reconnect


def test_there_is_no_password_and_nothing_to_give_back() -> None:
    """Both are said by the manifest, too."""
    stage = stages.stage()
    with pytest.raises(Unsupported):
        oauth.sign_in(stage.call, {})
    oauth.revoke(stage.call)
    assert stage.http.sent == []
