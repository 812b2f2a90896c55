"""Changing organisation facts, each from a day on. What was true is ended, never overwritten; every change is journalled."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from portal import clock, journal
from portal.access import Viewer
from portal.accounts import leaving
from portal.db import UNSYNCED, db, kept
from portal.directory import lines
from portal.directory.finding import THERE
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, Post, Source, Status, Unit, UnitTerm
from portal.directory.reading import reading
from portal.organisation import asof
from portal.words import N_
from portal.workflow import Refused

WHOLE = 10_000


class Wrong(ValueError):
    """A value that cannot be; `field` is the form's field it belongs to, the text a sentence for it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where somebody works and as what: a primary or a second assignment. `level` is HR's word, `post` a name."""

    unit_id: int
    post: str = ""
    level: str = ""
    manager_id: int | None = None
    share: int = WHOLE


@dataclass(frozen=True)
class Facts:
    """What HR knows of a person beside the assignments."""

    kind: str
    hired_on: date | None
    pinyin: str


@dataclass(frozen=True)
class Standing:
    """A unit: its name, what it hangs below (None: the top), who heads it."""

    name: str
    parent: int | None
    head: int | None


@dataclass(frozen=True)
class Newcomer:
    """Somebody without an account."""

    name: str
    number: str
    kind: str


# Units


def make_unit(wanted: Standing, since: date, by: Viewer) -> Unit:
    """A unit of HR's own, which no directory knows. Raises Wrong for a name that another one has."""
    _new_name(wanted.name, None)
    unit = Unit(name=wanted.name)
    db.session.add(unit)
    db.session.flush()
    db.session.add(UnitTerm(unit_id=unit.id, parent_id=wanted.parent, head_id=wanted.head, since=since))
    journal.write("unit.made", _About(unit), by, words={"after": _words(wanted), "since": since.isoformat()})
    _count_from(since)
    return unit


def change_unit(unit: Unit, wanted: Standing, since: date, by: Viewer) -> None:
    """Place and head from a day on; the name counts at once. Raises Wrong for a place below itself."""
    before = lines.term(unit.id, since)
    if wanted.parent is not None:
        days = asof.days_to_check(UnitTerm, since)
        if wanted.parent == unit.id or any(unit.id in asof.units_above(wanted.parent, day) for day in days):
            raise Wrong("parent", N_("A unit cannot hang below itself."))
    _new_name(wanted.name, unit.id)
    was = Standing(unit.name, before.parent_id if before else None, before.head_id if before else None)
    if was == wanted and before is not None:
        return
    unit.name, unit.version = wanted.name, unit.version + 1
    if before is None or (was.parent, was.head) != (wanted.parent, wanted.head):
        term = UnitTerm(unit_id=unit.id, parent_id=wanted.parent, head_id=wanted.head, since=since)
        later = select(func.min(UnitTerm.since)).where(UnitTerm.unit_id == unit.id, UnitTerm.since > since)
        _begin(before, term, ("parent_id", "head_id"), db.session.scalar(later) if before is None else None)
        _count_from(since)
    told = {"before": _words(was), "after": _words(wanted), "since": since.isoformat()}
    journal.write("unit.changed", _About(unit), by, words=told)


def close_unit(unit: Unit, day: date, by: Viewer) -> None:
    """The unit ends on that day. Raises Refused while people or units are still there then."""
    there = select(Assignment.id).where(Assignment.unit_id == unit.id, asof.overlapping(Assignment, day, None))
    below = select(UnitTerm.id).where(UnitTerm.parent_id == unit.id, asof.overlapping(UnitTerm, day, None))
    if db.session.scalar(there.limit(1)) or db.session.scalar(below.limit(1)):
        raise Refused(N_("People or departments are still in it on that day. Move them first."))
    db.session.execute(delete(UnitTerm).where(UnitTerm.unit_id == unit.id, UnitTerm.since >= day))
    db.session.execute(
        update(UnitTerm)
        .where(UnitTerm.unit_id == unit.id, or_(UnitTerm.until.is_(None), UnitTerm.until > day))
        .values(until=day)
    )
    unit.version += 1
    journal.write("unit.closed", _About(unit), by, words={"day": day.isoformat()})
    _count_from(day)


