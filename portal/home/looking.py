"""Looking through time lines: by kind, by words, back from a month; of one person, or of a manager's people."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, bindparam, cast, exists, or_, select

from portal import access, clock, formats, journal
from portal.access import Subject, Viewer
from portal.db import db, kept
from portal.directory.models import Person, ReportingLine
from portal.feedback.models import Feedback
from portal.goals.models import Objective
from portal.home import timeline
from portal.home.stories import FILTERS, kinds_of, told
from portal.home.timeline import Line
from portal.i18n import gettext as _
from portal.journal import Happening
from portal.journal.models import Entry, Payload

PAGE = 30
RECENT = 10
"""On a page that shows other things too."""
CANDIDATES, ROUNDS = 200, 2
"""Entries looked at in one go, and how often: beyond that the reader goes on by hand."""
MONTHS = 36
PIECES, LONGEST = 5, 60


@dataclass(frozen=True)
class Wish:
    """What a reader wants to see: a kind, words, what happened until the end of a month; `before` is the cursor."""

    which: str = ""
    words: str = ""
    month: date | None = None
    before: int | None = None

    @property
    def pieces(self) -> list[str]:
        """What has to stand in a line, each of them."""
        return self.words.split()[:PIECES]

    @property
    def until(self) -> datetime | None:
        """The moment the month is over."""
        if self.month is None:
            return None
        first = date(self.month.year + self.month.month // 12, self.month.month % 12 + 1, 1)
        return clock.midnight(first)

    @property
    def query(self) -> dict[str, str]:
        """What addresses carry on."""
        said = {"kind": self.which, "q": self.words, "month": f"{self.month:%Y-%m}" if self.month else ""}
        return {name: text for name, text in said.items() if text}

    def but(self, **other: Any) -> "Wish":
        """The same wish with something else of it."""
        return replace(self, **other)


def wish(asked: Mapping[str, str], filters: Collection[str], before: int | None) -> Wish:
    """What an address asks for; what is no filter or no month is left out."""
    which = asked.get("kind", "")
    return Wish(
        which if which in filters else "", asked.get("q", "").strip()[:LONGEST], month_of(asked.get("month", "")), before
    )


def month_of(text: str) -> date | None:
    """The first day of a month as addresses write it, within years that have days on both sides."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 1970 <= found.year < 9999 else None


@dataclass(frozen=True)
class Page:
    """The events of one page by company day, and the cursor of the next page (None at the end)."""

    days: Sequence[tuple[date, list[Line]]]
    before: int | None = None
    whose: Mapping[int, str] = field(default_factory=dict)  # names of the people, where there are several


def of(viewer: Viewer, person_id: int, asked: Wish, *, limit: int = PAGE, among: Collection[str] = tuple(FILTERS)) -> Page:
    """A page of somebody's time line, each entry through its own guard; `among` are the filters that are on.

    One statement, one more for goals that are named by their id alone, and one for what feedback says today.
    """
    kinds = kinds_of(asked.which, among)
    if not kinds:
        return Page(())
    if asked.pieces:
        return _looked(viewer, Entry.subject_id == person_id, asked, kinds, limit)
    found = journal.timeline(viewer, Subject(person_id=person_id), asked.before, PAGE + 1, kinds, until=asked.until)
    lines = timeline.folded(timeline.lines(viewer, found[:PAGE]))
    shown = lines[:limit]
    more = len(found) > PAGE or len(lines) > limit
    return Page(_by_day(shown), min(each.n for each in (shown[-1], *shown[-1].others)) if more else None)


def of_team(viewer: Viewer, asked: Wish, *, among: Collection[str] = tuple(FILTERS)) -> Page:
    """The same of everybody who reports to the viewer, with whose event each is."""
    kinds, people = kinds_of(asked.which, among), reports(viewer)
    if not kinds or not people:
        return Page(())
    page = _looked(viewer, Entry.subject_id.in_(sorted(people)), asked, kinds, PAGE)
    return replace(page, whose=people)


def reports(viewer: Viewer) -> dict[int, str]:
    """Whoever reports to the viewer today: {id: name}."""
    if not viewer.span:
        return {}
    return {row.id: row.name for row in db.session.execute(*_reports(viewer))}


@access.prepared
def _reports(viewer: Viewer) -> Select[Any]:
    line = ReportingLine
    columns: tuple[Any, ...] = (Person.id, Person.name)
    led = select(line.report_id).where(line.manager_id == viewer.id, line.depth == 1)
    return select(*columns).where(Person.id.in_(led))


