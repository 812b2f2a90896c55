"""HR's side of the people: units with parents and heads, posts, dated assignments, absences, roles, settings.

The directory brings most people by its sync; whoever it does not know (no account, left before) is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portal.access import Act
from portal.access.models import Delegation, Role, RoleGrant
from portal.demo.chance import dice, midnight, moment
from portal.demo.company import COMPANY, GROUPS, ROLES, STAND_INS, Company, Person, Stint
from portal.demo.days import set_up
from portal.demo.loading.bulk import Bulk, by
from portal.demo.roster import KEY_POSTS
from portal.directory.models import Absence, Assignment, Post, Source, Status, Unit, UnitTerm
from portal.directory.models import Person as PersonRow
from portal.directory.reading import reading
from portal.settings.models import Setting

READINGS = {"20102": "qian gensheng", "20618": "he xiufen", "20377": "luo jianjun"}
GROUP_ROLES = {"hr-admins": Role.HR_ADMIN, "system-admins": Role.SYSTEM_ADMIN}
SETTINGS = {"company_name": COMPANY, "company_seal": "衡"}


@dataclass(frozen=True)
class Known:
    """Ids by the company's own keys; `assignments` by (person, since) of main posts."""

    people: Mapping[str, int]
    units: Mapping[str, int]
    assignments: Mapping[tuple[str, date], int]


def write_people(bulk: Bulk, company: Company) -> Known:
    """Everything of the organisation; the closures are rebuilt by the caller."""
    units = _units(bulk, company)
    people = _people(bulk, company)
    _terms(bulk, company, units, people)
    assignments = _assignments(bulk, company, units, people)
    for person in company.people.values():
        if person.absent:
            why, since, until = person.absent
            bulk.add(Absence, person_id=people[person.key], kind=why, since=since, until=until)
    _roles(bulk, company, units, people)
    _stand_ins(bulk, company, people)
    _settings(bulk, company, people)
    bulk.write()
    return Known(people, units, assignments)


def _units(bulk: Bulk, company: Company) -> dict[str, int]:
    rows = bulk.connection.execute(select(Unit.id, Unit.name, Unit.directory_name)).all()
    known = {**by(rows, "name"), **by(rows, "directory_name")}
    found: dict[str, int] = {}
    for n, unit in enumerate(company.units):
        if unit.name in known:
            found[unit.key] = known[unit.name].id
            bulk.connection.execute(update(Unit).where(Unit.id == found[unit.key]).values(position=n))
        else:
            found[unit.key] = bulk.add(Unit, name=unit.name, directory_name=unit.name, position=n)
    bulk.write()
    return found


def _people(bulk: Bulk, company: Company) -> dict[str, int]:
    rows = bulk.connection.execute(select(PersonRow.id, PersonRow.login, PersonRow.number)).all()
    logins, numbers = by(rows, "login"), by(rows, "number")
    found: dict[str, int] = {}
    for person in company.people.values():
        row = logins.get(person.login) or numbers.get(person.number)
        facts = _facts(person)
        if row:
            found[person.key] = row.id
            bulk.connection.execute(update(PersonRow).where(PersonRow.id == row.id).values(**facts))
        else:
            # Somebody who left is no longer in the directory: no login leads to them.
            here = person.left is None
            account = {"login": person.login if here else None, "mail": person.mail if here else None}
            found[person.key] = bulk.add(PersonRow, name=person.name, number=person.number, **account, **facts)
    bulk.write()
    return found


def _facts(person: Person) -> dict[str, Any]:
    status = Status.LEFT if person.left else Status.LEAVE if person.absent else Status.ACTIVE
    known = (person.login or READINGS.get(person.key, person.key)).replace(".", " ")
    read = reading(person.name)  # syllables apart, as a sync writes it
    pinyin = read if read.replace(" ", "") == known.replace(" ", "") else known
    return {"kind": person.kind, "status": status, "hired_on": person.hired, "left_on": person.left, "pinyin": pinyin}


