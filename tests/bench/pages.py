"""What is measured: who asks for which page, region or save."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.dialogues.models import GoalDialogue
from portal.directory.models import Person, ReportingLine, UnitTerm
from portal.goals.models import Measure, Objective
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
    answers: int = 0  # what a form answers with, where it is not led on
    long: bool = False  # very many items at once: bytes are not judged
    most: int | None = None  # statements, where the kind's budget is not the one that holds
    served: bool = False  # measured over HTTP as well


@dataclass(frozen=True)
class Cast:
    """Who asks, by role, and what they ask about."""

    people: dict[str, int]
    quarter: int
    year: int
    wide: int  # the goal with 2,000 children, or as many as there are
    goal: int  # of the staff member, in this quarter
    measured: int  # a measure of theirs that brings points
    dialogue: int  # the goals of the quarter, set with their manager
    own: int  # the staff member's review, still to be handed in
    judged: int  # a review for the first-line manager to assess
    about: int  # an item of the own review with evidence beside it
    unit: int  # the department with the most departments below
    cycle: int


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
        people["auditor"] = one(select(RoleGrant.person_id).where(RoleGrant.role == Role.AUDITOR).order_by(RoleGrant.id).limit(1)) or 0
        below = select(UnitTerm.parent_id).where(UnitTerm.parent_id.is_not(None)).group_by(UnitTerm.parent_id).order_by(func.count().desc(), UnitTerm.parent_id)
        judged = select(Assessment.review_id).join(Review, Review.id == Assessment.review_id)
        indicator = select(Measure.id).join(Objective, Objective.id == Measure.objective_id).where(Objective.person_id == staff, Measure.rule.is_not(None))
        judged = judged.where(Assessment.assessor_id == manager, Assessment.relation == Part.MANAGER, Review.state == State.ASSESSMENT)
        quarter, year = (one(select(Period.id).where(Period.kind == kind, Period.begins <= clock.today(), Period.ends > clock.today())) or 0 for kind in (Kind.QUARTER, Kind.YEAR))
        goal = select(Objective.id).where(Objective.person_id == staff, Objective.period_id == quarter)
        review = db.session.get_one(Review, own)
        about = next(item.id for section in review.sections for item in section.items if item.objective_id)
        wide = one(select(Objective.id).order_by(Objective.children.desc(), Objective.id).limit(1)) or 0
        of_theirs = {"goal": one(goal.limit(1)) or 0, "measured": one(indicator.where(Objective.period_id == year).order_by(Measure.id).limit(1)) or 0, "dialogue": _dialogue(staff, manager, quarter)}
        return Cast(people, quarter, year, wide, **of_theirs, own=own, judged=one(judged.limit(1)) or 0, about=about, unit=one(below.limit(1)) or 0, cycle=one(select(func.max(Review.cycle_id))) or 0)


def _dialogue(person: int, manager: int, period: int) -> int:
    """A generated company has none: this one is begun in its copy."""
    today = clock.today()
    row = GoalDialogue(person_id=person, period_id=period, opened_by_id=manager, opened_at=clock.now(), propose_by=today, agree_by=today)
    db.session.add(row)
    db.session.commit()
    return row.id


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
    yield Case("time line of a team", "full", "manager", "/team/timeline")
    yield Case("promises", "full", "manager", "/actions?of=people")
    yield Case("feedback", "full", "staff", "/feedback")
    yield Case("praise wall", "full", "staff", "/feedback/wall")
    yield from _goals(who)
    yield Case("talks", "full", "manager", "/check-ins")
    record = f"/check-ins/people/{staff}/record"
    yield Case("record a talk", "full", "manager", record, served=True)
    yield Case("record a talk: autosave", "save", "manager", record, "kept", Filled(record, _talk))
    yield from _reviews(who)
    yield Case("my team", "full", "manager", "/team")
    yield from _administration(who)
    for role in ("staff", "executive"):
        for name, words in (("common", "客户"), ("rare", "谐波减速"), ("a name", "zhang")):
            yield Case(f"search: {name}", "full", role, f"/search?q={quote(words)}", served=name == "common")
    yield Case("search: one kind", "full", "staff", f"/search?q={quote('客户')}&kind=goal", long=True, most=5)  # fifty rows
    yield Case("search: suggestions", "region", "staff", f"/search?q={quote('客户')}", "suggestions", most=7)  # each of the four kinds


def _goals(who: Cast) -> Iterator[Case]:
    tree, board = f"/goals/periods/{who.quarter}/tree", f"/goals/board?period={who.quarter}"
    for role in ("staff", "head", "executive"):
        yield Case("goal tree", "full", role, tree, served=role == "staff")
    for role in ("staff", "head"):
        yield Case("goal tree: node with 2,000 children", "full", role, f"{tree}?open={who.wide}")
        yield Case("goal tree: a level of it", "region", role, f"{tree}?under={who.wide}", f"level-{who.wide}", long=True, served=role == "staff")  # fifty rows
    yield Case("OKR board", "full", "staff", board, served=True)
    for role in ("manager", "head", "executive"):
        yield Case("OKR board of the team", "full", role, f"{board}&of=team")
    yield Case("OKR board of the department", "full", "head", f"{board}&of=unit")
    yield Case("OKR board", "region", "manager", f"{board}&of=team", "board", long=True)  # all its cards
    yield Case("my goals", "full", "staff", "/goals/mine")
    yield Case("a goal", "full", "staff", f"/goals/{who.goal}")
    yield Case("a goal: with 2,000 children", "full", "staff", f"/goals/{who.wide}")
    yield Case("a goal: a measure", "full", "staff", f"/goals/measures/{who.measured}/edit")
    measure = f"/goals/measures/{who.measured}/edit"
    yield Case("a goal: a measure, its curve", "region", "staff", measure, "preview", Filled(measure, _look), answers=200)
    yield from _aligned(who)
    card, form = f"objective-{who.goal}", f"/goals/{who.goal}/update"
    yield Case("OKR board: a card", "region", "staff", f"/goals/{who.goal}", card)
    yield Case("OKR board: update a card", "region", "staff", form, card)
    yield Case("OKR board: save an update", "save", "staff", "", card, Filled(form, _value, card))


def _aligned(who: Cast) -> Iterator[Case]:
    """Looking for goals, how departments stand, what the company chose, and the goals that two set together."""
    tree, of_year = f"/goals/periods/{who.quarter}/tree", f"period={who.year}"
    for role in ("staff", "executive"):
        for name, words in (("common", "客户"), ("rare", "谐波减速")):
            yield Case(f"goal tree: {name} words", "full", role, f"{tree}?find={quote(words)}", long=True)  # fifty rows
        yield Case("scorecard", "full", role, f"/goals/scorecard?unit={who.unit}&{of_year}", most=10)  # the departments below, for who leads
        yield Case("strategy map", "full", role, f"/strategy/?{of_year}")
        yield Case("goal library", "full", role, f"/strategy/library?{of_year}", most=7)  # what can be copied, for who keeps it
    yield Case("scorecard", "full", "head", f"/goals/scorecard?{of_year}", most=10)
    for role in ("head", "executive"):
        yield Case("alignment", "full", role, f"/goals/alignment?{of_year}", most=6)  # the top departments, for who sees them all
    yield Case("alignment of a department", "full", "executive", f"/goals/alignment/{who.unit}?{of_year}")
    yield Case("coverage", "full", "executive", f"/strategy/coverage?{of_year}")
    for role in ("staff", "manager"):
        yield Case("goal dialogues", "full", role, f"/goal-dialogues?period={who.quarter}")
        yield Case("goal dialogue", "full", role, f"/goal-dialogues/{who.dialogue}")


def _reviews(who: Cast) -> Iterator[Case]:
    own, judged = f"/reviews/{who.own}/form", f"/reviews/{who.judged}/form"
    for role in ("staff", "manager", "HR admin"):
        yield Case("reviews", "full", role, "/reviews")
    yield Case("review form", "full", "staff", own, served=True)
    yield Case("review form of a report", "full", "manager", judged)
    yield Case("review form: autosave", "save", "staff", own, "totals", Filled(own, _words))
    yield Case("review form of a report: autosave", "save", "manager", judged, "totals", Filled(judged, _words))
    yield Case("review form: totals", "region", "staff", own, "totals")
    yield Case("review form: evidence", "region", "staff", f"/reviews/{who.own}/evidence", "evidence", most=10)  # talks, values, feedback, files, pins
    yield Case("review form: evidence of a goal", "region", "staff", f"/reviews/{who.own}/evidence?about={who.about}", "evidence", most=10)


def _administration(who: Cast) -> Iterator[Case]:
    """The pages that look over the whole company."""
    hr = {
        "organisation": "/organisation",
        "a department": f"/organisation/units/{who.unit}",
        "people": "/organisation/people",
        "people found": "/organisation/people?q=%E5%BC%A0",
        "a person": f"/organisation/people/{who.people['staff']}",
        "posts": "/organisation/posts",
        "differences": "/organisation/differences",
        "roles": "/admin/roles",
        "a colleague for a role": "/admin/roles/new?q=%E5%BC%A0",
        "delegations": "/admin/delegations",
        "settings": "/admin/settings",
        "changes of settings": "/admin/settings/changes",
        "jobs": "/admin/jobs",
        "directory": "/directory/runs",
        "periods": "/admin/periods",
        "cycles": "/cycles",
        "a cycle": f"/cycles/{who.cycle}",
    }
    for name, path in hr.items():
        yield Case(f"administration: {name}", "full", "HR admin", path)
    yield Case("administration: people, as typed", "region", "HR admin", "/organisation/people?q=%E5%BC%A0", "found", long=True)  # fifty rows
    yield Case("administration: audit log", "full", "auditor", "/audit")
    person, unit, setting = f"/organisation/people/{who.people['staff']}", f"/organisation/units/{who.unit}", "/admin/settings/view_days"
    saves = {
        "a setting": (setting, Filled("/admin/settings?q=view", _days)),
        "facts of a person": (f"{person}/facts", Filled(person, lambda fields, n: _set(fields, pinyin=f"wang zi {'abcdefghij'[n % 10]}"))),
        "place of a person": (f"{person}/place", Filled(person, lambda fields, n: _set(fields, level=f"P{n % 9 + 1}"))),
        "name of a department": (unit, Filled(unit, lambda fields, n: _set(fields, name=f"职能中心 {n}"))),
    }
    for name, (path, form) in saves.items():
        yield Case(f"administration: save {name}", "save", "HR admin", path, form=form)
    why = f"/access/why?person={who.people['staff']}&at=/reviews/{who.own}"
    yield Case("administration: why somebody sees it", "full", "auditor", why, most=13)  # each ground with its names


def _talk(fields: Fields, n: int) -> Fields:
    return _set(fields, progress=f"第 {n} 次记录：四号线夹具连续三周稳定")


def _days(fields: Fields, n: int) -> Fields:
    return _set(fields, value=str(8 + n % 5), why="季度内常有人晚写")


def _look(fields: Fields, n: int) -> Fields:
    """What the form sends while somebody types."""
    return _set(fields, look="1", aim=str(95 + n % 4))


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
