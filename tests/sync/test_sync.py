"""Whole runs: a real slapd, both databases. Each test has a branch of the directory of its own."""

import itertools
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased

from portal import clock, jobs, journal
from portal.access.models import Role, RoleGrant
from portal.access.viewer import load
from portal.accounts.models import LoginSession
from portal.db import db
from portal.directory.ldap import Directory
from portal.directory.models import Assignment, FormerDn, Person, ReportingLine, Source, Status, Unit, UnitTerm
from portal.directory.reading import reading
from portal.jobs.models import Job
from portal.journal.models import Entry
from portal.settings import Setting
from portal.sync import operations, queries
from portal.sync.lines import Kind
from portal.sync.models import State, SyncLine, SyncRun
from portal.sync.operations import Wish, run
from portal.sync.queries import JOB
from portal.workflow import NotHeld, Refused
from tests.slapd import BASE, ldif, person, settings
from tests.stalls import Proxy

branches = itertools.count(1)


class Branch:
    """A part of the directory for one test, with a company of eight."""

    def __init__(self, slapd):
        self.slapd, self.name = slapd, f"t{next(branches)}"
        self.base = f"ou={self.name},{BASE}"
        text = ldif(self.base, objectClass="organizationalUnit", ou=self.name)
        for login, name, manager, unit in PEOPLE:
            text += self.ldif_of(login, name, manager, departmentNumber=unit, employeeNumber=f"E-{login}", title="工程师" if manager else "总经理")
        text += ldif(f"cn=hr,{self.base}", objectClass="groupOfNames", cn="hr", member=[self.dn("hu"), f"cn=team,{self.base}"])
        text += ldif(f"cn=team,{self.base}", objectClass="groupOfNames", cn="team", member=self.dn("li"))
        slapd.load(text)

    def dn(self, login):
        return f"uid={login},{self.base}"

    def ldif_of(self, login, name, manager="", **more):
        return person(login, name, self.dn(manager) if manager else "", self.dn(login), **more)

    def directory(self, **more):
        known = {"LDAP_BASE": self.base, "LDAP_GROUP_HR_ADMIN": f"cn=hr,{self.base}", "LDAP_PAGE_SIZE": 3}
        return Directory(settings(self.slapd, **known, **more))

    def sync(self, **wish):
        made = run(self.directory(), Wish(**wish))
        db.session.commit()
        return made

    def change(self, login, *lines):
        self.slapd.modify("\n".join([f"dn: {self.dn(login)}", "changetype: modify", *lines, "", ""]), "-e", "relax")

    def delete(self, *logins):
        self.slapd.modify("".join(f"dn: {self.dn(login)}\nchangetype: delete\n\n" for login in logins))

    def rename(self, login, to):
        self.slapd.modify(f"dn: {self.dn(login)}\nchangetype: modrdn\nnewrdn: uid={to}\ndeleteoldrdn: 1\n\n")


PEOPLE = [
    ("zhao", "赵云", "", "总经理办公室"), ("wang", "王芳", "zhao", "生产部"), ("li", "李雷", "wang", "生产部"), ("sun", "孙丽", "wang", "生产部"),
    ("zhou", "周平", "zhao", "研发部"), ("wu", "吴涛", "zhou", "研发部"), ("hu", "胡敏", "zhao", "人力资源部"), ("qian", "钱多", "hu", "人力资源部"),
]


@pytest.fixture
def branch(slapd, app):
    before = app.extensions.get("directory")
    yield Branch(slapd)
    app.extensions["directory"] = before


def who(login):
    return db.session.scalar(select(Person).where(Person.login == login))


def managers():
    manager = aliased(Person)
    now = select(Person.login, manager.login).join(Assignment, Assignment.person_id == Person.id).outerjoin(manager, manager.id == Assignment.manager_id)
    now = now.where(or_(Assignment.until.is_(None), Assignment.until > clock.today()))
    return dict(db.session.execute(now).all())


