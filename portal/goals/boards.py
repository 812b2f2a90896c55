"""Reads of the OKR board: whose goals, of which period, in which columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, or_, select, union
from sqlalchemy.orm import aliased

from portal import access, clock
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person, ReportingLine, Unit
from portal.goals import progress
from portal.goals.cards import Card, cards, measured, patience, rows, with_measures
from portal.goals.kinds import Health, Kind
from portal.goals.models import Measure, MeasureValue, Objective, ObjectiveParent, Revision
from portal.goals.narrowing import in_unit
from portal.periods import queries as periods
from portal.periods.models import Kind as Span
from portal.periods.models import Period
from portal.words import N_

PAGE = 36
ORDER = (Health.BAD, Health.WARN, Health.GOOD, Health.STALE, Health.NEW, Health.CLOSED)
"""Columns from worst to best; a phone reads them in this order."""
COLUMNS = {"health": N_("By health"), "owner": N_("By owner"), "parent": N_("By goal above")}
CALM = (Health.GOOD, Health.NEW, Health.CLOSED)
FEW = 3
SCOPES = {
    "me": N_("My board"),
    "team": N_("My team's board"),
    "manager": N_("My manager's board"),
    "unit": N_("My department's board"),
    "company": N_("The company's board"),
}


@dataclass(frozen=True)
class Scope:
    """Whose goals a board shows. `name` and `number` are the person's or unit's where the key does not say it."""

    key: str
    name: str = ""
    number: int | None = None

    @property
    def which(self) -> str:
        """How they are found: the key without the number."""
        return self.key if self.number is None else f"{self.key.partition('-')[0]}-"


@dataclass(frozen=True)
class Column:
    """One column: a health, an owner, or a goal above (`title` "" = none that the viewer may see)."""

    cards: tuple[Card, ...]
    health: Health | None = None
    owner: str = ""
    owner_id: int | None = None
    title: str = ""
    above: int | None = None

    @property
    def first(self) -> tuple[Card, ...]:
        """What is shown at once: of what needs no look, only some."""
        return self.cards[: FEW if self.health in CALM and len(self.cards) > FEW + 1 else None]

    @property
    def rest(self) -> tuple[Card, ...]:
        """What is folded."""
        return self.cards[len(self.first) :]


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


def scope(of: str) -> Scope:
    """`me`, `team`, `manager`, `unit`, `company`, or somebody's: `person-3`, `team-3`, `unit-3`; 404 for anything else."""
    key, _, number = of.partition("-")
    if number:
        return _named(key, number)
    return Scope(key) if key in SCOPES else abort(404)


def _named(key: str, digits: str) -> Scope:
    if key not in ("person", "team", "unit") or not digits.isdecimal() or len(digits) > 9:
        abort(404)
    number = int(digits)
    name = select(Unit.name).where(Unit.id == number) if key == "unit" else select(Person.name).where(Person.id == number)
    said: str = db.one_or_404(name)
    return Scope(f"{key}-{number}", said, number)


def _whose(viewer: Viewer, which: str) -> ColumnElement[bool]:
    """The goals of a scope; those of a person or unit that is named are asked with its `number`."""
    line = select(ReportingLine.manager_id).where(ReportingLine.report_id == viewer.id, ReportingLine.depth == 1)
    manager = line.limit(1).scalar_subquery()  # one, and said so: else PostgreSQL expects many, and reads every goal
    match which:
        case "me":
            return Objective.person_id == viewer.id
        case "manager":
            return Objective.person_id == manager
        case "team":
            return Objective.person_id.in_(_team(viewer.id if viewer.span else manager))
        case "unit":
            return in_unit(0 if viewer.unit_id is None else viewer.unit_id)
        case "company":
            return and_(Objective.person_id.is_(None), Objective.unit_id.is_(None))
        case "person-":
            return Objective.person_id == bindparam("number")
        case "team-":
            return Objective.person_id.in_(_team(bindparam("number", type_=Integer)))
        case _:
            return in_unit(bindparam("number", type_=Integer))


def _team(head: Any) -> Select[Any]:
    """A manager and the direct reports."""
    return select(ReportingLine.report_id).where(ReportingLine.manager_id == head, ReportingLine.depth <= 1)


def board(
    viewer: Viewer, whose: Scope, period_id: int, *, by: str = "health", kind: Kind | None = None, after: int = 0
) -> Board:
    """One page of a board: its goals, what was said lately of those in trouble, and for columns by it, what stands above."""
    asked = {"period": period_id, "after": after, "number": whose.number}
    several = with_measures(*_board(viewer, whose.which, kind, **asked))
    page = _with_words(several[:PAGE])
    columns = _by_owner(page) if by == "owner" else _by_parent(viewer, page) if by == "parent" else _by_health(page)
    return Board(tuple(columns), page[-1].id if len(several) > PAGE else None)


