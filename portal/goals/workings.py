"""How a score came about, with the figures filled in: what a measure came to, its rule step by step, limits, the mean."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.formats import decimal, percent, score
from portal.formats import figure as shown
from portal.goals import parts, progress, scoring
from portal.goals.kinds import Aggregation, Direction, Kind, Rule, Shape
from portal.goals.names import RULE
from portal.goals.prorating import Span, spans_of, weighed
from portal.goals.scoring import Facts
from portal.goals.speaking import unit_of
from portal.i18n import gettext as _
from portal.words import N_

FORMULAS = {
    Rule.RATIO_UP: N_("100 × result ÷ target"),
    Rule.RATIO_DOWN: N_("100 × (1 − (result − target) ÷ |target|)"),
    Rule.BASELINE: N_("100 × (result − start) ÷ (target − start)"),
    Rule.CURVE: N_("along the points of the curve"),
    Rule.BAND: N_("100 inside; outside 100 × (1 − distance ÷ tolerance), not below 0"),
    Rule.PASS_FAIL: N_("100 if the target is met, else 0"),
    Rule.DEDUCTION: N_("100 − points per event × events, not below 0"),
    Rule.MILESTONES: N_("100 × (weights done in time + share × weights done late) ÷ all weights"),
    Rule.JUDGED: N_("the points of the rating in its table"),
}
FIGURES = {
    "target": N_("Target"),
    "threshold": N_("Threshold"),
    "stretch": N_("Stretch"),
    "low": N_("Lower limit"),
    "high": N_("Upper limit"),
}


@dataclass(frozen=True)
class Line:
    """A step: what it is, the arithmetic, what comes out (the figure itself for whoever checks it)."""

    label: str
    sum: str
    result: str
    value: Decimal | None = None


@dataclass(frozen=True)
class Working:
    """One measure, or the whole goal."""

    title: str
    lines: tuple[Line, ...]
    rule: str = ""


def plain(value: Decimal | None, places: int | None = None) -> str:
    """A figure in a sum: as exact as it is, up to the six places that are kept."""
    return decimal(value if value is None or places is not None else round(value, 6), places)


def of_goal(objective: Any, cap: Decimal) -> tuple[Working, ...]:
    """Every measure, then how they make the goal's own figure."""
    kpi = objective.kind is Kind.KPI
    made = [of_kpi(measure, cap) if kpi else of_result(measure) for measure in objective.measures]
    values = [working.lines[-1].value if working.lines else None for working in made]
    return (*made, _together(objective, [m.weight for m in objective.measures], values))


def of_kpi(measure: Any, cap: Decimal = scoring.CAP) -> Working:
    """From the result of a KPI to its points."""
    rule = measure.rule or scoring.usual_rule(measure.shape, measure.direction)
    told = _(RULE[rule]) + _(": ") + _(FORMULAS[rule])
    before = tuple(_before(measure))
    facts = Facts.of(measure)
    try:
        made = scoring.points(rule, measure.current, facts, cap)
    except scoring.Unscorable as why:
        return Working(measure.name, (*before, Line(_("Points"), _(str(why)), "–")), told)
    if made is None or measure.current is None:
        return Working(measure.name, (*before, Line(_("Points"), _("No data yet, which is not 0"), "–")), told)
    lines = [*before, Line(_("By the rule"), arithmetic(rule, measure.current, facts), score(made.raw), made.raw)]
    if made.points != made.raw:
        low, high = scoring.limits(facts, cap)
        words = _("at most %(most)s", most=plain(high)) if made.raw > high else _("at least %(least)s", least=plain(low))
        lines.append(Line(_("Within the limits"), words, score(made.points), made.points))
    lines.append(Line(_("Points"), _("rounded half up to two places"), score(made.final), made.points))
    return Working(measure.name, tuple(lines), told)


def of_result(measure: Any) -> Working:
    """From the value of a key result to its progress; its grade, where one was given."""
    raw = measure.raw_progress
    lines = list(_before(measure))
    if raw is None or measure.current is None:
        lines.append(Line(_("Progress"), _("No data yet, which is not 0"), "–"))
        return Working(measure.name, tuple(lines))
    lines.append(Line(_("Progress"), _way(measure), percent(raw, 1), raw))
    shown_as = progress.clamped(raw)
    if shown_as != raw:
        lines.append(Line(_("Within the limits"), _("between 0% and 100%"), percent(shown_as), shown_as))
    suggested = scoring.suggested_grade(raw)
    if measure.grade is not None:
        words = _("suggested %(grade)s from the progress; its owner decides", grade=plain(suggested, 1))
        lines.append(Line(_("Grade"), words, plain(measure.grade, 1), measure.grade))
    else:
        lines.append(Line(_("Counts"), _("for the progress of the goal"), percent(shown_as), shown_as))
    return Working(measure.name, tuple(lines))


