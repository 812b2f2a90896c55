"""Beginning and ending sessions, and the language of a person. Nothing here commits, except what says so."""

from datetime import datetime

from flask import request, session
from flask_login import current_user, login_user
from sqlalchemy import ColumnElement, insert, or_, update

from portal import clock
from portal.accounts.models import GRACE, Kind, LoginSession, Why
from portal.accounts.throttle import address_of
from portal.db import Own, db, own_transaction
from portal.directory.models import Person


def begin(person_id: int, kind: Kind = Kind.DESKTOP) -> LoginSession:
    """Sign somebody in on this device: a new row, a new id, nothing left of whoever was here before."""
    end_current(Why.REPLACED)
    agent = request.user_agent.string
    row = LoginSession.begin(person_id, clock.now(), kind=kind, ip=address_of(request.remote_addr), agent=agent)
    db.session.add(row)
    db.session.flush()
    login_user(row)
    return row


def end_current(why: Why) -> None:
    """End the session of this request, if it has one; the cookie only remembers whose it was."""
    was = None
    if current_user.is_authenticated:
        was = current_user.person_id
        _end(why, clock.now(), LoginSession.id == current_user.id)
    session.clear()
    if was is not None and why is Why.SIGNED_OUT:
        session["was"] = was


def end_sessions(person_id: int, why: Why, *, but: int | None = None) -> int:
    """End every session of somebody (`but` one); how many. For the person, an administrator, the directory sync."""
    return _end(why, clock.now(), LoginSession.person_id == person_id, LoginSession.id != (but or 0))


def end_one(row: LoginSession) -> None:
    """End one session from another one."""
    if row.revoked_at is None:
        row.revoked_at, row.why = clock.now(), Why.ELSEWHERE


def renew(row: LoginSession) -> LoginSession:
    """After the password was given again: a new id in a transaction of its own; the old one dies in some seconds."""
    fresh = row.renewed(clock.now())
    token = fresh.token
    columns = ("id_hash", "person_id", "kind", "created", "seen", "auth_at", "ip", "agent")
    with own_transaction(Own.CONFIRMED) as connection:
        replaced = update(LoginSession).where(LoginSession.id == row.id, LoginSession.revoked_at.is_(None))
        connection.execute(replaced.values(revoked_at=clock.now() + GRACE, why=Why.REPLACED))
        connection.execute(insert(LoginSession).values({name: getattr(fresh, name) for name in columns}))
    session["_user_id"] = token
    return fresh


def speak(person_id: int, language: str) -> None:
    """Keep the language somebody chose."""
    db.session.execute(update(Person).where(Person.id == person_id).values(language=language))


def _end(why: Why, at: datetime, *which: ColumnElement[bool]) -> int:
    still = or_(LoginSession.revoked_at.is_(None), LoginSession.revoked_at > at)
    ended = update(LoginSession).where(still, *which).values(revoked_at=at, why=why).returning(LoginSession.id)
    return len(db.session.scalars(ended).all())
