"""Nothing can be done to what cannot be seen, and nobody reads on after they have gone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal import access, clock
from portal.access import Act
from portal.checkins.models import Note
from portal.db import db
from portal.goals.models import Audience, MeasureValue
from portal.goals.states import State
from portal.reviews.models import Item, Section
from tests.access.test_both_ways import fill
from tests.build import a_check_in, a_review, an_objective
from tests.company import NAMES

APART = {Act.SEE_POTENTIAL, Act.SEE_RESULT, Act.KNOW_OF_FEEDBACK}
"""Rights to more than the row: an executive holds the first without reading the form; the last is to know that there is
feedback, for the auditor, and never what it says."""


def test_whoever_may_act_may_see(company):
    """Else a list (the inbox) would show what its page refuses."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("that both databases agree is asked elsewhere")
    fill(company)
    an_objective(company.period, accountable_id=company.sun, unit_id=company.units.research)
    db.session.commit()
    wrong = []
    for name in NAMES:
        viewer = company.viewer(name)
        for model, sight in access.sights().items():
            seen = set(db.session.scalars(select(model.id).where(access.rows(sight.see, viewer, model))))
            for act in sight.acts - APART:
                held = set(db.session.scalars(select(model.id).where(access.rows(act, viewer, model))))
                wrong += [(name, act, model.__name__, len(held - seen))] if held - seen else []
    assert wrong == []


def test_who_answers_for_a_goal_can_open_it(company, visit):
    goal = an_objective(company.period, unit_id=company.units.research, accountable_id=company.sun, state=State.PROPOSED)
    other = an_objective(company.period, person_id=company.wu, audience=Audience.LINE)
    db.session.commit()
    ids, sun = (goal.id, other.id), visit(company.sun)
    assert [sun.get(f"/goals/{i}").status_code for i in ids] == [200, 404]


def test_who_judged_somebody_that_moved_reads_no_further(company, visit):
    """陈 moved from 王 to 周: the form 王 wrote stays open to 王, how the goals go on does not."""
    goal = an_objective(company.period, person_id=company.chen, state=State.AGREED)
    review = a_review(company.chen, {company.chen: "self", company.wang: "manager"}, state="ready", ready_at=clock.now())
    for assessment in review.assessments:
        assessment.in_at = clock.now()
    part = Section(kind="okr", title="goals", weight=0)
    frozen = {"title": "as it was", "kind": "okr_committed", "figures": []}
    part.items = [Item(objective_id=goal.id, title="as it was", weight=0, frozen=frozen, frozen_at=clock.now() - timedelta(days=2))]
    review.sections.append(part)
    db.session.flush()
    db.session.add(MeasureValue(measure_id=goal.measures[0].id, value=Decimal(4), comment="AFTER-THE-MOVE", by_id=company.chen, at=clock.now()))
    db.session.commit()
    address = f"/reviews/{review.id}"
    db.session.rollback()
    found = {name: "AFTER-THE-MOVE" in visit(getattr(company, name)).get(address).text for name in ("wang", "zhou", "hu")}
    assert found == {"wang": False, "zhou": True, "hu": True}


def test_what_was_prepared_for_the_old_manager_is_not_read_after_the_move(company, visit):
    talk = a_check_in(company.chen, company.wang, state="draft", recorded_by_id=company.chen)
    db.session.add(Note(check_in_id=talk.id, voice="employee", field="view", text="PREPARED-WORDS"))
    db.session.commit()
    address = f"/check-ins/{talk.id}"
    answer = visit(company.wang).get(address)
    assert "PREPARED-WORDS" not in answer.text and answer.status_code == 404
    assert visit(company.chen).get(address).status_code == 200
