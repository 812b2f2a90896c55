"""The goals of the demo company: themes, the cascade, everybody's year and quarter, and what came before.

Pure: words become `Goal` rows with dated histories; figures are rounded to the digits they were written with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.demo.chance import before_today, dice, moment
from portal.demo.company import Company, Person
from portal.demo.days import Span, periods, workday
from portal.demo.past import before, kpi_points
from portal.demo.shapes import Measure, Own, Words
from portal.demo.words import goals_assembly, goals_making, goals_others, strategy
from portal.demo.words.remarks import CARRIED, FLAT, ROSE, SANK

OWN: dict[str, Own] = {**goals_assembly.GOALS, **goals_making.GOALS, **goals_others.GOALS}
# Not agreed yet: (owner, period) > state.
UNDER_WAY = {("an.ruoxi", "quarter"): "proposed", ("xu.zhixia", "quarter"): "proposed", ("jiang.yuan", "quarter"): "draft"}

CLAIMED_LATELY = {"sa.replan"}
"""A department's part that waits for whoever answers for the company objective."""


@dataclass(frozen=True)
class Revised:
    """修订 An agreed goal that was reworded: the words before, why, who agreed, when."""

    owner: str
    title: str
    before: str
    why: str
    agreed_by: str
    at: datetime


def revised(today: date) -> tuple[Revised, ...]:
    """The changes of this quarter."""
    return tuple(
        Revised(who, title, old, why, by, moment(workday(before_today(today, days)), dice(who, days)))
        for who, title, old, why, by, days in strategy.REVISED
    )


@dataclass(frozen=True)
class Value:
    """One report of a measure; `by` is None where a connected system spoke."""

    value: Decimal
    confidence: int
    comment: str
    source: str
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Tracked:
    """A measure with what was reported for it, oldest first; `grade` only at close."""

    measure: Measure
    weight: int
    values: tuple[Value, ...]
    grade: Decimal | None = None


@dataclass(frozen=True)
class Goal:
    """目标 One objective of the demo company. `owner` is ("company"|"unit"|"person", key)."""

    code: str
    owner: tuple[str, str]
    accountable: str
    period: str
    kind: str
    title: str
    why: str
    theme: str | None
    weight: int
    parents: tuple[tuple[str, int], ...]
    measures: tuple[Tracked, ...]
    state: str
    audience: str
    created_at: datetime
    agreed_at: datetime | None
    closed_at: datetime | None = None
    score: Decimal | None = None
    outcome: str = ""
    lessons: str = ""
    shared: tuple[tuple[str, str], ...] = ()
    agreed_by: str = ""

    @property
    def confidence(self) -> int | None:
        """The owner's last word: the lowest among the measures."""
        return min((t.values[-1].confidence for t in self.measures if t.values), default=None)

    @property
    def reported_at(self) -> datetime | None:
        return max((t.values[-1].at for t in self.measures if t.values), default=None)


@dataclass(frozen=True)
class Theme:
    """战略主题 One theme of a year."""

    key: str
    period: str
    name: str
    perspective: str
    position: int


@dataclass(frozen=True)
class Cascade:
    """Everything about goals, parents before their children."""

    themes: tuple[Theme, ...]
    goals: tuple[Goal, ...]

    def of(self, person: str, period: str) -> list[Goal]:
        """A person's set in a period."""
        return [g for g in self.goals if g.owner == ("person", person) and g.period == period]


def cascade(company: Company, seed: int = 1) -> Cascade:
    """Themes and goals of this year and the last, this quarter and the last."""
    spans = periods(company.today)
    made = [*_of_company(company, spans, seed), *_of_units(company, spans, seed)]
    codes = {goal.code: goal for goal in made}
    for person in company.people.values():
        made += _of_person(company, spans, person, codes, seed)
    themes = [
        Theme(f"{key}@{period}", period, title, perspective, n)
        for period in ("last_year", "year")
        for n, (key, (perspective, title, _, _)) in enumerate(strategy.THEMES.items())
    ]
    return Cascade(tuple(themes), tuple(made))


def _of_company(company: Company, spans: Mapping[str, Span], seed: int) -> Iterator[Goal]:
    for theme, title, name, unit, baseline, target, final, who, lesson in strategy.LAST_YEAR:
        measure = Measure(name, unit, Decimal(baseline), Decimal(target), Decimal(final), "baseline")
        words = Words("okr_committed", title, 16, (), (measure,), 6, 0, lesson=lesson, grade=_grade(measure), accountable=who)
        goal = _goal(company, spans["last_year"], ("company", ""), words, f"{seed}|C{spans['last_year'].begins.year}-{name}")
        yield replace(goal, theme=f"{theme}@last_year", weight=1_667 if who != "shen.jiahe" else 1_665)
    for theme, objectives in strategy.COMPANY.items():
        for words in objectives:
            goal = _goal(company, spans["year"], ("company", ""), words, f"{seed}|{words.key}")
            yield replace(goal, theme=f"{theme}@year")


