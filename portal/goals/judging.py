"""Judged measures: people rate them by a table, and nobody rates what they answer for themselves."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal import access
from portal.access import Act, Held, Viewer
from portal.db import db
from portal.goals.kinds import Rule
from portal.goals.models import Measure
from portal.goals.scoring import JUDGED
from portal.words import N_
from portal.workflow import NotHeld

NOT_ONESELF = N_("This measure is rated by those who lead whoever answers for it. Nobody rates their own.")


@dataclass(frozen=True)
class Rating:
    """One rating of a table: its number, its points, and what it looks like."""

    n: int
    points: Decimal
    word: str


def to_report(viewer: Viewer, measure: Measure, acts: Held) -> Held:
    """What may be done, `acts` held on its goal, to report a value of this measure. Raises NotHeld."""
    held = access.acts_on(viewer, measure) if measure.rule is Rule.JUDGED else acts
    if measure.reported_by not in held:
        raise NotHeld(measure.reported_by, NOT_ONESELF if measure.rule is Rule.JUDGED else "")
    return {**acts, **held}


def ratings(viewer: Viewer, objective_id: int) -> dict[int, list[Rating]]:
    """The tables of the judged measures of a goal that this viewer may rate, by measure. One statement."""
    m = Measure
    mine = access.rows(Act.JUDGE_MEASURE, viewer, m, one=True)
    found = select(m.id, m.rule_values).where(m.objective_id == objective_id, m.rule == Rule.JUDGED, mine)
    return {row.id: _table(row.rule_values or {}) for row in db.session.execute(found)}


def _table(values: Any) -> list[Rating]:
    points, words = values.get("table") or JUDGED, values.get("words") or ()
    return [Rating(n + 1, Decimal(str(each)), words[n] if n < len(words) else "") for n, each in enumerate(points)]
