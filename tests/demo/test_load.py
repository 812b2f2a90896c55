"""The demo year in both databases: people, lines, goals, figures, the chain."""

from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access import Act
from portal.access.models import Role, RoleGrant
from portal.access.viewer import load as load_viewer
from portal.actions.models import Action
from portal.checkins.models import CheckIn, PrivateNote
from portal.checkins.models import State as CheckInState
from portal.cycles.models import Cycle
from portal.db import db
from portal.demo.company import NAMED, ROLES, Company
from portal.demo.days import set_up
from portal.demo.load import is_loaded, load
from portal.directory.models import Assignment, Person, ReportingLine, Status, Unit, UnitLine
from portal.goals import rollup
from portal.goals.models import Measure, MeasureValue, Objective, ObjectiveParent
from portal.journal import check
from portal.journal.models import Entry, Tip
from portal.reviews.models import Part, Review, Section, Signature
from portal.reviews.states import State
from portal.settings import Setting
from tests.conftest import DATABASES, with_demo


@pytest.fixture(scope="module", params=DATABASES)
def loaded(request: pytest.FixtureRequest, app_of: object) -> Iterator[Company]:
    app: Flask = app_of(request.param)  # type: ignore[operator]
    with app.app_context():
        yield with_demo()
        db.session.rollback()
        db.session.remove()


def person(login: str) -> Person:
    found = db.session.scalar(select(Person).where(Person.login == login))
    assert found is not None, login
    return found


def below(login: str) -> set[str]:
    line = select(Person.name).join(ReportingLine, ReportingLine.report_id == Person.id)
    return set(db.session.scalars(line.where(ReportingLine.manager_id == person(login).id, ReportingLine.depth > 0)))


def test_named_accounts_are_there_with_their_names(loaded: Company) -> None:
    assert {login: person(login).name for login in NAMED} == NAMED


def test_reporting_lines_are_those_of_today(loaded: Company) -> None:
    assert {"周晓岚", "何一鸣", "陈立群", "吴佩珊"} <= below("lin.zhiyuan")
    assert "唐栖梧" not in below("lin.zhiyuan")
    assert {"林知远", "周晓岚", "杜若衡", "白鹭"} <= below("qin.lang")
    assert len(below("xu.mingchuan")) == 58
    assert below("zhou.xiaolan") == set()
    everybody = set(db.session.scalars(select(Person.name).where(Person.status != Status.LEFT)))
    assert below("xu.mingchuan") == everybody - {"许明川"}


def test_units_hang_where_they_should(loaded: Company) -> None:
    upper, lower = Unit.__table__.alias(), Unit.__table__.alias()
    pairs = select(upper.c.name, lower.c.name).select_from(UnitLine).join(upper, upper.c.id == UnitLine.upper_id)
    found = {tuple(row) for row in db.session.execute(pairs.join(lower, lower.c.id == UnitLine.lower_id).where(UnitLine.depth == 1))}
    assert ("装配制造部", "总装一车间") in found
    assert len(found) == 10


def test_history_can_be_asked_for_any_day(loaded: Company) -> None:
    moved = person("shao.qiyuan")
    posts = db.session.execute(
        select(Unit.name, Assignment.until).join(Unit, Unit.id == Assignment.unit_id).where(Assignment.person_id == moved.id).order_by(Assignment.since)
    ).all()
    assert posts[0].name == "装配制造部"
    assert (posts[-1].name, posts[-1].until) == ("研发中心", None)
    second = db.session.scalars(select(Assignment.share).where(Assignment.person_id == person("gao.yanqiu").id, Assignment.until.is_(None)))
    assert sorted(second) == [4_000, 6_000]


def test_roles_are_those_of_the_groups_and_of_the_list(loaded: Company) -> None:
    found = select(Person.login, RoleGrant.role).join(Person, Person.id == RoleGrant.person_id).where(RoleGrant.until.is_(None))
    held = {tuple(row) for row in db.session.execute(found)}
    assert held == {(login, Role(role)) for login, role, _ in ROLES} | {("shen.jiahe", Role.HR_ADMIN), ("sun.hao", Role.SYSTEM_ADMIN)}