def _of_units(company: Company, spans: Mapping[str, Span], seed: int) -> Iterator[Goal]:
    heads = {unit.key: unit.head for unit in company.units}
    for unit, objectives in strategy.UNITS.items():
        for period, words in objectives:
            known = replace(words, accountable=words.accountable or heads[unit])
            yield _goal(company, spans[period], ("unit", unit), known, f"{seed}|{words.key}")
    for unit, closed in strategy.UNITS_BEFORE.items():
        for n, words in enumerate(closed, 1):
            known = replace(words, accountable=heads[unit])
            yield _goal(company, spans["last_quarter"], ("unit", unit), _within(known, spans), f"{seed}|{unit}.last-{n}")


def _within(words: Words, spans: Mapping[str, Span]) -> Words:
    """In the first quarter the parent of last quarter's goal belongs to another year: it stood alone."""
    together = spans["last_quarter"].begins >= spans["year"].begins
    return words if together else replace(words, parents=())


def _of_person(
    company: Company, spans: Mapping[str, Span], person: Person, codes: Mapping[str, Goal], seed: int
) -> Iterator[Goal]:
    own = OWN[person.key]
    sets = (
        ("last_year", before(own, person, spans["last_year"], seed)),
        ("last_quarter", tuple(_within(words, spans) for words in own.before)),
        ("year", own.year),
        ("quarter", own.quarter),
    )
    for period, objectives in sets:
        span = spans[period]
        if person.hired > span.ends - timedelta(days=45) or (person.left and person.left < span.begins + timedelta(days=30)):
            continue
        for n, words in enumerate(objectives, 1):
            parents = tuple((key, share) for key, share in words.parents if key in codes)
            code = f"{person.number}-{span.begins:%y%m}{'Y' if 'year' in period else 'Q'}{n}"
            yield _goal(company, span, ("person", person.key), replace(words, parents=parents), f"{seed}|{code}", person=person)


def _goal(
    company: Company, span: Span, owner: tuple[str, str], words: Words, luck: str, *, person: Person | None = None
) -> Goal:
    code = luck.partition("|")[2]
    closed = span.ends <= company.today
    leaver = person is not None and person.left is not None and not closed
    who = words.accountable or (person.key if person else "xu.mingchuan")
    asked = "proposed" if words.key in CLAIMED_LATELY else "agreed"
    state = "closed" if closed or leaver else UNDER_WAY.get((who, span.key), asked)
    begins = max(span.begins, person.hired + timedelta(days=14)) if person else span.begins
    ends = min(company.today, span.ends, person.left if person and person.left else span.ends)
    created, agreed = _set_up(begins, min(ends, company.today), luck)
    spoken = [replace(words, say=words.say if n == 0 else "") for n in range(len(words.measures))]
    if state in ("draft", "proposed"):
        tracked = tuple(Tracked(m, w, ()) for m, w in _weights(words.measures))
    else:
        pairs = zip(spoken, _weights(words.measures), strict=True)
        tracked = tuple(_tracked(said, each, begins, ends, today=company.today, who=who, luck=luck) for said, each in pairs)
    closing = moment(workday(ends - timedelta(days=1)), dice(luck, "close"), 18, 20) if state == "closed" else None
    agreer = (person.manager or "") if person else "xu.mingchuan"
    goal = Goal(
        code, owner, who, span.key, words.kind, words.title, words.why, None, words.weight * 100,
        tuple((key, share * 100) for key, share in words.parents), tracked, state,
        "line" if words.kind == "kpi" and owner[0] == "person" else "company",
        created, agreed if state in ("agreed", "closed") else None, closing, shared=words.shared, agreed_by=agreer,
    )  # fmt: skip
    return _closed(goal, words, luck, leaver) if closing else goal


def _set_up(begins: date, latest: date, luck: str) -> tuple[datetime, datetime]:
    """Written in the days before the period (or soon after somebody joined), agreed a week later, never today."""
    last = latest - timedelta(days=1)
    written = min(begins - timedelta(days=12), last - timedelta(days=3))
    agreed = min(begins + timedelta(days=4), last)
    return moment(workday(written), dice(luck, "w")), moment(max(workday(agreed), workday(written)), dice(luck, "a"), 18, 20)


