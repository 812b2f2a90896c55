"""The library as a workbook: its sheets, what stands there now, and how a checked one is written."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal import imports
from portal.access import Act, Viewer
from portal.db import db
from portal.directory.models import Person
from portal.goals import changing, names, operations
from portal.goals.kinds import Direction
from portal.goals.milestones import write as write_milestones
from portal.goals.models import Objective, Theme
from portal.goals.wording import Wording, row_of
from portal.i18n import gettext as _
from portal.imports import Kind, Outcome, Row, SheetDef
from portal.imports.kinds import Step
from portal.numbers import per_cent, plain
from portal.periods.models import Period
from portal.strategy import comparing, keeping, making
from portal.strategy.rows import FIGURES, NO, YES
from portal.words import N_

NAME = "library"
PERIOD, WEIGHT = ("period", N_("Goal period")), ("weight", N_("Weight in per cent"))
THEMES = (PERIOD, ("name", N_("Theme")), ("perspective", N_("Perspective")), ("retired", N_("Retired")))
WHAT = (PERIOD, ("code", N_("Code")), ("title", N_("Objective")), ("why", N_("Why it matters")), ("kind", N_("Kind")))
WHERE = (("theme", N_("Theme")), ("accountable", N_("Accountable: number or account")), WEIGHT)
LAST = (("audience", N_("Who sees it")), ("because", N_("Why it changes")))
COUNTS = (("shape", N_("What it counts")), ("way", N_("Which way")), ("unit", N_("Unit of measure")))
AIMS = (("baseline", N_("Start")), ("target", N_("Target")), ("low", N_("Lower limit")), ("high", N_("Upper limit")))
SCORED = (("rule", N_("Scoring rule")), ("threshold", N_("Threshold, 60 points")), ("stretch", N_("Stretch, 120 points")))
MORE = (("each", N_("Points per event")), ("stepped", N_("In steps")), ("veto", N_("Veto")))
WHOSE = (PERIOD, ("objective", N_("Code or title of the objective")), ("name", N_("Measure")))
MEASURES = (*WHOSE, *COUNTS, *AIMS, WEIGHT, ("milestones", N_("Milestones")), *SCORED, *MORE)
SHEETS = (
    SheetDef("themes", N_("Themes"), THEMES, ("period", "name", "perspective")),
    SheetDef("objectives", N_("Objectives"), (*WHAT, *WHERE, *LAST), ("period", "title")),
    SheetDef("measures", N_("Measures"), MEASURES, ("objective", "name")),
)
DIGITS = 15
"""A number of a workbook holds so many; what has more is written as text."""


def register() -> None:
    """Called once by create_app."""
    word = N_("Goal library as a workbook")
    imports.register(Kind(NAME, word, "strategy.library", SHEETS, Act.KEEP_STRATEGY, _check, _filled, _write))


def _check(sheets: Mapping[str, Sequence[Row]], step: Step) -> Outcome:
    return comparing.Comparing(sheets, step).run()


def _filled() -> Mapping[str, Sequence[Sequence[Any]]]:
    """The libraries of the periods that are open."""
    found = select(Theme, Period.name).join(Period, Period.id == Theme.period_id).where(~Period.closed)
    themes = db.session.execute(found.order_by(Period.begins, Period.id, Theme.position, Theme.id))
    known = comparing.standing(db.session.scalars(select(Period.id).where(~Period.closed)).all())
    spans = dict(db.session.execute(select(Period.id, Period.name)).all())
    calls = _called({one.facts["accountable_id"] for one in known} - {None})
    told = [_told(one, spans, calls) for one in known]
    measured = [_measured(one, each, spans) for one in known for each in one.measures.values()]
    kept = [
        (period, one.name, _(names.PERSPECTIVE[one.perspective]), _yes(one.retired_at is not None)) for one, period in themes
    ]
    return {"themes": kept, "objectives": told, "measures": measured}


def _called(ids: set[Any]) -> dict[int, str]:
    found = select(Person.id, Person.number, Person.login).where(Person.id.in_(ids))
    return {row.id: row.number or row.login or "" for row in db.session.execute(found)} if ids else {}


def _told(one: comparing.Standing, spans: Mapping[int, str], calls: Mapping[int, str]) -> Sequence[Any]:
    facts = one.facts
    kind, audience = names.KIND[facts["kind"]], names.AUDIENCE[facts["audience"]]
    who = calls.get(facts["accountable_id"] or 0)
    head = (
        spans[one.period_id],
        one.code,
        facts["title"],
        facts["why"].replace("\r\n", "\n"),
        _(kind),
        one.theme,
        who,
    )
    return (*head, _percent(facts["weight"]), _(audience), None)


def _measured(one: comparing.Standing, each: Mapping[str, Any], spans: Mapping[int, str]) -> Sequence[Any]:
    shape = dict(names.SHAPES)[each["shape"]]
    figures = {key: _figure(each.get(key)) for key in FIGURES[:-1]}
    way = dict(names.WAYS)["band" if each["direction"] is Direction.BAND else "way"]
    head = (spans[one.period_id], one.code, each["name"], _(shape), _(way), each["unit"])
    aims = tuple(figures[key] for key in ("baseline", "target", "low", "high"))
    steps = write_milestones(comparing.Stepping(*step) for step in each["milestones"]) or None
    word = names.RULE.get(each["rule"])
    values = each["rule_values"] or {}
    extra = (values.get("each"), _yes(bool(values.get("stepped"))), _yes(each["veto"]))
    return (*head, *aims, _percent(each["weight"]), steps, word and _(word), figures["threshold"], figures["stretch"], *extra)


def _yes(said: bool) -> str:
    return _(YES) if said else _(NO)


def _percent(points: int) -> Decimal | None:
    return per_cent(points) if points else None


def _figure(value: Decimal | None) -> Decimal | str | None:
    if value is None:
        return None
    shown = plain(value)
    return str(shown) if len(shown.as_tuple().digits) > DIGITS else shown


def _write(outcome: Outcome, by: Viewer, step: Step) -> None:
    _Writing(outcome.plan, by, step).run()


class _Writing:
    """A plan as rows, in the caller's one transaction: themes, new objectives many at a time, then what changes."""

    AT_ONCE = 200

    def __init__(self, plan: comparing.Plan, by: Viewer, step: Step) -> None:
        self.plan, self.by, self.step = plan, by, step
        self.total = len(plan.fresh) + len(plan.changed)
        self.spans = {one.id: one for one in db.session.scalars(select(Period))}
        self.acts: dict[Act, int | None] = {Act.EDIT_OBJECTIVE: None, Act.AGREE_OBJECTIVE: None}

    def run(self) -> None:
        self._themes()
        found = db.session.execute(select(Theme.period_id, Theme.name, Theme.id, Theme.perspective))
        self.themes = {(row.period_id, row.name): row for row in found}
        making.draft(
            [self._drafted(one) for one in self.plan.fresh], self.spans, self.by, lambda n, _all: self.step(n, self.total)
        )
        for n, one in enumerate(self._changing(), len(self.plan.fresh) + 1):
            if n % self.AT_ONCE == 0:
                self.step(n, self.total)
            self._change(*one)

    def _themes(self) -> None:
        for wanted in self.plan.themes:
            theme = db.session.get(Theme, wanted.id) if wanted.id else None
            if theme is None:
                theme = keeping.make_theme(self.spans[wanted.period_id], wanted.name, wanted.perspective, self.by)
            keeping.change_theme(theme, wanted.name, wanted.perspective, self.by)
            if wanted.retired != (theme.retired_at is not None):
                (keeping.retire if wanted.retired else keeping.restore)(theme, self.by)
        db.session.flush()

    def _placed(self, one: comparing.Wanted) -> dict[str, Any]:
        theme = self.themes.get((one.period_id, one.theme))
        found = {key: value for key, value in one.facts.items() if key != "accountable_id"}
        return {
            **found,
            "period_id": one.period_id,
            "theme_id": theme.id if theme else None,
            "perspective": theme and theme.perspective,
        }

    def _drafted(self, one: comparing.Wanted) -> making.Drafted:
        accountable = one.facts["accountable_id"] or self.by.id
        return making.Drafted(self._placed(one), list(one.measures.values()), accountable_id=accountable)

    def _changing(self) -> Iterator[tuple[comparing.Wanted, Objective]]:
        for start in range(0, len(self.plan.changed), self.AT_ONCE):
            some = {one.id: one for one in self.plan.changed[start : start + self.AT_ONCE]}
            asked = select(Objective).where(Objective.id.in_(some)).order_by(Objective.id).options(*keeping.PLAN)
            for objective in db.session.scalars(asked.with_for_update(of=Objective, key_share=True)).all():
                yield some[objective.id], objective

    def _change(self, one: comparing.Wanted, objective: Objective) -> None:
        accountable = one.facts["accountable_id"]
        if accountable and accountable != objective.accountable_id:
            keeping.answer_for(objective, db.session.get_one(Person, accountable), self.by)
        rows = [row_of(measure) for measure in objective.measures]
        known = {row["name"]: row for row in rows}
        for name, row in one.measures.items():
            if name in known:
                known[name].update(row)
            else:
                rows.append(row)
        wording = Wording(self._placed(one), tuple(rows), operations.shares_of(objective.id), one.because)
        changing.change(objective, wording, self.by, self.acts)
