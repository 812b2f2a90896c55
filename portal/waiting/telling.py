"""What waits, as a line of a page or of a mail tells it: a picture, a title, a note, and where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal import formats
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.waiting.kinds import KINDS, What
from portal.waiting.queries import Item

GOALS = frozenset(what for what, kind in KINDS.items() if kind.capability == "goals")


@dataclass(frozen=True)
class Waiting:
    """One line: what, why, by when, and where it is done."""

    glyph: str
    title: str
    note: str
    url: str
    due: date | None = None
    settles: str = ""  # where a promise is settled by one press


def lines(items: Sequence[Item]) -> list[Waiting]:
    """One line each, in their order; the assessments somebody owes are one line together."""
    owed = [item for item in items if item.what is What.ASSESS]
    told = [_line(item) for item in items if item.what is not What.ASSESS or item is owed[0]]
    return told if len(owed) < 2 else [_owed(owed) if line.url == _address(owed[0]) else line for line in told]


def count(items: Sequence[Item]) -> int:
    """How many lines these are."""
    return len(items) - max(0, sum(item.what is What.ASSESS for item in items) - 1)


def _line(item: Item) -> Waiting:
    settles = url_for("actions.settle", action_id=item.id) if item.what is What.PROMISE else ""
    return Waiting(KINDS[item.what].glyph, *_words(item), _address(item), item.due, settles)


def _owed(owed: Sequence[Item]) -> Waiting:
    names = formats.listed(one.name for one in owed[:3]) + (" …" if len(owed) > 3 else "")
    title = ngettext("Complete %(num)d assessment", "Complete %(num)d assessments", len(owed))
    return Waiting(KINDS[What.ASSESS].glyph, title, names, url_for("reviews.index"), owed[0].due)


Words = tuple[str, str]
"""Its title, and the note below."""


def _words(item: Item) -> Words:
    if item.what in GOALS:
        return _of_goals(item) or _of_dialogues(item)
    return _of_talks(item) or _of_feedback(item) or _of_the_portal(item) or _of_reviews(item)


def _of_talks(item: Item) -> Words | None:
    match item.what:
        case What.TALK:
            return _("Check-in with %(name)s", name=item.name), _promised(item)
        case What.PROMISE:
            return item.title, _("you promised it")
        case What.RECORD:
            return _("Confirm the record of %(day)s", day=formats.day(item.day)), _("Read it, add your own view")
    return None


def _of_feedback(item: Item) -> Words | None:
    match item.what:
        case What.ASKED:
            return _("%(name)s asks you for feedback", name=item.name), item.title
        case What.REPORTED:
            return _("Feedback was reported: keep it or hide it"), item.title
        case What.HEARD:
            return _("HR has decided about what you reported"), _("Read what they say")
        case What.HIDDEN:
            return _("HR has hidden feedback of yours"), _("Read what they say")
    return None


def _of_the_portal(item: Item) -> Words | None:
    if item.what is not What.RELEASE:
        return None
    note = ngettext(
        "%(name)s confirmed it: %(num)d person would be switched off",
        "%(name)s confirmed it: %(num)d people would be switched off",
        item.n,
        name=item.name,
    )
    return _("Release the stopped directory sync"), note


def _of_goals(item: Item) -> Words | None:
    title, who = item.title, item.name
    match item.what:
        case What.PROPOSED:
            return title, _("%(name)s proposes this goal", name=who) if who else _("It waits to be agreed")
        case What.CHANGED:
            return title, _("%(name)s: a change waits to be agreed", name=who) if who else _("A change waits to be agreed")
        case What.RETURNED:
            return title, _("your change was returned: write it anew, or leave the goal as it was agreed")
        case What.RATE:
            return title, _("%(name)s: rate what is judged", name=who) if who else _("Rate what is judged")
        case What.SHARED:
            return title, _("%(unit)s is asked to share it: confirm your part, or decline", unit=who)
        case What.CLAIMED:
            return title, _("%(unit)s claims it", unit=who)
        case What.SENT_BACK:
            return title, _("the claim of %(unit)s was returned: change your part and ask again", unit=who)
        case What.UNWEIGHED:
            return title, _("%(unit)s has claimed it without a weight: say how much it counts", unit=who)
    return None


def _of_dialogues(item: Item) -> Words:
    period = formats.period_name(item.title)
    if item.what is What.DRAFT:
        note = _("draft %(n)s, then propose it to your manager", n=item.n)
        return _("Draft my goals for %(period)s", period=period), note
    title = _("%(name)s proposes goals for %(period)s", name=item.name, period=period)
    return title, _("agree, or say what should change")


def _of_reviews(item: Item) -> Words:
    if item.what is What.ASSESS:
        return ngettext("Complete %(num)d assessment", "Complete %(num)d assessments", 1), item.name
    return _("Write my self-assessment") if item.what is What.WRITE else _("Acknowledge my result"), item.title


def _promised(item: Item) -> str:
    facts = [_("has prepared")] if item.prepared else []
    if item.n:
        facts.append(ngettext("%(num)d open promise", "%(num)d open promises", item.n))
    return " · ".join(facts)


ADDRESSES: Mapping[What, tuple[str, str]] = {
    What.TALK: ("checkins.record", "person_id"),
    What.PROMISE: ("actions.show", "action_id"),
    What.RECORD: ("checkins.show", "check_in_id"),
    What.RATE: ("goals.update", "objective_id"),
    What.SHARED: ("goals.sharing", "objective_id"),
    What.CLAIMED: ("strategy.one_claim", "claim_id"),
    What.SENT_BACK: ("strategy.one_claim", "claim_id"),
    What.UNWEIGHED: ("goals.edit", "objective_id"),
    What.ASKED: ("feedback.answer", "ask_id"),
    What.REPORTED: ("feedback.one_report", "report_id"),
    What.HEARD: ("feedback.decision", "report_id"),
    What.HIDDEN: ("feedback.decision", "report_id"),
    What.DRAFT: ("dialogues.show", "dialogue_id"),
    What.ANSWER: ("dialogues.show", "dialogue_id"),
    What.WRITE: ("reviews.form", "review_id"),
    What.ASSESS: ("reviews.form", "review_id"),
    What.ACKNOWLEDGE: ("reviews.show", "review_id"),
    What.RELEASE: ("sync.run", "run_id"),
}
"""Where each is done, other than on the page of the goal."""


def _address(item: Item) -> str:
    endpoint, name = ADDRESSES.get(item.what, ("goals.show", "objective_id"))
    values: dict[str, Any] = {name: item.id, **({"_anchor": "weight"} if item.what is What.UNWEIGHED else {})}
    return url_for(endpoint, **values)
