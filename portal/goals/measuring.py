"""The form of one measure: what is measured, how its result becomes points, how much it counts."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import BooleanField, FieldList, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.forms import ExactField, Form, options
from portal.goals import lines, scoring
from portal.goals.kinds import Aggregation, Direction, Kind, Rule, Shape, Split
from portal.goals.milestones import read as read_milestones
from portal.goals.milestones import write as write_milestones
from portal.goals.names import AGGREGATIONS, HOLDS, RULES, SHAPES, SPLITS
from portal.goals.parts import in_parts, spans
from portal.goals.telling import figure
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _l
from portal.numbers import half_up, per_cent, plain
from portal.words import N_

MOST = Decimal(10**11)
FIELDS: dict[Rule, tuple[str, ...]] = {
    Rule.CURVE: ("threshold", "aim", "stretch", "between", "anchors", "baseline"),
    Rule.RATIO_UP: ("aim", "baseline"),
    Rule.RATIO_DOWN: ("aim", "baseline"),
    Rule.BASELINE: ("baseline", "aim"),
    Rule.BAND: ("low", "high", "tolerance"),
    Rule.PASS_FAIL: ("side", "aim", "baseline"),
    Rule.DEDUCTION: ("each",),
    Rule.MILESTONES: ("milestones", "late"),
    Rule.JUDGED: ("scale",),
}
"""What each rule asks; the others keep what was typed, unseen, for the case that one comes back to them."""
PLAIN = (Rule.BASELINE, Rule.BAND, Rule.PASS_FAIL, Rule.MILESTONES)
"""Ways to compute the progress of what brings no points: an OKR's key result, a project."""
ASKED = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))
AT_FAULT = {
    Rule.RATIO_UP: "aim",
    Rule.RATIO_DOWN: "aim",
    Rule.BASELINE: "aim",
    Rule.CURVE: "threshold",
    Rule.BAND: "high",
    Rule.DEDUCTION: "each",
    Rule.JUDGED: "scale",
}
"""The field beside which a problem of a rule is said."""
SHAPED = tuple((shape, word) for shape, word in SHAPES if shape is not Shape.MILESTONES)
SIDES = (("least", N_("At least the target")), ("most", N_("At most the target")))
BETWEEN = (("line", N_("In a straight line")), ("steps", N_("In steps")))


