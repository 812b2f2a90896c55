"""How far the first run is, and what its pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from portal import clock
from portal import settings as chosen
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.entry import Entry
from portal.directory.ldap_settings import Settings
from portal.directory.lines import on
from portal.directory.models import Person, Status
from portal.periods.models import Period
from portal.settings import Setting
from portal.setup.steps import Progress
from portal.sync import queries as syncs
from portal.sync.lines import FIELD_NAMES, MEANINGS, Group, Kind
from portal.sync.models import State, SyncLine, SyncRun

SOME = 20
"""The first joiners, shown at once."""
MAPPED = (
    ("name", "name"),
    ("login", "login"),
    ("number", "number"),
    ("mail", "mail"),
    ("mobile", "mobile"),
    ("department", "unit"),
    ("title", "post"),
    ("manager", "manager"),
    ("hired_on", "hired_on"),
)
"""Fields of an entry, each with its word of FIELD_NAMES."""
READ = (State.TRIED, State.APPLIED, State.BRAKED)


def progress() -> Progress:
    """One statement."""
    hr = (RoleGrant.role == Role.HR_ADMIN, on(clock.today(), RoleGrant), Person.status != Status.LEFT)
    facts = (
        exists().where(SyncRun.state.in_(READ)),
        exists().where(SyncRun.state == State.APPLIED),
        exists().where(RoleGrant.person_id == Person.id, *hr),
        exists().where(Setting.name == "company_name"),
        exists().where(Period.id.is_not(None)),
    )
    tried, people, known, company, period = db.session.execute(select(*facts)).one()
    return Progress(tried, people, known, company, period, bool(chosen.value("open")))


@dataclass(frozen=True)
class Outcome:
    """What a run found: how many lines of each kind, the first who join, and what somebody should look at."""

    run: SyncRun
    counts: Mapping[Kind, int]
    joiners: Sequence[SyncLine]

    @property
    def odd(self) -> list[tuple[Kind, int]]:
        """What was not taken, and what is to be looked at."""
        groups = (Group.REFUSED, Group.NOTICE)
        return [(kind, count) for kind, count in self.counts.items() if MEANINGS[kind].group in groups]


def last_run(*states: State) -> Outcome | None:
    """The newest run that ended in one of these states; None where there was none."""
    return _outcome(select(SyncRun).where(SyncRun.state.in_(states)))


def last_telling_run(*states: State) -> Outcome | None:
    """The same; but where it changed nobody, the run that brought everybody in. The clock's first run follows
    on its heels, and whoever looks would read that nobody came.
    """
    newest = last_run(*states)
    if newest is None or newest.run.state is not State.APPLIED or newest.run.joined + newest.run.changed + newest.run.left:
        return newest
    return _outcome(select(SyncRun).where(SyncRun.state == State.APPLIED, SyncRun.joined > 0)) or newest


def _outcome(runs: Select[SyncRun]) -> Outcome | None:
    run = db.session.scalar(runs.order_by(SyncRun.id.desc()).limit(1))
    if run is None:
        return None
    first = select(SyncLine).where(SyncLine.run_id == run.id, SyncLine.kind == Kind.JOINED).order_by(SyncLine.n)
    return Outcome(run, syncs.counts(run.id), db.session.scalars(first.limit(SOME)).all())


def of_hr() -> Sequence[tuple[Person, str]]:
    """Who is HR administrator today, and whether by hand or by a directory group."""
    found = select(Person, RoleGrant.source).join(RoleGrant, RoleGrant.person_id == Person.id)
    found = found.where(RoleGrant.role == Role.HR_ADMIN, on(clock.today(), RoleGrant), Person.status != Status.LEFT)
    return [(person, source) for person, source in db.session.execute(found.order_by(Person.pinyin, Person.id))]


def mapping(settings: Settings, entries: Sequence[Entry]) -> list[tuple[str, str, list[str | None]]]:
    """How entries are read: (the field's name, the directory's attribute, the value of each entry)."""
    names = {**settings.names, "login": settings.login}
    names["department"] = names["department"] if settings.department_from == "attribute" else "ou"
    return [(FIELD_NAMES[word], names[field], [_told(entry, field) for entry in entries]) for field, word in MAPPED]


def _told(entry: Entry, field: str) -> str | None:
    value = entry.manager_dn if field == "manager" else getattr(entry, field)
    return None if value is None else str(value)
