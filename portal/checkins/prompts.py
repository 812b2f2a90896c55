"""提示 What each side is asked to think of, by kind of talk: the portal's words, or HR's in their place, in both languages."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from portal import journal
from portal.access import Viewer
from portal.checkins.models import Kind, Prompt, Voice
from portal.db import db, insert_into, reading
from portal.i18n import LANGUAGES, everywhere, language
from portal.i18n import gettext as _
from portal.words import N_

OURS: Mapping[tuple[Kind, Voice], str] = {
    (Kind.CHECK_IN, Voice.MANAGER): N_(
        "What moved since last time?\nWhat is stuck, and what can I clear away?\nWhat exactly comes next?"
    ),
    (Kind.CHECK_IN, Voice.EMPLOYEE): N_("What am I glad about?\nWhere do I lose time?\nWhat do I need from my manager?"),
    (Kind.GOAL_SETTING, Voice.MANAGER): N_(
        "Which two or three results matter most this period?\n"
        "What do they serve above?\n"
        "How will we both see that they are reached?"
    ),
    (Kind.GOAL_SETTING, Voice.EMPLOYEE): N_(
        "Where can I contribute most?\nWhat would I have to stop doing?\nWhich support makes the targets realistic?"
    ),
    (Kind.MID_TERM, Voice.MANAGER): N_(
        "Do the goals still fit what we know now?\n"
        "What has gone better than expected, and why?\n"
        "What do I want to see until the end?"
    ),
    (Kind.MID_TERM, Voice.EMPLOYEE): N_(
        "Which goal would I change, and why?\nWhat have I learned so far?\nWhat keeps me from reaching the rest?"
    ),
    (Kind.RESULT, Voice.MANAGER): N_(
        "Which facts does the result rest on?\n"
        "What is the one strength, what is the one gap?\n"
        "What do we do about it next year?"
    ),
    (Kind.RESULT, Voice.EMPLOYEE): N_(
        "Where do I see it differently, and on what grounds?\nWhich of my work was not seen?\nWhat do I want to get better at?"
    ),
    (Kind.CAREER, Voice.MANAGER): N_(
        "Where does the person see themselves in two years?\nWhat are they ready for now?\nWhich step can I open for them?"
    ),
    (Kind.CAREER, Voice.EMPLOYEE): N_(
        "Which work gives me energy?\nWhat do I want to try, learn, or leave?\nWhat am I prepared to do for it?"
    ),
    (Kind.IMPROVEMENT, Voice.MANAGER): N_(
        "What exactly has to become different, by when?\n"
        "What do I do so that it can succeed?\n"
        "How do we see in two weeks that it moves?"
    ),
    (Kind.IMPROVEMENT, Voice.EMPLOYEE): N_(
        "What do I understand is expected of me?\nWhat stands in my way?\nWhich help do I ask for?"
    ),
}
_OF_A_KIND = select(Prompt).where(Prompt.kind == bindparam("kind"))


def asked(kind: Kind) -> dict[Voice, list[str]]:
    """The questions of both sides for a kind of talk, one a line, in the reader's language. One statement."""
    hr = {row.voice: row for row in db.session.scalars(_OF_A_KIND, {"kind": kind})}
    return {voice: _split(_said(hr.get(voice)) or _(OURS[kind, voice])) for voice in Voice}


def _said(row: Prompt | None) -> str:
    """HR's words as this reader gets them: in the other language where there are none in theirs."""
    words = row.words if row else {}
    return words.get(language(), "") or next(filter(None, words.values()), "")


def ours(kind: Kind, voice: Voice) -> dict[str, str]:
    """The portal's own, by language."""
    return dict(zip(LANGUAGES, everywhere(OURS[kind, voice]), strict=True))


def of(kind: Kind, voice: Voice) -> Prompt:
    """HR's words for one side; a row without words where the portal's stand. Where one writes it is made and locked, so
    that of two who write the first words in one moment the second is shown what the first wrote."""
    if reading.get():
        return db.session.get(Prompt, (kind, voice)) or Prompt(kind=kind, voice=voice, zh="", en="", version=0)
    none = insert_into(Prompt).values(kind=kind, voice=voice, zh="", en="", version=0)
    db.session.execute(none.on_conflict_do_nothing())
    return db.session.get_one(Prompt, (kind, voice), with_for_update=True)


def change(row: Prompt, words: Mapping[str, str], by: Viewer) -> None:
    """HR's words by language, of a row from `of`; without any, the portal's stand again. Nothing is written where nothing
    changes."""
    was, now = row.words, {tongue: "\n".join(_split(text)) for tongue, text in words.items()}
    if was == now:
        return
    row.zh, row.en = now["zh"], now["en"]
    told = {tongue: {"before": was[tongue], "after": now[tongue]} for tongue in now if was[tongue] != now[tongue]}
    journal.write_about("prompt.changed", "prompt", by, words={"name": f"{row.kind}.{row.voice}", **told})


def same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two say the same in every language, whatever stands between the lines."""
    return all(one[tongue].split() == other[tongue].split() for tongue in one)


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
