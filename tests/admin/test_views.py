"""Settings, switches and periods as HR uses them: what counts at once, what is refused, what the journal keeps."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal import clock, journal
from portal.access.models import Pilot, Switch
from portal.admin.operations import change_setting
from portal.db import db
from portal.journal.models import Entry, Payload
from portal.periods.models import Kind, Period
from portal.settings import NAMES, Setting


def last_words():
    return db.session.scalar(select(Payload.words).order_by(Payload.entry_n.desc()).limit(1))


def test_a_setting_is_changed_counts_and_goes_back(company, visit):
    hu = visit(company.hu)
    hu.post("/admin/settings/rhythm_days", value="30", why="试点用月度")
    assert last_words() == {"name": "rhythm_days", "before": 14, "after": 30, "why": "试点用月度"}
    assert "every month" in visit(company.wang).get(f"/check-ins/people/{company.li}/record").text
    hu.post("/admin/settings/rhythm_days", act="reset", value="30")
    assert db.session.scalar(select(func.count()).select_from(Setting)) == 0
    assert (last_words()["before"], last_words()["after"], journal.check()) == (30, 14, [])


def test_two_who_change_a_setting_see_both_values(company, visit):
    hu = visit(company.hu)
    shown = re.search(r'action="/admin/settings/rhythm_days".*?name="seen" value="([^"]*)"', hu.get("/admin/settings").text, re.S)[1]
    hu.post("/admin/settings/rhythm_days", value="30", seen=shown)
    late = hu.post("/admin/settings/rhythm_days", value="20", why="mine", seen=shown)
    assert (late.status_code, "set this to: 30 days" in late.text, 'value="20"' in late.text, 'value="mine"' in late.text) == (409, True, True, True)
    assert db.session.get(Setting, "rhythm_days").value == 30
    again = re.search(r'action="/admin/settings/rhythm_days".*?name="seen" value="([^"]*)"', late.text, re.S)[1]
    assert hu.post("/admin/settings/rhythm_days", value="20", seen=again, follow=False).status_code == 303


def test_two_who_switch_a_capability_see_both_states(company, visit):
    hu = visit(company.hu)
    hu.post("/admin/switches/goals", state="pilot", unit=str(company.units.sales), seen="on")
    late = hu.post("/admin/switches/goals", state="off", why="mine", seen="on")
    assert (late.status_code, "set this to: Pilot: sales" in late.text, 'value="mine"' in late.text) == (409, True, True)
    assert re.search(r'value="off" checked', late.text) and f'name="seen" value="pilot {company.units.sales}"' in late.text


@pytest.mark.parametrize(("name", "value"), [("rhythm_days", "x"), ("rhythm_days", "3"), ("company_name", " "), ("time_zone", "Mars/Base"), ("form_prefix", "../../etc/x"), ("form_prefix", "JX 1")])
def test_a_wrong_value_is_told_at_its_field_and_kept(company, visit, name, value):
    page = visit(company.hu).post(f"/admin/settings/{name}", value=value)
    assert page.status_code == 422 and f'id="value-{name}-error"' in page.text
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_every_default_is_a_value_of_its_own_setting():
    for named in NAMES.values():
        text = {True: "on", False: "off"}.get(named.default, str(named.default)) if isinstance(named.default, bool) else str(named.default)
        assert named.parse(text) == named.default


def test_the_company_day_follows_the_zone(company, visit, monkeypatch):
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert "1 Mar" in visit(company.li).get("/").text
    visit(company.hu).post("/admin/settings/time_zone", value="Pacific/Kiritimati", why="")
    visit(company.li).get("/")
    assert "2 Mar" in visit(company.li).get("/").text


def test_off_means_gone_and_a_pilot_keeps_it(company, visit):
    hu = visit(company.hu)
    hu.post("/admin/switches/checkins", state="off", why="")
    assert [visit(getattr(company, n)).get("/check-ins").status_code for n in ("wang", "zhou")] == [404, 404]
    hu.post("/admin/switches/checkins", state="pilot", unit=str(company.units.sales), why="先试销售")
    assert [visit(getattr(company, n)).get("/check-ins").status_code for n in ("wang", "zhou")] == [200, 404]
    assert "/check-ins" not in visit(company.zhou).get("/").text
    assert db.session.scalars(select(Pilot.unit_id)).all() == [company.units.sales]
    hu.post("/admin/switches/checkins", state="on", why="")
    assert visit(company.zhou).get("/check-ins").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Switch)) == 0


def test_a_number_too_long_to_be_read_is_no_unit(company, visit):
    assert visit(company.hu).post("/admin/switches/goals", state="pilot", why="", unit="9" * 5_000).status_code == 422


def test_a_pilot_needs_a_unit(company, visit):
    assert visit(company.hu).post("/admin/switches/goals", state="pilot", why="").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Switch)) == 0


@pytest.mark.parametrize("capability", ["goals", "checkins", "feedback", "reviews"])
def test_the_portal_is_whole_without_any_of_them(company, visit, capability):
    visit(company.hu).post(f"/admin/switches/{capability}", state="off", why="")
    for name in ("li", "wang", "hu"):
        for path in ("/", "/team", f"/people/{company.li}" if name != "li" else "/actions", "/actions", "/more"):
            assert visit(getattr(company, name)).get(path).status_code == 200, (capability, name, path)


def test_a_year_is_made_whole_and_only_once(company, visit):
    hu, year = visit(company.hu), clock.today().year + 3
    for _ in "ab":
        assert hu.post("/admin/periods", year=str(year)).status_code == 200
    made = select(Period.kind, func.count()).where(Period.begins >= date(year, 1, 1)).group_by(Period.kind)
    assert dict(db.session.execute(made).all()) == {Kind.YEAR: 1, Kind.HALF: 2, Kind.QUARTER: 4, Kind.MONTH: 12}
    assert hu.post("/admin/periods", year="1066").status_code == 422
    page = hu.get("/admin/periods").text
    assert f"1 Jan to 31 Dec {year}" in page, "the last day belongs to it"
    names = [page.index(shown) for shown in (f"<b>{year}</b>", f"<span>H2 {year}<br>", f"<span>Q4 {year}<br>")]
    assert names == sorted(names), "in the company's language, and each reads it in theirs"
    assert {f"{year} 年下半年", f"{year} 年第 4 季度"} <= set(db.session.scalars(select(Period.name)))


def test_values_of_settings_are_said_in_words(company, visit):
    page = visit(company.hu).get("/admin/settings").text
    for said in ("The whole company", "The management line", "January", "40%", "14 days", ">中文<", "Default –"):
        assert said in page, said
    assert "Default Company" not in page, "a name that nobody has"


def names_on(page):
    return set(re.findall(r'<details class="setting[^"]*" id="(\w+)"', page))


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("rhythm", {"rhythm_days", "stale_grace_days"}), ("KPI points", {"points_cap", "veto_cap"}), ("撤回", {"withdraw_days"}),
        ("登录 小时", {"idle_hours", "session_hours"}), ("Sign-in and", {"idle_hours", "session_hours"}), ("points_cap", {"points_cap"}), ("management line", {"okr_audience", "kpi_audience"}),
    ],
)  # fmt: skip
def test_a_setting_is_found_by_its_words_in_either_language(company, visit, wish, found):
    whole, part = (visit(company.hu).get(f"/admin/settings?q={wish}", target) for target in (None, "found"))
    assert names_on(whole.text) == names_on(part.text) == found
    assert "<title>" in whole.text and "<title>" not in part.text and part.text.lstrip().startswith('<div id="found"')


def test_nothing_found_says_so_and_leads_back(company, visit):
    page = visit(company.hu).get("/admin/settings?q=zzz+%26<b>").text
    assert "No setting fits" in page and 'value="zzz &amp;&lt;b&gt;"' in page and names_on(page) == set()


def test_only_what_was_changed(company, visit):
    hu = visit(company.hu)
    hu.post("/admin/settings/points_cap?only=changed", value="110")
    hu.post("/admin/switches/goals", state="off")
    page = hu.get("/admin/settings?only=changed").text
    assert names_on(page) == {"points_cap"} and "Only the 1 that was changed" in page
    assert "/switches/goals" in page and "/switches/checkins" not in page
    saved = hu.post("/admin/settings/points_cap?only=changed", follow=False, value="111")
    assert saved.location == "/admin/settings?only=changed#points_cap", "what was looked for stays"


def test_each_setting_tells_who_changed_it_when_and_why_in_words(company, visit):
    hu = visit(company.hu)
    for n, (value, why) in enumerate((("line", "first <why>"), ("unit", ""), ("company", "third"))):
        hu.post("/admin/settings/okr_audience", value=value, why=why)
        hu.post("/admin/settings/rhythm_days", value=str(20 + n), why="another setting")
    page = visit(company.zheng).get("/admin/settings?q=okr_audience").text
    assert "3 changes" in page and "first &lt;why&gt;" in page and "another setting" not in page
    words = re.findall(r"<del><span class=\"vh\">before </span>([^<]*)</del>.*?<ins><span class=\"vh\">now </span>([^<]*)</ins>", page)
    assert words == [("The department", "The whole company"), ("The management line", "The department"), ("The whole company", "The management line")]
    assert page.count("hu · today") == 3 and "<form method=\"post\"" not in page.partition('id="found"')[2], "an auditor reads"


def test_every_change_is_listed_page_by_page(company, visit):
    hu = visit(company.hu)
    hu.post("/admin/switches/goals", state="pilot", unit=str(company.units.sales), why="try it")
    for n in range(51):
        change_setting("rhythm_days", str(14 + n % 2 + 1), f"why-{n}", company.viewer("hu"))
        db.session.commit()
    first = hu.get("/admin/settings/changes").text
    assert "why-50" in first and "why-0" not in first and "Pilot: sales" not in first
    older = hu.get(re.search(r'href="(/admin/settings/changes\?before=\d+)"', first)[1]).text
    assert "why-0" in older and "Pilot: sales" in older and "try it" in older and "Earlier changes" not in older
    assert "why-0" not in hu.get("/admin/settings/changes?of=goals").text
    assert hu.get("/admin/settings/changes?of=nonsense").status_code == 404


def test_a_closed_period_refuses(company, visit):
    visit(company.hu).post(f"/admin/periods/{company.period}/closure", act="close")
    assert db.session.get(Period, company.period).closed
    visit(company.hu).post(f"/admin/periods/{company.period}/closure", act="open")
    assert not db.session.get(Period, company.period).closed
