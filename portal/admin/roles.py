"""Who holds a role: the list, one of them, and what a form about one needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort
from sqlalchemy import Select, and_, or_, select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.admin.operations import BY_HAND
from portal.db import db
from portal.directory.finding import LONGEST
from portal.directory.models import Person, Unit
from portal.formats import Dated

PAGE = 50


@dataclass(frozen=True)
class Held(Dated):
    """One role of one person, as the list shows it."""

    id: int
    person_id: int
    name: str
    number: str
    role: Role
    unit: str
    since: date
    until: date | None
    source: str
    reason: str

    @property
    def by_hand(self) -> bool:
        """Given here; otherwise it follows a group of the directory."""
        return self.source == BY_HAND


@dataclass(frozen=True)
class Page:
    """A page of the list, and the row after which it goes on."""

    rows: Sequence[Held]
    more: int | None


def held(role: str = "", words: str = "", after: int | None = None) -> Page:
    """Everybody who holds a role today or later, by name."""
    found = _found().where(RoleGrant.role.in_([one for one in Role if role in ("", one)]), _counts())
    if words := words.strip()[:LONGEST]:
        spellings = (Person.name, Person.login, Person.number, Unit.name)
        found = found.where(or_(*(spelling.icontains(words, autoescape=True) for spelling in spellings)))
    if after:
        last = select(Person.pinyin).join(RoleGrant, RoleGrant.person_id == Person.id).where(RoleGrant.id == after)
        name = db.session.scalar(last) or ""
        found = found.where(or_(Person.pinyin > name, and_(Person.pinyin == name, RoleGrant.id > after)))
    rows = db.session.execute(found.order_by(Person.pinyin, RoleGrant.id).limit(PAGE + 1)).all()
    return Page([Held(*row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None)


def one_or_404(grant_id: int) -> Held:
    """A role that is held today or later."""
    row = db.session.execute(_found().where(RoleGrant.id == grant_id, _counts())).first()
    return Held(*(row or abort(404)))


def person_or_404(person_id: int) -> Person:
    return db.session.get(Person, person_id) or abort(404)


def _found() -> Select[Any]:
    columns: tuple[Any, ...] = (RoleGrant.id, Person.id, Person.name, Person.number, RoleGrant.role, Unit.name)
    found: Select[Any] = select(*columns, RoleGrant.since, RoleGrant.until, RoleGrant.source, RoleGrant.reason)
    return found.join(Person, Person.id == RoleGrant.person_id).outerjoin(Unit, Unit.id == RoleGrant.unit_id)


def _counts() -> Any:
    """Held today or on a day to come; one that was taken back before it began never is."""
    ends = and_(RoleGrant.until > clock.today(), RoleGrant.until > RoleGrant.since)
    return or_(RoleGrant.until.is_(None), ends)