def test_what_the_portal_was_set_up_with_is_as_old_as_the_portal(loaded: Company) -> None:
    """The company was founded long before it had a portal: no setting was changed then, no role given."""
    opened = set_up(loaded.today)
    first = min(loaded.today.replace(year=loaded.today.year - 1, month=1, day=1), loaded.today)
    assert opened < first and (first - opened).days < 31 and opened.weekday() < 5
    assert {at.astimezone(clock.zone()).date() for at in db.session.scalars(select(Setting.at))} == {opened}
    given = select(Entry.at).where(Entry.kind == "role.granted")
    assert min(at.astimezone(clock.zone()).date() for at in db.session.scalars(given)) >= opened


def test_somebody_stands_in_for_a_manager_who_travels(loaded: Company) -> None:
    gave = load_viewer(person("tao.yimo").id, clock.today()).gave
    assert [(giver.id, acts) for giver, acts in gave] == [(person("gu.qinghe").id, {Act.RECORD_CHECK_IN})]


def test_three_without_an_account_and_three_who_left(loaded: Company) -> None:
    none = set(db.session.scalars(select(Person.name).where(Person.login.is_(None), Person.status == Status.ACTIVE)))
    assert none == {"钱根生", "何秀芬", "罗建军"}
    left = db.session.execute(select(Person.name, Person.left_on).where(Person.status == Status.LEFT)).all()
    assert {row.name for row in left} == {"唐栖梧", "毕文彬", "尤立"}
    assert all(row.left_on and row.left_on < clock.today() for row in left)
    assert db.session.scalar(select(Person.name).where(Person.status == Status.LEAVE)) == "卫子衿"


def test_stored_figures_are_what_a_write_would_store(loaded: Company) -> None:
    columns = (Objective.id, Objective.progress, Objective.rolled_progress, Objective.children)
    before = {row[0]: tuple(row[1:]) for row in db.session.execute(select(*columns))}
    parents = set(db.session.scalars(select(ObjectiveParent.child_id)))
    rollup.walk_up(*(parents | set(before)))
    assert {row[0]: tuple(row[1:]) for row in db.session.execute(select(*columns))} == before
    db.session.rollback()


def test_levels_grow_downwards(loaded: Company) -> None:
    child, parent = Objective.__table__.alias(), Objective.__table__.alias()
    pairs = select(child.c.level, parent.c.level).select_from(ObjectiveParent).join(child, child.c.id == ObjectiveParent.child_id)
    assert all(low > high for low, high in db.session.execute(pairs.join(parent, parent.c.id == ObjectiveParent.parent_id)))
    assert db.session.scalar(select(func.max(Objective.level))) == 3


def test_current_values_are_the_last_reported(loaded: Company) -> None:
    last = select(MeasureValue.measure_id, func.max(MeasureValue.at).label("at")).group_by(MeasureValue.measure_id).subquery()
    pairs = select(Measure.current, MeasureValue.value).join(last, last.c.measure_id == Measure.id).join(
        MeasureValue, (MeasureValue.measure_id == Measure.id) & (MeasureValue.at == last.c.at)
    )
    assert all(current == value for current, value in db.session.execute(pairs))


def test_the_chain_holds_and_lies_behind_us(loaded: Company) -> None:
    assert check() == []
    tip = db.session.get(Tip, 1)
    assert tip is not None
    assert tip.n == db.session.scalar(select(func.count()).select_from(Entry)) > 3_000
    assert db.session.scalar(select(func.max(Entry.at))) < clock.now()


def test_loading_twice_is_refused_and_keeps_what_is_there(loaded: Company) -> None:
    before = db.session.scalar(select(func.count()).select_from(Objective))
    assert is_loaded()
    with pytest.raises(ValueError, match="already"):
        load()
    assert db.session.scalar(select(func.count()).select_from(Objective)) == before


