"""The printed form: on the bytes, in text and embedded data, nobody holds what their screen does not show."""

import tempfile
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.checkins.models import Note
from portal.db import db
from portal.goals.models import Measure
from portal.printing import checks
from portal.printing.models import PrintedCopy
from portal.reviews.models import Review
from portal.reviews.sheets import fingerprint
from portal.reviews.states import State
from tests.printing.reading import everything, text
from tests.reviews.forms import LONG, a_case, handed_in, state_of

CANARIES = {"self": "CANARYSELF", "manager": "CANARYBOSS"}


@pytest.fixture
def case(company):
    return a_case(company)


def everything_in(pdf: bytes, folder: Path) -> str:
    """The text as a reader sees it, and every decoded byte of the file with its attachment."""
    return " ".join(text(pdf, folder).split()) + everything(pdf).decode("utf-8", "replace")


def printed(visitor, case) -> str:
    answer = visitor.get(visitor.post(f"/print/review/{case.id}", follow=False).location)
    assert answer.mimetype == "application/pdf", answer.text
    assert checks.problems(answer.data) == []
    with tempfile.TemporaryDirectory() as folder:
        return everything_in(answer.data, Path(folder))


def canaries(case, part):
    return {f"words-{i}": f"{CANARIES[part]} {LONG}" for i in [*case.skills, *case.asked_of[part]]}


def seen(company, visit, case):
    """Who finds whose words in their own print."""
    found = {}
    for name in ("li", "wang", "zhao", "hu"):
        whole = printed(visit(getattr(company, name), check=False), case)
        found[name] = {part for part, word in CANARIES.items() if word in whole}, "104.00" in whole
    return found


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # the paper is drawn from what was read
def test_what_is_not_on_the_screen_is_in_no_byte_of_the_paper(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    wang.post(case.form, version="1", **canaries(case, "manager"))
    li.post(case.form, version="1", **canaries(case, "self"))
    nothing = (set(), False)
    assert seen(company, visit, case) == dict.fromkeys(("li", "wang", "zhao", "hu"), nothing), "drafts are no form, not even one's own"
    handed_in(case, li, **canaries(case, "self"))
    assert seen(company, visit, case) == {"li": ({"self"}, False), "wang": nothing, "zhao": nothing, "hu": nothing}
    handed_in(case, wang, "manager", **canaries(case, "manager"))
    both = ({"self", "manager"}, True)
    assert seen(company, visit, case) == {"li": ({"self"}, False), "wang": both, "zhao": both, "hu": both}
    visit(company.hu).post(f"/reviews/{case.id}/release", password="right")
    assert seen(company, visit, case) == dict.fromkeys(("li", "wang", "zhao", "hu"), both)


def test_private_notes_and_drafts_of_talks_are_on_no_paper(company, visit, case):
    wang = visit(company.wang)
    wang.post(f"/reviews/{case.id}/pins", item=case.skills[0], kind="check_in", evidence=1)
    handed_in(case, visit(company.li))
    handed_in(case, wang, "manager")
    whole = printed(wang, case)
    assert "shared words" in whole and "PRIVATE-NOTE" not in whole and "DRAFT-WORDS" not in whole


def test_the_paper_says_what_the_screen_says(company, visit, case):
    wang = visit(company.wang)
    handed_in(case, visit(company.li), **dict.fromkeys([f"rate-{i}" for i in case.skills], "2"))
    handed_in(case, wang, "manager", **{f"points-{case.goals[0]}": "90", f"why-{case.goals[0]}": "the customer left"})
    whole = printed(wang, case)
    for said in ("first", "90.00", "the customer left", "From data: 100.00", "reach far", "manager says", "Solving problems", "Finds the cause and removes it", "No data for third"):
        assert said in whole, said
    own = printed(visit(company.li), case)
    assert "Does what was given" in own, "before the release the behaviour the person chose"
    for said in ("Answers for the result", "manager says", "90.00", "the customer left"):
        assert said not in own, said


def test_two_voices_of_a_talk_are_two_on_paper_too(company, visit, case):
    db.session.add(Note(check_in_id=1, voice="employee", field="view", text="my own view"))
    db.session.commit()
    wang = visit(company.wang)
    beside = wang.get(f"/reviews/{case.id}/evidence").text
    assert '<p class="said">shared words</p>' in beside and '<p class="said">my own view</p>' in beside
    wang.post(f"/reviews/{case.id}/pins", item=case.skills[0], kind="check_in", evidence=1)
    handed_in(case, visit(company.li))
    handed_in(case, wang, "manager")
    whole = printed(wang, case)
    assert "wang: shared words" in whole and "li: my own view" in whole


def test_a_signed_form_prints_the_frozen_figures_and_lists_later_ones(company, visit, case):
    handed_in(case, visit(company.li))
    handed_in(case, visit(company.wang), "manager")
    measure = db.session.scalars(select(Measure.id).where(Measure.name == "first")).one()
    db.session.rollback()
    visit(company.li).post(f"/goals/measures/{measure}/values", value="99", confidence="8")
    whole = printed(visit(company.wang), case)
    assert "104.00" in whole and "Came after submission" in whole


def test_a_draft_makes_no_new_version_and_a_step_does(company, visit, case):
    before = fingerprint(case.id)
    db.session.rollback()
    visit(company.wang).post(case.form, version="1", **canaries(case, "manager"))
    assert fingerprint(case.id) == before
    db.session.rollback()
    handed_in(case, visit(company.li))
    assert fingerprint(case.id) != before


def test_who_may_not_see_may_not_print(company, visit, case):
    assert visit(company.wu).post(f"/print/review/{case.id}").status_code == 404
    assert db.session.scalars(select(PrintedCopy.code)).all() == []


def test_the_person_without_a_result_yet_prints_no_grade(company, visit, case):
    handed_in(case, visit(company.li))
    handed_in(case, visit(company.wang), "manager")
    mine = printed(visit(company.li), case)
    assert "Overall score" not in mine and "Employee's copy" in mine


def test_archiving_wants_a_file_of_the_form(company, visit, case):
    handed_in(case, visit(company.li))
    handed_in(case, visit(company.wang), "manager")
    hu, li = visit(company.hu), visit(company.li)
    hu.post(f"/reviews/{case.id}/release", password="right")
    li.post(f"/reviews/{case.id}/acknowledgement", password="right", act="agree")
    db.session.execute(update(Review).where(Review.id == case.id).values(acknowledged_at=clock.now().replace(year=clock.now().year - 1)))
    db.session.commit()
    hu.post(f"/reviews/{case.id}/archive", password="right")
    assert state_of(case) is State.ARCHIVED
    whole = printed(hu, case)
    assert "archived the form" in whole and whole.count("signed with the password again") >= 3, "whoever archived it has signed"
    from portal.jobs.models import Job  # noqa: PLC0415 - only here

    assert [job.kind for job in db.session.scalars(select(Job))] == ["printing.archive"]
