"""To whom something can be written today, and what they chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, true

from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Absence, Person, Status
from portal.notifications.models import Preference


@dataclass(frozen=True)
class Reader:
    """Somebody who reads mail."""

    id: int
    name: str
    mail: str
    language: str | None
    at_once: bool
    informs: bool


def reached(day: date) -> ColumnElement[bool]:
    """SQL condition of Person: works here, can sign in, has an address, and is not away."""
    away = exists().where(Absence.person_id == Person.id, on(day, Absence))
    able = and_(Person.status == Status.ACTIVE, Person.directory_key.is_not(None), func.coalesce(Person.mail, "") != "")
    return and_(able, ~away)


def readers(who: ColumnElement[bool], day: date) -> Mapping[int, Reader]:
    """Those of them that can be reached, by their ids."""
    p = Preference
    chosen = (func.coalesce(p.at_once, true()), func.coalesce(p.informs, true()))
    found: Any = select(Person.id, Person.name, Person.mail, Person.language, *chosen)
    found = found.outerjoin(p, p.person_id == Person.id).where(who, reached(day))
    return {row[0]: Reader(*row) for row in db.session.execute(found)}