def _terms(bulk: Bulk, company: Company, units: Mapping[str, int], people: Mapping[str, int]) -> None:
    """HR says where units hang and who heads them; what a sync guessed gives way."""
    bulk.connection.execute(delete(UnitTerm).where(UnitTerm.unit_id.in_(units.values())))
    for unit in company.units:
        parent = units[unit.parent] if unit.parent else None
        head, joined = people[unit.head], company.people[unit.head].hired
        if unit.since < joined:
            bulk.add(UnitTerm, unit_id=units[unit.key], parent_id=parent, head_id=None, since=unit.since, until=joined)
        bulk.add(UnitTerm, unit_id=units[unit.key], parent_id=parent, head_id=head, since=max(unit.since, joined), until=None)


def _assignments(
    bulk: Bulk, company: Company, units: Mapping[str, int], people: Mapping[str, int]
) -> dict[tuple[str, date], int]:
    bulk.connection.execute(delete(Assignment).where(Assignment.person_id.in_(people.values())))
    posts = _posts(bulk, company)
    found: dict[tuple[str, date], int] = {}
    for stint in company.stints:
        manager = people[stint.manager] if stint.manager else None
        row = bulk.add(
            Assignment,
            person_id=people[stint.person],
            unit_id=units[stint.unit],
            post_id=posts[stint.title],
            level=stint.level,
            manager_id=manager,
            share=stint.share,
            primary=stint.primary,
            since=stint.since,
            until=stint.until,
            source=_source(company, stint),
        )
        if stint.primary:
            found[stint.person, stint.since] = row
    return found


def _posts(bulk: Bulk, company: Company) -> dict[str, int]:
    found = {row.name: row.id for row in bulk.connection.execute(select(Post.id, Post.name))}
    for stint in company.stints:
        if stint.title not in found:
            found[stint.title] = bulk.add(Post, name=stint.title, family=stint.family, key=stint.title in KEY_POSTS)
    bulk.write()
    return found


def _source(company: Company, stint: Stint) -> Source:
    """Today's main post of somebody in the directory is the directory's; the rest is HR's."""
    person = company.people[stint.person]
    return Source.DIRECTORY if person.login and stint.primary and stint.until is None else Source.HR


def _roles(bulk: Bulk, company: Company, units: Mapping[str, int], people: Mapping[str, int]) -> None:
    held = {tuple(row) for row in bulk.connection.execute(select(RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id))}
    wanted = [(login, Role(role), unit, "hand") for login, role, unit in ROLES]
    wanted += [(login, GROUP_ROLES[group], None, "directory") for group, members in GROUPS.items() for login in members]
    for login, role, unit, source in wanted:
        unit_id = units[unit] if unit else None
        since = max(company.people[login].hired, set_up(company.today))
        if (people[login], role, unit_id) in held:
            continue
        row = bulk.add(RoleGrant, person_id=people[login], role=role, unit_id=unit_id, since=since, until=None, source=source)
        words = {"role": role.value, "unit": unit_id}
        giver = people["shen.jiahe"]
        bulk.journal.note("role.granted", midnight(since), giver, ("person", people[login]), ("role_grant", row), words=words)


def _stand_ins(bulk: Bulk, company: Company, people: Mapping[str, int]) -> None:
    known = {tuple(row) for row in bulk.connection.execute(select(Delegation.giver_id, Delegation.taker_id, Delegation.act))}
    for login, other, act, begun, ends, why in STAND_INS:
        giver, taker, what = people[login], people[other], Act(act)
        since, until = (company.today + timedelta(days=days) for days in (-begun, ends))
        if (giver, taker, what) not in known:
            row = bulk.add(Delegation, giver_id=giver, taker_id=taker, act=what, since=since, until=until, reason=why)
            words = {"act": act, "since": since.isoformat(), "until": until.isoformat(), "why": why}
            at = ("person", taker), ("delegation", row)
            bulk.journal.note("delegation.given", midnight(since), giver, *at, steps=(None, act), words=words)


def _settings(bulk: Bulk, company: Company, people: Mapping[str, int]) -> None:
    known = set(bulk.connection.scalars(select(Setting.name)))
    at = moment(set_up(company.today), dice("settings"), 9)
    for name, value in SETTINGS.items():
        if name not in known:
            bulk.add(Setting, name=name, value=value, by_id=people["shen.jiahe"], at=at)