def _before(measure: Any) -> Iterator[Line]:
    """What the result rests on: its parts, and figures that changed while the period ran."""
    unit = unit_of(measure)
    if measure.in_parts and measure.current is not None:
        yield Line(_("Result"), _parts(measure), shown(measure.current, unit), measure.current)
    for name, word in FIGURES.items():
        known = spans_of(measure.earlier, name, getattr(measure, name))
        if known:
            made = weighed(known)
            label = _("%(figure)s, by days", figure=_(word))
            yield Line(label, by_days(known), shown(round(made or progress.ZERO, 6), unit), made)


def by_days(known: Sequence[Span]) -> str:
    """(181 × 1,200 + 184 × 1,500) ÷ 365."""
    days = sum(span.days for span in known)
    return f"({' + '.join(f'{span.days} × {plain(span.value)}' for span in known)}) ÷ {days}"


def _parts(measure: Any) -> str:
    known = [part for part in measure.parts if part.value is not None]
    values = [plain(part.value) for part in known]
    match measure.aggregation:
        case Aggregation.SUM:
            return " + ".join(values)
        case Aggregation.AVERAGE:
            return f"({' + '.join(values)}) ÷ {len(values)}"
        case Aggregation.RATIO:
            below = " + ".join(plain(part.base) for part in known)
            times = f" × {plain(parts.factor(measure.shape))}" if measure.shape is Shape.PERCENT else ""
            return f"({' + '.join(values)}) ÷ ({below}){times}"
        case _:
            return _("the latest of %(n)s", n=len(values))


def arithmetic(rule: Rule, actual: Decimal, facts: Facts) -> str:
    """The rule's formula with these figures."""
    a, t, b = plain(actual), _signed(facts.target), _signed(facts.baseline)
    match rule:
        case Rule.RATIO_UP:
            return f"100 × {a} ÷ {t}"
        case Rule.RATIO_DOWN:
            return f"100 × (1 − ({a} − {t}) ÷ {plain(abs(facts.target))})"
        case Rule.BASELINE:
            return f"100 × ({a} − {b}) ÷ ({t} − {b})"
        case Rule.CURVE:
            return _along(actual, facts)
        case Rule.BAND:
            return _around(actual, facts)
        case Rule.PASS_FAIL:
            down = facts.direction is Direction.DOWN
            met = actual <= facts.target if down else actual >= facts.target
            sign = ("≤" if met else ">") if down else ("≥" if met else "<")
            return _("%(sum)s: met", sum=f"{a} {sign} {t}") if met else _("%(sum)s: not met", sum=f"{a} {sign} {t}")
        case Rule.DEDUCTION:
            return f"100 − {plain(facts.each)} × {a}"
        case Rule.MILESTONES:
            return _steps(facts)
        case Rule.JUDGED:
            told = " · ".join(f"{n}: {plain(points)}" for n, points in enumerate(facts.table, 1))
            return _("rating %(rating)s in the table %(table)s", rating=a, table=told)


def _along(actual: Decimal, facts: Facts) -> str:
    knots, falling = facts.anchors, facts.anchors[0][0] > facts.anchors[-1][0]
    reached = [n for n, (value, _points) in enumerate(knots) if (actual <= value if falling else actual >= value)]
    if not reached:
        return _("short of the first point %(value)s: 0", value=plain(knots[0][0]))
    value, points = knots[reached[-1]]
    if reached[-1] == len(knots) - 1:
        return _("beyond the last point %(value)s: %(points)s", value=plain(value), points=plain(points))
    if facts.stepped:
        return _("the last point reached is %(value)s: %(points)s", value=plain(value), points=plain(points))
    further, more = knots[reached[-1] + 1]
    way = f"({plain(actual)} − {_signed(value)}) ÷ ({plain(further)} − {_signed(value)})"
    return f"{plain(points)} + ({plain(more)} − {plain(points)}) × {way}"


