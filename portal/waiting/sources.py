"""The sources of what waits: each is selects of the same columns, asked for one viewer or for a batch of everybody.

A thing waits for whoever is to do it next, not for all who might: a person's goals for the direct manager, a department's
for whoever heads the one above it; where that place is empty, for the nearest who heads the person's or the department.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Date, Integer, String, and_, bindparam, case, cast, exists, func, literal, null, or_, select, union
from sqlalchemy.orm import aliased

from portal.access import Act
from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins.models import CheckIn
from portal.checkins.models import State as Held
from portal.cycles.models import Cycle
from portal.cycles.models import State as Running
from portal.db import spelled
from portal.dialogues.models import GoalDialogue
from portal.dialogues.states import State as Together
from portal.directory.lines import on
from portal.directory.models import Person, ReportingLine, Status, Unit, UnitLine, UnitTerm
from portal.feedback.models import Ask, Feedback, Report
from portal.feedback.states import Asking, Verdict
from portal.goals.kinds import Rule
from portal.goals.models import Contribution, Measure, Objective, Revision
from portal.goals.policy import nobody_above
from portal.goals.states import Part, RevisionState, State
from portal.periods.models import Period
from portal.reviews.models import Assessment, Review
from portal.reviews.models import Part as Side
from portal.reviews.states import State as Judging
from portal.strategy.models import Claim
from portal.strategy.states import State as Claiming
from portal.sync.models import State as Ended
from portal.sync.models import SyncRun
from portal.sync.queries import COUNTS
from portal.waiting.kinds import What
from portal.waiting.whom import DAY, Found, Whom

UNTIL: Any = bindparam("until", type_=Date)
"""The last day that is soon: what is due later does not wait yet."""
SINCE: Any = bindparam("since", type_=Date)
"""Since when records of check-ins can still be answered."""

NOT_AGREED = tuple(state for state in State if state is not State.AGREED)
"""By what a goal is not, no index of states leads through all that is agreed."""

Source = Callable[[Whom], Iterator[Found]]


def _asks(what: Any, key: Any, **told: Any) -> Found:
    """The columns of every source but for whom: what, its id, and what a line tells of it."""
    kinds: dict[str, Any] = {"title": String(), "name": String(), "day": Date(), "due": Date(), "n": Integer()}
    what = literal(what, String) if isinstance(what, What) else what
    rest = (told.get(name, cast(null(), kind)).label(name) for name, kind in kinds.items())
    return select(what.label("what"), key.label("id"), *rest)


def promises(whom: Whom) -> Iterator[Found]:
    """What somebody promised and has not done."""
    a = Action
    found = _asks(What.PROMISE, a.id, title=a.what, due=a.due)
    return whom.own(found.where(a.state == spelled(Promised.OPEN), a.due <= UNTIL), a.owner_id)


def records(whom: Whom) -> Iterator[Found]:
    """Shared records of one's own check-ins, as long as one's own view can be added."""
    c = CheckIn
    return whom.own(
        _asks(What.RECORD, c.id, day=c.held_on).where(c.state == spelled(Held.SHARED), c.held_on >= SINCE), c.person_id
    )


def proposed(whom: Whom) -> Iterator[Found]:
    """Goals that are proposed by themselves, and changes of agreed ones."""
    o, d, r, other = Objective, GoalDialogue, Revision, aliased(Objective)
    with_others = exists().where(
        d.person_id == other.person_id, d.period_id == other.period_id, d.state == spelled(Together.PROPOSED)
    )
    new = select(other.id).where(other.state == spelled(State.PROPOSED), ~with_others)
    changed = select(r.objective_id).where(r.answered_at.is_(None))  # it waits
    is_new = o.state == spelled(State.PROPOSED)
    what = case((is_new, literal(What.PROPOSED, String)), else_=literal(What.CHANGED, String))
    nth = select(r.n).where(r.objective_id == o.id, r.answered_at.is_(None)).correlate(o).limit(1).scalar_subquery()
    found = _asks(what, o.id, title=o.title, name=Person.name, n=nth).outerjoin(Person, Person.id == o.person_id)
    found = found.where(o.id.in_(union(new, changed)))  # one set, not an OR: each of them by its index
    yield from _of_a_person(whom, found, o.person_id)
    if whom.heads:
        yield from _of_a_unit(whom, found.where(o.person_id.is_(None)), o.unit_id)
    company = found.where(o.person_id.is_(None), o.unit_id.is_(None))
    yield from whom.held(company, o.accountable_id, Act.AGREE_OBJECTIVE)
    yield from whom.keeping(company.where(o.accountable_id.is_(None)), Act.KEEP_STRATEGY)


def returned(whom: Whom) -> Iterator[Found]:
    """One's own change of an agreed goal that came back, until it is proposed anew, while the goal is still theirs."""
    o, r, later = Objective, Revision, aliased(Revision)
    found = _asks(What.RETURNED, o.id, title=o.title, n=r.n).select_from(r).join(o, o.id == r.objective_id)
    found = found.join(Period, Period.id == o.period_id)
    last = ~exists().where(later.objective_id == r.objective_id, later.n > r.n)
    leads = exists().where(
        ReportingLine.manager_id == r.by_id, ReportingLine.report_id == o.person_id, ReportingLine.depth == 1
    )
    above = and_(UnitLine.upper_id == UnitTerm.unit_id, UnitLine.lower_id == o.unit_id)
    heads = exists().where(UnitTerm.head_id == r.by_id, on(DAY, UnitTerm), above)
    theirs = or_(o.person_id == r.by_id, o.accountable_id == r.by_id, leads, heads)
    stands = o.state == spelled(State.AGREED), Period.closed.is_(False), r.state == spelled(RevisionState.RETURNED)
    return whom.own(found.where(last, *stands, theirs), r.by_id)


