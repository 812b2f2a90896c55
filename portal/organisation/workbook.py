"""Organisation facts as a workbook: what it holds, how it is filled, checked and written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update

from portal import clock, imports, journal
from portal.access import Act, Viewer
from portal.db import UNSYNCED, db, refresh_statistics
from portal.directory import lines
from portal.directory.models import Absence, Assignment, Person, Post, Source, Unit
from portal.directory.reading import reading
from portal.i18n import gettext as _
from portal.imports import TOLD, Kind, Outcome, Row, SheetDef
from portal.organisation import operations, snapshot
from portal.organisation.comparing import Comparing, Plan, Step
from portal.organisation.operations import Standing
from portal.organisation.snapshot import Known
from portal.words import N_

NAME = "organisation"
NUMBER = N_("Number or account")
FROM = ("since", N_("Effective from"))
PLACE = (("unit", N_("Department")), ("post", N_("Position")), ("level", N_("Level")))
MANAGER = ("manager", N_("Manager's number or account"))
UNITS = (("name", N_("Department name")), ("parent", N_("Hangs below")), ("head", N_("Head's number or account")), FROM)
WHO = (("number", N_("Employee number")), ("login", N_("Account")), ("name", N_("Name")))
FACTS = (("kind", N_("Person type")), ("hired_on", N_("First day")), ("held", N_("Held by HR")))
LEAVES = (("number", NUMBER), ("kind", N_("Kind of leave")), FROM, ("until", N_("Back on")))
SECONDS = (("number", NUMBER), *PLACE, MANAGER, ("share", N_("Share in per cent")), FROM, ("until", N_("Effective until")))
SHEETS = (
    SheetDef("units", N_("Departments"), UNITS, ("name", "parent", "head")),
    SheetDef("people", N_("People"), (*WHO, *PLACE, MANAGER, *FACTS, FROM), ("number", *dict(PLACE), "manager", "held")),
    SheetDef("leaves", N_("Leave"), LEAVES, ("number", "kind", "since")),
    SheetDef("seconds", N_("Second posts"), SECONDS, ("number", "unit", "share", "since")),
)


def register() -> None:
    """Called once by create_app."""
    kind = Kind(
        NAME,
        N_("Organisation facts as a workbook"),
        "organisation.tree",
        SHEETS,
        Act.KEEP_ORGANISATION,
        _check,
        _filled,
        _write,
        partial(lines.alone, patient=True),
    )
    imports.register(kind)


def _filled() -> Mapping[str, Sequence[Sequence[Any]]]:
    """What stands there today."""
    now = snapshot.taken(clock.today())

    def called(person_id: int | None) -> str | None:
        return now.people[person_id].called if person_id in now.people else None

    def worker(who: Known, one: snapshot.Stretch) -> Sequence[Any]:
        place = (one.unit, one.post, one.level, called(one.manager_id))
        return (who.number, who.login, who.name, *place, who.kind, who.hired_on, _("yes") if one.held else _("no"), None)

    def second(person_id: int, one: Sequence[Any]) -> Sequence[Any]:
        unit, post, level, manager, share, since, until = one
        return (called(person_id), unit, post, level, called(manager), share / 100, since, until)

    return {
        "units": [(name, now.unit_names.get(s.parent or 0), called(s.head), None) for name, (_i, s) in now.units.items()],
        "people": [worker(who, one) for who in now.people.values() if (one := who.at(now.day))],
        "leaves": [(called(i), *leave) for i, several in now.leaves.items() if i in now.people for leave in several],
        "seconds": [second(i, one) for i, several in now.seconds.items() for one in several],
    }


def _check(sheets: Mapping[str, Sequence[Row]], step: Step) -> Outcome:
    return Comparing(snapshot.taken(clock.today()), sheets, step).run()


def _write(outcome: Outcome, by: Viewer, step: Step) -> None:
    _Writing(outcome.plan, by, step).run()


class _Writing:
    """A plan as rows: many at a time, in the caller's one transaction."""

    def __init__(self, plan: Plan, by: Viewer, step: Step) -> None:
        self.plan, self.by, self.today, self.step = plan, by, clock.today(), step
        parts: Sequence[Sequence[Any]] = (plan.units, plan.newcomers, plan.moves, plan.facts, plan.leaves, plan.seconds)
        self.done, self.total = 0, sum(map(len, parts))

    def run(self) -> None:
        self._units()
        self._newcomers()
        self.units = dict(db.session.execute(select(Unit.name, Unit.id)).all())
        self.posts = self._posts()
        self._moves()
        self._facts()
        self._leaves()
        self._seconds()
        refresh_statistics(Assignment, Person)
        lines.rebuild(self.today)
        operations.keep_statuses(self.today)

    def _each(self, items: Sequence[Any]) -> Iterator[Any]:
        """One after the other; now and then it is told how far it is."""
        for item in items:
            yield item
            self.done += 1
            if self.done % TOLD == 0:
                self.step(self.done, self.total)

    def _units(self) -> None:
        known = dict(db.session.execute(select(Unit.name, Unit.id)).all())
        for name, was, *_rest, since in self.plan.units:  # first they exist, then they find their places
            if was is None:
                known[name] = operations.make_unit(Standing(name, None, None), since, self.by).id
        for name, _was, _name, above, head, since in self._each(self.plan.units):
            unit = db.session.get_one(Unit, known[name])
            wanted = Standing(name, known[above] if above else None, head.id if isinstance(head, Known) else None)
            operations.change_unit(unit, wanted, since, self.by)

    def _newcomers(self) -> None:
        for new, who in self._each(self.plan.newcomers):
            person = Person(name=new.name, number=new.number, pinyin=reading(new.name), kind=new.kind, hired_on=who.hired_on)
            db.session.add(person)
            db.session.flush()
            who.id = person.id
            told = {"name": new.name, "number": new.number, "kind": new.kind}
            journal.write("person.added", operations.Whom(person.id), self.by, words={"after": told})

    def _posts(self) -> dict[str, int]:
        wanted = {move.after.post for move in self.plan.moves} | {stretch.post for _, stretch, _ in self.plan.seconds}
        known = dict(db.session.execute(select(Post.name, Post.id)).all())
        new = [Post(name=name) for name in sorted(wanted - known.keys() - {""})]
        db.session.add_all(new)
        db.session.flush()
        return known | {post.name: post.id for post in new}

    def _moves(self) -> None:
        ends, corrected, fresh = [], [], []
        for move in self._each(self.plan.moves):
            row = self._columns(move.after) | {"pinned": move.after.held}
            if move.in_place and move.before:
                corrected.append({"id": move.before.id, **row})
            else:
                fresh.append(
                    {
                        "person_id": move.who.id,
                        **row,
                        "share": 10_000,
                        "primary": True,
                        "since": move.after.since,
                        "until": move.after.until,
                    }
                )
                if move.before:
                    ends.append({"id": move.before.id, "until": move.after.since})
            told = {"before": _told(move.before), "after": _told(move.after), "since": move.after.since.isoformat()}
            journal.write("assignment.changed", operations.Whom(move.who.id or 0), self.by, words=told)
        for change in (ends, corrected):
            if change:
                db.session.execute(update(Assignment), change)
        if fresh:
            db.session.execute(insert(Assignment), fresh)
        self._newer(move.who.id for move in self.plan.moves)

    def _facts(self) -> None:
        for who, kind, hired in self._each(self.plan.facts):
            told = {
                "before": {"kind": who.kind, "hired_on": _iso(who.hired_on)},
                "after": {"kind": kind, "hired_on": _iso(hired)},
            }
            journal.write("person.changed", operations.Whom(who.id or 0), self.by, words=told)
        if self.plan.facts:
            rows = [{"id": who.id, "kind": kind, "hired_on": hired} for who, kind, hired in self.plan.facts]
            db.session.execute(update(Person), rows)
            self._newer(who.id for who, *_rest in self.plan.facts)

    def _leaves(self) -> None:
        for who, kind, since, until in self._each(self.plan.leaves):
            db.session.add(Absence(person_id=who.id, kind=kind, since=since, until=until))
            told = {"kind": kind, "since": since.isoformat(), "until": _iso(until)}
            journal.write("absence.added", operations.Whom(who.id or 0), self.by, words=told)

    def _seconds(self) -> None:
        for who, stretch, share in self._each(self.plan.seconds):
            row = self._columns(stretch)
            db.session.add(
                Assignment(person_id=who.id, primary=False, share=share, since=stretch.since, until=stretch.until, **row)
            )
            told = {"after": _told(stretch), "since": stretch.since.isoformat(), "until": _iso(stretch.until)}
            journal.write("assignment.added", operations.Whom(who.id or 0), self.by, words=told)

    def _columns(self, stretch: snapshot.Stretch) -> dict[str, Any]:
        place = {"unit_id": self.units[stretch.unit], "post_id": self.posts.get(stretch.post), "level": stretch.level}
        return {**place, "manager_id": stretch.manager_id, "source": Source.HR}

    def _newer(self, ids: Iterable[int | None]) -> None:
        wanted = sorted({i for i in ids if i})
        for start in range(0, len(wanted), 500):
            some = Person.id.in_(wanted[start : start + 500])
            change = update(Person).where(some).values(version=Person.version + 1)
            db.session.execute(change, execution_options=UNSYNCED)


def _told(stretch: snapshot.Stretch | None) -> dict[str, Any] | None:
    if stretch is None:
        return None
    place = {"unit": stretch.unit, "post": stretch.post, "level": stretch.level}
    return {**place, "manager": stretch.manager_id, "held": stretch.held}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
