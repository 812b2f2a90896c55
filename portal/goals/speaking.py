"""How figures of goals are said on a page: with their unit, in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from portal import charts, clock
from portal.formats import ago, day, decimal, last_day, local, month, percent, score
from portal.formats import figure as shown
from portal.goals import parts, progress, scoring
from portal.goals.cards import Card
from portal.goals.kinds import Aggregation, Direction, Health, Kind, Shape, Split
from portal.goals.names import AGGREGATION, AUDIENCE, DIRECTION, KIND, RULE, SHAPES, SPLIT
from portal.goals.prorating import spans_of, weighed
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.numbers import half_up, per_cent
from portal.periods.models import Period
from portal.settings import queries as settings
from portal.words import N_


def plain(value: Decimal | str | None) -> str:
    """As one would type it: every digit, no zeros at the end; nothing for no data."""
    return (
        ""
        if value is None
        else decimal(value if isinstance(value, Decimal) else Decimal(value)).replace(",", "").replace("−", "-")
    )


def unit_of(measure: Any) -> str:
    """What stands behind its figures."""
    return measure.unit or ("%" if measure.shape == Shape.PERCENT else "")


def said(measure: Any, value: Decimal | str | None) -> str:
    """A value of a measure in words."""
    if value is None:
        return _("No data yet")
    exact = Decimal(value)
    if measure.shape == Shape.YES_NO:
        return _("Yes") if exact > 0 else _("No")
    if measure.shape == Shape.MILESTONES:
        return f"{decimal(exact, 0)}%"
    return shown(exact, unit_of(measure))


def aim(measure: Any) -> str:
    """The target in words."""
    if measure.shape == Shape.YES_NO:
        return _("Yes")
    if measure.shape == Shape.MILESTONES:
        return ngettext("%(num)d milestone", "%(num)d milestones", measure.steps)
    if measure.direction == Direction.BAND and measure.low is not None:
        return _("%(low)s to %(high)s", low=decimal(measure.low), high=shown(measure.high, unit_of(measure)))
    sign = "≤ " if measure.direction == Direction.DOWN else ""
    return sign + shown(measure.target, unit_of(measure))


def weight_words(points: int) -> str:
    """A weight with every digit it has: parts of a set that were split evenly differ in the last one."""
    return f"{per_cent(points)}%"


def now(measure: Any) -> str:
    """Where it stands, bare: the unit stands behind the target."""
    if measure.shape == Shape.MILESTONES:
        return str(measure.steps_done) if measure.current is not None else _("No data yet")
    if measure.current is None or measure.shape == Shape.YES_NO:
        return said(measure, measure.current)
    return said(measure, measure.current) if unit_of(measure) == "%" else decimal(measure.current)


def due(known: Sequence[Any], today: date) -> str:
    """Which part is to be reported now."""
    begins = parts.due(known, today)
    return begins.isoformat() if begins else ""


def part_name(part: Any, split: Split) -> str:
    """What a month or a quarter is called."""
    return part_title(part.begins, split)


def part_title(begins: date, split: Split | str) -> str:
    """2026 年 3 月; of a quarter its first and last month."""
    if split == Split.WHOLE:
        return _("The whole period")
    if split == Split.MONTH:
        return month(begins)
    last = parts.spans(begins, begins + timedelta(days=100), Split.MONTH)[2][0]
    return _("%(first)s to %(last)s", first=month(begins), last=month(last))


def part_said(measure: Any, part: Any) -> str:
    """What a part came to; of a ratio with the two figures."""
    made = parts.figure(measure.aggregation, part, parts.factor(measure.shape))
    if made is None:
        return _("No data yet")
    told = shown(half_up(made, 2) if part.base else made, unit_of(measure))
    return f"{told} ({decimal(part.value)} ÷ {decimal(part.base)})" if part.base else told


def part_share(measure: Any, part: Any) -> Decimal | None:
    """How far a part is towards its own target, from nothing; None without both."""
    made = parts.figure(measure.aggregation, part, parts.factor(measure.shape))
    return progress.clamped(made / part.target) if made is not None and part.target and part.target > 0 else None


def targets_words(measure: Any) -> str:
    """Whether the targets of the parts come to that of the whole, with the arithmetic."""
    made = parts.of_targets(measure.aggregation, measure.parts)
    if made is None or made == measure.target or measure.aggregation is Aggregation.LAST:
        return ""
    told = {"made": shown(made, unit_of(measure)), "target": shown(measure.target, unit_of(measure))}
    return _("The targets of the parts come to %(made)s; the target is %(target)s.", **told)


def target_words(measure: Any) -> str:
    """A target that changed while the period ran: each with the day it held until, and what counts by days."""
    known = spans_of(measure.earlier, "target", measure.target)
    if not known:
        return ""
    told = [_("%(figure)s until %(day)s", figure=said(measure, span.value), day=day(last_day(span.ends))) for span in known]
    return _(
        "%(targets)s; by days %(figure)s counts",
        targets=_(", ").join(told),
        figure=shown(half_up(weighed(known) or Decimal(0), 2), unit_of(measure)),
    )


def weeks_of(period: Period) -> str:
    """第 8 周，共 13 周 while it runs; else its days."""
    today = clock.today()
    weeks = max(1, round((period.ends - period.begins).days / 7))
    if period.holds(today):
        return _("week %(n)s of %(all)s", n=min((today - period.begins).days // 7 + 1, weeks), all=weeks)
    return _("Over") if today >= period.ends else _("Not begun")


def meta_of(card: Card, reader: int | None = None) -> tuple[str, ...]:
    """The facts of a row: whose (if not the reader's own), its weight, when it was last reported."""
    facts = [card.owner] if card.owner and card.owner_id != reader else []
    if card.weight:
        facts.append(_("Weight %(share)s", share=percent(Decimal(card.weight) / 10_000)))
    if card.reported_at:
        facts.append(_("Updated %(when)s", when=ago(card.reported_at)))
    if not card.aligned:
        facts.append(_("unaligned"))
    return tuple(facts)


def owner_of(objective: Any) -> str:
    """The person, the unit or the company it belongs to."""
    if objective.person:
        return str(objective.person.name)
    return str(objective.unit.name) if objective.unit else _("Company")


def rolled_words(objective: Any, card: Card) -> str:
    """How the figure came about, and what was left out of it."""
    if objective.measures:
        silent = sum(measure.current is None for measure in objective.measures)
        told = _("From its own measures")
    elif card.children:
        silent, told = 0, _("From the %(n)s goals aligned to it, by weight and share", n=card.children)
    else:
        return _("Nothing to compute from yet")
    if card.share is None:
        return _("%(way)s; none has data yet, which is not 0", way=told)
    return _("%(way)s; %(n)s without data left out", way=told, n=silent) if silent else told


def pace_words(card: Card) -> str:
    """Progress against the time that has passed: stands beside the health, never instead."""
    pace = None if card.closed else progress.pace(card.share, card.elapsed)
    if pace is None:
        return ""
    words = {
        Health.GOOD: _("keeping pace with the time"),
        Health.WARN: _("a little behind the time"),
        Health.BAD: _("well behind the time"),
    }
    return words[pace.state]


def points_words(measure: Any) -> str:
    """A KPI's points by its rule."""
    rule = _(RULE[measure.rule or scoring.usual_rule(measure.shape, measure.direction)])
    try:
        made = measure.points(Decimal(settings.number("points_cap")))
    except scoring.Unscorable as why:
        return rule + _(": ") + _(str(why))
    return rule + _(": ") + (_("%(points)s points", points=score(made.final)) if made else _("No data yet"))


BANDS = {Health.GOOD: N_("reached"), Health.WARN: N_("reached in part"), Health.BAD: N_("not reached")}


def band(grade: Decimal | None, kind: Kind) -> tuple[str, str] | None:
    """The band of a grade as a chip: its tone and its word; an aspirational goal is a success from 0.6 and never red."""
    found = scoring.grade_band(grade, kind)
    return None if found is None else (found.value, _(BANDS[found]))


def spark_of(measure: Any, known: Sequence[Any]) -> Markup:
    """The course of its values."""
    first, last = said(measure, known[0].value), said(measure, known[-1].value)
    title = _("%(measure)s went from %(first)s to %(last)s", measure=measure.name, first=first, last=last)
    return charts.sparkline([each.value for each in known], title, f"spark-{measure.id}")


BURNS = 13
"""Steps of a burn-up: the weeks of a quarter."""


def burn_of(measure: Any, known: Sequence[Any], period: Period) -> Markup:
    """How far a key result is week by week, against an even course to its target; both in per cent of the way."""
    days, today = (period.ends - period.begins).days, clock.today()
    ends = [period.begins + timedelta(days=round(days * n / BURNS)) for n in range(BURNS + 1)]
    over = [end for end in ends if end <= today] or ends[:1]
    done = [_reached(measure, known, end) for end in over]
    title = _(
        "%(measure)s: %(share)s of the way, %(gone)s of the time",
        measure=measure.name,
        share=percent(done[-1] / 100),
        gone=percent(Decimal(period.elapsed(today)) / 100),
    )
    labels = [day(period.begins), day(period.last_day)]
    return charts.burn_up(labels, [100 * n / BURNS for n in range(BURNS + 1)], done, title, f"burn-{measure.id}")


def _reached(measure: Any, known: Sequence[Any], on: date) -> Decimal:
    """Per cent of the way by the end of a day; nothing reported yet is the start of the way."""
    last = next((each.value for each in reversed(known) if local(each.at) <= on), None)
    steps = ((step.weight, step.done_on is not None and step.done_on <= on) for step in measure.milestones)
    way = progress.Course(measure.shape, measure.direction, measure.baseline, measure.target, measure.low, measure.high)
    return 100 * (progress.clamped(progress.raw(way, last, steps)) or Decimal(0))


GLYPHS = {
    "valued": "chart-column",
    "agree": "circle-check",
    "return": "undo-2",
    "close": "check",
    "revised": "git-branch",
    "propose": "send",
    "propose_change": "send",
    "return_change": "undo-2",
    "asked": "users",
    "confirmed": "circle-check",
    "declined": "undo-2",
    "unshared": "undo-2",
    "filed": "file-text",
    "unfiled": "file-text",
}
FILED = {"objective.filed": N_("put “%(what)s” beside a value"), "objective.unfiled": N_("took “%(what)s” away from a value")}
SHARED = {
    "objective.asked": N_("asked %(unit)s to share it"),
    "objective.confirmed": N_("confirmed the part of %(unit)s"),
    "objective.declined": N_("declined for %(unit)s"),
    "objective.unshared": N_("took back what %(unit)s was asked for"),
}
SENTENCES = {
    "objective.created": N_("drafted it"),
    "objective.edited": N_("edited it"),
    "objective.revised": N_("revised the agreed goal"),
    "objective.propose": N_("proposed it"),
    "objective.agree": N_("agreed to it"),
    "objective.return": N_("returned it"),
    "objective.close": N_("closed it"),
    "objective.withdraw": N_("withdrew it"),
    "objective.propose_change": N_("proposed a change of the agreed goal"),
    "objective.return_change": N_("returned the proposed change"),
    "objective.take_back_change": N_("took the proposed change back"),
    "objective.overridden": N_("gave another score than the computed one"),
    "objective.assigned": N_("gave it to people"),
}


REPORTED = {
    "first": N_("reported “%(measure)s” for the first time: %(after)s"),
    "same": N_("reported “%(measure)s”: still %(after)s"),
    "moved": N_("reported “%(measure)s”: %(before)s to %(after)s"),
}


def reported_as(before: Any, after: Any) -> str:
    """Which sentence tells a report: nothing was known, nothing moved, or it moved."""
    return "first" if before in (None, "") else "same" if before == after else "moved"


def glyph_of(kind: str) -> str:
    """The picture of an entry."""
    return GLYPHS.get(kind.partition(".")[2], "pencil")


def tells(entry: Any, above: Collection[int]) -> str:
    """What an entry says, after who did it; `above` are the goals whose titles its reader may know."""
    told = entry.words or {}
    if entry.kind == "objective.valued" and told:
        return _valued(told)
    if entry.kind == "objective.aligned":
        parents = [f"{_above(each, above)} {percent(Decimal(each['share']) / 10_000)}" for each in told.get("parents", ())]
        return _("aligned it to %(parents)s", parents=", ".join(parents)) if parents else _("took it out of the tree")
    if entry.kind in FILED:
        return _(FILED[entry.kind], what=told.get("what", ""))
    if entry.kind in SHARED:
        return _(SHARED[entry.kind], unit=told.get("unit", ""))
    return _(SENTENCES[entry.kind]) if entry.kind in SENTENCES else entry.kind


def _above(parent: Mapping[str, Any], above: Collection[int]) -> str:
    return str(parent["title"]) if parent.get("id") in above else _("a goal that is not open to you")


def _valued(told: Mapping[str, Any]) -> str:
    measure = SimpleNamespace(shape=told.get("shape", Shape.NUMBER), unit=told.get("unit", ""))
    if step := told.get("milestone"):
        return _("ticked off “%(step)s”", step=step) if told.get("done") else _("opened “%(step)s” again", step=step)
    before, after = said(measure, told.get("before")), said(measure, told.get("after"))
    figures = {"measure": told.get("measure", ""), "before": before, "after": after}
    if told.get("part"):
        begins = date.fromisoformat(told["part"])
        figures["measure"] = _("%(measure)s, from %(day)s", measure=figures["measure"], day=day(begins))
    sentence = _(REPORTED[reported_as(told.get("before"), told.get("after"))], **figures)
    was, now = told.get("confidence_before"), told.get("confidence")
    if now is None:
        return sentence
    sure = _("confidence %(now)s", now=now) if was in (None, now) else _("confidence %(was)s to %(now)s", was=was, now=now)
    return _("%(report)s, %(confidence)s", report=sentence, confidence=sure)


def spoken(field: str, value: Any) -> str:
    """A fact of a change in words."""
    if value in (None, ""):
        return "–"
    words: Mapping[str, Mapping[Any, str]] = {
        "kind": KIND,
        "audience": AUDIENCE,
        "rule": RULE,
        "shape": dict(SHAPES),
        "aggregation": AGGREGATION,
        "split": SPLIT,
        "direction": DIRECTION,
    }
    if field in words:
        return _(words[field].get(value, str(value)))
    if field == "weight":
        return percent(Decimal(value) / 10_000)
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else str(value)
