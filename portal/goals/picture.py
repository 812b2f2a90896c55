"""What results a rule makes worth how many points: the curve that is drawn, and the results that come up most. Pure.

Every figure here is asked of `scoring.points`: the picture cannot say anything else than the score.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from portal.goals import scoring
from portal.goals.kinds import Direction, Rule
from portal.goals.progress import ZERO
from portal.goals.scoring import CAP, Facts
from portal.numbers import half_up
from portal.words import N_

Point = tuple[Decimal, Decimal]
"""An actual and its points."""
LINEAR = (Rule.RATIO_UP, Rule.RATIO_DOWN, Rule.BASELINE)
EDGE = Decimal("0.12")
"""How much of the interesting part is shown beyond it, on either side."""
MOST = 12
"""Milestones or ratings that are drawn one by one."""


@dataclass(frozen=True)
class Knot:
    """A marked point of the curve, with the word below it."""

    value: Decimal
    points: Decimal
    word: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Result:
    """A line of the table beside the curve: what would come out, what it is worth, and what that result is."""

    value: Decimal
    points: Decimal
    word: str


@dataclass(frozen=True)
class Picture:
    """`runs` are joined one after another inside themselves; between two the points jump. `now` is the present result."""

    low: Decimal
    high: Decimal
    top: Decimal
    runs: tuple[tuple[Point, ...], ...]
    knots: tuple[Knot, ...] = ()
    now: Point | None = None
    results: tuple[Result, ...] = ()


def picture(rule: Rule, facts: Facts, now: Decimal | None = None, cap: Decimal = CAP) -> Picture:
    """The picture of a rule that can be computed. Raises Unscorable where it cannot."""
    if sentence := scoring.problem(rule, facts):
        raise scoring.Unscorable(sentence)
    if rule is Rule.MILESTONES:
        return _steps(facts, cap)
    drawn = _Drawn(rule, facts, cap)
    marks = drawn.marks()
    low, high = _reach([*(knot.value for knot in marks), *drawn.bends(), *([] if now is None else [now])], rule)
    here = None if now is None or not drawn.known(now) else (now, drawn.worth(now))
    return Picture(low, high, drawn.high, drawn.runs(low, high), marks, here, drawn.results(now, low, high))


@dataclass(frozen=True)
class _Drawn:
    """A rule over results that are figures."""

    rule: Rule
    facts: Facts
    cap: Decimal

    @property
    def high(self) -> Decimal:
        return scoring.limits(self.facts, self.cap)[1]

    def worth(self, value: Decimal) -> Decimal:
        made = scoring.points(self.rule, value, self.facts, self.cap)
        return made.points if made else ZERO

    def known(self, value: Decimal) -> bool:
        """Whether this result can come out at all: a rating must stand in the table."""
        return self.rule is not Rule.JUDGED or (value == int(value) and 1 <= value <= len(self.facts.table))

    def bends(self) -> list[Decimal]:
        """Where the line turns or jumps."""
        f, (least, most) = self.facts, scoring.limits(self.facts, self.cap)
        match self.rule:
            case rule if rule in LINEAR:
                return [self._inverse(least), self._inverse(most)]
            case Rule.CURVE:
                return [value for value, _ in f.anchors]
            case Rule.BAND if f.low is not None and f.high is not None:
                beyond = f.tolerance or f.high - f.low
                return [f.low - beyond, f.low, f.high, f.high + beyond]
            case Rule.PASS_FAIL:
                return [f.target]
            case Rule.DEDUCTION:
                return [ZERO, scoring.HUNDRED / f.each]
            case _:
                return [Decimal(n) for n in range(1, len(f.table) + 1)]

    def _inverse(self, points: Decimal) -> Decimal:
        """Which result of a straight line brings these points."""
        f, share = self.facts, points / 100
        if self.rule is Rule.RATIO_UP:
            return f.target * share
        if self.rule is Rule.RATIO_DOWN:
            return f.target + abs(f.target) * (1 - share)
        return f.baseline + (f.target - f.baseline) * share

    def marks(self) -> tuple[Knot, ...]:
        f = self.facts
        match self.rule:
            case Rule.CURVE if len(f.anchors) == len(scoring.KNOTS):
                words = (N_("Threshold"), N_("Target"), N_("Stretch"))
                found = [
                    Knot(value, self.worth(value), word, word == words[1])
                    for (value, _), word in zip(f.anchors, words, strict=True)
                ]
                return tuple(found)
            case Rule.CURVE:
                return tuple(Knot(value, self.worth(value)) for value, _ in f.anchors)
            case Rule.BAND if f.low is not None and f.high is not None:
                ends = ((f.low, N_("Lower limit")), (f.high, N_("Upper limit")))
                return tuple(Knot(value, self.worth(value), word) for value, word in ends)
            case Rule.DEDUCTION:
                return (Knot(ZERO, self.worth(ZERO)),)
            case Rule.JUDGED:
                return tuple(Knot(Decimal(n), self.worth(Decimal(n))) for n in range(1, len(f.table) + 1))
            case Rule.BASELINE:
                start = Knot(f.baseline, self.worth(f.baseline), N_("Start"))
                return start, Knot(f.target, self.worth(f.target), N_("Target"), strong=True)
            case _:
                return (Knot(f.target, self.worth(f.target), N_("Target"), strong=True),)

    def runs(self, low: Decimal, high: Decimal) -> tuple[tuple[Point, ...], ...]:
        """The lines, held within the least and the most points."""
        limits = scoring.limits(self.facts, self.cap)
        return tuple(_held(run, *limits) for run in self._computed(low, high))

    def _raw(self, value: Decimal) -> Decimal:
        made = scoring.points(self.rule, value, self.facts, self.cap)
        return made.raw if made else ZERO

    def _computed(self, low: Decimal, high: Decimal) -> tuple[tuple[Point, ...], ...]:
        f = self.facts
        if self.rule is Rule.JUDGED:
            return ()
        if self.rule is Rule.PASS_FAIL:
            before, after = self._level(low, f.target), self._level(f.target, high)
            return before, after
        if self.rule is Rule.CURVE:
            return self._along(low, high)
        at = sorted({low, high, *(value for value in self.bends() if low < value < high)})
        return (tuple((value, self._raw(value)) for value in at),)

    def _along(self, low: Decimal, high: Decimal) -> tuple[tuple[Point, ...], ...]:
        """A curve jumps at its first knot, and at each when it is stepped; drawn from the worse side."""
        first, *rest = self.facts.anchors
        worse, better = (low, high) if first[0] < rest[-1][0] else (high, low)
        knots = [value for value, _ in self.facts.anchors]
        found = [((worse, self._raw(worse)), (knots[0], self._raw(worse)))]
        if self.facts.stepped:
            ends = [*knots[1:], better]
            return (*found, *(((a, self._raw(a)), (b, self._raw(a))) for a, b in zip(knots, ends, strict=True)))
        return *found, (*((value, self._raw(value)) for value in knots), (better, self._raw(better)))

    def _level(self, a: Decimal, b: Decimal) -> tuple[Point, ...]:
        points = self._raw((a + b) / 2)
        return (a, points), (b, points)

    def results(self, now: Decimal | None, low: Decimal, high: Decimal) -> tuple[Result, ...]:
        places = _places(low, high, [*self.bends(), self.facts.target])
        known = {value: word for value, word in self._usual(low, high, places) if self.known(value)}
        if now is not None and self.known(now):
            known[now] = N_("as it stands")
        return tuple(Result(value, half_up(self.worth(value)), known[value]) for value in sorted(known))

    def _usual(self, low: Decimal, high: Decimal, places: int) -> Iterable[tuple[Decimal, str]]:
        f, (least, most) = self.facts, scoring.limits(self.facts, self.cap)
        between, meets = N_("on the way"), N_("meets the target")
        match self.rule:
            case rule if rule in LINEAR:
                yield _round(self._inverse(least), places), N_("the least points")
                yield _round((self._inverse(least) + f.target) / 2, places), between
                yield _round(self._inverse(most), places), N_("the most points")
                yield f.target, meets
            case Rule.CURVE:
                worse, better = (low, high) if f.anchors[0][0] < f.anchors[-1][0] else (high, low)
                yield _round((worse + f.anchors[0][0]) / 2, places), N_("short of the threshold")
                yield from ((_round((a + b) / 2, places), between) for (a, _), (b, _) in pairwise(f.anchors))
                yield _round(better, places), N_("the most points")
                yield from ((value, N_("a point of the curve")) for value, _ in f.anchors)
                yield f.target, meets
            case Rule.BAND if f.low is not None and f.high is not None:
                beyond = f.tolerance or f.high - f.low
                yield from ((value, N_("outside")) for value in (f.low - beyond, f.high + beyond))
                yield from (
                    (_round(value, places), N_("a little outside")) for value in (f.low - beyond / 2, f.high + beyond / 2)
                )
                yield from ((value, N_("inside")) for value in (f.low, f.high))
            case Rule.PASS_FAIL:
                off = Decimal(1).scaleb(-places)
                miss = f.target + off if f.direction is Direction.DOWN else f.target - off
                yield from ((f.target, N_("met")), (miss, N_("not met")))
            case Rule.DEDUCTION:
                yield from ((Decimal(n), N_("events")) for n in range(1, min(int(scoring.HUNDRED / f.each) + 1, 6)))
                yield ZERO, N_("nothing happened")
            case _:
                yield from ((Decimal(n), N_("judged")) for n in range(1, len(f.table) + 1))


def _held(run: Sequence[Point], least: Decimal, most: Decimal) -> tuple[Point, ...]:
    """A line within these points: it turns where it would leave them."""
    found = [run[0]]
    for (a, low), (b, high) in pairwise(run):
        turns = [level for level in (least, most) if min(low, high) < level < max(low, high)]
        turns.sort(reverse=low > high)
        found += [(a + (b - a) * (level - low) / (high - low), level) for level in turns]
        found.append((b, high))
    return tuple((value, min(max(points, least), most)) for value, points in found)


def _steps(facts: Facts, cap: Decimal) -> Picture:
    """Milestones in their order: how many are done, and what that is worth while all of them are in time."""
    steps = facts.milestones
    worths = [_done(facts, n, cap) for n in range(len(steps) + 1)]
    runs = tuple(((Decimal(n), worth), (Decimal(n + 1), worth)) for n, worth in enumerate(worths))
    knots = tuple(Knot(Decimal(n), worth) for n, worth in enumerate(worths)) if len(steps) <= MOST else ()
    words = {0: N_("nothing done"), len(steps): N_("all done in time")}
    results = [Result(Decimal(n), half_up(worth), words.get(n, N_("done in time"))) for n, worth in enumerate(worths)]
    here = None
    if any(done for _, done, _ in steps):
        made = scoring.points(Rule.MILESTONES, Decimal(0), facts, cap)
        here = (Decimal(sum(done for _, done, _ in steps)), made.points if made else ZERO)
    shown = results if len(results) <= MOST else [*results[: MOST - 1], results[-1]]
    return Picture(Decimal(0), Decimal(len(steps) + 1), scoring.limits(facts, cap)[1], runs, knots, here, tuple(shown))


def _done(facts: Facts, n: int, cap: Decimal) -> Decimal:
    known = tuple((weight, i < n, i < n) for i, (weight, _, _) in enumerate(facts.milestones))
    made = scoring.points(Rule.MILESTONES, Decimal(0), replace(facts, milestones=known), cap)
    return made.points if made else ZERO


def _reach(values: Sequence[Decimal], rule: Rule) -> tuple[Decimal, Decimal]:
    """From where to where the picture goes; events and ratings do not go below nothing."""
    low, high = min(values), max(values)
    edge = (high - low) * EDGE or abs(high) * EDGE or Decimal(1)
    if rule is Rule.PASS_FAIL:
        edge = max(high - low, abs(high) / 5, Decimal(1))
    return (low if rule is Rule.DEDUCTION else low - edge), high + edge


def _places(low: Decimal, high: Decimal, given: Iterable[Decimal]) -> int:
    """Decimals with which results between these read well: a hundredth of the width, or what was typed."""
    span = high - low
    fine = max(0, 2 - span.adjusted()) if span else 0
    typed = [-int(value.normalize().as_tuple().exponent) for value in given if value == half_up(value, 6)]
    return min(max(fine, *(max(0, each) for each in typed)) if typed else fine, 6)


def _round(value: Decimal, places: int) -> Decimal:
    return half_up(value, places)