def _around(actual: Decimal, facts: Facts) -> str:
    low, high = facts.low or progress.ZERO, facts.high or progress.ZERO
    outside = max(low - actual, actual - high, progress.ZERO)
    if not outside:
        return _("%(value)s lies between %(low)s and %(high)s", value=plain(actual), low=plain(low), high=plain(high))
    return f"100 × (1 − {plain(outside)} ÷ {plain(facts.tolerance or high - low)})"


def _steps(facts: Facts) -> str:
    in_time = sum(weight for weight, done, timely in facts.milestones if done and timely)
    late = sum(weight for weight, done, timely in facts.milestones if done and not timely)
    whole = sum(weight for weight, _done, _timely in facts.milestones)
    return f"100 × ({in_time} + {plain(facts.late)} × {late}) ÷ {whole}"


def _way(measure: Any) -> str:
    a = plain(measure.current)
    if measure.shape is Shape.MILESTONES:
        done = sum(step.weight for step in measure.milestones if step.done_on is not None)
        return f"{done} ÷ {sum(step.weight for step in measure.milestones)}"
    if measure.shape is Shape.YES_NO:
        return _("Yes") if measure.current > 0 else _("No")
    if measure.direction is Direction.BAND and measure.low is not None:
        outside = max(measure.low - measure.current, measure.current - measure.high, progress.ZERO)
        return f"1 − {plain(outside)} ÷ ({plain(measure.high)} − {_signed(measure.low)})"
    start = _signed(measure.baseline)
    return f"({a} − {start}) ÷ ({_signed(measure.target)} − {start})"


def _together(objective: Any, weights: Sequence[int], values: Sequence[Decimal | None]) -> Working:
    """The mean by weight of what has data; a veto; what was given at close, or instead of what was computed."""
    kpi = objective.kind is Kind.KPI
    vetoes = [kpi and measure.veto for measure in objective.measures]
    if any(veto and value == 0 for veto, value in zip(vetoes, values, strict=True)):
        lines = [Line(_("Veto"), _("a measure with a veto is at 0"), score(progress.ZERO), progress.ZERO)]
    else:
        lines = _weighed(objective, weights, values)
    return Working(_("The goal"), (*lines, *_given(objective)))


def _weighed(objective: Any, weights: Sequence[int], values: Sequence[Decimal | None]) -> list[Line]:
    graded = any(measure.grade is not None for measure in objective.measures)
    words = score if objective.kind is Kind.KPI else _graded if graded else percent
    known = [(weight, value) for weight, value in zip(weights, values, strict=True) if value is not None]
    made = progress.weighted_mean(zip(weights, values, strict=True))
    if made is None:
        return [Line(_("Mean by weight"), _("No data yet, which is not 0"), "–")]
    if len(weights) == 1:
        return [Line(_("The goal"), _("its only measure"), words(made), made)]
    sums, silent = _mean(known, words, given=any(weights)), len(values) - len(known)
    told = _("%(sum)s; %(n)s without data left out", sum=sums, n=silent) if silent else sums
    return [Line(_("Mean by weight"), told, words(made), made)]


def _given(objective: Any) -> Iterator[Line]:
    if objective.score is None:
        return
    if objective.overridden_by_id is None:
        yield Line(_("Score"), _("given at close"), _final(objective, objective.score), objective.score)
        return
    computed = "–" if objective.computed is None else _final(objective, objective.computed)
    yield Line(_("As computed"), _("when the goal was closed"), computed, objective.computed)
    who = objective.overridden_by.name if objective.overridden_by else ""
    why = _("%(who)s: %(why)s", who=who, why=objective.overridden_because)
    yield Line(_("Given instead"), why, _final(objective, objective.score), objective.score)


def _mean(known: Iterable[tuple[int, Decimal]], words: Any, *, given: bool) -> str:
    pairs = list(known)
    if not given:
        return f"({' + '.join(words(value) for _weight, value in pairs)}) ÷ {len(pairs)}"
    whole = percent(Decimal(sum(weight for weight, _value in pairs)) / 10_000)
    return f"({' + '.join(f'{percent(Decimal(weight) / 10_000)} × {words(value)}' for weight, value in pairs)}) ÷ {whole}"


def _final(objective: Any, value: Decimal) -> str:
    return score(value) if objective.kind is Kind.KPI else _graded(value)


def _graded(value: Decimal) -> str:
    return plain(value, 2) if value != round(value, 1) else plain(value, 1)


def _signed(value: Decimal) -> str:
    """A figure behind a minus stands in brackets when it is below 0."""
    return f"({plain(value)})" if value < 0 else plain(value)
