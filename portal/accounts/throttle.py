"""Slowing whoever guesses passwords, without locking out the colleague whose name they guess (security.md 5).

Every attempt is counted before the directory is asked, in a short transaction of its own. A known device counts
alone and never waits for what others did. The directory's own lock is never reached through the portal.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import ColumnElement, Connection, delete, insert, select, text

from portal.accounts.models import Counter, LoginAttempt
from portal.db import Own, own_transaction

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=2)
LONGEST = 60
"""Seconds an unknown device waits at most for the guesses of others."""


@dataclass(frozen=True)
class Limits:
    """How many attempts in 15 minutes; `lockout` is the directory's own limit within `forgets` (0 = it has none)."""

    device: int = 5
    address: int = 30
    account: int = 20
    lockout: int = 5
    forgets: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Try:
    """Who tries: the account's name, where from, and the known device, if it is one of this account."""

    account: str
    address: str
    device: str | None = None


@dataclass(frozen=True)
class Rule:
    """At most `most` of these in `window`; a gentle rule then asks for 2, 4 ... 60 s instead of the whole window."""

    counter: Counter
    key: str
    most: int
    window: timedelta
    gentle: bool = False

    def wait(self, times: list[datetime], at: datetime) -> float:
        """Seconds to wait; `times` newest first. What lies in the future (a clock set back) is not counted."""
        times = [moment for moment in times if at - self.window < moment <= at]
        if len(times) < self.most:
            return 0
        if self.gentle:
            over = min(len(times) - self.most + 1, 10)
            return max(0.0, (times[0] - at).total_seconds() + float(min(LONGEST, 2**over)))
        return (times[self.most - 1] + self.window - at).total_seconds()


def address_of(remote: str | None) -> str:
    """What counts as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        found = ip_address(remote or "")
    except ValueError:
        return remote or ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def rules(trial: Try, limits: Limits, secret: str) -> list[Rule]:
    """What this attempt is measured by."""

    def key(counter: Counter, *parts: str) -> str:
        return hmac.new(secret.encode(), "\0".join((counter, *parts)).encode(), hashlib.sha256).hexdigest()[:40]

    known = trial.device is not None
    found = [Rule(Counter.DEVICE, key(Counter.DEVICE, trial.account, trial.device or trial.address), limits.device, WINDOW)]
    if not known:
        found.append(Rule(Counter.ADDRESS, key(Counter.ADDRESS, trial.address), limits.address, WINDOW))
        found.append(Rule(Counter.ACCOUNT, key(Counter.ACCOUNT, trial.account), limits.account, WINDOW, gentle=True))
    if limits.lockout:
        # One try stays free for the known device: strangers stop one earlier than its owner, and both below the lock.
        most = max(1, limits.lockout - (1 if known else 2))
        found.append(Rule(Counter.BIND, key(Counter.BIND, trial.account), most, limits.forgets))
    return found


@dataclass(frozen=True)
class Counted:
    """An attempt let through (its rows), or the seconds to wait."""

    wait: int
    ids: tuple[int, ...] = ()


def count(measures: list[Rule], at: datetime) -> Counted:
    """Count one attempt, or say how long to wait; whoever has to wait is not counted again."""
    with own_transaction(Own.LOGIN_ATTEMPT) as connection:
        _alone(connection)
        connection.execute(delete(LoginAttempt).where(LoginAttempt.at < at - KEPT))
        since = at - max(rule.window for rule in measures)
        asked = select(LoginAttempt.key, LoginAttempt.at).order_by(LoginAttempt.at.desc())
        asked = asked.where(LoginAttempt.key.in_([rule.key for rule in measures]), LoginAttempt.at > since)
        seen = connection.execute(asked).all()
        wait = max(rule.wait([moment for key, moment in seen if key == rule.key], at) for rule in measures)
        if wait > 0:
            return Counted(int(wait) + 1)
        made = insert(LoginAttempt).returning(LoginAttempt.id)
        rows = [{"counter": rule.counter, "key": rule.key, "at": at} for rule in measures]
        return Counted(0, tuple(connection.execute(made, rows).scalars()))


def settle(measures: list[Rule], counted: Counted, *, right: bool) -> None:
    """Take an attempt back that told nothing (no answer); after the right password also what the person mistyped."""
    forgotten: ColumnElement[bool] = LoginAttempt.id.in_(counted.ids)
    if right:  # the directory has forgotten as well
        own = [rule.key for rule in measures if rule.counter in (Counter.DEVICE, Counter.BIND)]
        forgotten |= LoginAttempt.key.in_(own)
    with own_transaction(Own.LOGIN_ATTEMPT) as connection:
        connection.execute(delete(LoginAttempt).where(forgotten))


def _alone(connection: Connection) -> None:
    """Two at the same moment would both find room. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE login_attempt IN SHARE ROW EXCLUSIVE MODE"))
