"""The goals of many: four a person with three key results each, aligned along the managers, figures stored as they are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.chance import midnight
from portal.demo.loading.fast import Row
from portal.demo.loading.many import Many
from portal.demo.many import Drafted, One, library
from portal.demo.words import strategy
from portal.goals import progress as course
from portal.goals import roots
from portal.numbers import half_up

EACH = 4
"""Objectives a person has: two indicators of the year, two objectives of the quarter."""
TWO_PARENTS = 20
"""Every how manieth objective serves two parents."""
WIDE = range(100, 2_100)
"""The people whose last objective stands under the one that has many children."""
WAYS = tuple(Decimal(way) for way in ("0.25", "0.45", "0.6", "0.75", "0.9", "1.0"))
WEIGHTS = (3_334, 3_333, 3_333)
CONFIDENCE = (3, 5, 7, 8, 8, 9)
TOP = ("c.share", "c.coq", "c.leadtime", "c.bench")
BLANK: dict[str, Any] = {
    **dict.fromkeys(("id", "code", "title", "kind", "person_id", "unit_id", "accountable_id")),
    **dict.fromkeys(("period_id", "theme_id", "perspective")),
    "why": "",
    "audience": "company",
    "weight": 5_000,
    "state": "agreed",
    "agreed_at": None,
    "outcome": "",
    "lessons": "",
    "version": 1,
    "confidence": None,
    "reported_at": None,
    "level": 0,
    "progress": None,
    "rolled_progress": None,
    "children": 0,
    "closed_at": None,
    "score": None,
    "overridden_because": "",
}
"""An objective's columns, as they stand where nothing else is said."""
MEASURE = [
    *("id", "objective_id", "name", "shape", "direction", "unit", "weight", "baseline", "target", "rule", "rule_values"),
    *("aggregation", "split", "earlier", "veto", "position", "source", "current", "confidence", "reported_at"),
]
SOURCE, CURRENT = MEASURE.index("source") - 2, MEASURE.index("current") - 2
VALUE = ["id", "measure_id", "value", "confidence", "comment", "source", "by_id", "at"]


@dataclass(frozen=True)
class Standing:
    """One template at one point of its way: rows of its measures without their ids, and the objective's figure."""

    drafted: Drafted
    measures: tuple[Row, ...]
    earlier: Any
    confidence: int
    share: Decimal
    figure: Any


@dataclass(frozen=True)
class Placed:
    """What the journal and the talks need to know of somebody's objective."""

    id: int
    title: str
    standing: Standing


@dataclass(frozen=True)
class Known:
    """What is stored of an objective that has no measures of its own."""

    share: Decimal | None
    confidence: int | None
    at: datetime | None


