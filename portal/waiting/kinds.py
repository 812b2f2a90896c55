"""What can wait for somebody, and by what word HR counts it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from portal.words import N_

SOON = 3
"""Days before a check-in or a promise is due from which on it waits."""


class What(StrEnum):
    """What is asked of somebody."""

    TALK = auto()  # a check-in to hold and record
    PROMISE = auto()
    RECORD = auto()  # one's own check-in, to confirm
    PROPOSED = auto()  # a goal to agree to
    CHANGED = auto()  # a change of an agreed goal to agree to
    RETURNED = auto()  # one's own change of a goal that came back
    RATE = auto()  # a judged measure of a period that ends
    SHARED = auto()  # the department's part of a goal to confirm
    CLAIMED = auto()  # a claim to decide about
    SENT_BACK = auto()  # the department's claim came back
    UNWEIGHED = auto()  # what the department claimed has no weight yet
    ASKED = auto()  # a question for feedback to answer
    REPORTED = auto()  # reported feedback to decide about
    HEARD = auto()  # HR has decided about what one reported
    HIDDEN = auto()  # HR has hidden feedback of one's own
    DRAFT = auto()  # one's goals to draft and propose
    ANSWER = auto()  # a set of goals to agree to
    WRITE = auto()  # a self-assessment
    ASSESS = auto()
    ACKNOWLEDGE = auto()  # one's result
    RELEASE = auto()  # a stopped sync that another administrator confirmed


@dataclass(frozen=True)
class Kind:
    """`glyph` is its picture, `word` what HR's page of counts calls it; it goes with a capability, or with none. What is
    `private` is told to its reader alone: it is in no count, and no mail has words of it.
    """

    glyph: str
    word: str
    capability: str = ""
    private: bool = False


KINDS: Mapping[What, Kind] = {
    What.TALK: Kind("message-square-text", N_("Check-ins to hold"), "checkins"),
    What.PROMISE: Kind("circle-check", N_("Promises to keep")),
    What.RECORD: Kind("message-square-text", N_("Check-in records to confirm"), "checkins"),
    What.PROPOSED: Kind("git-branch", N_("Goals to agree"), "goals"),
    What.CHANGED: Kind("git-branch", N_("Changes of goals to agree"), "goals"),
    What.RETURNED: Kind("undo-2", N_("Returned changes to write anew"), "goals"),
    What.RATE: Kind("scale", N_("Judged measures to rate"), "goals"),
    What.SHARED: Kind("users", N_("Parts of shared goals to confirm"), "goals"),
    What.CLAIMED: Kind("hand", N_("Claims to decide"), "goals"),
    What.SENT_BACK: Kind("undo-2", N_("Returned claims to change"), "goals"),
    What.UNWEIGHED: Kind("hand", N_("Claimed goals without a weight"), "goals"),
    What.ASKED: Kind("hand-heart", N_("Questions for feedback to answer"), "feedback"),
    What.REPORTED: Kind("flag", N_("Reported feedback to decide about"), "feedback", private=True),
    What.HEARD: Kind("flag", N_("Decisions of HR to read by who reported"), "feedback", private=True),
    What.HIDDEN: Kind("flag", N_("Decisions of HR to read by who wrote"), "feedback", private=True),
    What.DRAFT: Kind("target", N_("Goals to draft"), "goals"),
    What.ANSWER: Kind("target", N_("Sets of goals to agree"), "goals"),
    What.WRITE: Kind("clipboard-check", N_("Self-assessments to write"), "reviews"),
    What.ASSESS: Kind("clipboard-check", N_("Assessments to complete"), "reviews"),
    What.ACKNOWLEDGE: Kind("clipboard-check", N_("Results to acknowledge"), "reviews"),
    What.RELEASE: Kind("octagon-pause", N_("Stopped syncs to release")),
}
"""In the order of HR's page."""
