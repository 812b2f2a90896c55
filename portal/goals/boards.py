"""Reads of the OKR board: whose goals, of which period, in which columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, or_, select

from portal import clock
from portal.access import Viewer
from portal.db import db
from portal.directory.models import Person, ReportingLine, Unit
from portal.goals import progress
from portal.goals.cards import Card, cards, rows, with_measures
from portal.goals.kinds import Health, Kind
from portal.goals.models import Objective
from portal.goals.tree import in_unit
from portal.periods import queries as periods
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from portal.words import N_

PAGE = 60
ORDER = (Health.BAD, Health.WARN, Health.GOOD, Health.STALE, Health.NEW, Health.CLOSED)
"""Columns from worst to best; a phone reads them in this order."""
SCOPES = {
    "me": N_("My board"),
    "team": N_("My team's board"),
    "manager": N_("My manager's board"),
    "unit": N_("My department's board"),
}


@dataclass(frozen=True)
class Scope:
    """Whose goals a board shows. `name` is the person's or unit's where the key does not say it."""

    key: str
    name: str
    where: ColumnElement[bool]


@dataclass(frozen=True)
class Column:
    """One column: a health, or an owner."""

    cards: tuple[Card, ...]
    health: Health | None = None
    owner: str = ""
    owner_id: int | None = None


@dataclass(frozen=True)
class Board:
    """What a board shows, and what its head says of it."""

    columns: tuple[Column, ...]
    more: int | None  # the goal after which the next page begins

    @property
    def cards(self) -> list[Card]:
        """All of this page."""
        return [card for column in self.columns for card in column.cards]

    @property
    def mean(self) -> Decimal | None:
        """Mean progress of those with data."""
        return progress.weighted_mean((0, card.share) for card in self.cards)


def chosen(wished: int | None) -> tuple[Period, list[Period]]:
    """The period asked for, else the quarter of today, else whatever holds today; 404 for an unknown one or none at all."""
    every, today = periods.everything(), clock.today()
    if wished:
        found = [period for period in every if period.id == wished]
    else:
        running = [period for period in every if period.holds(today)]
        found = [period for period in running if period.kind is Span.QUARTER] or running or every
    return (found[0] if found else abort(404)), every


def scope(viewer: Viewer, of: str) -> Scope:
    """`me`, `team`, `manager`, `unit`, or somebody's: `person-3`, `team-3`, `unit-3`; 404 for anything else."""
    key, _, number = of.partition("-")
    if number:
        return _named(key, number)
    manager = select(ReportingLine.manager_id).where(ReportingLine.report_id == viewer.id, ReportingLine.depth == 1)
    head = ReportingLine.manager_id == viewer.id if viewer.span else ReportingLine.manager_id.in_(manager)
    whose = {
        "me": Objective.person_id == viewer.id,
        "manager": Objective.person_id.in_(manager),
        "team": Objective.person_id.in_(_team(head)),
        "unit": in_unit(viewer.unit_id or 0),
    }
    return Scope(of, "", whose[key]) if key in whose else abort(404)


def _named(key: str, digits: str) -> Scope:
    if key not in ("person", "team", "unit") or not digits.isdecimal() or len(digits) > 9:
        abort(404)
    number = int(digits)
    name = select(Unit.name).where(Unit.id == number) if key == "unit" else select(Person.name).where(Person.id == number)
    said: str = db.one_or_404(name)
    team = Objective.person_id.in_(_team(ReportingLine.manager_id == number))
    whose = {"person": Objective.person_id == number, "team": team, "unit": in_unit(number)}
    return Scope(f"{key}-{number}", said, whose[key])


def _team(head: ColumnElement[bool]) -> Select[Any]:
    """A manager and the direct reports."""
    return select(ReportingLine.report_id).where(head, ReportingLine.depth <= 1)


def board(
    viewer: Viewer, whose: Scope, period_id: int, *, by: str = "health", kind: Kind | None = None, after: int = 0
) -> Board:
    """One page of a board, in one statement."""
    found = rows(viewer).where(whose.where, Objective.period_id == period_id, Objective.id > after)
    if kind:
        found = found.where(Objective.kind == kind)
    several = with_measures(viewer, found, [Objective.id], PAGE + 1)
    page = several[:PAGE]
    columns = _by_owner(page) if by == "owner" else _by_health(page)
    return Board(tuple(columns), page[-1].id if len(several) > PAGE else None)


def _by_health(page: Sequence[Card]) -> list[Column]:
    found = ((health, tuple(card for card in page if card.health is health)) for health in ORDER)
    return [Column(theirs, health=health) for health, theirs in found if theirs]


def _by_owner(page: Sequence[Card]) -> list[Column]:
    owners = dict.fromkeys((card.owner_id, card.owner) for card in page)
    return [
        Column(tuple(card for card in page if (card.owner_id, card.owner) == (i, name)), owner=name, owner_id=i)
        for i, name in owners
    ]


def mine(viewer: Viewer, person_id: int, period_id: int | None = None, limit: int = 50) -> list[Card]:
    """Somebody's goals as far as the viewer may see them, of one period or of all that run today; the weightiest first.

    With their measures, in one statement: for home and for the record of a talk.
    """
    today, o = clock.today(), Objective
    running = Period.id == period_id if period_id else (Period.begins <= today) & (Period.ends > today)
    order = [Period.begins.desc(), o.period_id, o.weight.desc(), o.id]
    return with_measures(viewer, rows(viewer).where(o.person_id == person_id, running), order, limit)


def awaiting(viewer: Viewer, limit: int = 50) -> list[Card]:
    """Proposals that wait for this viewer to agree: of direct reports, of units headed, and what is answered for."""
    o = Objective
    reports = select(ReportingLine.report_id).where(ReportingLine.manager_id == viewer.id, ReportingLine.depth == 1)
    theirs = or_(o.person_id.in_(reports), o.unit_id.in_(viewer.head_of), o.accountable_id == viewer.id)
    found = rows(viewer).where(theirs, o.state == "proposed", or_(o.person_id.is_(None), o.person_id != viewer.id))
    return cards(found.order_by(o.id).limit(limit))
