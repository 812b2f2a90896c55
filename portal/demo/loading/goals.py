"""Periods, themes and objectives as rows: measures, values, milestones, alignment, and the stored roll-up."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.demo.company import Company
from portal.demo.days import Span, periods
from portal.demo.goals import Cascade, Goal, Tracked, revised
from portal.demo.loading import scored
from portal.demo.loading.bulk import Bulk
from portal.demo.loading.people import Known
from portal.demo.words import strategy
from portal.goals import coverage, rollup, roots
from portal.goals.models import (
    Audience,
    Contribution,
    Direction,
    Kind,
    Measure,
    MeasureValue,
    Milestone,
    Objective,
    ObjectiveParent,
    Perspective,
    Revision,
    RevisionState,
    Shape,
    Theme,
)
from portal.goals.states import Part, State
from portal.periods.models import Kind as PeriodKind
from portal.periods.models import Period


def write_periods(bulk: Bulk, company: Company) -> dict[str, int]:
    """The years and quarters the demo lives in; whatever has ended is closed."""
    known = {row.name: row.id for row in bulk.connection.execute(select(Period.id, Period.name))}
    found: dict[str, int] = {}
    for key, span in sorted(periods(company.today).items(), key=lambda pair: (pair[1].begins, -pair[1].ends.toordinal())):
        kind = PeriodKind.YEAR if (span.ends - span.begins).days > 300 else PeriodKind.QUARTER
        over = span.ends <= company.today
        row = {"name": span.name, "kind": kind, "begins": span.begins, "ends": span.ends, "closed": over}
        found[key] = known.get(span.name) or bulk.add(Period, **row)
    bulk.write()
    return found


def write_goals(bulk: Bulk, company: Company, known: Known, goals: Cascade, spans: Mapping[str, int]) -> dict[str, int]:
    """Every objective with what it owns; returns their ids by the demo's own codes."""
    themes = {
        theme.key: bulk.add(
            Theme,
            period_id=spans[theme.period],
            name=theme.name,
            perspective=Perspective(theme.perspective),
            position=theme.position,
        )
        for theme in goals.themes
    }
    perspectives = {key: Perspective(value) for key, (value, *_) in strategy.THEMES.items()}
    ids: dict[str, int] = {}
    levels: dict[str, int] = {}
    whole = periods(company.today)
    for goal in goals.goals:
        levels[goal.code] = max((levels[parent] + 1 for parent, _ in goal.parents), default=0)
        row = _objective(goal, known, spans[goal.period])
        ids[goal.code] = bulk.next_id(Objective)
        row |= {
            "id": ids[goal.code],
            "code": _code(goal, whole[goal.period].begins, ids[goal.code]),
            "level": levels[goal.code],
        }
        row |= {"theme_id": themes.get(goal.theme or ""), "perspective": perspectives.get((goal.theme or "").split("@")[0])}
        bulk.add(Objective, **row)
        for parent, share in goal.parents:
            bulk.add(ObjectiveParent, child_id=ids[goal.code], parent_id=ids[parent], share=share)
        _shared(bulk, goal, ids[goal.code], known)
        for position, tracked in enumerate(goal.measures):
            _measure(bulk, goal, ids[goal.code], (position, tracked, (whole[goal.period], company.today)), known)
        _history(bulk, goal, ids[goal.code], known)
    _revised(bulk, company, goals, ids, known)
    bulk.write()
    roots.repair()
    # The short periods first: their objectives stand below those of the year.
    for key in sorted(spans, key=lambda key: "year" in key):
        rollup.rebuild(spans[key])
        coverage.count_period(spans[key])
    return ids


def _objective(goal: Goal, known: Known, period: int) -> dict[str, Any]:
    kind, key = goal.owner
    return {
        "title": goal.title,
        "why": goal.why,
        "kind": Kind(goal.kind),
        "person_id": known.people[key] if kind == "person" else None,
        "unit_id": known.units[key] if kind == "unit" else None,
        "accountable_id": None if kind == "person" else known.people[goal.accountable],
        "period_id": period,
        "audience": Audience(goal.audience),
        "weight": goal.weight,
        "duty": not goal.parents and key == "assembly",  # safety: nobody's strategy, everybody's duty
        "state": State(goal.state),
        "agreed_at": goal.agreed_at,
        "closed_at": goal.closed_at,
        "score": goal.score,
        "outcome": goal.outcome,
        "lessons": goal.lessons,
        "confidence": goal.confidence,
        "reported_at": goal.reported_at,
    }


def _code(goal: Goal, begins: date, row: int) -> str:
    """What people quote: whose, which year, which one."""
    letter = {"person": "P", "unit": "D", "company": "C"}[goal.owner[0]]
    return f"{letter}{begins:%y}-{row:04}"


def _shared(bulk: Bulk, goal: Goal, objective: int, known: Known) -> None:
    for n, (unit, what) in enumerate(goal.shared):
        part = {
            "objective_id": objective,
            "unit_id": known.units[unit],
            "stated": 2_500,
            "what": what,
            "weight": 1_000 if n == 0 else 0,
        }
        # The second one is still thought about.
        decided = (
            {"state": Part.CONFIRMED, "decided_at": goal.agreed_at} if n == 0 else {"state": Part.ASKED, "decided_at": None}
        )
        bulk.add(Contribution, **part, **decided, reason="", version=1)