def unrated(whom: Whom) -> Iterator[Found]:
    """Judged measures without a rating as their period ends: for the direct manager of whoever answers for the goal; where
    there is none for the nearest who heads the department; where nobody is above, for those who keep the library.
    """
    o, m, line = Objective, Measure, aliased(ReportingLine)
    missing = m.rule == spelled(Rule.JUDGED), m.current.is_(None)
    judged = exists().where(m.objective_id == o.id, *missing)
    ends = select(Period.id).where(Period.closed.is_(False), Period.ends <= UNTIL)  # most days none does
    every = _asks(What.RATE, o.id, title=o.title, name=Person.name, due=Period.ends).select_from(o)
    every = every.join(Period, Period.id == o.period_id).where(o.period_id.in_(ends), o.state.not_in(NOT_AGREED), judged)
    # Whose it is decides by which index they are found: never one question about all of them. The company's are a handful:
    # PostgreSQL, which takes them for many, is not to begin with everything that anybody answers for.
    answering: Any = func.coalesce(o.accountable_id, 0)
    nobodys = every.where(o.person_id.is_(None))
    places: tuple[tuple[Found, Any, Any], ...] = (
        (every.join(Person, Person.id == o.person_id), o.person_id, Person.unit_id),
        (nobodys.outerjoin(Person, Person.id == o.accountable_id).where(o.unit_id.is_not(None)), o.accountable_id, o.unit_id),
        (nobodys.outerjoin(Person, Person.id == answering).where(o.unit_id.is_(None)), answering, Person.unit_id),
    )
    for found, mine, unit in places:
        if whom.leads:
            led = found.join(line, and_(line.report_id == mine, line.depth == 1))
            yield from whom.held(led, line.manager_id, Act.JUDGE_MEASURE, mine)
        if whom.heads:
            # Everybody below is looked through, on days when there can be something to find.
            alone = found.where(ends.exists(), ~exists().where(line.report_id == mine, line.depth == 1))
            yield from _nearest(whom, alone, unit, 0, mine, act=Act.JUDGE_MEASURE)
        top = found.where(o.id.in_(select(m.objective_id).where(*missing)), nobody_above(mine, unit, DAY))
        yield from whom.keeping(top, Act.KEEP_STRATEGY, (func.coalesce(mine, 0),))


def shared(whom: Whom) -> Iterator[Found]:
    """Parts of shared goals that a department is asked for: its head confirms or declines."""
    c, o = Contribution, Objective
    found = _asks(What.SHARED, o.id, title=o.title, name=Unit.name, n=c.unit_id).select_from(c).join(o, o.id == c.objective_id)
    found = found.join(Unit, Unit.id == c.unit_id).join(Period, Period.id == o.period_id)
    decidable = o.state.not_in((State.CLOSED, State.WITHDRAWN)), Period.closed.is_(False)
    return _headed(whom, found.where(c.state == spelled(Part.ASKED), *decidable), c.unit_id)


