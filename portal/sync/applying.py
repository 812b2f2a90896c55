"""Writing a plan, in the caller's one transaction. What was true is ended, never overwritten."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal import journal, search
from portal.access.models import Role, RoleGrant
from portal.accounts import leaving
from portal.accounts.models import LoginSession, Why
from portal.db import UNSYNCED, db
from portal.directory import lines
from portal.directory.lines import on
from portal.directory.models import STAFF, Assignment, FormerDn, Person, Post, Source, Status, Unit, UnitTerm
from portal.directory.reading import reading
from portal.formats import local
from portal.i18n import company_says
from portal.search import Kind
from portal.sync.lines import Who
from portal.sync.mirror import Mirror, Place
from portal.sync.models import State, SyncRun
from portal.sync.plan import Plan, Wanted
from portal.sync.plan import Unit as UnitRef
from portal.sync.queries import BY_GROUP

T = TypeVar("T")


def apply(plan: Plan, mirror: Mirror, today: date, now: datetime) -> Mapping[str, int]:
    """Write everything; gives the ids of those who joined, by directory key."""
    return _Writing(plan, mirror, today, now).run()


class _Writing:
    def __init__(self, plan: Plan, mirror: Mirror, today: date, now: datetime) -> None:
        self.plan, self.mirror, self.today, self.now = plan, mirror, today, now
        self.joined: dict[str, int] = {}
        self.units: dict[str, int] = {}

    def run(self) -> Mapping[str, int]:
        self._make_units()
        self._change_people()
        self._add_people()
        self._remember_names()
        self._let_go()
        self._place()
        self._head()
        self._grant()
        matched = self.plan.matched
        search.changed(Kind.PERSON, {*matched.values, *matched.leavers, *self.joined.values()})
        if self.plan.moves_people or self._is_first_today():
            lines.rebuild(self.today)
        db.session.expire_all()  # much was written past the objects
        return self.joined

    def _make_units(self) -> None:
        made = [Unit(name=name, directory_name=name) for name in self.plan.new_units]
        db.session.add_all(made)
        db.session.flush()
        self.units = {unit.name: unit.id for unit in made}
        db.session.add_all(UnitTerm(unit_id=unit.id, parent_id=self.mirror.top_unit, since=self.today) for unit in made)
        db.session.flush()

    def _change_people(self) -> None:
        rows: list[dict[str, Any]] = [{"id": person_id, **values} for person_id, values in self.plan.matched.values.items()]
        if not rows:
            return
        sound = {
            known.id: reading(known.name)
            for known in self.mirror.people
            if "name" in self.plan.matched.values.get(known.id, {})
        }
        corrected = self._corrected(sound)
        for row in rows:
            if row["id"] in sound and row["id"] not in corrected:
                row["pinyin"] = reading(row["name"])
        # Two may have exchanged what is unique: first nobody has it.
        for column in (Person.login, Person.number):
            _set([row["id"] for row in rows if column.key in row], Person.id, {column.key: None})
        db.session.execute(update(Person), sorted(rows, key=sorted))

    def _corrected(self, sound: Mapping[int, str]) -> set[int]:
        """People whose reading HR wrote by hand: a new name does not take it from them."""
        found = db.session.execute(select(Person.id, Person.pinyin).where(Person.id.in_(sound)))
        return {row.id for row in found if row.pinyin not in ("", sound[row.id])}

    def _add_people(self) -> None:
        new = {who: entry for who, entry in self.plan.matched.told.items() if isinstance(who, str)}
        if not new:
            return
        kind = company_says(STAFF)
        rows = [
            {
                "directory_key": key, "login": e.login, "number": e.number, "name": e.name, "pinyin": reading(e.name),
                "mail": e.mail, "mobile": e.mobile, "hired_on": e.hired_on, "dn": e.dn, "fingerprint": e.fingerprint,
                "status": Status.ACTIVE, "kind": kind,
            }
            for key, e in new.items()
        ]  # fmt: skip
        db.session.execute(insert(Person.metadata.tables["person"]), rows)
        known = select(Person.directory_key, Person.id).where(Person.directory_key.is_not(None))
        self.joined = {key: person_id for key, person_id in db.session.execute(known) if key in new}

    def _remember_names(self) -> None:
        former = self.plan.matched.former
        if former:
            for part in _parts(list(former)):
                db.session.execute(delete(FormerDn).where(FormerDn.dn.in_(part)), execution_options=UNSYNCED)
            db.session.execute(insert(FormerDn), [{"dn": dn, "person_id": who} for dn, who in former.items()])

    def _let_go(self) -> None:
        """Whoever leaves keeps everything they wrote; sessions and roles end with this very transaction."""
        leavers = self.plan.matched.leavers
        left = [{"id": who, "status": Status.LEFT, "left_on": self.today, "fingerprint": f} for who, f in leavers.items()]
        if left:
            db.session.execute(update(Person), left)
        ids = list(leavers)
        leaving.leave(ids, self.today, None)
        ended = [*ids, *self.plan.matched.signed_out]
        _set(ended, LoginSession.person_id, {"revoked_at": self.now, "why": Why.LEFT}, LoginSession.revoked_at.is_(None))

    def _place(self) -> None:
        known = [who for who in self.plan.places if isinstance(who, int)]
        now: dict[Who, Place] = {who: place for who in known if (place := self.mirror.places.get(who))}
        carried = self._carried([place.id for place in now.values()])
        begun = self._begun_today(known)
        posts = self._posts()
        fresh, corrected = [], []
        for who, wanted in self.plan.places.items():
            row, place = self._row(who, wanted, posts), now.get(who)
            kept = carried[place.id] if place else {"level": "", "share": 10_000, "until": None}
            if who in begun:  # it never held for a whole day
                corrected.append({"id": begun[who], **row, "until": kept["until"]})
            else:
                fresh.append({**row, **kept, "since": self.today})
        _set([place.id for place in now.values() if place.since < self.today], Assignment.id, {"until": self.today})
        if corrected:
            db.session.execute(update(Assignment), corrected)
        if fresh:
            db.session.execute(insert(Assignment.metadata.tables["assignment"]), fresh)

    def _row(self, who: Who, wanted: Wanted, posts: Mapping[str, int]) -> dict[str, Any]:
        return {
            "person_id": self._id(who),
            "unit_id": self._unit_id(wanted.unit),
            "post_id": posts.get(wanted.post or ""),
            "manager_id": None if wanted.manager is None else self._id(wanted.manager),
            "source": Source.DIRECTORY,
        }

    def _begun_today(self, ids: list[int]) -> dict[Who, int]:
        found: dict[Who, int] = {}
        for part in _parts(ids):
            mine = (Assignment.person_id.in_(part), Assignment.primary, Assignment.since == self.today)
            found.update(db.session.execute(select(Assignment.person_id, Assignment.id).where(*mine)).all())
        return found

    def _carried(self, ids: list[int]) -> dict[int, dict[str, Any]]:
        """What HR holds of an assignment goes on into the next one."""
        columns = (Assignment.id, Assignment.level, Assignment.share, Assignment.until)
        found: dict[int, dict[str, Any]] = {}
        for part in _parts(ids):
            for row in db.session.execute(select(*columns).where(Assignment.id.in_(part))):
                found[row.id] = {"level": row.level, "share": row.share, "until": row.until}
        return found

    def _posts(self) -> dict[str, int]:
        wanted = {place.post for place in self.plan.places.values() if place.post}
        known = dict(db.session.execute(select(Post.name, Post.id)).all())
        new = [Post(name=name) for name in sorted(wanted - known.keys())]
        db.session.add_all(new)
        db.session.flush()
        return known | {post.name: post.id for post in new}

    def _head(self) -> None:
        for unit, who in self.plan.heads.items():
            unit_id = self._unit_id(unit)
            term = db.session.scalar(select(UnitTerm).where(UnitTerm.unit_id == unit_id, on(self.today, UnitTerm)))
            if term and term.since == self.today:
                term.head_id = self._id(who)
                continue
            parent, until = (term.parent_id, term.until) if term else (None, None)
            if term:
                term.until = self.today
            head = self._id(who)
            db.session.add(UnitTerm(unit_id=unit_id, parent_id=parent, head_id=head, since=self.today, until=until))

    def _grant(self) -> None:
        given = [
            RoleGrant(person_id=self._id(who), role=Role(role), since=self.today, source=BY_GROUP)
            for role, who in self.plan.grants
        ]
        db.session.add_all(given)
        db.session.flush()
        for grant in given:
            journal.write("role.granted", grant, None, now=grant.role.value, words={"source": BY_GROUP})
        for role, person_id in self.plan.ends:
            mine = (RoleGrant.person_id == person_id, RoleGrant.role == Role(role), RoleGrant.source == BY_GROUP)
            for grant in db.session.scalars(select(RoleGrant).where(*mine, on(self.today, RoleGrant))):
                leaving.end_role(grant, self.today, None)

    def _is_first_today(self) -> bool:
        """Rows of HR that begin today are not in the closures yet."""
        last = select(SyncRun.ended).where(SyncRun.state == State.APPLIED).order_by(SyncRun.id.desc()).limit(1)
        ended = db.session.scalar(last)
        return ended is None or local(ended) < self.today

    def _id(self, who: Who) -> int:
        return who if isinstance(who, int) else self.joined[who]

    def _unit_id(self, unit: UnitRef) -> int:
        return unit if isinstance(unit, int) else self.units[unit]


def _parts(ids: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """SQL takes only so many values at a time."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _set(
    ids: Sequence[int], column: InstrumentedAttribute[Any], values: Mapping[str, Any], *where: ColumnElement[bool]
) -> None:
    for part in _parts(ids):
        change = update(column.class_).where(column.in_(part), *where).values(values)
        db.session.execute(change, execution_options=UNSYNCED)
