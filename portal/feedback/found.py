"""Feedback in the index: its words, as long as they are given, for who may read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from portal import access, formats, search
from portal.access import Act, Viewer
from portal.access.switches import enabled
from portal.db import db
from portal.directory.models import Person
from portal.feedback.models import Feedback
from portal.feedback.states import State
from portal.i18n import gettext as _
from portal.search import Group, Kind, Row, Source, Watched, Words
from portal.words import N_


def register() -> None:
    """Called once by create_app."""
    watched = {Feedback: Watched(frozenset({"state", "words", "person_id", "author_id"}))}
    search.describe(Source(Kind.FEEDBACK, Feedback, _words, watched))
    search.show(Group(Kind.FEEDBACK, N_("Feedback"), "hand-heart", Feedback, _seen, _rows, on=lambda: enabled("feedback")))


def _words(ids: Sequence[int]) -> Mapping[int, Words]:
    f = Feedback
    found = select(f.id, f.words, f.person_id, f.author_id).where(f.id.in_(ids), f.state == State.GIVEN)
    return {row.id: Words([row.words], {row.person_id, row.author_id}) for row in db.session.execute(found)}


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    # One by one: the hits are few, what one may read of all there is is not looked for.
    return and_(Feedback.state == State.GIVEN, access.rows(Act.SEE_FEEDBACK, viewer, Feedback, one=True))


def _made() -> Select[Any]:
    person, author = aliased(Person), aliased(Person)
    f, two = Feedback, (person.id, person.name.label("to"), author.name.label("by"))
    columns: list[Any] = [f.id, f.at, f.public, f.words, *two]
    found: Select[Any] = select(*columns).join(person, person.id == f.person_id)
    return found.join(author, author.id == f.author_id)


_ROWS = _made()  # made once: making it costs more than asking it


def _rows(viewer: Viewer, ids: Sequence[int]) -> list[Row]:
    return [_row(row) for row in db.session.execute(*_shown(viewer, ids=ids))]


@access.prepared
def _shown(viewer: Viewer) -> Select[Any]:
    return _ROWS.where(Feedback.id.in_(bindparam("ids", expanding=True)), _seen(viewer))


def _row(row: Any) -> Row:
    one, at, public, words, person_id, to, by = row
    title = _("%(by)s to %(to)s", by=by, to=to)
    facts = [formats.full_day(at)] + ([_("on the wall")] if public else [])
    return Row(one, title, url_for("feedback.show", feedback_id=one), facts, [words], person_id=person_id, name=to)
