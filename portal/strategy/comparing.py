"""A library workbook against what stands there: remarks row by row, and a plan of what would be written. It reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.db import db
from portal.directory.models import Person, Status
from portal.goals.kinds import Perspective, Shape
from portal.goals.models import Measure, Milestone, Objective, Theme
from portal.goals.states import State
from portal.goals.telling import figure
from portal.imports import Outcome, Remark, Row
from portal.periods.models import Period
from portal.strategy import rows
from portal.strategy.shelf import OURS
from portal.words import N_, Sentence

Step = Callable[[int, int], None]
COLUMNS = ("name", "shape", "direction", "unit", "weight", "baseline", "target", "low", "high", "threshold", "stretch")
MEASURE = (*COLUMNS, "rule", "rule_values", "veto")
FACTS = ("title", "why", "kind", "audience", "weight", "accountable_id")
MOST, CHUNK, TOLD = 20_000, 500, 1_000
TWICE = N_("The same as row %(row)s.")
OVER = N_("This objective is over: it is not changed any more.")
SHUT = N_("%(period)s is closed: nothing is set or changed in it.")
BECAUSE = N_("%(title)s was agreed: say in the column why it changes.")
CHANGED = {
    "title": N_("%(was)s is called %(now)s from now on"),
    "why": N_("%(title)s: other words why it matters"),
    "kind": N_("%(title)s: another kind of goal"),
    "audience": N_("%(title)s: somebody else sees it"),
    "weight": N_("%(title)s: weight %(now)s %% instead of %(was)s %%"),
    "accountable_id": N_("%(title)s: somebody else answers for it"),
    "theme": N_("%(title)s: theme %(now)s instead of %(was)s"),
}
MOVED = {
    "target": N_("%(title)s, %(measure)s: target %(now)s instead of %(was)s"),
    "baseline": N_("%(title)s, %(measure)s: start %(now)s instead of %(was)s"),
}


class Stepping(NamedTuple):
    """A milestone as it is written."""

    name: str
    weight: int
    due: date | None


@dataclass
class Standing:
    """A company objective as it stands: its columns, and its measures by name."""

    id: int
    code: str
    period_id: int
    state: State
    theme: str
    facts: dict[str, Any]
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Wanted:
    """An objective as a workbook wants it; `id` None = a new one. `measures` only those that are new or change."""

    row: int
    period_id: int
    facts: dict[str, Any]
    theme: str = ""
    because: str = ""
    was: Standing | None = None
    changes: bool = False
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # the row of each measure
    weighed: int = 0  # the last row in which a measure's weight is new

    @property
    def id(self) -> int | None:
        """Which one it is, where it stands there already."""
        return self.was.id if self.was else None


@dataclass(frozen=True)
class WantedTheme:
    """A theme as a workbook wants it."""

    id: int | None
    period_id: int
    name: str
    perspective: Perspective
    retired: bool


@dataclass
class Plan:
    """What would be written."""

    themes: list[WantedTheme] = field(default_factory=list)
    fresh: list[Wanted] = field(default_factory=list)
    changed: list[Wanted] = field(default_factory=list)


def standing(period_ids: Sequence[int]) -> list[Standing]:
    """The company's objectives of these periods as plain values: three statements, and no object to forget."""
    o = Objective
    mine = (OURS, o.period_id.in_(period_ids), o.state != State.WITHDRAWN)
    found = select(o.id, o.code, o.period_id, o.state, Theme.name.label("theme"), *(getattr(o, name) for name in FACTS))
    found = found.outerjoin(Theme, Theme.id == o.theme_id).where(*mine).order_by(o.period_id, o.id)
    made = {
        row.id: Standing(
            row.id, row.code, row.period_id, row.state, row.theme or "", {name: getattr(row, name) for name in FACTS}
        )
        for row in db.session.execute(found)
    }
    steps: dict[int, list[Stepping]] = defaultdict(list)
    asked = select(Milestone.measure_id, Milestone.name, Milestone.weight, Milestone.due)
    asked = asked.join(Measure, Measure.id == Milestone.measure_id).join(o, o.id == Measure.objective_id)
    for each in db.session.execute(asked.where(*mine).order_by(Milestone.position, Milestone.id)):
        steps[each.measure_id].append(Stepping(each.name, each.weight, each.due))
    wanted = select(Measure.id, Measure.objective_id, *(getattr(Measure, name) for name in MEASURE))
    wanted = wanted.join(o, o.id == Measure.objective_id).where(*mine).order_by(Measure.position, Measure.id)
    for row in db.session.execute(wanted):
        facts = {name: getattr(row, name) for name in MEASURE} | {"milestones": tuple(steps[row.id])}
        made[row.objective_id].measures.setdefault(row.name, facts)
    return list(made.values())