def said(made, *kinds):
    found = select(SyncLine.kind, SyncLine.name, SyncLine.was, SyncLine.now).where(SyncLine.run_id == made.id).order_by(SyncLine.n)
    return [tuple(row) for row in db.session.execute(found) if not kinds or row.kind in kinds]


def yesterday(table=Assignment):
    """As if what began today had begun long ago."""
    db.session.execute(update(table).values(since=clock.today() - timedelta(days=30)))
    db.session.commit()


def test_the_first_run_brings_everybody_in(branch):
    made = branch.sync()
    assert (made.state, made.found, made.joined, made.left, made.refused) == (State.APPLIED, 8, 8, 0, 0)
    wang = who("wang")
    assert (wang.name, wang.number, wang.mail, wang.pinyin, wang.status) == ("王芳", "E-wang", "wang@huaxing.example", "wang fang", Status.ACTIVE)
    assert managers() == {login: manager or None for login, _, manager, _ in PEOPLE}
    assert wang.unit.name == "生产部" and wang.span == 2 and who("zhao").span == 7
    place = db.session.scalar(select(Assignment).where(Assignment.person_id == wang.id))
    assert (place.source, place.post.name, place.since, place.until) == (Source.DIRECTORY, "工程师", clock.today(), None)
    heads = select(Unit.name, Person.login).join(UnitTerm, UnitTerm.unit_id == Unit.id).join(Person, Person.id == UnitTerm.head_id)
    assert dict(db.session.execute(heads).all()) == {"总经理办公室": "zhao", "生产部": "wang", "研发部": "zhou", "人力资源部": "hu"}
    assert {p.login for p in db.session.scalars(select(Person).join(RoleGrant, RoleGrant.person_id == Person.id).where(RoleGrant.role == Role.HR_ADMIN))} == {"hu", "li"}
    assert "hr_admin" in load(who("li").id, clock.today()).roles
    assert journal.check() == [] and {"sync.applied", "role.granted"} <= set(db.session.scalars(select(Entry.kind)))


def test_whoever_comes_is_staff_in_the_company_s_language(branch):
    db.session.add(Setting(name="language", value="zh", at=clock.now()))
    db.session.commit()
    branch.sync()
    assert who("wang").kind == "员工"


def test_the_second_run_writes_nothing(branch, statements):
    branch.sync()
    before = db.session.execute(select(Person.id, Person.fingerprint)).all()
    statements.clear()
    made = branch.sync()
    writes = [sql for sql in statements if not sql.startswith("SELECT")]
    assert [sql.split()[2] for sql in writes if "INSERT" in sql] == ["sync_run"]  # the run itself; its clean-up only deletes
    assert not [sql for sql in writes if sql.startswith("UPDATE")]
    assert (made.changed, said(made)) == (0, []) and db.session.execute(select(Person.id, Person.fingerprint)).all() == before


def test_a_rename_and_a_move_keep_id_and_history(branch):
    branch.sync()
    yesterday()
    old, wang = branch.dn("wang"), who("wang").id
    branch.rename("wang", "wang.fang")
    branch.change("wang.fang", "replace: displayName", "displayName: Fang Wang", "-", "replace: departmentNumber", "departmentNumber: New Unit", "-", "replace: manager", f"manager: {branch.dn('zhou')}")
    made = branch.sync()
    person = who("wang.fang")
    assert (person.id, person.name, person.pinyin) == (wang, "Fang Wang", "fang wang")
    ended, now = db.session.scalars(select(Assignment).where(Assignment.person_id == wang).order_by(Assignment.since)).all()
    assert (ended.unit.name, ended.until, ended.manager.login) == ("生产部", clock.today(), "zhao")
    assert (now.unit.name, now.since, now.until, now.manager.login) == ("New Unit", clock.today(), None, "zhou")
    assert db.session.scalars(select(FormerDn.dn)).all() == [old]
    assert managers()["li"] == "wang.fang"  # OpenLDAP still calls their manager by the old name
    assert Kind.MANAGER_UNKNOWN not in {line[0] for line in said(made)}
    assert {(kind, was, now) for kind, _, was, now in said(made, Kind.UNIT, Kind.MANAGER)} == {(Kind.UNIT, "生产部", "New Unit"), (Kind.MANAGER, "赵云", "周平")}
    assert db.session.scalar(select(ReportingLine.depth).where(ReportingLine.manager_id == who("zhou").id, ReportingLine.report_id == who("li").id)) == 2
    assert branch.sync().changed == 0


