"""Organisation facts: dated changes, what is refused, and what each begins."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal import clock, journal
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.lines import on
from portal.directory.models import Absence, Assignment, Person, ReportingLine, Status, Unit, UnitLine, UnitTerm
from portal.journal.models import Entry
from portal.organisation import asof, operations
from portal.organisation.operations import Place
from tests.company import LONG_AGO


def today():
    return clock.today()


def version(model, one):
    return db.session.get(model, one).version


def save_unit(hu, company, name, **fields):
    unit = getattr(company.units, name)
    known = {"name": name, "parent": "all", "head": "", "since": today().isoformat(), "version": str(version(Unit, unit))}
    return hu.post(f"/organisation/units/{unit}", follow=False, **{**known, **fields})


def kinds():
    return db.session.scalars(select(Entry.kind).order_by(Entry.n)).all()


def test_a_unit_gets_another_head_from_a_day_on(company, visit):
    hu, soon = visit(company.hu), today() + timedelta(days=20)
    assert save_unit(hu, company, "sales", head="sun", since=soon.isoformat()).status_code == 303
    terms = db.session.execute(select(UnitTerm.head_id, UnitTerm.since, UnitTerm.until).where(UnitTerm.unit_id == company.units.sales).order_by(UnitTerm.since)).all()
    assert terms == [(company.wang, LONG_AGO, soon), (company.sun, soon, None)]
    page = hu.get(f"/organisation/units/{company.units.sales}?on={soon}").text
    assert 'value="sun · E4"' in page and "planned" in page
    assert (kinds(), journal.check()) == (["unit.changed"], [])


def test_a_change_before_a_planned_one_ends_where_that_begins(company, visit):
    hu, later, soon = visit(company.hu), today() + timedelta(days=30), today() + timedelta(days=5)
    save_unit(hu, company, "sales", head="sun", since=later.isoformat())
    save_unit(hu, company, "sales", head="li", since=soon.isoformat())
    found = select(UnitTerm.head_id, UnitTerm.since, UnitTerm.until).where(UnitTerm.unit_id == company.units.sales)
    assert db.session.execute(found.order_by(UnitTerm.since)).all() == [(company.wang, LONG_AGO, soon), (company.li, soon, later), (company.sun, later, None)]


def test_what_hangs_elsewhere_today_counts_at_once(company, visit):
    save_unit(visit(company.hu), company, "sales", parent="research", head="wang")
    above = select(UnitLine.upper_id).where(UnitLine.lower_id == company.units.sales, UnitLine.depth > 0).order_by(UnitLine.depth)
    assert db.session.scalars(above).all() == [company.units.research, company.units.all]


def test_a_unit_never_hangs_below_itself_today_or_later(company, visit):
    hu, later = visit(company.hu), today() + timedelta(days=9)
    save_unit(hu, company, "sales", parent="research", since=later.isoformat())
    answer = save_unit(hu, company, "research", parent="sales", head="zhou")
    assert (answer.status_code, "A unit cannot hang below itself." in answer.text, 'value="zhou"' in answer.text) == (422, True, True)


def test_units_stand_in_the_order_hr_gives_them(company, visit):
    hu, first, second = visit(company.hu), company.units.sales, company.units.research

    def put(unit, to, who=hu):
        return who.post(f"/organisation/units/{unit}/order", to=to, follow=False).status_code

    def order():
        page = hu.get(f"/organisation/units/{company.units.all}").text
        return sorted((first, second), key=lambda unit: page.index(f'/organisation/units/{unit}"'))

    assert (put(first, "up"), order()) == (303, [first, second])  # the first one stays where it is
    assert (put(second, "up"), order()) == (303, [second, first])
    assert (put(second, "down"), order()) == (303, [first, second])
    assert kinds() == ["unit.put"] * 2
    assert (put(first, "sideways"), put(first, "up", visit(company.wang))) == (400, 403)


def test_where_many_departments_hang_those_below_them_are_counted(company, visit, monkeypatch):
    hu, below = visit(company.hu), f"/organisation/units/{company.units.all}"
    hu.post("/organisation/units/new", name="Laboratory 9", parent="research", head="", since=today().isoformat())
    assert "Laboratory 9" in hu.get(below).text
    monkeypatch.setattr("portal.organisation.queries.MANY", 1)
    page = hu.get(below).text
    assert ("Laboratory 9" in page, "1 department below" in page) == (False, True)


def test_two_who_change_a_unit_see_both_texts(company, visit):
    hu = visit(company.hu)
    save_unit(hu, company, "sales", head="sun")
    answer = save_unit(hu, company, "sales", head="li", version="1")
    assert (answer.status_code, "sun · E4" in answer.text, "li" in answer.text) == (409, True, True)


@pytest.mark.parametrize(("words", "said"), [("nobody", "Nobody of this name"), ("zhang", "Several people have this name")])
def test_who_is_meant_is_certain_or_refused(company, visit, words, said):
    db.session.add_all([Person(name="zhang", number="Z1"), Person(name="zhang", number="Z2")])
    db.session.commit()
    answer = save_unit(visit(company.hu), company, "sales", head=words)
    assert (answer.status_code, said in answer.text, f'value="{words}"' in answer.text) == (422, True, True)


def test_a_unit_with_people_is_not_given_up(company, visit):
    hu = visit(company.hu)
    assert hu.post(f"/organisation/units/{company.units.sales}/end", follow=False, day=today().isoformat()).status_code == 409
    made = hu.post("/organisation/units/new", follow=False, name="Laboratory 9", parent="research", head="wu", since=today().isoformat())
    new = int(made.location.rsplit("/", 1)[1])
    assert "Laboratory 9" in hu.get("/organisation").text
    gone = today() + timedelta(days=3)
    assert hu.post(f"/organisation/units/{new}/end", follow=False, day=gone.isoformat()).status_code == 303
    assert "Laboratory 9" not in hu.get(f"/organisation?on={gone}").text and "Laboratory 9" in hu.get("/organisation").text


def place(hu, company, name, **fields):
    who = getattr(company, name)
    known = {"unit": "sales", "post": "", "level": "", "manager": "", "since": today().isoformat(), "version": str(version(Person, who))}
    return hu.post(f"/organisation/people/{who}/place", follow=False, **{**known, **fields})


def test_somebody_moves_and_history_stays(company, visit):
    hu, soon = visit(company.hu), today() + timedelta(days=2)
    assert place(hu, company, "li", unit="research", manager="E5", level="P6", post="Engineer", since=soon.isoformat()).status_code == 303
    rows = db.session.scalars(select(Assignment).where(Assignment.person_id == company.li).order_by(Assignment.since)).all()
    assert [(a.unit_id, a.manager_id, a.until) for a in rows] == [(company.units.sales, company.wang, soon), (company.units.research, company.zhou, None)]
    assert (rows[1].level, rows[1].post.name) == ("P6", "Engineer")
    assert db.session.scalar(select(ReportingLine.manager_id).where(ReportingLine.report_id == company.li, ReportingLine.depth == 1)) == company.wang
    page = hu.get(f"/organisation/people/{company.li}").text
    assert "planned" in page and "manager zhou" in page and "manager wang" in page
    assert "li" in hu.get(f"/organisation/units/{company.units.research}?on={soon}").text.partition('id="sitting"')[2]


def test_the_day_begins_what_was_planned_for_it(company, visit, monkeypatch):
    soon = today() + timedelta(days=2)
    place(visit(company.hu), company, "li", unit="research", manager="zhou", since=soon.isoformat())
    monkeypatch.setattr(clock, "today", lambda: soon)
    assert operations.keep_today(soon)
    db.session.commit()
    assert db.session.scalar(select(ReportingLine.manager_id).where(ReportingLine.report_id == company.li, ReportingLine.depth == 1)) == company.zhou
    assert db.session.get(Person, company.li).unit_id == company.units.research


def test_nobody_becomes_their_own_boss(company, visit):
    hu, later = visit(company.hu), today() + timedelta(days=9)
    assert "Nobody is their own manager." in place(hu, company, "wang", manager="wang").text
    assert "their own subordinate" in place(hu, company, "zhao", manager="li", unit="all").text
    place(hu, company, "zhou", manager="wang", since=later.isoformat())  # in nine days 周 works for 王
    refused = place(hu, company, "wang", manager="wu")  # from today, but 吴 works for 周
    assert refused.status_code == 422 and "their own subordinate" in refused.text


def test_what_hr_holds_the_directory_does_not_change(company, visit):
    place(visit(company.hu), company, "li", manager="zhou", held="y")
    row = db.session.scalars(select(Assignment).where(Assignment.person_id == company.li, on(today(), Assignment))).one()
    assert (row.pinned, row.manager_id, row.source.value) == (True, company.zhou, "hr")


def test_a_second_post_takes_its_share(company, visit):
    hu, address = visit(company.hu), f"/organisation/people/{company.li}/seconds"
    second = {"unit": "research", "post": "Coach", "level": "", "manager": "zhou", "since": today().isoformat(), "until": ""}
    assert hu.post(address, follow=False, **second, share="30", version="1").status_code == 303
    assert "Coach" in hu.get(f"/organisation/people/{company.li}").text
    again = hu.post(address, **second, share="20", version="2")
    assert again.status_code == 422 and "at that time already" in again.text
    whole = hu.post(address, **{**second, "unit": "all"}, share="70", version="2")
    assert whole.status_code == 422 and "Nothing would be left" in whole.text and 'value="70"' in whole.text
    one = db.session.scalars(select(Assignment).where(Assignment.primary.is_(False))).one()
    assert (one.share, db.session.get(Person, company.li).unit_id) == (3_000, company.units.sales)
    assert hu.post(f"{address}/{one.id}/end", follow=False).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Assignment).where(Assignment.primary.is_(False))) == 0


def test_on_leave_and_back(company, visit):
    hu, address = visit(company.hu), f"/organisation/people/{company.li}/leaves"
    began = today() - timedelta(days=3)
    assert hu.post(address, follow=False, kind="Parental leave", since=began.isoformat(), until="", version="1").status_code == 303
    assert db.session.get(Person, company.li).status is Status.LEAVE
    assert "already" in hu.post(address, kind="Sick leave", since=today().isoformat(), until="", version="2").text
    one = db.session.scalars(select(Absence.id)).one()
    hu.post(f"{address}/{one}/end")
    assert (db.session.get(Person, company.li).status, db.session.get(Absence, one).until) == (Status.ACTIVE, today())


def test_somebody_without_an_account_comes_and_goes(company, visit):
    hu = visit(company.hu)
    new = {"name": "老钱", "number": "W7", "kind": "worker", "unit": "sales", "post": "Fitter", "level": "", "manager": "wang", "since": LONG_AGO.isoformat()}
    made = hu.post("/organisation/people/new", follow=False, **new)
    one = int(made.location.rsplit("/", 1)[1])
    assert db.session.get(Person, one).pinyin == "lao qian"
    assert "老钱" in visit(company.wang).get("/team").text
    again = hu.post("/organisation/people/new", **new)
    assert again.status_code == 422 and "Somebody has this employee number." in again.text and "老钱" in again.text
    assert "老钱" in hu.get("/organisation/people?q=laoq", target="found").text
    assert "老钱" in hu.get("/organisation/people?which=bare").text and "wang" not in hu.get("/organisation/people?which=bare").text.partition('id="found"')[2].replace("wang</td>", "")
    db.session.add(RoleGrant(person_id=one, role=Role.AUDITOR, since=LONG_AGO))
    db.session.commit()
    assert hu.post(f"/organisation/people/{one}/end", follow=False, day=today().isoformat(), version="2").status_code == 303
    ended = db.session.scalars(select(Entry).where(Entry.kind == "role.ended")).one()
    assert (ended.subject_id, ended.actor_id, ended.was) == (one, company.hu, "auditor"), "the role's end is in the journal, by whom it was ended"
    assert (db.session.get(Person, one).status, "老钱" in visit(company.wang).get("/team").text) == (Status.LEFT, False)
    assert hu.post(f"/organisation/people/{company.li}/end", day=today().isoformat(), version="1").status_code == 409


def test_facts_without_a_date(company, visit):
    hu = visit(company.hu)
    answer = hu.post(f"/organisation/people/{company.li}/facts", follow=False, kind="contractor", hired_on="2019-03-01", pinyin="li lei", version="1")
    person = db.session.get(Person, company.li)
    assert (answer.status_code, person.kind, person.hired_on, person.pinyin) == (303, "contractor", date(2019, 3, 1), "li lei")
    late = hu.post(f"/organisation/people/{company.li}/facts", kind="staff", hired_on="2018-01-01", pinyin="", version="1")
    assert late.status_code == 409 and "contractor" in late.text and "2018-01-01" in late.text


def test_a_post_has_a_family(company, visit):
    hu = visit(company.hu)
    place(hu, company, "li", manager="wang", post="Engineer")
    page = hu.get("/organisation/posts").text
    assert "Engineer" in page
    post = int(page.partition('action="/organisation/posts/')[2].partition('"')[0])
    assert hu.post(f"/organisation/posts/{post}", follow=False, family="R&D", key="y").status_code == 303
    assert 'value="R&amp;D"' in hu.get("/organisation/posts").text


@pytest.mark.parametrize("name", ["li", "wang", "qian", "chen"])
def test_others_do_not_read_it(company, visit, name):
    for address in ("", f"/units/{company.units.sales}", "/people", f"/people/{company.li}", "/posts"):
        assert visit(getattr(company, name)).get(f"/organisation{address}").status_code == 403


def test_the_auditor_reads_and_changes_nothing(company, visit):
    zheng = visit(company.zheng)
    for address in ("", f"/units/{company.units.sales}", "/people", f"/people/{company.li}", "/posts"):
        page = zheng.get(f"/organisation{address}")
        assert page.status_code == 200 and 'action="/organisation' not in page.text.replace('method="get" action="/organisation', "")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(("li", "sun", "wang", "zhou", "wu")), st.sampled_from(("zhao", "wang", "zhou", "li", "wu")), st.integers(-30, 30)), max_size=6))
def test_whatever_hr_dates_no_day_has_a_circle_or_two_places(company, moves):
    hu = company.viewer("hu")
    for who, manager, ahead in moves:
        person = db.session.get(Person, getattr(company, who))
        try:
            operations.move(person, Place(company.units.sales, manager_id=getattr(company, manager)), today() + timedelta(days=ahead), hu)
        except operations.Wrong:
            continue
    days = {row.since for row in db.session.scalars(select(Assignment))} | {today() + timedelta(days=n) for n in (-31, 0, 31)}
    for day in days:
        for who in ("li", "sun", "wang", "zhou", "wu"):
            one = getattr(company, who)
            assert one not in asof.managers_above(one, day)
            held = select(func.count()).select_from(Assignment).where(Assignment.person_id == one, Assignment.primary, on(day, Assignment))
            assert db.session.scalar(held) == 1
    db.session.rollback()
