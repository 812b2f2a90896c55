"""The local administrator: made by a command, works without the directory, sees nobody's goals or results."""

import base64
import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import current_app
from sqlalchemy import select

from portal import clock, journal
from portal.access import Relation, Viewer
from portal.accounts import throttle
from portal.accounts.models import BreakGlass, Counter
from portal.accounts.signing_in import Refusal, Refused
from portal.accounts.throttle import Limits, Try
from portal.db import db, let_go
from portal.directory.models import Person, Status

hasher = PasswordHasher()  # argon2id with the library's current parameters


def _of_nothing() -> str:
    """A hash that no password has, drawn instead of computed: computing one would cost every start a third of a second."""
    salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${digest}"


NEVER = _of_nothing()
"""What an unknown name is checked against: it takes as long as a known one."""


def viewer(person_id: int, name: str = "") -> Viewer:
    """Who the local administrator is to the portal: a system administrator and nothing else."""
    return Viewer(person_id, None, 0, frozenset({Relation.SYSTEM_ADMIN.value}), (), (), name=name, outside=True)


def find(name: str) -> BreakGlass | None:
    """A local administrator that is switched on."""
    return db.session.scalar(select(BreakGlass).where(BreakGlass.name == name, BreakGlass.disabled_at.is_(None)))


def all_on() -> Sequence[BreakGlass]:
    """Everybody that is switched on; nobody = the page to sign in as one does not exist."""
    return db.session.scalars(select(BreakGlass).where(BreakGlass.disabled_at.is_(None)).order_by(BreakGlass.name)).all()


def create(name: str) -> str:
    """Make one, or give it a new password. The password: 160 random bits, told once and kept nowhere."""
    password = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    password = "-".join(password[n : n + 4] for n in range(0, len(password), 4))
    secret = hasher.hash(password)
    known = db.session.scalar(select(BreakGlass).where(BreakGlass.name == name))
    if known is None:
        person = Person(name=name, status=Status.LEFT)
        db.session.add(person)
        db.session.flush()
        known = BreakGlass(name=name, person_id=person.id, created=clock.now())
    known.secret_hash, known.disabled_at = secret, None
    db.session.add(known)
    db.session.flush()
    journal.write("break_glass.changed", known, viewer(known.person_id), now="on")
    return password


def disable(name: str) -> bool:
    """Switch it off; whether there was one that was on. Its sessions end at the next request."""
    known = find(name)
    if known is None:
        return False
    known.disabled_at = clock.now()
    journal.write("break_glass.changed", known, viewer(known.person_id), was="on", now="off")
    return True


def enter(name: str, password: str, address: str) -> BreakGlass | Refused:
    """Who signs in, noted in the journal, or why not."""
    return checked(name, password, address) or used(name)


def checked(name: str, password: str, address: str) -> Refused | None:
    """Why not. Attempts are counted by name and address: nobody else's failures stand in the way."""
    known = find(name)
    secret = known.secret_hash if known else NEVER
    let_go()
    measures = throttle.rules(Try(f"local/{name}", address), Limits(lockout=0), str(current_app.secret_key))
    measures = [rule for rule in measures if rule.counter is Counter.DEVICE]
    counted = throttle.count(measures, clock.now())
    if counted.wait:
        return Refused(Refusal.TOO_MANY, counted.wait)
    if not proves(secret, password) or known is None:
        current_app.logger.warning("sign-in: local administrator refused, from %s", address)
        return Refused(Refusal.WRONG)
    throttle.settle(measures, counted, right=True)
    return None


def used(name: str) -> BreakGlass | Refused:
    """Note the use; read again, for it may have been switched off while the password was checked."""
    known = find(name)
    if known is None:
        return Refused(Refusal.WRONG)
    known.used_at = clock.now()
    journal.write("break_glass.used", known, viewer(known.person_id))
    current_app.logger.warning("sign-in: the local administrator %d came in", known.id)
    return known


def proves(secret: str, password: str) -> bool:
    """Whether the password fits what is kept of it."""
    try:
        return hasher.verify(secret, password)
    except VerificationError:
        return False
