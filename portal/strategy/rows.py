"""One row of a library workbook as values: what its cells say, or the sentence that tells what is wrong with it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from portal.goals import milestones, names, scoring
from portal.goals.kinds import Audience, Direction, Kind, Perspective, Rule, Shape
from portal.i18n import everywhere
from portal.numbers import plain
from portal.words import N_

Word = TypeVar("Word", bound=StrEnum)
Cells = Mapping[str, Any]
MOST, PLACES = Decimal(10**11), 6
FIGURES = ("baseline", "target", "low", "high", "threshold", "stretch", "each")
SAME = N_("The target is the same as the start: there is no way to go. Change one of them.")
YES, NO = N_("yes"), N_("no")


class Wrong(Exception):
    """A cell that cannot be taken; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Words:
    """What people may write for each kind, shape, rule and so on, in every language of the portal."""

    def __init__(self) -> None:
        self.kinds = _spoken(names.KIND.items())
        self.perspectives = _spoken(names.PERSPECTIVE.items())
        self.audiences = _spoken(names.AUDIENCES)
        self.shapes = _spoken(names.SHAPES)
        self.rules = _spoken(names.RULES)
        self.bands = {word for word, key in _spoken(names.WAYS).items() if key == "band"}
        self.ways = set(_spoken(names.WAYS))
        self.said = {**dict.fromkeys(_spelled(YES), True), **dict.fromkeys(_spelled(NO), False)}


def _spelled(word: str) -> set[str]:
    return {one.casefold() for one in everywhere(word)}


def _spoken(pairs: Iterable[tuple[Any, str]]) -> dict[str, Any]:
    found = [(key, word) for key, word in pairs]
    return {spelling: key for key, word in found for spelling in (str(key), *_spelled(word))}


def text(cells: Cells, key: str, longest: int) -> str:
    """A cell's words, on one kind of line ends. Raises Wrong when there are too many."""
    value = cells.get(key)
    said = "" if value is None else str(value).replace("\r\n", "\n").strip()
    if len(said) > longest:
        raise Wrong(N_("At most %(max)d characters", max=longest))
    return said


def one_of(cells: Cells, key: str, words: Mapping[str, Word], usual: Word) -> Word:
    """One of a list, by its name in any language; empty = the usual one. Raises Wrong for another word."""
    said = text(cells, key, 200)
    if said and said.casefold() not in words:
        raise Wrong(N_("%(text)s is none of the words this column takes.", text=said[:40]))
    return words[said.casefold()] if said else usual


def yes(cells: Cells, key: str, words: Words) -> bool:
    """Yes or no; empty = no. Raises Wrong for another word."""
    value = cells.get(key)
    if isinstance(value, bool) or value is None:
        return bool(value)
    if (said := str(value).strip().casefold()) not in words.said:
        raise Wrong(N_("Write yes or no, not %(text)s.", text=said[:40]))
    return words.said[said]


def figure(cells: Cells, key: str) -> Decimal | None:
    """A figure as it can be kept. Raises Wrong for what is none, or has too many digits."""
    value = cells.get(key)
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value).replace(",", "")) if not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) > MOST:
        raise Wrong(N_("%(text)s is no figure.", text=str(value)[:40]))
    if found != round(found, PLACES):
        raise Wrong(N_("At most %(places)d decimals", places=PLACES))
    return plain(found)


def weight(cells: Cells) -> int:
    """A weight in per cent as basis points. Raises Wrong outside 0 to 100, or with more than two decimals."""
    found = figure(cells, "weight")
    if found is None:
        return 0
    if not 0 <= found <= 100 or found != round(found, 2):
        raise Wrong(N_("A weight is a figure from 0 to 100 with at most two decimals, not %(text)s.", text=found))
    return int(found * 100)


def theme(cells: Cells, words: Words) -> tuple[str, Perspective, bool]:
    """Name, perspective, whether it is retired. Raises Wrong."""
    name = text(cells, "name", 120)
    if not name:
        raise Wrong(N_("A theme needs a name."))
    if not text(cells, "perspective", 200):
        raise Wrong(N_("A theme needs a perspective."))
    return name, one_of(cells, "perspective", words.perspectives, Perspective.FINANCIAL), yes(cells, "retired", words)


def objective(cells: Cells, words: Words) -> dict[str, Any]:
    """The columns that stand in the row itself. Raises Wrong."""
    title = text(cells, "title", 200)
    if not title:
        raise Wrong(N_("An objective needs a title."))
    kind = one_of(cells, "kind", words.kinds, Kind.OKR_COMMITTED)
    audience = one_of(cells, "audience", words.audiences, Audience.COMPANY)
    return {"title": title, "why": text(cells, "why", 20_000), "kind": kind, "audience": audience, "weight": weight(cells)}


def measure(cells: Cells, words: Words, was: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The columns of a measure, as the form makes them; what a workbook cannot say of a rule stays. Raises Wrong."""
    name, shape = text(cells, "name", 200), one_of(cells, "shape", words.shapes, Shape.NUMBER)
    if not name:
        raise Wrong(N_("A measure needs a name."))
    way = text(cells, "way", 200).casefold()
    if way and way not in words.ways:
        raise Wrong(N_("%(text)s is none of the words this column takes.", text=way[:40]))
    figures = {key: figure(cells, key) for key in FIGURES}
    each = figures.pop("each")
    steps: tuple[milestones.Step, ...] = ()
    if shape is Shape.MILESTONES:
        try:
            steps = milestones.read(text(cells, "milestones", 5_000))
        except ValueError as why:
            raise Wrong(str(why)) from None
    direction = _course(shape, way in words.bands, figures)
    said = text(cells, "rule", 200)
    rule = one_of(cells, "rule", words.rules, Rule.RATIO_UP) if said else None
    kept = was["rule_values"] or {} if was and was["rule"] == rule else {}
    values = {key: value for key, value in kept.items() if key not in ("stepped", "each")}
    values |= {"stepped": True} if yes(cells, "stepped", words) else {}
    values |= {} if each is None else {"each": str(each)}
    made = {"name": name, "unit": text(cells, "unit", 20), "shape": shape, "direction": direction, "weight": weight(cells)}
    made |= {"rule": rule, "rule_values": values, "veto": yes(cells, "veto", words), **figures, "milestones": steps}
    if rule and not scoring.fits(rule, shape, direction):
        raise Wrong(N_("This scoring rule does not go with this kind of measure."))
    if rule and (sentence := scoring.problem(rule, scoring.Facts.told(made))):
        raise Wrong(sentence)
    return made


def _course(shape: Shape, band: bool, figures: dict[str, Decimal | None]) -> Direction:
    """Start, target and limits as this shape has them. Raises Wrong."""
    if shape in (Shape.YES_NO, Shape.MILESTONES):
        whole = Decimal(1) if shape is Shape.YES_NO else Decimal(100)
        figures |= {"baseline": Decimal(0), "target": whole, "low": None, "high": None}
        return Direction.UP
    low, high, start, target = (figures[key] for key in ("low", "high", "baseline", "target"))
    if band:
        if low is None or high is None or low >= high:
            raise Wrong(N_("The upper limit must be above the lower one."))
        figures |= {"baseline": low, "target": high}
        return Direction.BAND
    if start is None or target is None:
        raise Wrong(N_("A measure needs a start and a target."))
    if start == target:
        raise Wrong(SAME)
    figures |= {"low": None, "high": None}
    return Direction.DOWN if target < start else Direction.UP
