"""What was typed and not saved: kept while typing, for its writer alone."""

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafts import Draft
from portal.forms import label_of
from tests.build import an_objective


@pytest.fixture
def form(company):
    made = an_objective(company.period, person_id=company.li, title="old", why="")
    db.session.commit()
    return f"/goals/{made.id}/edit"


def keep(visitor, form, **fields):
    return visitor.post(f"/drafts/?form={form}", "save", **fields)


def test_the_last_text_counts_and_the_key_is_not_used_up(company, visit, form):
    li = visit(company.li)
    said = [keep(li, form, once="one key", title=title, why="", version="3") for title in ("a", "ab", "abc")]
    assert all("Draft kept" in answer.text for answer in said)
    assert db.session.scalars(select(Draft.fields)).all() == [{"title": ["abc"], "why": [""], "version": ["3"]}]
    assert li.post(form, once="one key", title="abc", why="", version="1").status_code == 200


def test_shown_with_the_names_of_the_fields_and_its_version(company, visit, form):
    li = visit(company.li)
    keep(li, form, title="my words", why="", version="3")
    draft = db.session.scalar(select(Draft.id))
    page = li.get(f"/drafts/{draft}").text
    assert f'action="{form}"' in page and ">Objective</label>" in page and 'name="version" value="3"' in page


def test_thrown_away(company, visit, form):
    li = visit(company.li)
    keep(li, form, title="x", version="1")
    draft = db.session.scalar(select(Draft.id))
    assert visit(company.wang).post(f"/drafts/{draft}/drop").status_code == 404
    li.post(f"/drafts/{draft}/drop", follow=False)
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_of_nobody_else(company, visit, form):
    keep(visit(company.li), form, title="mine", version="1")
    keep(visit(company.wang), form, title="his", version="1")
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 2
    assert "Draft kept" not in visit(company.zhao).get(f"/drafts/saved?form={form}").text


@pytest.mark.parametrize("form", ["", "/nowhere", "//evil.example", "https://evil.example/goals/1/edit", "/account/sessions"])
def test_only_for_forms_of_ours(company, visit, form):
    assert visit(company.li).post(f"/drafts/?form={form}", title="x").status_code == 404


@pytest.mark.parametrize(
    ("name", "label"),
    [("title", "Objective"), ("why", "Why it matters"), ("items-2-title", "Objective 3"), ("nothing", None), ("validate", None), ("", None), ("title-²", None), ("items-" + "9" * 5_000, None)],
)
def test_what_a_field_is_called(app, name, label):
    with app.test_request_context():
        assert label_of("goals.edit", name) == label
        assert label_of("accounts.login", name) is None
