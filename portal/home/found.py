"""People on the page of search: everybody who works here; the link leads to what of them is open to the viewer."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, bindparam, select

from portal import access, search
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.db import db
from portal.directory.models import Person, Status, Unit
from portal.search import Group, Kind, Row
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    search.show(Group(Kind.PERSON, N_("Colleagues"), "users", Person, _seen, _rows, order=Person.pinyin))


def _seen(_viewer: Viewer) -> ColumnElement[bool]:
    """Who works here is no secret among colleagues; whoever has left is found by HR, in the organisation."""
    return Person.status != Status.LEFT


def _rows(viewer: Viewer, ids: Sequence[int]) -> list[Row]:
    return [_row(row) for row in db.session.execute(*_shown(viewer, ids=ids))]


@access.prepared
def _shown(viewer: Viewer) -> Select[Any]:
    opens = access.about(Act.SEE_TIME_LINE, viewer, Person.id)
    facts: list[Any] = [Person.id, Person.name, Person.login, Person.number, Unit.name.label("unit"), opens.label("opens")]
    found: Select[Any] = select(*facts)
    named = Person.id.in_(bindparam("ids", expanding=True))
    return found.outerjoin(Unit, Unit.id == Person.unit_id).where(named, _seen(viewer))


def _row(row: Any) -> Row:
    url = url_for("home.person", person_id=row.id) if row.opens else ""
    if not url and enabled("goals"):
        url = url_for("goals.board", of=f"person-{row.id}")
    facts = [fact for fact in (row.unit, row.login, row.number) if fact]
    return Row(row.id, row.name, url, facts, person_id=row.id)
