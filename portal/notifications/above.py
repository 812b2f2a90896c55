"""Escalation 升级提醒: who else is told that something of somebody is late, where HR wants it; by default nobody is.

It goes with the steps of the reminders, and with a reminder only: whoever is on leave is late with nothing. A name and a
number are told, never what it is; what is private, or said between two, is not counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Person, ReportingLine, UnitLine
from portal.notifications import steps
from portal.notifications.models import Notice
from portal.settings.queries import number
from portal.waiting import queries
from portal.waiting.kinds import KINDS
from portal.waiting.queries import Item

ABOVE = "above "
"""Begins `Notice.what` where it is told of somebody else, who then stands in `object_id`."""


@dataclass(frozen=True)
class Late:
    """Somebody, and how many of their things are late."""

    id: int
    name: str
    things: int


def wanted() -> bool:
    """Whether anybody else is told at all."""
    return bool(number("above_days") or number("hr_days"))


def rows(waits: Mapping[int, Sequence[Item]], who: Collection[int], today: date) -> Iterator[tuple[int, str, int, str, str]]:
    """What is to be told of these people to others: the columns of a notice, one for each thing, step and reader."""
    late = {one: [item for item in waits.get(one, ()) if _counts(item, today)] for one in who}
    late = {one: items for one, items in late.items() if items}
    tells = ((number("above_days"), _managers(late)), (number("hr_days"), _hr(late, today))) if late else ()
    for days, readers in tells:
        for holder, items in late.items() if days else ():
            for item in items:
                step = steps.step(item.due, today)
                if int(step) >= days:
                    for reader in readers[holder] - {holder}:
                        yield reader, f"{ABOVE}{item.what.value}", holder, f"{item.id} {steps.round_of(item)}", step


def _counts(item: Item, today: date) -> bool:
    kind = KINDS[item.what]
    return item.late(today) and not kind.private and kind.capability != "feedback"


def _managers(who: Collection[int]) -> Mapping[int, set[int]]:
    line, found = ReportingLine, defaultdict[int, set[int]](set)
    for one, manager in db.session.execute(
        select(line.report_id, line.manager_id).where(line.report_id.in_(who), line.depth == 1)
    ):
        found[one].add(manager)
    return found


def _hr(who: Collection[int], today: date) -> Mapping[int, set[int]]:
    """The HR partners of their departments; where there is none but themselves, the HR administrators."""
    grant, found = RoleGrant, defaultdict[int, set[int]](set)
    partners = select(Person.id, grant.person_id).join(UnitLine, UnitLine.lower_id == Person.unit_id)
    partners = partners.join(grant, grant.unit_id == UnitLine.upper_id).where(grant.role == Role.HRBP, on(today, grant))
    for one, partner in db.session.execute(partners.where(Person.id.in_(who))):
        found[one].add(partner)
    admins = set(db.session.scalars(select(grant.person_id).where(grant.role == Role.HR_ADMIN, on(today, grant))))
    return defaultdict(set, {one: found[one] - {one} or admins for one in who})


def told(day: date, *who: ColumnElement[bool]) -> Mapping[int, set[tuple[int, str, int]]]:
    """What was claimed on a day to be told of others, {reader: (whose, what, which)}. One statement."""
    begins, found = clock.midnight(day), defaultdict[int, set[tuple[int, str, int]]](set)
    asked = select(Notice.person_id, Notice.object_id, Notice.what, Notice.round)
    asked = asked.where(Notice.at >= begins, Notice.what.startswith(ABOVE), *who)
    for reader, holder, what, round_ in db.session.execute(asked):
        found[reader].add((holder, what.removeprefix(ABOVE), int(round_.split()[0])))
    return found


def still(told: Mapping[int, Collection[tuple[int, str, int]]], today: date) -> Mapping[int, list[Late]]:
    """Of what is told to some readers, what still waits when the mails are written: whose, and how many, by reader.

    Five statements at most, however many are late.
    """
    keys = {(what, id_) for claimed in told.values() for _holder, what, id_ in claimed}
    waits = {one: {item.key for item in items if item.late(today)} for one, items in queries.about(keys, today).items()}
    named = select(Person.id, Person.name).where(Person.id.in_(waits))
    names = dict(db.session.execute(named).all())
    found = defaultdict[int, list[Late]](list)
    for reader, claimed in told.items():
        late = Counter(holder for holder, what, id_ in set(claimed) if (what, id_) in waits.get(holder, ()))
        found[reader] = [Late(holder, names[holder], n) for holder, n in sorted(late.items())]
    return found
