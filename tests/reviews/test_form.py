"""The form of a review as people fill it in: with and without htmx, in two windows, too late."""

import re

import pytest
from sqlalchemy import select, update

from portal.db import db
from portal.goals.models import Measure
from portal.journal.models import Entry
from portal.reviews.models import Assessment, Item, Rating, Review, Section, Signature
from portal.reviews.states import State
from tests.reviews.forms import LONG, a_case, handed_in, hidden, state_of


@pytest.fixture
def case(company):
    return a_case(company)


def score_in(html):
    found = re.search(r'<b class="num">([\d.]+)</b>', html)
    return found and found[1]


def test_the_first_look(company, visit, case):
    page = visit(company.wang).get(case.form).text
    assert page.count('class="rate"') == 5 and "first" in page and "reach far" in page
    assert "No data for third: this section rests on the other 90% of its weight and has 106.67 points." in page
    assert (score_in(page), hidden(page, "version")) == ("106.67", "1"), "of what is there: nobody has rated yet"
    assert "the grade follows when everything is rated" in page


def test_the_score_follows_what_is_typed(company, visit, case):
    wang = visit(company.wang)
    version, keys = hidden(wang.get(case.form).text, "version"), set()
    for rating, score, grade in ((3, "104.00", "A"), (4, "108.00", "A"), (2, "88.00", "B")):
        rated = {f"rate-{i}": str(rating) for i in case.skills}
        bar = wang.post(case.form, "totals", version=version, **rated).text
        assert (score_in(bar), f"<b>{grade}</b>" in bar) == (score, True)
        assert bar.strip().startswith('<div class="sticky-bar" id="totals">') and "<textarea" not in bar and "radio" not in bar
        assert ('hx-swap-oob="true"' in bar, "missing" in bar.split('id="parts"')[1].split("Skills")[0].split("OKR")[1]) == (True, False)
        version = hidden(bar, "version")
        keys.add(hidden(bar, "once"))
    assert (version, len(keys)) == ("4", 3)


def test_an_autosave_costs_one_commit_and_few_statements(company, visit, case, statements):
    wang = visit(company.wang)
    page = wang.get(case.form).text
    statements.clear()
    answer = wang.post(case.form, "totals", follow=False, version=hidden(page, "version"), **{f"rate-{case.skills[0]}": "3"})
    assert answer.status_code == 303 and len(statements) <= 16, statements


@pytest.mark.parametrize("part", ["self", "manager"])
def test_the_form_costs_ten_statements_for_one_goal_and_for_many(company, visit, case, statements, part):
    who = company.li if part == "self" else company.wang
    visitor = visit(who)
    statements.clear()
    visitor.get(case.form)
    assert len(statements) <= 10, statements
    statements.clear()
    visitor.get(f"/reviews/{case.id}/evidence", "evidence")
    assert len(statements) <= 14, statements


@pytest.mark.parametrize("target", [None, "totals"], ids=["plain", "htmx"])
def test_both_sides_are_saved_and_neither_is_in_the_others_bytes(company, visit, case, target):
    li, wang = visit(company.li), visit(company.wang)
    for visitor, canary in ((li, "CANARY-SELF"), (wang, "CANARY-BOSS")):
        version = hidden(visitor.get(case.form).text, "version")
        texts = {f"words-{i}": f"{canary} {i}" for i in case.skills + case.asked_of["self"] + case.asked_of["manager"]}
        answer = visitor.post(case.form, target, version=version, **texts)
        assert answer.status_code == 200
        assert canary in visitor.get(case.form).text, "drafts are kept"
    pages = [case.form, f"/reviews/{case.id}", f"/reviews/{case.id}/evidence", "/reviews"]
    regions = [None, "totals", "evidence"]
    seen = {}
    for name in ("li", "wang", "zhao", "hu", "qian", "zheng"):
        visitor = visit(getattr(company, name), check=False)
        seen[name] = "".join(visitor.get(address, region).text for address in pages for region in regions)
    assert ("CANARY-SELF" in seen["li"], "CANARY-BOSS" in seen["li"]) == (True, False)
    assert ("CANARY-SELF" in seen["wang"], "CANARY-BOSS" in seen["wang"]) == (False, True)
    for name in ("zhao", "hu", "qian", "zheng"):
        assert "CANARY" not in seen[name], "a draft is its author's alone"