@access.prepared
def _board(viewer: Viewer, which: str, kind: Kind | None) -> Select[Any]:
    o = Objective
    found = rows(viewer).where(_whose(viewer, which), o.period_id == bindparam("period"), o.id > bindparam("after"))
    if kind:
        found = found.where(o.kind == kind)
    return measured(viewer, found, [o.id], PAGE + 1)


def _by_health(page: Sequence[Card]) -> list[Column]:
    found = ((health, tuple(card for card in page if card.health is health)) for health in ORDER)
    return [Column(theirs, health=health) for health, theirs in found if theirs]


def _by_owner(page: Sequence[Card]) -> list[Column]:
    owners = dict.fromkeys((card.owner_id, card.owner) for card in page)
    return [
        Column(tuple(card for card in page if (card.owner_id, card.owner) == (i, name)), owner=name, owner_id=i)
        for i, name in owners
    ]


def _by_parent(viewer: Viewer, page: Sequence[Card]) -> list[Column]:
    """By the goal that takes the largest share; last what supports none that the viewer may see."""
    found = db.session.execute(*_above(viewer, ids=[card.id for card in page]))
    above = {row.child_id: (row.id, row.title) for row in found}
    columns: dict[tuple[int | None, str], list[Card]] = {key: [] for key in sorted(set(above.values()))}
    for card in page:
        columns.setdefault(above.get(card.id, (None, "")), []).append(card)
    return [Column(tuple(theirs), title=title, above=i) for (i, title), theirs in columns.items()]


@access.prepared
def _above(viewer: Viewer) -> Select[Any]:
    tie, seen = ObjectiveParent, access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    columns: tuple[Any, ...] = (tie.child_id, Objective.id, Objective.title)
    found: Select[Any] = select(*columns).join(Objective, Objective.id == tie.parent_id)
    found = found.where(tie.child_id.in_(bindparam("ids", expanding=True)), seen)
    return found.order_by(tie.share, tie.parent_id.desc())


def _with_words(page: Sequence[Card]) -> list[Card]:
    """The same, each goal at risk or off track with what was said when it was last reported."""
    doubtful = [card.id for card in page if card.health in (Health.BAD, Health.WARN)]
    if not doubtful:
        return list(page)
    found = db.session.execute(_SAID, {"ids": doubtful, "since": clock.now() - timedelta(days=patience())})
    said = {row.objective_id: row.comment for row in found}
    return [card._replace(lately=said.get(card.id, "")) for card in page]


def _said_lately() -> Select[Any]:
    v = MeasureValue
    columns: tuple[Any, ...] = (Measure.objective_id, v.comment)
    found: Select[Any] = select(*columns).join(v, v.measure_id == Measure.id)
    found = found.where(Measure.objective_id.in_(bindparam("ids", expanding=True)))
    return found.where(v.comment != "", v.at >= bindparam("since")).order_by(v.at, v.id)


_SAID = _said_lately()  # made once: making it costs more than asking it


def mine(viewer: Viewer, person_id: int, period_id: int | None = None, limit: int = 50) -> list[Card]:
    """Somebody's goals as far as the viewer may see them, of one period or of all that run today; the weightiest first.

    With their measures, in one statement: for home and for the record of a talk.
    """
    asked = {"person": person_id, "period": period_id, "today": clock.today()}
    return with_measures(*_mine(viewer, period_id is None, limit, **asked))


@access.prepared
def _mine(viewer: Viewer, running: bool, limit: int) -> Select[Any]:
    o, today = Objective, bindparam("today", type_=Date)
    which = and_(Period.begins <= today, Period.ends > today) if running else Period.id == bindparam("period")
    order = [Period.begins.desc(), o.period_id, o.weight.desc(), o.id]
    return measured(viewer, rows(viewer).where(o.person_id == bindparam("person"), which), order, limit)


def awaiting(viewer: Viewer, limit: int = 50) -> list[Card]:
    """Proposals that wait for this viewer to agree: of direct reports, of units headed, and what is answered for."""
    return cards(*_awaiting(viewer, limit))


@access.prepared
def _awaiting(viewer: Viewer, limit: int) -> Select[Any]:
    o = Objective
    reports = select(ReportingLine.report_id).where(ReportingLine.manager_id == viewer.id, ReportingLine.depth == 1)
    own = aliased(o)
    mine = (own.person_id.in_(reports), own.unit_id.in_(viewer.head_of), own.accountable_id == viewer.id)
    theirs = o.id.in_(union(*(select(own.id).where(each) for each in mine)))  # a few, each by its index
    changed = select(Revision.objective_id).where(Revision.answered_at.is_(None))  # it waits
    waits = or_(o.state == "proposed", o.id.in_(changed))
    found = rows(viewer).where(theirs, waits, or_(o.person_id.is_(None), o.person_id != viewer.id))
    return found.order_by(o.id).limit(limit)
