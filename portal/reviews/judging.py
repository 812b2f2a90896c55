"""The score of a form as it stands: facts and ratings in, points, score and suggested grade out. No query, no change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.numbers import WHOLE
from portal.reviews import facts as known
from portal.reviews import scoring
from portal.reviews.facts import Facts
from portal.reviews.models import Assessment, Item, Part, Rating, Review, Section
from portal.reviews.scoring import Band, Mark, SectionScore, Total
from portal.reviews.states import State
from portal.settings.queries import number
from portal.words import N_

EXTREME = N_("“%(item)s” is rated %(value)d: say why, %(missing)d more characters (at least %(enough)d)")


@dataclass(frozen=True)
class Rules:
    """The settings that a score depends on."""

    cap: Decimal
    veto_cap: Decimal
    most_missing: int
    extreme_words: int

    @classmethod
    def now(cls) -> "Rules":
        """As HR has set them."""
        missing = number("insufficient_percent") * WHOLE // 100
        return cls(Decimal(number("points_cap")), Decimal(number("veto_cap")), missing, number("extreme_words"))


@dataclass(frozen=True)
class Gap:
    """One thing to put right before the form can be handed in; `field` is the id to go to."""

    field: str
    where: str
    sentence: str


class Judgement:
    """One review as seen from some assessments: `given` are those whose ratings count, by their weights."""

    def __init__(self, review: Review, given: Sequence[tuple[int, Assessment]], rules: Rules) -> None:
        self.review, self.rules = review, rules
        self.facts: dict[int, Facts] = {item.id: known.of(item, rules.cap) for item in review.items}
        self._given = [(weight, {rating.item_id: rating for rating in a.ratings}) for weight, a in given]
        self.points: dict[int, Decimal | None] = {item.id: self._points(item) for item in review.items}
        self.sections: dict[int, SectionScore] = {part.id: self._section(part) for part in review.sections}
        self.bands: tuple[Band, ...] = scoring.bands(review.scheme_version.grades)
        self.total: Total = scoring.total(list(self.sections.values()), self.bands, rules.most_missing)

    def suggested(self, item: Item) -> Decimal | None:
        """Points as the data give them, whatever somebody put in their place."""
        return self.facts[item.id].points

    def without_data(self, section: Section) -> list[Item]:
        """Items with weight that nothing is known of: they are left out of the mean."""
        return [item for item in section.items if item.weight and self.points[item.id] is None]

    def _points(self, item: Item) -> Decimal | None:
        facts = self.facts[item.id]
        if facts.anchors:
            ratings = [(weight, mine[item.id].value) for weight, mine in self._given if item.id in mine]
            return scoring.judged(ratings, scoring.table(len(facts.anchors), facts.table))
        changed = (mine[item.id].value for weight, mine in self._given if weight and item.id in mine)
        return next((value for value in changed if value is not None), facts.points)

    def _section(self, section: Section) -> SectionScore:
        marks = [Mark(item.weight, self.points[item.id], self.facts[item.id].veto) for item in section.items]
        return scoring.section(section.weight, marks, self.rules.veto_cap)


def counted(assessments: Sequence[Assessment]) -> list[tuple[int, Assessment]]:
    """Those whose ratings make the score."""
    return [(each.weight, each) for each in assessments if each.weight]


def gaps(judgement: Judgement, own: Assessment) -> list[Gap]:
    """What is missing before this assessment can be handed in, in the order of the form."""
    ratings = {rating.item_id: rating for rating in own.ratings}
    found: list[Gap] = []
    for section in judgement.review.sections:
        for item in section.items:
            rating = ratings.get(item.id) or Rating(words="", reason="")
            if why := _gap(item, own.relation, judgement.facts[item.id], rating, judgement.rules.extreme_words):
                found.append(Gap(f"f-{why[0]}-{item.id}", section.title, why[1]))
    return found + (_of_the_whole(judgement, own) if own.relation is Part.MANAGER else [])


def _gap(item: Item, part: str, facts: Facts, rating: Rating, enough: int) -> tuple[str, str] | None:
    value, words = rating.value, rating.words.strip()
    if facts.anchors and value is not None and value in (1, len(facts.anchors)):
        missing = enough - len(words)
        figures = {"item": item.title, "value": int(value), "missing": missing, "enough": enough}
        return ("words", N_(EXTREME, **figures)) if missing > 0 else None
    if item.asks(part) and facts.anchors and value is None:
        return "rate", N_("“%(item)s” has no rating yet", item=item.title)
    if item.asks(part) and not facts.anchors and not words:
        return "words", N_("“%(item)s” is not filled in yet", item=item.title)
    if not facts.anchors and value is not None and not rating.reason.strip():
        return "why", N_("“%(item)s”: say why the points differ from the data", item=item.title)
    return None


def _of_the_whole(judgement: Judgement, own: Assessment) -> list[Gap]:
    found: list[Gap] = []
    if judgement.review.state is State.SELF_ASSESSMENT:
        found.append(Gap("", "", N_("The self-assessment is not handed in yet. What you wrote is kept; submit after it.")))
    if why := judgement.review.weights_problem:
        found.append(Gap("weights", "", why))
    suggested = judgement.total.grade
    if own.grade and own.grade != suggested:
        if own.grade not in scoring.reachable(suggested, judgement.bands):
            found.append(Gap("f-grade", "", N_("The grade may differ from the suggested one by one step at most.")))
        elif not own.grade_reason.strip():
            found.append(Gap("f-grade_reason", "", N_("Say why the grade differs from the suggested one.")))
    return found


def shown(judgement: Judgement, own: Assessment | None) -> Mapping[int, bool]:
    """For each section: whether nothing is missing in it for this assessor."""
    missing = {gap.where for gap in gaps(judgement, own)} if own else set()
    return {section.id: section.title not in missing for section in judgement.review.sections}
