"""Last year's indicators, worked back from this year's: what was reached then is where this year began."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from portal.demo.chance import dice
from portal.demo.company import Person
from portal.demo.days import Span
from portal.demo.shapes import Measure, Own, Words
from portal.demo.words.judged import JUDGED
from portal.goals.kinds import Direction, Rule
from portal.goals.scoring import Facts, points


def before(own: Own, person: Person, span: Span, seed: int) -> tuple[Words, ...]:
    """A person's indicators of last year, their weights whole; none for who joined too late in it."""
    if person.hired > span.ends - timedelta(days=120):
        return ()
    ways = _ways(person.key)
    found = [old for words in own.year if (old := _old(words, ways, f"{seed}|{person.key}|{words.title}"))]
    weights = _whole([words.weight for words in found])
    return tuple(replace(words, weight=weight) for words, weight in zip(found, weights, strict=True))


def kpi_points(measure: Measure) -> Decimal:
    """Points of a figure by its rule, as the portal scores them."""
    facts = Facts(measure.target, measure.baseline, Direction.UP if measure.rises else Direction.DOWN)
    found = points(Rule(measure.rule), measure.stands, facts)
    return found.final if found else Decimal(0)


Ways = tuple[tuple[str, ...], tuple[str, ...]]


def _ways(person: str) -> Ways:
    """How far the target of last year lay beyond what was reached, and what part of a sum was reached: as they were judged."""
    given = [int(digit) for digit in JUDGED[person][0]] if person in JUDGED else [4]
    mean = sum(given) / len(given)
    if mean >= 4:
        return ("-0.1", "0.0", "0.05", "0.15"), ("0.96", "1.02", "1.08")
    if mean >= 3.2:
        return ("0.0", "0.1", "0.2", "0.25"), ("0.88", "0.95", "1.0")
    return ("0.1", "0.25", "0.4"), ("0.78", "0.86", "0.95")


def _old(words: Words, ways: Ways, luck: str) -> Words | None:
    if words.kind != "kpi":
        return None
    now, chance = words.measures[0], dice(luck)
    unit, way = Decimal(1).scaleb(-now.digits), now.target - now.baseline
    if now.rule == "pass_fail":
        begin, aim, reached = now.baseline, now.target, now.baseline
    elif now.baseline == 0:
        aim = (now.target * Decimal(chance.choice(("0.7", "0.75", "0.8")))).quantize(unit)
        begin, reached = Decimal(0), (aim * Decimal(chance.choice(ways[1]))).quantize(unit)
    else:
        aim = (now.baseline + way * Decimal(chance.choice(ways[0]))).quantize(unit)
        begin, reached = (now.baseline - way * Decimal("0.8")).quantize(unit), now.baseline
    if aim == begin or aim <= 0 < begin:
        return None
    gap = "" if now.unit == "%" else " "
    title = f"{now.name}{'达到' if aim > begin else '降到'} {aim}{gap}{now.unit}"
    # Most were scored by the way from where the year began; ratios of figures near 100 % would make everybody excellent.
    rule = "baseline" if now.rule.startswith("ratio") and begin and chance.random() < 0.7 else now.rule
    measure = replace(now, baseline=begin, target=aim, now=reached, rule=rule)
    return replace(words, title=title, parents=(), measures=(measure,), say="", confidence=7)


def _whole(weights: list[int]) -> list[int]:
    """The same proportions, adding up to 100."""
    total = sum(weights)
    if not total:
        return []
    shares = [weight * 100 // total for weight in weights]
    shares[0] += 100 - sum(shares)
    return shares