def put_beside(unit: Unit, places: int, by: Viewer) -> None:
    """One place up (-1) or down (1) among its sisters of today: the order lists and papers follow. At the end it stays."""
    above = select(UnitTerm.parent_id).where(UnitTerm.unit_id == unit.id, on(clock.today(), UnitTerm)).scalar_subquery()
    sisters = select(Unit).join(UnitTerm, UnitTerm.unit_id == Unit.id).where(on(clock.today(), UnitTerm))
    sisters = sisters.where(UnitTerm.parent_id.is_not_distinct_from(above))
    row = list(db.session.scalars(sisters.order_by(Unit.position, Unit.id).with_for_update(of=Unit)))
    if unit not in row or not 0 <= row.index(unit) + places < len(row):
        return
    was = row.index(unit)
    row.insert(was + places, row.pop(was))
    for place, each in enumerate(row, 1):
        each.position = place
    told = {"before": {"place": was + 1}, "after": {"place": was + 1 + places}}
    journal.write("unit.put", _About(unit), by, words=told)


def _new_name(name: str, unit_id: int | None) -> None:
    if db.session.scalar(_TAKEN, {"name": name, "this": unit_id or 0, "day": clock.today()}):
        raise Wrong("name", N_("Another department has this name."))


_TAKEN = kept(select(Unit.id).where(Unit.name == bindparam("name"), Unit.id != bindparam("this"), THERE).limit(1))


# Posts


def keep_post(post: Post, family: str, key: bool, by: Viewer) -> None:
    """The family of a post, and whether it needs successors."""
    was, now = {"family": post.family, "key": post.key}, {"family": family, "key": key}
    if was != now:
        post.family, post.key = family, key
        journal.write_about("post.changed", "post", by, words={"name": post.name, "before": was, "after": now})


# People


def add_person(who: Newcomer, place: Place, since: date, by: Viewer) -> Person:
    """Somebody without an account (the shop floor): known by the employee number. Raises Wrong."""
    if db.session.scalar(select(Person.id).where(Person.number == who.number)):
        raise Wrong("number", N_("Somebody has this employee number."))
    person = Person(name=who.name, number=who.number, pinyin=reading(who.name), kind=who.kind, hired_on=since)
    db.session.add(person)
    db.session.flush()
    journal.write("person.added", Whom(person.id), by, words={"after": _words(who)})
    move(person, place, since, by)
    return person


def change_person(person: Person, facts: Facts, by: Viewer) -> None:
    """Type, first day and reading of the name: facts without a date of their own."""
    was = Facts(person.kind, person.hired_on, person.pinyin)
    if was == facts:
        return
    person.kind, person.hired_on, person.pinyin = facts.kind, facts.hired_on, facts.pinyin
    person.version += 1
    journal.write("person.changed", Whom(person.id), by, words={"before": _words(was), "after": _words(facts)})


def move(person: Person, place: Place, since: date, by: Viewer, *, pinned: bool | None = None) -> None:
    """The primary assignment from a day on. Raises Wrong for a manager who would be above themselves.

    `pinned`: HR holds department, position and manager, whatever the directory says; None keeps what is.
    """
    before = lines.assignment(person.id, since)
    if before is None or before.manager_id != place.manager_id:
        _sound_manager(person.id, place.manager_id, since)
    held = before.pinned if before and pinned is None else bool(pinned)
    was, was_on = (place_of(before), before.post_id) if before else (None, None)
    if before and (was, before.pinned) == (place, held):
        return
    columns = _columns(place) | {"pinned": held}
    wanted = Assignment(person_id=person.id, since=since, **columns)
    _begin(before, wanted, tuple(columns), _next_place(person.id, since) if before is None else None)
    person.version += 1
    told = {"before": _words(was) if was else None, "after": _words(place), "since": since.isoformat(), "held": held}
    journal.write("assignment.changed", Whom(person.id), by, words=told)
    moved = was is None or (was.unit_id, was.manager_id) != (place.unit_id, place.manager_id)
    if moved and since <= clock.today():
        lines.rebuild_below(person.id, clock.today())
    if wanted.post_id != was_on:
        _count_posts(since, wanted.post_id, was_on)


