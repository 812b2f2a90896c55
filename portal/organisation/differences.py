"""Where the directory and HR do not agree: each a decision, never a silent overwrite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort
from sqlalchemy import and_, select, update

from portal import clock, journal, search
from portal.access import Viewer
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Assignment, Person, Status
from portal.organisation.models import KeptDifference
from portal.organisation.operations import Whom
from portal.sync.lines import Kind
from portal.sync.models import State, SyncLine, SyncRun
from portal.words import N_
from portal.workflow import Refused

PAGE = 50
STATUS = "status"
"""The field of somebody who has left here and is active there."""


@dataclass(frozen=True)
class Difference:
    """One field of somebody: what HR says and what the directory said in the last run."""

    run_id: int
    n: int
    person_id: int
    name: str
    number: str | None
    field: str
    ours: str
    theirs: str
    kept: bool


@dataclass(frozen=True)
class Differences:
    """One page of them and where it goes on."""

    differences: Sequence[Difference]
    more: int | None
    run: SyncRun | None


def found(after: int = 0, *, kept: bool = False) -> Differences:
    """Those of the last run that changed something; with `kept` also those decided already."""
    run = db.session.scalar(select(SyncRun).where(SyncRun.state == State.APPLIED).order_by(SyncRun.id.desc()).limit(1))
    if run is None:
        return Differences((), None, None)
    lines = select(SyncLine, KeptDifference.theirs).outerjoin(
        KeptDifference,
        and_(
            KeptDifference.person_id == SyncLine.person_id,
            KeptDifference.field == SyncLine.field,
            KeptDifference.theirs == SyncLine.now,
        ),
    )
    kinds = SyncLine.kind.in_((Kind.HELD_BY_HR, Kind.STILL_THERE))
    lines = lines.where(SyncLine.run_id == run.id, kinds, SyncLine.person_id.is_not(None), SyncLine.n > after)
    lines = lines if kept else lines.where(KeptDifference.theirs.is_(None))
    rows = db.session.execute(lines.order_by(SyncLine.n).limit(PAGE + 1)).all()
    several = [_difference(line, theirs is not None) for line, theirs in rows[:PAGE]]
    return Differences(several, several[-1].n if len(rows) > PAGE else None, run)


def _difference(line: SyncLine, kept: bool) -> Difference:
    field = STATUS if line.kind is Kind.STILL_THERE else line.field
    return Difference(line.run_id, line.n, line.person_id or 0, line.name, line.number, field, line.was, line.now, kept)


def decide(run_id: int, n: int, *, takes: bool, by: Viewer) -> None:
    """Take the directory's value (from the next run on, a day at once), or keep ours. Refused for an old one, 404 for none."""
    if db.session.get(SyncLine, (run_id, n)) is None:
        abort(404)
    last = found(n - 1, kept=True)
    one = next((each for each in last.differences if (each.run_id, each.n) == (run_id, n)), None)
    if one is None:
        raise Refused(N_("This difference is no more: the directory was read again. Look at the list as it is now."))
    if not takes:
        _keep(one, by)
    elif one.field == "hired_on":
        values = {"hired_on": date.fromisoformat(one.theirs), "version": Person.version + 1}
        db.session.execute(update(Person).where(Person.id == one.person_id).values(values))
    elif one.field == STATUS:
        values = {"status": Status.ACTIVE, "left_on": None, "version": Person.version + 1}
        db.session.execute(update(Person).where(Person.id == one.person_id).values(values))
        search.changed(search.Kind.PERSON, [one.person_id])
    else:
        held = (Assignment.person_id == one.person_id, Assignment.primary, on(clock.today(), Assignment))
        db.session.execute(update(Assignment).where(*held).values(pinned=False))
    told = {"field": one.field, "ours": one.ours, "theirs": one.theirs, "takes": takes}
    journal.write("person.decided", Whom(one.person_id), by, words=told)


def _keep(one: Difference, by: Viewer) -> None:
    field = "" if one.field == STATUS else one.field
    row = db.session.get(KeptDifference, (one.person_id, field)) or KeptDifference(person_id=one.person_id, field=field)
    row.theirs, row.by_id, row.at = one.theirs, by.id, clock.now()
    db.session.add(row)
