"""An own copy holds no word that its person does not find on pages, and every word about them that they do."""

import io
import re
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from portal import clock, jobs, journal
from portal.checkins.models import CheckIn
from portal.db import db
from portal.goals.models import Revision
from portal.owncopy import operations
from portal.reviews.models import AnswerSheet, Assessment, EarlierResult, Group, Invitation
from tests.attacks.test_canaries import case, found_by  # noqa: F401 - the fixture
from tests.build import a_check_in, a_file, an_objective
from tests.reviews.forms import LONG, handed_in, hidden

WHO = ("li", "wang", "sun", "hu", "feng")


@pytest.fixture
def place(app, tmp_path):
    before, app.config["DATA_DIR"] = app.config["DATA_DIR"], str(tmp_path)
    yield tmp_path
    app.config["DATA_DIR"] = before


def copies(company, visit):
    """{name: canaries in the copy of who is called so}, decompressed, files included."""
    found = {}
    for name in WHO:
        assert visit(getattr(company, name)).post("/account/copy", password="right").status_code == 200
        while jobs.work_one():
            pass
        path = max(operations.folder().iterdir(), key=lambda one: one.stat().st_mtime_ns)
        with ZipFile(io.BytesIO(path.read_bytes())) as packed:
            whole = b" ".join(packed.read(one) for one in packed.namelist()).decode()
        found[name] = set(re.findall(r"CANARY-([A-Z]+)", whole))
    return found


def more(company, case):  # noqa: F811
    """Other texts: a goal with its parts, a file, an earlier year, 360, and one goal of somebody else that 李 may not see."""
    goal = an_objective(company.period, person_id=company.li, title="CANARY-GOAL", why="CANARY-WHY", outcome="CANARY-OUTCOME")
    goal.measures[0].name = "CANARY-MEASURE"
    db.session.add(
        Revision(
            objective_id=goal.id, n=1, before={"title": "CANARY-BEFORE"}, after={}, why="x", by_id=company.li, at=clock.now()
        )
    )
    an_objective(company.period, person_id=company.wu, title="CANARY-STRANGER")
    theirs = a_check_in(company.sun, company.wang, action="CANARY-COLLEAGUE")
    a_file("check_in", theirs.id, company.sun, company.wang, b"CANARY-COLLEAGUEFILE")
    a_file("check_in", case.talks[0], company.li, company.wang, b"CANARY-FILE")
    theirs = db.session.scalars(select(Assessment.id).where(Assessment.review_id == case.id, Assessment.relation == "manager")).one()
    a_file("assessment", theirs, company.li, company.wang, b"CANARY-BOSSFILE")
    db.session.add(EarlierResult(person_id=company.li, year=2020, grade="B", words="CANARY-EARLIER"))
    db.session.add(Invitation(review_id=case.id, rater_id=company.sun, group=Group.PEER))
    db.session.add(AnswerSheet(review_id=case.id, group=Group.PEER, words="CANARY-SHEET"))
    talk = db.session.get_one(CheckIn, case.talks[0])
    journal.write("check_in.shared", talk, company.viewer("wang"), words={"progress": "CANARY-TOLD"})
    db.session.commit()


MINE = {"TALK", "PREPARED", "SELF", "GOAL", "WHY", "OUTCOME", "MEASURE", "BEFORE", "FILE", "EARLIER", "TOLD"}


def test_nothing_that_is_not_open_and_everything_that_is(company, visit, place, case):  # noqa: F811
    more(company, case)
    li, wang, hu = visit(company.li), visit(company.wang), visit(company.hu)
    mine, theirs = {f"words-{case.skills[0]}": f"CANARY-SELF {LONG}"}, {f"words-{case.skills[0]}": f"CANARY-BOSS {LONG}"}
    li.post(case.form, version=hidden(li.get(case.form).text, "version"), **mine)
    handed_in(case, li, **mine)
    handed_in(case, wang, "manager", **theirs)
    assert hu.post(f"/reviews/{case.id}/return", reason="CANARY-REASON").status_code == 200
    handed_in(case, wang, "manager", **theirs)
    found = copies(company, visit)
    assert found == {"hu": set(), "feng": set(), "li": MINE, "wang": {"TYPED"}, "sun": {"COLLEAGUE", "COLLEAGUEFILE"}}, (
        "before the release"
    )
    seen = found_by(company, visit, case, ("li",))
    assert set(seen) <= found["li"] and "BOSS" not in seen, "what a page tells 李 is in it"
    hu.post(f"/reviews/{case.id}/release", password="right")
    found = copies(company, visit)
    assert found["li"] == MINE | {"BOSS", "BOSSFILE"} and found["wang"] == {"TYPED"}, (
        "the result is 李's now; what 王 wrote about 李 is not in 王's"
    )
