"""The time line 时间轴 of a person: entries of the journal, as sentences, grouped by day, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import select

from portal import access, formats, journal
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.goals.models import Objective
from portal.home.stories import STORIES, kinds_of
from portal.i18n import gettext as _
from portal.journal import Happening

PAGE = 30


@dataclass(frozen=True)
class Line:
    """One event as the page shows it."""

    at: datetime
    glyph: str
    tone: str
    sentence: str
    said: str
    url: str


@dataclass(frozen=True)
class Page:
    """The events of one page by company day, and the cursor of the next page (None at the end)."""

    days: Sequence[tuple[date, list[Line]]]
    before: int | None


def of(viewer: Viewer, person_id: int, which: str = "", before: int | None = None) -> Page:
    """A page of somebody's time line, each entry through its own guard. Two statements."""
    found = journal.timeline(viewer, Subject(person_id=person_id), before, PAGE + 1, kinds_of(which))
    titles = _titles(viewer, found)
    lines = [_line(viewer, happening, titles) for happening in found[:PAGE]]
    days = [(day, list(group)) for day, group in groupby(lines, key=lambda line: formats.local(line.at))]
    return Page(days, found[PAGE - 1].n if len(found) > PAGE else None)


def _titles(viewer: Viewer, found: Sequence[Happening]) -> dict[int, str]:
    """Goals that an entry names by its id alone; the words of younger entries carry the title themselves."""
    bare = {h.object_id for h in found if h.object_type == "objective" and not h.words.get("title")}
    if not bare:
        return {}
    seen = access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    named = select(Objective.id, Objective.title).where(Objective.id.in_(bare), seen)
    return {row.id: row.title for row in db.session.execute(named)}


def _line(viewer: Viewer, happening: Happening, titles: dict[int, str]) -> Line:
    story, words = STORIES[happening.kind], happening.words
    who = _("You") if happening.actor_id == viewer.id else happening.actor or _("The portal")
    if happening.behalf:
        who = _("%(who)s for %(giver)s", who=who, giver=happening.behalf)
    places: dict[str, str] = {
        "who": who,
        "what": words.get("measure") or words.get("what") or _plain(words.get("title")) or titles.get(happening.object_id, ""),
        "before": _figure(words.get("before")),
        "after": _figure(words.get("after")),
    }
    return Line(happening.at, story.glyph, story.tone, _(story.sentence) % places, story.said(words), _url(happening))


def _plain(title: Any) -> str:
    return str(title["after"]) if isinstance(title, dict) else str(title or "")


def _figure(value: Any) -> str:
    if value in (None, "", "None"):
        return _("no data")
    try:
        return str(formats.figure(Decimal(str(value))))
    except ArithmeticError:
        return str(value)


def _url(happening: Happening) -> str:
    match happening.object_type:
        case "objective":
            return url_for("goals.show", objective_id=happening.object_id)
        case "check_in":
            return url_for("checkins.show", check_in_id=happening.object_id)
        case _:
            return ""
