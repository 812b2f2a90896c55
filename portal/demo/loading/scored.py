"""How some indicators of the demo company are scored and reported: curves, a veto, months and quarters, a target that moved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.days import Span
from portal.demo.goals import Goal, Tracked
from portal.demo.loading.bulk import Bulk
from portal.goals import parts
from portal.goals.kinds import Aggregation, Rule, Split
from portal.goals.models import MeasurePart, Revision, RevisionState
from portal.goals.prorating import noted
from portal.numbers import half_up

RATE, OUTPUT, SAVED, HURT = "一次装配合格率", "月均合格产出", "工艺改善节约", "可记录工伤"
WAYS = {
    RATE: (Aggregation.RATIO, Split.MONTH),
    OUTPUT: (Aggregation.AVERAGE, Split.MONTH),
    SAVED: (Aggregation.SUM, Split.QUARTER),
}
BASE = 7_600
"""Pieces assembled in a month, about."""


def columns(goal: Goal, tracked: Tracked, span: Span, today: date) -> dict[str, Any]:
    """What such an indicator has besides what its text says; the usual for all others."""
    measure = tracked.measure
    told: dict[str, Any] = {"threshold": None, "stretch": None, "veto": False, "earlier": {}}
    told |= {"aggregation": Aggregation.LAST, "split": Split.WHOLE, "rule": Rule(measure.rule) if goal.kind == "kpi" else None}
    if goal.kind != "kpi" or span.ends <= today:
        return told
    if measure.name == HURT:
        return told | {"veto": True}
    if measure.name not in WAYS:
        return told
    told["aggregation"], told["split"] = WAYS[measure.name]
    if measure.name == RATE:
        low, high = measure.target - Decimal("0.7"), measure.target + Decimal("0.5")
        told |= {"rule": Rule.CURVE, "threshold": low, "stretch": high}
    if measure.name == OUTPUT and span.begins + timedelta(days=200) < today:
        was = {"target": measure.target - 200}
        told["earlier"] = noted({}, was, span.begins, span.ends, _middle(span))
    return told


def write_parts(bulk: Bulk, row: int, tracked: Tracked, told: dict[str, Any], when: tuple[Span, date]) -> None:
    """Its months or quarters: the target of each, and results that come to the figure it stands at."""
    if told["split"] is Split.WHOLE:
        return
    span, today = when
    way, every = told["aggregation"], parts.spans(span.begins, span.ends, told["split"])
    over = [begins for begins, ends in every if ends <= today] or [every[0][0]]
    last = tracked.values[-1].value if tracked.values else None
    target = tracked.measure.target / len(every) if way is Aggregation.SUM else None
    for n, (begins, _ends) in enumerate(every):
        value, base = _result(way, last, n, len(over)) if last is not None and begins in over else (None, None)
        bulk.add(MeasurePart, measure_id=row, begins=begins, target=target, value=value, base=base)


def propose(bulk: Bulk, ids: tuple[int, int], goal: Goal, tracked: Tracked, owner: int) -> None:
    """One change of an agreed goal that waits; `ids` are of the measure and its goal."""
    row, objective = ids
    if (goal.owner, tracked.measure.name, goal.state) != (("person", "su.muyan"), SAVED, "agreed") or not tracked.values:
        return
    at, why, key = (
        tracked.values[-1].at,
        "二号线的换型方案要等客户验证，排到了明年一月，今年能落地的只剩两项，想把目标调到 15 万元。",
        f"target@{row}",
    )
    before, after = f"{tracked.measure.target:f}", "15"
    said = {"before": {key: before}, "after": {key: after}, "why": why, "at": at, "by_id": owner, "agreed_by_id": None}
    bulk.add(Revision, objective_id=objective, n=1, **said, state=RevisionState.WAITING, answered_at=None)
    changes = [{"field": "target", "of": tracked.measure.name, "before": before, "after": after}]
    words = {"title": goal.title, "changes": changes, "why": why}
    bulk.journal.note("objective.propose_change", at, owner, ("person", owner), ("objective", objective), words=words)


def _result(way: Aggregation, last: Decimal, n: int, of: int) -> tuple[Decimal, Decimal | None]:
    """The n-th of so many: a little up and down, all of them together exactly what was reported."""
    swing = Decimal(0) if n == of - 1 and of % 2 else Decimal(1 if n % 2 else -1)
    if way is Aggregation.RATIO:
        return half_up(last * BASE / 100 + swing * 7), Decimal(BASE)
    if way is Aggregation.AVERAGE:
        return last + swing * 40, None
    each = half_up(last / of, 1)
    return (last - each * (of - 1) if n == of - 1 else each), None


def _middle(span: Span) -> date:
    return span.begins + timedelta(days=181)
