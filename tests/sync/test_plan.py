"""The plan on plain values: who joins, changes, leaves; what is refused and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.directory.entry import Entry
from portal.sync.lines import Kind
from portal.sync.mirror import GONE, OFF, Known, Mirror, Place
from portal.sync.plan import Brake, Wanted, make

DAY = date(2026, 1, 5)


def dn(login):
    return f"uid={login},ou=people,dc=x"


def an_entry(login, manager=None, department="生产部", **more):
    known = {"key": f"k-{login}", "dn": dn(login), "login": login, "name": login.title(), "number": f"N-{login}", "department": department, "title": "工程师"}
    return Entry(**(known | {"manager_dn": dn(manager) if manager else None} | more))


def mirrored(*entries, **more):
    """The mirror as a run over these entries leaves it: ids 1, 2, ... in their order, all in unit 10."""
    ids = {entry.dn: n for n, entry in enumerate(entries, 1)}
    people = tuple(Known(n, e.key, e.name, e.login, e.number, e.mail, e.mobile, "active", None, e.dn, e.fingerprint) for n, e in enumerate(entries, 1))
    places = {n: Place(n, 10, e.title, ids.get(e.manager_dn), DAY) for n, e in enumerate(entries, 1)}
    known = {"people": people, "places": places, "units": {"生产部": 10}, "unit_names": {10: "生产部"}, "heads": {10: 1}}
    return Mirror(**(known | more))


def changed(mirror, person_id, **more):
    return replace(mirror, people=tuple(replace(known, **more) if known.id == person_id else known for known in mirror.people))


def told(plan, *without):
    return [(line.kind, line.who, line.was, line.now) for line in plan.lines if line.kind not in without]


NO_BRAKE = Brake(100, 10**6)


def plan_of(mirror, entries, groups=None, brake=NO_BRAKE, confirmed=()):
    return make(mirror, entries, groups or {}, brake, confirmed)


ZHAO, WANG, LI, SUN = an_entry("zhao"), an_entry("wang", "zhao"), an_entry("li", "wang"), an_entry("sun", "wang")
ALL = (ZHAO, WANG, LI, SUN)


def test_the_same_again_changes_nothing():
    plan = plan_of(mirrored(*ALL), ALL)
    assert (plan.lines, plan.matched.values, plan.places, plan.matched.leavers, plan.moves_people) == ([], {}, {}, {}, False)


def test_the_first_run_takes_everybody_with_units_managers_and_heads():
    entries = (*ALL, an_entry("zhou", "zhao", "研发部"), an_entry("wu", "zhou", "研发部", disabled=True))
    plan = plan_of(Mirror(), entries)
    assert set(plan.matched.told) == {"k-zhao", "k-wang", "k-li", "k-sun", "k-zhou"}  # nobody joins disabled
    assert plan.new_units == ["生产部", "研发部"] or set(plan.new_units) == {"生产部", "研发部"}
    assert plan.places["k-li"] == Wanted("生产部", "工程师", "k-wang")
    assert plan.heads == {"生产部": "k-zhao", "研发部": "k-zhou"}


def test_a_rename_and_a_move_keep_the_person():
    moved = replace(LI, dn="uid=li.lei,ou=old,dc=x", login="li.lei", name="Li Lei", mail="li@x")
    plan = plan_of(mirrored(*ALL), (ZHAO, WANG, moved, SUN))
    assert plan.matched.values == {3: {"name": "Li Lei", "login": "li.lei", "mail": "li@x", "dn": moved.dn, "fingerprint": moved.fingerprint}}
    assert plan.matched.former == {"uid=li,ou=people,dc=x": 3}
    assert told(plan) == [(Kind.FIELD, 3, "Li", "Li Lei"), (Kind.FIELD, 3, "li", "li.lei"), (Kind.FIELD, 3, "", "li@x")]


def test_another_unit_post_and_manager_is_a_new_place():
    plan = plan_of(mirrored(*ALL), (ZHAO, WANG, replace(LI, department="研发部", title="主管", manager_dn=dn("zhao")), SUN))
    assert plan.places == {3: Wanted("研发部", "主管", 1)}
    assert told(plan, Kind.HEAD) == [(Kind.NEW_UNIT, None, "", ""), (Kind.UNIT, 3, "生产部", "研发部"), (Kind.POST, 3, "工程师", "主管"), (Kind.MANAGER, 3, "Wang", "Zhao")]


def test_what_the_directory_does_not_say_stays():
    plan = plan_of(mirrored(*ALL), (ZHAO, WANG, replace(LI, department=None, title=None, mobile=None, number=None), SUN))
    assert plan.places == {} and plan.matched.values[3].keys() == {"dn", "fingerprint"}


def test_missing_and_disabled_people_leave_and_come_back():
    plan = plan_of(mirrored(*ALL), (ZHAO, WANG, replace(LI, disabled=True)))
    off = OFF + replace(LI, disabled=True).fingerprint
    assert plan.matched.leavers == {3: off, 4: GONE}
    assert told(plan) == [(Kind.LEFT, 3, "", "disabled"), (Kind.LEFT, 4, "", "missing")]
    for remembered in (off, GONE):
        mirror = changed(mirrored(*ALL), 3, status="left", fingerprint=remembered)
        back = plan_of(replace(mirror, places={n: p for n, p in mirror.places.items() if n != 3}), ALL)
        assert back.matched.values == {3: {"status": "active", "left_on": None, "dn": LI.dn, "fingerprint": LI.fingerprint}}
        assert back.places == {3: Wanted(10, "工程师", 2)}
        assert told(back) == [(Kind.RETURNED, 3, "", "")]


def test_whom_hr_let_go_the_directory_does_not_bring_back():
    plan = plan_of(changed(mirrored(*ALL), 3, status="left"), ALL)
    assert told(plan) == [(Kind.STILL_THERE, 3, "", "")] and plan.matched.values == {} and plan.places == {}


def test_disabled_during_a_long_leave_is_signed_out_and_stays():
    mirror = changed(mirrored(*ALL), 3, status="leave")
    plan = plan_of(mirror, (ZHAO, WANG, replace(LI, disabled=True), SUN))
    assert plan.matched.leavers == {} and plan.matched.signed_out == {3}
    assert plan_of(mirror, (ZHAO, WANG, SUN)).matched.leavers == {3: GONE}


def test_the_brake():
    many = tuple(an_entry(f"p{n:02}", "zhao") for n in range(39))
    mirror = mirrored(ZHAO, *many)
    four, five = many[:-4], many[:-5]
    assert not plan_of(mirror, (ZHAO, *four), brake=Brake()).braked  # 4 of 40 are 10 %
    held = plan_of(mirror, (ZHAO, *five), brake=Brake())
    assert held.braked and len(held.matched.leavers) == 5 and held.matched.active == 40
    disabled = tuple(replace(entry, disabled=True) for entry in many[-5:])
    assert plan_of(mirror, (ZHAO, *five, *disabled), brake=Brake()).braked
    assert not plan_of(mirror, (ZHAO, *five), brake=Brake(), confirmed=held.matched.leavers).braked
    assert plan_of(mirror, (ZHAO, *many[:-10]), brake=Brake(), confirmed=held.matched.leavers).braked  # five more than agreed
    assert not plan_of(mirrored(*ALL), (ZHAO,), brake=Brake()).braked  # 3 of 4: never more than 3
    assert plan_of(mirror, (), brake=Brake()).braked


def test_a_new_key_with_a_known_number_is_offered_never_joined():
    again = replace(SUN, key="k-new", login="sun2", dn=dn("sun2"))
    left = changed(mirrored(*ALL), 4, status="left", fingerprint=GONE)
    for mirror in (mirrored(*ALL), left):
        plan = plan_of(mirror, (ZHAO, WANG, LI, again))
        line = next(line for line in plan.lines if line.kind is Kind.REHIRED)
        assert (line.who, line.key, line.now) == (4, "k-new", "sun2")
        assert "k-new" not in plan.matched.told and 4 not in plan.matched.told


def test_an_account_for_somebody_of_hr_is_theirs():
    mirror = mirrored(ZHAO, WANG, LI)
    worker = Known(9, None, "Chen", number="N-chen")
    mirror = replace(mirror, people=(*mirror.people, worker), places={**mirror.places, 9: Place(9, 10, None, 2, DAY)})
    plan = plan_of(mirror, (ZHAO, WANG, LI, an_entry("chen", "wang")))
    assert plan.matched.values[9]["directory_key"] == "k-chen" and plan.matched.values[9]["login"] == "chen"
    assert told(plan, Kind.FIELD) == [(Kind.ADOPTED, 9, "", "chen"), (Kind.POST, 9, "", "工程师")]
    assert plan_of(mirror, (ZHAO, WANG, LI)).matched.leavers == {}  # without an account nobody vanishes from the directory


def test_two_accounts_for_one_number_or_login():
    other = replace(SUN, key="k-other", login="sun.other", dn=dn("sun.other"))
    assert told(plan_of(mirrored(*ALL), (*ALL, other))) == [(Kind.NUMBER_TAKEN, 4, "", "sun.other")]
    assert told(plan_of(Mirror(), (SUN, other)), Kind.JOINED, Kind.NEW_UNIT, Kind.HEAD, Kind.MANAGER_UNKNOWN) == [(Kind.NUMBER_TAKEN, None, "", "sun")]
    same = replace(other, login="SUN", number="N-9")
    assert told(plan_of(mirrored(*ALL), (*ALL, same))) == [(Kind.LOGIN_TAKEN, 4, "", "SUN")]
    assert told(plan_of(mirrored(*ALL), (*ALL, replace(same, login=None)))) == [(Kind.NO_LOGIN, None, "", dn("sun.other"))]
    assert told(plan_of(mirrored(*ALL), (*ALL, LI)))[0][0] is Kind.TWICE


def test_logins_and_numbers_that_change_hands():
    swapped = (ZHAO, WANG, replace(LI, login="sun", number="N-sun"), replace(SUN, login="li", number="N-li"))
    plan = plan_of(mirrored(*ALL), swapped)
    assert (plan.matched.values[3]["login"], plan.matched.values[4]["login"]) == ("sun", "li")
    assert (plan.matched.values[3]["number"], plan.matched.values[4]["number"]) == ("N-sun", "N-li")
    newcomer = replace(SUN, key="k-new", number="N-new")  # the login of somebody who left, another number
    plan = plan_of(changed(mirrored(*ALL), 4, status="left", fingerprint=GONE), (ZHAO, WANG, LI, newcomer))
    assert "k-new" in plan.matched.told and plan.matched.values[4] == {"login": None}


def test_the_same_mail_is_listed_for_everybody_who_has_it():
    entries = (ZHAO, WANG, replace(LI, mail="a@x"), replace(SUN, mail="A@x"))
    assert [line.who for line in plan_of(mirrored(*entries), entries).lines if line.kind is Kind.SAME_MAIL] == [3, 4]


def test_a_manager_who_is_called_by_a_former_name_is_found():
    renamed = replace(WANG, dn=dn("wang.fang"), login="wang.fang")
    plan = plan_of(mirrored(*ALL), (ZHAO, renamed, LI, SUN))  # OpenLDAP leaves the old DN in LI and SUN
    assert plan.places == {} and Kind.MANAGER_UNKNOWN not in {line.kind for line in plan.lines}
    later = replace(mirrored(ZHAO, renamed, LI, SUN), former={dn("wang"): 2}, places=mirrored(*ALL).places)
    assert plan_of(later, (ZHAO, renamed, LI, SUN)).lines == []


def test_a_name_given_anew_means_its_present_bearer():
    newcomer = an_entry("wang2", "zhao", dn=dn("wang"))
    renamed = replace(WANG, dn=dn("wang.fang"))
    assert plan_of(mirrored(*ALL), (ZHAO, renamed, newcomer, LI, SUN)).places[3].manager == "k-wang2"


def test_managers_who_are_nobody_left_or_below():
    nobody = replace(LI, manager_dn="cn=somebody,dc=x")
    assert told(plan_of(mirrored(*ALL), (ZHAO, WANG, nobody, SUN))) == [(Kind.MANAGER_UNKNOWN, 3, "", "cn=somebody,dc=x")]
    assert told(plan_of(mirrored(*ALL), (ZHAO, WANG, replace(LI, manager_dn="王芳"), SUN))) == [(Kind.MANAGER_UNKNOWN, 3, "", "王芳")]
    plan = plan_of(mirrored(*ALL), (ZHAO, LI, SUN))  # WANG left: ZHAO is above
    assert {who: place.manager for who, place in plan.places.items()} == {3: 1, 4: 1}
    assert (Kind.MANAGER_LEFT, 3, "", "Wang") in told(plan) and (Kind.MANAGER, 3, "Wang", "Zhao") in told(plan)
    plan = plan_of(mirrored(*ALL), (replace(ZHAO, manager_dn=dn("zhao")), *ALL[1:]))
    assert told(plan) == [(Kind.MANAGER_LOOP, 1, "", "Zhao")] and plan.places == {}


def test_a_circle_is_broken_at_the_edge_that_arrived_last():
    plan = plan_of(mirrored(*ALL), (replace(ZHAO, manager_dn=dn("li")), WANG, LI, SUN))
    assert told(plan) == [(Kind.MANAGER_LOOP, 1, "", "Li")] and plan.places == {}
    plan = plan_of(mirrored(*ALL), (ZHAO, replace(WANG, manager_dn=dn("li")), LI, SUN))
    assert told(plan) == [(Kind.MANAGER_LOOP, 2, "", "Li")] and plan.places == {}  # yesterday's manager stays
    first = plan_of(Mirror(), (replace(ZHAO, manager_dn=dn("li")), WANG, LI))
    managers = {who: place.manager for who, place in first.places.items()}
    assert list(managers.values()).count(None) == 1 and [line.kind for line in first.lines].count(Kind.MANAGER_LOOP) == 1


def test_an_exchange_of_manager_and_report_is_no_circle():
    plan = plan_of(mirrored(*ALL), (ZHAO, replace(WANG, manager_dn=dn("li")), replace(LI, manager_dn=dn("zhao")), SUN))
    assert {who: place.manager for who, place in plan.places.items()} == {2: 3, 3: 1}
    assert Kind.MANAGER_LOOP not in {line.kind for line in plan.lines}


def test_what_hr_holds_stays_and_the_difference_is_a_line():
    mirror = mirrored(*ALL)
    mirror = replace(mirror, places={**mirror.places, 3: replace(mirror.places[3], pinned=True)})
    plan = plan_of(changed(mirror, 3, hired_on=DAY), (ZHAO, WANG, replace(LI, department="研发部", manager_dn=dn("zhao"), hired_on=DAY + timedelta(3)), SUN))
    assert plan.places == {} and "hired_on" not in plan.matched.values[3]
    assert told(plan) == [(Kind.HELD_BY_HR, 3, "2026-01-05", "2026-01-08"), (Kind.HELD_BY_HR, 3, "生产部", "研发部"), (Kind.HELD_BY_HR, 3, "Wang", "Zhao")]


def test_without_a_department_one_stands_where_the_manager_does():
    plan = plan_of(mirrored(*ALL), (*ALL, an_entry("chen", "wang", None), an_entry("lost", None, None)))
    assert plan.places == {"k-chen": Wanted(10, "工程师", 2)}
    assert (Kind.NO_UNIT, "k-lost", "", "") in told(plan)
    assert plan_of(replace(mirrored(*ALL), top_unit=7), (*ALL, an_entry("lost", None, None))).places["k-lost"].unit == 7


def test_a_unit_without_a_head_gets_the_one_whose_manager_is_outside():
    zhou, wu = an_entry("zhou", "zhao", "研发部"), an_entry("wu", "zhou", "研发部")
    assert plan_of(mirrored(*ALL), (*ALL, zhou, wu)).heads == {"研发部": "k-zhou"}
    assert plan_of(mirrored(*ALL), (*ALL, zhou, replace(wu, manager_dn=dn("zhao")))).heads == {}  # two: HR decides
    assert plan_of(mirrored(*ALL, heads={10: 4}), ALL).heads == {}  # HR decided
    assert plan_of(mirrored(*ALL, heads={10: 4}), (ZHAO, WANG, LI)).heads == {10: 1}  # and that head left


def test_roles_follow_the_groups():
    mirror = mirrored(*ALL, roles={"hr_admin": frozenset({3}), "auditor": frozenset({4})})
    plan = plan_of(mirror, ALL, {"hr_admin": {"UID=wang,OU=People,DC=x", "cn=elsewhere"}, "system_admin": None})
    assert (plan.grants, plan.ends) == ([("hr_admin", 2)], [("auditor", 4), ("hr_admin", 3)])
    assert told(plan)[-1] == (Kind.GROUP_MISSING, None, "", "")
    kept = plan_of(mirror, ALL, {"hr_admin": None, "auditor": None})
    assert (kept.grants, kept.ends) == ([], [])
    assert plan_of(mirror, (ZHAO, WANG, SUN), {"hr_admin": {dn("li")}, "auditor": {dn("sun")}}).ends == [("hr_admin", 3)]


@pytest.mark.parametrize("count", [3000])
def test_a_large_company_takes_little(count):
    entries = [an_entry(f"p{n}", f"p{(n - 1) // 8}" if n else None, f"部{n % 40}") for n in range(count)]
    plan = plan_of(Mirror(), entries)
    assert len(plan.places) == count and sum(place.manager is None for place in plan.places.values()) == 1
