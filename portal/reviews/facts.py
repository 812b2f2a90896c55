"""What is known of an item: read from the goals while the form is open, copied into the item when it is submitted.

Pages, scores and paper all read `of(item)`: before the freeze it is computed from the goal, after it from the copy, so that
later data changes nothing (product.md, «Freeze»).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.cycles.models import ItemDef, SectionKind
from portal.formats import last_day
from portal.goals import scoring as goals
from portal.goals.kinds import Kind, Rule, Shape
from portal.goals.models import Measure, Objective
from portal.goals.prorating import spans_of, weighed
from portal.reviews.models import Item
from portal.words import N_

RULES = {
    Rule.RATIO_UP: N_("Ratio, higher is better"),
    Rule.RATIO_DOWN: N_("Ratio, lower is better"),
    Rule.BASELINE: N_("Progress from start to target"),
    Rule.CURVE: N_("Curve"),
    Rule.BAND: N_("Keep within a band"),
    Rule.PASS_FAIL: N_("Pass or fail"),
    Rule.DEDUCTION: N_("Deduction for each event"),
    Rule.MILESTONES: N_("Milestones"),
    Rule.JUDGED: N_("Judged"),
}
STRETCH = {Kind.OKR_COMMITTED: N_("committed"), Kind.OKR_ASPIRATIONAL: N_("aspirational"), Kind.PROJECT: N_("project")}


@dataclass(frozen=True)
class Figure:
    """One measure: figures are exact; `points` 0..120 of a KPI, `grade` 0.0..1.0 of a key result, None without data."""

    name: str
    shape: Shape
    unit: str = ""
    weight: int = 0
    rule: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    actual: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    points: Decimal | None = None
    grade: Decimal | None = None
    source: str = ""  # "" = by hand
    at: datetime | None = None
    targets: tuple[tuple[str, str], ...] = ()  # (figure, last day) where the target changed while the period ran
    counts: Decimal | None = None  # what they come to, weighed by days


@dataclass(frozen=True)
class Facts:
    """One item. Which fields are filled follows from its section's kind."""

    title: str
    help: str = ""
    kind: str = ""  # of an objective
    veto: bool = False
    points: Decimal | None = None
    grade: Decimal | None = None
    outcome: str = ""
    lessons: str = ""
    figures: tuple[Figure, ...] = ()
    anchors: tuple[str, ...] = ()
    table: tuple[str, ...] = field(default=())  # points of the ratings, where the scheme says others than usual

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it: figures as texts, so that no digit is lost."""
        return {key: value for key, value in _plain(asdict(self)).items() if value not in ("", None, [], False)}


def of(item: Item, cap: Decimal = goals.CAP) -> Facts:
    """What counts for an item: the copy if there is one, else what the goals say now."""
    if item.frozen is not None:
        return read(item.frozen)
    if item.objective is not None:
        kpi = item.section.kind is SectionKind.KPI
        return _of_kpi(item.objective, cap) if kpi else _of_okr(item.objective)
    return _of_question(item.title, item.definition)


def read(stored: Mapping[str, Any]) -> Facts:
    """The other way round from `Facts.stored`."""
    known = dict(stored)
    known["figures"] = tuple(_figure(each) for each in known.get("figures", ()))
    for name in ("anchors", "table"):
        known[name] = tuple(known.get(name, ()))
    for name in ("points", "grade"):
        known[name] = _decimal(known.get(name))
    return Facts(**known)


def _of_kpi(objective: Objective, cap: Decimal) -> Facts:
    figures = tuple(_kpi_figure(measure, cap) for measure in objective.measures)
    veto = any(measure.veto for measure in objective.measures)
    # One indicator at 0 that has a veto is a veto of the whole goal.
    weighed = (
        (figure.weight, figure.points, measure.veto) for measure, figure in zip(objective.measures, figures, strict=True)
    )
    computed = goals.objective_points(weighed)
    given = computed if objective.overridden_by_id is None else objective.score
    return Facts(objective.title, kind=objective.kind, veto=veto, points=given, figures=figures)


def _kpi_figure(measure: Measure, cap: Decimal) -> Figure:
    rule = measure.rule or goals.usual_rule(measure.shape, measure.direction)
    try:
        found = measure.points(cap)
    except goals.Unscorable:  # a rule that was never complete gives no points; the form shows it as without data
        found = None
    return _basic(measure, rule=rule, points=None if found is None else found.points)


def _of_okr(objective: Objective) -> Facts:
    figures = tuple(_basic(m, grade=m.grade or goals.suggested_grade(m.progress)) for m in objective.measures)
    given = objective.score if objective.score is not None else goals.objective_grade((f.weight, f.grade) for f in figures)
    plain = Facts(objective.title, kind=objective.kind, grade=given, figures=figures)
    return replace(plain, outcome=objective.outcome, lessons=objective.lessons)


def _basic(measure: Measure, **more: Any) -> Figure:
    known = {name: getattr(measure, name) for name in ("name", "shape", "unit", "weight", "baseline", "target", "low", "high")}
    held = spans_of(measure.earlier, "target", measure.target)
    changed = tuple((f"{span.value:f}", last_day(span.ends).isoformat()) for span in held)
    more |= {"targets": changed, "counts": weighed(held)} if held else {}
    return Figure(**known, actual=measure.current, source=measure.source, at=measure.reported_at, **more)


def _of_question(title: str, asked: ItemDef | None) -> Facts:
    if asked is None:
        return Facts(title)
    return Facts(title, help=asked.help, anchors=tuple(asked.anchors), table=tuple(asked.points))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime) else value


def _figure(stored: Mapping[str, Any]) -> Figure:
    known = dict(stored)
    for name in ("baseline", "target", "actual", "low", "high", "points", "grade", "counts"):
        known[name] = _decimal(known.get(name))
    known["at"] = datetime.fromisoformat(known["at"]) if known.get("at") else None
    known["shape"] = Shape(known["shape"])
    known["targets"] = tuple((figure, day) for figure, day in known.get("targets", ()))
    return Figure(**known)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
