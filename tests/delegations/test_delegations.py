"""Handing on: only what is one's own, never to oneself, never passed on, both names kept, over when it is over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import access, clock, journal
from portal.access import Act, Relation
from portal.access.grants import GRANTS
from portal.access.models import Delegation
from portal.access.viewer import load
from portal.access.words import HANDED_ON
from portal.db import db
from portal.goals.states import State
from portal.journal.models import Entry, Payload
from tests.build import a_check_in, an_objective


def days(n):
    return clock.today() + timedelta(days=n)


def give(visitor, taker, *acts, follow=True, **more):
    fields = {"person": str(taker), "acts": list(acts) or ["agree_objective"], "since": days(0).isoformat(), "last": days(13).isoformat(), "reason": "年假", "password": "right"}
    return visitor.post("/account/delegations/new", follow=follow, **{**fields, **more})


def given(taker):
    return db.session.scalars(select(Delegation.id).where(Delegation.taker_id == taker, Delegation.reason == "年假")).all()


def last():
    found = select(Entry, Payload.words).join(Payload, Payload.entry_n == Entry.n).order_by(Entry.n.desc()).limit(1)
    entry, words = db.session.execute(found).one()
    return entry.kind, entry.actor_id, entry.subject_id, entry.was or entry.now, words


def test_what_can_be_handed_on_is_what_the_table_lets_a_delegate_do():
    assert all(Relation.DELEGATE in GRANTS[act].to for act in HANDED_ON)


def test_a_manager_hands_on_and_the_colleague_acts_in_both_names(company, visit):
    goal = an_objective(company.period, person_id=company.li, state=State.PROPOSED)
    db.session.commit()
    address = f"/goals/{goal.id}"
    wang, sun = visit(company.wang), visit(company.sun)
    assert sun.get(address).status_code == 404
    assert f"person={company.sun}" in wang.get("/account/delegations/new?q=sun").text
    assert "agree to goals" in wang.get(f"/account/delegations/new?person={company.sun}").text
    page = give(wang, company.sun, "agree_objective", "record_check_in")
    assert "may do the same for you" in page.text and "feng" in page.text, "冯 has one of the two already"
    assert page.text.count("· 年假") == 2
    assert "You act for wang: agree to goals, record check-ins." in sun.get("/").text
    sun.post(f"{address}/agreement", version="1")
    entry = db.session.scalars(select(Entry).where(Entry.kind == "objective.agree")).one()
    assert (entry.actor_id, entry.behalf_id) == (company.sun, company.wang)
    both = db.session.execute(select(Entry.actor_id, Entry.subject_id, Entry.now).where(Entry.kind == "delegation.given").order_by(Entry.n)).all()
    assert both == [(company.wang, company.sun, "agree_objective"), (company.wang, company.sun, "record_check_in")]
    assert journal.check() == []


def test_it_begins_and_ends_with_its_days(company, visit):
    give(visit(company.wang), company.sun, since=days(2).isoformat(), last=days(5).isoformat())
    assert [bool(load(company.sun, days(n)).gave) for n in (1, 2, 5, 6)] == [False, True, True, False]
    assert "You act for" not in visit(company.sun).get("/").text and "to come" in visit(company.sun).get("/account/delegations").text


def test_it_is_never_passed_on(company, visit):
    """孙 acts for 王 and leads nobody: there is nothing 孙 could give; 周 leads, and gives only what is 周's."""
    li = an_objective(company.period, person_id=company.li, state=State.PROPOSED)
    db.session.commit()
    goal = li.id
    wang, zhou = visit(company.wang), visit(company.zhou)
    give(wang, company.sun)
    assert visit(company.sun).get("/account/delegations/new").status_code == 403
    assert give(visit(company.sun), company.wu).status_code == 403
    give(wang, company.zhou)
    give(zhou, company.wu)
    db.session.rollback()
    goal = db.session.get(type(li), goal)
    held = {name: access.acts_on(company.viewer(name), goal).get(Act.AGREE_OBJECTIVE) for name in ("zhou", "wu")}
    assert held == {"zhou": company.wang, "wu": None} and Act.AGREE_OBJECTIVE not in access.acts_on(company.viewer("wu"), goal)


