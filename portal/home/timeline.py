"""The time line 时间轴 of a person: entries of the journal, as sentences, grouped by day, newest first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import select

from portal import access, formats, journal
from portal.access import Act, Subject, Viewer
from portal.db import db
from portal.feedback import queries as feedback
from portal.goals import progress
from portal.goals.models import Objective
from portal.home.stories import FILTERS, STORIES, Story, kinds_of
from portal.i18n import gettext as _
from portal.journal import Happening

AT_ONCE = 500
ACT = timedelta(seconds=2)
"""What one press does is written down within this time."""
OF_GOALS = frozenset(kinds_of("goals"))
GIVEN = frozenset({"feedback.given", "feedback.praised"})
"""Their words are not in the journal: what is withdrawn is gone from here too."""


@dataclass(frozen=True)
class Line:
    """One event as the page shows it; `n` is its entry's number, `person_id` whom it is about, `names` who acted."""

    at: datetime
    glyph: str
    tone: str
    sentence: Markup
    said: str
    url: str
    n: int = 0
    person_id: int | None = None
    names: str = ""
    own: bool = False  # whom it is about did it
    kind: str = ""
    others: tuple["Line", ...] = ()  # what the same act did beside it

    def holds(self, pieces: Collection[str]) -> bool:
        """Whether all of this stands in it, as it is shown."""
        text = f"{self.sentence.striptags()} {self.said} {self.names}".casefold()
        return all(piece.casefold() in text for piece in pieces)


def lines(viewer: Viewer, found: Sequence[Happening], *, named: bool = False) -> list[Line]:
    """Entries as lines: at most two statements for what they do not say themselves. `named`: the reader too, as on paper."""
    beside = _beside(viewer, found)
    url = "" if named else None  # a paper has names instead of "you", and leads nowhere
    return [_line(viewer, happening, beside, url, named=named) for happening in found]


def folded(lines: Iterable[Line]) -> list[Line]:
    """One line with the others behind it for what one act did to several goals: a set of them is agreed at once."""
    acts: list[list[Line]] = []
    for line in lines:
        if acts and _same_act(acts[-1][-1], line):
            acts[-1].append(line)
        else:
            acts.append([line])
    return [_led(act) for act in acts]


def _same_act(newer: Line, older: Line) -> bool:
    who = (newer.names, newer.person_id) == (older.names, older.person_id)
    return who and newer.at - older.at < ACT and {newer.kind, older.kind} <= OF_GOALS


def _led(act: list[Line]) -> Line:
    """What is told of the whole set leads, else what was done last."""
    leads = next((line for line in act if line.kind.startswith("goal_dialogue.")), act[0])
    return replace(leads, others=tuple(line for line in act if line is not leads))


def every(viewer: Viewer, person_id: int) -> Iterator[tuple[int, Line]]:
    """All of somebody's time line, the newest first, with each entry's number; the lines lead nowhere. Read page by page."""
    before: int | None = None
    while found := journal.timeline(viewer, Subject(person_id=person_id), before, AT_ONCE, kinds_of("", tuple(FILTERS))):
        beside = _beside(viewer, found)
        yield from ((each.n, _line(viewer, each, beside, "")) for each in found)
        before = found[-1].n


@dataclass(frozen=True)
class Beside:
    """What entries do not say themselves: titles of goals, and the words of feedback as far as they still stand."""

    titles: Mapping[int, str]
    said: Mapping[int, str]


def _beside(viewer: Viewer, found: Sequence[Happening]) -> Beside:
    return Beside(_titles(viewer, found), feedback.said(viewer, {h.object_id for h in found if h.object_type == "feedback"}))


def _titles(viewer: Viewer, found: Sequence[Happening]) -> dict[int, str]:
    """Goals that an entry names by its id alone; the words of younger entries carry the title themselves."""
    bare = {h.object_id for h in found if h.object_type == "objective" and not h.words.get("title")}
    if not bare:
        return {}
    seen = access.rows(Act.SEE_OBJECTIVE, viewer, Objective)
    named = select(Objective.id, Objective.title).where(Objective.id.in_(bare), seen)
    return {row.id: row.title for row in db.session.execute(named)}


def _what(words: Mapping[str, Any]) -> str:
    return words.get("measure") or words.get("what") or _plain(words.get("title")) or words.get("cycle") or _period(words)


def _period(words: Mapping[str, Any]) -> str:
    return formats.period_name(str(words["period"])) if words.get("period") else ""


def _line(viewer: Viewer, happening: Happening, beside: Beside, url: str | None = None, *, named: bool = False) -> Line:
    story, words = STORIES[happening.kind], happening.words
    who = _("You") if happening.actor_id == viewer.id and not named else happening.actor or _("The portal")
    if happening.behalf:
        who = _("%(who)s for %(giver)s", who=who, giver=happening.behalf)
    sentence = _(_sentence(story, words))
    places = {"who": f"<b>{escape(who)}</b>", "what": escape(_what(words) or beside.titles.get(happening.object_id, ""))}
    for side in ("before", "after"):
        if f"%({side})s" in sentence:
            places[side] = escape(_figure(words.get(side), words))
    told = Markup(f"{sentence % places}{escape(_doubt(words))}")  # noqa: S704 - our own sentence, with what is escaped
    url = _url(happening, beside) if url is None else url
    said = beside.said.get(happening.object_id, "") if happening.kind in GIVEN else story.said(words)
    names = f"{happening.actor} {happening.behalf}"
    shown = (happening.at, story.glyph, _tone(story.tone, words), told, said, url)
    own = happening.actor_id == happening.subject_id and not happening.behalf
    return Line(*shown, happening.n, happening.subject_id, names, own, happening.kind)


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
        return Markup(f'<span class="nowrap">{escape(said)}</span>') if " " in said else said  # noqa: S704 - escaped
    except ArithmeticError:
        return str(value)


def _url(happening: Happening, beside: Beside) -> str:
    match happening.object_type:
        case "feedback" if happening.object_id in beside.said:
            return url_for("feedback.show", feedback_id=happening.object_id)
        case "objective":
            return url_for("goals.show", objective_id=happening.object_id)
        case "goal_dialogue":
            return url_for("dialogues.show", dialogue_id=happening.object_id)
        case "check_in":
            return url_for("checkins.show", check_in_id=happening.object_id)
        case _:
            return ""