def claimed(whom: Whom) -> Iterator[Found]:
    """Claims: for whoever answers for the company objective, or keeps the library where nobody does."""
    o = Objective
    found = _claims(What.CLAIMED, Claim.id, Claim.objective_id).where(Claim.state == spelled(Claiming.ASKED))
    yield from whom.own(found, o.accountable_id)
    yield from whom.keeping(found.where(o.accountable_id.is_(None)), Act.KEEP_STRATEGY)


def sent_back(whom: Whom) -> Iterator[Found]:
    """Claims of a department that came back to its head."""
    found = _claims(What.SENT_BACK, Claim.id, Claim.objective_id).join(Period, Period.id == Objective.period_id)
    can_be = Objective.state == spelled(State.AGREED), Period.closed.is_(False)
    return _headed(whom, found.where(Claim.state == spelled(Claiming.RETURNED), *can_be), Claim.unit_id)


def unweighed(whom: Whom) -> Iterator[Found]:
    """What a department claimed without a weight: it counts in no scorecard until it has one."""
    o = Objective
    found = _claims(What.UNWEIGHED, Claim.made_id, Claim.made_id).join(Period, Period.id == o.period_id)
    bare = o.weight == 0, o.state.in_((State.PROPOSED, State.AGREED)), o.unit_id == Claim.unit_id, Period.closed.is_(False)
    return _headed(whom, found.where(Claim.state.in_((Claiming.ASKED, Claiming.ACCEPTED)), *bare), Claim.unit_id)


def dialogues(whom: Whom) -> Iterator[Found]:
    """Goals one drafts with the manager, and sets that were proposed to one."""
    d = GoalDialogue
    told = {"title": Period.name, "name": Person.name, "n": d.draft}
    own = _asks(What.DRAFT, d.id, **told, due=d.propose_by).select_from(d).join(Period).join(Person, Person.id == d.person_id)
    yield from whom.own(own.where(d.state == spelled(Together.DRAFTING)), d.person_id)
    sets = _asks(What.ANSWER, d.id, **told, due=d.agree_by).select_from(d).join(Period).join(Person, Person.id == d.person_id)
    yield from _of_a_person(whom, sets.where(d.state == spelled(Together.PROPOSED)), d.person_id)


def reviews(whom: Whom) -> Iterator[Found]:
    """One's own form and answer, and the assessments one owes."""
    r, c, a = Review, Cycle, Assessment
    own = {Judging.SELF_ASSESSMENT: (What.WRITE, c.self_due), Judging.RELEASED: (What.ACKNOWLEDGE, c.acknowledge_due)}
    for state, (what, due) in own.items():
        mine = _asks(what, r.id, title=c.name, due=due).select_from(r).join(c, c.id == r.cycle_id)
        yield from whom.own(mine.where(c.state == spelled(Running.RUNNING), r.state == spelled(state)), r.person_id)
    owed = _asks(What.ASSESS, r.id, title=c.name, name=Person.name, due=c.assessment_due).select_from(a)
    owed = owed.join(r, r.id == a.review_id).join(c, c.id == r.cycle_id).join(Person, Person.id == r.person_id)
    owed = owed.where(c.state == spelled(Running.RUNNING), r.state == spelled(Judging.ASSESSMENT), a.relation != Side.SELF)
    yield from whom.own(owed, a.assessor_id)


def feedback(whom: Whom) -> Iterator[Found]:
    """Questions for feedback, reports that HR decides about, and what HR decided, until it is read."""
    a, r = Ask, Report
    asks = _asks(What.ASKED, a.id, title=a.topic, name=Person.name, due=a.due).join(Person, Person.id == a.person_id)
    # Nobody waits for an answer to who has left.
    yield from whom.own(asks.where(a.state == spelled(Asking.OPEN), Person.status != Status.LEFT), a.asked_id)
    open_ = _asks(What.REPORTED, r.id, title=func.substr(r.words, 1, 80)).join(Feedback, Feedback.id == r.feedback_id)
    parties = (r.person_id, r.reporter_id, Feedback.person_id)
    yield from whom.keeping(open_.where(r.state == spelled(Verdict.OPEN)), Act.DECIDE_REPORT, parties)
    heard = _asks(What.HEARD, r.id).where(r.state.in_((Verdict.KEPT, Verdict.HIDDEN)), r.read_by_reporter.is_(False))
    yield from whom.own(heard, r.reporter_id)
    yield from whom.own(
        _asks(What.HIDDEN, r.id).where(r.state == spelled(Verdict.HIDDEN), r.read_by_author.is_(False)), r.person_id
    )