def test_talks_are_there_with_both_voices_and_open_promises(loaded: Company) -> None:
    zhou, lin = person("zhou.xiaolan"), person("lin.zhiyuan")
    last = db.session.scalar(select(CheckIn).where(CheckIn.person_id == zhou.id).order_by(CheckIn.held_on.desc()).limit(1))
    assert last is not None
    assert (last.manager_id, last.state) == (lin.id, CheckInState.CONFIRMED)
    words = {(note.voice.value, note.field.value): note.text for note in last.notes}
    assert words["manager", "progress"].startswith("夹具方案评审通过")
    assert "带教" in words["employee", "view"]
    assert last.goals
    mine = db.session.scalars(select(Action).where(Action.source_type == "check_in", Action.source_id == last.id)).all()
    assert {action.what: action.state.value for action in mine}["找设备部要夜班调试名额"] == "open"
    assert db.session.scalar(select(func.count()).select_from(PrivateNote)) == 4


def test_time_line_of_a_person_reads_in_order(loaded: Company) -> None:
    found = select(Entry.at, Entry.kind).where(Entry.subject_kind == "person", Entry.subject_id == person("zhou.xiaolan").id)
    rows = db.session.execute(found.order_by(Entry.n)).all()
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert {"objective.agree", "objective.valued", "check_in.shared", "check_in.viewed", "check_in.confirmed", "action.done"} <= {row.kind for row in rows}


def the_review(login: str, year: int) -> Review:
    found = select(Review).join(Person, Person.id == Review.person_id).join(Cycle, Cycle.id == Review.cycle_id)
    review = db.session.scalar(found.where(Person.login == login, Cycle.name.startswith(str(year))))
    assert review is not None
    return review


def test_the_rounds_stand_where_the_demo_wants_them(loaded: Company) -> None:
    today = clock.today()
    zhou = the_review("zhou.xiaolan", today.year)
    assert zhou.state is State.ASSESSMENT
    assert zhou.handed_in_at is not None
    lin = zhou.assessment(Part.MANAGER)
    assert lin is not None
    assert lin.assessor.login == "lin.zhiyuan"
    assert lin.saved_at is not None
    assert lin.in_at is None
    assert 4 <= sum(rating.value is not None for rating in lin.ratings) < 5
    before = the_review("zhou.xiaolan", today.year - 1)
    assert (before.state, before.grade) == (State.ARCHIVED, "A")
    assert before.weights_are_whole
    assert the_review("su.muyan", today.year - 1).state is State.DISAGREED
    states = select(Cycle.name, Cycle.state).order_by(Cycle.id)
    assert [row.state.value for row in db.session.execute(states)] == ["closed", "running"]
    boss = select(Review.state).join(Person, Person.id == Review.person_id).where(Person.login == "xu.mingchuan")
    assert len(db.session.scalars(boss).all()) == 1  # nobody assesses him: he is listed in the running round
    paper = select(func.count()).select_from(Signature).where(Signature.method == "paper")
    assert db.session.scalar(paper) == 3
    grades = Counter(db.session.scalars(select(Review.grade).where(Review.released_at.is_not(None))))
    assert grades["B"] > grades["C"] > 0
    assert grades["A"] > 0
    assert check() == []


def test_nobody_released_or_archived_the_own_result(loaded: Company) -> None:
    whose = select(Entry).where(Entry.kind.in_(("review.release", "review.archive")), Entry.subject_id == Entry.actor_id)
    assert db.session.scalars(whose).all() == []
    about = select(Entry).where(Entry.kind == "review.release", Entry.subject_id == person("shen.jiahe").id)
    [release] = db.session.scalars(about)
    [stood_in] = db.session.scalars(select(RoleGrant).where(RoleGrant.role == Role.HR_ADMIN, RoleGrant.until.is_not(None)))
    assert release.actor_id == stood_in.person_id == person("fang.yu").id
    assert stood_in.since <= release.at.date() < stood_in.until < clock.today()
    assert the_review("shen.jiahe", clock.today().year - 1).state is State.ACKNOWLEDGED


def test_scores_are_what_the_sections_say(loaded: Company) -> None:
    rows = db.session.execute(select(Review.id, Review.score).where(Review.score.is_not(None))).all()
    assert len(rows) > 50
    for review, score in rows:
        parts = db.session.execute(select(Section.weight, Section.score).where(Section.review_id == review, Section.weight > 0)).all()
        whole = sum(part.weight * part.score for part in parts) / sum(part.weight for part in parts)
        assert abs(whole - score) < 1