def _looked(viewer: Viewer, whose: ColumnElement[bool], asked: Wish, kinds: tuple[str, ...], limit: int) -> Page:
    """Candidates by their numbers first, the newest of all these people: what is seen of them is asked of few."""
    lines: list[Line] = []
    before: int | None = asked.before
    for _round in range(ROUNDS):
        numbers = db.session.scalars(_candidates(whose, asked, kinds, before)).all()
        most = len(numbers) if asked.pieces else limit + 1 - len(lines)  # without words, whatever is seen is shown
        found = journal.read(*_seen(viewer, kinds, numbers=list(numbers), limit=most)) if numbers else []
        for line in timeline.lines(viewer, found):
            if line.holds(asked.pieces):
                lines.append(line)
                if len(lines) > limit:
                    return Page(_by_day(timeline.folded(lines[:limit])), lines[limit - 1].n)
        if len(numbers) < CANDIDATES:
            return Page(_by_day(timeline.folded(lines)))
        before = numbers[-1]
    return Page(_by_day(timeline.folded(lines)), before)


@access.prepared
def _seen(viewer: Viewer, kinds: tuple[str, ...]) -> Select[Any]:
    return journal.seen(viewer, kinds).where(Entry.n.in_(bindparam("numbers", type_=Integer, expanding=True)))


def _candidates(whose: ColumnElement[bool], asked: Wish, kinds: Sequence[str], before: int | None) -> Select[int]:
    found = select(Entry.n).where(Entry.subject_kind == "person", whose, Entry.kind.in_(kinds))
    if asked.pieces:
        found = found.outerjoin(Payload, Payload.entry_n == Entry.n)
        found = found.where(*(_may_hold(piece, kinds) for piece in asked.pieces))
    if asked.until is not None:
        found = found.where(Entry.n <= journal.newest_before(asked.until))
    if before is not None:
        found = found.where(Entry.n < before)
    return found.order_by(Entry.n.desc()).limit(CANDIDATES)


def _may_hold(piece: str, kinds: Sequence[str]) -> ColumnElement[bool]:
    """Whether a line can hold this: in what was kept of it, in who did it, in its sentence, or in what it is about.

    It may find too much (the names of what was kept): each line is read once more as it is shown.
    """

    def holds(text: Any, wanted: str) -> ColumnElement[bool]:
        return text.icontains(wanted, autoescape=True)  # type: ignore[no-any-return]

    named = select(Person.id).where(holds(Person.name, piece))
    kept = cast(Payload.words, Text)
    spelt = {json.dumps(form)[1:-1] for form in (piece, piece.casefold())}  # as a payload is stored
    goal = exists().where(Objective.id == Entry.object_id, holds(Objective.title, piece))
    given = exists().where(Feedback.id == Entry.object_id, holds(Feedback.words, piece))
    return or_(
        *(holds(kept, form) for form in sorted(spelt)),
        Entry.actor_id.in_(named),
        Entry.behalf_id.in_(named),
        Entry.kind.in_([kind for kind in kinds if piece.casefold() in told(kind, _).casefold()]),
        and_(Entry.object_type == "objective", goal),
        and_(Entry.object_type == "feedback", given),
    )


def _by_day(lines: Sequence[Line]) -> list[tuple[date, list[Line]]]:
    return [(day, list(group)) for day, group in groupby(lines, key=lambda line: formats.local(line.at))]


def months(person_id: int | None = None) -> list[date]:
    """The first days of the months one can jump to, the newest first: from somebody's first entry on, three years at most."""
    this = clock.today().replace(day=1)
    first = None
    if person_id is not None:
        at = db.session.scalar(_FIRST, {"person": person_id})
        first = formats.local(at).replace(day=1) if at else this
    return list(_back(this, first))


_FIRST = kept(
    select(Entry.at)
    .where(Entry.subject_kind == "person", Entry.subject_id == bindparam("person", type_=Integer))
    .order_by(Entry.n)
    .limit(1)
)


def _back(month: date, first: date | None) -> Iterator[date]:
    for n in range(MONTHS):
        year, place = divmod(month.year * 12 + month.month - 1 - n, 12)
        found = date(year, place + 1, 1)
        if first is not None and found < first:
            return
        yield found


def between(
    viewer: Viewer, person_id: int, begins: date, ends: date, *, most: int, among: Collection[str] = tuple(FILTERS)
) -> tuple[list[Line], bool]:
    """What happened to somebody between two days, the newest first, at most so many; whether there was more."""
    kinds, until = kinds_of("", among), clock.midnight(ends)
    about = Subject(person_id=person_id)
    asked: Sequence[Happening] = journal.timeline(viewer, about, None, most + 1, kinds, until=until) if kinds else ()
    inside = [one for one in asked if one.at >= clock.midnight(begins)]
    return timeline.lines(viewer, inside[:most], named=True), len(inside) > most
