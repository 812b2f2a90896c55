"""Where feedback stands besides its own pages: beside a review form, in an own copy; and how it is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.viewer import load
from portal.db import db
from portal.feedback.models import Ask, CompanyValue, Feedback, Report
from portal.journal.models import Payload
from portal.owncopy import told
from portal.retention import erasing
from portal.retention.kept import KINDS
from portal.reviews.models import Pin
from tests.build import a_report, an_ask, feedback
from tests.reviews.forms import a_case

WORDS = "kept calm on the phone"


@pytest.fixture
def case(company):
    found = a_case(company)
    value = CompanyValue(name="keeps promises", meaning="")
    db.session.add(value)
    db.session.flush()
    goal = db.session.scalar(select(erasing.Objective.id).where(erasing.Objective.title == "first"))
    found.told = feedback(company.li, company.sun, WORDS, objective_id=goal, value_id=value.id).id
    feedback(company.li, company.sun, "CANARY before the period", at=clock.now() - timedelta(days=60))
    feedback(company.li, company.sun, "", state="withdrawn", withdrawn_at=clock.now())
    feedback(company.li, company.sun, "CANARY hidden", state="hidden", public=True)
    feedback(company.sun, company.li, "CANARY to somebody else")
    db.session.commit()
    return found


def test_it_is_evidence_of_the_period_for_who_may_read_it(company, visit, case):
    beside = f"/reviews/{case.id}/evidence"
    page = visit(company.wang).get(beside).text
    assert WORDS in page and "keeps promises" in page and "CANARY" not in page
    assert WORDS in visit(company.wang).get(f"{beside}?only=feedback").text and "shared words" not in visit(company.wang).get(f"{beside}?only=feedback").text
    assert WORDS in visit(company.wang).get(f"{beside}?about={case.goals[0]}").text and WORDS not in visit(company.wang).get(f"{beside}?about={case.goals[1]}").text
    for name in ("hu", "qian", "zheng"):
        assert WORDS not in visit(getattr(company, name)).get(beside).text, name


def test_it_is_pinned_to_a_judgement_and_gone_when_it_is_withdrawn(company, visit, case):
    wang = visit(company.wang)
    assert wang.post(f"/reviews/{case.id}/pins", kind="feedback", evidence=str(case.told), item=str(case.goals[0])).status_code == 200
    assert db.session.scalars(select(Pin.kind)).all() == ["feedback"]
    assert WORDS in wang.get(f"/reviews/{case.id}/evidence?only=pinned").text
    assert visit(company.sun).post(f"/feedback/{case.told}/withdrawal").status_code == 200
    assert WORDS not in wang.get(f"/reviews/{case.id}/evidence").text


def records(app, company, name, section):
    with app.test_request_context("/"):
        return list(section(load(getattr(company, name), clock.today())))


def test_an_own_copy_says_what_was_said_to_me_and_by_me(app, company, case):
    an_ask(company.li, company.wang, "the handover")
    hidden = db.session.scalars(select(Feedback).where(Feedback.state == "hidden")).one()
    a_report(hidden, company.wu, state="hidden", decided_at=clock.now(), decided_by_id=company.hu, why="we speak otherwise")
    db.session.commit()
    of = {name: records(app, company, name, told.feedback) for name in ("li", "sun", "wu")}
    assert [len(rows) for rows in of.values()] == [5, 5, 0]
    assert [row["words"] for row in of["li"] if row["state"] == "hidden"] == [""] and [row["words"] for row in of["sun"] if row["state"] == "hidden"] == ["CANARY hidden"]
    told_why = {name: {row["hidden_because"] for row in rows} - {"", None} for name, rows in of.items()}
    assert told_why == {"li": set(), "sun": {"we speak otherwise"}, "wu": set()}
    assert [(row["topic"], row["to"]) for name in ("li", "wang") for row in records(app, company, name, told.asks)] == [("the handover", "wang")] * 2
    assert [row["why"] for row in records(app, company, "wu", told.reported)] == ["we speak otherwise"] and records(app, company, "li", told.reported) == []


def test_forgotten_it_leaves_that_there_was_something(company, visit):
    one = feedback(company.li, company.sun, WORDS)
    gone = feedback(company.li, company.sun, "", state="withdrawn", withdrawn_at=clock.now())
    db.session.flush()
    report, ask = a_report(one, company.li), an_ask(company.li, company.wang, WORDS)
    one, gone, report, ask = (row.id for row in (one, gone, report, ask))
    db.session.commit()
    visit(company.hu).post(f"/feedback/reports/{report}", act="keep", reason=f"about: {WORDS}")
    due = {name: db.session.scalars(select(KINDS[name].key).where(KINDS[name].filled)).all() for name in ("feedback", "feedback_asks")}
    assert due == {"feedback": [one], "feedback_asks": [ask]}
    erasing.feedback([one, gone])
    erasing.feedback_asks([ask])
    db.session.commit()
    kept = [*db.session.scalars(select(Feedback.words)), *db.session.scalars(select(Ask.topic)), *db.session.scalars(select(Report.words + Report.reason + Report.why))]
    assert WORDS not in " ".join(kept) and not any(WORDS in str(words) for words in db.session.scalars(select(Payload.words)))
    assert len(db.session.scalars(select(Feedback)).all()) == 2, "that there was something stays"
    assert db.session.scalars(select(KINDS["feedback"].key).where(KINDS["feedback"].filled)).all() == []
    assert "Nothing found" in visit(company.li).get("/search?q=calm").text
