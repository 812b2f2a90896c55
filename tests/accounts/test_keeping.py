"""A session that ends while somebody writes: with and without JavaScript, for its person and for nobody else."""

import re

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import LoginSession
from portal.db import db
from portal.drafts import Draft
from portal.goals.models import Objective
from tests.build import an_objective

HTMX = {"HX-Request": "true", "HX-Target": "totals"}


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


@pytest.fixture
def goal(company):
    made = an_objective(company.period, person_id=company.li, title="old", why="")
    db.session.commit()
    return made.id


@pytest.fixture
def li(browser):
    made = browser()
    made.sign_in("li")
    return made


def end_all():
    db.session.execute(update(LoginSession).values(revoked_at=clock.now()))
    db.session.commit()


def test_without_javascript_the_text_comes_back_after_the_login(company, li, goal):
    address = f"/goals/{goal}/edit"
    end_all()
    page = li.post(address, title="long thoughts", why="因为 <b>", version="1")
    assert page.status_code == 401 and "Sign in again to return here with your text" in page.text
    answer = li.sign_in("li", kept=hidden(page.text, "kept"))
    shown = li.get(answer.location).text
    assert ">long thoughts</textarea>" in shown and "因为 &lt;b&gt;" in shown
    assert ">Objective</label>" in shown and ">Why it matters</label>" in shown, "fields by their names"
    assert db.session.get_one(Objective, goal).title == "old", "shown, not sent by itself"
    saved = li.post(address, title="long thoughts", why="", version=hidden(shown, "version"))
    assert saved.status_code == 303 and db.session.get_one(Objective, goal).title == "long thoughts"
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_wrong_password_on_the_way_keeps_it_too(company, li, goal):
    end_all()
    page = li.post(f"/goals/{goal}/edit", title="long thoughts", version="1")
    kept = hidden(page.text, "kept")
    assert hidden(li.sign_in("li", "wrong", kept=kept).text, "kept") == kept


def test_another_person_gets_nothing(company, browser, li, goal):
    end_all()
    kept = hidden(li.post(f"/goals/{goal}/edit", title="long thoughts", version="1").text, "kept")
    sun = browser()
    assert sun.sign_in("sun", kept=kept).location == "/"
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_nobody_writes_such_a_value_themselves(company, li, goal):
    end_all()
    kept = hidden(li.post(f"/goals/{goal}/edit", title="x", version="1").text, "kept")
    for forged in (kept[:-2] + "xx", "x" + kept, "", "a.b.c"):
        assert li.sign_in("li", kept=forged).location == "/"


def test_every_value_of_a_field_comes_along_and_never_a_password(company, li, goal):
    end_all()
    page = li.post(f"/goals/{goal}/edit", title=["one", "two"], password="my secret", version="1")
    answer = li.sign_in("li", kept=hidden(page.text, "kept"))
    shown = li.get(answer.location).text
    assert ">one</textarea>" in shown and ">two</textarea>" in shown
    assert "my secret" not in shown and "my secret" not in page.text
    assert db.session.scalars(select(Draft.fields)).one() == {"title": ["one", "two"], "version": ["1"]}


def test_after_signing_out_in_another_tab_it_is_still_known_whose_text_it_is(company, li, goal):
    li.post("/logout")
    page = li.post(f"/goals/{goal}/edit", title="long thoughts", version="1")
    answer = li.sign_in("li", kept=hidden(page.text, "kept"))
    assert "long thoughts" in li.get(answer.location).text


def test_without_any_cookie_the_text_can_be_copied(company, browser, goal):
    page = browser().post(f"/goals/{goal}/edit", title="long thoughts", version="1")
    assert page.status_code == 401 and hidden(page.text, "kept") == ""
    assert re.search(r"<textarea[^>]*readonly>long thoughts<", page.text)


def test_a_read_leads_back_to_where_it_wanted(company, browser, goal):
    page = browser().get(f"/goals/{goal}?tab=history")
    assert (page.status_code, hidden(page.text, "next")) == (401, f"/goals/{goal}?tab=history")


def test_with_htmx_a_dialog_opens_and_the_form_stays(company, li, goal):
    end_all()
    dialog = li.post(f"/goals/{goal}/edit", HTMX, title="x", version="1")
    assert (dialog.status_code, dialog.headers["HX-Retarget"], dialog.headers["HX-Reswap"]) == (401, "#relogin", "innerHTML")
    assert "<dialog" in dialog.text and "<html" not in dialog.text
    wrong = li.post("/login", HTMX, login="li", password="wrong", again=hidden(dialog.text, "again"))
    assert wrong.status_code == 401 and hidden(wrong.text, "again") == hidden(dialog.text, "again")
    again = li.post("/login", HTMX, login="li", password="right", again=hidden(dialog.text, "again"))
    assert (again.status_code, again.headers["HX-Trigger"]) == (204, "signed-in")
    assert li.post(f"/goals/{goal}/edit", HTMX, title="x", why="", version="1").status_code == 303


def test_in_the_dialog_another_person_begins_at_home(company, li, goal):
    """Or the form of one would be sent in the name of the other."""
    end_all()
    dialog = li.post(f"/goals/{goal}/edit", HTMX, title="x", version="1")
    other = li.post("/login", HTMX, login="sun", password="right", again=hidden(dialog.text, "again"))
    assert (other.status_code, other.headers["HX-Redirect"], "HX-Trigger" in other.headers) == (204, "/", False)


@pytest.mark.parametrize("again", ["", "x", "MQ.a.b"])
def test_the_dialog_without_its_mark_begins_at_home(company, li, again):
    end_all()
    assert "HX-Redirect" in li.post("/login", HTMX, login="li", password="right", again=again).headers


def test_a_form_that_shows_its_own_draft_has_the_text_again(company, browser):
    wang, address = browser(), f"/check-ins/people/{company.li}/record"
    wang.sign_in("wang")
    end_all()
    kept = hidden(wang.post(address, progress="first words", act="draft", version="0").text, "kept")
    assert wang.sign_in("wang", kept=kept).location == address
    form = wang.get(address).text
    assert "first words</textarea>" in form and hidden(form, "version") == "1"


def test_and_nothing_that_was_written_elsewhere_since_is_replaced(company, browser):
    wang, address = browser(), f"/check-ins/people/{company.li}/record"
    wang.sign_in("wang")
    wang.post(address, progress="on the other device", act="draft", version="0")
    end_all()
    kept = hidden(wang.post(address, progress="too late", act="draft", version="0").text, "kept")
    shown = wang.get(wang.sign_in("wang", kept=kept).location).text
    assert "too late</textarea>" in shown and f'action="{address}#aside"' in shown
    clash = wang.post(address, progress="too late", act=hidden(shown, "act"), version=hidden(shown, "version"))
    assert clash.status_code == 409 and "on the other device" in clash.text and "too late" in clash.text
    assert "on the other device</textarea>" in wang.get(address).text
