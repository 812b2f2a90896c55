"""The index is written with what it is made from: by whatever path, and gone with it."""

from datetime import date

import pytest
from sqlalchemy import func, select, text, update

from portal import clock, search
from portal.checkins.models import Note
from portal.db import db
from portal.directory import finding
from portal.directory.models import Person, Status
from portal.goals.models import Objective
from portal.goals.states import State
from portal.search import Kind, asked, hits, index
from portal.search.commands import fill
from portal.search.models import Indexed
from tests.build import a_check_in, an_objective

MODEL = {Kind.GOAL: Objective, Kind.LESSON: Objective, Kind.PERSON: Person}


def found(words, kind=Kind.GOAL):
    model = MODEL[kind]
    return list(db.session.scalars(hits(kind, asked(words)).of(select(model.id), model).order_by(model.id)))


def test_words_come_and_go_with_the_object(company):
    goal = an_objective(company.period, person_id=company.li, title="客户满意", why="")
    db.session.commit()
    assert (found("满意"), found("寰宇")) == ([goal.id], [])
    goal.title, goal.measures[0].name = "寰宇项目", "CPK 1.67"
    db.session.commit()
    assert (found("满意"), found("寰宇"), found("1.67"), found("lessons", Kind.LESSON)) == ([], [goal.id], [goal.id], [])
    goal.lessons = "Lessons learned"
    db.session.rollback()
    db.session.commit()
    assert found("lessons", Kind.LESSON) == []
    goal.lessons = "Lessons learned"
    db.session.commit()
    assert found("lessons", Kind.LESSON) == [goal.id]
    db.session.delete(goal.measures[0])
    db.session.commit()
    assert (found("1.67"), found("寰宇")) == ([], [goal.id])
    db.session.delete(goal)
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(Indexed.id.in_([Kind.GOAL.id_of(goal.id), Kind.LESSON.id_of(goal.id)]))) == 0
    assert found("寰宇") == []


def test_a_save_that_changes_no_words_does_not_touch_the_index(company, statements):
    goal = an_objective(company.period, person_id=company.li, state=State.AGREED)
    db.session.commit()
    statements.clear()
    goal.weight, goal.measures[0].confidence = 500, 7
    db.session.commit()
    assert [sql for sql in statements if "search_entry" in sql] == []


def test_a_check_in_is_found_by_its_two_sides_once_it_is_shared(company):
    talk = a_check_in(company.li, company.wang, state="draft")
    db.session.add(Note(check_in_id=talk.id, voice="manager", field="progress", text="夹具稳定"))
    db.session.commit()
    entry = select(Indexed.terms).where(Indexed.id == Kind.CHECK_IN.id_of(talk.id))
    assert db.session.scalar(entry) is None
    talk.state, talk.shared_at = "shared", clock.now()
    db.session.commit()
    both = " ".join(f"c@{who}" for who in sorted((company.li, company.wang)))
    assert db.session.scalar(entry) == f"{both} c夹具 c具稳 c稳定 c定 c@"


@pytest.mark.parametrize(
    ("name", "pinyin", "typed"),
    [
        ("周晓岚", "zhou xiao lan", ["zxl", "ZhouXiaoLan", "xiaolan", "zhou xiao", "晓岚", "周", "lan", "zhou.xl", "e1042", "1042", "42x"]),
        ("单雄", "shan xiong", ["sx", "shanxiong"]),
        ("吕布", "lv bu", ["lvbu", "lubu", "lyubu", "lb"]),
        ("曾荣", "zeng rong", ["zr", "zengr"]),
        ("Anna Müller", "anna müller", ["anna", "muller", "MÜLLER"]),
        ("周晓岚", "zhou xiaolan", ["zxl", "zhouxiaolan"]),
    ],
)
def test_people_are_found_by_what_one_remembers(company, name, pinyin, typed):
    person = Person(name=name, pinyin=pinyin, login="zhou.xl", number="E1042", directory_key="k")
    db.session.add(person)
    db.session.commit()
    assert [words for words in typed if [one.id for one in finding.people(words)] != [person.id]] == (["42x"] if "42x" in typed else [])
    person.status, person.left_on = Status.LEFT, date(2020, 1, 1)
    db.session.commit()
    assert found("zhou.xl", Kind.PERSON) == []


def test_what_went_past_the_session_is_found_by_the_night(company):
    goal = an_objective(company.period, person_id=company.li, title="客户满意")
    gone = an_objective(company.period, person_id=company.li, title="客户")
    db.session.commit()
    right = {kind: [] for kind in Kind}
    assert search.rebuild() == right
    goal, gone = goal.id, gone.id
    table = Objective.metadata.tables["objective"]
    db.session.connection().execute(update(table).where(table.c.id == goal).values(title="寰宇"))
    db.session.connection().execute(text("DELETE FROM measure WHERE objective_id = :id"), {"id": gone})
    db.session.connection().execute(text("DELETE FROM objective WHERE id = :id"), {"id": gone})
    db.session.connection().execute(text("DELETE FROM search_entry WHERE rowid = :id"), {"id": Kind.PERSON.id_of(company.li)})
    db.session.commit()
    db.session.expire_all()
    assert search.rebuild() == {**right, Kind.GOAL: [goal, gone], Kind.PERSON: [company.li]}
    db.session.commit()
    assert (search.rebuild(), found("寰宇"), found("客户")) == (right, [goal], [])


def test_in_portions(company, monkeypatch):
    monkeypatch.setattr(index, "AT_ONCE", 3)
    everybody = sorted(vars(company.people).values())
    db.session.connection().execute(text("DELETE FROM search_entry"))
    assert [one for part in index.compared(Kind.PERSON) for one in part] == everybody
    assert [one for part in index.compared(Kind.PERSON) for one in part] == []
    db.session.rollback()


def test_what_was_taken_out_is_not_in_the_file_any_more(company):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's vacuum does it by itself")
    goal = an_objective(company.period, person_id=company.li, title="寰宇")
    db.session.commit()
    goal.title = "others"
    db.session.commit()

    def kept():
        return any("寰宇".encode()[1:] in bytes(row.block) for row in db.session.execute(text("SELECT block FROM search_entry_data")))

    assert kept()
    index.tidy()
    assert not kept()
    assert found("others") == [goal.id]


def test_the_command_says_what_differed(company, app):
    db.session.connection().execute(text("DELETE FROM search_entry WHERE rowid = :id"), {"id": Kind.PERSON.id_of(company.li)})
    db.session.commit()
    said = app.test_cli_runner().invoke(args=["search-rebuild"]).output
    assert said.splitlines() == [f"person: 1 corrected ({company.li})", "goal: as it should be", "lesson: as it should be", "check_in: as it should be", "feedback: as it should be"]


def test_an_upgrade_fills_the_index_of_a_portal_that_had_none(company):
    everything = select(func.count()).select_from(Indexed)
    before = db.session.scalar(everything)
    db.session.connection().execute(text("DELETE FROM search_entry"))
    db.session.commit()
    fill()
    assert (db.session.scalar(everything), before) == (before, len(vars(company.people)))
