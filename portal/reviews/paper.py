"""What a printed review form says: plain values that a reader may see, and nothing else.

The form's page and its data attachment are both made from a `Sheet`: what is not in it is in no byte of the file.
Texts stand as they are to be read, in the reader's language; `printing` knows none of these shapes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto


@dataclass(frozen=True)
class Fact:
    """A label and its value; two stand beside each other."""

    label: str
    value: str


@dataclass(frozen=True)
class Result:
    """结果 The outcome; left out until this reader may know it."""

    score: Decimal | None
    grade: str
    calibration: str  # 维持, 上调, 下调; empty: there was none
    meaning: str  # what the grade stands for


@dataclass(frozen=True)
class Evidence:
    """依据 One thing that happened, pinned to a judgement or arrived after the freeze."""

    on: date
    kind: str
    words: str
    who: str = ""
    own: str = ""  # the person's own words about the same talk


@dataclass(frozen=True)
class Rating:
    """What one assessor chose and wrote for an item; `by` is one of the section's `assessors`."""

    by: str
    value: str
    words: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Item:
    """What is judged. Which fields are filled depends on the section's kind; targets carry their unit."""

    title: str
    note: str = ""  # where the figure comes from, or the stretch of an objective
    method: str = ""
    weight: int | None = None  # basis points of the section
    baseline: str = ""
    target: str = ""
    actual: str = ""
    anchor: str = ""  # the behaviour that describes the chosen value
    score: Decimal | None = None
    ratings: tuple[Rating, ...] = ()
    parts: tuple["Item", ...] = ()  # key results of an objective
    late: tuple[Evidence, ...] = ()  # came after the manager submitted: told, not counted


class Kind(StrEnum):
    """How a section looks on paper."""

    MEASURES = auto()
    OKR = auto()
    RATINGS = auto()
    WORDS = auto()


@dataclass(frozen=True)
class Statement:
    """A text in somebody's own words, or a question nobody has answered yet."""

    title: str
    words: str
    by: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Section:
    """A numbered part of the form. `weight` in basis points of the whole; None: not scored."""

    title: str
    kind: Kind
    weight: int | None = None
    score: Decimal | None = None
    assessors: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    statements: tuple[Statement, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Task:
    """One line of the development or improvement plan."""

    kind: str
    what: str
    way: str
    owner: str
    due: date | None


@dataclass(frozen=True)
class Attachment:
    """附件 A file that stands beside a part of the form or beside what was pinned; the paper tells which, by its digest."""

    beside: str
    name: str
    size: str
    sha256: str


class Opinion(StrEnum):
    """本人意见 What the person said to the result."""

    AGREED = auto()
    DISAGREED = auto()
    NOT_HELD = auto()  # there was no interview
    NO_RESPONSE = auto()


@dataclass(frozen=True)
class Interview:
    """绩效面谈 The talk about the result, and the person's own words on it."""

    held: str  # day, form, length; empty: not yet
    opinion: Opinion | None = None
    words: str = ""


@dataclass(frozen=True)
class Signature:
    """签署 A box. Without a name it is left open, to be signed by hand."""

    role: str
    name: str = ""
    at: datetime | None = None
    how: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Sheet:
    """绩效评估表 The whole form, in the order of the paper."""

    title: str
    subject: str
    facts: tuple[Fact, ...]
    result: Result | None = None
    sections: tuple[Section, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    plan: tuple[Task, ...] = ()
    interview: Interview | None = None
    signatures: tuple[Signature, ...] = ()
    revisions: tuple[str, ...] = ()
