"""What is measured: who asks for which page, region or save."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.directory.models import Person, ReportingLine
from portal.goals.models import Objective
from portal.periods.models import Kind, Period
from portal.reviews.models import Assessment, Part, Review
from portal.reviews.states import State
from tests.bench.caller import form_of
from tests.everywhere.costs import STATEMENTS

HEAD = 584
"""People below a head, where there are so many."""
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Filled:
    """A form that is filled in before it is sent: the page it stands on, and what is changed the nth time."""

    page: str
    change: Callable[[Fields, int], Fields]
    target: str = ""

    def fill(self, html: str, action: str, n: int) -> tuple[str, Fields]:
        """Where the form goes, and what is sent there."""
        form = form_of(html, action)
        return form.action, self.change(form.fields, n)


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    page: str
    kind: str  # full, region, save
    viewer: str
    path: str
    target: str = ""
    form: Filled | None = None
    long: bool = False  # very many items at once: bytes are not judged
    most: int | None = None  # statements, where the kind's budget is not the one that holds
    served: bool = False  # measured over HTTP as well


@dataclass(frozen=True)
class Cast:
    """Who asks, by role, and what they ask about."""

    people: dict[str, int]
    quarter: int
    wide: int  # the goal with 300 children
    goal: int  # of the staff member, in this quarter
    own: int  # the staff member's review, still to be handed in
    judged: int  # a review for the first-line manager to assess
    about: int  # an item of the own review with evidence beside it


def cast(app: Flask) -> Cast:
    """Find them in a generated company."""
    with app.app_context():
        one = db.session.scalar
        people = {name: one(select(Person.id).where(Person.login == login)) or 0 for name, login in (("executive", "xu.mingchuan"), ("HR admin", "shen.jiahe"))}
        people["head"] = one(select(Person.id).where(Person.id > 1).order_by(func.abs(Person.span - HEAD), Person.id).limit(1)) or 0
        reports = select(ReportingLine.manager_id, Review.id, Review.person_id).join(Review, Review.person_id == ReportingLine.report_id)
        reports = reports.join(Person, Person.id == ReportingLine.manager_id).where(ReportingLine.depth == 1, Person.span == 8)
        manager, own, staff = db.session.execute(reports.where(Review.state == State.SELF_ASSESSMENT).order_by(Review.id).limit(1)).one()
        people |= {"manager": manager, "staff": staff}
        judged = select(Assessment.review_id).join(Review, Review.id == Assessment.review_id)
        judged = judged.where(Assessment.assessor_id == manager, Assessment.relation == Part.MANAGER, Review.state == State.ASSESSMENT)
        quarter = one(select(Period.id).where(Period.kind == Kind.QUARTER, Period.begins <= clock.today(), Period.ends > clock.today())) or 0
        goal = select(Objective.id).where(Objective.person_id == staff, Objective.period_id == quarter)
        review = db.session.get_one(Review, own)
        about = next(item.id for section in review.sections for item in section.items if item.objective_id)
        return Cast(people, quarter, one(select(Objective.id).order_by(Objective.children.desc()).limit(1)) or 0, one(goal.limit(1)) or 0, own, one(judged.limit(1)) or 0, about)


def most(app: Flask, case: Case) -> int | None:
    """The statements a whole page may send, the same number as for one row and for three; else the case's own."""
    if case.most:
        return case.most
    endpoint, _ = app.url_map.bind("localhost").match(case.path.partition("?")[0]) if case.kind == "full" else ("", {})
    return STATEMENTS.get(endpoint)


