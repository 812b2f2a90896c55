"""Two rounds of reviews for many: last year's archived with its scores, this year's with part of it handed in."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Integer, MetaData, Table, case, insert, literal, select, text, update

from portal import clock
from portal.access import Viewer
from portal.cycles.models import Cycle, ItemDef, SectionDef, SectionKind
from portal.cycles.models import State as CycleState
from portal.cycles.operations import Dates
from portal.db import UNSYNCED, db
from portal.demo.chance import midnight
from portal.demo.loading.fast import Row
from portal.demo.loading.many import Many
from portal.demo.loading.many_goals import MEASURE, Goals
from portal.demo.many import Drafted, library
from portal.demo.past import kpi_points
from portal.demo.shapes import Measure
from portal.demo.words.judged import JUDGED
from portal.goals import progress as course
from portal.goals.kinds import Rule, Shape
from portal.numbers import half_up
from portal.periods.models import Period
from portal.reviews import opening, scoring
from portal.reviews.facts import Facts, Figure
from portal.reviews.models import Assessment, Item, Part, Rating, Review, Section, Signature
from portal.reviews.states import State

KINDS = 24
"""So many different indicators of last year go round."""
HANDED_IN = 5
"""Of so many, two have not handed in their part of the running round."""


class Reviews:
    """Last year's indicators, one a person, and the two rounds."""

    def __init__(self, many: Many, goals: Goals) -> None:
        self.many, self.goals, self.shape = many, goals, many.shape
        self.kinds: list[Drafted] = list(library()["year"])[:KINDS]
        self.points = [kpi_points(drafted.measures[0]) for drafted in self.kinds]
        self.first = goals.end
        year = many.today.year - 1
        self.opened = midnight(date(year, 11, 9)) + timedelta(hours=9)

    def at(self, days: int) -> datetime:
        """So long after last year's round was opened."""
        return self.opened + timedelta(days=days)

    def write(self) -> None:
        """Indicators first, then the rounds over them."""
        fast = self.many.fast
        fast.rows("objective", self.goals.columns, self._objectives())
        first_measure = 12 * len(self.many.people) + 1
        fast.rows("measure", MEASURE, self._measures(first_measure))
        last = self._open("last_year", self.opened, f"{self.opened.year} 年度绩效评估")
        self._archive(last)
        now = midnight(self.many.today) - timedelta(days=16) + timedelta(hours=9)
        self._hand_in(self._open("year", now, f"{self.many.today.year} 年度绩效评估"), now + timedelta(days=6))

    def _objectives(self) -> Iterator[Row]:
        begins, ends = self.many.spans["last_year"].begins, self.many.spans["last_year"].ends
        agreed, closed = midnight(begins) + timedelta(days=4), midnight(ends) - timedelta(hours=6)
        stamps = {"agreed_at": self.shape.moment(agreed), "closed_at": self.shape.moment(closed), "state": "closed"}
        shares = [_share(drafted.measures[0]) for drafted in self.kinds]
        for one in self.many.people:
            drafted = self.kinds[one.number % len(self.kinds)]
            facts = {"title": drafted.title, "kind": "kpi", "person_id": one.number + 1, "audience": "line", "weight": 10_000}
            share = self.shape.number(shares[one.number % len(self.kinds)])
            score = self.shape.number(self.points[one.number % len(self.kinds)])
            result = {"score": score, "progress": share, "rolled_progress": share}
            known = {"confidence": 8, "reported_at": stamps["closed_at"]}
            yield self.goals.row("last_year", id=self.first + one.number, **facts, **result, **known, **stamps)

    def _measures(self, first: int) -> Iterator[Row]:
        number, at = self.shape.number, self.shape.moment(midnight(self.many.spans["last_year"].ends) - timedelta(hours=6))
        for one in self.many.people:
            m = self.kinds[one.number % len(self.kinds)].measures[0]
            head = (m.name, m.kind, "up" if m.rises else "down", m.unit, 10_000, number(m.baseline), number(m.target), m.rule)
            rest = ("{}", "last", "whole", "{}", self.shape.no, 0, m.source, number(m.stands), 8, at)
            yield first + one.number, self.first + one.number, *head, *rest

    def _open(self, period: str, at: datetime, name: str) -> Cycle:
        day = at.date()
        dues = Dates(*(day + timedelta(days=days) for days in (11, 25, 32, 46)))
        with clock.at(at):
            about = db.session.get_one(Period, self.many.period_ids[period])
            cycle = opening.open_cycle(about, Viewer(4, None, 0, frozenset(), (), ()), name, dues).cycle
        db.session.flush()
        db.session().info.pop("journal", None)  # the journal of many is chained in one stream
        return cycle

    def _archive(self, cycle: Cycle) -> None:
        """Both sides in, frozen, scored, released, acknowledged, archived: set by set."""
        self._assessed(cycle, (Part.SELF, Part.MANAGER), Review.id > 0, self.at(6))
        self._freeze(cycle)
        rows = db.session.execute(
            select(Review.id, Review.person_id, Review.scheme_version_id).where(Review.cycle_id == cycle.id)
        )
        bands = scoring.bands(cycle.schemes[0].versions[0].grades)
        scored = [self._scored(row.id, row.person_id, bands) for row in rows]
        moment = self.shape.moment
        stamps = {
            "s": moment(self.at(6)),
            "m": moment(self.at(20)),
            "r": moment(self.at(32)),
            "k": moment(self.at(35)),
            "a": moment(self.at(52)),
        }
        db.session.connection().execute(
            text(
                "UPDATE review SET state = 'archived', handed_in_at = :s, ready_at = :m, released_at = :r,"
                " acknowledged_at = :k, archived_at = :a, score = :score, proposed_grade = :grade, grade = :grade"
                " WHERE id = :id"
            ),
            [{**stamps, **row} for row in scored],
        )
        points = text("UPDATE section SET score = :points WHERE review_id = :id AND kind = :kind")
        for kind in ("kpi", "competency"):
            db.session.connection().execute(points, [{"id": row["id"], "kind": kind, "points": row[kind]} for row in scored])
        self._sign(cycle)
        db.session.execute(update(Cycle).where(Cycle.id == cycle.id).values(state=CycleState.CLOSED))

    def _scored(self, review: int, person: int, bands: Any) -> dict[str, Any]:
        kpi = self.points[(person - 1) % len(self.kinds)]
        competency = half_up(sum((Decimal(100 if (review + n) % 2 else 110) for n in range(5)), Decimal(0)) / 5, 6)
        score = half_up((kpi * 6 + competency * 4) / 10)
        number = self.shape.number
        figures = {"score": number(score), "kpi": number(kpi), "competency": number(competency)}
        return {"id": review, "grade": scoring.band(score, bands), **figures}

    def _assessed(self, cycle: Cycle, parts: tuple[Part, ...], which: Any, at: datetime) -> None:
        """Ratings and words of these sides, and their stamps."""
        ids = select(Review.id).where(Review.cycle_id == cycle.id, which)
        sides = update(Assessment).where(Assessment.review_id.in_(ids), Assessment.relation.in_(parts))
        db.session.execute(sides.values(in_at=at, saved_at=at), execution_options=UNSYNCED)
        for part in parts:
            column = 5 if part is Part.MANAGER else 6
            said = sorted({_words(judged, column) for judged in JUDGED.values()} - {""})[: len(self.kinds)]
            for asked in self._questions(cycle, part):
                self._rate(cycle, part, asked, ids, said)

    def _questions(self, cycle: Cycle, part: Part) -> list[ItemDef]:
        version = cycle.schemes[0].versions[0].id
        found = select(ItemDef).join(SectionDef, SectionDef.id == ItemDef.section_id).where(SectionDef.version_id == version)
        kinds = (SectionKind.COMPETENCY, SectionKind.NARRATIVE)
        asked = db.session.scalars(found.where(SectionDef.kind.in_(kinds)).order_by(ItemDef.id)).all()
        return [each for each in asked if not each.asked or part in each.asked]

    def _rate(self, cycle: Cycle, part: Part, asked: ItemDef, ids: Any, said: list[str]) -> None:
        """One question of everybody: ratings of three and four in turn, or words that go round."""
        one = Decimal(1)
        value = (
            (3 + (Review.id + asked.position + 1) % 2) * literal(one, Rating.value.type)
            if asked.anchors
            else literal(None, Rating.value.type)
        )
        words = literal(said[asked.position % len(said)] if said and not asked.anchors else "")
        rows = (
            select(Assessment.id, Item.id, value, words, literal(""))
            .join(Review, Review.id == Assessment.review_id)
            .join(Section, Section.review_id == Review.id)
            .join(Item, Item.section_id == Section.id)
            .where(Review.cycle_id == cycle.id, Review.id.in_(ids), Assessment.relation == part, Item.def_id == asked.id)
        )
        columns = ["assessment_id", "item_id", "value", "words", "reason"]
        db.session.execute(insert(Rating).from_select(columns, rows, include_defaults=False))

    def _freeze(self, cycle: Cycle) -> None:
        """The copy of the facts: one text for each question and each indicator, put where it belongs in one statement."""
        connection = db.session.connection()
        columns = (Column("k", Integer, primary_key=True), Column("words", JSON))
        kept = Table("frozen_facts", MetaData(), *columns, prefixes=["TEMPORARY"])
        kept.create(connection)
        version = cycle.schemes[0].versions[0].id
        asked = db.session.scalars(select(ItemDef).join(SectionDef).where(SectionDef.version_id == version)).all()
        questions = {-each.id: Facts(each.title, help=each.help, anchors=tuple(each.anchors)) for each in asked}
        texts = questions | {n: self._facts(n) for n in range(len(self.kinds))}
        connection.execute(insert(kept), [{"k": k, "words": facts.stored()} for k, facts in texts.items()])
        key = case((Item.def_id.is_(None), (Item.objective_id - self.first) % len(self.kinds)), else_=-Item.def_id)
        words = select(kept.c.words).where(kept.c.k == key).correlate(Item).scalar_subquery()
        mine = select(Section.id).join(Review, Review.id == Section.review_id).where(Review.cycle_id == cycle.id)
        some = update(Item).where(Item.section_id.in_(mine)).values(frozen=words, frozen_at=self.at(20))
        db.session.execute(some, execution_options=UNSYNCED)
        kept.drop(connection)

    def _facts(self, n: int) -> Facts:
        drafted = self.kinds[n]
        m = drafted.measures[0]
        figure = Figure(
            m.name, Shape(m.kind), m.unit, 10_000, Rule(m.rule), m.baseline, m.target, m.stands, points=self.points[n]
        )
        return Facts(drafted.title, kind="kpi", points=self.points[n], figures=(figure,))

    def _sign(self, cycle: Cycle) -> None:
        for part, step, at in ((Part.MANAGER, "submit", self.at(20)), (Part.SELF, "agree", self.at(35))):
            signed = select(
                Assessment.review_id, Assessment.assessor_id, literal(step), literal("password"), literal(at, Signature.at.type)
            )
            signed = signed.join(Review, Review.id == Assessment.review_id)
            signed = signed.where(Review.cycle_id == cycle.id, Assessment.relation == part)
            columns = ["review_id", "signer_id", "step", "method", "at"]
            db.session.execute(insert(Signature).from_select(columns, signed, include_defaults=False))

    def _hand_in(self, cycle: Cycle, at: datetime) -> None:
        """Three of five have handed in their part."""
        which = Review.id % HANDED_IN < 3
        self._assessed(cycle, (Part.SELF,), which, at)
        some = update(Review).where(Review.cycle_id == cycle.id, which)
        db.session.execute(some.values(state=State.ASSESSMENT, handed_in_at=at), execution_options=UNSYNCED)

    def entries(self) -> Iterator[tuple[Any, ...]]:
        """What the rounds left in everybody's journal; asked for before it is copied: PostgreSQL does one thing at a time."""
        told = (Review.id, Review.person_id, Cycle.name, Review.handed_in_at, Review.archived_at)
        return self._told(db.session.execute(select(*told).join(Cycle).order_by(Review.id)).all())

    def _told(self, rows: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        opened = midnight(self.many.today) - timedelta(days=16)
        for review, person, name, handed_in, archived in rows:
            thing = (person, "review", review)
            if archived:
                yield "review.release", self.at(32), 4, *thing, "ready", "released", None, {}
            elif handed_in:
                yield "review.hand in", handed_in, person, *thing, "self_assessment", "assessment", None, {}
            else:
                yield "review.opened", opened, 4, *thing, None, None, ("r", name), {"cycle": name}


def _share(measure: Measure) -> Decimal | None:
    way = (measure.stands - measure.baseline) / (measure.target - measure.baseline)
    return course.stored(min(max(way, Decimal(0)), Decimal(1)))


def _words(judged: tuple[Any, ...], column: int) -> str:
    """A text of the small company's reviews: the next step (5), or this year's own words (6)."""
    found = judged[column]
    return found if isinstance(found, str) else (found[0] if found else "")
