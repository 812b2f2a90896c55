"""节奏 Setting how often two people talk, and letting it rest: reads and verbs. Computing what is due is `rhythm`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from portal import access, clock, journal
from portal.access import Act, Held, Subject, Viewer
from portal.checkins import queries
from portal.checkins.models import Pause, Reason, Rhythm
from portal.db import db, reading
from portal.directory.models import Person, ReportingLine, Status, Unit, UnitLine
from portal.settings.queries import number
from portal.words import N_
from portal.workflow import NotHeld, Refused

LONGEST = 366
"""Days that a pause by hand may last: whoever needs more has left the rhythm."""
PAGE = 100


@dataclass(frozen=True)
class Pace:
    """How often one talks with somebody, and from where that comes."""

    person: Person
    row: Rhythm  # new and without days where nobody has set any
    unit: str  # the nearest unit with a rhythm of its own; "" = the company's
    above: int  # days, without a rhythm of their own
    pauses: Sequence[Pause]

    @property
    def every(self) -> int:
        """What counts."""
        return self.row.every_days or self.above


@dataclass(frozen=True)
class Rest:
    """A pause that is asked for: from a day to the day the dialogue goes on."""

    since: date
    until: date
    reason: Reason


@dataclass(frozen=True)
class UnitPace:
    """A unit's own days, if it has any, and those of the nearest above it (0: the company's)."""

    id: int
    name: str
    depth: int
    own: int | None
    above: int
    version: int


@dataclass(frozen=True)
class Below:
    """A manager below the viewer, by dates alone: how many people, how many talks are due or late, how many rest."""

    id: int
    name: str
    people: int
    due: int
    late: int
    paused: int
    talked: int  # people talked with within their rhythm


def of_person(viewer: Viewer, person_id: int) -> tuple[Pace, Held]:
    """Somebody's rhythm, for whoever sets it. 404 for whom one knows nothing of, 403 for whose rhythm one does not set.

    Where one writes the person is locked, so that two who set the first rhythm come one after the other.
    """
    person = db.session.get(Person, person_id, with_for_update=_locks()) or abort(404)
    held = access.acts_on(viewer, Subject(person_id=person_id))
    if Act.SEE_RHYTHM not in held:
        abort(404)
    if Act.SET_RHYTHM not in held:
        raise NotHeld(Act.SET_RHYTHM)
    own = db.session.scalar(select(Rhythm).where(Rhythm.person_id == person_id))
    where = (UnitLine.lower_id == person.unit_id, Rhythm.every_days.is_not(None))
    above = select(Rhythm.every_days, Unit.name).join(UnitLine, UnitLine.upper_id == Rhythm.unit_id)
    above = above.join(Unit, Unit.id == Rhythm.unit_id).where(*where)
    nearest = db.session.execute(above.order_by(UnitLine.depth).limit(1)).first()
    days, unit = (nearest[0] or 0, nearest[1]) if nearest else (number("rhythm_days"), "")
    pauses = select(Pause).where(Pause.person_id == person_id, Pause.until > clock.today()).options(joinedload(Pause.by))
    resting = db.session.scalars(pauses.order_by(Pause.since)).all()
    return Pace(person, own or Rhythm(person_id=person_id, version=0), unit, days, resting), held


def _locks() -> dict[str, bool] | None:
    return None if reading.get() else {"key_share": True}


def units(viewer: Viewer) -> list[UnitPace]:
    """The units whose rhythm the viewer sets, from the top down. One statement."""
    row, upper, line, deep = aliased(Rhythm), aliased(Rhythm), aliased(UnitLine), aliased(UnitLine)
    nearest = select(upper.every_days).join(line, line.upper_id == upper.unit_id)
    nearest = nearest.where(line.lower_id == Unit.id, line.depth > 0, upper.every_days.is_not(None))
    above = nearest.order_by(line.depth).limit(1).correlate(Unit).scalar_subquery()
    depth = select(func.max(deep.depth)).where(deep.lower_id == Unit.id).correlate(Unit).scalar_subquery()
    placed = exists().where(UnitLine.lower_id == Unit.id)
    found = select(Unit.id, Unit.name, depth, row.every_days, above, row.version).outerjoin(row, row.unit_id == Unit.id)
    found = (
        found.where(placed, access.about(Act.SET_RHYTHM, viewer, unit=Unit.id))
        .order_by(depth, Unit.position, Unit.id)
        .limit(PAGE)
    )
    days = number("rhythm_days")
    return [UnitPace(i, name, n or 0, own, up or days, v or 0) for i, name, n, own, up, v in db.session.execute(found)]


def sets_units(viewer: Viewer) -> bool:
    """Whether there is any unit whose rhythm the viewer sets."""
    return access.over_units(Act.SET_RHYTHM, viewer)


def below(viewer: Viewer, today: date) -> list[Below]:
    """The managers directly below, with how the talks of their people stand: dates and counts, never a word (S9)."""
    boss = aliased(ReportingLine)
    mine = select(boss.report_id).where(boss.manager_id == viewer.id, boss.depth == 1)
    line, manager = aliased(ReportingLine), aliased(Person)
    found = queries.PAIRS.add_columns(manager.id, manager.name).join(line, and_(line.report_id == Person.id, line.depth == 1))
    found = found.join(manager, manager.id == line.manager_id).where(manager.id.in_(mine), Person.status != Status.LEFT)
    by: dict[tuple[int, str], list[queries.Pair]] = {}
    for row in db.session.execute(found.order_by(manager.id), {"today": today}):
        by.setdefault((row[-2], row[-1]), []).append(queries.pair(row[:-2], today))
    return [_below(i, name, pairs, today) for (i, name), pairs in by.items()]


def _below(manager_id: int, name: str, pairs: Sequence[queries.Pair], today: date) -> Below:
    stands = [pair.standing for pair in pairs]
    late = sum(one.late(today) > 0 for one in stands)
    talked = sum(one.last is not None and not one.paused and not one.late(today) for one in stands)
    due = sum(one.is_due(today) for one in stands) - late
    return Below(manager_id, name, len(pairs), due, late, sum(one.paused for one in stands), talked)


def set_for_person(pace: Pace, days: int | None, by: Viewer, held: Held) -> None:
    """Somebody's own rhythm; None takes it away again. Nothing is written where nothing changes."""
    if Act.SET_RHYTHM not in held:
        raise NotHeld(Act.SET_RHYTHM)
    _set(pace.row, days, by)


