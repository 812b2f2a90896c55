"""The record of a talk in a browser whose line goes down: on the page itself, where people write."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from portal.checkins.models import CheckIn, Note
from portal.db import db
from portal.drafts import Draft
from tests.build import a_check_in
from tests.shell.conftest import served, surf  # noqa: F401 - fixtures

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def phone(company, surf):  # noqa: F811
    context, _ = surf(company.wang, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"/check-ins/people/{company.li}/record")
    return page


def state(page):
    return page.locator("#record [data-save]")


def write(page, text):
    page.get_by_label("Progress", exact=False).first.fill(text)
    page.get_by_label("Progress", exact=False).first.blur()


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('kept:'))")


def drafts():
    found = [draft.fields.get("progress") for draft in db.session.scalars(select(Draft))]
    db.session.rollback()  # the server's threads write too
    return found


def test_a_line_that_is_down_from_the_first_word_on_loses_none(phone, company):
    expect(state(phone)).to_have_attribute("data-state", "fresh")
    phone.context.set_offline(True)
    write(phone, "in a tunnel")
    expect(state(phone)).to_have_attribute("data-state", "offline")
    assert kept(phone) == [f"kept:{company.wang}:/check-ins/people/{company.li}/record"]
    phone.close()
    phone.context.set_offline(False)
    again = phone.context.new_page()
    again.goto(f"/check-ins/people/{company.li}/record")
    expect(again.get_by_label("Progress", exact=False).first).to_have_value("in a tunnel")
    expect(state(again)).to_have_attribute("data-state", "saved")
    assert (kept(again), drafts()) == ([], [["in a tunnel"]])


def test_sharing_without_a_line_stays_on_the_page_and_shares_once_when_it_is_back(phone):
    phone.context.set_offline(True)
    write(phone, "in a lift")
    share = phone.get_by_role("button", name="Share with")
    share.tap()
    expect(state(phone)).to_have_attribute("data-state", "offline")
    expect(share).to_be_enabled()
    phone.context.set_offline(False)
    expect(state(phone)).to_have_attribute("data-state", "saved")
    share.dblclick()
    expect(phone.locator("main .flash")).to_contain_text("Shared with")
    assert phone.evaluate("scrollY") == 0
    db.session.rollback()
    assert db.session.scalars(select(Note.text)).all() == ["in a lift"]
    assert (db.session.scalar(select(func.count()).select_from(CheckIn)), kept(phone), drafts()) == (1, [], [])


def test_the_kind_of_an_obstacle_is_asked_where_one_is_told(phone):
    kind = phone.get_by_label("Kind of obstacle")
    expect(kind).not_to_be_visible()
    phone.get_by_label("Obstacle", exact=False).first.fill("rails are late")
    expect(kind).to_be_visible()


def test_one_more_step_takes_the_hand_to_it(phone):
    phone.get_by_label("What, step 1").fill("try it out")
    phone.get_by_role("button", name="One more step").tap()
    expect(phone.get_by_label("What, step 2")).to_be_focused()
    assert phone.get_by_label("What, step 1").input_value() == "try it out"
    phone.get_by_role("button", name="Save draft").tap()
    expect(phone.locator("main .flash")).to_contain_text("Saved as a draft")
    expect(state(phone)).to_have_attribute("data-state", "saved")


def test_what_was_typed_after_an_answer_was_lost_is_saved_too(phone):
    """The server took the draft and the line broke before it could say so: what was written meanwhile goes as well."""
    lost = []
    phone.route("**/record", lambda route: (lost.append(route.fetch()), route.abort()) if route.request.method == "POST" else route.continue_())
    write(phone, "first")
    expect(state(phone)).to_have_attribute("data-state", "offline")
    assert len(lost) == 1 and drafts() == [["first"]]
    phone.unroute("**/record")
    phone.get_by_label("Progress", exact=False).first.fill("first and second")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(state(phone)).to_have_attribute("data-state", "saved")
    assert drafts() == [["first and second"]]


def test_a_preparation_outlives_its_page_until_it_is_sent(company, surf):  # noqa: F811
    context, _ = surf(company.li)
    page = context.new_page()
    page.goto("/check-ins/preparation")
    page.get_by_label("What I want to talk about").press_sequentially("night")
    page.close()
    again = context.new_page()
    again.goto("/check-ins/preparation")
    expect(again.get_by_label("What I want to talk about")).to_have_value("night")
    again.get_by_role("button", name="Save for the check-in").click()
    expect(again.locator("main .flash")).to_contain_text("Saved")
    assert kept(again) == []
    again.reload()
    expect(again.get_by_label("What I want to talk about")).to_have_value("night")


def test_a_view_is_erased_from_the_browser_when_the_server_has_it(company, surf):  # noqa: F811
    talk = a_check_in(company.li, company.wang).id
    db.session.commit()
    context, _ = surf(company.li)
    page = context.new_page()
    page.goto(f"/check-ins/{talk}")
    field = page.get_by_label("Your view")
    field.fill("as I see it")
    assert kept(page) == [f"kept:{company.li}:/check-ins/{talk}/view"]
    page.get_by_role("button", name="Save my view").click()
    expect(page.locator("main .flash")).to_be_visible()
    assert kept(page) == []


def test_any_other_form_is_not_sent_into_nothing(company, surf):  # noqa: F811
    context, _ = surf(company.li)
    page = context.new_page()
    page.goto("/check-ins/preparation")
    context.set_offline(True)
    page.get_by_label("What I want to talk about").fill("night shifts")
    page.get_by_role("button", name="Save for the check-in").click()
    expect(page.locator("#unsent")).to_be_visible()
    assert page.get_by_label("What I want to talk about").input_value() == "night shifts"
    context.set_offline(False)
    expect(page.locator("#unsent")).not_to_be_visible()
    page.get_by_role("button", name="Save for the check-in").click()
    expect(page.locator("main .flash")).to_contain_text("Saved")