def _next_place(person_id: int, since: date) -> date | None:
    """The day from which something else is planned for somebody who has no place on `since`."""
    theirs = (Assignment.person_id == person_id, Assignment.primary, Assignment.since > since)
    return db.session.scalar(select(func.min(Assignment.since)).where(*theirs))


def add_second(person: Person, place: Place, since: date, until: date | None, by: Viewer) -> None:
    """A second post beside the first one. Raises Wrong where it overlaps with the same one, or shares pass the whole."""
    _forwards(since, until)
    same = (Assignment.person_id == person.id, asof.overlapping(Assignment, since, until))
    if db.session.scalar(select(Assignment.id).where(*same, Assignment.unit_id == place.unit_id)):
        raise Wrong("unit", N_("They have a post in this department at that time already."))
    others = select(func.coalesce(func.sum(Assignment.share), 0)).where(*same, Assignment.primary.is_(False))
    if int(db.session.scalar(others) or 0) + place.share >= WHOLE:
        raise Wrong("share", N_("Nothing would be left for the first post."))
    _sound_manager(person.id, place.manager_id, since)
    columns = _columns(place)
    db.session.add(Assignment(person_id=person.id, primary=False, since=since, until=until, **columns))
    _count_posts(since, columns["post_id"])
    person.version += 1
    told = {"after": _words(place), "since": since.isoformat(), "until": until and until.isoformat()}
    journal.write("assignment.added", Whom(person.id), by, words=told)


def end_second(person: Person, second: Assignment, day: date, by: Viewer) -> None:
    """The last day of a second post is the day before `day`; one that has not begun is gone."""
    post = second.post_id
    _end(second, day)
    _count_posts(day, post)
    person.version += 1
    journal.write("assignment.ended", Whom(person.id), by, words={"unit": second.unit_id, "day": day.isoformat()})


def send_on_leave(person: Person, kind: str, since: date, until: date | None, by: Viewer) -> None:
    """Rhythms pause, nothing is due. Raises Wrong where it overlaps with another leave."""
    _forwards(since, until)
    if db.session.scalar(select(Absence.id).where(Absence.person_id == person.id, asof.overlapping(Absence, since, until))):
        raise Wrong("since", N_("They are on leave at that time already."))
    db.session.add(Absence(person_id=person.id, kind=kind, since=since, until=until))
    person.version += 1
    told = {"kind": kind, "since": since.isoformat(), "until": until and until.isoformat()}
    journal.write("absence.added", Whom(person.id), by, words=told)
    keep_statuses(clock.today())


def end_leave(person: Person, absence: Absence, day: date, by: Viewer) -> None:
    """Back on that day; a leave that has not begun is gone."""
    _end(absence, day)
    person.version += 1
    journal.write("absence.ended", Whom(person.id), by, words={"kind": absence.kind, "day": day.isoformat()})
    keep_statuses(clock.today())


def let_go(person: Person, day: date, by: Viewer) -> None:
    """Somebody without an account has left; whoever has one leaves with it. What they wrote stays."""
    if person.directory_key is not None:
        raise Refused(N_("The directory decides about people with an account."))
    if day > clock.today():
        raise Wrong("day", N_("Choose a day that has come."))
    if db.session.scalar(select(Assignment.id).where(Assignment.manager_id == person.id, on(day, Assignment)).limit(1)):
        raise Refused(N_("People still report to them. Give them another manager first."))
    leaving.leave([person.id], day, by)
    person.status, person.left_on, person.version = Status.LEFT, day, person.version + 1
    journal.write("person.left", Whom(person.id), by, words={"day": day.isoformat()})
    lines.rebuild_below(person.id, clock.today())
    lines.count_posts(clock.today())


