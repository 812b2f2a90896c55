"""Reads of delegations: what I gave, what I was given, and all of them for HR."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal import access, clock
from portal.access import Act, Viewer
from portal.access.models import Delegation
from portal.db import db
from portal.directory.models import Person, Status
from portal.formats import Dated

PAGE = 50


@dataclass(frozen=True)
class Given(Dated):
    """One act in other hands, as a list shows it."""

    id: int
    act: Act
    giver_id: int
    giver: str
    taker_id: int
    taker: str
    since: date
    until: date | None
    reason: str


@dataclass(frozen=True)
class Page:
    """A page of the list, and the row before which it goes on."""

    rows: Sequence[Given]
    more: int | None


def of(viewer: Viewer) -> tuple[list[Given], list[Given]]:
    """What the viewer gave and what they were given, in force or to come. One statement."""
    mine = or_(Delegation.giver_id == viewer.id, Delegation.taker_id == viewer.id)
    rows = [
        Given(*row) for row in db.session.execute(_found().where(mine, _counts()).order_by(Delegation.since, Delegation.id))
    ]
    return [one for one in rows if one.giver_id == viewer.id], [one for one in rows if one.taker_id == viewer.id]


def everybody(before: int | None) -> Page:
    """All that are in force or to come, the newest first."""
    found = _found().where(_counts()).order_by(Delegation.id.desc()).limit(PAGE + 1)
    rows = db.session.execute(found.where(Delegation.id < before) if before else found).all()
    return Page([Given(*row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None)


def to_end_or_404(viewer: Viewer, delegation_id: int) -> Delegation:
    """One in force or to come, under lock: for who gave it, who was given it, and who grants roles."""
    row = db.session.scalar(select(Delegation).where(Delegation.id == delegation_id, _counts()).with_for_update())
    if row is None or not (viewer.id in (row.giver_id, row.taker_id) or access.can(Act.GRANT_ROLES, viewer)):
        abort(404)
    return row


def colleague_or_404(person_id: int) -> Person:
    """Somebody who can sign in and act."""
    person = db.session.get(Person, person_id)
    if person is None or person.status is not Status.ACTIVE or person.directory_key is None:
        abort(404)
    return person


def overlapping(giver_id: int, acts: Sequence[Act], since: date, until: date) -> list[Given]:
    """What the giver has handed on already, of these acts and on one of these days."""
    days = and_(Delegation.since < until, or_(Delegation.until.is_(None), Delegation.until > since))
    found = _found().where(Delegation.giver_id == giver_id, Delegation.act.in_(acts), days, _counts())
    return [Given(*row) for row in db.session.execute(found.order_by(Delegation.id))]


def _found() -> Select[Any]:
    giver, taker = aliased(Person), aliased(Person)
    people: tuple[Any, ...] = (giver.id, giver.name, taker.id, taker.name)
    found: Select[Any] = select(Delegation.id, Delegation.act, *people, Delegation.since, Delegation.until, Delegation.reason)
    # Both are always there; an outer join keeps SQLite from beginning with all the people.
    return found.outerjoin(giver, giver.id == Delegation.giver_id).outerjoin(taker, taker.id == Delegation.taker_id)


def _counts() -> ColumnElement[bool]:
    """In force today or on a day to come."""
    ends = and_(Delegation.until > clock.today(), Delegation.until > Delegation.since)
    return or_(Delegation.until.is_(None), ends)