def _closed(goal: Goal, words: Words, luck: str, leaver: bool) -> Goal:
    graded = tuple(replace(t, grade=Decimal(_grade(t.measure))) for t in goal.measures if t.values)
    if goal.kind == "kpi":
        points = [kpi_points(t.measure) for t in goal.measures if t.measure.now is not None]
        score = points[0] if points else None
    else:
        score = Decimal(words.grade) if words.grade else max((t.grade for t in graded if t.grade is not None), default=None)
    outcome = "本人离职，未完成的部分由车间另行安排。" if leaver else ""
    if not outcome:
        outcome = dice(luck, "out").choice(CARRIED) if words.kind != "kpi" else ""
    kept = graded if goal.kind != "kpi" else goal.measures
    return replace(goal, measures=kept, score=score, outcome=outcome, lessons=words.lesson)


def _grade(measure: Measure) -> str:
    share = (measure.stands - measure.baseline) / (measure.target - measure.baseline)
    return str(min(Decimal(1), max(Decimal(0), share)).quantize(Decimal("0.1")))


def _weights(measures: tuple[Measure, ...]) -> Iterator[tuple[Measure, int]]:
    each, rest = divmod(10_000, len(measures))
    for n, measure in enumerate(measures):
        yield measure, each + (n < rest)


def _tracked(
    words: Words, counted: tuple[Measure, int], begins: date, ends: date, *, today: date, who: str, luck: str
) -> Tracked:
    measure, weight = counted
    if measure.now is None:
        return Tracked(measure, weight, ())
    # What a year came to is taken for its review, five weeks before it ends.
    taken = ends - timedelta(days=36 if (ends - begins).days > 300 else 1)
    last = taken if ends < today else workday(before_today(today, words.ago))
    last = max(last, min(begins, today - timedelta(days=1)))
    days = _reports(begins, last, 14 if (ends - begins).days < 100 else 30, f"{luck}|{measure.name}|days")
    path = _path(measure, len(days), f"{luck}|{measure.name}|path")
    values: list[Value] = []
    for n, (day, value) in enumerate(zip(days, path, strict=True)):
        chance = f"{luck}|{measure.name}|{n}"
        final = n == len(days) - 1
        confidence = words.confidence if final else _drift(words.confidence, len(days) - 1 - n, chance)
        comment = words.say if final else _remark(measure, values[-1].value if values else measure.baseline, value, chance)
        by = None if measure.source else who
        values.append(
            Value(
                value,
                confidence,
                "" if by is None and not final else comment,
                measure.source,
                by,
                moment(day, dice(chance, "at")),
            )
        )
    return Tracked(measure, weight, tuple(values))


def _reports(begins: date, last: date, every: int, luck: str) -> list[date]:
    """Days on which somebody reported, the last one fixed."""
    found, day = [last], last
    for n in range(30):
        day = workday(day - timedelta(days=every + dice(luck, n).randrange(-3, 4)))
        if day < begins + timedelta(days=5):
            break
        found.append(day)
    return found[::-1]


def _path(measure: Measure, steps: int, luck: str) -> list[Decimal]:
    """From the baseline to where it stands, not in a straight line."""
    unit, span = Decimal(1).scaleb(-measure.digits), measure.stands - measure.baseline
    if measure.steps:
        sums, reached = [Decimal(0)], Decimal(0)
        for _, weight, yes in measure.steps:
            reached += weight if yes else 0
            sums.append(reached)
        return [sums[min(len(sums) - 1, n * len(sums) // steps)] if n < steps - 1 else reached for n in range(steps)]
    if measure.rule == "pass_fail":
        return [measure.stands] * steps
    found: list[Decimal] = []
    for n in range(steps):
        bend = (n + 1) / steps + (dice(luck, n).random() - 0.5) * 0.22 * (n < steps - 1)
        found.append((measure.baseline + span * Decimal(round(max(0.0, bend), 4))).quantize(unit))
    found[-1] = measure.stands
    return found


def _drift(final: int, left: int, luck: str) -> int:
    """Earlier confidence: healthy goals were much the same, troubled ones fell late."""
    high = final if final >= 7 else min(8, final + 1 + left)
    return max(1, min(10, high + dice(luck).choice((-1, 0, 0, 0, 1))))


def _remark(measure: Measure, was: Decimal, now: Decimal, luck: str) -> str:
    chance = dice(luck, "say")
    if chance.random() < 0.45 or measure.steps:
        return ""
    better = (now > was) == measure.rises
    return chance.choice(FLAT if now == was else ROSE if better else SANK)
