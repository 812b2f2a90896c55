"""Whatever somebody writes, into whatever field, stays words: on every page of everybody who reads it."""

import re

import pytest
from sqlalchemy import select

from portal import clock, once
from portal.db import db
from portal.directory.models import Person, Unit
from portal.goals.models import Audience, Kind, Objective
from portal.goals.states import State
from tests.attacks.crawl import forms, walk
from tests.build import an_objective
from tests.reviews.forms import a_case, handed_in
from tests.visitor import ORIGIN

MARK = "\"'><svg onload=x> hx-get=/logout {{7*7}} ${7*7} ＜b＞ &lt;q&gt;"
SHORT = MARK[:17]
WRONG = ("<svg onload", "'><svg", "49 ${", "<b>＞", "<q>")
READ = ("/", "/check-ins", "/check-ins/1", "/actions", "/goals/mine", "/goals/tree", "/goals/board", "/reviews", "/cycles/1", "/admin/settings")
TOLD = {  # fields that take no words, with what they need so that the rest of their form is kept
    "act": "share", "measures-0-shape": "number", "measures-0-way": "way", "measures-0-baseline": "0", "measures-0-target": "5",
    "held_on": clock.today().isoformat(), "value": "3", "confidence": "5",
    "period": "1", "theme": "0", "audience": "company",
}  # fmt: skip


@pytest.fixture
def case(company):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the database keeps what it is given")
    found = a_case(company)
    an_objective(company.period, person_id=company.li, audience=Audience.COMPANY, state=State.PROPOSED)
    an_objective(company.period, person_id=company.li, audience=Audience.COMPANY, state=State.AGREED, kind=Kind.OKR_ASPIRATIONAL)
    for person in db.session.scalars(select(Person)):
        person.name = f"{person.name} {MARK}"
    for unit in db.session.scalars(select(Unit)):
        unit.name = f"{unit.name} {MARK}"
    db.session.commit()
    return found


def filled(form):
    """Every field of words holds the mark, everything else what the page offers."""
    words = {name for name in form.fields if re.search(r"title|why|name|unit|words|text|comment|reason|progress|obstacle_text|support|private|what|outcome|lessons|changed|value$|milestones", name)}
    words = {name for name in words if name not in TOLD or form.action.startswith("/admin")}
    kind = {"kind": "okr_committed" if form.action.startswith("/goals") else "check_in"} if "kind" in form.fields else {}
    offered = {name: value for name, value in form.fields.items() if name != "more" and not name.startswith("owner_")}
    return {**offered, **{name: TOLD[name] for name in TOLD if name in form.fields}, **{name: SHORT if name.endswith("unit") else MARK for name in words}, **kind, "password": "right"}


def write(visitor, *places):
    sent = 0
    for form in forms(visitor, *places, most=len(places)):
        answer = visitor.raw(form.action, {**filled(form), "once": once.fresh()}, {"Origin": ORIGIN})
        sent += answer.status_code == 303
        assert not [bad for bad in WRONG if bad in answer.text], form.action
    return sent


def test_words_stay_words(company, visit, case):
    li, wang, hu = (visit(getattr(company, name), check=False) for name in ("li", "wang", "hu"))
    goals = db.session.scalars(select(Objective.id).order_by(Objective.id.desc()).limit(2)).all()
    places = [f"/goals/{i}{more}" for i in goals for more in ("/edit", "/update", "", "/close")]
    sent = write(li, "/goals/new", "/check-ins/preparation", case.form, *places)
    sent += write(wang, f"/check-ins/people/{company.li}/record", "/check-ins/1", "/check-ins/1/words", case.form, *places)
    handed_in(case, li, **{f"words-{i}": MARK for i in (*case.asked_of["self"], *case.skills)})
    handed_in(case, wang, "manager", **{f"words-{i}": MARK for i in (*case.asked_of["manager"], *case.skills)})
    sent += write(hu, "/admin/settings", "/cycles/new", "/admin/periods", f"/reviews/{case.id}", "/cycles")
    assert sent > 15
    seen = 0
    for name in ("li", "wang", "hu"):
        reader = visit(getattr(company, name), check=False)
        for address, page, _forms in walk(reader, *READ, f"/people/{company.li}", f"/reviews/{case.id}", *(f"/goals/{i}{more}" for i in goals for more in ("", "/history")), most=18):
            assert not [bad for bad in WRONG if bad in page], (name, address)
            seen += page.count("&lt;svg onload")
    assert seen > 200