class Comparing:
    """One check. Rows are read in the order of the sheets; what is wrong is said at its row."""

    def __init__(self, sheets: Mapping[str, Sequence[Row]], step: Step) -> None:
        self.sheets, self.step = sheets, step
        self.outcome, self.words = Outcome(plan=Plan()), rows.Words()
        self.done, self.total = 0, sum(len(one) for one in sheets.values())
        self.spans = {one.name: (one.id, one.closed) for one in db.session.scalars(select(Period))}
        self.closed = {i: name for name, (i, closed) in self.spans.items() if closed}

    def run(self) -> Outcome:
        """All of it."""
        asked = {
            str(row.cells.get("period")) for one in self.sheets.values() for row in one if row.cells.get("period") is not None
        }
        ids = sorted({self.spans[name][0] for name in asked if name in self.spans})
        self.known = standing(ids)
        self.by_code = {one.code: one for one in self.known}
        self.by_title: dict[tuple[int, str], list[Standing]] = defaultdict(list)
        for one in self.known:
            self.by_title[one.period_id, one.facts["title"]].append(one)
        told = select(Theme.id, Theme.period_id, Theme.name, Theme.perspective, Theme.retired_at).where(
            Theme.period_id.in_(ids)
        )
        self.themes: dict[tuple[int, str], Any] = {(row.period_id, row.name): row for row in db.session.execute(told)}
        self.people = self._people()
        self.wanted: dict[Any, Wanted] = {}
        self._rows("themes", self._theme)
        self._rows("objectives", self._objective)
        self._rows("measures", self._measure)
        self._weights()
        self._settle()
        return self.outcome

    def _rows(self, sheet: str, read: Callable[[Row], None]) -> None:
        self.seen: dict[Any, int] = {}
        for row in self.sheets.get(sheet, ()):
            try:
                read(row)
            except rows.Wrong as wrong:
                self._problem(sheet, row.n, wrong.sentence)
            self.done += 1
            if self.done % TOLD == 0:
                self.step(self.done, self.total)

    def _people(self) -> dict[str, tuple[int, Status]]:
        calls = {rows.text(row.cells, "accountable", 20_000) for row in self.sheets.get("objectives", ())}
        wanted = sorted(calls - {""})
        found: dict[str, tuple[int, Status]] = {}
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            for column in (Person.login, Person.number):
                for i, call, status in db.session.execute(select(Person.id, column, Person.status).where(column.in_(some))):
                    found[str(call)] = (i, status)
        return found

    def _theme(self, row: Row) -> None:
        period_id = self._period(row)
        name, perspective, retired = rows.theme(row.cells, self.words)
        self._once((period_id, name), row.n)
        was = self.themes.get((period_id, name))
        if was and (was.perspective, was.retired_at is not None) == (perspective, retired):
            self.outcome.same += 1
            return
        self._may_change(period_id)
        sentence = N_("%(theme)s: changed") if was else N_("New theme: %(theme)s")
        self._change("themes", row.n, Sentence(sentence, {"theme": name}))
        self.outcome.plan.themes.append(WantedTheme(was.id if was else None, period_id, name, perspective, retired))
        if not was:
            self.themes[period_id, name] = None

    def _objective(self, row: Row) -> None:
        if row.n > MOST + 1:
            raise rows.Wrong(N_("At most %(n)s objectives at once. Send the rest in another workbook.", n=MOST))
        period_id, facts = self._period(row), rows.objective(row.cells, self.words)
        was = self._found(rows.text(row.cells, "code", 40), period_id, facts["title"])
        self._once(was.id if was else (period_id, facts["title"]), row.n)
        theme = rows.text(row.cells, "theme", 120)
        if theme and (period_id, theme) not in self.themes:
            raise rows.Wrong(N_("%(period)s has no theme called %(theme)s.", period=row.cells["period"], theme=theme))
        facts["accountable_id"] = self._accountable(row, was)
        wanted = Wanted(row.n, period_id, facts, theme, rows.text(row.cells, "because", 2_000), was)
        self._enter(wanted)
        if was is None:
            self._may_change(period_id)
            self._change("objectives", row.n, Sentence(N_("New objective: %(title)s"), {"title": facts["title"]}))
            wanted.changes = True
            return
        remarks = list(_differences(was, wanted))
        if not remarks:
            self.outcome.same += 1
            return
        self._may_be_changed(wanted)
        wanted.changes = True
        for remark in remarks:
            self._change("objectives", row.n, remark)

    def _measure(self, row: Row) -> None:
        wanted = self._owner(row)
        was = wanted.was.measures.get(rows.text(row.cells, "name", 200)) if wanted.was else None
        made = rows.measure(row.cells, self.words, was)
        self._once((id(wanted), made["name"]), row.n)
        title = wanted.facts["title"]
        changed = [name for name in made if was is not None and not _alike(name, was[name], made[name])]
        if made["shape"] in (Shape.YES_NO, Shape.MILESTONES) and was is not None and was["shape"] is made["shape"]:
            changed = [name for name in changed if name not in ("baseline", "target")]  # they follow from the shape
        if was is not None and not changed:
            self.outcome.same += 1
            return
        if wanted.was:
            self._may_be_changed(wanted)
        wanted.measures[made["name"]] = made
        if was is None or "weight" in changed:
            wanted.weighed = row.n
        about = {"title": title, "measure": made["name"]}
        if was is None:
            if wanted.was:
                self._change("measures", row.n, Sentence(N_("%(title)s: new measure %(measure)s"), about))
            return
        for name in changed:
            if name in MOVED:
                self._change(
                    "measures", row.n, Sentence(MOVED[name], {**about, "was": figure(was[name]), "now": figure(made[name])})
                )
        if not set(changed) & set(MOVED):
            self._change("measures", row.n, Sentence(N_("%(title)s, %(measure)s: changed"), about))

    def _period(self, row: Row) -> int:
        name = rows.text(row.cells, "period", 80)
        if name not in self.spans:
            raise rows.Wrong(N_("There is no period called %(text)s.", text=name or "–"))
        return self.spans[name][0]

    def _found(self, code: str, period_id: int, title: str) -> Standing | None:
        if code:
            one = self.by_code.get(code)
            if one is None or one.period_id != period_id:
                raise rows.Wrong(N_("No company objective of this period has the code %(code)s.", code=code))
            return one
        several = self.by_title.get((period_id, title), [])
        if len(several) > 1:
            raise rows.Wrong(N_("Two objectives of this period have this title: write the code."))
        return several[0] if several else None

    def _accountable(self, row: Row, was: Standing | None) -> int | None:
        call = rows.text(row.cells, "accountable", 80)
        if not call:
            return was.facts["accountable_id"] if was else None
        found = self.people.get(call)
        if found is None:
            raise rows.Wrong(N_("Nobody has the number or account %(text)s.", text=call[:40]))
        person_id, status = found
        if status is Status.LEFT and not (was and was.facts["accountable_id"] == person_id):
            raise rows.Wrong(N_("%(text)s has left and cannot answer for it.", text=call[:40]))
        return person_id

    def _enter(self, wanted: Wanted) -> None:
        """So that measures find it, by code and by title."""
        if wanted.was:
            self.wanted[wanted.was.code] = wanted
        self.wanted.setdefault((wanted.period_id, wanted.facts["title"]), wanted)

    def _owner(self, row: Row) -> Wanted:
        call = rows.text(row.cells, "objective", 200)
        if not call:
            raise rows.Wrong(N_("Which objective does it measure? Write its code or title."))
        if call in self.wanted:
            return self.wanted[call]
        one, period_id = self.by_code.get(call), 0
        if one is None:
            period_id = self._period(row)
            if (period_id, call) in self.wanted:
                return self.wanted[period_id, call]
            one = self._found("", period_id, call)
        if one is None:
            raise rows.Wrong(N_("No objective of this workbook or of the library is called %(text)s.", text=call[:80]))
        wanted = Wanted(0, one.period_id, dict(one.facts), one.theme, "", one)
        self._enter(wanted)
        return wanted

    def _once(self, key: Any, n: int) -> None:
        if key in self.seen:
            raise rows.Wrong(N_("The same as row %(row)s.", row=self.seen[key]))
        self.seen[key] = n

    def _may_change(self, period_id: int) -> None:
        if period_id in self.closed:
            raise rows.Wrong(N_("%(period)s is closed: nothing is set or changed in it.", period=self.closed[period_id]))

    def _may_be_changed(self, wanted: Wanted) -> None:
        self._may_change(wanted.period_id)
        was = wanted.was
        if was and was.state is State.CLOSED:
            raise rows.Wrong(OVER)
        if was and was.state is State.AGREED and not wanted.because:
            raise rows.Wrong(Sentence(BECAUSE, {"title": was.facts["title"]}))

    def _weights(self) -> None:
        """Weights given add up: those of an objective's measures to exactly 100 %, a period's objectives to no more."""
        sums: dict[int, int] = defaultdict(int)
        last: dict[int, int] = {}
        changed = {one.id for one in self.wanted.values() if one.id}
        for one in self.known:
            sums[one.period_id] += 0 if one.id in changed else one.facts["weight"]
        for wanted in self._every():
            sums[wanted.period_id] += wanted.facts["weight"]
            if wanted.row and (wanted.was is None or wanted.was.facts["weight"] != wanted.facts["weight"]):
                last[wanted.period_id] = max(last.get(wanted.period_id, 0), wanted.row)
            if wanted.weighed:
                self._weigh(wanted)
        for period_id, n in last.items():
            if sums[period_id] > 10_000:
                over = N_(
                    "With this row the weights of the period's objectives add up to %(sum)s %%: at most 100 %%.",
                    sum=_share(sums[period_id]),
                )
                self._problem("objectives", n, over)

    def _weigh(self, wanted: Wanted) -> None:
        every = {**(wanted.was.measures if wanted.was else {}), **wanted.measures}
        whole = sum(one["weight"] for one in every.values())
        if whole and whole != 10_000:
            sentence = N_(
                "The weights of its measures add up to %(sum)s %%: exactly 100 %% are needed, or none at all.",
                sum=_share(whole),
            )
            self._problem("measures", wanted.weighed, sentence)

    def _every(self) -> Iterable[Wanted]:
        return {id(one): one for one in self.wanted.values()}.values()

    def _settle(self) -> None:
        for one in self._every():
            if one.was is None:
                self.outcome.plan.fresh.append(one)
            elif one.changes or one.measures:
                self.outcome.plan.changed.append(one)

    def _change(self, sheet: str, n: int, words: Sentence | str) -> None:
        self.outcome.remarks.append(Remark(sheet, n, words))

    def _problem(self, sheet: str, n: int, words: Sentence | str) -> None:
        self.outcome.remarks.append(Remark(sheet, n, words, problem=True))


def _differences(was: Standing, wanted: Wanted) -> Iterable[Sentence]:
    title = was.facts["title"]
    for name in FACTS:
        before, after = was.facts[name], wanted.facts[name]
        if not _alike(name, before, after):
            told = {"was": _share(before), "now": _share(after)} if name == "weight" else {"was": before, "now": after}
            yield Sentence(CHANGED[name], {"title": title, **told})
    if was.theme != wanted.theme:
        yield Sentence(CHANGED["theme"], {"title": title, "was": was.theme or "–", "now": wanted.theme or "–"})


def _alike(name: str, before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return " ".join(before.split()) == " ".join(after.split()) if name != "milestones" else before == after
    if name == "milestones":
        return [tuple(step) for step in before] == [tuple(step) for step in after]
    if name == "rule_values":
        return _values(before) == _values(after)
    return bool(before == after)


def _values(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Rule values as they count: not said is the same as not in steps, and figures are compared as figures."""
    found = {key: value for key, value in (kept or {}).items() if value not in (None, False)}
    return found | ({"each": Decimal(str(found["each"]))} if "each" in found else {})


def _share(points: int) -> str:
    return figure(Decimal(points) / 100) or "0"
