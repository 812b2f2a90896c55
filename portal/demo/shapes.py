"""The shapes the goal texts are written in; figures are strings so that their digits stay."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Measure:
    """衡量 A key result or an indicator. `now` is None while there is no data; `steps` make it milestones."""

    name: str
    unit: str
    baseline: Decimal
    target: Decimal
    now: Decimal | None
    rule: str
    source: str = ""
    weight: int = 0
    steps: tuple[tuple[str, int, bool], ...] = ()

    @property
    def kind(self) -> str:
        """`milestones`, `percent`, `currency` or `number`."""
        if self.steps:
            return "milestones"
        return {"%": "percent", "万元": "currency"}.get(self.unit, "number")

    @property
    def rises(self) -> bool:
        return self.target > self.baseline

    @property
    def stands(self) -> Decimal:
        """Where it is: the baseline while nothing was reported."""
        return self.baseline if self.now is None else self.now

    @property
    def digits(self) -> int:
        """Decimal places its figures are written with."""
        return max(0, *(-int(v.as_tuple().exponent) for v in (self.baseline, self.target, self.stands)))


@dataclass(frozen=True)
class Words:
    """A goal as it is written down: whose it is and when comes from where it stands."""

    kind: str
    title: str
    weight: int
    parents: tuple[tuple[str, int], ...]
    measures: tuple[Measure, ...]
    confidence: int = 8
    ago: int = 4
    say: str = ""
    why: str = ""
    key: str = ""
    grade: str = ""
    lesson: str = ""
    shared: tuple[tuple[str, str], ...] = ()
    accountable: str = ""


Parents = str | tuple[tuple[str, int], ...] | None


def kr(name: str, unit: str, baseline: str, target: str, now: str | None) -> Measure:
    """A key result: progress from where it began."""
    return Measure(name, unit, Decimal(baseline), Decimal(target), None if now is None else Decimal(now), "baseline")


def steps(name: str, *done: tuple[str, int, bool]) -> Measure:
    """Milestones with their weights in percent, and whether each is done."""
    reached = Decimal(sum(weight for _, weight, yes in done if yes))
    return Measure(name, "%", Decimal(0), Decimal(100), reached, "milestones", steps=done)


def kpi(
    parents: Parents,
    weight: int,
    name: str,
    unit: str,
    baseline: str,
    target: str,
    now: str | None,
    *,
    conf: int = 8,
    ago: int = 6,
    src: str = "",
    rule: str = "",
    title: str = "",
    say: str = "",
    key: str = "",
    accountable: str = "",
) -> Words:
    """An indicator of the year; the rule follows the direction unless it is given."""
    begin, aim = Decimal(baseline), Decimal(target)
    rule = rule or ("ratio_up" if aim > begin else "ratio_down")
    measure = Measure(name, unit, begin, aim, None if now is None else Decimal(now), rule, src)
    gap = "" if unit == "%" else " "
    title = title or f"{name}{'达到' if aim > begin else '降到'} {target}{gap}{unit}"
    return Words("kpi", title, weight, _parents(parents), (measure,), conf, ago, say, key=key, accountable=accountable)


def okr(
    parents: Parents,
    kind: str,
    weight: int,
    title: str,
    conf: int,
    ago: int,
    *measures: Measure,
    say: str = "",
    why: str = "",
    key: str = "",
    shared: tuple[tuple[str, str], ...] = (),
    accountable: str = "",
) -> Words:
    """An objective with key results; `kind` is `okr_committed`, `okr_aspirational` or `project`."""
    return Words(
        kind, title, weight, _parents(parents), measures, conf, ago, say, why, key, shared=shared, accountable=accountable
    )


def done(
    kind: str, title: str, grade: str, lesson: str, *measures: Measure, parents: Parents = None, weight: int = 100
) -> Words:
    """An objective of last quarter, graded, with what was learned."""
    return Words(kind, title, weight, _parents(parents), measures, grade=grade, lesson=lesson)


def _parents(given: Parents) -> tuple[tuple[str, int], ...]:
    if given is None:
        return ()
    return ((given, 100),) if isinstance(given, str) else given


C, A, J = "okr_committed", "okr_aspirational", "project"


@dataclass(frozen=True)
class Own:
    """One person's goals: the year's, the quarter's, and last quarter's with their grades."""

    year: tuple[Words, ...]
    quarter: tuple[Words, ...] = ()
    before: tuple[Words, ...] = ()
