"""Targets that changed while the period ran: each counts for the days it held. Pure.

What held before stands with the measure, as texts with every digit: `{"ends": day, "spans": [{"from", "until", figures}]}`;
the last day of a span belongs to the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.goals.progress import ZERO

FIGURES = ("target", "threshold", "stretch", "low", "high")
"""What is weighed by days; a start is where it started."""
Figures = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Span:
    """So many days a figure held."""

    begins: date
    ends: date
    value: Decimal

    @property
    def days(self) -> int:
        return (self.ends - self.begins).days


def noted(earlier: Mapping[str, Any], was: Figures, begins: date, ends: date, today: date) -> dict[str, Any]:
    """`earlier` with what held until today; nothing is noted before the period began or after it is over."""
    spans = list(earlier.get("spans", ()))
    since = date.fromisoformat(spans[-1]["until"]) if spans else begins
    until = min(max(today, since), ends)
    if until > since:
        kept = {name: None if was.get(name) is None else f"{was[name]:f}" for name in FIGURES}
        spans.append({"from": since.isoformat(), "until": until.isoformat(), **kept})
    return {"ends": ends.isoformat(), "spans": spans} if spans else {}


def spans_of(earlier: Mapping[str, Any] | None, name: str, now: Decimal | None) -> tuple[Span, ...]:
    """How one figure went through the period; empty where it never changed, or was not there all the time."""
    known = (earlier or {}).get("spans", ())
    if not earlier or not known or now is None or any(each.get(name) is None for each in known):
        return ()
    found = [Span(date.fromisoformat(e["from"]), date.fromisoformat(e["until"]), Decimal(e[name])) for e in known]
    last = Span(found[-1].ends, date.fromisoformat(earlier["ends"]), now)
    every = [*found, *([last] if last.days > 0 else [])]
    joined: list[Span] = []
    for each in every:
        if joined and joined[-1].value == each.value:
            joined[-1] = Span(joined[-1].begins, each.ends, each.value)
        else:
            joined.append(each)
    return tuple(joined) if len(joined) > 1 else ()


def weighed(spans: tuple[Span, ...]) -> Decimal | None:
    """Σ days · figure / Σ days."""
    days = sum(span.days for span in spans)
    return sum((span.days * span.value for span in spans), ZERO) / days if days else None


def prorated(earlier: Mapping[str, Any] | None, now: Figures) -> dict[str, Decimal | None]:
    """The figures that count for the whole period."""
    return {
        name: weighed(spans_of(earlier, name, value)) if spans_of(earlier, name, value) else value
        for name, value in now.items()
    }
