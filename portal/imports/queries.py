"""What the pages of imports show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from portal.db import db
from portal.directory.models import Person
from portal.imports.models import Import, ImportLine, State
from portal.imports.operations import WRITE
from portal.jobs.models import Job

PAGE = 100
LATELY = 10


@dataclass(frozen=True)
class Lines:
    """One page of what is said of rows, problems first."""

    lines: Sequence[ImportLine]
    more: int | None


def lines(import_id: int, after: int) -> Lines:
    """A page of an import's lines."""
    found = select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.n > after).order_by(ImportLine.n)
    rows = db.session.scalars(found.limit(PAGE + 1)).all()
    return Lines(rows[:PAGE], rows[PAGE - 1].n if len(rows) > PAGE else None)


def how_far(one: Import) -> tuple[int, int]:
    """(done, of how many), while it is checked or written; (0, 0) where nothing is known."""
    if one.state is not State.WRITING:
        return one.done, one.total or 0
    job = select(Job.done, Job.total).where(Job.kind == WRITE, Job.key == f"{WRITE}:{one.id}").order_by(Job.id.desc())
    done, total = db.session.execute(job.limit(1)).first() or (0, 0)
    return done, total or 0


def lately(kind: str) -> Sequence[Any]:
    """(import, who sent it), the latest first; without the content."""
    found = select(Import, Person.name).join(Person, Person.id == Import.asked_by_id).options(defer(Import.content))
    return db.session.execute(found.where(Import.kind == kind).order_by(Import.id.desc()).limit(LATELY)).all()
