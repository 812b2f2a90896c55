"""What a run looks at (the mirror), and what its pages show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import access, clock
from portal.access import Act, Held, Viewer, roles
from portal.access.models import RoleGrant
from portal.db import db, reading
from portal.directory.connected import SYNC
from portal.directory.lines import on
from portal.directory.models import Assignment, FormerDn, Person, Post, Status, Unit, UnitTerm
from portal.jobs.models import Job
from portal.jobs.models import State as JobState
from portal.sync.lines import MEANINGS, Group, Kind
from portal.sync.mirror import Known, Mirror, Place
from portal.sync.models import State, SyncLine, SyncRun

PAGE = 50
FIRST = 3
"""Names of each kind that the page of runs shows by itself."""
ODD = tuple(kind for kind, meaning in MEANINGS.items() if meaning.group is not Group.CHANGE)
JOB = SYNC
COUNTS = (State.APPLIED, State.BRAKED)
"""How a run ends that is in force until the next one: what was only tried, or got no answer, changes nothing."""
OTHERS = 5
"""Names of those who could release a run that its page tells."""
BY_GROUP = "directory"
"""`RoleGrant.source` of roles that follow a directory group."""


def mirror(today: date) -> Mirror:
    """Everything a plan compares with, in seven statements of plain columns."""
    columns = (Person.id, Person.directory_key, Person.name, Person.login, Person.number, Person.mail, Person.mobile)
    more = (Person.status, Person.hired_on, Person.dn, Person.fingerprint)
    place = (Assignment.person_id, Assignment.id, Assignment.unit_id, Post.name, Assignment.manager_id, Assignment.since)
    placed = select(*place, Assignment.pinned).outerjoin(Post).join(Person, Person.id == Assignment.person_id)
    placed = placed.where(Assignment.primary, on(today, Assignment), Person.status != Status.LEFT)
    units = db.session.execute(select(Unit.id, Unit.name, Unit.directory_name)).all()
    terms = db.session.execute(select(UnitTerm.unit_id, UnitTerm.parent_id, UnitTerm.head_id).where(on(today, UnitTerm))).all()
    tops = [term.unit_id for term in terms if term.parent_id is None]
    by_group = RoleGrant.source == BY_GROUP
    roles: dict[str, set[int]] = defaultdict(set)
    for role, person_id in db.session.execute(
        select(RoleGrant.role, RoleGrant.person_id).where(on(today, RoleGrant), by_group)
    ):
        roles[role.value].add(person_id)
    return Mirror(
        people=tuple(Known(*row) for row in db.session.execute(select(*columns, *more))),
        places={row[0]: Place(*row[1:]) for row in db.session.execute(placed.order_by(Assignment.since))},
        units=_by_name(units),
        unit_names={unit.id: unit.name for unit in units},
        top_unit=tops[0] if len(tops) == 1 else None,
        heads={term.unit_id: term.head_id for term in terms},
        former={row.dn: row.person_id for row in db.session.execute(select(FormerDn.dn, FormerDn.person_id))},
        roles={role: frozenset(people) for role, people in roles.items()},
    )


def _by_name(units: Iterable[Any]) -> dict[str, int]:
    """HR's own units are found by their name; the directory's name for a unit goes before it."""
    own = {unit.name: unit.id for unit in units if unit.directory_name is None}
    return own | {unit.directory_name: unit.id for unit in units if unit.directory_name}


@dataclass(frozen=True)
class Runs:
    """The list of runs, newest first, and where it goes on."""

    runs: Sequence[SyncRun]
    more: int | None


def runs(before: int | None) -> Runs:
    """One page of runs."""
    found = select(SyncRun).order_by(SyncRun.id.desc()).limit(PAGE + 1)
    rows = db.session.scalars(found.where(SyncRun.id < before) if before else found).all()
    return Runs(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def held() -> SyncRun | None:
    """The run that waits to be confirmed or released: the last one that ended, if the brake held it."""
    last = select(SyncRun).where(SyncRun.state.in_(COUNTS)).order_by(SyncRun.id.desc()).limit(1)
    run = db.session.scalar(last.options(joinedload(SyncRun.confirmed_by)))
    return run if run and run.waits else None


def mostly(run: SyncRun | None) -> tuple[str, int] | None:
    """The department that most of those are in whom a held run would switch off, and how many; None where they are spread."""
    if run is None:
        return None
    count = func.count().label("count")
    placed = (Assignment.person_id == SyncLine.person_id) & Assignment.primary & on(clock.today(), Assignment)
    theirs = select(Unit.name, count).join(Assignment, Assignment.unit_id == Unit.id).join(SyncLine, placed)
    theirs = theirs.where(SyncLine.run_id == run.id, SyncLine.kind == Kind.LEFT).group_by(Unit.id, Unit.name)
    found = db.session.execute(theirs.order_by(count.desc(), Unit.name).limit(1)).first()
    return (found[0], found[1]) if found and found[1] > 2 and 2 * found[1] > run.left else None


def began() -> bool:
    """Whether a run ever changed anything: before the first one nothing happens by the clock."""
    return db.session.scalar(select(SyncRun.id).where(SyncRun.state == State.APPLIED).limit(1)) is not None


def waiting() -> bool:
    """Whether a run is asked for or under way."""
    open_ = (JobState.WAITING, JobState.RUNNING)
    found = select(Job.id).where(Job.kind == JOB, Job.state.in_(open_), Job.run_at <= clock.now()).limit(1)
    return db.session.scalar(found) is not None


def line(run_id: int, n: int) -> SyncLine | None:
    """One line of a run."""
    return db.session.get(SyncLine, (run_id, n))


def run_or_404(run_id: int) -> SyncRun:
    return db.session.get(SyncRun, run_id) or abort(404)


def counts(run_id: int) -> Mapping[Kind, int]:
    """How many lines of each kind, in the order of the table of meanings."""
    counted = select(SyncLine.kind, func.count()).where(SyncLine.run_id == run_id).group_by(SyncLine.kind)
    found = dict(db.session.execute(counted).all())
    return {kind: found[kind] for kind in MEANINGS if kind in found}


@dataclass(frozen=True)
class Odd:
    """What the newest run did not take, or somebody should look at: one kind of it, how many, and the first of them."""

    run_id: int
    kind: Kind
    count: int
    first: Sequence[str]


def odd() -> Sequence[Odd]:
    """Of the newest run that counts, in the order of the table of meanings. One statement."""
    newest = select(func.max(SyncRun.id)).where(SyncRun.state.in_(COUNTS)).scalar_subquery()
    columns = (SyncLine.run_id, SyncLine.kind, SyncLine.name, SyncLine.number, SyncLine.n)
    place = func.row_number().over(partition_by=SyncLine.kind, order_by=SyncLine.n).label("place")
    many = func.count().over(partition_by=SyncLine.kind).label("many")
    of_it = select(*columns, place, many).where(SyncLine.run_id == newest, SyncLine.kind.in_(ODD))
    each = of_it.subquery()
    found = defaultdict(list)
    for row in db.session.execute(select(each).where(each.c.place <= FIRST).order_by(each.c.kind, each.c.n)):
        found[row.kind].append(row)
    said = {kind: [f"{row.name} {row.number or ''}".strip() for row in rows] for kind, rows in found.items()}
    return [Odd(rows[0].run_id, kind, rows[0].many, said[kind]) for kind in MEANINGS if (rows := found.get(kind))]


@dataclass(frozen=True)
class Lines:
    """One page of the lines of a kind; `joinable`: accounts that could still be joined to the person they name."""

    lines: Sequence[SyncLine]
    more: int | None
    joinable: frozenset[int]


def lines(run_id: int, kind: Kind, after: int) -> Lines:
    """Lines of one kind of a run, in their order."""
    found = select(SyncLine).where(SyncLine.run_id == run_id, SyncLine.kind == kind, SyncLine.n > after)
    rows = db.session.scalars(found.order_by(SyncLine.n).limit(PAGE + 1)).all()
    rows, more = rows[:PAGE], rows[PAGE - 1].n if len(rows) > PAGE else None
    return Lines(rows, more, _joinable(rows) if kind is Kind.REHIRED else frozenset())


def _joinable(rows: Sequence[SyncLine]) -> frozenset[int]:
    keys = {row.key for row in rows if row.key}
    taken = set(db.session.scalars(select(Person.directory_key).where(Person.directory_key.in_(keys))))
    return frozenset(row.n for row in rows if row.person_id and row.key not in taken)


def leaving(run_id: int) -> frozenset[int]:
    """The people a run switched off, or would have."""
    found = select(SyncLine.person_id).where(SyncLine.run_id == run_id, SyncLine.kind == Kind.LEFT)
    return frozenset(db.session.scalars(found.where(SyncLine.person_id.is_not(None))))


def agreed(run_id: int | None) -> frozenset[int]:
    """The people a held run would have switched off, once two administrators agreed to it."""
    run = db.session.get(SyncRun, run_id) if run_id else None
    return leaving(run.id) if run and run.released_at is not None else frozenset()


def to_decide(viewer: Viewer, run_id: int) -> tuple[SyncRun, Held]:
    """A run to confirm or release, locked: of two who press at once the second sees what the first one did."""
    mine = select(SyncRun).where(SyncRun.id == run_id)
    run: SyncRun = db.one_or_404(mine if reading.get() else mine.with_for_update(of=SyncRun, key_share=True))
    return run, access.acts_on(viewer, run)


def others(but: int) -> Sequence[str]:
    """Who could release a run that this person confirmed, by name; a few of them."""
    held = select(RoleGrant.person_id).where(RoleGrant.role.in_(sorted(roles.holding(Act.RELEASE_SYNC))))
    here = select(Person.name).where(Person.id.in_(held.where(on(clock.today(), RoleGrant))), Person.status == Status.ACTIVE)
    able = here.where(Person.directory_key.is_not(None), Person.id != but)
    return db.session.scalars(able.order_by(Person.pinyin, Person.id).limit(OTHERS)).all()