def test_blind_after_the_hand_in_too_until_the_other_side_is_in(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    handed_in(case, li, **{f"words-{case.skills[0]}": "CANARY-SELF"})
    assert state_of(case) is State.ASSESSMENT
    assert "CANARY-SELF" not in wang.get(case.form).text + wang.get(f"/reviews/{case.id}").text
    handed_in(case, wang, "manager", **{f"words-{case.skills[0]}": "CANARY-BOSS"})
    assert "CANARY-SELF" in wang.get(f"/reviews/{case.id}").text
    mine = li.get(f"/reviews/{case.id}").text
    assert "CANARY-BOSS" not in mine and "104.00" not in mine, "the result waits for its release"


def test_a_refused_submit_lists_what_is_missing_with_links_and_keeps_the_rest(company, visit, case):
    wang = visit(company.wang)
    version = hidden(wang.get(case.form).text, "version")
    some = {f"rate-{case.skills[0]}": "5", f"words-{case.skills[0]}": "短", f"rate-{case.skills[1]}": "3"}
    page = wang.post(case.form, version=version, act="submit", **some).text
    assert "7 things to fill in before you can submit" in page and "The self-assessment is not handed in yet" in page
    assert f'href="#f-words-{case.skills[0]}"' in page and f'id="f-words-{case.skills[0]}"' in page
    assert "is rated 5: say why, 29 more characters (at least 30)" in page
    links = set(re.findall(r'href="#(f-[\w-]+)"', page))
    assert all(f'id="{link}"' in page for link in links) and len(links) == 6
    assert f'id="rate-{case.skills[0]}-4" name="rate-{case.skills[0]}" value="5" checked' in page and "短" in page
    assert state_of(case) is State.SELF_ASSESSMENT


def test_extremes_need_words(company, visit, case):
    wang = visit(company.wang)
    version = hidden(wang.get(case.form).text, "version")
    whole = case.answers("manager", 1)
    page = wang.post(case.form, version=version, act="submit", **whole).text
    assert page.count("is rated 1: say why") >= 5
    words = {f"words-{i}": LONG for i in case.skills}
    page = wang.post(case.form, version=hidden(page, "version"), **words).text
    assert wang.get(f"{case.form}?missing=1").text.count("say why") == 0


def test_other_points_need_a_reason_and_keep_the_computed_ones(company, visit, case):
    wang = visit(company.wang)
    handed_in(case, visit(company.li))
    version = hidden(wang.get(case.form).text, "version")
    whole = {**case.answers("manager"), f"points-{case.goals[0]}": "90"}
    page = wang.post(case.form, version=version, act="submit", **whole).text
    assert "say why the points differ from the data" in page
    page = wang.post(case.form, version=hidden(page, "version"), **{f"why-{case.goals[0]}": "the customer left"}).text
    assert "from data: 100.00" in page
    wang.post(f"/reviews/{case.id}/submission", password="right")
    shown = wang.get(f"/reviews/{case.id}").text
    assert "90.00 points in place of 100.00" in shown and "the customer left" in shown and "wang" in shown
    rating = db.session.scalars(select(Rating).where(Rating.item_id == case.goals[0])).one()
    assert (rating.value, rating.computed, rating.reason) == (90, 100, "the customer left")


def test_a_grade_moves_one_step_with_a_reason(company, visit, case):
    wang = visit(company.wang)
    handed_in(case, visit(company.li))
    version = hidden(wang.get(case.form).text, "version")
    page = wang.post(case.form, version=version, act="submit", grade="D", grade_reason="x", **case.answers("manager")).text
    assert "by one step at most" in page
    page = wang.post(case.form, version=hidden(page, "version"), act="submit", grade="S", grade_reason=" ").text
    assert "Say why the grade differs" in page
    wang.post(case.form, version=hidden(page, "version"), act="submit", grade="S", grade_reason="beyond the post")
    wang.post(f"/reviews/{case.id}/submission", password="right")
    review = db.session.get_one(Review, case.id)
    assert (review.state, review.proposed_grade, review.grade, review.grade_reason) == (State.READY, "A", "S", "beyond the post")


def test_signing_asks_for_the_password_and_freezes(company, visit, case):
    li, wang = visit(company.li), visit(company.wang)
    handed_in(case, li)
    version = hidden(wang.get(case.form).text, "version")
    page = wang.post(case.form, version=version, act="submit", **case.answers("manager")).text
    assert "Sign and submit" in page and "104.00" in page and state_of(case) is State.ASSESSMENT
    assert wang.post(f"/reviews/{case.id}/submission", password="wrong").status_code == 422
    assert state_of(case) is State.ASSESSMENT
    assert wang.post(f"/reviews/{case.id}/submission", password="right").status_code == 200
    review = db.session.get_one(Review, case.id)
    assert (review.state, str(review.score), review.grade, review.missing_weight) == (State.READY, "104.000000", "A", 600)
    assert all(item.frozen for item in review.items) and [str(s.score) for s in review.sections[::2]] == ["106.666667", "100.000000"]
    signed = db.session.scalars(select(Signature)).one()
    assert (signed.signer_id, signed.step, signed.withdrawn_at) == (company.wang, "submit", None)
    kinds = db.session.scalars(select(Entry.kind).where(Entry.object_type == "review", Entry.object_id == case.id).order_by(Entry.n)).all()
    assert kinds == ["review.opened", "review.hand in", "review.submit"]


def test_later_data_change_nothing_and_are_listed(company, visit, case):
    handed_in(case, visit(company.li))
    wang = visit(company.wang)
    handed_in(case, wang, "manager")
    measure = db.session.scalars(select(Measure.id).where(Measure.name == "first")).one()
    db.session.rollback()
    assert visit(company.li).post(f"/goals/measures/{measure}/values", value="99", confidence="8").status_code == 200
    page = wang.get(f"/reviews/{case.id}").text
    assert "Came after submission, not counted" in page and "99" in page and "104.00" in page
    db.session.rollback()
    assert db.session.get_one(Measure, measure).current == 99
    assert db.session.get_one(Item, case.goals[0]).frozen["figures"][0]["actual"] in ("10", "10.000000")


def test_what_was_handed_in_is_closed(company, visit, case):
    li = visit(company.li)
    version = hidden(li.get(case.form).text, "version")
    handed_in(case, li)
    assert (li.get(case.form).status_code, li.get(case.form).location) == (303, f"/reviews/{case.id}")
    late = li.post(case.form, version=version, **{f"words-{case.skills[0]}": "too late"})
    assert (late.status_code, "too late" in late.text) == (409, True), "refused, and the text is still there"


@pytest.mark.parametrize("target", [None, "totals"], ids=["plain", "htmx"])
def test_two_windows_show_both_texts_and_lose_neither(company, visit, case, target):
    wang = visit(company.wang)
    version, field = hidden(wang.get(case.form).text, "version"), f"words-{case.skills[0]}"
    wang.post(case.form, version=version, **{field: "from the first window"})
    clash = wang.post(case.form, target, version=version, **{field: "from the second window"})
    shown = re.sub("</?mark>", "", clash.text)
    assert (clash.status_code, "from the first window" in shown, "from the second window" in shown) == (409, True, True)
    saved = wang.post(case.form, version=hidden(clash.text, "version"), **{field: "from the second window"})
    assert saved.status_code == 200 and "from the second window" in saved.text


def test_an_old_window_with_nothing_new_is_no_conflict(company, visit, case):
    wang = visit(company.wang)
    version, field = hidden(wang.get(case.form).text, "version"), f"words-{case.skills[0]}"
    wang.post(case.form, version=version, **{field: "the same"})
    assert wang.post(case.form, version=version, **{field: "the same"}).status_code == 200


def test_limits_of_texts(company, visit, case):
    wang = visit(company.wang)
    version, field = hidden(wang.get(case.form).text, "version"), f"words-{case.skills[0]}"
    long = wang.post(case.form, version=version, **{field: "长" * 20_001})
    assert long.status_code == 422 and "长" * 20_001 in long.text
    assert wang.post(case.form, version=version, **{field: "长" * 20_000}).status_code == 200


@pytest.mark.parametrize("wrong", [{"rate": "6"}, {"rate": "x"}, {"points": "121"}, {"points": "many"}])
def test_wrong_shapes_are_told_beside_the_field(company, visit, case, wrong):
    wang = visit(company.wang)
    version = hidden(wang.get(case.form).text, "version")
    fields = {f"{kind}-{case.skills[0] if kind == 'rate' else case.goals[0]}": value for kind, value in wrong.items()}
    answer = wang.post(case.form, version=version, **fields)
    assert answer.status_code == 422 and 'class="errors"' in answer.text
    assert db.session.scalars(select(Rating)).all() == []


def test_weights_are_edited_together(company, visit, case):
    wang, address = visit(company.wang), f"/reviews/{case.id}/weights"
    page = wang.get(address).text
    assert 'value="60"' in page and "Together 100%" in page
    short = {f"weight-{i}": w for i, w in zip(case.goals, ("60", "20", "10"), strict=True)}
    page = wang.post(address, version=hidden(page, "version"), act="save", **short).text
    assert "The weights add up to 90%, 10% is missing." in page
    handed_in(case, visit(company.li))
    form = wang.get(case.form).text
    refused = wang.post(case.form, version=hidden(form, "version"), act="submit", **case.answers("manager")).text
    assert "The weights add up to 90%, 10% is missing." in refused and f'href="{address}"' in refused
    even = wang.post(address, version=hidden(refused, "version"), act="even", **short).text
    assert 'value="33.34"' in even and "Together 100%" in even
    db.session.execute(update(Section).values(weight=Section.weight))
    db.session.rollback()
    assert visit(company.li).get(address).status_code == 403, "nobody weighs their own goals"
    stale = wang.post(address, version="1", act="even", **short)
    assert stale.status_code == 409


def test_nobody_else_has_a_form(company, visit, case):
    assert [visit(getattr(company, name)).get(case.form).status_code for name in ("zhao", "hu", "qian", "zheng")] == [403] * 4
    assert [visit(getattr(company, name)).get(case.form).status_code for name in ("sun", "wu", "chen")] == [404] * 3
    assert db.session.scalars(select(Assessment.saved_at)).all() == [None] * len(db.session.scalars(select(Assessment.id)).all())
