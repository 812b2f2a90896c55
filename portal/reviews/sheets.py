"""A review on paper: exactly what this reader may see on screen, as plain values (`paper.Sheet`)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal import files
from portal.access import Act, Relation, Viewer
from portal.cycles.models import SectionKind
from portal.db import db
from portal.formats import decimal, figure, file_size, local, span
from portal.goals.kinds import Kind as Goal
from portal.goals.kinds import Rule
from portal.i18n import gettext as _
from portal.printing import Kind, Paper, document
from portal.reviews import evidence, filing, pages, paper, queries
from portal.reviews.facts import RULES, STRETCH, Facts, Figure
from portal.reviews.models import Assessment, Item, Method, Part, Review, Section, Signature
from portal.reviews.pages import PARTS, ResultPage
from portal.reviews.states import JUDGED, KNOWN, State
from portal.words import N_

KINDS = {
    SectionKind.KPI: paper.Kind.MEASURES,
    SectionKind.OKR: paper.Kind.OKR,
    SectionKind.COMPETENCY: paper.Kind.RATINGS,
    SectionKind.NARRATIVE: paper.Kind.WORDS,
}
HOW = {Method.PASSWORD: N_("signed with the password again"), Method.PAPER: N_("signed on paper")}
OPINIONS = {"agree": paper.Opinion.AGREED, "disagree": paper.Opinion.DISAGREED}


def register() -> None:
    """Called once by create_app."""
    document(Kind("review", "PR", load, fingerprint, Act.ARCHIVE_REVIEW, "reviews"))


def load(viewer: Viewer, review_id: int) -> Paper:
    """The form of one review for one reader. 404 for whom may not see it."""
    review = queries.review_or_404(viewer, review_id)
    sheet = Filled(review, viewer).sheet()
    year = review.cycle.period.begins.year
    return Paper("reviews/print.html", sheet, sheet.title, sheet.subject, _(_copy(review, viewer)), year, about=review)


def fingerprint(review_id: int) -> str:
    """Digest of what was handed in: stamps, signatures, result and frozen facts. A draft moves nothing."""
    review = db.session.get_one(Review, review_id)
    stamps = [review.handed_in_at, review.ready_at, review.released_at, review.acknowledged_at, review.archived_at]
    parts = select(Assessment.id, Assessment.in_at, Assessment.relation).filter_by(review_id=review_id).order_by(Assessment.id)
    came = db.session.execute(parts).all()
    signed = db.session.execute(
        select(Signature.id, Signature.withdrawn_at).filter_by(review_id=review_id).order_by(Signature.id)
    )
    stands = review.state in JUDGED
    frozen = db.session.scalars(select(Item.frozen).join(Section).where(Section.review_id == review_id).order_by(Item.id)).all()
    said: list[Any] = [
        review.state,
        stamps,
        [(part.id, part.in_at) for part in came],
        [tuple(r) for r in signed],
        review.own_words,
    ]
    said += [[review.score, review.grade, review.grade_reason, frozen] if stands else None]
    standing = [part.id for part in came if part.in_at and (stands or part.relation is Part.SELF)]
    if beside := files.of_objects(filing.KIND, standing):  # only then: what was printed before there were any stays current
        said.append([(file.name, file.sha256) for file in beside])
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def _copy(review: Review, viewer: Viewer) -> str:
    if viewer.id == review.person_id:
        return N_("Employee's copy")
    return N_("HR archive copy") if viewer.has(Relation.HR_ADMIN) else N_("Manager's copy")


class Filled:
    """Fills a sheet from a page: whatever the page did not fetch for this reader cannot be on the paper."""

    def __init__(self, review: Review, viewer: Viewer) -> None:
        self.review, self.page = review, ResultPage(review, viewer)
        self.viewer = viewer
        self.sides = [side for side in self.page.sides if self._stands(side)]

    def sheet(self) -> paper.Sheet:
        """All of it."""
        review = self.review
        return paper.Sheet(
            title=_("Performance review form"),
            subject=review.person.name,
            facts=tuple(paper.Fact(label, value) for label, value in self._facts()),
            result=self._result(),
            sections=tuple(part for section in review.sections if (part := self._section(section)).items or part.statements),
            attachments=tuple(self._attachments()),
            interview=self._interview(),
            signatures=tuple(self._signatures()),
            revisions=tuple(self._revisions()),
        )

    def _stands(self, side: Assessment) -> bool:
        """Only what was handed in is printed, whoever prints it: a draft is no form."""
        return side.is_in and (side.relation is Part.SELF or self.review.state in JUDGED)

    def _facts(self) -> Iterator[tuple[str, str]]:
        review, post = self.review, self.review.assignment
        period, manager = review.cycle.period, queries.assessor_name(review.id, Part.MANAGER)
        yield _("Name"), review.person.name
        yield _("Employee number"), review.person.number or ""
        yield _("Department"), post.unit.name if post else ""
        yield (
            _("Post / level"),
            " / ".join(part for part in (post.post.name if post and post.post else "", post.level) if part) if post else "",
        )
        days = span(period.begins, period.last_day)
        yield _("Cycle"), _("%(cycle)s (%(days)s)", cycle=review.cycle.name, days=days)
        yield _("Scheme"), _("%(scheme)s, version %(n)d", scheme=review.scheme_version.scheme.name, n=review.scheme_version.n)
        yield _("Line manager"), manager or ""
        yield _("State"), _(pages.STATES[review.state])

    def _result(self) -> paper.Result | None:
        review = self.review
        if not self.page.known or review.state not in JUDGED:
            return None
        if review.grade is None:
            return paper.Result(review.score, _("insufficient basis"), "", _("Too much weight has no data for a grade."))
        meaning = f"{review.grade}{_(': ')}{self.page.meaning}"
        if review.grade_reason:
            because = {"grade": review.proposed_grade, "why": review.grade_reason}
            meaning = f"{meaning} {_('Suggested: %(grade)s. Why another one: %(why)s', **because)}"
        return paper.Result(review.score, review.grade, "", meaning)

    def _section(self, section: Section) -> paper.Section:
        known = self.page.known and self.review.state in JUDGED
        goals = [item for item in section.items if item.objective_id or section.kind is SectionKind.COMPETENCY]
        asked = [item for item in section.items if item not in goals]
        return paper.Section(
            title=section.title,
            kind=KINDS[section.kind] if goals else paper.Kind.WORDS,
            weight=section.weight or None,
            score=section.score if known else self._computed(section),
            assessors=tuple(_(PARTS[side.relation]) for side in self.sides),
            items=tuple(self._item(section, item) for item in goals),
            statements=tuple(s for item in asked if not self.page.is_silent(item) for s in self._statements(item)),
            note=self._note(section),
        )

    def _computed(self, section: Section) -> Decimal | None:
        """What the goals' data give by themselves, as the screen shows it before there is a result."""
        return self.page.judgement.sections[section.id].points if section.kind is SectionKind.KPI else None

    def _note(self, section: Section) -> str:
        if section.kind is SectionKind.OKR and any(item.objective_id for item in section.items):
            return _(
                "0.7 and more is reached, 0.4 to 0.6 reached in part; 0.6 to 0.7 of an aspirational objective is a success."
            )
        missing = self.page.judgement.without_data(section) if section.kind is SectionKind.KPI else []
        whole = self.page.judgement.sections[section.id]
        if not missing or whole.points is None:
            return ""
        names, share = _(", ").join(item.title for item in missing), decimal((10_000 - whole.missing) / 100, 0)
        return _("No data for %(items)s: this section rests on the other %(share)s%% of its weight.", items=names, share=share)

    def _item(self, section: Section, item: Item) -> paper.Item:
        facts, points = self.page.judgement.facts[item.id], self.page.judgement.points[item.id]
        plain = paper.Item(facts.title, weight=item.weight, ratings=tuple(self._ratings(item, facts)))
        if section.kind is SectionKind.KPI:
            return replace(_measured(plain, facts.figures), score=points, late=tuple(self._late(item)))
        if section.kind is SectionKind.OKR:
            stretch = _(STRETCH[Goal(facts.kind)]) if facts.kind else ""
            return replace(plain, note=stretch, score=facts.grade, parts=tuple(_part(one) for one in facts.figures))
        said = sorted(self.sides, key=lambda side: not side.weight)  # whose rating counts, else the only one there is
        side, chosen = next(((s, r.value) for s in said if (r := self.page.rating(s, item))), (None, None))
        anchor = facts.anchors[int(chosen) - 1] if chosen is not None else ""
        return replace(plain, anchor=anchor, score=points if side and side.weight and chosen is not None else None)

    def _ratings(self, item: Item, facts: Facts) -> Iterator[paper.Rating]:
        for side in self.sides:
            said = self.page.rating(side, item)
            if said is None or (said.value is None and not said.words):
                continue
            pins = tuple(_evidence(record) for record in self.page.pins.get((side.id, item.id), ()))
            value, words = "" if said.value is None else decimal(said.value), said.words
            if not facts.anchors and said.value is not None:
                given = decimal(said.computed, 2) if said.computed is not None else _("none")
                value, words = decimal(said.value, 2), f"{said.reason} {_('From data: %(points)s', points=given)}"
            yield paper.Rating(_(PARTS[side.relation]), value, words, pins)

    def _late(self, item: Item) -> Iterator[paper.Evidence]:
        return (_evidence(record) for record in self.page.late.get(item.id, ()))

    def _statements(self, item: Item) -> Iterator[paper.Statement]:
        asked = item.definition.asked if item.definition else []
        for side in self.sides:
            if not asked or side.relation in asked:
                said = self.page.rating(side, item)
                on = local(side.in_at) if side.in_at else None
                yield paper.Statement(item.title, said.words if said else "", side.assessor.name, on)

    def _attachments(self) -> Iterator[paper.Attachment]:
        """What stands beside the sides that are printed, and beside what they pinned; each once."""
        found = [record for record in self._pinned() if record.kind in filing.STANDS]
        pinned = {(filing.STANDS[r.kind], r.id): f"{r.title or _('Check-in')} {r.on}" for r in found}
        sides = {(filing.KIND, side.id): _(PARTS[side.relation]) for side in self.sides}
        for key, beside in {**sides, **pinned}.items():
            for file in self.page.files.get(key, ()):
                yield paper.Attachment(beside, file.name, file_size(file.size), file.sha256)

    def _pinned(self) -> Iterator[evidence.Record]:
        open_ones = {side.id for side in self.sides}
        return (record for (side_id, _item), found in self.page.pins.items() if side_id in open_ones for record in found)

    def _interview(self) -> paper.Interview | None:
        if self.review.state not in KNOWN or not self.page.known:
            return None
        signed = [each for each in self.review.signatures if each.step in OPINIONS and each.withdrawn_at is None]
        answered = self.review.state is not State.RELEASED and bool(signed)
        return paper.Interview("", OPINIONS[signed[-1].step] if answered else None, self.review.own_words if answered else "")

    def _signatures(self) -> Iterator[paper.Signature]:
        valid = {s.step: s for s in self.review.signatures if s.withdrawn_at is None}
        own = valid.get("agree") or valid.get("disagree")
        archive = valid.get("archive")
        boxes = ((_("The employee"), own), (_("Line manager"), valid.get("submit")), (_("Human resources (archive)"), archive))
        for role, signed in boxes:
            if signed is None:
                yield paper.Signature(role)
            else:
                yield paper.Signature(role, signed.signer.name, signed.at, _(HOW[signed.method]), f"S-{signed.id:04X}")

    def _revisions(self) -> Iterator[str]:
        for each in self.review.signatures:
            said = f"{local(each.at):%Y-%m-%d} {each.signer.name} {_(pages.SIGNED[each.step])}"
            gone = _("withdrawn %(when)s", when=f"{local(each.withdrawn_at):%Y-%m-%d}") if each.withdrawn_at else ""
            yield f"{said} ({gone})" if gone else said


def _measured(plain: paper.Item, figures: tuple[Figure, ...]) -> paper.Item:
    def joined(texts: Iterator[str]) -> str:
        return _(", ").join(dict.fromkeys(texts))

    return replace(
        plain,
        note=joined(pages.source_of(one, lambda at: f"{local(at):%Y-%m-%d}") for one in figures),
        method=joined(_(RULES[Rule(one.rule)]) for one in figures if one.rule),
        target=joined(pages.target_of(one) for one in figures),
        actual=joined(pages.actual_of(one) for one in figures),
    )


def _part(one: Figure) -> paper.Item:
    start = "" if one.baseline is None else figure(one.baseline, evidence.unit_of(one))
    return paper.Item(one.name, baseline=start, target=pages.target_of(one), actual=pages.actual_of(one), score=one.grade)


def _evidence(record: evidence.Record) -> paper.Evidence:
    return paper.Evidence(record.on, record.title or _("Check-in"), record.words, record.who, record.own)
