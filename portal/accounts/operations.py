"""Beginning and ending sessions, and the language of a person. Nothing here commits, except what says so."""

from flask import request, session
from flask_login import current_user, login_user
from sqlalchemy import ColumnElement, insert, or_, select, update

from portal import clock
from portal.accounts.models import GRACE, Kind, LoginSession, Why
from portal.accounts.throttle import address_of
from portal.db import Own, db, own_transaction
from portal.directory.models import Person


class SessionOver(Exception):
    """The session was ended while its person gave the password again: nothing was done, and they sign in anew."""


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
        _end(why, *_same(current_user))
    session.clear()
    if was is not None and why is Why.SIGNED_OUT:
        session["was"] = was


def end_sessions(person_id: int, why: Why, *, but: LoginSession | None = None) -> int:
    """End every session of somebody (`but` this one, under whichever id it goes on); how many.

    For the person, an administrator, the directory sync.
    """
    others = [LoginSession.created != but.created] if but else []
    return _end(why, LoginSession.person_id == person_id, *others)


def end_one(row: LoginSession) -> None:
    """End one session from another one, also when it has got a new id since it was looked at."""
    _end(Why.ELSEWHERE, *_same(row))


def renew(row: LoginSession) -> LoginSession:
    """After the password was given again: a new id in a transaction of its own; the old one dies in some seconds.

    Raises SessionOver when the session was ended since the request began: it does not come back to life.
    """
    fresh = row.renewed(clock.now())
    token = fresh.token
    columns = ("id_hash", "person_id", "kind", "created", "seen", "auth_at", "ip", "agent")
    with own_transaction(Own.CONFIRMED) as connection:
        # Whoever ends a session locks it first, too: one of the two comes second and sees what the other has done.
        now = select(LoginSession.revoked_at, LoginSession.why).where(LoginSession.id == row.id).with_for_update()
        was = connection.execute(now).first()
        if was is None or not (was.revoked_at is None or (was.why is Why.REPLACED and was.revoked_at > clock.now())):
            raise SessionOver
        replaced = update(LoginSession).where(LoginSession.id == row.id, LoginSession.revoked_at.is_(None))
        connection.execute(replaced.values(revoked_at=clock.now() + GRACE, why=Why.REPLACED))
        connection.execute(insert(LoginSession).values({name: getattr(fresh, name) for name in columns}))
    session["_user_id"] = token
    return fresh


def speak(person_id: int, language: str) -> None:
    """Keep the language somebody chose."""
    db.session.execute(update(Person).where(Person.id == person_id).values(language=language))


def _same(row: LoginSession) -> tuple[ColumnElement[bool], ...]:
    """SQL conditions: the same sign-in under any of its ids."""
    return LoginSession.person_id == row.person_id, LoginSession.created == row.created


def _end(why: Why, *which: ColumnElement[bool]) -> int:
    """The lock comes first and by itself: a session that gets a new id at this moment has it when the next statement looks."""
    running = or_(LoginSession.revoked_at.is_(None), LoginSession.revoked_at > clock.now())
    db.session.execute(select(LoginSession.id).where(running, *which).order_by(LoginSession.id).with_for_update()).all()
    at = clock.now()
    still = or_(LoginSession.revoked_at.is_(None), LoginSession.revoked_at > at)
    ended = update(LoginSession).where(still, *which).values(revoked_at=at, why=why).returning(LoginSession.id)
    return len(db.session.scalars(ended).all())
