"""The time line 时间轴 of a person: entries of the journal, as sentences, grouped by day, newest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from portal import access, formats, journal
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.goals import progress
from portal.goals.models import Objective
from portal.home.stories import FILTERS, STORIES, Story, kinds_of
from portal.i18n import gettext as _
from portal.journal import Happening

PAGE = 30
RECENT = 10
"""On a page that shows other things too."""


@dataclass(frozen=True)
class Line:
    """One event as the page shows it."""

    at: datetime
    glyph: str
    tone: str
    sentence: Markup
    said: str
    url: str


@dataclass(frozen=True)
class Page:
    """The events of one page by company day, and the cursor of the next page (None at the end)."""

    days: Sequence[tuple[date, list[Line]]]
    before: int | None


def of(
    viewer: Viewer,
    person_id: int,
    which: str = "",
    before: int | None = None,
    *,
    limit: int = PAGE,
    among: Collection[str] = tuple(FILTERS),
) -> Page:
    """A page of somebody's time line, each entry through its own guard; `among` are the filters that are on. Two statements."""
    kinds = kinds_of(which, among)
    found = journal.timeline(viewer, Subject(person_id=person_id), before, limit + 1, kinds) if kinds else []
    titles = _titles(viewer, found)
    lines = [_line(viewer, happening, titles) for happening in found[:limit]]
    days = [(day, list(group)) for day, group in groupby(lines, key=lambda line: formats.local(line.at))]
    return Page(days, found[limit - 1].n if len(found) > limit else None)


def _titles(viewer: Viewer, found: Sequence[Happening]) -> dict[int, str]:
    """Goals that an entry names by its id alone; the words of younger entries carry the title themselves."""
    bare = {h.object_id for h in found if h.object_type == "objective" and not h.words.get("title")}
    if not bare:
        return {}
    seen = access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    named = select(Objective.id, Objective.title).where(Objective.id.in_(bare), seen)
    return {row.id: row.title for row in db.session.execute(named)}


def _what(words: Mapping[str, Any]) -> str:
    return words.get("measure") or words.get("what") or _plain(words.get("title")) or words.get("cycle") or ""


def _line(viewer: Viewer, happening: Happening, titles: dict[int, str]) -> Line:
    story, words = STORIES[happening.kind], happening.words
    who = _("You") if happening.actor_id == viewer.id else happening.actor or _("The portal")
    if happening.behalf:
        who = _("%(who)s for %(giver)s", who=who, giver=happening.behalf)
    places: dict[str, str] = {
        "who": who,
        "what": _what(words) or titles.get(happening.object_id, ""),
        "before": _figure(words.get("before"), words),
        "after": _figure(words.get("after"), words),
    }
    told = Markup(_(_sentence(story, words))) % {**places, "who": Markup("<b>{}</b>").format(who)}  # noqa: S704 - our own sentence
    return Line(happening.at, story.glyph, _tone(story.tone, words), told + _doubt(words), story.said(words), _url(happening))


def _sentence(story: Story, words: Mapping[str, Any]) -> str:
    if story.first and words.get("before") is None:
        return story.first
    return story.same if story.same and words.get("before") == words.get("after") else story.sentence


def _tone(tone: str, words: Mapping[str, Any]) -> str:
    """A report that lowered the confidence to the doubtful stands out."""
    level = _confidence(words)[1]
    return tone if tone or level is None or level >= progress.SURE else "warn" if level >= progress.DOUBTFUL else "bad"


def _doubt(words: Mapping[str, Any]) -> str:
    before, after = _confidence(words)
    return "" if before is None or after is None or before == after else _(", confidence %(a)s to %(b)s", a=before, b=after)


def _confidence(words: Mapping[str, Any]) -> tuple[int | None, int | None]:
    said = words.get("confidence")
    return (said.get("before"), said.get("after")) if isinstance(said, dict) else (words.get("confidence_before"), said)


def _plain(title: Any) -> str:
    return str(title["after"]) if isinstance(title, dict) else str(title or "")


def _figure(value: Any, words: Mapping[str, Any]) -> str:
    if value in (None, "", "None"):
        return _("no data")
    if words.get("shape") == "yes_no":
        return _("yes") if value == "1" else _("no")
    unit = words.get("unit") or ("%" if words.get("shape") in ("percent", "milestones") else "")
    try:
        said = formats.figure(Decimal(str(value)), str(unit))
        return Markup('<span class="nowrap">{}</span>').format(said) if " " in said else said
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
