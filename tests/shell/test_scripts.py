"""Our few lines of script in a real browser: saving, the line down, the session over, focus, dialogs; and without script."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from portal import clock
from portal.accounts.models import LoginSession
from portal.db import db
from tests.browser import SIZES, axe, wider_than_the_screen

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def gallery(company, surf):
    context, noise = surf(company.li)
    page = context.new_page()
    page.goto("/gallery")
    return page, noise


def state(page):
    return page.locator("#sample-kept [data-save]")


def write(page, text):
    page.get_by_label("Write here").fill(text)
    page.get_by_label("Write here").dispatch_event("change")


def test_autosave_says_that_it_saved_and_leaves_the_control_alone(gallery):
    page, noise = gallery
    expect(state(page)).to_have_attribute("data-state", "fresh")
    field = page.get_by_label("Write here")
    for text in ("first", "second"):  # the second one needs the fresh key that came with the first answer
        field.fill(text)
        field.dispatch_event("change")
        expect(state(page)).to_have_attribute("data-state", "saved")
        expect(state(page)).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    assert field.input_value() == "second" and noise.heard == []


def test_text_written_while_the_line_is_down_is_saved_when_it_is_back(gallery):
    page, _ = gallery
    page.context.set_offline(True)
    write(page, "offline")
    expect(state(page)).to_have_attribute("data-state", "offline")
    with page.expect_response("**/gallery/words"):
        page.context.set_offline(False)
    expect(state(page)).to_have_attribute("data-state", "saved")
    assert page.get_by_label("Write here").input_value() == "offline"


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('kept:'))")


def test_text_written_while_the_line_is_down_outlives_the_page(gallery, company):
    """The tab is closed, or the phone drops it: whoever comes back finds the text, and it is sent."""
    page, _ = gallery
    page.context.set_offline(True)
    write(page, "in a tunnel")
    expect(state(page)).to_have_attribute("data-state", "offline")
    write(page, "in a long tunnel")
    assert kept(page) == [f"kept:{company.li}:/gallery/words"]
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto("/gallery")
    expect(again.get_by_label("Write here")).to_have_value("in a long tunnel")
    expect(state(again)).to_have_attribute("data-state", "saved")
    assert kept(again) == [], "what was sent is not kept any longer"


def test_nobody_else_is_shown_it_and_signing_out_erases_it(gallery, company):
    page, _ = gallery
    page.context.set_offline(True)
    write(page, "for my manager")
    expect(state(page)).to_have_attribute("data-state", "offline")
    page.evaluate(f"localStorage.setItem('kept:{company.wang}:/gallery/words', localStorage.getItem('kept:{company.li}:/gallery/words'))")
    page.evaluate(f"localStorage.removeItem('kept:{company.li}:/gallery/words')")
    page.context.set_offline(False)
    other = page.context.new_page()
    other.goto("/gallery")
    expect(other.get_by_label("Write here")).to_have_value("")
    other.locator(".me-menu > summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/login")
    assert kept(other) == []


def test_half_a_word_is_not_saved(gallery):
    """An input method and dictation change the field many times before a word stands; only a finished change is sent."""
    page, _ = gallery
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    field = page.get_by_label("Write here")
    field.focus()
    for part in ("j", "ji", "jia", "夹具三周稳定"):
        field.evaluate("(it, part) => { it.dispatchEvent(new CompositionEvent('compositionupdate', { data: part, bubbles: true }));"
                       "it.value = part; it.dispatchEvent(new InputEvent('input', { isComposing: true, bubbles: true })); }", part)  # fmt: skip
    page.wait_for_timeout(1_500)
    assert sent == []
    field.dispatch_event("change")
    expect(state(page)).to_have_attribute("data-state", "saved")
    assert len(sent) == 1


def test_leaving_with_unsaved_text_is_asked_about(gallery):
    page, _ = gallery
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == [], "nothing is pending"
    page.get_by_label("Write here").press_sequentially("not saved yet")
    page.reload()
    assert asked == ["beforeunload"]


def test_a_session_that_is_over_asks_again_and_then_saves(gallery):
    page, _ = gallery
    db.session.execute(update(LoginSession).values(revoked_at=clock.now()))
    db.session.commit()
    write(page, "still here")
    dialog = page.locator("#relogin dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.matches(':modal')") and axe(page) == []
    expect(state(page)).to_have_attribute("data-state", "expired")
    assert page.get_by_label("Write here").input_value() == "still here"


def test_a_refused_form_leads_to_what_is_missing(gallery):
    page, _ = gallery
    page.get_by_label("Write here").fill("abc")
    page.locator("#sample-form button").click()
    summary = page.locator("#sample-region .errors")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Write here")).to_be_focused()


def test_a_dialog_opens_closes_and_gives_the_focus_back(gallery):
    page, noise = gallery
    opener = page.get_by_role("link", name="Return goal")
    opener.click()
    expect(page.locator("#sample")).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#sample")).not_to_be_visible()
    expect(opener).to_be_focused()
    assert noise.heard == []


def test_my_menu_closes_when_something_else_is_clicked(company, surf):
    context, _ = surf(company.li, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/more")
    page.locator("summary.me").click()
    expect(page.locator(".me-menu button").first).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(".me-menu button").first).not_to_be_visible()


def test_without_script_the_same_form_is_saved_and_refused(company, surf):
    context, _ = surf(company.li, java_script_enabled=False)
    page = context.new_page()
    page.goto("/gallery")
    page.get_by_label("Write here").fill("short")
    page.locator("#sample-form button").click()
    expect(state(page)).to_contain_text("Saved ")
    page.get_by_label("Write here").fill("abc")
    page.locator("#sample-form button").click()
    expect(page.locator("#sample-region .errors")).to_contain_text("Write here: At least 4 characters")
    assert page.get_by_label("Write here").input_value() == "abc"


LOOKS = [("small", "light", "zh-CN"), ("phone", "dark", "en"), ("desktop", "light", "en"), ("desktop", "dark", "zh-CN")]


@pytest.mark.parametrize(("size", "scheme", "language"), LOOKS)
def test_the_gallery_is_clean_in_every_size_and_language(company, surf, size, scheme, language):
    wide, high = SIZES[size]
    context, noise = surf(
        company.li, viewport={"width": wide, "height": high}, color_scheme=scheme, has_touch=wide < 700, locale=language
    )
    page = context.new_page()
    page.goto("/gallery")
    assert page.locator("html").get_attribute("lang") == language
    assert (axe(page), wider_than_the_screen(page), noise.heard) == ([], [], [])
    if wide < 700:  # a thumb needs 44 px
        small = page.evaluate("""() => [...document.querySelectorAll('.tabs a, main .btn, main .input, .topbar a')]
          .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))""")
        assert small == []