def of_unit(viewer: Viewer, unit_id: int) -> Rhythm:
    """A unit's own row, or a new one; the unit is locked. 404 without such a unit, 403 for who does not set its rhythm."""
    if db.session.get(Unit, unit_id, with_for_update=_locks()) is None:
        abort(404)
    if Act.SET_RHYTHM not in access.acts_on(viewer, Subject(unit_id=unit_id)):
        raise NotHeld(Act.SET_RHYTHM)
    row = db.session.scalar(select(Rhythm).where(Rhythm.unit_id == unit_id))
    return row or Rhythm(unit_id=unit_id, version=0)


def set_for_unit(row: Rhythm, days: int | None, by: Viewer) -> None:
    """A unit's rhythm, read by `of_unit`; None takes it away again."""
    _set(row, days, by)


def _set(row: Rhythm, days: int | None, by: Viewer) -> None:
    was = row.every_days
    if was == days:
        return
    row.every_days = days
    db.session.add(row)
    db.session.flush()
    journal.write("rhythm.set", row, by, words={"before": was, "after": days})


def pause(pace: Pace, rest: Rest, by: Viewer, held: Held) -> Pause:
    """Let somebody's dialogue rest. Raises Refused for days that are over, too long, or already rest."""
    if Act.SET_RHYTHM not in held:
        raise NotHeld(Act.SET_RHYTHM)
    since, until, reason = rest.since, rest.until, rest.reason
    if until <= max(since, clock.today()):
        raise Refused(N_("The pause has to end after it begins, and after today."))
    if until - since > timedelta(days=LONGEST):
        raise Refused(N_("A pause lasts a year at most."))
    if any(one.since < until and since < one.until for one in pace.pauses):
        raise Refused(N_("It already rests in these days. End that pause first."))
    row = Pause(person_id=pace.person.id, since=since, until=until, reason=reason, by_id=by.id)
    db.session.add(row)
    db.session.flush()
    journal.write("pause.begun", row, by, words={"reason": reason, "since": since.isoformat(), "until": until.isoformat()})
    return row


def end(pace: Pace, pause_id: int, by: Viewer, held: Held) -> None:
    """Go on today. 404 for what does not rest."""
    if Act.SET_RHYTHM not in held:
        raise NotHeld(Act.SET_RHYTHM)
    row = next((one for one in pace.pauses if one.id == pause_id), None) or abort(404)
    was, today = row.until, clock.today()
    if row.since >= today:  # it has not begun: it never rests
        row.since, row.until = today - timedelta(days=1), today
    else:
        row.until = today
    journal.write("pause.ended", row, by, words={"before": was.isoformat(), "after": today.isoformat()})