def _measure(bulk: Bulk, goal: Goal, objective: int, placed: tuple[int, Tracked, tuple[Span, date]], known: Known) -> None:
    position, tracked, when = placed
    measure, last = tracked.measure, tracked.values[-1] if tracked.values else None
    told = {
        "name": measure.name,
        "shape": Shape(measure.kind),
        "direction": Direction.UP if measure.rises else Direction.DOWN,
        "unit": "" if measure.steps else measure.unit,
        "weight": tracked.weight,
        "baseline": measure.baseline,
        "target": measure.target,
        "position": position,
        "source": measure.source,
        "current": last.value if last else None,
        "confidence": last.confidence if last else None,
        "reported_at": last.at if last else None,
        "grade": tracked.grade,
        **scored.columns(goal, tracked, *when),
    }
    row = bulk.add(Measure, objective_id=objective, **told)
    scored.write_parts(bulk, row, tracked, told, when)
    _steps(bulk, goal, row, tracked)
    owner = _subject(goal, known)
    scored.propose(bulk, (row, objective), goal, tracked, owner[1] or 0)
    for n, value in enumerate(tracked.values):
        by = known.people[value.by] if value.by else None
        bulk.add(
            MeasureValue,
            measure_id=row,
            value=value.value,
            confidence=value.confidence,
            comment=value.comment,
            source=value.source,
            by_id=by,
            at=value.at,
        )
        words = _valued(goal, tracked, n)
        bulk.journal.note("objective.valued", value.at, by, owner, ("objective", objective), words=words)


def _steps(bulk: Bulk, goal: Goal, row: int, tracked: Tracked) -> None:
    for n, (name, weight, done) in enumerate(tracked.measure.steps):
        day = tracked.values[n * len(tracked.values) // len(tracked.measure.steps)].at if tracked.values else goal.created_at
        finished = day.date() if done else None
        bulk.add(
            Milestone,
            measure_id=row,
            name=name,
            weight=weight,
            due=(finished or _later(goal, n)),
            done_on=finished,
            position=n,
        )


def _valued(goal: Goal, tracked: Tracked, n: int) -> dict[str, Any]:
    """What the entry of a report keeps, as `goals.telling` writes it."""
    measure, value = tracked.measure, tracked.values[n]
    before = tracked.values[n - 1] if n else None
    return {
        "title": goal.title,
        "measure": measure.name,
        "unit": "" if measure.steps else measure.unit,
        "shape": measure.kind,
        "before": _figure(before.value) if before else None,
        "after": _figure(value.value),
        "target": _figure(measure.target),
        "confidence_before": before.confidence if before else None,
        "confidence": value.confidence,
        "comment": value.comment,
        "source": value.source,
    }


def _figure(value: Decimal) -> str:
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _later(goal: Goal, n: int) -> Any:
    return (goal.agreed_at or goal.created_at).date() + timedelta(days=200 + 60 * n)


def _subject(goal: Goal, known: Known) -> tuple[str, int | None]:
    kind, key = goal.owner
    return kind, known.people[key] if kind == "person" else known.units[key] if kind == "unit" else None


def _history(bulk: Bulk, goal: Goal, objective: int, known: Known) -> None:
    """Created, proposed, agreed, closed: the entries its steps would have left."""
    about, thing = _subject(goal, known), ("objective", objective)
    owner = known.people[goal.accountable]
    steps: list[tuple[str, datetime | None, int, tuple[str | None, str]]] = [
        ("objective.created", goal.created_at, owner, (None, "draft")),
    ]
    if goal.state != "draft":
        steps.append(("objective.propose", goal.created_at + timedelta(minutes=20), owner, ("draft", "proposed")))
    if goal.agreed_at:
        agreer = known.people.get(goal.agreed_by, owner)
        steps.append(("objective.agree", goal.agreed_at, agreer, ("proposed", "agreed")))
    if goal.closed_at:
        steps.append(("objective.close", goal.closed_at, owner, ("agreed", "closed")))
    for kind, at, by, moved in steps:
        words = {"title": goal.title}
        if kind == "objective.close":
            words |= {"score": str(goal.score), "outcome": goal.outcome, "lessons": goal.lessons}
        if at:
            bulk.journal.note(kind, at, by, about, thing, steps=moved, words=words)


def _revised(bulk: Bulk, company: Company, goals: Cascade, ids: Mapping[str, int], known: Known) -> None:
    for change in revised(company.today):
        found = [g for g in goals.goals if g.owner == ("person", change.owner) and g.title == change.title]
        if not found or found[0].agreed_at is None or found[0].agreed_at > change.at:
            continue  # the quarter is younger than the change
        objective, owner, agreer = ids[found[0].code], known.people[change.owner], known.people[change.agreed_by]
        old, new = {"title": change.before}, {"title": change.title}
        row = {"objective_id": objective, "n": 1, "before": old, "after": new, "why": change.why, "at": change.at}
        bulk.add(Revision, **row, by_id=owner, agreed_by_id=agreer, state=RevisionState.AGREED, answered_at=change.at)
        changes = [{"field": "title", "of": "", "before": change.before, "after": change.title}]
        words = {"title": change.title, "changes": changes, "why": change.why}
        bulk.journal.note("objective.revised", change.at, agreer, ("person", owner), ("objective", objective), words=words)
