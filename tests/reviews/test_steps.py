"""From ready to the archive, as people walk it; evidence and pins; what waits for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock, journal
from portal.db import db
from portal.journal.models import Entry
from portal.reviews.evidence import Coverage
from portal.reviews.models import Pin, Review, Signature
from portal.reviews.states import State
from portal.waiting import queries as waiting
from portal.waiting.kinds import KINDS
from tests.reviews.forms import a_case, handed_in, state_of


@pytest.fixture
def case(company):
    return a_case(company)


@pytest.fixture
def ready(company, visit, case):
    handed_in(case, visit(company.li))
    handed_in(case, visit(company.wang), "manager")
    return case


def step(visitor, case, name, **fields):
    return visitor.post(f"/reviews/{case.id}/{name}", **fields)


def test_released_agreed_withdrawn_disagreed_archived(company, visit, ready):
    li, hu = visit(company.li), visit(company.hu)
    assert "Release to the person" in hu.get(f"/reviews/{ready.id}").text
    step(hu, ready, "release", password="right")
    assert state_of(ready) is State.RELEASED
    page = li.get(f"/reviews/{ready.id}").text
    assert "104.00" in page and "manager says" in page and "Sign, I disagree" in page
    assert step(li, ready, "acknowledgement", password="right", act="disagree", words=" ").status_code == 422
    told = step(li, ready, "acknowledgement", password="", act="disagree", words="").text
    assert "Say in your own words what you see differently." in told and 'aria-invalid="true"' in told, "told at the field, no password asked"
    step(li, ready, "acknowledgement", password="right", act="agree", words="")
    assert state_of(ready) is State.ACKNOWLEDGED
    assert step(hu, ready, "archive", password="right").status_code == 409, "the signature can still be withdrawn"
    assert step(li, ready, "withdrawal", password="right", reason="").status_code == 422
    step(li, ready, "withdrawal", password="right", reason="read it again")
    assert state_of(ready) is State.RELEASED
    step(li, ready, "acknowledgement", password="right", act="disagree", words="MY-OWN-WORDS")
    assert state_of(ready) is State.DISAGREED and "MY-OWN-WORDS" in hu.get(f"/reviews/{ready.id}").text
    signed = db.session.execute(select(Signature.step, Signature.withdrawn_at.is_not(None)).order_by(Signature.id)).all()
    assert [tuple(row) for row in signed] == [("submit", False), ("agree", True), ("disagree", False)], "kept, never deleted"
    db.session.execute(update(Review).where(Review.id == ready.id).values(acknowledged_at=clock.now() - timedelta(days=15)))
    db.session.commit()
    assert step(li, ready, "withdrawal", password="right", reason="too late").status_code == 409
    step(hu, ready, "archive", password="right")
    assert state_of(ready) is State.ARCHIVED
    kinds = db.session.scalars(select(Entry.kind).where(Entry.object_type == "review", Entry.object_id == ready.id).order_by(Entry.n)).all()
    assert kinds == [f"review.{k}" for k in ("opened", "hand in", "submit", "release", "agree", "withdraw", "disagree", "archive")]
    assert journal.check() == []


@pytest.mark.parametrize("name", ["release", "acknowledgement", "withdrawal", "archive", "taking-back"])
def test_signing_steps_ask_for_the_password_again(company, visit, ready, name):
    actor = {"release": company.hu, "archive": company.hu, "taking-back": company.wang}.get(name, company.li)
    assert step(visit(actor), ready, name, reason="x", words="x").status_code == 422
    assert state_of(ready) is State.READY


def test_returned_with_a_reason_the_manager_changes_it(company, visit, ready):
    hu, wang = visit(company.hu), visit(company.wang)
    assert step(hu, ready, "return", reason="  ").status_code == 422
    step(hu, ready, "return", reason="RETURN-REASON")
    review = db.session.get_one(Review, ready.id)
    assert (review.state, review.score, review.grade, review.ready_at) == (State.ASSESSMENT, None, None, None)
    assert all(item.frozen is None for item in review.items)
    assert db.session.scalars(select(Signature)).one().withdrawn_at is not None
    assert "manager says" in wang.get(ready.form).text, "nothing that was written is lost"
    assert "manager says" not in hu.get(f"/reviews/{ready.id}").text, "a draft again"
    assert "self says" in wang.get(f"/reviews/{ready.id}").text, "what was open stays open"
    assert "RETURN-REASON" not in visit(company.li).get(f"/reviews/{ready.id}").text
    handed_in(ready, wang, "manager", **{f"rate-{ready.skills[0]}": "4"})
    assert str(db.session.get_one(Review, ready.id).score) == "104.800000"


def test_the_manager_takes_back_before_the_release(company, visit, ready):
    wang = visit(company.wang)
    step(wang, ready, "taking-back", password="right", reason="one rating was wrong")
    assert state_of(ready) is State.ASSESSMENT
    handed_in(ready, wang, "manager")
    step(visit(company.hu), ready, "release", password="right")
    assert step(wang, ready, "taking-back", password="right", reason="x").status_code == 409


def test_hr_goes_on_without_a_self_assessment(company, visit, case):
    assert step(visit(company.wang), case, "waiver", reason="x").status_code == 403
    step(visit(company.hu), case, "waiver", reason="on leave")
    assert state_of(case) is State.ASSESSMENT
    handed_in(case, visit(company.wang), "manager")
    step(visit(company.hu), case, "release", password="right")
    page = visit(company.li).get(f"/reviews/{case.id}").text
    assert "manager says" in page, "the person reads the result though they wrote nothing"


def test_who_may_what(company, visit, ready):
    for name, field in (("release", "release"), ("return", "return")):
        for who, status in (("li", 403), ("wang", 403), ("zhao", 403), ("wu", 404), ("zheng", 403)):
            assert step(visit(getattr(company, who)), ready, field, password="right", reason="x").status_code == status, (name, who)
    assert step(visit(company.wang), ready, "acknowledgement", password="right").status_code == 403


def test_nobody_releases_their_own(company, visit):
    case = a_case(company, "hu", "zhao")
    handed_in(case, visit(company.hu))
    handed_in(case, visit(company.zhao), "manager")
    assert step(visit(company.hu), case, "release", password="right").status_code == 403
    assert "104.00" not in visit(company.hu).get(f"/reviews/{case.id}").text


def test_what_waits_for_whom(company, visit, case):
    def found(name):
        who = getattr(company, name)
        return [one for one in waiting.between(who, who, clock.today()).get(who, []) if KINDS[one.what].capability == "reviews"]

    def waits(name):
        return [(one.what, one.id == case.id) for one in found(name)]

    due = db.session.get_one(Review, case.id).cycle
    assert waits("li") == [("write", True)]
    assert waits("wang") == [("write", False)]
    assert [one.due for one in found("li")] == [due.self_due]
    db.session.rollback()
    handed_in(case, visit(company.li))
    assert waits("li") == [] and ("assess", True) in waits("wang")
    handed_in(case, visit(company.wang), "manager")
    assert waits("wang") == [("write", False)]
    db.session.rollback()
    step(visit(company.hu), case, "release", password="right")
    assert waits("li") == [("acknowledge", True)]


def test_my_reviews(company, visit, case, statements):
    wang, li = visit(company.wang), visit(company.li)
    statements.clear()
    page = wang.get("/reviews").text
    assert len(statements) <= 8, statements
    assert ">li<" in page and f'href="{case.form}"' in page and "this year" in page
    assert f'href="{case.form}"' in li.get("/reviews").text and "You assess" not in li.get("/reviews").text


@pytest.mark.parametrize("target", [None, "evidence"], ids=["plain", "htmx"])
def test_evidence_stands_beside_and_can_be_pinned(company, visit, case, target):
    wang, address = visit(company.wang), f"/reviews/{case.id}/evidence"
    page = wang.get(address, target).text
    assert "shared words" in page and "comment of the first" in page
    assert "DRAFT-WORDS" not in page and "PRIVATE-NOTE" not in page
    assert "thin basis" in page and "1 check-in" in page and "1 of 4 goals with records" in page
    assert "thin basis" not in visit(company.li).get(address, target).text, "said to the reviewer, not to the person"
    for about, there in ((case.goals[0], True), (case.goals[1], False)):
        assert ("comment of the first" in wang.get(f"{address}?about={about}", target).text) is there
    assert "comment of the first" not in wang.get(f"{address}?only=talks", target).text
    kind, number = ("check_in", page.split('id="to-check_in-')[1].split('"')[0])
    for _ in range(2):
        page = wang.post(f"/reviews/{case.id}/pins", target, item=case.skills[0], kind=kind, evidence=number).text
    assert page.count("Pinned to “Solving problems”") == 1
    assert "Pinned to" not in visit(company.li).get(address, target).text, "a pin is its author's"
    pin = db.session.scalars(select(Pin.id)).one()
    db.session.rollback()
    assert visit(company.li).post(f"/reviews/{case.id}/pins/{pin}/removal").status_code == 404
    assert "Pinned to" not in wang.post(f"/reviews/{case.id}/pins/{pin}/removal", target).text


def test_only_what_one_sees_of_the_period_can_be_pinned(company, visit, case):
    wang = visit(company.wang)
    for fields in ({"kind": "check_in", "evidence": 999}, {"kind": "nonsense", "evidence": 1}, {"kind": "check_in", "evidence": 1, "item": 1}):
        assert wang.post(f"/reviews/{case.id}/pins", **{"item": case.skills[0], **fields}).status_code == 404
    assert db.session.scalars(select(Pin)).all() == []


def test_pinned_evidence_is_read_by_whoever_reads_the_judgement(company, visit, case):
    wang = visit(company.wang)
    wang.post(f"/reviews/{case.id}/pins", item=case.skills[0], kind="check_in", evidence=1)
    handed_in(case, visit(company.li))
    handed_in(case, wang, "manager")
    assert "shared words" not in visit(company.li).get(f"/reviews/{case.id}").text
    step(visit(company.hu), case, "release", password="right")
    assert "shared words" in visit(company.li).get(f"/reviews/{case.id}").text


@pytest.mark.parametrize(
    ("talks", "silent", "goals", "thin"), [(4, 0, 4, False), (3, 0, 4, True), (9, 2, 4, False), (9, 3, 4, True), (4, 0, 0, False)]
)
def test_thin_basis(talks, silent, goals, thin):
    assert Coverage(talks, 4, silent, goals).thin is thin
