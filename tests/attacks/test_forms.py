"""Every form with what no browser would send: it is refused with a 4xx or kept as text, never a 5xx, nothing half written."""

import re
from decimal import Decimal
from itertools import cycle

import pytest
from sqlalchemy import inspect, select

from portal import once
from portal.checkins.models import CheckIn
from portal.db import Model, db
from portal.goals import lines
from portal.goals.forms import ValueForm
from portal.goals.models import Objective
from portal.goals.states import State
from portal.journal.models import Tip
from portal.reviews.models import Assessment, Review
from portal.strategy.rows import figure
from tests.attacks.crawl import forms
from tests.build import an_objective
from tests.reviews.forms import a_case
from tests.visitor import ORIGIN

NASTY = [
    "9" * 30, "-5", "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e999999", "1E-400", "0.12345678", "9999-12-31", "0001-01-01",
    "x" * 100_000, "{{7*7}}", "１２", "abc", "", "99999999999", "a\x00b", "\r\nSet-Cookie: a=b", "\u202egnp", "1.00000000000000000000000000000000001",
]  # fmt: skip
NASTY_OF = {  # where only some of them get past the first look
    "number": ["sNaN", "NaN", "Infinity", "-Infinity", "1e400", "1e999999", "1E-400", "0.12345678", "9" * 30, "abc", "１２", "-5"],
    "day": ["9999-12-31", "0001-01-01", "2026-02-30", "abc"],
}
STARTS = ("/goals/{draft}", "/goals/{draft}/edit", "/goals/{agreed}", "/goals/{agreed}/close", "/goals/new", "/check-ins/preparation", "/check-ins/people/{li}/record", "/reviews/{review}/form", "/reviews/{review}/weights", "/reviews/{review}/evidence", "/cycles/new", "/cycles", "/cycles/1", "/admin/periods", "/directory/runs", "/check-ins/1", "/reviews/{review}")  # fmt: skip


@pytest.fixture
def places(company):
    case = a_case(company)
    draft = an_objective(company.period, person_id=company.li)
    agreed = db.session.scalars(select(Objective.id).where(Objective.person_id == company.li, Objective.state == State.AGREED)).first()
    db.session.commit()
    return [start.format(draft=draft.id, agreed=agreed, li=company.li, review=case.id) for start in STARTS]


def shape(form):
    return re.sub(r"\d+", "N", form.action), tuple(sorted({re.sub(r"\d+", "N", name) for name in form.fields}))


def every_form(visitor, places):
    """Each kind of form once, without the fields whose place in a list alone tells them apart."""
    seen = {}
    for form in forms(visitor, *places, most=len(places)):
        seen.setdefault(shape(form), form)
    return seen.values()


def fields_of(form):
    """One of each kind of field."""
    return {re.sub(r"\d+", "N", name): name for name in form.fields if name != "once"}.values()


def nasty_for(name):
    if re.match(r"(value|points|weight|share|.*(baseline|target|low|high|weight|threshold|stretch|each|share))", name):
        return NASTY_OF["number"]
    return NASTY_OF["day"] if re.search(r"held_on|due|day", name) else None


def send(visitor, address, fields):
    return visitor.raw(address, {**fields, "once": once.fresh()}, {"Origin": ORIGIN})


def tip():
    db.session.rollback()
    return db.session.scalars(select(Tip.n)).one()


@pytest.mark.parametrize("who", ["li", "wang", "hu"])
def test_no_field_breaks_anything(company, visit, places, who):
    if who != "wang" and db.engine.dialect.name != "sqlite":
        pytest.skip("one is enough on the second database")
    visitor, next_one, sent = visit(getattr(company, who), check=False), cycle(NASTY), 0
    for form in every_form(visitor, places):
        for name in fields_of(form):
            for bad in nasty_for(name) or [next(next_one), next(next_one)]:
                before = tip()
                fields = {**form.fields, "password": "right", name: bad}
                if "record" in form.action:
                    fields |= {"act": "share"} | ({"progress": "p"} if name != "progress" else {})
                answer = send(visitor, form.action, fields)
                sent += 1
                assert answer.status_code < 500, (form.action, name, bad[:40])
                assert answer.status_code < 400 or tip() == before, "refused, and written nevertheless"
                assert "Set-Cookie: a=b" not in str(answer.headers)
    assert sent > 20


