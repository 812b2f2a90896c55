"""Reads of the audit log: entries through their guards, newest first, by key; and the chain's state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock, journal
from portal.access import Viewer
from portal.admin.jobs import JOB
from portal.audit.words import DONE, THINGS
from portal.db import db
from portal.directory.finding import LONGEST, department_names
from portal.directory.models import Person, Unit
from portal.jobs.models import Job, State
from portal.journal.models import Entry, Payload

VIEWED, EXPORTED = "audit.viewed", "audit.exported"
PAGE = 50
END = 2**31 - 1
"""Beyond every entry: a page always begins below a number, so that it walks an index from there."""
SLACK = timedelta(days=1)
"""Entries are numbered at their commit and dated when they were written: no transaction takes a day."""
FEW = 12
"""People offered where several fit what was typed."""


UNITS = {"parent", "unit", "unit_id", "units"}
"""Names under which an entry keeps the numbers of departments."""
NOBODY = -1
"""What was typed means nobody, or several: no entry fits."""


@dataclass(frozen=True)
class Wish:
    """What a reader asked for. The people are ids, NOBODY where none is meant; `kind` and `thing` known words or empty."""

    actor: int | None = None
    behalf: int | None = None
    kind: str = ""
    thing: str = ""
    since: date | None = None
    last: date | None = None

    @property
    def clear(self) -> bool:
        """Whether everybody who was named is known."""
        return NOBODY not in (self.actor, self.behalf)

    @property
    def told(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        days = {"since": self.since and self.since.isoformat(), "until": self.last and self.last.isoformat()}
        found = {"actor": self.actor, "behalf": self.behalf, "kind": self.kind, "thing": self.thing, **days}
        return {name: value for name, value in found.items() if value}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Wish":
        """The same, from what the journal kept."""
        days = [date.fromisoformat(told[name]) if told.get(name) else None for name in ("since", "until")]
        return cls(told.get("actor"), told.get("behalf"), told.get("kind", ""), told.get("thing", ""), *days)


class Line(NamedTuple):
    """An entry as an auditor gets it. Where its guard is not open to them, only that something happened, and who did it."""

    n: int
    at: datetime
    open: bool
    kind: str
    actor_id: int | None
    actor: str
    login: str
    behalf: str
    subject: str
    object_type: str
    object_id: int | None
    was: str
    now: str
    words: Mapping[str, Any]
    units: Mapping[int, str]  # what the departments that it and its neighbours name are called today


@dataclass(frozen=True)
class Page:
    """One page, and the entry below which it goes on."""

    lines: Sequence[Line]
    more: int | None


def entries(viewer: Viewer, wish: Wish, below: int | None = None, limit: int = PAGE) -> Page:
    """The entries that fit, newest first. One statement, one more for chosen days, one for departments that are named."""
    if wish.told:
        rows = db.session.execute(_found(viewer, wish, below or END).limit(limit + 1)).all()
    else:
        rows = db.session.execute(_unfiltered(viewer), {"below": below or END, "most": limit + 1}).all()
    rows, more = rows[:limit], len(rows) > limit
    units = department_names(unit for row in rows if row.open for unit in _units(row.words or {}))
    lines = [_line(row, units) for row in rows]
    return Page(lines, lines[-1].n if more else None)


def _units(kept: Any) -> Iterator[int]:
    """The departments that are named in what an entry keeps."""
    if isinstance(kept, list):
        yield from (unit for one in kept for unit in _units(one))
    elif isinstance(kept, Mapping):
        for name, value in kept.items():
            if name in UNITS:
                yield from (one for one in (value if isinstance(value, list) else [value]) if type(one) is int)
            else:
                yield from _units(value)


def _found(viewer: Viewer, wish: Wish, below: int) -> Select[Any]:
    found, open_ = _all(viewer)
    found = found.where(Entry.n < below, *_chosen(wish), *_days(wish))
    if wish.kind or wish.thing:  # else the filter would tell what an entry is that is not open
        found = found.where(open_)
    return found


@lru_cache(maxsize=50)
def _unfiltered(viewer: Viewer) -> Select[Any]:
    """The first look of everybody: the whole statement is made once."""
    return _all(viewer)[0].where(Entry.n < bindparam("below")).limit(bindparam("most", type_=Integer))


@lru_cache(maxsize=50)
def _all(viewer: Viewer) -> tuple[Select[Any], ColumnElement[bool]]:
    """Every entry, and the condition under which it is open to somebody: made once for each who may look."""
    actor, giver, subject = aliased(Person), aliased(Person), aliased(Person)
    open_ = journal.open_to(viewer)
    named: tuple[Any, ...] = (actor.name.label("actor"), actor.login, giver.name.label("behalf"))
    about = func.coalesce(subject.name, Unit.name).label("subject")
    facts = (Entry.n, Entry.at, Entry.kind, Entry.actor_id, Entry.object_type, Entry.object_id, Entry.was, Entry.now)
    found: Select[Any] = (
        select(*facts, Payload.words, func.coalesce(open_, False).label("open"), *named, about)
        .outerjoin(Payload, Payload.entry_n == Entry.n)
        .outerjoin(actor, actor.id == Entry.actor_id)
        .outerjoin(giver, giver.id == Entry.behalf_id)
        .outerjoin(subject, (Entry.subject_kind == "person") & (subject.id == Entry.subject_id))
        .outerjoin(Unit, (Entry.subject_kind == "unit") & (Unit.id == Entry.subject_id))
    )
    return found.order_by(Entry.n.desc()), open_


def _chosen(wish: Wish) -> list[ColumnElement[bool]]:
    pairs = (
        (Entry.actor_id, wish.actor),
        (Entry.behalf_id, wish.behalf),
        (Entry.kind, wish.kind),
        (Entry.object_type, wish.thing),
    )
    return [column == value for column, value in pairs if value]


def _days(wish: Wish) -> list[ColumnElement[bool]]:
    """The days exactly; and the numbers around them, so that nothing outside is walked through."""
    begins = clock.midnight(wish.since) if wish.since else None
    ends = clock.midnight(wish.last + timedelta(days=1)) if wish.last else None
    found: list[ColumnElement[bool]] = []
    if begins:
        last = select(Entry.n).where(Entry.at < begins - SLACK).order_by(Entry.at.desc(), Entry.n.desc()).limit(1)
        found += [Entry.at >= begins, Entry.n > func.coalesce(last.scalar_subquery(), 0)]
    if ends:
        first = select(Entry.n).where(Entry.at >= ends + SLACK).order_by(Entry.at, Entry.n).limit(1)
        found += [Entry.at < ends, Entry.n < func.coalesce(first.scalar_subquery(), END)]
    return found


def _line(row: Any, units: Mapping[int, str]) -> Line:
    n, at, kind, actor_id, thing, object_id, was, now, words, open_, actor, login, giver, subject = row
    who = (actor_id, actor or "", login or "", giver or "")
    if not open_:
        return Line(n, at, False, "", *who, "", "", None, "", "", {}, {})
    return Line(n, at, True, kind, *who, subject or "", thing or "", object_id, was or "", now or "", words or {}, units)


def people(words: str) -> Sequence[Person]:
    """Who is meant by what was typed: an account, a number or a whole name; else whoever fits. They may have left."""
    words = words.strip()[:LONGEST]
    if not words:
        return ()
    exactly = or_(Person.login == words, Person.number == words, Person.name == words)
    spellings = (Person.name, Person.login, func.replace(Person.pinyin, " ", ""))
    fits = or_(*(spelling.icontains(words, autoescape=True) for spelling in spellings))
    order = (Person.pinyin, Person.id)
    found = db.session.scalars(select(Person).where(exactly).order_by(*order).limit(FEW)).all()
    return found or db.session.scalars(select(Person).where(fits).order_by(*order).limit(FEW)).all()


def known_kind(text: str) -> str:
    return text if text in DONE else ""


def known_thing(text: str) -> str:
    return text if text in THINGS else ""


@dataclass(frozen=True)
class Check:
    """What the last nightly look at the chain found; `ok` None: it has not looked yet."""

    ok: bool | None
    at: datetime | None
    why: str


def last_check() -> Check:
    """The newest night that is over or that failed once."""
    row = db.session.execute(_LAST_CHECK).first()
    if row is None:
        return Check(None, None, "")
    return Check(not row.why, row.ended_at or row.run_at, row.why)


def looks(viewer: Viewer, since: datetime) -> list[Mapping[str, Any]]:
    """What the viewer asked the log for since then, the newest few."""
    return [words or {} for words in db.session.scalars(_LOOKS, {"me": viewer.id, "since": since})]


def exported(viewer: Viewer, ticket: str, since: datetime) -> tuple[int, Wish] | None:
    """What the viewer asked for under this ticket not longer ago than `since`: the entry's number, and the wish."""
    mine = select(Entry.n, Payload.words).join(Payload, Payload.entry_n == Entry.n)
    mine = mine.where(Entry.actor_id == viewer.id, Entry.kind == EXPORTED, Entry.at >= since, Entry.n < END)
    for n, words in db.session.execute(mine.order_by(Entry.n.desc()).limit(PAGE)):
        if words.get("ticket") == ticket:
            return n, Wish.of(words)
    return None


def _last_check() -> Select[*tuple[Any, ...]]:
    over = or_(Job.state.in_((State.DONE, State.FAILED)), Job.why != "")
    return select(Job.why, Job.ended_at, Job.run_at).where(Job.kind == JOB, over).order_by(Job.id.desc()).limit(1)


def _looks() -> Select[Any]:
    mine = Entry.actor_id == bindparam("me"), Entry.kind == VIEWED, Entry.at >= bindparam("since"), Entry.n < END
    found = select(Payload.words).select_from(Entry).outerjoin(Payload, Payload.entry_n == Entry.n)
    return found.where(*mine).order_by(Entry.n.desc()).limit(PAGE)


_LAST_CHECK, _LOOKS = _last_check(), _looks()  # made once: making a statement costs more than asking it
