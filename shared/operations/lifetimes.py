"""How long a connection lives, and when to renew it: from what the network said of its tokens, and its manifest's rule.

A token that only its own renewal keeps alive is renewed within its *window*: the second half of its life, or the last 30
days of a long one, less the last fifth of its life (at most 12 days), which is left for what goes wrong. Each account has
its own place in the window (``chores.spread``), so that accounts that were connected in the same minute are not renewed in
the same minute. An access token of hours beside a refresh token that lasts is not renewed in the background at all: whoever
needs one gets it on demand. Its refresh token is only used often enough not to die of disuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.accounts import Account
from shared.domain.chores import spread
from shared.platforms import registry
from shared.platforms.manifest import Renewal

LONGEST = timedelta(days=30)  # before its end, at most, a token is renewed
SHORTEST = 0.5  # of its life: not before, however short it lives
SPARED = 0.4  # of the window: left for what goes wrong
LOOK = timedelta(days=60)  # where a network names no end at all: used so often, to learn that it still lives
UNUSED = 0.5, 0.8  # of the time after which it dies of disuse: used between these
WARNINGS = 7, 1  # days before an end that only a person can put off
LONG = timedelta(days=14)  # what lives shorter is warned of only on its last day


@dataclass(frozen=True, slots=True)
class Lifetime:
    """``renew_at``: when it is to be renewed in the background, None never. ``ends_at``: when the connection is over unless
    it was renewed, or else made anew, None never as far as anybody knows. ``moves``: whether renewing puts that off."""

    since: datetime
    renew_at: datetime | None
    ends_at: datetime | None
    moves: bool = False

    def over(self, now: datetime) -> bool:
        """Whether its end has come."""
        return self.ends_at is not None and self.ends_at <= now

    def warnings(self, now: datetime) -> list[int]:
        """Of which days (before the end) a person should have been warned by now."""
        return [days for days, at in self._alarms() if at <= now and not self.over(now)]

    def look_at(self, now: datetime) -> datetime | None:
        """When to look at it first: at once if that is overdue, None when there is nothing to look for."""
        late = (self.renew_at is not None and self.renew_at <= now) or self.over(now)
        return now if late else self.next_at(now)

    def next_at(self, now: datetime) -> datetime | None:
        """When to look at it again, None when there is nothing to look for."""
        times = [self.renew_at, *([] if self.moves else [at for _, at in self._alarms()]), self.ends_at]
        return min((at for at in times if at is not None and at > now), default=None)

    def _alarms(self) -> list[tuple[int, datetime]]:
        if self.ends_at is None:
            return []
        of_it = WARNINGS if self.ends_at - self.since > LONG else WARNINGS[-1:]
        return [(days, self.ends_at - timedelta(days=days)) for days in of_it]


def of(account: Account) -> Lifetime:
    """The account's lifetime. Where it is not known whether there is a refresh token (``refreshable``), it counts as there."""
    rule, since = registry.manifest(account.platform).oauth.renewal, account.renewed_at or account.updated_at
    ends, lasts = account.expires_at, account.refresh_expires_at
    if rule is not None and rule.moves == "access" and ends is not None:
        earliest = since + timedelta(hours=rule.youngest_hours)
        return Lifetime(since, max(_within(account, since, ends), earliest), ends, moves=True)
    if rule is None or account.refreshable is False:
        return Lifetime(account.connected_at or since, None, ends)
    if lasts is None:
        return Lifetime(since, _in_use(account, since, rule), None)
    end = max(lasts, ends) if ends else lasts
    if rule.moves == "refresh":
        return Lifetime(since, _within(account, since, lasts), end, moves=True)
    return Lifetime(account.connected_at or since, _in_use(account, since, rule) if rule.idle_days else None, end)


def renews_itself(account: Account) -> bool:
    """Whether its access token is renewed by itself: once it has ended, nothing can."""
    rule = registry.manifest(account.platform).oauth.renewal
    return rule is not None and rule.moves == "access" and account.expires_at is not None


def _within(account: Account, since: datetime, end: datetime) -> datetime:
    window = min((end - since) * SHORTEST, LONGEST)
    return end - window + spread(account.id, "refresh", window * (1 - SPARED))


def _in_use(account: Account, since: datetime, rule: Renewal) -> datetime:
    idle = timedelta(days=rule.idle_days) if rule.idle_days else LOOK
    first, last = UNUSED
    return since + idle * first + spread(account.id, "refresh", idle * (last - first))
