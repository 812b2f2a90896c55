"""Whether a name and a password open the portal: count, ask the directory with no transaction open, find the person."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto

from flask import current_app
from sqlalchemy import select

from portal import clock, jobs, journal, settings
from portal.access import Viewer
from portal.accounts import throttle
from portal.accounts.throttle import Limits, Try
from portal.db import db, let_go
from portal.directory.connected import SYNC, connected
from portal.directory.entry import account_name
from portal.directory.ldap import Answer as Said
from portal.directory.ldap import Entry
from portal.directory.models import Person, Status
from portal.words import N_

LONGEST_NAME, LONGEST_PASSWORD = 128, 256


class Refusal(StrEnum):
    """Why somebody does not come in."""

    WRONG = auto()
    DISABLED = auto()
    EXPIRED = auto()
    PASSWORD_EXPIRED = auto()
    RESTRICTED = auto()
    UNREACHABLE = auto()
    TOO_MANY = auto()
    NOT_HERE_YET = auto()
    LEFT = auto()
    NOT_OPEN = auto()


SENTENCES = {
    # Also what a locked account is told: the directory says "locked" to wrong passwords, too.
    Refusal.WRONG: N_("Account and password do not match, or the company directory has locked the account for a while."),
    Refusal.DISABLED: N_("Your company account is switched off. The service desk can tell you why."),
    Refusal.EXPIRED: N_("Your company account has expired. The service desk can extend it."),
    Refusal.PASSWORD_EXPIRED: N_("Your password has expired or has to be changed. Set a new one first, then sign in with it."),
    Refusal.RESTRICTED: N_(
        "Your company account may sign in at certain hours or on certain computers only, so not to the portal just now. "
        "The service desk can change that."
    ),
    Refusal.UNREACHABLE: N_("The company directory does not answer, so nobody can sign in just now. Try again in a minute."),
    Refusal.TOO_MANY: N_("Too many attempts. Wait a little, then try again."),
    Refusal.NOT_HERE_YET: N_(
        "Your account is fine, but the portal does not know you yet. "
        "It is reading the directory now: try again in a few minutes, or ask HR."
    ),
    Refusal.NOT_OPEN: N_("Your account is fine, but the portal is still being set up and does not know anybody yet."),
    Refusal.LEFT: N_("The portal lists you as having left the company. Ask HR, who can correct it."),
}
STATUS = {Refusal.UNREACHABLE: 503, Refusal.TOO_MANY: 429}
NOTED = frozenset({Refusal.NOT_HERE_YET, Refusal.LEFT})
"""Refusals that leave something behind (a wish, an entry), which has to be kept."""
FROM_DIRECTORY = {
    Said.REFUSED: Refusal.WRONG,
    Said.LOCKED: Refusal.WRONG,
    Said.DISABLED: Refusal.DISABLED,
    Said.EXPIRED: Refusal.EXPIRED,
    Said.PASSWORD_EXPIRED: Refusal.PASSWORD_EXPIRED,
    Said.RESTRICTED: Refusal.RESTRICTED,
    Said.UNREACHABLE: Refusal.UNREACHABLE,
}
NO_PASSWORD = frozenset({Said.REFUSED, Said.LOCKED, Said.UNREACHABLE})
"""Answers that do not prove the password."""


@dataclass(frozen=True)
class Refused:
    """The answer to a sign-in that did not work; `wait` in seconds."""

    why: Refusal
    wait: int = 0

    @property
    def status(self) -> int:
        return STATUS.get(self.why, 401)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.why]


def enter(name: str, password: str, address: str, device: str | None) -> int | Refused:
    """The person's id, or why not. Takes the same time whatever was wrong. Raises RuntimeError inside a change."""
    found = checked(name, password, address, device)
    return found if isinstance(found, Refused) else _person(found)


def checked(name: str, password: str, address: str, device: str | None) -> Entry | Refused:
    """What the directory says; nothing of ours is asked, no transaction is open meanwhile."""
    let_go()
    began = time.monotonic()
    account = account_name(name)
    found: Entry | Refused = Refused(Refusal.WRONG)
    if 0 < len(account) <= LONGEST_NAME and 0 < len(password) <= LONGEST_PASSWORD:
        found = throttled(Try(account, address, device), lambda: _ask(account, password))
    if isinstance(found, Refused):
        _as_long_as_any(began, found.why)
    return found


def throttled(trial: Try, ask: Callable[[], tuple[Said, Entry | None]]) -> Entry | Refused:
    """Count the attempt, ask, and correct the count by what was said."""
    measures = throttle.rules(trial, limits(), str(current_app.secret_key))
    counted = throttle.count(measures, clock.now())
    if counted.wait:
        current_app.logger.warning("sign-in: too many attempts from %s", trial.address)
        return Refused(Refusal.TOO_MANY, counted.wait)
    said, entry = ask()
    if said not in NO_PASSWORD or said is Said.UNREACHABLE:
        throttle.settle(measures, counted, right=said is not Said.UNREACHABLE)
    if entry is not None and said is Said.OK:
        return entry
    current_app.logger.info("sign-in: %s from %s", said, trial.address)
    return Refused(FROM_DIRECTORY.get(said, Refusal.WRONG), 30 if said is Said.UNREACHABLE else 0)


def limits() -> Limits:
    """The limits in force."""
    config = current_app.config
    forgets = timedelta(minutes=config["DIRECTORY_LOCKOUT_MINUTES"])
    return Limits(address=config["LOGIN_ADDRESS_LIMIT"], lockout=config["DIRECTORY_LOCKOUT"], forgets=forgets)


def _ask(account: str, password: str) -> tuple[Said, Entry | None]:
    directory = connected()
    if directory is None:
        current_app.logger.error("sign-in: no directory is set up (LDAP_URL)")
        return Said.UNREACHABLE, None
    return directory.check(account, password)


def _person(entry: Entry) -> int | Refused:
    person = db.session.execute(select(Person.id, Person.status).where(Person.directory_key == entry.key)).first()
    if person is None and not settings.value("open"):
        return Refused(Refusal.NOT_OPEN)  # the first sync is somebody's decision
    if person is None:  # whoever began today: a sync fetches them, with its brake and its list
        jobs.ask(SYNC, {"dry": False, "confirms": None}, key=f"{SYNC}:real")
        return Refused(Refusal.NOT_HERE_YET)
    if person.status is not Status.LEFT:
        return int(person.id)
    # The directory lets in whom we believe gone: somebody has to look at it, so it goes into the journal.
    _listed(person.id)
    return Refused(Refusal.LEFT)


@dataclass(frozen=True)
class Account:
    """What a journal entry about somebody's access is about."""

    id: int
    person_id: int
    __tablename__ = "account"


def _listed(person_id: int) -> None:
    nobody = Viewer(person_id, None, 0, frozenset(), (), ())
    journal.write("account.refused", Account(person_id, person_id), nobody)


def _as_long_as_any(began: float, why: Refusal) -> None:
    # The directory may answer sooner to a name it does not know; nobody is to measure that.
    if why is not Refusal.UNREACHABLE:
        time.sleep(max(0.0, float(current_app.config["LOGIN_SECONDS"]) - (time.monotonic() - began)))