def _forwards(since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise Wrong("until", N_("It must end after it begins."))


def _end(row: Assignment | Absence, day: date) -> None:
    """What was true ends on that day; what never began is gone."""
    if row.since >= day:
        db.session.delete(row)
    else:
        row.until = day


# Today


def keep_statuses(today: date) -> None:
    """Active or on leave, as the dated absences say today."""
    db.session.flush()
    away = exists().where(Absence.person_id == Person.id, on(today, Absence))
    for was, now, condition in ((Status.ACTIVE, Status.LEAVE, away), (Status.LEAVE, Status.ACTIVE, ~away)):
        change = update(Person).where(Person.status == was, condition).values(status=now)
        db.session.execute(change, execution_options=UNSYNCED)


def keep_today(today: date) -> bool:
    """What HR dated for today begins: closures and statuses. Whether anything did."""
    begins = [
        select(table.id).where(or_(table.since == today, table.until == today)).limit(1) for table in (Assignment, UnitTerm)
    ]
    due = any(db.session.scalar(found) for found in begins)
    if due:
        lines.rebuild(today)
    keep_statuses(today)
    return due


def _count_from(day: date) -> None:
    today = clock.today()
    if day <= today:  # else its own day will do it
        lines.rebuild_units(today)


def _count_posts(day: date, *posts: int | None) -> None:
    changed = [post for post in posts if post is not None]
    if changed and day <= clock.today():
        lines.count_posts(clock.today(), *changed)


def _begin(before: Any, row: Any, names: tuple[str, ...], following: date | None) -> None:
    """`row` holds from its first day until what was planned next; `before`, which held on that day, ends.

    `following`: the day of what is planned next where nothing held before; else that is when `before` was to end.
    """
    if before is not None and before.since == row.since:  # it never held for a whole day: corrected in place
        for name in names:
            setattr(before, name, getattr(row, name))
        return
    row.until = following if before is None else before.until
    if before is not None:
        before.until = row.since
        db.session.flush()
    db.session.add(row)
    db.session.flush()


def place_of(row: Assignment) -> Place:
    """An assignment as plain values."""
    return Place(row.unit_id, row.post.name if row.post else "", row.level, row.manager_id, row.share)


def _columns(place: Place) -> dict[str, Any]:
    return {
        "unit_id": place.unit_id,
        "post_id": _post(place.post).id if place.post else None,
        "level": place.level,
        "manager_id": place.manager_id,
        "share": place.share,
        "source": Source.HR,
    }


_POST = kept(select(Post).where(Post.name == bindparam("name")))


def _post(name: str) -> Post:
    found: Post | None = db.session.scalar(_POST, {"name": name})
    if found is None:
        found = Post(name=name)
        db.session.add(found)
        db.session.flush()
    return found


def _sound_manager(person_id: int, manager_id: int | None, since: date) -> None:
    if manager_id is None:
        return
    if manager_id == person_id:
        raise Wrong("manager", N_("Nobody is their own manager."))
    if any(person_id in asof.managers_above(manager_id, day) for day in asof.days_to_check(Assignment, since)):
        raise Wrong("manager", N_("This manager would be their own subordinate."))


def _words(row: Any) -> dict[str, Any]:
    return {f.name: v.isoformat() if isinstance(v := getattr(row, f.name), date) else v for f in fields(row)}


@dataclass(frozen=True)
class Whom:
    """A person as the object of an entry."""

    id: int
    __tablename__ = "person"

    @property
    def person_id(self) -> int:
        return self.id


class _About:
    """A unit as the object of an entry."""

    __tablename__ = "unit"
    person_id = None

    def __init__(self, unit: Unit) -> None:
        self.id = self.unit_id = unit.id
