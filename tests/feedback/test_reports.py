"""Reports to HR: whoever may read it may report it, HR decides, both sides are told and nobody else."""

import pytest
from sqlalchemy import select

from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.feedback.models import Feedback, Report
from portal.feedback.states import State, Verdict
from portal.journal.models import Entry
from tests.build import a_report, feedback
from tests.company import LONG_AGO, NAMES

BAD = "CANARY an insult"


@pytest.fixture
def reported(company, visit):
    """孙 insulted 李 on the wall; 吴 has told HR."""
    one = feedback(company.li, company.sun, BAD, public=True).id
    db.session.commit()
    assert visit(company.wu).post(f"/feedback/{one}/report", reason="this hurts").status_code == 200
    return one


def test_hr_alone_is_told_with_words_and_reason(company, visit, reported):
    pages = {name: visit(getattr(company, name)).get("/feedback/reports") for name in NAMES}
    assert {name for name, page in pages.items() if page.status_code == 200} == {"hu", "zheng"}
    row = db.session.scalars(select(Report.id)).one()
    one = visit(company.hu).get(f"/feedback/reports/{row}").text
    assert all(word in one for word in (BAD, "this hurts", "reported by wu", "Hide the words"))
    assert "Hide the words" not in visit(company.zheng).get(f"/feedback/reports/{row}").text
    assert "Feedback was reported" in visit(company.hu).get("/").text
    assert "reported" not in visit(company.sun).get(f"/feedback/{reported}").text, "who wrote it is not told while it is open"


def test_hidden_with_a_reason_and_both_are_told(company, visit, reported):
    row = db.session.scalars(select(Report.id)).one()
    hu, page = visit(company.hu), f"/feedback/reports/{row}"
    assert hu.post(page, act="hide", reason="").status_code == 422
    assert hu.post(page, act="else", reason="x").status_code == 400
    assert hu.post(page, act="hide", reason="we speak otherwise").status_code == 200
    assert hu.post(page, act="keep", reason="after all").status_code == 409, "a decision stands"
    assert db.session.get(Feedback, reported).state is State.HIDDEN
    for name in NAMES:
        visitor = visit(getattr(company, name))
        assert BAD not in visitor.get("/feedback/wall").text + visitor.get(f"/feedback/{reported}").text + visitor.get("/search?q=insult").text + visitor.get(f"/people/{company.li}").text, name
    decision = f"{page}/decision"
    assert "HR has decided about what you reported" in visit(company.wu).get("/").text and "HR has hidden feedback of yours" in visit(company.sun).get("/").text
    assert {name for name in NAMES if "we speak otherwise" in visit(getattr(company, name)).get(decision).text} == {"wu", "sun"}
    author = visit(company.sun).get(decision).text
    assert "wu" not in author.partition("<main")[2] and "this hurts" not in author, "never who reported it"
    for name in ("wu", "sun"):
        assert visit(getattr(company, name)).post(decision).status_code == 200
        assert decision not in visit(getattr(company, name)).get("/").text, "read once, it waits no more"
    kinds = db.session.scalars(select(Entry.kind).where(Entry.object_type.in_(("feedback", "feedback_report"))).order_by(Entry.n)).all()
    assert kinds == ["feedback_report.made", "feedback.hidden", "feedback_report.hide"]


def test_kept_and_only_the_reporter_is_told(company, visit, reported):
    row = db.session.scalars(select(Report.id)).one()
    assert visit(company.hu).post(f"/feedback/reports/{row}", act="keep", reason="a hard word, no insult").status_code == 200
    assert (db.session.get(Feedback, reported).state, db.session.get(Report, row).state) == (State.GIVEN, Verdict.KEPT)
    assert "a hard word" in visit(company.wu).get(f"/feedback/reports/{row}/decision").text
    assert visit(company.sun).get(f"/feedback/reports/{row}/decision").status_code == 404
    assert "HR has hidden" not in visit(company.sun).get("/").text
    again = visit(company.li).post(f"/feedback/{reported}/report", reason="once more")
    assert again.status_code == 200, "somebody else may see it otherwise"


def test_one_report_at_a_time_and_nobody_reports_their_own(company, visit, reported):
    second = visit(company.li).post(f"/feedback/{reported}/report", reason="me too")
    assert (second.status_code, "reported already" in second.text) == (409, True)
    assert visit(company.sun).post(f"/feedback/{reported}/report", reason="x").status_code == 403
    private = feedback(company.li, company.sun, "in private").id
    db.session.commit()
    assert visit(company.wu).post(f"/feedback/{private}/report", reason="x").status_code == 404, "who may not read it cannot report it"


def test_withdrawing_takes_nothing_from_the_eyes_of_hr(company, visit, reported):
    row = db.session.scalars(select(Report.id)).one()
    assert visit(company.sun).post(f"/feedback/{reported}/withdrawal").status_code == 200
    assert BAD in visit(company.hu).get(f"/feedback/reports/{row}").text
    assert visit(company.hu).post(f"/feedback/reports/{row}", act="hide", reason="it was an insult").status_code == 200
    assert db.session.get(Feedback, reported).state is State.WITHDRAWN


@pytest.mark.parametrize(("receiver", "author", "reporter"), [("hu", "sun", "zhao"), ("li", "hu", "wu"), ("li", "sun", "hu")])
def test_whoever_of_hr_is_part_of_it_does_not_decide(company, visit, receiver, author, reporter):
    who = {name: getattr(company, name) for name in (receiver, author, reporter)}
    row = a_report(feedback(who[receiver], who[author], public=True), who[reporter]).id
    db.session.add(RoleGrant(person_id=company.chen, role=Role.HR_ADMIN, since=LONG_AGO))
    db.session.commit()
    assert visit(company.hu).post(f"/feedback/reports/{row}", act="hide", reason="x").status_code == (404 if author == "hu" else 403)
    assert "was reported:" not in visit(company.hu).get("/").text
    assert visit(company.chen).post(f"/feedback/reports/{row}", act="hide", reason="x").status_code == 200
