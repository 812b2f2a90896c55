"""What a printed check-in says: plain values its reader may see, texts in the reader's language."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Words:
    """What one side said about one thing."""

    about: str
    said: str


@dataclass(frozen=True)
class Voice:
    """双方之一 One side with its own words; `how` tells when they were said, and by whom for whom."""

    role: str
    name: str
    how: str
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Step:
    """下一步 What was agreed, and what became of it."""

    what: str
    who: str
    due: date | None
    stands: str


@dataclass(frozen=True)
class Goal:
    """A goal the talk touched, and how sure the two were."""

    title: str
    confidence: int | None


@dataclass(frozen=True)
class File:
    """附件 A file beside the record: its name and digest, never its content."""

    name: str
    by: str
    sha256: str


@dataclass(frozen=True)
class CheckInSheet:
    """对话记录 One talk. A private note is not among its fields."""

    title: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    voices: tuple[Voice, ...]
    steps: tuple[Step, ...]
    goals: tuple[Goal, ...]
    files: tuple[File, ...]
