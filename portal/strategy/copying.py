"""Last year's library as a start for this one: structure and plan, never a value or a score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from portal import journal
from portal.access import Viewer
from portal.db import db
from portal.goals.copying import plan_of
from portal.goals.models import Objective, Theme
from portal.periods.models import Period
from portal.strategy import keeping, making, shelf
from portal.strategy.models import LibraryCopy
from portal.words import N_
from portal.workflow import Refused

FACTS = ("title", "why", "kind", "audience", "weight", "perspective")


@dataclass(frozen=True)
class Copied:
    """What a press brought over."""

    themes: int
    objectives: int


def copy_library(source: Period, target: Period, by: Viewer) -> Copied:
    """Themes and company objectives of one period into another, as drafts. What was copied before is left as it is.

    Raises Refused: the period is closed, or it is the same one.
    """
    if target.closed:
        raise Refused(keeping.CLOSED)
    if source.id == target.id:
        raise Refused(N_("A library is copied from another period."))
    # One press at a time: the second waits here, and then finds everything copied.
    db.session.execute(select(Period.id).where(Period.id == target.id).with_for_update(key_share=True))
    themes, new_themes = _themes(source.id, target.id, by)
    objectives = keeping.to_copy(shelf.uncopied(source.id, target.id))
    here = keeping.still_here({one.accountable_id for one in objectives if one.accountable_id})
    wanted = [
        _drafted(one, source, target, themes, one.accountable_id if one.accountable_id in here else by.id) for one in objectives
    ]
    made = making.draft(wanted, {target.id: target}, by)
    if made:
        rows = [{"source_id": one.id, "period_id": target.id, "made_id": i} for one, i in zip(objectives, made, strict=True)]
        db.session.execute(insert(LibraryCopy), rows)
    done = Copied(new_themes, len(made))
    if done.themes or done.objectives:
        told = {"name": target.name, "source": source.name, "themes": done.themes, "objectives": done.objectives}
        journal.write_about("library.copied", "library", by, words=told)
    return done


def _themes(source_id: int, target_id: int, by: Viewer) -> tuple[dict[int, int], int]:
    """{theme of the source: theme of the target}, made where there is none, and how many were made."""
    there = shelf.themes(target_id)
    copies = {one.copied_from_id: one for one in there}
    names = {one.name: one for one in there}
    found: dict[int, int] = {}
    made, position = 0, max((one.position for one in there), default=-1)
    for one in shelf.themes(source_id):
        known = copies.get(one.id) or names.get(one.name)
        if known is None and one.retired_at is None:
            made, position = made + 1, position + 1
            known = Theme(
                period_id=target_id, name=one.name, perspective=one.perspective, position=position, copied_from_id=one.id
            )
            db.session.add(known)
            db.session.flush()
            journal.write("theme.made", known, by, words={"name": known.name, "perspective": known.perspective.value})
        if known is not None:
            found[one.id] = known.id
    return found, made


def _drafted(one: Objective, source: Period, target: Period, themes: Mapping[int, int], accountable: int) -> making.Drafted:
    facts: dict[str, Any] = {name: getattr(one, name) for name in FACTS}
    facts |= {"period_id": target.id, "theme_id": themes.get(one.theme_id or 0)}
    return making.Drafted(facts, [plan_of(each, source, target) for each in one.measures], accountable_id=accountable)
