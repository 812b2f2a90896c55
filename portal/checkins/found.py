"""Own check-ins in the index: the words of both sides of a record that both may read. Never a draft, never a private note."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal import access, formats, search
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.checkins import forms, queries
from portal.checkins.models import CheckIn, Note
from portal.db import db
from portal.directory.models import Person
from portal.i18n import gettext as _
from portal.search import Group, Kind, Row, Source, Watched, Words
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    watched = {
        CheckIn: Watched(frozenset({"state", "person_id", "manager_id", "recorded_by_id"})),
        Note: Watched(frozenset({"text", "check_in_id"}), lambda note: note.check_in_id),
    }
    search.describe(Source(Kind.CHECK_IN, CheckIn, _words, watched))
    search.show(
        Group(
            Kind.CHECK_IN,
            N_("Your check-ins"),
            "message-square-text",
            CheckIn,
            _seen,
            _rows,
            on=lambda: enabled("checkins"),
            own=True,
        )
    )


def _words(ids: Sequence[int]) -> Mapping[int, Words]:
    c = CheckIn
    found = select(c.id, c.person_id, c.manager_id, c.recorded_by_id, Note.text).join(Note, Note.check_in_id == c.id)
    texts: dict[int, list[str]] = defaultdict(list)
    people: dict[int, set[int]] = {}
    for row in db.session.execute(found.where(c.id.in_(ids), c.state.in_(queries.HELD)).order_by(c.id, Note.id)):
        people[row.id] = {*row[1:4]}
        texts[row.id].append(row.text)
    return {one: Words(texts[one], people[one]) for one in texts}


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    mine = or_(CheckIn.person_id == viewer.id, CheckIn.manager_id == viewer.id, CheckIn.recorded_by_id == viewer.id)
    # One by one: the hits are few, what one may see of other people's is not looked for.
    return and_(mine, CheckIn.state.in_(queries.HELD), access.rows(Act.SEE_CHECK_IN, viewer, CheckIn, one=True))


def _made() -> Select[Any]:
    person, manager = aliased(Person), aliased(Person)
    c, two = CheckIn, (person.id, person.name, manager.id, manager.name)
    columns: list[Any] = [c.id, c.held_on, c.kind, *two, Note.text]
    found: Select[Any] = select(*columns).join(person, person.id == c.person_id).join(manager, manager.id == c.manager_id)
    return found.outerjoin(Note, Note.check_in_id == c.id).order_by(c.id, Note.id)


_ROWS = _made()  # made once: making it costs more than asking it


@access.prepared
def _shown(viewer: Viewer) -> Select[Any]:
    return _ROWS.where(CheckIn.id.in_(bindparam("ids", expanding=True)), _seen(viewer))


def _rows(viewer: Viewer, ids: Sequence[int]) -> list[Row]:
    rows: dict[int, Any] = {}
    texts: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(*_shown(viewer, ids=ids)):
        rows[row[0]] = row
        texts[row[0]].append(row[-1] or "")
    return [_row(viewer, row, texts[one]) for one, row in rows.items()]


def _row(viewer: Viewer, row: Any, texts: Sequence[str]) -> Row:
    one, held_on, kind, person_id, person, manager_id, manager, _text = row
    other, name = (manager_id, manager) if person_id == viewer.id else (person_id, person)
    title = _("With %(name)s", name=name)
    facts = [formats.full_day(held_on), _(forms.KINDS[kind])]
    return Row(one, title, url_for("checkins.show", check_in_id=one), facts, texts, person_id=other, name=name)
