"""The scheme that the portal brings along: sections, behavioural anchors, questions and grades, as data.

Texts are English here and are written in the company's language when a cycle is opened (`operations.draft`): a form that
is in use is frozen, in the words people saw.
"""

from dataclasses import dataclass

from portal.cycles.models import SectionKind
from portal.words import N_


@dataclass(frozen=True)
class Asked:
    """A competency with its anchors, or a question. `of` are the relations that answer; () = all."""

    title: str
    help: str = ""
    anchors: tuple[str, ...] = ()
    weight: int = 0
    required: bool = True
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A section of the form; `weight` in basis points of the whole."""

    kind: SectionKind
    title: str
    weight: int
    items: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Grade:
    """A grade from so many points on."""

    name: str
    floor: str
    words: str


NAME = N_("Annual review for everybody")

GRADES = (
    Grade("S", "110", N_("Far beyond what was agreed, and it works beyond the own post.")),
    Grade("A", "95", N_("Reached what was agreed, and more in some of it.")),
    Grade("B", "80", N_("Reached most of what was agreed; the rest has an understandable cause.")),
    Grade("C", "60", N_("Missed important parts of what was agreed; an improvement plan is needed.")),
    Grade("D", "0", N_("Missed most of what was agreed.")),
)

COMPETENCIES = (
    Asked(
        N_("Solving problems"),
        N_("Choose by what happened in this period, not by comparing people."),
        (
            N_("Waits until others point the problem out"),
            N_("Handles problems that are familiar"),
            N_("Finds the cause and removes it"),
            N_("Sees problems coming and changes the process"),
            N_("Other teams take over the method"),
        ),
        2_000,
    ),
    Asked(
        N_("Working together"),
        "",
        (
            N_("Cooperates when reminded"),
            N_("Cooperates within the own team"),
            N_("Aligns with those before and after in the process"),
            N_("Settles differences between departments"),
            N_("Makes others stronger"),
        ),
        2_000,
    ),
    Asked(
        N_("Responsibility and quality"),
        "",
        (
            N_("Needs others to check and to remind"),
            N_("Does what was given, to the standard"),
            N_("Answers for the result, tells deviations early"),
            N_("Raises the standard and guards it"),
            N_("Sets an example the team follows"),
        ),
        2_000,
    ),
    Asked(
        N_("Learning and improving"),
        "",
        (
            N_("Keeps to old ways even when they fail"),
            N_("Learns what the work asks for"),
            N_("Looks back, improves the own work"),
            N_("Brings in new methods that prove themselves"),
            N_("Turns experience into something all can use"),
        ),
        2_000,
    ),
    Asked(
        N_("Integrity and customers first"),
        "",
        (
            N_("Hides problems or promises lightly"),
            N_("Keeps the rules, answers when asked"),
            N_("Keeps promises, says bad news openly"),
            N_("Puts the customer before the own convenience"),
            N_("Stands up for what is right at own cost"),
        ),
        2_000,
    ),
)

PARTS = (
    Part(SectionKind.KPI, N_("Work goals"), 6_000),
    Part(
        SectionKind.OKR,
        N_("OKR"),
        0,
        (
            Asked(
                N_("Contribution and what was learned"),
                N_("What changed through these objectives, what was learned, who was helped. Grades are evidence, not points."),
                required=False,
            ),
        ),
    ),
    Part(SectionKind.COMPETENCY, N_("Competencies and values"), 4_000, COMPETENCIES),
    Part(
        SectionKind.NARRATIVE,
        N_("In own words"),
        0,
        (
            Asked(
                N_("What I am most satisfied with"),
                N_("One or two things: the situation, what you did, what came of it."),
                of=("self",),
            ),
            Asked(
                N_("What I would do differently, and what I need for it"),
                N_("Say openly what got in the way and which support would help."),
                of=("self",),
            ),
            Asked(
                N_("Overall judgement"),
                N_("The main contributions of this period, with facts. The person will read this."),
                of=("manager",),
            ),
            Asked(
                N_("What to work on next"),
                N_("One or two things, concrete enough to begin with tomorrow."),
                of=("manager",),
            ),
        ),
    ),
)