def test_names_of_fields_that_nobody_drew(company, visit):
    """What is refused shows what was typed, field by field, whatever the fields were called."""
    visitor = visit(company.li, check=False)
    for name in ("items-²", "items-" + "9" * 5_000, "٣-title", "-", "١"):
        for address in ("/actions/999999/settlement", "/feedback/values/new", f"/people/{company.wu}/nothing"):
            assert 400 <= send(visitor, address, {name: "kept"}).status_code < 500, (name[:20], address)


def test_choices_that_are_no_numbers(company, visit, places):
    visitor = visit(company.li, check=False)
    for bad in ("１", "²", "9" * 30, "-1", "x"):
        for fields in ({"people": bad}, {"people": bad, "look": "1", "q": "sun"}):
            status = send(visitor, "/feedback/ask", {"topic": "my talk", **fields}).status_code
            assert status == (200 if "look" in fields else 422), (bad, fields)
        assert send(visitor, "/goals/new", {"title": "a goal", "period": bad}).status_code in (303, 422), bad  # １ is the first


def test_nothing_with_many_zeros_is_nothing(app):
    """0e-999999999 is a number of a dozen signs, and a text of a billion once it is written out."""
    with app.test_request_context(method="POST", data={"value": "0e-30", "confidence": "5"}):
        form = ValueForm()
        form.validate()
        assert str(form.value.data) == "0"
    assert str(lines.read_curve("0e-30 | 0\n1 | 100")[0]) == str((Decimal(0), Decimal(0)))
    assert str(figure({"target": "0e-30"}, "target")) == "0"


PROTECTED = {
    Review: ("person_id", "cycle_id", "state", "score", "grade", "proposed_grade", "released_at", "ready_at", "own_words"),
    Assessment: ("review_id", "assessor_id", "relation", "weight", "required", "in_at"),
    Objective: ("person_id", "unit_id", "accountable_id", "code", "score", "agreed_at", "closed_at", "level", "period_id"),
    CheckIn: ("person_id", "manager_id", "recorded_by_id"),
}
WISHES = {"state": "released", "relation": "self", "released_at": "2026-01-01", "in_at": "2026-01-01", "agreed_at": "2026-01-01", "required": "", "code": "X-1"}


def protected():
    db.session.rollback()
    return {
        (model, row[0]): row[1:]
        for model, names in PROTECTED.items()
        for row in db.session.execute(select(model.id, *(getattr(model, name) for name in names)))
    }


@pytest.mark.parametrize("who", ["li", "wang"])
def test_no_column_can_be_posted(company, visit, places, who):
    columns = {column.key for mapper in Model.registry.mappers for column in inspect(mapper.class_).columns}
    visitor = visit(getattr(company, who), check=False)
    for form in every_form(visitor, places):
        more = {name: WISHES.get(name, str(company.wu)) for name in columns - form.fields.keys() - {"act", "reason", "outcome", "lessons"}}
        before = protected()
        send(visitor, form.action, {**more, **form.fields, "_method": "DELETE"})
        after = protected()
        assert {key: after[key] for key in before if key in after and after[key] != before[key]} == {}, form.action
        assert all(row[0] in (getattr(company, who), company.li) for (model, i), row in after.items() if (model, i) not in before and model is Objective)


def test_the_first_of_two_is_checked_and_used(company, visit, places):
    """A field sent twice: what was looked at is what is kept."""
    visitor = visit(company.li, check=False)
    answer = visitor.post("/check-ins/preparation", follow=False, text=["mine", "x" * 30_000], version=["0", "7"])
    assert answer.status_code == 303
    assert "mine" in visitor.get("/check-ins/preparation").text