def _named(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    return options([(value, _l(word)) for value, word in pairs])


def _figure(label: Any) -> ExactField:
    return ExactField(label, [Optional(), NumberRange(-MOST, MOST)], places=None)


def _points(label: Any) -> ExactField:
    return ExactField(label, [Optional(), NumberRange(0, 200)], places=None, kept=2)


class MeasureForm(Form):
    """One measure. `kpi`: whether it brings points; what does not is only asked how far it is."""

    name = StringField(_l("Measure"), [InputRequired(), DataRequired(), Length(max=200)])
    shape = SelectField(_l("What it counts"), choices=_named(SHAPED), default=Shape.NUMBER.value)
    unit = StringField(_l("Unit of measure"), [Length(max=20)])
    rule = RadioField(_l("Scoring rule"), choices=_named(RULES), default=Rule.CURVE.value)
    baseline = _figure(_l("Start"))
    aim = _figure(_l("Target"))
    threshold = _figure(_l("Threshold, 60 points"))
    stretch = _figure(_l("Stretch, 120 points"))
    between = RadioField(_l("Between two points"), choices=_named(BETWEEN), default="line")
    anchors = TextAreaField(_l("Other points of the curve"), [Length(max=2_000)])
    low = _figure(_l("Lower limit"))
    high = _figure(_l("Upper limit"))
    tolerance = _figure(_l("Tolerance outside"))
    side = RadioField(_l("It is met by"), choices=_named(SIDES), default="least")
    each = _points(_l("Points per event"))
    milestones = TextAreaField(_l("Milestones"), [Length(max=5_000)])
    late = ExactField(_l("A late one counts"), [Optional(), NumberRange(0, 100)], places=None, kept=2)
    scale = TextAreaField(_l("Ratings"), [Length(max=5_000)])
    cap = _points(_l("The most points"))
    floor = _points(_l("The least points"))
    aggregation = SelectField(
        _l("How the parts are put together"), choices=_named(AGGREGATIONS), default=Aggregation.LAST.value
    )
    split = SelectField(_l("How often it is reported"), choices=_named(SPLITS), default=Split.WHOLE.value)
    targets = FieldList(_figure(_l("Target of the part")), max_entries=36)
    weight = ExactField(_l("Weight"), [Optional(), NumberRange(0, 100)], places=None, kept=2)
    veto = BooleanField(_l("Veto"))
    changed_because = StringField(_l("Why it changes"), [Length(max=2_000)])
    holds = RadioField(_l("New figures count"), choices=_named(HOLDS), default="days")

    def __init__(self, kind: Kind, begins: date, ends: date, **given: Any) -> None:
        super().__init__(**given)
        self.kpi, self.period = kind is Kind.KPI, (begins, ends)
        if not self.kpi:
            self.rule.choices = [pair for pair in _named(RULES) if pair.value in PLAIN]
            if self.rule.data not in PLAIN:
                self.rule.data = Rule.BASELINE.value

    @property
    def chosen(self) -> Rule:
        """The rule that stands chosen."""
        known = tuple(Rule) if self.kpi else PLAIN
        return Rule(self.rule.data) if self.rule.data in known else Rule.BASELINE

    @property
    def yes_no(self) -> bool:
        """Met or not, with nothing to count: a key result that is done or not, or a yes of a KPI."""
        return self.chosen is Rule.PASS_FAIL and (not self.kpi or self.shape.data == Shape.YES_NO)

    @property
    def shown(self) -> tuple[str, ...]:
        """The fields that the chosen rule asks."""
        if self.yes_no:
            return ()
        return tuple(name for name in FIELDS[self.chosen] if self.kpi or name not in ("tolerance", "late"))

    @property
    def counted(self) -> bool:
        """Whether it can be reported in parts: figures can, ratings, milestones and a yes cannot."""
        return self.chosen not in (Rule.MILESTONES, Rule.JUDGED) and self.shape.data != Shape.YES_NO and not self.yes_no

    @property
    def parts(self) -> tuple[tuple[date, date], ...]:
        """The months or quarters of the period; nothing while it is reported as a whole."""
        split = self._split()
        return spans(*self.period, split) if self.counted and split is not Split.WHOLE else ()

    def _split(self) -> Split:
        return Split(self.split.data) if self.split.data in list(Split) else Split.WHOLE

    def room(self) -> None:
        """A field for the target of each part."""
        while len(self.targets) < len(self.parts):
            self.targets.append_entry()

    @property
    def unseen(self) -> tuple[str, ...]:
        """The others: they keep what was typed."""
        return tuple(name for name in ASKED if name not in self.shown)

    def unready(self) -> str | None:
        """Why nothing can be computed yet from what was typed, or from what is stored: the first sentence."""
        if request.method != "POST":  # nothing was sent that could be judged
            return next((_(sentence) for _name, sentence in self._wrong()), None)
        if self.validate():
            return None
        said = (sentence for name in (*self.shown, *self.errors) for sentence in self[name].errors)
        return next(said, _("Fill this in"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Input of the right shape, then what the rule needs; what it does not ask is not judged."""
        right = super().validate(extra_validators)
        for name in self.unseen:
            self[name].errors = ()
        right = right or not self.errors
        for name, sentence in self._wrong() if right else self._missing():
            self[name].errors = [*self[name].errors, _(sentence)]
        return not self.errors

    def _missing(self) -> list[tuple[str, str]]:
        needs = {
            Rule.CURVE: () if (self.anchors.data or "").strip() else ("threshold", "aim", "stretch"),
            Rule.RATIO_UP: ("aim",),
            Rule.RATIO_DOWN: ("aim",),
            Rule.BASELINE: ("baseline", "aim"),
            Rule.BAND: ("low", "high"),
            Rule.PASS_FAIL: () if self.yes_no else ("aim",),
        }
        asked = needs.get(self.chosen, ())
        return [(name, N_("Fill this in")) for name in asked if self[name].data is None and not self[name].errors]

    def _wrong(self) -> list[tuple[str, str]]:
        if missing := self._missing():
            return missing
        readers = {Rule.CURVE: ("anchors", lines.read_curve), Rule.MILESTONES: ("milestones", read_milestones)}
        name, reads = {**readers, Rule.JUDGED: ("scale", lines.read_scale)}.get(self.chosen, ("", None))
        try:
            if reads:
                reads(self[name].data or "")
        except ValueError as why:
            return [(name, str(why))]
        return self._unfit()

    def _unfit(self) -> list[tuple[str, str]]:
        rule = self.chosen
        together = self.counted and self.aggregation.data in (Aggregation.SUM, Aggregation.AVERAGE)
        if together and self._split() is Split.WHOLE:
            return [("split", N_("Say which parts are put together: months or quarters."))]
        if self.shape.data == Shape.YES_NO and rule is not Rule.PASS_FAIL:
            return [("shape", N_("A yes or no is scored as met or not: choose that rule, or count something."))]
        facts = self.facts()
        if sentence := scoring.problem(rule, facts):
            limits = (facts.floor or scoring.FLOOR) >= (scoring.CAP if facts.cap is None else facts.cap)
            own = (
                "anchors" if rule is Rule.CURVE and (self.anchors.data or "").strip() else AT_FAULT[rule] if not limits else ""
            )
            return [("floor" if limits else own, sentence)]
        made = self.made()
        if not self.yes_no and rule not in (Rule.BAND, Rule.MILESTONES) and made["target"] == made["baseline"]:
            return [("aim", N_("The target is the same as the start: there is no way to go. Change one of them."))]
        return []

    def facts(self) -> scoring.Facts:
        """What the rule needs, from what was typed."""
        made = self.made()
        steps = tuple((weight, False, False) for _name, weight, _due in made["milestones"])
        return scoring.Facts.told(made, steps)

    def made(self) -> dict[str, Any]:
        """The columns of a measure that this form says."""
        rule = self.chosen
        counted = {Rule.MILESTONES: Shape.MILESTONES, Rule.JUDGED: Shape.NUMBER, Rule.DEDUCTION: Shape.NUMBER}
        shape = counted.get(rule, Shape.YES_NO if self.yes_no else Shape(self.shape.data))
        named = {"name": (self.name.data or "").strip(), "unit": (self.unit.data or "").strip()}
        told: dict[str, Any] = {**named, "shape": shape}
        told["weight"] = int((self.weight.data or 0) * 100)
        told |= {"rule": rule if self.kpi else None, "veto": self.kpi and self.veto.data, "rule_values": self._values(rule)}
        steps = read_milestones(self.milestones.data or "") if rule is Rule.MILESTONES else ()
        return {**told, **self._figures(rule), **self._parted(), "milestones": steps}

    def _parted(self) -> dict[str, Any]:
        way = Aggregation(self.aggregation.data) if self.counted and self.aggregation.data else Aggregation.LAST
        split = self._split() if self.counted else Split.WHOLE
        typed = [entry.data for entry in self.targets] if split is not Split.WHOLE else []
        begins = [begin for begin, _end in spans(*self.period, split)] if in_parts(way, split) else []
        targets = {begin: typed[n] if n < len(typed) else None for n, begin in enumerate(begins)}
        return {"aggregation": way, "split": split, "targets": targets}

    def _figures(self, rule: Rule) -> dict[str, Any]:
        asked = {name: self[name].data for name in ("threshold", "stretch", "low", "high")}
        kept = {name: value if name in self.shown else None for name, value in asked.items()}
        start, target, direction = self._way(rule)
        if (self.anchors.data or "").strip() and rule is Rule.CURVE:
            kept |= {"threshold": None, "stretch": None}
        return {**kept, "baseline": start, "target": target, "direction": direction}

    def _way(self, rule: Rule) -> tuple[Decimal, Decimal, Direction]:
        """Start, target, direction. Where nobody says a start, progress begins where the rule gives its first points."""
        zero, whole = Decimal(0), Decimal(100)
        target = Decimal(1) if self.aim.data is None else self.aim.data
        first = self.baseline.data if "baseline" in self.shown else None
        match rule:
            case Rule.BAND:
                low, high = self.low.data, self.high.data
                return low or zero, (Decimal(1) if high is None else high), Direction.BAND
            case Rule.MILESTONES:
                return zero, whole, Direction.UP
            case Rule.DEDUCTION:
                return half_up(whole / (self.each.data or Decimal(10)), 6), zero, Direction.DOWN
            case Rule.JUDGED:
                table = [points for points, _word in self._scale()] or list(scoring.JUDGED)
                meets = next((n for n, points in enumerate(table, 1) if points >= whole), len(table))
                return zero, Decimal(meets), Direction.UP
            case Rule.PASS_FAIL if self.yes_no:
                return zero, Decimal(1), Direction.UP
            case Rule.PASS_FAIL:
                down = self.side.data == "most"
                usual = target + (abs(target) or 1) if down else target - (abs(target) or 1)
                return (usual if first is None else first), target, Direction.DOWN if down else Direction.UP
            case Rule.RATIO_DOWN:
                return (target + abs(target) if first is None else first), target, Direction.DOWN
            case Rule.CURVE:
                return self._along(target, first)
            case _:
                start = zero if first is None else first
                return start, target, Direction.DOWN if target < start else Direction.UP

    def _along(self, target: Decimal, first: Decimal | None) -> tuple[Decimal, Decimal, Direction]:
        knots: tuple[lines.Pair, ...] = ()
        if (self.anchors.data or "").strip():
            knots = lines.read_curve(self.anchors.data or "")
            target = next((value for value, points in knots if points >= 100), knots[-1][0])
        worse = knots[0][0] if knots else self.threshold.data
        start = first if first is not None else target - 1 if worse is None else worse
        return start, target, Direction.DOWN if worse is not None and worse > target else Direction.UP

    def _values(self, rule: Rule) -> dict[str, Any]:
        """The parameters of the rule, as texts, so that JSON keeps every digit; only those it reads."""
        found: dict[str, Any] = {}
        if rule is Rule.CURVE and self.between.data == "steps":
            found["stepped"] = True
        if rule is Rule.CURVE and (self.anchors.data or "").strip():
            found["anchors"] = [[figure(value), figure(points)] for value, points in lines.read_curve(self.anchors.data or "")]
        if rule is Rule.JUDGED and (scale := self._scale()):
            found |= {"table": [figure(points) for points, _word in scale], "words": [word for _points, word in scale]}
        if rule is Rule.MILESTONES and self.late.data is not None:
            found["late"] = figure(self.late.data / 100)
        for name in ("each", "tolerance"):
            if name in self.shown and self[name].data is not None:
                found[name] = figure(self[name].data)
        if self.kpi:
            found |= {name: figure(self[name].data) for name in ("cap", "floor") if self[name].data is not None}
        return found

    def _scale(self) -> tuple[lines.Rating, ...]:
        return lines.read_scale(self.scale.data or "")


def told(measure: Any) -> dict[str, Any]:
    """The data of a form from a measure as it is stored."""
    values = measure.rule_values or {}
    figures = ("baseline", "low", "high", "threshold", "stretch")
    rule = measure.rule or scoring.usual_rule(measure.shape, measure.direction)
    late = values.get("late")
    return {
        **{name: plain(getattr(measure, name)) for name in figures},
        "aim": plain(measure.target),
        **{
            name: None if values.get(name) is None else Decimal(str(values[name]))
            for name in ("each", "tolerance", "cap", "floor")
        },
        "name": measure.name,
        "shape": measure.shape.value,
        "unit": measure.unit,
        "rule": rule.value,
        "between": "steps" if values.get("stepped") else "line",
        "anchors": lines.write_curve(values.get("anchors", ())),
        "side": "most" if measure.direction is Direction.DOWN else "least",
        "milestones": write_milestones(measure.milestones),
        "late": None if late is None else plain(Decimal(str(late)) * 100),
        "scale": lines.write_scale(values.get("table", ()), values.get("words", ())),
        "aggregation": measure.aggregation.value,
        "split": measure.split.value,
        "targets": [plain(part.target) for part in measure.parts],
        "weight": per_cent(measure.weight),
        "veto": measure.veto,
        "version": measure.objective.version,
    }