def cases(who: Cast) -> Iterator[Case]:
    """Every line, in the order of a working day."""
    staff = who.people["staff"]
    for role in ("staff", "manager", "head", "executive", "HR admin"):
        yield Case("home", "full", role, "/", served=role == "manager")
    for role in ("staff", "executive"):
        yield Case("home: time line", "region", role, f"/people/{who.people[role]}", "recent", served=role == "staff")
    for role in ("staff", "manager", "HR admin"):
        yield Case("time line", "full", role, f"/people/{staff}")
    yield Case("time line: talks", "region", "manager", f"/people/{staff}?kind=talks", "timeline")
    yield Case("time line: next page", "region", "manager", f"/people/{staff}?before={10**9}", "earlier")
    yield from _goals(who)
    yield Case("talks", "full", "manager", "/check-ins")
    record = f"/check-ins/people/{staff}/record"
    yield Case("record a talk", "full", "manager", record, served=True)
    yield Case("record a talk: autosave", "save", "manager", record, "kept", Filled(record, _talk))
    yield from _reviews(who)
    yield Case("my team", "full", "manager", "/team")


def _goals(who: Cast) -> Iterator[Case]:
    tree, board = f"/goals/periods/{who.quarter}/tree", f"/goals/board?period={who.quarter}"
    for role in ("staff", "head", "executive"):
        yield Case("goal tree", "full", role, tree, served=role == "staff")
    for role in ("staff", "head"):
        yield Case("goal tree: node with 300 children", "full", role, f"{tree}?open={who.wide}")
        yield Case("goal tree: a level of it", "region", role, f"{tree}?under={who.wide}", f"level-{who.wide}", long=True, served=role == "staff")  # fifty rows
    yield Case("OKR board", "full", "staff", board, served=True)
    for role in ("manager", "head", "executive"):
        yield Case("OKR board of the team", "full", role, f"{board}&of=team")
    yield Case("OKR board of the department", "full", "head", f"{board}&of=unit")
    yield Case("OKR board", "region", "manager", f"{board}&of=team", "board", long=True)  # all its cards
    yield Case("my goals", "full", "staff", "/goals/mine")
    yield Case("a goal", "full", "staff", f"/goals/{who.goal}")
    card, form = f"objective-{who.goal}", f"/goals/{who.goal}/update"
    yield Case("OKR board: a card", "region", "staff", f"/goals/{who.goal}", card)
    yield Case("OKR board: update a card", "region", "staff", form, card)
    yield Case("OKR board: save an update", "save", "staff", "", card, Filled(form, _value, card))


def _reviews(who: Cast) -> Iterator[Case]:
    own, judged = f"/reviews/{who.own}/form", f"/reviews/{who.judged}/form"
    for role in ("staff", "manager", "HR admin"):
        yield Case("reviews", "full", role, "/reviews")
    yield Case("review form", "full", "staff", own, served=True)
    yield Case("review form of a report", "full", "manager", judged)
    yield Case("review form: autosave", "save", "staff", own, "totals", Filled(own, _words))
    yield Case("review form of a report: autosave", "save", "manager", judged, "totals", Filled(judged, _words))
    yield Case("review form: totals", "region", "staff", own, "totals")
    yield Case("review form: evidence", "region", "staff", f"/reviews/{who.own}/evidence", "evidence", most=8)  # talks, values, pins
    yield Case("review form: evidence of a goal", "region", "staff", f"/reviews/{who.own}/evidence?about={who.about}", "evidence", most=8)


def _talk(fields: Fields, n: int) -> Fields:
    return _set(fields, progress=f"第 {n} 次记录：四号线夹具连续三周稳定")


def _words(fields: Fields, n: int) -> Fields:
    """The last free text of the form."""
    name = [name for name, _ in fields if name.startswith("words")][-1]
    return _set(fields, **{name: f"第 {n} 稿：带教两名骨干独立完成调试"})


def _value(fields: Fields, n: int) -> Fields:
    """One up, one down."""
    now = next(value for name, value in fields if name == "value")
    try:
        now = str(Decimal(now) + (1 if n % 2 else -1))
    except InvalidOperation:
        now = "1"
    return _set(fields, value=now, confidence=str(5 + n % 3), comment="本周复核")


def _set(fields: Fields, **changed: str) -> Fields:
    rest = [(name, value) for name, value in fields if name not in changed]
    return [*rest, *changed.items()]
