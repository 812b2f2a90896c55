"""The shell: what the navigation shows to whom, the choice of a language, addresses of static files."""

import re

import pytest

from portal import clock
from portal.access.models import Switch
from portal.db import db
from portal.i18n import COOKIE
from portal.settings.models import Setting

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def shown(answer):
    nav = re.search(r'<nav class="nav".*?</nav>', answer.text, re.S)[0]
    return re.findall(r'<a href="([^"]+)"', nav)


def test_an_entry_is_shown_only_to_those_whose_page_it_is(company, visit):
    assert "/access/grants" in shown(visit(company.hu).get("/more"))
    assert "/access/grants" not in shown(visit(company.li).get("/more"))


def test_every_entry_works_for_whoever_sees_it(company, visit):
    for person in (company.zhao, company.wang, company.li, company.hu, company.zheng):
        visitor = visit(person)
        for address in shown(visitor.get("/more")):
            assert visitor.get(address).status_code in (200, 303), address


def test_a_capability_that_is_off_leaves_the_navigation(company, visit):
    assert "/access/grants" in shown(visit(company.hu).get("/more"))
    db.session.add(Switch(capability="access"))
    db.session.commit()
    assert "/access/grants" not in shown(visit(company.hu).get("/more"))


def test_the_entry_of_the_page_is_marked(company, visit):
    page = visit(company.hu).get("/access/grants").text
    assert page.count('aria-current="page"') == 1 and re.search(r'href="/access/grants" aria-current="page"', page)


def lit(page):
    """Where the entries lead that are marked: of the navigation and of the phone's bar."""
    return sorted(re.findall(r'href="([^"]+)" aria-current="page"', page.text))


def test_the_rhythm_of_those_below_belongs_to_the_team(company, visit):
    zhao = visit(company.zhao)
    assert set(lit(zhao.get("/check-ins/below"))) == {"/team"}
    assert lit(zhao.get("/team")) == lit(zhao.get("/check-ins/below"))
    assert set(lit(zhao.get("/check-ins"))) == {"/check-ins"}
    assert set(lit(visit(company.li).get("/check-ins/below"))) == {"/check-ins"}, "who leads nobody has no team in the navigation"


def test_the_shell_costs_no_statement(company, visit, statements):
    visitor = visit(company.hu)
    statements.clear()
    visitor.get("/more")
    assert len(statements) == 2, statements  # the session; the viewer with settings and switches


def test_a_language_is_chosen_before_and_after_signing_in(company, visit):
    for person in (None, company.li):
        visitor = visit(person)
        assert '<html lang="en">' in visitor.get("/login").text
        answer = visitor.post("/language", follow=False, language="zh", back="/login")
        assert (answer.status_code, answer.location) == (303, "/login")
        assert f"{COOKIE}=zh" in answer.headers["Set-Cookie"] and "HttpOnly" in answer.headers["Set-Cookie"]
        assert '<html lang="zh-CN">' in visitor.get("/login").text


def test_somebody_takes_their_language_to_another_browser(company, visit):
    visit(company.li).post("/language", language="zh")
    assert '<html lang="zh-CN">' in visit(company.li).get("/more").text
    assert '<html lang="en">' in visit(company.wang).get("/more").text


def test_the_company_speaks_the_language_hr_chose(company, visit):
    db.session.add(Setting(name="language", value="zh", at=clock.now()))
    db.session.commit()
    assert '<html lang="zh-CN">' in visit(company.li).get("/more").text


@pytest.mark.parametrize(("fields", "status"), [({"language": "de"}, 400), ({}, 400)])
def test_a_language_we_do_not_speak_is_refused(company, visit, fields, status):
    assert visit(company.li).post("/language", follow=False, **fields).status_code == status


def test_the_way_back_stays_in_the_portal(company, visit):
    answer = visit(company.li).post("/language", follow=False, language="en", back="//evil.example")
    assert answer.location == "/"


def test_static_files_may_be_kept_because_their_address_changes_with_them(company, visit):
    address = re.search(r'href="(/static/css/base.css\?v=[0-9a-f]{12})"', visit(company.li).get("/more").text)[1]
    answers = [visit(None).get(asked) for asked in (address, "/static/css/base.css")]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["public, max-age=31536000, immutable", "no-cache"]
    for answer in answers:
        answer.close()


def test_what_was_said_comes_along_with_a_region(company, visit):
    from tests.build import an_objective  # noqa: PLC0415 - only here

    goal = an_objective(company.period, person_id=company.li)
    db.session.commit()
    ids = goal.id, goal.measures[0].id
    region = visit(company.li).post(f"/goals/measures/{ids[1]}/values", f"objective-{ids[0]}", value="4", confidence="8")
    assert re.search(r'<div id="flash" role="status" hx-swap-oob="true"><p class="flash">.*Saved\.', region.text, re.S)
