"""Finding sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, exists, or_, select

from portal import clock, settings
from portal.access.models import Role, RoleGrant
from portal.accounts.models import BreakGlass, Kind, LoginSession, hash_of
from portal.db import db, kept
from portal.directory.lines import on
from portal.directory.models import Person, Status
from portal.settings import Setting

IDLE, ABSOLUTE, ZONE = "idle_hours", "session_hours", "time_zone"


def by_token(token: str, at: datetime) -> LoginSession | None:
    """The session of a cookie with its person's name and language; `counts` says whether it is open.

    None when there is none, or its person has left. It is let go of the database session, so that it stays readable
    after a rollback. The two limits come along: every request asks this, and one statement is enough. So does the zone:
    which day it is decides what the viewer may see, and is asked before any other setting.
    """
    row = db.session.execute(_BY_TOKEN, {"hash": hash_of(token)}).first()
    if row is None:
        return None
    login: LoginSession
    login, name, language, idle, absolute, zone = row
    clock.keep_zone(str(zone or settings.NAMES[ZONE].default))
    db.session.expunge(login)
    login.person_name, login.language = name, language or ""
    login.counts = login.is_open(at, _hours(IDLE, idle), _hours(ABSOLUTE, absolute))
    return login


def open_sessions(person_id: int, at: datetime) -> Sequence[LoginSession]:
    """Where somebody is signed in, the latest first."""
    limits = _hours(IDLE, settings.value(IDLE)), _hours(ABSOLUTE, settings.value(ABSOLUTE))
    mine = select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None))
    found = db.session.scalars(mine.order_by(LoginSession.seen.desc()).limit(200))
    return [session for session in found if session.is_open(at, *limits)]


def own_or_404(person_id: int, session_id: int) -> LoginSession:
    """One of somebody's own sessions."""
    mine = select(LoginSession).where(LoginSession.id == session_id, LoginSession.person_id == person_id)
    found: LoginSession = db.one_or_404(mine)
    return found


def account_of(person_id: int) -> tuple[str, str | None]:
    """The account's name in the directory (empty for somebody without one), and the directory's key."""
    row = db.session.execute(select(Person.login, Person.directory_key).where(Person.id == person_id)).one()
    return row.login or "", row.directory_key


def roles_held() -> set[Role]:
    """The roles that somebody of the company holds today."""
    here = exists().where(Person.id == RoleGrant.person_id, Person.status != Status.LEFT)
    return set(db.session.scalars(select(RoleGrant.role).where(on(clock.today(), RoleGrant), here).distinct()))


def _chosen(name: str) -> ScalarSelect[object]:
    return select(Setting.value).where(Setting.name == name).scalar_subquery()


def _hours(name: str, chosen: object) -> timedelta:
    return timedelta(hours=int(str(chosen or settings.NAMES[name].default)))


def _by_token() -> Select[*tuple[Any, ...]]:
    allowed = or_(
        and_(LoginSession.kind != Kind.LOCAL, Person.status != Status.LEFT),
        and_(LoginSession.kind == Kind.LOCAL, BreakGlass.id.is_not(None)),
    )
    found = select(LoginSession, Person.name, Person.language, _chosen(IDLE), _chosen(ABSOLUTE), _chosen(ZONE))
    found = found.join(Person, Person.id == LoginSession.person_id)
    found = found.outerjoin(BreakGlass, and_(BreakGlass.person_id == Person.id, BreakGlass.disabled_at.is_(None)))
    return found.where(LoginSession.id_hash == bindparam("hash"), allowed)


_BY_TOKEN = kept(_by_token())  # made once: every request asks it, and making it costs more than asking