@pytest.mark.parametrize(("fields", "field"), [
    ({"acts": []}, "acts"), ({"acts": ["see_potential"]}, "acts"), ({"since": "2020-01-01"}, "since"), ({"last": ""}, "last"),
    ({"last": "2020-01-01"}, "last"), ({"last": "2999-01-01"}, "last"), ({"reason": ""}, "reason"),
])
def test_what_is_wrong_is_told_at_its_field(company, visit, fields, field):
    page = give(visit(company.wang), company.sun, **fields)
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert (field == "reason") or "年假" in page.text, "nothing typed is lost"
    assert given(company.sun) == []


def test_what_is_refused(company, visit):
    wang = visit(company.wang)
    assert give(wang, company.wang).status_code == 409, "to oneself"
    assert give(wang, 999_999).status_code == 404
    assert give(wang, company.sun, password="wrong").status_code == 422
    assert give(wang, company.feng).status_code == 409, "冯 does it already"
    assert give(wang, company.sun, follow=False).status_code == 303
    assert give(wang, company.sun, since=days(13).isoformat(), last=days(20).isoformat()).status_code == 409, "one day in common"
    assert give(wang, company.sun, since=days(14).isoformat(), last=days(20).isoformat(), follow=False).status_code == 303
    assert len(given(company.sun)) == 2


def test_who_heads_a_unit_without_reports_hands_on_goals_alone(company):
    viewer = company.viewer("wang")
    bare = type(viewer)(viewer.id, viewer.unit_id, 0, frozenset(), (), viewer.head_of)
    assert {act for act in HANDED_ON if access.may_hold(act, bare)} == {Act.AGREE_OBJECTIVE, Act.EDIT_OBJECTIVE, Act.MAKE_CLAIM}


@pytest.mark.parametrize("by", ["wang", "sun", "hu"])
def test_the_giver_the_taker_and_hr_can_end_it_early(company, visit, by):
    give(visit(company.wang), company.sun)
    [row] = given(company.sun)
    visitor = visit(getattr(company, by))
    assert visit(company.li).post(f"/account/delegations/{row}/end").status_code == 404
    assert "Ended." in visitor.post(f"/account/delegations/{row}/end").text
    assert last()[:4] == ("delegation.ended", getattr(company, by), company.sun, "agree_objective")
    assert last()[4] == {"giver": company.wang, "before": days(14).isoformat(), "after": days(0).isoformat()}
    assert company.viewer("sun").gave == ()
    assert visitor.post(f"/account/delegations/{row}/end").status_code == 404, "it is over"


def test_hr_and_the_auditor_see_all_of_them(company, visit):
    give(visit(company.wang), company.sun)
    page = visit(company.hu).get("/admin/delegations").text
    assert ">sun</span>" in page and "for wang" in page and "/end" in page
    assert "see somebody&#39;s potential" in page, "an act that cannot be handed on any more has its word too"
    page = visit(company.zheng).get("/admin/delegations").text
    assert "for wang" in page and "/account/delegations/" not in page, "an auditor reads"
    assert visit(company.li).get("/admin/delegations").status_code == 403


def test_the_list_goes_on_by_key(company, visit, monkeypatch):
    monkeypatch.setattr("portal.delegations.queries.PAGE", 1)
    newest, oldest = db.session.execute(select(func.max(Delegation.id), func.min(Delegation.id))).one()
    first = visit(company.zheng).get("/admin/delegations").text
    assert f"before={newest}" in first
    second = visit(company.zheng).get(f"/admin/delegations?before={newest}").text
    assert ("potential" in first, "agree to goals" in second, f"before={oldest}" in second) == (True, True, False)


def test_a_delegate_records_the_talk_of_somebody_elses_report(company, visit):
    give(visit(company.wang), company.zhou, "record_check_in")
    assert visit(company.zhou).get(f"/check-ins/people/{company.li}/record").status_code == 200
    assert visit(company.zhou).get(f"/check-ins/{_talk(company)}").status_code == 200
    assert visit(company.wu).get(f"/check-ins/people/{company.li}/record").status_code == 404


def _talk(company):
    talk = a_check_in(company.li, company.wang).id
    db.session.commit()
    return talk
