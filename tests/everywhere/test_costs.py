"""Lists cost the same for one row and for three; the bench holds 500 and 5,000 people against the same numbers."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access import Act
from portal.access.models import Delegation, Role, RoleGrant
from portal.actions.models import Action
from portal.admin.operations import change_setting
from portal.checkins.models import Note
from portal.db import db, reading
from portal.dialogues.models import GoalDraft, GoalRemark
from portal.directory.models import Absence, Assignment, Person, Post, Unit, UnitTerm
from portal.feedback.models import CompanyValue
from portal.goals.models import MeasureValue, ObjectiveParent, Theme
from portal.goals.states import State
from portal.jobs.models import Job
from portal.jobs.models import State as JobState
from portal.periods.models import Kind, Period
from portal.strategy.models import Claim
from portal.sync.lines import Kind as LineKind
from portal.sync.models import State as Ended
from portal.sync.models import SyncLine, SyncRun
from tests.build import a_check_in, a_cycle, a_dialogue, a_report, a_review, a_session, an_ask, an_objective, feedback
from tests.company import LONG_AGO
from tests.everywhere.costs import STATEMENTS

BY_HR = {"feedback.reports", "organisation.people", "organisation.person", "organisation.posts", "organisation.left", "organisation.tree", "organisation.unfinished", "organisation.unit", "admin.all_periods", "admin.roles", "delegations.everybody", "admin.changes", "admin.settings", "jobs.index", "retention.index", "retention.kind", "retention.leavers", "retention.person", "reviews.cycle", "reviews.cycles", "strategy.library", "strategy.theme", "sync.run", "sync.runs"}


def told(company, n, goal):
    """Praise, words between two that were reported, and a question."""
    value = CompanyValue(name=f"value {n}", meaning="words")
    db.session.add(value)
    db.session.flush()
    praise = feedback(company.li, company.sun, public=True, objective_id=goal.id, value_id=value.id)
    journal.write("feedback.praised", praise, company.viewer("sun"))
    reported = feedback(company.wang, company.li, objective_id=goal.id)
    a_report(reported, company.wang)
    return reported, an_ask(company.li, company.wang, f"topic {n}", objective_id=goal.id)


def fill(company, rows):
    """So many of everything that a list shows; the last of each is what a page about one thing shows."""
    wang = company.viewer("wang")
    plan = Period(name="plan", kind=Kind.YEAR, begins=date(2040, 1, 1), ends=date(2041, 1, 1))
    db.session.add(plan)
    db.session.flush()
    db.session.add(theme := Theme(period_id=plan.id, name="first choice", perspective="customer"))
    db.session.flush()
    run = SyncRun(began=clock.now(), ended=clock.now(), state=Ended.APPLIED)
    for n in range(rows):
        goal = an_objective(company.period, person_id=company.li, state=State.AGREED, measures=rows, why="words", lessons="words")
        db.session.add_all(MeasureValue(measure_id=goal.measures[0].id, value=Decimal(n), comment="on the way", by_id=company.li, at=clock.now()) for n in range(rows))
        journal.write("objective.valued", goal, wang, words={"title": goal.title, "measure": "x", "before": "1", "after": "2"})
        an_objective(company.period, person_id=company.wang, state=State.AGREED)
        an_objective(plan.id, theme_id=theme.id, state=State.AGREED, measures=rows)
        db.session.add(Theme(period_id=plan.id, name=f"theme {n}", perspective="process"))
        above, below = an_objective(plan.id, state=State.AGREED), an_objective(plan.id, unit_id=company.units.sales, state=State.PROPOSED)
        claim = Claim(objective_id=above.id, unit_id=company.units.sales, made_id=below.id, by_id=company.wang, asked_at=clock.now())
        db.session.add_all([claim, ObjectiveParent(child_id=below.id, parent_id=above.id, share=10_000)])
        db.session.flush()
        an_objective(company.period, person_id=company.sun, state=State.PROPOSED)
        talk = a_check_in(company.li, company.wang)
        db.session.add(Note(check_in_id=talk.id, voice="manager", field="progress", text="words"))
        reported, ask = told(company, n, goal)
        cycle = a_cycle(company.period)
        review = a_review(company.li, {company.li: "self", company.wang: "manager"}, cycle)
        for person in (company.sun, company.wu)[: rows - 1]:
            a_review(person, {person: "self", company.wang: "manager"}, cycle)
        mine = a_review(company.wang, {company.wang: "self", company.zhao: "manager"}, cycle)
        db.session.add(Period(name=f"year {n}", kind=Kind.YEAR, begins=date(2050 + n, 1, 1), ends=date(2051 + n, 1, 1)))
        a_session(company.wang)
        unit, post, worker = Unit(name=f"unit {n}"), Post(name=f"post {n}"), Person(name=f"worker {n}", number=f"W{n}")
        db.session.add_all([unit, post, worker])
        db.session.flush()
        db.session.add(UnitTerm(unit_id=unit.id, parent_id=company.units.sales, head_id=worker.id, since=LONG_AGO))
        db.session.add(Assignment(person_id=worker.id, unit_id=company.units.sales, manager_id=company.wang, post_id=post.id, since=LONG_AGO))
        db.session.add(Assignment(person_id=company.li, unit_id=unit.id, post_id=post.id, share=100, primary=False, since=LONG_AGO))
        db.session.add(Absence(person_id=company.li, kind="leave", since=date(2001 + n, 1, 1), until=date(2001 + n, 2, 1)))
        db.session.add(SyncRun(began=clock.now(), ended=clock.now(), state=Ended.APPLIED))
        db.session.add(Delegation(giver_id=company.wang, taker_id=company.wu, act=Act.EDIT_OBJECTIVE, since=clock.today(), until=None, reason="leave"))
        db.session.add(RoleGrant(person_id=company.wu, role=Role.AUDITOR, since=clock.today()))
        for kind in JobState:
            ran = {"lease_until": clock.now(), "began_at": clock.now(), "taken_by": "x"} if kind is JobState.RUNNING else {"ended_at": clock.now()}
            db.session.add(Job(kind="tidy", state=kind, run_at=clock.now(), asked_at=clock.now(), asked_by_id=company.hu, **ran))
        change_setting("rhythm_days", str(20 + n), "why", company.viewer("hu"))
    dialogue = a_dialogue(company.li, company.period, company.wang, draft=rows + 1)
    for n in range(rows):
        db.session.add(GoalDraft(dialogue_id=dialogue.id, n=n + 1, goals=[], by_id=company.li, at=clock.now()))
        db.session.add(GoalRemark(dialogue_id=dialogue.id, objective_id=goal.id, draft=1, by_id=company.wang, words="words", at=clock.now()))
    db.session.add(run)
    db.session.flush()
    db.session.add_all(SyncLine(run_id=run.id, n=n, kind=LineKind.JOINED, name=f"P{n}") for n in range(rows))
    db.session.commit()
    assert mine.id
    quarter, about = company.period, f"of=person-{company.li}"
    return {
        "accounts.sessions": "/account/sessions", "actions.index": "/actions?of=people", "actions.show": f"/actions/{db.session.scalars(select(Action.id)).first()}", "admin.all_periods": "/admin/periods", "admin.changes": "/admin/settings/changes", "admin.roles": "/admin/roles", "jobs.index": "/admin/jobs", "admin.settings": "/admin/settings",
        "audit.index": "/audit", "checkins.index": "/check-ins", "checkins.record": f"/check-ins/people/{company.li}/record", "checkins.show": f"/check-ins/{talk.id}",
        "delegations.everybody": "/admin/delegations", "delegations.mine": "/account/delegations",
        "goals.alignment": f"/goals/alignment?period={quarter}", "goals.scorecard": f"/goals/scorecard?period={quarter}", "goals.sharing": f"/goals/{goal.id}/sharing", "goals.unit_alignment": f"/goals/alignment/{company.units.sales}?period={quarter}", "goals.board": f"/goals/board?{about}", "goals.changes": f"/goals/{goal.id}/changes", "goals.edit": f"/goals/{goal.id}/edit", "goals.history": f"/goals/{goal.id}/history", "goals.measure": f"/goals/measures/{goal.measures[0].id}/edit", "goals.mine": "/goals/mine",
        "goals.show": f"/goals/{goal.id}", "goals.team": "/goals/board?of=team", "goals.tree": f"/goals/periods/{quarter}/tree", "goals.picture": f"/goals/tree/picture?period={quarter}&open={goal.id}", "goals.update": f"/goals/{goal.id}/update", "goals.workings": f"/goals/{goal.id}/workings",
        "dialogues.compare": f"/goal-dialogues/{dialogue.id}/drafts", "dialogues.index": f"/goal-dialogues?period={company.period}", "dialogues.show": f"/goal-dialogues/{dialogue.id}",
        "feedback.answer": f"/feedback/asks/{ask.id}", "feedback.ask": "/feedback/ask", "feedback.find": "/feedback/new?q=wo", "feedback.give": f"/feedback/to/{company.li}", "feedback.index": "/feedback",
        "feedback.reports": "/feedback/reports", "feedback.show": f"/feedback/{reported.id}", "feedback.values": "/feedback/values", "feedback.wall": "/feedback/wall",
        "home.index": "/", "home.person": f"/people/{company.li}", "home.team": "/team", "home.team_line": "/team/timeline?q=x",
        "organisation.people": "/organisation/people", "organisation.person": f"/organisation/people/{company.li}", "organisation.posts": "/organisation/posts",
        "organisation.left": "/organisation/left", "organisation.unfinished": f"/organisation/people/{company.li}/unfinished", "organisation.tree": "/organisation", "organisation.unit": f"/organisation/units/{company.units.sales}",
        "owncopy.index": "/account/copy", "retention.index": "/admin/retention", "retention.kind": "/admin/retention/kinds/check_ins?event=ended&keep=1",
        "retention.leavers": "/admin/retention/people", "retention.person": f"/admin/retention/people/{company.li}",
        "reviews.beside": f"/reviews/{review.id}/evidence", "reviews.cycle": f"/cycles/{cycle.id}", "reviews.cycles": "/cycles", "reviews.form": f"/reviews/{review.id}/form",
        "reviews.index": "/reviews", "reviews.show": f"/reviews/{review.id}", "search.index": "/search?q=wo", "strategy.carried": f"/strategy/objectives/{above.id}/claims", "strategy.claimable": f"/strategy/claims?period={plan.id}", "strategy.coverage": f"/strategy/coverage?period={plan.id}", "strategy.one_claim": f"/strategy/claims/{claim.id}", "strategy.index": f"/strategy/?period={plan.id}", "strategy.library": f"/strategy/library?period={plan.id}", "strategy.theme": f"/strategy/themes/{theme.id}", "sync.run": f"/directory/runs/{run.id}", "sync.runs": "/directory/runs",
    }  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_one_row_and_for_three(company, visit, statements, rows):
    addresses, found = fill(company, rows), {}
    for endpoint, address in addresses.items():
        visitor = visit(company.zheng if endpoint == "audit.index" else company.hu if endpoint in BY_HR else company.wang)
        statements.clear()
        assert visitor.get(address).status_code == 200, address
        found[endpoint] = len(statements)
    assert found == STATEMENTS


def test_no_page_has_sqlite_prepare_a_statement_anew(company, visit):
    """For the values given with it: where a partial index asks for one, it belongs into the statement (`db.spelled`)."""
    if db.engine.dialect.name != "sqlite":
        return
    for endpoint, address in fill(company, 1).items():
        visitor = visit(company.zheng if endpoint == "audit.index" else company.hu if endpoint in BY_HR else company.wang)
        for _ in range(2):
            assert visitor.get(address).status_code == 200, address
        before = _prepared()
        visitor.get(address)
        again = [sql for sql, times in _prepared().items() if times > before.get(sql, times)]
        assert not again, endpoint


def _prepared() -> dict[str, int]:
    """How often SQLite has prepared each statement anew that it keeps for readers."""
    token = reading.set(True)
    try:
        with db.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT sql, reprep FROM sqlite_stmt")
            return {row.sql: row.reprep for row in found}
    finally:
        reading.reset(token)
