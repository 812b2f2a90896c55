"""The named accounts, the shape and the history of the demo company, on days that are easy to get wrong."""

import base64
import hashlib
from datetime import date

import pytest

from portal.demo.company import COMPANY, GROUPS, NAMED, PASSWORD, ROLES, Company, company
from portal.demo.days import back, periods
from portal.demo.ldif import SERVICE_DN, dn, ldif, ssha
from portal.demo.roster import KEY_POSTS

DAYS = (date(2026, 11, 25), date(2027, 1, 1), date(2028, 2, 29), date(2027, 7, 31))


@pytest.fixture(params=DAYS, ids=str)
def made(request: pytest.FixtureRequest) -> Company:
    return company(request.param)


def line_of(made: Company, key: str) -> list[str]:
    found: list[str] = []
    while (boss := made.people[key].manager) is not None:
        found.append(boss)
        key = boss
    return found


def test_named_accounts_have_their_names_and_places(made: Company) -> None:
    assert {login: made.people[login].name for login in NAMED} == NAMED
    places = {login: (made.people[login].unit, made.people[login].manager) for login in NAMED}
    assert places == {
        "xu.mingchuan": ("company", None),
        "qin.lang": ("assembly", "xu.mingchuan"),
        "lin.zhiyuan": ("w1", "qin.lang"),
        "zhou.xiaolan": ("w1", "lin.zhiyuan"),
        "he.yiming": ("w1", "lin.zhiyuan"),
        "wen.shuyun": ("sales", "xu.mingchuan"),
        "shen.jiahe": ("hr", "xu.mingchuan"),
        "fang.yu": ("hr", "shen.jiahe"),
        "wu.tao": ("company", "xu.mingchuan"),
        "sun.hao": ("hr", "shen.jiahe"),
    }
    assert {unit.head: unit.name for unit in made.units if unit.head in NAMED} == {
        "xu.mingchuan": COMPANY,
        "qin.lang": "装配制造部",
        "lin.zhiyuan": "总装一车间",
        "wen.shuyun": "营销中心",
        "shen.jiahe": "人力资源与信息化部",
    }
    assert GROUPS == {"hr-admins": ("shen.jiahe",), "system-admins": ("sun.hao",)}
    assert {(login, role) for login, role, _ in ROLES} == {
        ("xu.mingchuan", "executive"),
        ("fang.yu", "hrbp"),
        ("wu.tao", "auditor"),
    }


def test_shape_is_eight_departments_two_workshops_four_levels(made: Company) -> None:
    departments = [unit.name for unit in made.units if unit.parent == "company"]
    assert departments == [
        "研发中心",
        "装配制造部",
        "机加工部",
        "质量部",
        "供应链部",
        "营销中心",
        "财务部",
        "人力资源与信息化部",
    ]
    assert [unit.name for unit in made.units if unit.parent == "assembly"] == ["总装一车间", "总装二车间"]
    assert max(len(line_of(made, key)) for key in made.people) == 3
    assert 55 <= sum(person.left is None for person in made.people.values()) <= 65
    titles = {person.title for person in made.people.values()}
    assert titles >= KEY_POSTS


def test_everybody_has_a_number_and_a_unit_and_heads_sit_in_their_unit(made: Company) -> None:
    numbers = [person.number for person in made.people.values()]
    assert len(set(numbers)) == len(numbers)
    names = made.unit_names()
    assert all(person.unit in names for person in made.people.values())
    for unit in made.units:
        outside = [
            p.key
            for p in made.people.values()
            if p.unit == unit.key and (not p.manager or made.people[p.manager].unit != unit.key)
        ]
        assert outside == [unit.head], unit.name


def test_the_year_had_joiners_leavers_moves_leave_and_a_second_post(made: Company) -> None:
    year_ago = back(made.today, years=1)
    people = made.people.values()
    assert sum(person.hired > year_ago for person in people) == 3
    assert sum(person.left is not None and year_ago < person.left <= made.today for person in people) == 3
    assert [p.name for p in people if p.login is None] == ["钱根生", "何秀芬", "罗建军"]
    assert [p.name for p in people if p.manager is None] == ["许明川"]
    away = [p.absent for p in people if p.absent]
    assert [why for why, since, until in away if since <= made.today < until] == ["产假"]
    changes = [s for s in made.stints if s.since > year_ago]
    assert {s.person for s in changes if s.why == "moved"} == {"shao.qiyuan", "huo.siqi"}
    assert {s.person for s in changes if s.why == "another manager"} == {"bai.lu"}
    assert {s.person for s in made.stints if not s.primary} == {"gao.yanqiu"}


def test_history_has_no_gap_no_overlap_and_nobody_reports_to_a_stranger(made: Company) -> None:
    for person in made.people.values():
        mine = [s for s in made.stints if s.person == person.key and s.primary]
        assert mine[0].since == person.hired
        assert mine[-1].until == person.left
        assert [s.until for s in mine[:-1]] == [s.since for s in mine[1:]], person.name
        assert all(s.until is None or s.since < s.until for s in mine)
        for stint in mine:
            if stint.manager:
                assert made.people[stint.manager].hired <= stint.since, (person.name, stint)
        now = made.stint(person.key, made.today)
        if now:
            assert (now.unit, now.manager, now.title, now.level) == (person.unit, person.manager, person.title, person.level)
    shares = [s.share for s in made.stints if s.person == "gao.yanqiu" and s.until is None]
    assert sum(shares) == 10_000


def test_periods_nest_and_the_quarter_is_under_way() -> None:
    for day in DAYS:
        found = periods(day)
        assert found["quarter"].begins <= day < found["quarter"].ends
        assert found["last_quarter"].ends == found["quarter"].begins
        assert found["last_year"].ends == found["year"].begins
        assert len({span.name for span in found.values()}) == len(found)
        quarters = [s for s in found.values() if (s.ends - s.begins).days < 100]
        assert len(quarters) == 8 + (found["last_quarter"].begins < found["last_year"].begins)


def test_ldif_holds_those_with_an_account_and_nobody_else(made: Company) -> None:
    text = ldif(made)
    inside = {p.login for p in made.people.values() if p.login and p.left is None}
    assert {line.split(",")[0][8:] for line in text.splitlines() if line.startswith("dn: uid=")} == inside
    assert f"dn: {SERVICE_DN}" in text
    assert f"manager: {dn(made.people['lin.zhiyuan'])}" in text
    assert f"member: {dn(made.people['shen.jiahe'])}" in text
    assert base64.b64encode("周晓岚".encode()).decode() in text
    assert ldif(company(made.today)) == text


def test_passwords_are_salted_sha_of_the_demo_password() -> None:
    raw = base64.b64decode(ssha(PASSWORD, "zhou.xiaolan").removeprefix("{SSHA}"))
    assert raw[:20] == hashlib.sha1(PASSWORD.encode() + raw[20:]).digest()  # noqa: S324
    assert ssha(PASSWORD, "a") != ssha(PASSWORD, "b")