def test_a_second_change_on_one_day_is_one_row(branch):
    branch.sync()
    yesterday()
    for manager in ("zhou", "hu"):
        branch.change("li", "replace: manager", f"manager: {branch.dn(manager)}")
        branch.sync()
    rows = db.session.scalars(select(Assignment).where(Assignment.person_id == who("li").id).order_by(Assignment.since)).all()
    assert [row.manager.login for row in rows] == ["wang", "hu"]


def test_disabled_and_missing_people_are_out_at_once(branch):
    branch.sync()
    yesterday()
    li, sun = who("li").id, who("sun").id
    now = clock.now()
    db.session.add_all(LoginSession.begin(person_id, now) for person_id in (li, sun, who("wang").id))
    db.session.add(RoleGrant(person_id=sun, role=Role.AUDITOR, since=clock.today()))
    db.session.commit()
    branch.change("li", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    branch.delete("sun")
    made = branch.sync()
    assert (made.state, made.left) == (State.APPLIED, 2) and {line[3] for line in said(made, Kind.LEFT)} == {"disabled", "missing"}
    assert [db.session.get(Person, who_).status for who_ in (li, sun)] == [Status.LEFT] * 2
    assert db.session.get(Person, li).left_on == clock.today()
    open_ = db.session.scalars(select(LoginSession.person_id).where(LoginSession.revoked_at.is_(None))).all()
    assert open_ == [who("wang").id]
    assert load(li, clock.today()).roles == load(sun, clock.today()).roles == frozenset()
    assert set(db.session.scalars(select(Assignment.until).where(Assignment.person_id.in_([li, sun])))) == {clock.today()}
    assert who("wang").span == 0
    branch.change("li", "delete: pwdAccountLockedTime")
    back = branch.sync()
    assert said(back, Kind.RETURNED) == [(Kind.RETURNED, "李雷", "", "")]
    assert (who("li").id, who("li").status, who("li").left_on, managers()["li"], who("wang").span) == (li, Status.ACTIVE, None, "wang", 1)
    assert "hr_admin" in load(li, clock.today()).roles


def test_out_and_back_on_the_first_day(branch):
    branch.sync()
    branch.change("li", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    branch.sync()
    branch.change("li", "delete: pwdAccountLockedTime")
    branch.sync()
    rows = db.session.scalars(select(Assignment).where(Assignment.person_id == who("li").id)).all()
    assert [(row.since, row.until) for row in rows] == [(clock.today(), None)]


def confirmed(run_id, login):
    """One administrator says that it is true."""
    viewer = load(who(login).id, clock.today())
    operations.confirm(queries.to_decide(viewer, run_id)[0], viewer)
    db.session.commit()


def released(run_id, login):
    viewer = load(who(login).id, clock.today())
    operations.release(*two_of(viewer, run_id))
    db.session.commit()


def two_of(viewer, run_id):
    run_, acts = queries.to_decide(viewer, run_id)
    return run_, viewer, acts


def test_the_brake_holds_and_two_administrators_agree(branch):
    branch.sync()
    branch.delete("sun", "wu", "qian", "zhou")
    held = branch.sync()
    assert (held.state, held.left, round(held.percent)) == (State.BRAKED, 4, 50)
    assert who("sun").status is Status.ACTIVE and db.session.scalar(select(func.count()).where(Assignment.until.is_not(None))) == 0
    assert branch.sync(dry=True).state is State.TRIED and branch.sync().state is State.BRAKED  # again, and again nothing
    with pytest.raises(Refused):  # only the newest one
        confirmed(held.id, "hu")
    db.session.rollback()
    latest = queries.held().id
    with pytest.raises(Refused):
        released(latest, "li")
    db.session.rollback()
    confirmed(latest, "hu")
    assert queries.agreed(latest) == frozenset() and db.session.scalar(select(Job).where(Job.kind == JOB)) is None
    with pytest.raises(NotHeld):
        released(latest, "hu")
    db.session.rollback()
    with pytest.raises(Refused):
        confirmed(latest, "li")
    db.session.rollback()
    released(latest, "li")
    job = db.session.scalar(select(Job).where(Job.kind == JOB))
    assert job.args == {"dry": False, "confirms": latest}
    with pytest.raises(Refused):
        released(latest, "li")
    db.session.rollback()
    kinds = [(entry.kind, entry.actor_id) for entry in db.session.scalars(select(Entry).where(Entry.object_type == "sync_run", Entry.object_id == latest).order_by(Entry.n))]
    assert kinds == [("sync.confirmed", who("hu").id), ("sync.released", who("li").id)] and journal.check() == []
    branch.delete("li", "hu", "wang", "zhao")  # more than was agreed to
    assert branch.sync(confirms=latest).state is State.BRAKED
    branch.slapd.load("".join(branch.ldif_of(login, name, manager) for login, name, manager, _ in PEOPLE[:1]))


def test_agreed_people_are_switched_off(branch, app):
    branch.sync()
    branch.delete("zhou", "sun", "wu", "qian")
    held = branch.sync().id
    confirmed(held, "hu")
    released(held, "li")
    app.extensions["directory"] = branch.directory()
    while jobs.work_one():
        pass
    app.extensions["directory"] = None
    assert {p.login for p in db.session.scalars(select(Person).where(Person.status == Status.LEFT))} == {"zhou", "sun", "wu", "qian"}
    assert queries.held() is None and journal.check() == []


def test_what_was_confirmed_holds_for_the_next_stop_only_while_nobody_is_added(branch):
    branch.sync()
    branch.delete("zhou", "sun", "wu", "qian")
    first = branch.sync().id
    confirmed(first, "hu")
    again = branch.sync()
    assert (again.state, again.confirmed_by_id) == (State.BRAKED, who("hu").id)
    with pytest.raises(Refused):  # the older one is not the one that waits
        released(first, "li")
    db.session.rollback()
    branch.delete("wang")
    more = branch.sync()
    assert (more.left, more.confirmed_by_id) == (5, None)
    assert queries.agreed(again.id) == frozenset()


def both_at_once(app, press):
    """Two administrators press at the same moment; what came of it, sorted."""
    db.session.remove()
    told, gate = [], threading.Barrier(2)

    def one(login):
        with app.app_context():
            viewer = load(who(login).id, clock.today())
            db.session.rollback()
            gate.wait()
            try:
                press(viewer)
                db.session.commit()
                told.append("done")
            except Refused:
                told.append("refused")
            except OperationalError:
                told.append("refused")  # SQLite: who looked before the other wrote is told to try again
            db.session.remove()

    threads = [threading.Thread(target=one, args=(login,)) for login in ("hu", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def test_of_two_who_press_at_once_one_is_first(branch, app):
    branch.sync()
    db.session.add(RoleGrant(person_id=who("zhao").id, role=Role.SYSTEM_ADMIN, since=clock.today()))
    branch.delete("zhou", "sun", "wu", "qian")
    held = branch.sync().id
    assert both_at_once(app, lambda viewer: operations.confirm(queries.to_decide(viewer, held)[0], viewer)) == ["done", "refused"]
    db.session.execute(update(SyncRun).where(SyncRun.id == held).values(confirmed_by_id=who("zhao").id))
    db.session.commit()
    assert both_at_once(app, lambda viewer: operations.release(*two_of(viewer, held))) == ["done", "refused"]
    assert db.session.scalar(select(func.count()).where(Job.kind == JOB)) == 1
    assert set(db.session.scalars(select(Entry.kind).where(Entry.object_id == held, Entry.object_type == "sync_run"))) == {"sync.confirmed", "sync.released"}
    assert db.session.scalar(select(func.count()).where(Entry.object_id == held, Entry.object_type == "sync_run")) == 2


def test_an_answer_cut_short_changes_nobody(branch):
    branch.sync()
    with Proxy(branch.slapd.port, 1200) as proxy:
        made = run(branch.directory(LDAP_URL=f"ldap://127.0.0.1:{proxy.port}", LDAP_TIMEOUT="0.1"), Wish())
    db.session.commit()
    assert (made.state, made.left) == (State.FAILED, 0) and made.why
    assert db.session.scalar(select(func.count()).where(Person.status == Status.LEFT)) == 0


def test_a_long_run_says_how_far_it_is_and_can_be_cancelled(branch, monkeypatch):
    monkeypatch.setattr(operations, "BEAT", 3)
    beats = []
    run(branch.directory(), Wish(dry=True), beats.append)
    assert beats == [3, 6]

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(branch.directory(), Wish(), stop)
    db.session.commit()
    assert who("zhao") is None


def test_a_dry_run_only_tells(branch):
    made = branch.sync(dry=True)
    assert (made.state, made.joined) == (State.TRIED, 8) and who("zhao") is None
    assert len(said(made, Kind.JOINED)) == 8 and db.session.scalar(select(func.count()).select_from(Unit)) == 0


def test_somebody_employed_again_is_offered_and_joined_by_hand(branch):
    branch.sync()
    yesterday()
    li, key = who("li").id, who("li").directory_key
    branch.delete("li")
    branch.slapd.load(branch.ldif_of("li.lei", "李雷", "wang", employeeNumber="E-li", departmentNumber="生产部"))
    made = branch.sync()
    line = db.session.scalar(select(SyncLine).where(SyncLine.run_id == made.id, SyncLine.kind == Kind.REHIRED))
    assert (line.person_id, line.now) == (li, "li.lei") and who("li.lei") is None and who("li").status is Status.LEFT
    assert queries.lines(made.id, Kind.REHIRED, 0).joinable == {line.n}
    operations.join(made, line, load(who("hu").id, clock.today()))
    db.session.commit()
    with pytest.raises(Refused):
        operations.join(made, line, load(who("hu").id, clock.today()))
    db.session.rollback()
    branch.sync()
    again = who("li.lei")
    assert (again.id, again.status) == (li, Status.ACTIVE) and again.directory_key != key
    rows = db.session.scalars(select(Assignment).where(Assignment.person_id == li).order_by(Assignment.since)).all()
    assert [(row.until, row.manager.login) for row in rows] == [(clock.today(), "wang"), (None, "wang")]


def test_a_manager_who_leaves_is_followed_by_the_one_above(branch):
    branch.sync()
    branch.delete("wang")
    made = branch.sync()
    assert managers()["li"] == "zhao" and {line[1] for line in said(made, Kind.MANAGER_LEFT)} == {"李雷", "孙丽"}
    term = db.session.scalar(select(UnitTerm).join(Unit, Unit.id == UnitTerm.unit_id).where(Unit.name == "生产部", UnitTerm.until.is_(None)))
    assert term.head_id == who("wang").id  # two candidates: HR decides


def test_a_circle_is_listed_and_not_fatal(branch):
    branch.sync()
    branch.change("zhao", "add: manager", f"manager: {branch.dn('li')}")
    made = branch.sync()
    assert said(made) == [(Kind.MANAGER_LOOP, "赵云", "", "李雷")] and managers()["zhao"] is None


def test_two_people_exchange_their_logins(branch):
    branch.sync()
    li, sun = who("li").id, who("sun").id
    for old, new in (("li", "x"), ("sun", "li"), ("x", "sun")):
        branch.rename(old, new)
    branch.sync()
    assert (who("sun").id, who("li").id) == (li, sun)


def test_what_hr_holds_is_carried_and_pinned_rows_stay(branch):
    branch.sync()
    yesterday()
    end = clock.today() + timedelta(days=90)
    db.session.execute(update(Assignment).where(Assignment.person_id == who("li").id).values(level="P5", share=8000, until=end))
    db.session.execute(update(Assignment).where(Assignment.person_id == who("sun").id).values(pinned=True))
    db.session.commit()
    for login in ("li", "sun"):
        branch.change(login, "replace: title", "title: Chief")
    made = branch.sync()
    fresh = db.session.scalar(select(Assignment).where(Assignment.person_id == who("li").id, Assignment.since == clock.today()))
    assert (fresh.level, fresh.share, fresh.until, fresh.post.name) == ("P5", 8000, end, "Chief")
    assert said(made) == [(Kind.POST, "李雷", "工程师", "Chief"), (Kind.HELD_BY_HR, "孙丽", "工程师", "Chief")]


def test_a_corrected_reading_survives_a_new_name(branch):
    branch.sync()
    who("li").pinyin = "li leyi"
    db.session.commit()
    for login in ("li", "sun"):
        branch.change(login, "replace: displayName", "displayName:: 5byg5LiJ")
    branch.sync()
    assert (who("li").pinyin, who("sun").pinyin) == ("li leyi", "zhang san")


def test_a_group_that_is_gone_ends_nobodys_role(branch):
    branch.sync()
    branch.slapd.modify(f"dn: cn=hr,{branch.base}\nchangetype: delete\n\n")
    made = branch.sync()
    assert said(made) == [(Kind.GROUP_MISSING, "hr_admin", "", "")]
    assert "hr_admin" in load(who("hu").id, clock.today()).roles
    branch.slapd.load(ldif(f"cn=hr,{branch.base}", objectClass="groupOfNames", cn="hr", member=branch.dn("hu")))
    assert said(branch.sync()) == [(Kind.ROLE_ENDED, "李雷", "hr_admin", "")]
    assert load(who("li").id, clock.today()).roles == frozenset()


def test_a_run_that_was_overtaken_writes_nothing(branch):
    branch.sync()
    db.session.execute(update(SyncRun).values(began=clock.now() + timedelta(hours=1)))
    db.session.commit()
    branch.delete("li")
    assert branch.sync().state is State.FAILED and who("li").status is Status.ACTIVE


def test_old_runs_that_changed_nobody_are_forgotten(branch):
    first = branch.sync()
    branch.sync()
    db.session.execute(update(SyncRun).values(began=clock.now() - timedelta(days=100)))
    db.session.commit()
    last = branch.sync()
    assert db.session.scalars(select(SyncRun.id).order_by(SyncRun.id)).all() == [first.id, last.id]
    assert said(first, Kind.JOINED)


@pytest.mark.parametrize(("name", "sound"), [("单小燕", "shan xiao yan"), ("曾令", "zeng ling"), ("欧阳明", "ou yang ming"), ("尉迟恭", "yu chi gong"), ("Anna Li", "anna li"), ("区", "qu"), ("", "")])
def test_names_are_read_as_surnames_are(name, sound):
    assert reading(name) == sound


def test_the_command_says_what_happened(branch, app):
    app.extensions["directory"] = branch.directory()
    runner = app.test_cli_runner()
    assert "Dry run, nothing was changed. 8 entries" in runner.invoke(args=["sync", "--dry-run"]).output
    assert ": 8 new, " in runner.invoke(args=["sync"]).output
    app.extensions["directory"] = branch.directory(LDAP_BIND_PASSWORD="wrong")
    failed = runner.invoke(args=["sync"])
    assert failed.exit_code == 1 and "service account is refused" in failed.output
    app.extensions["directory"] = None
    assert "LDAP_URL is missing" in runner.invoke(args=["sync"]).output


def test_two_runs_at_once_bring_everybody_in_once(branch, app):
    db.session.remove()
    made, gate = [], threading.Barrier(2)

    def one():
        with app.app_context():
            directory = branch.directory()
            gate.wait()
            done = run(directory, Wish())
            db.session.commit()
            made.append((done.state, done.joined))
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    applied = [joined for state, joined in made if state is State.APPLIED]
    assert len(made) == 2 and sorted(applied) in ([8], [0, 8])  # the second finds nothing to do, or was overtaken
    assert db.session.scalar(select(func.count()).select_from(Person)) == 8
