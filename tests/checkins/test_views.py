"""The dialogue as people use it: record, prepare, own view, confirm; what is refused, and what is never lost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.access import Act
from portal.access.models import Delegation
from portal.actions.models import Action
from portal.actions.models import State as Promised
from portal.checkins import queries
from portal.checkins.models import CheckIn, CheckInGoal, Note, PrivateNote, Rhythm, State, Voice
from portal.db import db
from portal.directory import lines
from portal.directory.models import Absence, Assignment, Person, Status
from portal.goals.models import Measure
from portal.goals.states import State as Goals
from tests.build import a_check_in, an_objective
from tests.company import LONG_AGO


@pytest.fixture
def goal(company):
    goal = an_objective(company.period, person_id=company.li, state=Goals.AGREED)
    db.session.commit()
    return goal.id, goal.measures[0].id


def record_of(company):
    return f"/check-ins/people/{company.li}/record"


def version_in(text):
    return text.split('name="version"')[1].split('value="')[1].split('"')[0]


@pytest.fixture
def told(company):
    return {"held_on": clock.today().isoformat(), "kind": "check_in", "progress": "五号工位上线", "act": "share", "rows": "1"}


def test_a_record_in_one_go(company, visit, goal, told):
    promise = a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(14), action="打样")
    made = db.session.scalar(select(Action.id))
    assert promise.id
    db.session.commit()
    said = {
        **told, "obstacle_text": "等导轨", "obstacle": "dependency", "support": "要一个夜班名额", "private": "他很累",
        f"done_{made}": "y", f"value_{goal[1]}": "4", f"confidence_{goal[0]}": "5",
        "what_1": "八号工位试装", "owner_1": str(company.li), "due_1": (clock.today() + timedelta(10)).isoformat(),
    }  # fmt: skip
    page = visit(company.wang).post(record_of(company), **said)
    assert page.status_code == 200 and "五号工位上线" in page.text and "八号工位试装" in page.text
    talk = db.session.scalars(select(CheckIn).order_by(CheckIn.id.desc())).first()
    assert (talk.state, talk.manager_id, talk.recorded_by_id) == (State.SHARED, company.wang, company.wang)
    assert {note.field.value: note.text for note in talk.notes} == {"progress": "五号工位上线", "obstacle": "等导轨", "support": "要一个夜班名额"}
    assert db.session.get(Action, made).state is Promised.DONE
    assert db.session.scalars(select(Action.what).where(Action.state == Promised.OPEN)).all() == ["八号工位试装"]
    assert db.session.get(Measure, goal[1]).current == 4
    assert db.session.scalars(select(CheckInGoal.confidence)).all() == [5]
    assert "他很累" not in page.text.replace(page.text[page.text.index("<textarea") :], ""), "only in the note's own field"
    assert journal.check() == []


def test_what_was_promised_is_done_carried_on_or_dropped(company, visit, told):
    for action in ("打样", "试装", "报价", "盘点"):
        a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(14), action=action)
    made = dict(db.session.execute(select(Action.what, Action.id)).all())
    db.session.commit()
    shown = re.sub(r"<svg.*?</svg>", "", visit(company.wang).get(record_of(company)).text)
    assert ">Carry on until next time</label>" in shown and ">Not any more</label>" in shown, "a word beside each picture"
    both = {f"done_{made['报价']}": "y", f"then_{made['报价']}": "drop"}  # a tick goes before the rest
    visit(company.wang).post(record_of(company), **told, **both, **{f"then_{made['打样']}": "carry", f"then_{made['试装']}": "drop"})
    found = {row.what: (row.state, row.due) for row in db.session.scalars(select(Action)) if row.id in made.values()}
    assert {what: state for what, (state, _due) in found.items()} == {
        "打样": Promised.OPEN, "试装": Promised.DROPPED, "报价": Promised.DONE, "盘点": Promised.OPEN,
    }  # fmt: skip
    assert (found["打样"][1], found["盘点"][1]) == (clock.today() + timedelta(14), None), "carried on: due at the next talk"
    assert journal.check() == []


def test_the_private_note_is_nobody_elses(company, visit, told):
    visit(company.wang).post(record_of(company), **told, private="只给自己看")
    talk = db.session.scalar(select(CheckIn.id))
    for name in ("li", "zhao", "qian", "hu", "zheng"):
        assert "只给自己看" not in visit(getattr(company, name)).get(f"/check-ins/{talk}").text
    assert "只给自己看" in visit(company.wang).get(f"/check-ins/{talk}").text


def test_what_is_missing_is_said_and_nothing_is_lost(company, visit, told):
    page = visit(company.wang).post(record_of(company), **{**told, "progress": " "}, obstacle_text="等导轨", what_1="试装")
    assert page.status_code == 422 and "等导轨" in page.text and "试装" in page.text and 'href="#progress"' in page.text
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 0


def test_a_talk_cannot_be_in_the_future(company, visit, told):
    tomorrow = (clock.today() + timedelta(1)).isoformat()
    assert visit(company.wang).post(record_of(company), **{**told, "held_on": tomorrow}).status_code == 422


@pytest.mark.parametrize("target", [None, "saved"])
def test_every_change_is_kept_as_a_draft(company, visit, told, target):
    wang = visit(company.wang)
    first = wang.post(record_of(company), target, **{**told, "act": ""}, version="0")
    assert (first.status_code, version_in(first.text)) == (200, "1")
    second = wang.post(record_of(company), target, **{**told, "act": "", "progress": "更多"}, version="1")
    assert version_in(second.text) == "2"
    assert "更多" in visit(company.wang).get(record_of(company)).text
    assert "更多" not in visit(company.li).get("/check-ins").text


def test_two_devices_on_one_draft_see_both_texts(company, visit, told):
    wang = visit(company.wang)
    wang.post(record_of(company), **{**told, "act": "", "progress": "电脑上写的"}, version="0")
    clash = wang.post(record_of(company), **{**told, "act": "", "progress": "手机上写的", "support": "要人"}, version="0")
    words = clash.text.replace("<mark>", "").replace("</mark>", "")
    assert clash.status_code == 409 and "电脑上写的" in words and "手机上写的" in words and "要人" in words
    saved = wang.post(record_of(company), **{**told, "act": "", "progress": "手机上写的"}, version=version_in(clash.text))
    assert saved.status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", ("Good", "Low", "Career talk")), ("zh", ("好", "偏低", "职业发展谈话"))])
def test_two_devices_that_chose_differently_see_words(company, visit, told, language, words):
    wang = visit(company.wang)
    wang.post("/language", language=language, follow=False)
    wang.post(record_of(company), **{**told, "act": "", "mood": "4", "kind": "career"}, version="0")
    clash = wang.post(record_of(company), **{**told, "act": "", "mood": "2", "kind": "check_in"}, version="0")
    main = clash.text[clash.text.index("<main") :]
    shown = re.sub("<[^>]+>", "", main[: main.index('method="post"')])
    assert clash.status_code == 409 and all(word in shown for word in words), shown
    assert '<option value="2" selected' in clash.text, "what is put together is chosen again, not typed"
    assert wang.post(record_of(company), **{**told, "act": "", "mood": "2"}, version=version_in(clash.text)).status_code == 200


def test_what_another_device_has_written_is_not_lost_by_sharing(company, visit, goal, told):
    a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(14), action="打样")
    made = db.session.scalar(select(Action.id))
    db.session.commit()
    wang = visit(company.wang)
    wang.post(record_of(company), **{**told, "act": "", "support": "电脑上写的"}, **{f"done_{made}": "y", f"confidence_{goal[0]}": "5"}, version="0")
    clash = wang.post(record_of(company), **told, version="0")
    assert clash.status_code == 409 and "电脑上写的" in clash.text.replace("<mark>", "").replace("</mark>", "")
    assert db.session.get_one(Action, made).state is Promised.OPEN, "nothing was shared"
    assert "电脑上写的" in visit(company.wang).get(record_of(company)).text
    over = wang.post(record_of(company), **{**told, "act": ""}, **{f"done_{made}": "", f"confidence_{goal[0]}": "", "support": ""}, version=version_in(clash.text))
    assert over.status_code == 200 and "电脑上写的" not in over.text
    assert wang.post(record_of(company), **told, version=version_in(over.text)).status_code == 200


def test_the_state_of_saving_is_always_shown(company, visit, told):
    first = visit(company.wang).get(record_of(company)).text
    assert 'data-state="fresh"' in first
    assert 'data-state="saved"' in visit(company.wang).post(record_of(company), "saved", **{**told, "act": ""}, version="0").text


def test_the_mood_that_was_noted_is_read_by_both(company, visit, told):
    page = visit(company.wang).post(record_of(company), **told, mood="2")
    talk = db.session.scalar(select(CheckIn.id))
    for text in (page.text, visit(company.li).get(f"/check-ins/{talk}").text):
        assert "Mood: Low" in text


def test_a_step_is_promised_for_the_next_talk_unless_one_says_another_day(company, visit, told):
    day = (clock.today() + timedelta(14)).isoformat()
    wang = visit(company.wang)
    assert f'name="due_1" type="date" value="{day}"' in wang.get(record_of(company)).text
    more = wang.post(record_of(company), **{**told, "act": "more", "what_1": "试装", "due_1": ""}, version="0").text
    assert 'name="due_1" type="date" value=""' in more and f'name="due_2" type="date" value="{day}"' in more


def moves(company):
    db.session.execute(update(Assignment).where(Assignment.person_id == company.li).values(manager_id=company.zhou))


def leaves(company):
    db.session.execute(update(Assignment).where(Assignment.person_id == company.li).values(until=clock.today()))
    db.session.execute(update(Person).where(Person.id == company.li).values(status=Status.LEFT, left_on=clock.today()))


@pytest.mark.parametrize("happens", [moves, leaves])
def test_somebody_moves_or_leaves_between_opening_and_saving(company, visit, told, happens):
    """It is refused, every word can be read and copied, and nobody else is shown what was only a draft."""
    wang, written = visit(company.wang), {**told, "private": "只给自己看", "what_1": "试装夹具", "confidence_7": "5"}
    assert wang.get(record_of(company)).status_code == 200
    wang.post(record_of(company), **{**written, "act": ""}, version="0")
    happens(company)
    lines.rebuild(clock.today())
    db.session.commit()
    for act, target in (("share", None), ("share", "record"), ("", "saved")):
        late = wang.post(record_of(company), target, **{**written, "act": act}, version="1")
        assert late.status_code in (403, 404) and "五号工位上线" in late.text and "只给自己看" in late.text
        assert ">Next step 1</label>" in late.text and "confidence_" not in late.text, "by the words of the form"
    kept = wang.get(wang.get(record_of(company)).location)
    assert "五号工位上线" in kept.text and "只给自己看" in kept.text and ">Next step 1</label>" in kept.text
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 0
    assert "五号工位上线" not in visit(company.zhou).get(record_of(company)).text


def test_sixty_people_are_listed_in_as_many_statements_as_two(company, visit, statements):
    wang = visit(company.wang)
    wang.get("/team")
    statements.clear()
    wang.get("/team")
    few = len(statements)
    made = [Person(name=f"六十{n:02}", login=f"sixty{n}", unit_id=company.units.sales) for n in range(60)]
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(Assignment(person_id=one.id, unit_id=company.units.sales, manager_id=company.wang, since=LONG_AGO) for one in made)
    lines.rebuild(clock.today())
    db.session.commit()
    statements.clear()
    page = wang.get("/team")
    assert (page.text.count("/record"), len(statements)) == (62, few)
    assert "六十59" in page.text and visit(company.wang).get("/").status_code == 200


def test_one_more_step_keeps_what_is_typed(company, visit, told):
    page = visit(company.wang).post(record_of(company), **{**told, "act": "more", "what_1": "试装"}, version="0")
    assert 'name="what_2"' in page.text and "试装" in page.text


def test_the_employee_prepares_and_the_manager_sees_it(company, visit, told):
    li = visit(company.li)
    assert li.post("/check-ins/preparation", text="想聊夜班", version="0").status_code == 200
    assert "想聊夜班" in visit(company.wang).get(record_of(company)).text
    visit(company.wang).post(record_of(company), **told)
    talk = db.session.scalars(select(CheckIn)).one()
    voices = {note.voice: note.text for note in talk.notes}
    assert voices == {Voice.EMPLOYEE: "想聊夜班", Voice.MANAGER: "五号工位上线"}


def test_the_day_of_the_talk_is_said_where_one_prepares(company, visit):
    a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(14))
    a_check_in(company.sun, company.wang, held_on=clock.today() - timedelta(16))
    db.session.commit()
    assert "The check-in is due today." in visit(company.li).get("/check-ins/preparation").text
    assert "The check-in is 2 days late." in visit(company.sun).get("/check-ins/preparation").text


def test_the_own_view_stands_beside_and_a_late_one_is_refused(company, visit):
    talk = a_check_in(company.li, company.wang)
    old = a_check_in(company.li, company.wang, held_on=clock.today() - timedelta(30))
    ids, version = (talk.id, old.id), "1"
    db.session.commit()
    li = visit(company.li)
    assert "我的看法" in li.post(f"/check-ins/{ids[0]}/view", text="我的看法", version=version).text
    assert li.post(f"/check-ins/{ids[1]}/view", text="我的看法", version="1").status_code == 409
    assert visit(company.wang).post(f"/check-ins/{ids[0]}/view", text="x", version="1").status_code == 403
    assert db.session.scalars(select(Note.voice)).all() == [Voice.EMPLOYEE]


def test_confirming_loses_nothing_that_was_typed(company, visit):
    talk, other = a_check_in(company.li, company.wang), a_check_in(company.li, company.wang)
    ids = talk.id, other.id
    db.session.commit()
    li = visit(company.li)
    assert "写了就点确认" in li.post(f"/check-ins/{ids[0]}/view", act="confirm", text="写了就点确认", version="1").text
    assert li.post(f"/check-ins/{ids[1]}/view", act="confirm", text="", version="2").status_code == 409
    assert li.post(f"/check-ins/{ids[1]}/view", act="confirm", text="", version="1").status_code == 200, "nothing to say is no error"
    assert li.post(f"/check-ins/{ids[1]}/view", act="confirm", text="", version="3").status_code == 409
    assert [note.text for note in db.session.scalars(select(Note))] == ["写了就点确认"]
    assert set(db.session.scalars(select(CheckIn.state))) == {State.CONFIRMED}


def test_confirmed_words_stay(company, visit):
    talk = a_check_in(company.li, company.wang)
    address, version = f"/check-ins/{talk.id}", "1"
    db.session.commit()
    assert visit(company.wang).post(f"{address}/words", progress="改过", version=version).status_code == 200
    assert visit(company.li).post(f"{address}/confirmation", version="2").status_code == 200
    late = visit(company.wang).post(f"{address}/words", progress="再改", version="3")
    assert late.status_code == 409
    assert visit(company.li).post(f"{address}/confirmation").status_code == 409


def test_two_who_correct_see_both_texts(company, visit):
    talk = a_check_in(company.li, company.wang)
    db.session.commit()
    address = f"/check-ins/{talk.id}/words"
    visit(company.wang).post(address, progress="甲", version="1")
    clash = visit(company.wang).post(address, progress="乙", version="1")
    assert clash.status_code == 409 and "甲" in clash.text and "乙" in clash.text


def test_who_may_record_with_whom(company, visit, told):
    expected = {"wang": 200, "zhao": 403, "li": 403, "sun": 404, "wu": 404, "qian": 403, "hu": 403}
    found = {name: visit(getattr(company, name)).get(record_of(company)).status_code for name in expected}
    assert found == expected
    assert visit(company.wang).get("/check-ins/people/999999/record").status_code == 404


def test_rhythm_of_a_person_wins_over_the_units(company):
    db.session.add(Rhythm(unit_id=company.units.sales, every_days=30))
    db.session.add(Rhythm(person_id=company.li, every_days=7))
    db.session.add(Absence(person_id=company.sun, kind="sick", since=clock.today()))
    db.session.commit()
    found = {pair.id: pair for pair in queries.people(company.viewer("wang"), clock.today())}
    assert {i: pair.every for i, pair in found.items()} == {company.li: 7, company.sun: 30}
    assert (found[company.li].standing.paused, found[company.sun].standing.paused) == (False, True)


def test_my_people_cost_the_same_for_two_and_many(company, statements):
    viewer = company.viewer("zhao")
    statements.clear()
    queries.people(viewer, clock.today())
    assert len(statements) <= 2


def test_a_former_manager_reads_what_was_shared_and_records_no_more(company, visit):
    address = f"/check-ins/{a_check_in(company.chen, company.wang, held_on=clock.today() - timedelta(40)).id}"
    db.session.commit()
    assert visit(company.wang).get(address).status_code == 200
    assert visit(company.wang).get(f"{address}/words").status_code == 403
    assert visit(company.zhou).get(f"{address}/words").status_code == 403
    assert visit(company.wang).get(f"/check-ins/people/{company.chen}/record").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(PrivateNote)) == 1


def test_a_delegate_is_asked_only_about_promises_they_can_settle(company, visit):
    """赵 sees what 李 promised as a manager above; it stays for the two whose promise it is while 赵 stands in for 王."""
    db.session.add(Action(what="write it up", person_id=company.li, owner_id=company.li, due=clock.today(), source_type="check_in", source_id=1))
    db.session.add(Delegation(giver_id=company.wang, taker_id=company.zhao, act=Act.RECORD_CHECK_IN, since=LONG_AGO, reason="leave"))
    db.session.commit()
    one = db.session.scalars(select(Action.id)).one()
    zhao, address = visit(company.zhao), f"/check-ins/people/{company.li}/record"
    assert "write it up" in visit(company.wang).get(address).text and "write it up" not in zhao.get(address).text
    answer = zhao.post(address, act="share", held_on=clock.today().isoformat(), kind="check_in", progress="went well", **{f"done_{one}": "y"})
    assert answer.status_code == 200 and db.session.scalars(select(CheckIn.recorded_by_id)).one() == company.zhao
    assert db.session.get_one(Action, one, populate_existing=True).state is Promised.OPEN