class Goals:
    """Objectives with ids that follow from whose they are: 5 of the company, 2 a unit, 4 a person."""

    def __init__(self, many: Many) -> None:
        self.many, self.shape = many, many.shape
        self.first_unit = len(TOP) + 2
        self.first_person = self.first_unit + 2 * len(many.heads)
        self.standings = {
            period: [self._standing(one, n) for one in found for n in range(len(WAYS))] for period, found in library().items()
        }
        begins = {key: midnight(many.spans[key].begins) for key in ("year", "quarter")}
        latest = midnight(many.today)
        self.agreed = {key: min(at + timedelta(days=4), latest - timedelta(days=3)) for key, at in begins.items()}
        self.reported = [latest - timedelta(days=n, hours=7) for n in range(1, 30)]

    def person_objective(self, number: int, which: int) -> int:
        return self.first_person + number * EACH + which

    def placed(self, number: int) -> list[Placed]:
        """Somebody's four."""
        found = []
        for which in range(EACH):
            standing = self._of(number, which)
            found.append(Placed(self.person_objective(number, which), standing.drafted.title, standing))
        return found

    def write(self) -> None:
        """Themes, objectives, alignment, measures, values."""
        fast, spans = self.many.fast, self.many.period_ids
        themes = [
            (n, spans["year"], title, perspective, n)
            for n, (perspective, title, _, _) in enumerate(strategy.THEMES.values(), 1)
        ]
        fast.rows("theme", ("id", "period_id", "name", "perspective", "position"), themes)
        ties = list(self._ties())
        children = Counter(parent for _, parent, _ in ties)
        rolled = self._rolled(ties)
        fast.rows("objective", list(BLANK), self._objectives(children, rolled))
        fast.rows("objective_parent", ("child_id", "parent_id", "share"), ties)
        fast.analyse()  # or PostgreSQL looks through all ties for each goal
        roots.repair(fast.connection)
        fast.rows("measure", MEASURE, self._measures())
        fast.rows("measure_value", VALUE, self._values())

    def _standing(self, drafted: Drafted, way: int) -> Standing:
        """The measures of a template at one point of the way from baseline to target."""
        rows, parts, earlier = [], [], None
        for position, (measure, weight) in enumerate(zip(drafted.measures, WEIGHTS, strict=True)):
            unit, span = Decimal(1).scaleb(-measure.digits), measure.target - measure.baseline
            now = (measure.baseline + span * WAYS[(way + position) % len(WAYS)]).quantize(unit)
            if position == 0:
                earlier = self.shape.number((measure.baseline + span * WAYS[way] / 2).quantize(unit))
            parts.append((weight, min(max((now - measure.baseline) / span, Decimal(0)), Decimal(1))))
            direction = "up" if measure.rises else "down"
            number = self.shape.number
            head = (measure.name, measure.kind, direction, measure.unit, weight)
            rule = measure.rule if drafted.kind == "kpi" else None
            rest = (rule, "{}", "last", "whole", "{}", self.shape.no, position, measure.source, number(now), CONFIDENCE[way])
            rows.append((*head, number(measure.baseline), number(measure.target), *rest))
        share = course.stored(course.weighted_mean(parts)) or Decimal(0)
        return Standing(drafted, tuple(rows), earlier, CONFIDENCE[way], share, self.shape.number(share))

    def _of(self, number: int, which: int) -> Standing:
        found = self.standings["year" if which < 2 else "quarter"]
        return found[(number * 31 + which * 17 + (number // 8) * 7) % len(found)]

    def _ties(self) -> Iterator[Row]:
        """Child, parent, share; every twentieth objective serves two."""
        for n, head in enumerate(self.many.heads):
            above = self.many.people[head].manager
            for which in (0, 1):
                parent = which + 1 if above is None else self._unit_objective(self.many.people[above].unit, which)
                yield self.first_unit + 2 * n + which, parent, 10_000
        for one in self.many.people:
            for which in range(EACH):
                yield from self._parents(one, which)

    def _parents(self, one: One, which: int) -> Iterator[Row]:
        child = self.person_objective(one.number, which)
        if which < 2 and one.unit == one.number:
            yield child, self._unit_objective(one.unit, which), 10_000
        elif which == 3 and one.number in WIDE:
            yield child, len(TOP) + 1, 10_000
        elif one.manager is None:
            yield child, which + 1, 10_000
        elif child % TWO_PARENTS:
            yield child, self.person_objective(one.manager, which), 10_000
        else:
            yield child, self.person_objective(one.manager, which), 6_000
            yield child, self.person_objective(one.manager, which ^ 1), 4_000

    def _unit_objective(self, head: int, which: int) -> int:
        return self.first_unit + 2 * (self.many.unit_ids[head] - 1) + which

    def _rolled(self, ties: list[Row]) -> dict[int, Known]:
        """The company's and the units' figures: from their children, by weight and share, deepest first."""
        below: dict[int, list[tuple[int, int]]] = {}
        for child, parent, share in ties:
            if parent < self.first_person:
                below.setdefault(parent, []).append((child, share))
        known: dict[int, Known] = {}
        for objective in (*range(self.first_person - 1, self.first_unit - 1, -1), *range(1, self.first_unit)):
            parts = [(self._weight(child), part, self._figure(child, known)) for child, part in below.get(objective, ())]
            whole = course.rolled((), [(weight, part, it.share) for weight, part, it in parts])
            views = [(weight, part, None if it.confidence is None else Decimal(it.confidence)) for weight, part, it in parts]
            mean = course.rolled((), views).share
            confidence = None if mean is None else int(half_up(mean, 0))
            moments = [it.at for _, _, it in parts if it.at]
            known[objective] = Known(course.stored(whole.share), confidence, max(moments, default=None))
        return known

    def _figure(self, child: int, known: dict[int, Known]) -> Known:
        if child < self.first_person:
            return known[child]
        standing = self._of(*divmod(child - self.first_person, EACH))
        return Known(standing.share, standing.confidence, self.moment_of(child))

    def _weight(self, objective: int) -> int:
        return 2_000 if objective < self.first_unit else 5_000

    def _objectives(self, children: Counter[int], rolled: dict[int, Known]) -> Iterator[Row]:
        for facts in (*self._of_company(), *self._of_units()):
            it = rolled[facts["id"]]
            known: dict[str, Any] = {"rolled_progress": self.shape.number(it.share), "confidence": it.confidence}
            rest: dict[str, Any] = {"reported_at": self.shape.moment(it.at), "children": children[facts["id"]]}
            yield self.row(**facts, **known, **rest)
        for one in self.many.people:
            for which in range(EACH):
                yield self._of_person(one, which, children)

    def _of_company(self) -> Iterator[dict[str, Any]]:
        titles = {words.key: words.title for objectives in strategy.COMPANY.values() for words in objectives}
        for n, key in enumerate((*TOP, "c.skill"), 1):
            period = "year" if n < 3 else "quarter"
            yield {"id": n, "title": titles[key], "accountable_id": 1, "theme_id": min(n, 4), "weight": 2_000, "period": period}

    def _of_units(self) -> Iterator[dict[str, Any]]:
        found = [words.title for objectives in strategy.UNITS.values() for _, words in objectives]
        for n, head in enumerate(self.many.heads):
            for which in (0, 1):
                place = {"unit_id": n + 1, "accountable_id": head + 1, "level": self.many.people[head].depth + 1}
                yield {
                    "id": self.first_unit + 2 * n + which,
                    "title": found[(n * 2 + which) % len(found)],
                    "period": "year",
                    **place,
                }

    def _of_person(self, one: One, which: int, children: Counter[int]) -> Row:
        standing, n = self._of(one.number, which), self.person_objective(one.number, which)
        return self.row(
            id=n,
            title=standing.drafted.title,
            kind=standing.drafted.kind,
            person_id=one.number + 1,
            period="year" if which < 2 else "quarter",
            audience="line" if which < 2 else "company",
            confidence=standing.confidence,
            reported_at=self.shape.moment(self.moment_of(n)),
            level=self._level(one, which),
            progress=standing.figure,
            rolled_progress=standing.figure,
            children=children[n],
        )

    def _level(self, one: One, which: int) -> int:
        """Company 0, units by their depth, heads below their unit, everybody else below the manager."""
        if which < 2 and one.unit == one.number:
            return one.depth + 2
        if one.manager is None or (which == 3 and one.number in WIDE):
            return 1
        boss = self.many.people[one.manager]
        both = () if self.person_objective(one.number, which) % TWO_PARENTS else (which ^ 1,)
        return max(self._level(boss, each) for each in (which, *both)) + 1

    @property
    def columns(self) -> list[str]:
        """Of the table of objectives, in the order of `row`."""
        return list(BLANK)

    @property
    def end(self) -> int:
        """The first id that none of them has."""
        return self.first_person + EACH * len(self.many.people)

    def row(self, period: str, **facts: Any) -> Row:
        """One objective; what is not said stands as in `BLANK`."""
        letter = "P" if facts.get("person_id") else "D" if facts.get("unit_id") else "C"
        said = {"code": f"{letter}{self.many.today:%y}-{facts['id']:04}", "period_id": self.many.period_ids[period]}
        stamps = {"agreed_at": self.shape.moment(self.agreed[period])} if period in self.agreed else {}
        return tuple({**BLANK, "kind": "okr_committed", **said, **stamps, **facts}.values())

    def _measures(self) -> Iterator[Row]:
        days, n = [self.shape.moment(at) for at in self.reported], 0
        for one in self.many.people:
            for which in range(EACH):
                objective = self.person_objective(one.number, which)
                for row in self._of(one.number, which).measures:
                    n += 1
                    yield n, objective, *row, days[objective % len(days)]

    def _values(self) -> Iterator[Row]:
        """The latest of every measure, and one before it of each objective's first."""
        days, older = (
            [self.shape.moment(at) for at in self.reported],
            [self.shape.moment(at - timedelta(days=28)) for at in self.reported],
        )
        n = measure = 0
        for one in self.many.people:
            for which in range(EACH):
                objective, standing = self.person_objective(one.number, which), self._of(one.number, which)
                place = objective % len(days)
                for position, row in enumerate(standing.measures):
                    measure += 1
                    source = row[SOURCE]
                    by = None if source else one.number + 1
                    if position == 0:
                        n += 1
                        yield n, measure, standing.earlier, standing.confidence, "", source, by, older[place]
                    n += 1
                    yield n, measure, row[CURRENT], standing.confidence, "", source, by, days[place]

    def moment_of(self, objective: int) -> datetime:
        """When its figures were last reported."""
        return self.reported[objective % len(self.reported)]