def stopped(whom: Whom) -> Iterator[Found]:
    """The run that the brake holds now and somebody confirmed: for every other administrator."""
    r, last = SyncRun, aliased(SyncRun)
    newest = select(func.max(last.id)).where(last.state.in_(COUNTS)).scalar_subquery()
    found = _asks(What.RELEASE, r.id, name=Person.name, n=r.left).join(Person, Person.id == r.confirmed_by_id)
    held = r.id == newest, r.state == spelled(Ended.BRAKED), r.released_at.is_(None)
    return whom.keeping(found.where(*held), Act.RELEASE_SYNC, (r.confirmed_by_id,))


def _claims(what: What, key: Any, goal: Any) -> Found:
    """Claims with the goal that tells what they are about: the company's, or the department's own."""
    o = Objective
    found = _asks(what, key, title=o.title, name=Unit.name).select_from(Claim)
    return found.join(o, o.id == goal).join(Unit, Unit.id == Claim.unit_id)


def _of_a_person(whom: Whom, found: Found, person: Any) -> Iterator[Found]:
    """What the direct manager agrees to; where there is none, the nearest who heads the person's department."""
    line = aliased(ReportingLine)
    if whom.leads:
        led = found.join(line, and_(line.report_id == person, line.depth == 1))
        yield from whom.held(led, line.manager_id, Act.AGREE_OBJECTIVE, person)
    if whom.heads:
        place, alone = aliased(Person), ~exists().where(line.report_id == person, line.depth == 1)
        yield from _nearest(whom, found.join(place, place.id == person).where(alone), place.unit_id, 0, person)


def _of_a_unit(whom: Whom, found: Found, unit: Any) -> Iterator[Found]:
    """What the head of the department above agrees to; where there is none, whoever heads the department."""
    up, term = aliased(UnitLine), aliased(UnitTerm)
    someone = exists().where(up.lower_id == unit, up.depth > 0, term.unit_id == up.upper_id, *_has_head(term))
    yield from _nearest(whom, found, unit, 1)
    yield from _nearest(whom, found.where(~someone), unit, 0)


def _nearest(
    whom: Whom, found: Found, unit: Any, least: int, never: Any = None, *, act: Act = Act.AGREE_OBJECTIVE
) -> Iterator[Found]:
    """Whoever heads the nearest department from so many levels above this one on."""
    up, term, nearer, headed = aliased(UnitLine), aliased(UnitTerm), aliased(UnitLine), aliased(UnitTerm)
    fits = [] if never is None else [headed.head_id.is_distinct_from(never)]
    between = nearer.depth >= least, nearer.depth < up.depth, nearer.lower_id == unit
    sooner = exists().where(*between, headed.unit_id == nearer.upper_id, *_has_head(headed), *fits)
    led = found.join(up, and_(up.lower_id == unit, up.depth >= least)).join(term, term.unit_id == up.upper_id)
    yield from whom.held(led.where(*_has_head(term), ~sooner), term.head_id, act, never)


def _has_head(term: Any) -> tuple[Any, ...]:
    return term.head_id.is_not(None), on(DAY, term)


def _headed(whom: Whom, found: Found, unit: Any) -> Iterator[Found]:
    """What whoever heads exactly this department does."""
    if whom.heads:
        term = aliased(UnitTerm)
        yield from whom.own(found.join(term, and_(term.unit_id == unit, on(DAY, term))), term.head_id)


SOURCES: tuple[tuple[str, Source], ...] = (
    ("", promises),
    ("checkins", records),
    *(("goals", source) for source in (proposed, returned, unrated, shared, claimed, sent_back, unweighed, dialogues)),
    ("feedback", feedback),
    ("reviews", reviews),
    ("", stopped),
)
"""Each with the capability it comes and goes with. Check-ins to hold have a statement of their own: their day is computed."""
